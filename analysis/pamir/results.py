"""A result file: what is in it, what is missing from it, and its groups as xarray Datasets.

    import pamir
    with pamir.open("results/tashkurgan.h5") as run:
        print(run)
        run.county["income_per_capita"].sel(arm="all").mean("replicate")
        run.effect("all", "reference", "income_per_capita")
"""

import hashlib
import os
import pathlib
import shlex
import struct

import h5py
import numpy as np
import xarray as xr

GROUPS = ("county", "village", "quintile", "panel", "investment", "ledger", "claim")

# What `/meta` `row_status` says: 0 is done; other numbers follow sim/core/errors.def.
_STATUS = {
    0: "done",
    1: "not run",
    -1: "out of memory",
    -2: "bad input",
    -3: "input or output failed",
    -4: "damaged",
    -5: "a table was full",
    -6: "the books did not close",
    -7: "stopped early",
    -8: "a number was out of range",
    -11: "not run",
    -12: "the model broke one of its own promises",
}


class PamirError(Exception):
    """Something is wrong with a result file or with what was asked of it; the text says what, and the way out."""


class DamagedError(PamirError):
    """The file is there, but its bytes are not those of a result as it was written."""


# The seal: magic, number of bytes before it, their SHA-256 (sim/io/seal.h).
_SEAL = struct.Struct("=8sq32s")
_MAGIC = b"PAMIRSHA"
_CHUNK = 1 << 20


def is_sealed(path):
    """Compares a file with the seal at its end.  HDF5 crashes on some single flipped bits, so this comes before it.

    path: a file.  Returns bool: False when there is no seal, as in a file that another program wrote or rewrote.
    Raises DamagedError when there is a seal, whole or cut, and the bytes are not those that were sealed.
    """
    damaged = DamagedError(
        f"{path}: is damaged: its bytes are not those that were written (their SHA-256 differs from the seal). "
        f"Take another copy, or run the experiment again"
    )
    with pathlib.Path(path).open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 2 * _SEAL.size, 0))
        tail = file.read()
        if size < _SEAL.size:
            return False
        magic, n_bytes, wanted = _SEAL.unpack(tail[-_SEAL.size :])
        if magic != _MAGIC:
            # A flipped bit in the magic leaves the length; a cut or an addition moves the magic.
            if _MAGIC in tail or n_bytes == size - _SEAL.size:
                raise damaged
            return False
        if n_bytes != size - _SEAL.size:
            raise damaged
        file.seek(0)
        digest = hashlib.sha256()
        while n_bytes > 0:
            chunk = file.read(min(_CHUNK, n_bytes))
            if not chunk:
                raise damaged
            digest.update(chunk)
            n_bytes -= len(chunk)
    if digest.digest() != wanted:
        raise damaged
    return True


def open(path, engine=None):  # noqa: A001 - the name users expect, as in netCDF4 or h5py
    """Opens a result file for reading.

    path: an HDF5 file that `pamir run` or `pamir merge` wrote.
    engine: xarray's engine, "netcdf4" (the default; about four times faster) or "h5netcdf".
    Returns a Run, to be closed or used in a `with` statement; values are read when they are used.
    Raises PamirError when there is no such file or only its unfinished parts; DamagedError, a PamirError, when the
    bytes are not those that were sealed, or when it is no HDF5 file or not one of Pamir.
    """
    path = pathlib.Path(path)
    parts = path.with_name(path.name + ".parts")
    if not path.exists():
        if parts.exists():
            raise PamirError(
                f"{path}: this run is not finished: only its parts are there ({parts}). "
                f"Finish it with `pamir run EXPERIMENT.yaml -o {path} --resume`."
            )
        raise PamirError(f"{path}: there is no such file")
    if path.is_dir():
        raise PamirError(f"{path}: this is a folder; a result is one HDF5 file")
    if not os.access(path, os.R_OK):
        raise PamirError(f"{path}: the file may not be read (permissions)")
    sealed = is_sealed(path)
    if not h5py.is_hdf5(path):
        raise DamagedError(f"{path}: not a Pamir result: this is no HDF5 file")
    try:
        with h5py.File(path, "r") as file:
            found = [name for name in file if isinstance(file[name], h5py.Group)]
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise DamagedError(f"{path}: cannot be opened: {error}. A file that is being written has another name.") from error
    if "meta" not in found or "county" not in found:
        there = ", ".join(found) if found else "none"
        raise DamagedError(f"{path}: not a Pamir result: groups /meta and /county expected, found: {there}")
    return Run(path, found, engine or "netcdf4", sealed)


