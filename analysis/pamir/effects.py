"""The effect of an arm: paired differences from a reference arm, and how sure the simulation is of them.

Replicate r of two arms meets the same weather, illness and luck, so the difference is taken replicate by replicate
and then averaged: d_r = x_r(arm) - x_r(reference), mean d, half width t(n - 1) sd(d) / sqrt(n), sd with n - 1 in the
denominator.  The interval says how much another draw of replicates would move the mean: *simulation error only*.
It holds nothing about wrong parameters or a wrong model.
"""

import dataclasses
import difflib

import numpy as np
import xarray as xr
from scipy.special import stdtrit

from . import formats
from .results import PamirError

NOTE = "simulation error only"
_SEARCHED = ("county", "quintile", "village", "investment", "claim", "panel")


def t_half_width(values, confidence=0.95, dim="replicate"):
    """Half width of the Student-t interval of a mean.

    values: DataArray with `dim`; NaN marks what is absent.  confidence: in (0, 1).
    Returns a DataArray without `dim`, in the unit of `values`; NaN where there are fewer than two values.
    Raises PamirError when `confidence` is no probability.
    """
    if not 0.0 < confidence < 1.0:
        raise PamirError(f"confidence is {confidence}; a number between 0 and 1 was expected, such as 0.95")
    axis = values.get_axis_num(dim)
    array = values.values.astype(float)
    known = np.isfinite(array)
    n = known.sum(axis)
    filled = np.where(known, array, 0.0)
    mean = filled.sum(axis) / np.maximum(n, 1)
    square = (np.where(known, array - np.expand_dims(mean, axis), 0.0) ** 2).sum(axis)
    freedom = np.maximum(n - 1, 1)
    half = stdtrit(freedom, 0.5 + confidence / 2) * np.sqrt(square / freedom / np.maximum(n, 1))
    dims = [d for d in values.dims if d != dim]
    coords = {name: c for name, c in values.coords.items() if dim not in c.dims}
    return xr.DataArray(np.where(n > 1, half, np.nan), dims=dims, coords=coords)


def nearest(name, known, most=3):
    """Names that may have been meant: those that begin with `name`, the county's own order kept, then those spelt alike.

    name: as given.  known: names, the most usual first.  Returns a list of at most `most` names.
    """
    begin = [k for k in known if name and k.startswith(name)]
    alike = [k for k in difflib.get_close_matches(name, known, most) if k not in begin]
    return (begin + alike)[:most]


def find_variable(run, variable):
    """Where a variable is.

    variable: "income_per_capita" or, when the county's is not meant, "quintile/income_real_per_capita".
    Returns (group, name).  Raises PamirError with the nearest names when there is none such.
    """
    if "/" in variable:
        group, name = variable.split("/", 1)
        if run.has(group, name):
            return group, name
        groups = [group] if run.has(group) else []
    else:
        groups = [g for g in _SEARCHED if run.has(g)]
        for group in groups:
            if variable in run.group(group).data_vars:
                return group, variable
        name = variable
    known = list(dict.fromkeys(str(v) for g in groups for v in run.group(g).data_vars))
    near = nearest(name, known)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise PamirError(f"{run.path}: no variable '{variable}'{hint}")


def counterpart(dataset, name):
    """The nominal twin of a real variable, and the other way round; None when there is none.

    dataset: a group.  name: a variable of it, such as "income_per_capita" or "income_real_per_capita".
    """
    if "_real" in name:
        twin = name.replace("_real", "", 1)
        return twin if twin in dataset.data_vars else None
    twins = [str(v) for v in dataset.data_vars if "_real" in str(v) and str(v).replace("_real", "", 1) == name]
    return twins[0] if twins else None


