"""Who gained and who lost: households of the panel, compared with themselves in the reference arm.

The same founding household lives in both arms under the same luck.  Its difference, averaged over the last years, is
compared with a threshold that luck alone hardly ever passes in that arm: the 95% quantile of |difference| of the arm's
*bystanders*, households of the panel that take part in no scheme, whom only shared markets (vacancies, prices) reach; but
no less than the 97.5% quantile of |difference| in the placebo arm, and 1% of the main poverty line.  The placebo alone is
no measure: it disturbs no market.  Gainers and losers are always given together.

The panel is a sample, so its intervals hold two sources of chance: the luck of the replicates, and which of the
county's households were drawn.  Neither wrong parameters nor a wrong model are in them.
"""

import dataclasses

import numpy as np
import xarray as xr
from scipy.special import stdtrit

from . import formats
from .effects import effect, t_half_width
from .results import PamirError

NOISE_QUANTILE = 0.975
FAR_QUANTILE = 0.99
LINE_SHARE = 0.01
BYSTANDER_QUANTILE = 0.95
MOST_FEW = 19  # so many bystanders, or fewer, have no quantile to speak of
NOTE = "luck of the replicates and choice of the panel's households only"
BY_CONSTRUCTION = ", 5% by construction"
QUANTILES = (0.025, 0.10, 0.25, 0.50, 0.75, 0.90, 0.975)


@dataclasses.dataclass(frozen=True)
class Bound:
    """The difference beyond which a household of an arm gained or lost, and where it comes from."""

    threshold: float  # in the variable's unit
    source: str  # in words, without the number
    n_bystanders: int  # a replicate, on average
    bystanders: float  # their 95% quantile of |difference|; NaN without any
    beyond: float  # share [1] of bystanders beyond the threshold; NaN without any

    @property
    def is_of_bystanders(self):
        """Whether bystanders set it; then 5% of them lie beyond by construction.  Bool."""
        return self.n_bystanders > MOST_FEW and self.threshold == self.bystanders


@dataclasses.dataclass(frozen=True)
class Winners:
    """Shares of gainers and losers among the panel's households, and the spread of their differences."""

    arm: str
    reference: str
    variable: str
    unit: str
    years: tuple  # the years averaged
    bound: Bound  # beyond it a household gained or lost
    luck: dict  # of `luck_alone`; empty without a placebo arm
    shares: xr.Dataset  # gained, lost, neither; *_half_width, and *_low, *_high within [0, 1]; dim `who`: "all", "1" .. "5"
    quantiles: xr.DataArray  # of the households' differences, in `unit`; dims (who, quantile)
    mean: xr.DataArray  # weighted mean difference, each household once, in `unit`; dim `who`
    mean_half_width: xr.DataArray  # of `mean`; dim `who`
    county: float  # for comparison: difference of the county's mean, each person once, in `unit`; NaN when there is none
    county_half_width: float  # of `county`: it counts every household, so only the replicates' luck is in it
    typical: xr.Dataset  # median difference of those who gained, and of those who lost, in `unit`; NaN for nobody; dim `who`
    n_households: int  # of the panel
    share_absent: float  # [1] of household-replicates left out: gone in one arm or the other in those years
    n_pairs: int
    n_lost: int
    confidence: float

    @property
    def threshold(self):
        """The bound in `unit`, a float."""
        return self.bound.threshold

    @property
    def threshold_source(self):
        """Where the bound comes from, in words, a str."""
        return self.bound.source

    def __str__(self):
        factor, unit = formats.display_unit(self.variable, self.unit)
        lines = [
            f"{self.arm} against {self.reference}, {formats.words(self.variable)}, mean of {formats.span(self.years)}: "
            f"{self.n_households} households of the panel x {self.n_pairs} replicates"
            + (f" ({self.n_lost} lost)" if self.n_lost else ""),
            f"a household gained or lost when its difference is beyond {formats.number(self.threshold * factor)} {unit} "
            f"({self.threshold_source})",
            *([f"of the bystanders {100 * self.bound.beyond:.1f}% are beyond it{BY_CONSTRUCTION if self.bound.is_of_bystanders else ''}"]
              if np.isfinite(self.bound.beyond) else []),
            *([luck_text(self.luck, factor, unit)] if self.luck else []),
            f"{100 * self.confidence:g}% intervals: {NOTE}" if self.n_pairs > 1 else formats.ONE_REPLICATE,
            f"  mean of the panel, each household once: {formats.plus_minus(*self._ends('all', factor))} {unit}; of the whole "
            f"county, each person once: {formats.plus_minus(self.county * factor, self.county_half_width * factor)}",
            f"  {'quintile':<9} {'gained %':>17} {'lost %':>17} {'p10':>9} {'median':>9} {'p90':>9}",
        ]
        for who in self.shares["who"].values:
            share, quantile = self.shares.sel(who=who), self.quantiles.sel(who=who)
            gained, lost = (share_text(share, name) for name in ("gained", "lost"))
            ends = [formats.number(float(quantile.sel(quantile=q)) * factor, 0, sign=True) for q in (0.1, 0.5, 0.9)]
            lines.append(f"  {who:<9} {gained:>17} {lost:>17} {ends[0]:>9} {ends[1]:>9} {ends[2]:>9}")
        return "\n".join(lines)

    __repr__ = __str__

    def _ends(self, who, factor):
        return float(self.mean.sel(who=who)) * factor, float(self.mean_half_width.sel(who=who)) * factor