class Run:
    """One result file: arms x replicates (x points of a sweep) of one experiment.

    Groups (`county`, `village`, `quintile`, `panel`, `investment`, `ledger`, `claims`, `meta`) are xarray Datasets,
    opened when first used and read when their values are used.  Every variable has the leading dimensions (arm,
    replicate), with `point` before them in a sweep, and carries `units`, `long_name` and, where the question arises,
    `moment`: imposed, fitted or emergent.  Rows that failed or are missing are in `lost`; the comparisons in this
    package leave them out, and whoever averages by hand should do `ds.where(run.complete)`.
    """

    def __init__(self, path, groups, engine, sealed=False):
        """path: the file.  groups: names of the groups in it.  engine: xarray's engine.  Use `pamir.open`."""
        self.path = pathlib.Path(path)
        self.sealed = sealed  # whether the bytes are known to be those that were written
        self.engine = engine
        self._found = tuple(groups)
        self._open = {}
        self._complete = None

    # -- life -------------------------------------------------------------------------------------------------------

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Closes every group that was opened.  Safe to call twice.  Returns None."""
        for dataset in self._open.values():
            dataset.close()
        self._open = {}

    def __repr__(self):
        lost = f", {len(self.lost)} rows lost" if self.lost else ""
        return (
            f"<pamir.Run {self.path.name}: {self.title}; {self.n_replicates} replicates of "
            f"{len(self.arms)} arms ({', '.join(self.arms)}; reference: {self.reference}){lost}>"
        )

    # -- groups -----------------------------------------------------------------------------------------------------

    def group(self, name):
        """A group as an xarray Dataset, lazily read.

        name: "county", "village", "quintile", "panel", "investment", "ledger", "claim" or "meta".
        Returns a Dataset; months and dates are datetime64, money is in the currency's whole unit as its `units` say.
        Raises PamirError when the file has no such group (a sweep, for one, has no panel).
        """
        if name not in self._found:
            raise PamirError(f"{self.path}: this file has no group /{name}; it has: {', '.join(sorted(self._found))}")
        if name not in self._open:
            dataset = xr.open_dataset(self.path, group=name, engine=self.engine, decode_times=False)
            self._open[name] = _with_dates(dataset, self)
        return self._open[name]

    def has(self, group, variable=None):
        """Whether the file has this group, and the variable in it.  Returns bool."""
        return group in self._found and (variable is None or variable in self.group(group))

    @property
    def county(self):
        """/county: indicators of the county by year or month, dims (arm, replicate, year | month)."""
        return self.group("county")

    @property
    def village(self):
        """/village: the same by village, dims (arm, replicate, village, year)."""
        return self.group("village")

    @property
    def quintile(self):
        """/quintile: by quintile of consumption in a program-free base year, dims (arm, replicate, quintile, year)."""
        return self.group("quintile")

    @property
    def panel(self):
        """/panel: a sample of founding households, dims (arm, replicate, household, year)."""
        return self.group("panel")

    @property
    def investment(self):
        """/investment: dates, money, jobs and take-up of each program, dims (arm, replicate, investment, ...)."""
        return self.group("investment")

    @property
    def ledger(self):
        """/ledger: the social accounting matrix [CNY], dims (arm, replicate, year, payer, payee)."""
        return self.group("ledger")

    @property
    def claims(self):
        """/claim: published and simulated values, dims (arm, replicate, claim)."""
        return self.group("claim")

    @property
    def meta(self):
        """/meta: the experiment as given and as resolved, version, seed, machine, status of the rows."""
        return self.group("meta")

    # -- what it is -------------------------------------------------------------------------------------------------

    def text(self, name, default=""):
        """A text of /meta, whether it is stored as a variable or as an attribute.

        name: "version", "seed", "reference", "experiment_given", ...  Returns str; `default` when there is none.
        """
        value = None
        if name in self.meta.variables and self.meta[name].ndim == 0:
            value = self.meta[name].values[()]
        elif name in self.meta.attrs:
            value = self.meta.attrs[name]
        if value is None:
            return default
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, (float, np.floating)) and float(value).is_integer():
            value = int(value)
        return str(value)

    @property
    def arms(self):
        """Names of the arms, in the order of the experiment.  A list of str."""
        return [str(a) for a in self.county["arm"].values]

    @property
    def n_replicates(self):
        """Number of replicates asked for, lost ones included."""
        return int(self.county.sizes["replicate"])

    @property
    def years(self):
        """The years of the run, a numpy array of int."""
        return self.county["year"].values.astype(int)

    def window(self, last=3, years=None):
        """How many years at the end an average over "the last years" takes: none from before the first program.

        last: so many at most.  years: those of a group; None takes those of the run.  Returns an int, at least 1.
        """
        years = self.years if years is None else np.asarray(years).astype(int)
        first = self.text("first_program_year")
        with_programs = int((years >= int(first)).sum()) if first.lstrip("-").isdigit() else years.size
        return max(min(last, years.size, with_programs), 1)

    @property
    def reference(self):
        """Name of the reference arm: as /meta has it, else "reference", else the first arm."""
        name = self.text("reference")
        if name in self.arms:
            return name
        return "reference" if "reference" in self.arms else self.arms[0]

    @property
    def placebo(self):
        """Name of the placebo arm, or "" when there is none."""
        name = self.text("placebo")
        if name in self.arms:
            return name
        return "placebo" if "placebo" in self.arms else ""

    @property
    def title(self):
        """Title of the experiment, else the file's name."""
        return self.text("title") or self.text("name") or self.path.stem

    @property
    def base_year(self):
        """The year in whose prices real values are stated, a str ("" when the file does not say)."""
        return self.text("base_year")

    @property
    def currency(self):
        """Name of the currency, "CNY" when the file does not say."""
        return self.text("currency") or "CNY"

    @property
    def program_arms(self):
        """Arms other than the reference and the placebo, in order.  A list of str."""
        return [a for a in self.arms if a not in (self.reference, self.placebo)]

    # -- what is missing --------------------------------------------------------------------------------------------

    @property
    def row_status(self):
        """Status of each row, int, dims (arm, replicate), with `point` first in a sweep; 0 is done, 1 not run, and
        negative numbers are the codes of a failure that the seed determines."""
        for name in ("row_status", "status"):
            if name in self.meta.variables:
                status = self.meta[name]
                filled = status.fillna(1) if np.issubdtype(status.dtype, np.floating) else status
                return filled.astype(int).assign_coords(arm=self.county["arm"], replicate=self.county["replicate"])
        # A file of another maker: a row counts as done when income is there.
        income = self.county["income_per_capita"]
        rest = [d for d in income.dims if d not in ("point", "arm", "replicate")]
        return xr.where(income.notnull().any(rest), 0, 1).astype(int)

    @property
    def complete(self):
        """Which rows are done: bool, dims (arm, replicate), with `point` first in a sweep."""
        if self._complete is None:
            self._complete = (self.row_status == 0).load()
        return self._complete

    @property
    def lost(self):
        """Rows that failed or are missing: a list of dicts with arm, replicate, (point,) code, why, message and replay: the
        command that lives a failed row again with everything logged ("" of a row that was not run)."""
        status = self.row_status
        messages = self.meta["row_message"].values if "row_message" in self.meta else None
        rows = []
        for index in np.argwhere(status.values != 0):
            at = dict(zip(status.dims, index))
            code = int(status.values[tuple(index)])
            row = {"arm": str(status["arm"].values[at["arm"]]), "replicate": int(status["replicate"].values[at["replicate"]])}
            if "point" in at:
                row["point"] = int(at["point"])
            row |= {"code": code, "why": _STATUS.get(code, f"status {code}")}
            row["message"] = str(messages[tuple(index)]) if messages is not None else ""
            row["replay"] = _replay(self.path, row) if code < 0 else ""
            rows.append(row)
        return rows

    @property
    def stopped_early(self):
        """What a reader of intervals must know when the batch added replicates only until it was sure (`stop_when`); ""
        when all replicates that it might have used are there.  In the file's own words (`stopped` of /meta) when it has them."""
        stopped = self.text("stopped")
        if stopped:
            return f"replicates were added until an interval was narrow enough (stop_when): {stopped}" if stopped.startswith("after ") else ""
        asked = self.text("replicates")
        rule = "stop_when" in self.text("experiment_given") or "stop_when" in self.text("experiment_resolved")
        if not rule or not asked.isdigit() or self.n_replicates >= int(asked):
            return ""
        return (
            f"replicates were added until an interval was narrow enough (stop_when): {self.n_replicates} of at most {asked}; "
            f"intervals after such looks are slightly too narrow"
        )

    def check_arm(self, arm):
        """Returns `arm` when the file has it.  Raises PamirError with the names that it has."""
        if arm not in self.arms:
            raise PamirError(f"{self.path}: no arm '{arm}'; the arms are: {', '.join(self.arms)}")
        return arm

    @property
    def start(self):
        """The first day of the run, numpy datetime64: that of the first month of /county, else 1 January."""
        if "month" in self.county.coords:
            return self.county["month"].values[0].astype("datetime64[D]")
        return np.datetime64(f"{self.years[0]}-01-01", "D")

    # -- a sweep ------------------------------------------------------------------------------------------------------

    @property
    def n_points(self):
        """Number of points of the sweep; 1 without one."""
        from . import sweep

        return sweep.n_points(self)

    @property
    def points(self):
        """What was set at each point: a pandas DataFrame with a column for each parameter; see `pamir.sweep.points`."""
        from . import sweep

        return sweep.points(self)

    def response(self, variable, arm, parameter=None, reference=None, **options):
        """How the effect of an arm answers to a swept parameter, with intervals; see `pamir.sweep.response`."""
        from . import sweep

        return sweep.response(self, variable, arm, parameter, reference, **options)

    def lost_pairs(self, arm, reference=None):
        """Replicates not complete in both arms, by point, a pandas Series; see `pamir.sweep.lost_pairs`."""
        from . import sweep

        return sweep.lost_pairs(self, arm, reference)

    # -- comparisons: each is a module of its own ---------------------------------------------------------------------

    def effect(self, arm, reference=None, variable="income_per_capita", confidence=0.95, **options):
        """Paired difference of `arm` from `reference` with its interval; see `pamir.effects.effect`."""
        from . import effects

        return effects.effect(self, arm, reference, variable, confidence, **options)

    def winners(self, arm, reference=None, **options):
        """Who gained and who lost; see `pamir.winners.winners`."""
        from . import winners

        return winners.winners(self, arm, reference, **options)

    def costs(self, arm, reference=None, **options):
        """What an arm cost, and what a result cost; see `pamir.costs.costs`."""
        from . import costs

        return costs.costs(self, arm, reference, **options)

    def claims_table(self, **options):
        """Published against simulated, a pandas DataFrame; see `pamir.claims.table`."""
        from . import claims

        return claims.table(self, **options)