def paired(run, arm, reference, group, name):
    """Values of a variable in two arms, in the replicates that are complete in both.

    Returns (x, y, n_lost): DataArrays of float64 with `replicate` (and `point` in a sweep) leading; dates are days
    since 1970-01-01.  n_lost: the number of replicates (over all points) that are not complete in both.
    Raises PamirError for an unknown arm, an arm paired with itself, or when no replicate is complete in both.
    """
    run.check_arm(arm)
    run.check_arm(reference)
    if arm == reference:
        raise PamirError(f"arm and reference are both '{arm}': a difference needs two arms")
    array = run.group(group)[name]
    if "arm" not in array.dims or "replicate" not in array.dims:
        raise PamirError(f"'{group}/{name}' is the same in every arm and replicate: it has no effect to speak of")
    if array.dtype.kind not in "fiuM":
        raise PamirError(f"'{group}/{name}' holds {array.dtype}, no numbers")
    both = run.complete.sel(arm=arm, drop=True) & run.complete.sel(arm=reference, drop=True)
    n_lost = int((~both).sum())
    if not bool(both.any()):
        raise PamirError(f"{run.path}: no replicate is complete in both '{arm}' and '{reference}'")
    sides = []
    for one in (arm, reference):
        values = array.sel(arm=one, drop=True).load()
        if values.dtype.kind == "M":
            days = (values - np.datetime64("1970-01-01", "ns")) / np.timedelta64(1, "D")
            values = days.assign_attrs(array.attrs, units="days")
        sides.append(values.astype(float).where(both))
    if "point" not in both.dims:
        sides = [side.sel(replicate=both) for side in sides]
    return sides[0], sides[1], n_lost