def share_text(share, name):
    """A share of households in percent with its interval.

    share: one row of `Winners.shares`.  name: "gained", "lost" or "neither".
    Returns str: value and half width, or the ends where the half width would reach below 0 or above 100.
    """
    value, half = 100 * float(share[name]), 100 * float(share[f"{name}_half_width"])
    if np.isfinite(half) and (value - half < 0 or value + half > 100):
        low, high = (formats.number(100 * float(share[f"{name}_{end}"]), 1) for end in ("low", "high"))
        return f"{formats.number(value, 1)} ({low} to {high})"
    return formats.plus_minus(value, half, 1, sign=False)


def panel_mean(values, weights, confidence=0.95, counts=True):
    """A panel's weighted mean, and the half width of its interval from replicates and from the sampling of households.

    values: DataArray (replicate, household), NaN for who is not there.  weights: DataArray (household).
    counts: whether a weight says how many founding households one stands for, so that their sum is the number N that
    the n of the panel were drawn from; else the correction for a finite N is left out.
    Variance: s2_rep / R + (1 - n / N) s2_hh / n; s2_rep over replicates of the weighted mean, s2_hh weighted over
    households of their means over replicates.  Student's t with R - 1.
    Returns (mean, half width); NaN where there is nobody, the half width with fewer than two replicates.
    """
    array = values.transpose("replicate", "household").values.astype(float)
    weight = np.asarray(weights.values, float)
    known = np.isfinite(array) & (weight > 0)
    mass = np.where(known, weight, 0.0)
    alive = mass.sum(1) > 0
    by_replicate = np.where(known, array * weight, 0.0).sum(1)[alive] / mass.sum(1)[alive]
    nothing = float("nan")
    if by_replicate.size == 0:
        return nothing, nothing
    mean = float(by_replicate.mean())
    if by_replicate.size < 2:
        return mean, nothing
    seen = known.any(0)
    own = np.where(known, array, 0.0).sum(0)[seen] / known.sum(0)[seen]
    weight = weight[seen]
    n, total = own.size, float(weight.sum())
    centre = float((weight * own).sum() / total)
    spread = float((weight * (own - centre) ** 2).sum() / total) * n / (n - 1) if n > 1 else 0.0
    undrawn = max(1.0 - n / total, 0.0) if counts else 1.0
    variance = float(by_replicate.var(ddof=1)) / by_replicate.size + undrawn * spread / n
    return mean, float(stdtrit(by_replicate.size - 1, 0.5 + confidence / 2) * np.sqrt(variance))


