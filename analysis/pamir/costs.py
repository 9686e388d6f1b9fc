"""What it cost: money promised, paid, leaked and recovered, and what one unit of result cost.

Only what the arm has more than the reference counts, replicate by replicate.  A cost per result is a ratio of two
means; its interval is Fieller's, which stays honest when the denominator is small: a gain that cannot be told from
zero has no cost per unit, and the table says so.
"""

import dataclasses

import numpy as np
import xarray as xr

from . import formats
from .effects import NOTE, effect, paired, t_half_width
from .results import PamirError

MONEY = ("money_promised", "money_paid", "money_leaked", "money_recovered", "money_to_households")


@dataclasses.dataclass(frozen=True)
class Ratio:
    """A cost per unit of result, ratio of two paired means, with Fieller's interval."""

    name: str
    unit: str
    value: float  # NaN when the result cannot be told from zero
    low: float
    high: float
    result: float  # mean of the denominator, in `result_unit`
    result_half_width: float
    result_unit: str
    verdict: str  # "" when the ratio stands; else why there is none


@dataclasses.dataclass(frozen=True)
class Costs:
    """What an arm cost more than the reference: sums over programs and years, and costs per result."""

    arm: str
    reference: str
    currency: str
    money: xr.Dataset  # by name of MONEY: mean over replicates; *_half_width beside it [currency]
    real_paid: float  # money paid, in prices of the base year [currency]; NaN when it cannot be deflated
    by_program: xr.Dataset  # the same names, dim `investment`, mean over replicates; programs of the arm only
    ratios: tuple  # of Ratio
    n_pairs: int
    n_lost: int
    confidence: float

    def __str__(self):
        lines = [f"{self.arm} minus {self.reference}: {formats.pairs(self.n_pairs)}" + (f" ({self.n_lost} lost)" if self.n_lost else "")]
        for name in MONEY:
            if name in self.money:
                half = formats.money(float(self.money[f"{name}_half_width"]), self.currency)
                value = formats.money(float(self.money[name]), self.currency)
                lines.append(f"  {formats.words(name):<22} {value} {formats.PLUS_MINUS} {half}")
        for ratio in self.ratios:
            if ratio.verdict:
                lines.append(f"  {ratio.name:<44} {ratio.verdict}")
            else:
                ends = formats.interval(ratio.low, ratio.high)
                ends = f" ({ends})" if ends else ""
                lines.append(f"  {ratio.name:<44} {formats.significant(ratio.value)}{ends} {ratio.unit}")
        lines.append(f"  {100 * self.confidence:g}% intervals, {NOTE}" if self.n_pairs > 1 else f"  {formats.ONE_REPLICATE}")
        return "\n".join(lines)

    __repr__ = __str__


def fieller(cost, result, confidence=0.95):
    """Interval of mean(cost) / mean(result) over paired replicates (Fieller 1954).

    cost, result: 1-D arrays of one length.  Returns (ratio, low, high); all NaN when the mean result cannot be told
    from zero at this confidence, or with fewer than two pairs.
    """
    from scipy.special import stdtrit

    cost, result = np.asarray(cost, float), np.asarray(result, float)
    keep = np.isfinite(cost) & np.isfinite(result)
    cost, result = cost[keep], result[keep]
    n = cost.size
    nothing = (float("nan"),) * 3
    if n < 2:
        return nothing
    t = float(stdtrit(n - 1, 0.5 + confidence / 2))
    x, y = cost.mean(), result.mean()
    xx, yy = cost.var(ddof=1) / n, result.var(ddof=1) / n
    xy = float(np.cov(cost, result, ddof=1)[0, 1]) / n
    a = y * y - t * t * yy
    if not a > 0:
        return nothing
    b = x * y - t * t * xy
    c = x * x - t * t * xx
    root = float(np.sqrt(max(b * b - a * c, 0.0)))
    return x / y, (b - root) / a, (b + root) / a


def _sum(run, arm, reference, name):
    """Paired difference of a money variable, summed over programs, by replicate."""
    x, y, n_lost = paired(run, arm, reference, "investment", name)
    return x.sum("investment") - y.sum("investment"), n_lost


def real_paid(run, arm, reference):
    """Money paid in prices of the base year [currency] by replicate, arm less reference.

    Each year's money is divided by the reference arm's price index of that year.  Returns a DataArray with
    `replicate`, or None when the file holds no money by year or no price index.
    Raises PamirError as `pamir.effects.paired`.
    """
    if not (run.has("investment", "money_paid_by_year") and run.has("county", "price_index")):
        return None
    x, y, _ = paired(run, arm, reference, "investment", "money_paid_by_year")
    _, index, _ = paired(run, arm, reference, "county", "price_index")
    return ((x - y).sum("investment") / index).sum("year")