@dataclasses.dataclass(frozen=True)
class Effect:
    """The paired difference of an arm from a reference arm in one variable.

    All arrays are DataArrays in `unit`, with the variable's own dimensions (year, village, line, ...) and `point` in
    a sweep.  `print(effect)` shows it together with its `counterpart`: real beside nominal, where both exist.
    """

    arm: str
    reference: str
    group: str
    variable: str
    unit: str
    long_name: str
    moment: str  # imposed, fitted, emergent, or "": whether the level of the variable is evidence of anything
    confidence: float
    arm_values: xr.DataArray  # by replicate, complete pairs only
    reference_values: xr.DataArray
    n_lost: int  # replicates that were not complete in both arms
    warning: str = ""  # of intervals that are narrower than they say: the batch stopped when it was sure
    counterpart: "Effect | None" = None

    @property
    def pairs(self):
        """The differences by replicate, DataArray with `replicate`."""
        return self.arm_values - self.reference_values

    @property
    def difference(self):
        """Mean paired difference."""
        return self.pairs.mean("replicate")

    @property
    def half_width(self):
        """Half width of the interval of the mean difference; NaN with fewer than two pairs."""
        return t_half_width(self.pairs, self.confidence)

    @property
    def low(self):
        """Lower end of the interval."""
        return self.difference - self.half_width

    @property
    def high(self):
        """Upper end of the interval."""
        return self.difference + self.half_width

    @property
    def n_pairs(self):
        """Number of pairs behind each value, int."""
        return self.pairs.notnull().sum("replicate")

    @property
    def reference_mean(self):
        """Mean of the reference arm over the paired replicates."""
        return self.reference_values.where(self.arm_values.notnull()).mean("replicate")

    @property
    def relative(self):
        """Mean difference / mean of the reference [1]; NaN where the reference is 0."""
        level = self.reference_mean
        return self.difference / level.where(level != 0)

    def last(self, n_years):
        """The same effect for the mean of the last `n_years` years, each replicate averaged before the pairs are.

        Of a monthly variable, its yearly means.  Returns an Effect without the dimension `year` or `month`.  Raises PamirError when there is no such dimension, or fewer
        years than asked for.
        """
        return self._apply(lambda values: _last(values, n_years))

    def sel(self, **labels):
        """The same effect at some labels, e.g. `sel(year=2030, line="extreme")`.  Returns an Effect.

        Raises KeyError for a label that is not there.
        """
        return self._apply(lambda values: values.sel(**labels))

    def _apply(self, function):
        return dataclasses.replace(
            self,
            arm_values=function(self.arm_values),
            reference_values=function(self.reference_values),
            counterpart=self.counterpart._apply(function) if self.counterpart else None,
        )

    def to_dataset(self):
        """As a Dataset: difference, half_width, low, high, relative, reference_mean, n_pairs; attributes say what.

        Returns an xarray Dataset; units on each variable.
        """
        units = {"units": self.unit}
        one = {"units": "1"}
        data = {
            "difference": self.difference.assign_attrs(units, long_name=f"difference in {self.long_name}"),
            "half_width": self.half_width.assign_attrs(units, long_name=f"half width of the interval, {NOTE}"),
            "low": self.low.assign_attrs(units, long_name="lower end of the interval"),
            "high": self.high.assign_attrs(units, long_name="upper end of the interval"),
            "relative": self.relative.assign_attrs(one, long_name="difference relative to the reference"),
            "reference_mean": self.reference_mean.assign_attrs(units, long_name=f"{self.long_name}, reference"),
            "n_pairs": self.n_pairs.assign_attrs(one, long_name="replicates complete in both arms"),
        }
        about = {"arm": self.arm, "reference": self.reference, "variable": f"{self.group}/{self.variable}"}
        about |= {"confidence": self.confidence, "n_lost": self.n_lost, "interval": NOTE, "moment": self.moment}
        if self.warning:
            about["warning"] = self.warning
        return xr.Dataset(data, attrs=about)

    def to_dataframe(self):
        """The Dataset's numbers as a pandas DataFrame, one row for each label.  Returns a DataFrame."""
        dataset = self.to_dataset()
        if not dataset.dims:
            return dataset.expand_dims(variable=[self.variable]).to_dataframe()
        return dataset.to_dataframe()

    def __str__(self):
        pairs = int(self.n_pairs.max())
        head = f"{self.arm} minus {self.reference}: {formats.pairs(pairs)}"
        if self.n_lost:
            head += f" ({self.n_lost} lost: not complete in both arms)"
        head += f"; {100 * self.confidence:g}% intervals, {NOTE}" if pairs > 1 else f"; {formats.ONE_REPLICATE}"
        parts = [head, self._block()]
        if self.counterpart is not None:
            parts.append(self.counterpart._block())
        if self.warning:
            parts.append(self.warning)
        return "\n".join(parts)

    __repr__ = __str__

    def _block(self):
        factor, unit = formats.display_unit(self.variable, self.unit, difference=True)
        lines = [f"{self.variable}: {self.long_name}" + (f" [{unit}]" if unit else "")]
        difference, half, relative = self.difference * factor, self.half_width * factor, self.relative
        digits = formats.decimals_for(half.values)
        if difference.ndim == 0:
            rows = [("", difference, half, relative)]
        else:
            stacked = difference.stack(row=difference.dims)
            labels = [_label(difference, key) for key in stacked["row"].values]
            cells = zip(labels, stacked, half.stack(row=half.dims), relative.stack(row=relative.dims))
            rows = list(cells)
        shown = rows if len(rows) <= 40 else rows[:20] + [None] + rows[-20:]
        for row in shown:
            if row is None:
                lines.append("  ...")
                continue
            label, value, width, share = row
            text = formats.plus_minus(float(value), float(width), digits)
            told = not abs(float(value)) <= float(width) and value != 0  # a half width of NaN leaves it open
            percent = f"{formats.number(100 * float(share), 1, sign=True):>8} %" if told else ""
            lines.append(f"  {label:<16} {text:>22}  {percent}".rstrip())
        return "\n".join(lines)


def _label(array, key):
    keys = key if isinstance(key, tuple) else (key,)
    text = []
    for dim, value in zip(array.dims, keys):
        text.append(str(np.datetime64(value, "M")) if isinstance(value, np.datetime64) else str(value))
    return " ".join(text)