def differences(run, arm, reference=None, variable="income_real", last=3):
    """Each panel household's difference between two arms, averaged over the last years.

    last: number of years, fewer where programs began later.  Returns (DataArray, n_lost): dims (replicate, household), in the variable's unit; NaN where
    the household is not present in both arms in all of those years.
    Raises PamirError without a panel, for an unknown variable or arm, or when no replicate is complete in both arms.
    """
    reference = reference or run.reference
    run.check_arm(arm)
    run.check_arm(reference)
    panel = run.panel
    if variable not in panel:
        raise PamirError(f"{run.path}: /panel has no variable '{variable}'")
    if "point" in panel[variable].dims:
        raise PamirError(f"{run.path}: who gained and lost is not computed for a sweep")
    last = run.window(last, panel["year"].values)
    both = run.complete.sel(arm=arm, drop=True) & run.complete.sel(arm=reference, drop=True)
    if not bool(both.any()):
        raise PamirError(f"{run.path}: no replicate is complete in both '{arm}' and '{reference}'")
    years = slice(-last, None)

    def side(one):
        values = panel[variable].sel(arm=one, drop=True).isel(year=years).load().sel(replicate=both).astype(float)
        if "present" in panel:
            present = panel["present"].sel(arm=one, drop=True).isel(year=years).load().sel(replicate=both)
            values = values.where(present > 0)
        return values.mean("year", skipna=False)

    result = side(arm) - side(reference)
    return result.transpose("replicate", "household"), int((~both).sum())


def main_line(run):
    """The value of the first poverty line [CNY/person/year, base year], NaN when the file does not hold it."""
    if run.has("county", "line_value"):
        return float(run.county["line_value"].isel(line=0))
    return float("nan")


def noise_threshold(run, variable="income_real", last=3):
    """The difference that luck alone hardly ever passes where no market is disturbed: the least bound of every arm.

    Returns (threshold, source): the variable's unit, and words that say where it comes from.  The 97.5% quantile of
    |difference| in the placebo arm, or 1% of the main poverty line, whichever is larger; 0 when the file has neither.
    """
    floor = LINE_SHARE * main_line(run)
    noise = float("nan")
    if run.placebo and run.placebo != run.reference:
        try:
            values, _ = differences(run, run.placebo, run.reference, variable, last)
            noise = float(np.nanquantile(np.abs(values.values), NOISE_QUANTILE))
        except PamirError:
            noise = float("nan")  # the placebo has no complete pair: the line is what is left
    if np.isfinite(noise) and not noise < floor:
        return noise, f"97.5% of the households of the arm '{run.placebo}' differ by less"
    if np.isfinite(floor):
        return floor, "1% of the main poverty line" + ("; the placebo arm's noise is smaller" if np.isfinite(noise) else "")
    return 0.0, "no placebo arm and no poverty line in the file"


def bystanders(run, arm, reference=None):
    """Which households of the panel take part in no scheme in any year, in the arm and in the reference.

    Returns a bool DataArray (replicate, household) over the replicates complete in both, or None when the file does not say
    who takes part.  Raises PamirError for an unknown arm.
    """
    reference = reference or run.reference
    if "memberships" not in run.panel:
        return None
    both = run.complete.sel(arm=run.check_arm(arm), drop=True) & run.complete.sel(arm=run.check_arm(reference), drop=True)
    schemes = run.panel["memberships"].load().sel(replicate=both)
    none = [~(schemes.sel(arm=one, drop=True) > 0).any("year") for one in (arm, reference)]
    return (none[0] & none[1]).transpose("replicate", "household")