def _income_gain(run, arm, reference):
    """Real income gained, summed over persons and years [currency of the base year], by replicate."""
    x, y, _ = paired(run, arm, reference, "county", "income_real_per_capita")
    _, persons, _ = paired(run, arm, reference, "county", "population")
    return ((x - y) * persons).sum("year")


def _lifted(run, arm, reference, last):
    """Persons no longer below the main line, mean of the last years, by replicate."""
    x, y, _ = paired(run, arm, reference, "county", "poverty_headcount")
    _, persons, _ = paired(run, arm, reference, "county", "population")
    fewer = (y - x).isel(line=0) * persons
    return fewer.isel(year=slice(-last, None)).mean("year")


def costs(run, arm, reference=None, last=3, confidence=0.95):
    """What an arm cost more than the reference, and what a unit of its result cost.

    last: the years over which persons lifted above the main line are averaged, fewer where programs began later.
    Returns Costs.  Money is nominal, all sponsors together, whole horizon; costs per result use money and income in
    prices of the base year where the file allows it.
    Raises PamirError for unknown arms, a sweep, no /investment, or without a complete pair.
    """
    reference = reference or run.reference
    last = run.window(last)
    if "point" in run.complete.dims:
        raise PamirError(f"{run.path}: costs are not computed for a sweep")
    money, by_program, n_lost, n_pairs = {}, {}, 0, 0
    for name in MONEY:
        if not run.has("investment", name):
            continue
        each, n_lost = _sum(run, arm, reference, name)
        n_pairs = each.sizes["replicate"]
        money[name] = each.mean("replicate").assign_attrs(units=run.currency)
        money[f"{name}_half_width"] = t_half_width(each, confidence).assign_attrs(units=run.currency)
        one = effect(run, arm, reference, f"investment/{name}", confidence, twin=False)
        by_program[name] = one.arm_values.mean("replicate").assign_attrs(units=run.currency)
    if "money_paid" not in money:
        raise PamirError(f"{run.path}: /investment has no money_paid")

    paid, _ = _sum(run, arm, reference, "money_paid")
    real = real_paid(run, arm, reference)
    used = paid if real is None else real
    prices = f"{run.currency} of {run.base_year}" if real is not None and run.base_year else run.currency
    wanted = []
    if run.has("county", "income_real_per_capita") and run.has("county", "population"):
        gain = _income_gain(run, arm, reference)
        wanted.append(("paid per unit of real income gained", f"{prices} per {prices} gained", gain, prices))
    if run.has("county", "poverty_headcount") and run.has("county", "population"):
        lifted = _lifted(run, arm, reference, last)
        wanted.append(("paid per person lifted above the main line", f"{prices} per person", lifted, "persons"))
    if run.has("investment", "jobs"):
        jobs, _ = _sum(run, arm, reference, "jobs")
        wanted.append(("paid per job at the peak", f"{prices} per job", jobs, "jobs"))
    ratios = tuple(_ratio(*one, used, confidence) for one in wanted)

    programs = xr.Dataset(by_program)
    active = sum(np.abs(programs[name].fillna(0)) for name in by_program) > 0
    return Costs(
        arm=arm,
        reference=reference,
        currency=run.currency,
        money=xr.Dataset(money),
        real_paid=float("nan") if real is None else float(real.mean("replicate")),
        by_program=programs.sel(investment=active),
        ratios=ratios,
        n_pairs=n_pairs,
        n_lost=n_lost,
        confidence=confidence,
    )


def _ratio(name, unit, result, result_unit, cost, confidence):
    mean, half = float(result.mean("replicate")), float(t_half_width(result, confidence))
    value, low, high = fieller(cost.values, result.transpose(*cost.dims).values, confidence)
    verdict = ""
    if float(cost.mean()) == 0:
        value = low = high = float("nan")
        verdict = "nothing was paid"
    elif not bool((result != 0).any()):
        verdict = "none"
    elif int(result.notnull().sum()) < 2:
        verdict = "one replicate: not known"
    elif not np.isfinite(value):
        verdict = "not told from zero"
    elif mean < 0:
        value = low = high = float("nan")
        verdict = "a loss, at this cost"
    return Ratio(name, unit, value, low, high, mean, half, result_unit, verdict)