def _yearly(values):
    """Means of the calendar years of a monthly variable, by year."""
    years = values["month"].values.astype("datetime64[Y]").astype(int) + 1970
    named = np.unique(years)
    parts = [values.isel(month=np.nonzero(years == year)[0]).mean("month", skipna=False) for year in named]
    return xr.concat(parts, dim="year").assign_coords(year=named)


def _last(values, n_years):
    if "year" not in values.dims and "month" in values.dims:
        values = _yearly(values)
    if "year" not in values.dims:
        raise PamirError("there is no dimension 'year' or 'month' to take the last years of")
    if not 1 <= n_years <= values.sizes["year"]:
        raise PamirError(f"the last {n_years} years were asked for; there are {values.sizes['year']}")
    return values.isel(year=slice(-n_years, None)).mean("year", skipna=False)


def _check_label(run, name, values, dim, label):
    """Raises PamirError with the labels there are, when `label` is none of dimension `dim`."""
    if dim not in values.dims or dim == "replicate":
        there = ", ".join(str(d) for d in values.dims if d != "replicate") or "none"
        raise PamirError(f"{run.path}: '{name}' has no dimension '{dim}'; it has: {there}")
    coordinate = values[dim]
    try:
        values.isel({d: 0 for d in values.dims if d != dim}).sel({dim: label})
    except (KeyError, ValueError, TypeError):
        known = [_label(coordinate, v) for v in coordinate.values]
        near = nearest(str(label), known)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        shown = ", ".join(known) if len(known) <= 300 else f"{', '.join(known[:20])} ... {known[-1]} ({len(known)} in all)"
        raise PamirError(f"{run.path}: '{name}' has no {dim} '{label}'{hint}; it has: {shown}") from None


def effect(run, arm, reference=None, variable="income_per_capita", confidence=0.95, last=None, twin=True, **labels):
    """Paired difference of one arm from another, with its interval.

    run: a Run.  arm, reference: names of arms; None takes the file's reference arm.
    variable: a name of /county, or "group/name", or a name that only another group has.
    confidence: of the Student-t interval over replicates.  last: average the last so many years first.
    twin: also compute the nominal or real counterpart.  labels: selection by label, e.g. line="extreme", year=2030.
    Returns an Effect, in the variable's unit and with its own dimensions (`point` first in a sweep); only replicates
    complete in both arms count.  Where the batch stopped when it was sure (`stop_when`), intervals are slightly too narrow:
    the looks came one after another, each with its own chance to be lucky; `Effect.warning` says so.
    Raises PamirError for an unknown arm, variable or label, and when no replicate is complete in both arms.
    """
    reference = reference or run.reference
    group, name = find_variable(run, variable)
    x, y, n_lost = paired(run, arm, reference, group, name)
    attrs = run.group(group)[name].attrs
    result = Effect(
        arm=arm,
        reference=reference,
        group=group,
        variable=name,
        unit=x.attrs.get("units", attrs.get("units", "1")),
        long_name=attrs.get("long_name", formats.words(name)),
        moment=attrs.get("moment", attrs.get("tag", "")),
        confidence=confidence,
        arm_values=x,
        reference_values=y,
        n_lost=n_lost,
        warning=run.stopped_early,
    )
    t_half_width(result.pairs.isel({d: slice(0, 1) for d in x.dims if d != "replicate"}), confidence)
    if labels:
        for dim, label in labels.items():
            _check_label(run, f"{group}/{name}", x, dim, label)
        result = result.sel(**labels)
    if last is not None:
        result = result.last(last)
    if twin:
        other = counterpart(run.group(group), name)
        if other is not None:
            real = effect(run, arm, reference, f"{group}/{other}", confidence, last, twin=False, **labels)
            result = dataclasses.replace(result, counterpart=real)
    return result