def _replay(path, row):
    """The command that lives one row again."""
    point = f" --point {row['point']}" if "point" in row else ""
    return f"pamir rerun {shlex.quote(str(path))} --arm {shlex.quote(row['arm'])} --replicate {row['replicate']}{point}"


def _with_dates(dataset, run):
    """Turns day numbers into dates.  xarray 2023.01 warns about NaN in times, so it is not left to xarray.

    Variables in "days since ..." count from the date they name; `date_*` in "day" count from the start of the run.
    """
    for name in list(dataset.variables):
        variable = dataset[name]
        units = str(variable.attrs.get("units", ""))
        if variable.dtype.kind not in "fiu":
            continue
        if units.startswith("days since "):
            origin = np.datetime64(units.split()[2], "D")
        elif str(name).startswith("date_") and units in ("day", "days"):
            origin = run.start
        else:
            continue
        attrs = {k: v for k, v in variable.attrs.items() if k not in ("units", "calendar")}
        dates = _dates(variable.values, origin)
        if name in dataset.coords:
            dataset = dataset.assign_coords({name: (variable.dims, dates, attrs)})
        else:
            dataset[name] = (variable.dims, dates, attrs)
    return dataset


def _dates(days, origin):
    """Days after `origin` (float, NaN for never) as datetime64[ns] (NaT for never)."""
    days = np.asarray(days, dtype=float)
    known = np.isfinite(days)
    whole = np.where(known, np.rint(days), 0).astype("timedelta64[D]")
    return np.where(known, origin.astype("datetime64[D]") + whole, np.datetime64("NaT")).astype("datetime64[ns]")