def bound(run, arm, reference=None, variable="income_real", last=3):
    """The bound of an arm: the larger of its bystanders' and the placebo's (`noise_threshold`).

    The bystanders' is the 95% quantile of |difference| over household-replicates; with fewer than 20 of them a replicate, or
    where the file does not say who took part, the placebo's stands alone, and the words say so.
    Returns a Bound.  Raises PamirError as `differences`.
    """
    reference = reference or run.reference
    threshold, source = noise_threshold(run, variable, last)
    values, _ = differences(run, arm, reference, variable, last)
    who = bystanders(run, arm, reference)
    nothing = float("nan")
    if who is None:
        return Bound(threshold, f"{source}; the file does not say who took part", 0, nothing, nothing)
    gaps = np.abs(values.values[who.values & np.isfinite(values.values)])
    if not gaps.size:
        return Bound(threshold, f"{source}; there are no bystanders", 0, nothing, nothing)
    n_pairs = int(np.isfinite(values.values).any(1).sum())
    n, own = int(gaps.size / n_pairs + 0.5), float(np.quantile(gaps, BYSTANDER_QUANTILE))
    if n <= MOST_FEW:
        source += f"; {n} bystanders, fewer than {MOST_FEW + 1}, set no bound"
    elif own > threshold:
        threshold, source = own, f"{n} bystanders differ by less in 95 of 100 cases"
    else:
        source += f"; {n} bystanders differ by less than that"
    return Bound(threshold, source, n, own, float(np.mean(gaps > threshold)))


def luck_alone(run, variable="income_real", last=3):
    """What luck alone does to households: the placebo arm against the reference.

    Returns a dict: `arm`; `gained` and `lost`, shares [1] of household-replicates beyond 1% of the main poverty line (NaN
    without a line); `far`, the 99% quantile of |difference| in the variable's unit.  Empty when there is no placebo arm
    with a complete pair.
    """
    if not run.placebo or run.placebo == run.reference:
        return {}
    try:
        values, _ = differences(run, run.placebo, run.reference, variable, last)
    except PamirError:
        return {}
    values = values.values[np.isfinite(values.values)]
    if not values.size:
        return {}
    floor = LINE_SHARE * main_line(run)
    known = np.isfinite(floor)
    return {
        "arm": run.placebo,
        "gained": float(np.mean(values > floor)) if known else float("nan"),
        "lost": float(np.mean(values < -floor)) if known else float("nan"),
        "far": float(np.quantile(np.abs(values), FAR_QUANTILE)),
    }


def luck_text(luck, factor, unit):
    """`luck_alone` in words.  factor, unit: of `formats.display_unit`.  Returns str."""
    shares = f"{formats.number(100 * luck['gained'], 1)}% gain and {formats.number(100 * luck['lost'], 1)}% lose more than 1% of the line; "
    far = f"99 of 100 differ by {formats.number(luck['far'] * factor, 1)} {unit} or less"
    return f"luck alone, arm '{luck['arm']}': {shares if np.isfinite(luck['gained']) else ''}{far}"


def weighted_quantile(values, weights, quantiles):
    """Quantiles of weighted values: the smallest value at which the cumulated weight reaches the share.

    values, weights: arrays of one shape, NaN left out.  quantiles: in [0, 1].  Returns an array; NaN without values.
    """
    values, weights = np.ravel(values), np.ravel(weights)
    keep = np.isfinite(values) & (weights > 0)
    if not keep.any():
        return np.full(len(quantiles), np.nan)
    order = np.argsort(values[keep], kind="stable")
    values, cumulated = values[keep][order], np.cumsum(weights[keep][order])
    at = np.searchsorted(cumulated, np.asarray(quantiles) * cumulated[-1] * (1 - 1e-12), side="left")
    return values[np.minimum(at, values.size - 1)]


def _quintiles(run, arm, reference, n):
    """Each household's quintile in the program-free base year, 0 for none; by replicate where luck decides it."""
    if "base_quintile" not in run.panel:
        return xr.DataArray(np.zeros(n), dims="household")
    array = run.panel["base_quintile"].load()
    if "arm" in array.dims:
        # The base year has no program in any arm, so the arms agree; the reference stands for all.
        both = run.complete.sel(arm=arm, drop=True) & run.complete.sel(arm=reference, drop=True)
        array = array.sel(arm=reference, drop=True).sel(replicate=both)
    return array.fillna(0)


