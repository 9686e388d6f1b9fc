"""Pamir in Python: read, compare, plot and report the results of a simulated county.

`pamir.open(path)` returns a `Run`; its groups are xarray Datasets, `run.effect(arm, reference, variable)` is the paired
difference with its interval; `run.points` and `run.response` read a sweep.  See README.md beside this package.
"""

from .costs import Costs
from .effects import Effect
from .results import DamagedError, PamirError, Run, open
from .sweep import Response
from .winners import Winners

__all__ = ["Costs", "DamagedError", "Effect", "PamirError", "Response", "Run", "Winners", "open"]
__version__ = "0.1.0"
