"""A sweep: what differs from point to point, and how an effect answers to it.

`points(run)` is the table of parameter values; `response(run, variable, arm, parameter)` the paired difference at every
point with its interval, in the order of one parameter.  At each point pairs are formed and lost for themselves.
"""

import dataclasses

import numpy as np
import pandas as pd

from . import effects, formats
from .results import PamirError


def is_sweep(run):
    """Whether the results have a dimension `point`.  Returns bool."""
    return "point" in run.complete.dims


def n_points(run):
    """Number of points.  Returns an int: 1 without a sweep."""
    return int(run.complete.sizes.get("point", 1))


def points(run):
    """Returns what was set at each point: a pandas DataFrame, one row for each point (index `point`, from 0), a column for each
    parameter, named by its path.

    A column holds numbers in the unit of `attrs["units"][path]`; where a point's value is none (a switch, a month, a
    name), the column holds the texts of the experiment.  Raises PamirError when the file holds no sweep.
    """
    if not run.has("sweep"):
        if is_sweep(run):
            return pd.DataFrame(index=pd.RangeIndex(n_points(run), name="point"))
        raise PamirError(f"{run.path}: this is no sweep: it has one point, and nothing says what was set there")
    group = run.group("sweep")
    value, text = group["value"].values, group["text"].values
    columns, units = {}, {}
    for i, parameter in enumerate(group["parameter"].values):
        numbers = value[:, i].astype(float)
        columns[str(parameter)] = numbers if np.isfinite(numbers).all() else [str(t) for t in text[:, i]]
        units[str(parameter)] = str(group["unit"].values[i])
    table = pd.DataFrame(columns, index=pd.Index(group["sweep_point"].values.astype(int), name="point"))
    table.attrs["units"] = units
    return table


def find_parameter(run, table, parameter):
    """Returns the path of a swept parameter, told by its path, or from an end of it ("yak.births", "births") that only one has.

    Raises PamirError with the parameters that there are.
    """
    known = list(table.columns)
    found = [path for path in known if path == parameter] or [path for path in known if path.endswith("." + parameter)]
    if len(found) == 1:
        return found[0]
    near = effects.nearest(parameter, known)
    said = f"several parameters end with '{parameter}'" if found else f"no swept parameter '{parameter}'"
    hint = f"; did you mean {' or '.join(near)}?" if near and not found else ""
    raise PamirError(f"{run.path}: {said}{hint}; the sweep has: {', '.join(known) or 'none that is named'}")


def lost_pairs(run, arm, reference=None):
    """Returns how many replicates are not complete in both arms, by point: a pandas Series of int, index `point`.

    reference: None takes the file's.  Without a sweep the one point is 0.
    """
    reference = reference or run.reference
    run.check_arm(arm)
    run.check_arm(reference)
    both = run.complete.sel(arm=arm, drop=True) & run.complete.sel(arm=reference, drop=True)
    if "point" not in both.dims:
        both = both.expand_dims("point")
    lost = (~both).sum("replicate").values.astype(int)
    return pd.Series(lost, index=pd.RangeIndex(lost.size, name="point"), name="n_lost")


@dataclasses.dataclass(frozen=True)
class Response:
    """An effect by the points of a sweep, in the order of one parameter.

    `table`: a pandas DataFrame, one row for each point: `point`, the parameter's value under its path, `difference`,
    `half_width`, `low`, `high`, `reference_mean` (all in `unit`), `n_pairs`, `n_lost`.  Points with fewer than two pairs
    have no interval (NaN).  `print(response)` shows it.
    """

    arm: str
    reference: str
    variable: str
    long_name: str
    unit: str
    parameter: str
    parameter_unit: str
    others: list  # further parameters that differ from point to point: columns of `table`, too
    confidence: float
    table: pd.DataFrame
    warning: str = ""

    @property
    def is_numeric(self):
        """Whether the parameter's values are numbers."""
        return self.table[self.parameter].dtype.kind in "fiu"

    def plot(self, run, title=None):
        """Returns the figure; see `pamir.plots.response`."""
        from . import plots

        return plots.response(run, self, title)

    def __str__(self):
        factor, unit = formats.display_unit(self.variable, self.unit, difference=True)
        digits = formats.decimals_for(self.table["half_width"].values * factor)
        head = f"{self.arm} minus {self.reference}: {self.variable}, {self.long_name}" + (f" [{unit}]" if unit else "")
        lines = [head, f"by {self.parameter} [{self.parameter_unit}]; {100 * self.confidence:g}% intervals, {effects.NOTE}"]
        for row in self.table.to_dict("records"):
            value = row[self.parameter]
            shown = f"{value:g}" if self.is_numeric else str(value)
            text = formats.plus_minus(row["difference"] * factor, row["half_width"] * factor, digits)
            lost = f"  ({row['n_lost']} lost)" if row["n_lost"] else ""
            lines.append(f"  point {row['point']:<4} {shown:>12} {text:>24}{lost}")
        return "\n".join(lines + ([self.warning] if self.warning else []))

    __repr__ = __str__


def response(run, variable, arm, parameter=None, reference=None, last=None, confidence=0.95, **labels):
    """How the effect of an arm answers to a swept parameter.

    variable, arm, reference, confidence, labels: as of `run.effect`.  parameter: its path, or an end of it; None takes
    the first.  last: average so many years first; None takes `run.window()`, when the variable has years or months.
    Returns a Response, its rows in the order of the parameter.  A point at which no pair is complete is kept, with NaN.
    Raises PamirError for a file without a sweep, an unknown name, or a variable with dimensions that no label selects.
    """
    if not is_sweep(run):
        raise PamirError(f"{run.path}: this is no sweep: the effect is that of one point; use run.effect")
    values = points(run)
    if not len(values.columns):
        raise PamirError(f"{run.path}: this sweep does not say what was set at its points (no group /sweep)")
    parameter = find_parameter(run, values, parameter) if parameter else values.columns[0]
    one = effects.effect(run, arm, reference, variable, confidence, twin=False, **labels)
    if {"year", "month"} & set(one.difference.dims):
        one = one.last(run.window() if last is None else last)
    if one.difference.dims != ("point",):
        rest = ", ".join(str(d) for d in one.difference.dims if d != "point")
        raise PamirError(f"{run.path}: '{variable}' has a value for each {rest}; select one, as in {rest.split(', ')[0]}=...")
    table = pd.DataFrame(
        {
            "point": np.arange(n_points(run)),
            **{path: values[path].values for path in values.columns},
            "difference": one.difference.values,
            "half_width": one.half_width.values,
            "low": one.low.values,
            "high": one.high.values,
            "reference_mean": one.reference_mean.values,
            "n_pairs": one.n_pairs.values.astype(int),
            "n_lost": lost_pairs(run, arm, one.reference).values,
        }
    )
    others = [path for path in values.columns if path != parameter and table[path].nunique() > 1]
    table = table.sort_values([parameter, *others], kind="stable").reset_index(drop=True)
    unit = values.attrs["units"][parameter]
    return Response(arm, one.reference, one.variable, one.long_name, one.unit, parameter, unit, others, confidence, table, one.warning)