def _county_mean(run, arm, reference, variable, last, confidence):
    """The county's mean difference in the same years, and its half width; NaN when /county has no such variable."""
    name = f"{variable}_per_capita"
    if not run.has("county", name):
        return float("nan"), float("nan")
    one = effect(run, arm, reference, f"county/{name}", confidence, last=last, twin=False)
    return float(one.difference), float(one.half_width)


def winners(run, arm, reference=None, variable="income_real", last=3, confidence=0.95):
    """Who gained and who lost, for all households of the panel and by quintile of the program-free base year.

    variable: "income_real" or "consumption_real" of /panel [CNY/person/year].  last: number of last years averaged.
    Returns Winners; shares are means over replicates of the weighted share, with the intervals of `panel_mean`.
    Raises PamirError without a panel (a sweep), for unknown names, or without a complete pair.
    """
    reference = reference or run.reference
    values, n_lost = differences(run, arm, reference, variable, last)
    limit = bound(run, arm, reference, variable, last)
    threshold = limit.threshold
    panel = run.panel
    n = panel.sizes["household"]
    weight = panel["weight"].load() if "weight" in panel else xr.DataArray(np.ones(n), dims="household")
    quintile = _quintiles(run, arm, reference, n)
    who = ["all"] + [str(int(q)) for q in np.unique(quintile.values) if q > 0]

    present = values.notnull()
    data = {name: [] for name in ("gained", "lost", "neither")}
    widths = {name: [] for name in data}
    quantiles, means, mean_widths, typical = [], [], [], {"gained": [], "lost": []}
    for group in who:
        member = present & (xr.ones_like(quintile, bool) if group == "all" else quintile == int(group))
        mass = weight.where(member, 0.0)
        flags = {"gained": values > threshold, "lost": values < -threshold}
        flags["neither"] = ~(flags["gained"] | flags["lost"])
        for name, flag in flags.items():
            share, half = panel_mean(flag.astype(float).where(member), weight, confidence, "weight" in panel)
            data[name].append(share)
            widths[name].append(half)
        spread = np.broadcast_to(mass.transpose("replicate", "household").values, values.shape)
        quantiles.append(weighted_quantile(values.where(member).values, spread, QUANTILES))
        for name, of_one in typical.items():
            of_one.append(weighted_quantile(values.where(member & flags[name]).values, spread, (0.5,))[0])
        mean, half = panel_mean(values.where(member), weight, confidence, "weight" in panel)
        means.append(mean)
        mean_widths.append(half)

    shares = xr.Dataset({name: ("who", column, {"units": "1"}) for name, column in data.items()}, coords={"who": who})
    for name, column in widths.items():
        shares[f"{name}_half_width"] = ("who", column, {"units": "1"})
        shares[f"{name}_low"] = (shares[name] - shares[f"{name}_half_width"]).clip(0, 1).assign_attrs(units="1")
        shares[f"{name}_high"] = (shares[name] + shares[f"{name}_half_width"]).clip(0, 1).assign_attrs(units="1")
    coords = {"who": who, "quantile": list(QUANTILES)}
    last = run.window(last, panel["year"].values)
    years = tuple(int(y) for y in panel["year"].values[-last:])
    county, county_half = _county_mean(run, arm, reference, variable, last, confidence)
    return Winners(
        arm=arm,
        reference=reference,
        variable=variable,
        unit=panel[variable].attrs.get("units", "CNY/person/year"),
        years=years,
        bound=limit,
        luck=luck_alone(run, variable, last),
        shares=shares,
        quantiles=xr.DataArray(np.array(quantiles), dims=("who", "quantile"), coords=coords),
        typical=xr.Dataset({name: ("who", column) for name, column in typical.items()}, coords={"who": who}),
        mean=xr.DataArray(means, dims="who", coords={"who": who}),
        mean_half_width=xr.DataArray(mean_widths, dims="who", coords={"who": who}),
        county=county,
        county_half_width=county_half,
        n_households=n,
        share_absent=float(1 - present.mean()),
        n_pairs=values.sizes["replicate"],
        n_lost=n_lost,
        confidence=confidence,
    )
