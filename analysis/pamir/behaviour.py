"""What the county does without being told to: the behaviours that models/README.md lists, each with its figure.

Works on a result of scenarios/experiments/behaviour.yaml, whose arms ask one question each; behaviours whose arm is not
in the result are left out, and what a result is too short or too small for is said not to be judged.  Every finding carries the tag of what it rests on: only emergent ones are
evidence.
"""

import dataclasses
import pathlib

import matplotlib
import numpy as np
import xarray as xr

from . import formats, plots
from .effects import t_half_width
from .results import PamirError

POVERTY_YEARS = 6
SPECIES = ("sheep", "yak", "cattle")
BAD_SHARE = 0.16  # of years: those with the highest mortality, as many as there are bad winters
GRANT_YEAR = 2018  # of scenarios/programs/grant.yaml
EMPLOYER_YEARS = (2018, 2025)  # from when the employer of scenarios/programs/employer.yaml has all its workers
CLAIMS = {
    "lean_winter": "a lean late winter and spring, and a harvest peak in consumption",
    "bad_winter": "a bad snow year sells herds cheaply and takes years to mend",
    "income_distribution": "income lognormal-like, Gini .35 to .41",
    "poverty_persistence": "poverty partly chronic and partly transient",
    "employer_wages": "wages rise for outsiders when a large employer comes",
    "migration_gap": "migration rises with the wage gap",
    "cooperative_members": "a cooperative loses members when the manager takes too much",
    "grant_multiplier": "a transfer has a local multiplier and a price effect",
    "placebo_spread": "what luck alone makes of 100 CNY to one household",
}


class NotJudged(PamirError):
    """A result does not hold what a behaviour is judged by: too few years, no panel."""


@dataclasses.dataclass
class Finding:
    """One behaviour: `claim` is what should come out, `found` what did, with figures; `holds` says whether it did.

    holds: True, False, or None where it cannot be judged; `found` then says why.  name: of BEHAVIOURS.  tag: what the finding rests on; only what is emergent is evidence.  figure: a matplotlib
    figure, or None.
    """

    name: str
    claim: str
    found: str
    holds: bool | None
    tag: str
    figure: object = None

    @property
    def verdict(self):
        """Whether it comes out, in words.  Returns str."""
        return {True: "comes out", False: "DOES NOT COME OUT", None: "cannot be judged"}[self.holds]


def _axes(size=plots.SIZE):
    return plots._figure(size)


def _mean(array, run, arm, **labels):
    """Values of an arm in its complete replicates (replicate first); of two arms, arithmetic keeps those of both."""
    return array.sel(arm=arm, **labels).load().isel(replicate=np.nonzero(run.complete.sel(arm=arm).values)[0])


def _interval(values):
    """(mean, half width) over replicates of a DataArray with the one dimension `replicate`."""
    return float(values.mean("replicate")), float(t_half_width(values))


def _plus_minus(value, half, decimals=1):
    """A value and its half width, the latter only where it is known.  Returns str."""
    return f"{value:.{decimals}f}" + (f" ± {half:.{decimals}f}" if np.isfinite(half) else "")


def _say_where_cut(ax):
    """Says beside the label of the y axis that it does not begin at nought, where it does not."""
    low = ax.get_ylim()[0]
    if low > 0:
        ax.set_ylabel(f"{ax.get_ylabel()}\naxis begins at {low:g}" if low < 1 else f"{ax.get_ylabel()}\naxis begins at {low:.0f}")


def _bands(ax, years, values, paint, label):
    """The mean over replicates with its interval.  values: (replicate, year)."""
    mean, half = _over_replicates(np.asarray(values))
    ax.fill_between(years, mean - half, mean + half, color=paint, alpha=0.2, linewidth=0)
    ax.plot(years, mean, color=paint, label=label)


def lean_winter(run):
    """Consumption by calendar month over its centred twelve-month mean, so that no trend shows; the reference.

    run: a result, open; its /county has `consumption_monthly` (CNY a person and month, from January).
    Returns a Finding: holds when February to May lie below that mean, and September to November above it.  Raises NotJudged
    with fewer than two years.
    """
    monthly = _mean(run.county["consumption_monthly"], run, run.reference)
    values = monthly.values
    if values.shape[1] < 24:
        raise NotJudged(f"two years of months are needed to take the trend out, and there are {values.shape[1]} months")
    weights = np.r_[0.5, np.ones(11), 0.5] / 12  # two half months at the ends: a year, centred on a month
    trend = np.apply_along_axis(np.convolve, 1, values, weights, mode="valid")
    over = values[:, 6:-6] / trend
    share = np.array([np.nanmean(over[:, (k - 6) % 12 :: 12]) for k in range(12)])
    low, high = int(np.argmin(share)), int(np.argmax(share))
    names = "January February March April May June July August September October November December".split()
    with matplotlib.rc_context(plots._RC):
        figure, ax = _axes()
        ax.bar(np.arange(1, 13), 100 * (share - 1), color=plots.PALETTE[0])
        ax.axhline(0, color=plots.QUIET, linewidth=0.9)
        ax.set_title("Consumption through the year")
        ax.set_xlabel("calendar month")
        ax.set_ylabel("from a year's mean around it [percent]")
        ax.set_xticks(range(1, 13))
    lean, harvest = share[1:5].mean(), share[8:11].mean()
    found = (
        f"lowest in {names[low]} ({100 * (share[low] - 1):+.1f} percent), highest in {names[high]} "
        f"({100 * (share[high] - 1):+.1f}); February to May {100 * (lean - 1):+.1f}, September to November "
        f"{100 * (harvest - 1):+.1f}"
    )
    return Finding("lean_winter", CLAIMS["lean_winter"], found, bool(lean < 1 < harvest), "emergent", figure)


def _around(heads, marks):
    """Herds from the December before a marked year to the fifth after it, over that December, mean of each replicate.

    heads: (replicate, year).  marks: bool of that shape; years without the one before or the five after are left out.
    Returns (replicate, 7); NaN for a replicate without such a year.
    """
    paths = np.full((heads.shape[0], 7), np.nan)
    for replicate in range(heads.shape[0]):
        years = [y for y in np.nonzero(marks[replicate])[0] if 1 <= y and y + 5 < heads.shape[1]]
        if years:
            paths[replicate] = np.mean([heads[replicate, y - 1 : y + 6] / heads[replicate, y - 1] for y in years], axis=0)
    return paths


def _over_replicates(values):
    """(mean, half width) of an array (replicate, place), by place; NaN left out."""
    array = xr.DataArray(values, dims=("replicate", "place"))
    return array.mean("replicate").values, t_half_width(array).values


def bad_winter(run):
    """Herds around the years of highest mortality: sheep units are not in /county, so heads of sheep stand for them.

    run: a result, open; its /county has `herd_death_rate` (1 a year), `n_sheep` (heads by month) and
    `new_distress_sales` (household-months a year).  A year counts when the year before and five after are in the result.
    Returns a Finding: holds when herds fall more than 2 percent below their path after other years, and more is sold in
    need in the bad years.  Raises NotJudged where no bad year, or no other, can be followed.
    """
    rate = _mean(run.county["herd_death_rate"], run, run.reference, species="sheep").values
    heads = _mean(run.county["n_sheep"], run, run.reference).values[:, 11::12]
    distress = _mean(run.county["new_distress_sales"], run, run.reference).values
    if heads.shape[1] != rate.shape[1] or not np.isfinite(rate).any():
        raise NotJudged("no whole years with herds")
    bad = rate >= np.nanquantile(rate, 1 - BAD_SHARE)
    other = ~bad & np.isfinite(rate)
    paths, usuals = _around(heads, bad), _around(heads, other)
    both = np.isfinite(paths[:, 0]) & np.isfinite(usuals[:, 0])
    if not both.any():
        raise NotJudged("no bad year with the year before and five after it, and another to compare it with")
    paths, usuals = paths[both], usuals[both]
    gap, half = _over_replicates(100 * (1 - paths / usuals))
    worst = int(np.argmax(gap))
    back = next((k for k in range(worst, 7) if gap[k] < 0.5 * gap[worst]), None)
    with matplotlib.rc_context(plots._RC):
        figure, ax = _axes()
        years = np.arange(-1, 6)
        _bands(ax, years, 100 * paths, plots.LOST, "years after a bad winter")
        _bands(ax, years, 100 * usuals, plots.INK, "years after other winters")
        ax.set_title("Sheep around a bad winter")
        ax.set_xlabel("years from the year of the losses")
        ax.set_ylabel("heads [percent of the December before]")
        _say_where_cut(ax)
        ax.legend(loc="upper left", bbox_to_anchor=(0.0, -0.2), ncols=2)  # beneath the axis, off the bands
    in_bad, in_other = np.nanmean(distress[bad]), np.nanmean(distress[other])
    mend = f"half of the gap is closed {back - 1} years after" if back is not None else "half of the gap is open five years after"
    gaps = ", ".join(f"{_plus_minus(gap[k + 1], half[k + 1])} after {word}" for k, word in ((1, "one year"), (3, "three"), (5, "five")))
    found = (
        f"{100 * np.nanmean(rate[bad]):.0f} percent die in the worst sixth of years, {100 * np.nanmean(rate[other]):.0f} in the others; "
        f"herds are {gap[worst]:.0f} percent below their usual path at the worst, percent below: {gaps}; {mend}; distress sales "
        f"{in_bad:,.0f} household-months in bad years, {in_other:,.0f} in others"
        + (f" ({in_bad / in_other:.2f} times)" if in_other > 0 else "")
    )
    holds = bool(gap[worst] > 2 and in_bad > in_other)
    return Finding("bad_winter", CLAIMS["bad_winter"], found, holds, "emergent", figure)


def income_distribution(run):
    """Gini of income over the years, and the shape of its logarithm over the panel.

    run: a result, open; /county has `gini_income` (1), /panel `income_real` (CNY a person and year).
    Returns a Finding: holds when the Gini, mean over replicates, stays within .345 to .415 in every year.
    """
    gini = _mean(run.county["gini_income"], run, run.reference).mean("replicate").values
    income = run.panel["income_real"].sel(arm=run.reference).load().values
    logs = np.log(income[np.isfinite(income) & (income > 0)])
    z = (logs - logs.mean()) / logs.std()
    with matplotlib.rc_context(plots._RC):
        figure, ax = _axes()
        ax.plot(run.years, gini, color=plots.INK)
        ax.axhspan(0.35, 0.41, color=plots.PALETTE[2], alpha=0.15, linewidth=0, label="rural China 2005 to 2013")
        ax.set_ylim(0.2, 0.5)
        ax.set_title("Gini of income")
        ax.set_ylabel("Gini")
        _say_where_cut(ax)
        plots._years_axis(ax)
        ax.legend()
    inside = bool((gini >= 0.345).all() and (gini <= 0.415).all())
    found = (
        f"Gini {gini[0]:.3f} in {run.years[0]}, {gini[len(gini) // 2]:.3f} in {run.years[len(gini) // 2]}, {gini[-1]:.3f} in "
        f"{run.years[-1]} (its level is fitted, its path is not); log income of the panel: skewness {np.mean(z**3):+.2f}, excess kurtosis "
        f"{np.mean(z**4) - 3:+.2f} (0 and 0 for a lognormal)"
    )
    return Finding("income_distribution", CLAIMS["income_distribution"], found, inside, "fitted level, emergent path", figure)


def _re_entry(run, n_years):
    """Of the panel's households in the first years: who left poverty, and who of them was poor again.  Returns str."""
    if not run.has("panel", "poor"):
        return "without a panel it is not known who left poverty and came back"
    poor = _mean(run.panel["poor"], run, run.reference).isel(year=slice(n_years)).transpose("replicate", "household", "year")
    values = poor.values.astype(float)
    if "present" in run.panel:
        there = _mean(run.panel["present"], run, run.reference).isel(year=slice(n_years)).transpose(*poor.dims).values
        values = np.where(there > 0, values, np.nan)
    weight = run.panel["weight"].values if "weight" in run.panel else np.ones(values.shape[1])
    weight = np.broadcast_to(weight, values.shape[:2])
    exits = (values[..., :-1] > 0) & (values[..., 1:] == 0)  # poor, and not in the next year
    gone = np.logical_or.accumulate(exits, axis=-1)
    left = gone[..., -1] if gone.shape[-1] else np.zeros(values.shape[:2], bool)
    back = (gone & (values[..., 1:] > 0)).any(-1)  # poor in a year after an exit
    seen = np.isfinite(values).any(-1)
    if not left.any():
        return "no household of the panel left poverty"
    return (
        f"{100 * weight[left].sum() / weight[seen].sum():.1f} percent of the panel's households left poverty in these years, "
        f"and {100 * weight[left & back].sum() / weight[left].sum():.0f} percent of those were poor again within them"
    )


def poverty_persistence(run):
    """Always, sometimes, never poor since the base year; chronic and transient parts of squared poverty.

    Looks at the first six years, as long as the panel of Jalan and Ravallion (1998): later hardly anybody is poor by
    the line of the base year.

    run: a result, open; /county has `poverty_always_share`, `poverty_sometimes_share`, `poverty_chronic`,
    `poverty_transient` and `poverty_headcount` (all 1); `poor` of /panel, where there is one, says who came back.
    Returns a Finding: holds when between 2 and 98 percent of squared poverty are chronic.  Raises NotJudged for a single
    year, and where nobody is poor.
    """
    county = run.county
    if len(run.years) < 2:
        raise NotJudged("one year does not tell chronic from transient")
    always, sometimes = (
        _mean(county[f"poverty_{kind}_share"], run, run.reference).mean("replicate").values for kind in ("always", "sometimes")
    )
    last = min(POVERTY_YEARS, len(run.years)) - 1
    chronic = float(_mean(county["poverty_chronic"], run, run.reference).isel(year=last).mean("replicate"))
    transient = float(_mean(county["poverty_transient"], run, run.reference).isel(year=last).mean("replicate"))
    with matplotlib.rc_context(plots._RC):
        figure, ax = _axes()
        ax.stackplot(
            run.years,
            100 * always,
            100 * sometimes,
            labels=["poor in every year so far", "poor in some"],
            colors=[plots.LOST, plots.PALETTE[4]],
            alpha=0.8,
        )
        ax.set_title("Who was poor since the base year")
        ax.set_ylabel("persons [percent]")
        plots._years_axis(ax)
        ax.legend(loc="upper left", bbox_to_anchor=(0.0, -0.2), ncols=2)  # beneath the axis, off the areas
    if not chronic + transient > 0:
        raise NotJudged("nobody is poor")
    share = chronic / (chronic + transient)
    found = (
        f"{run.years[0]} to {run.years[last]}: {100 * always[last]:.1f} percent of persons poor in every year, "
        f"{100 * sometimes[last]:.1f} in some; chronic part of squared poverty {100 * share:.0f} percent, transient {100 * (1 - share):.0f}"
        f"; {_re_entry(run, last + 1)}"
    )
    head = _mean(county["poverty_headcount"], run, run.reference).isel(line=0).mean("replicate").values
    if head[last] < head[0]:
        found += (
            f"; the headcount falls from {100 * head[0]:.1f} to {100 * head[last]:.1f} percent, so that 'some years' is mostly one way, "
            "out of poverty with growth"
        )
    return Finding("poverty_persistence", CLAIMS["poverty_persistence"], found, bool(0.02 < share < 0.98), "emergent", figure)


def employer_wages(run, township="unit-03"):
    """Casual wage of the township where a large employer comes, and of the others, against the reference.

    run: a result, open, with an arm `employer`; /village has `wage_casual` (CNY a day).  township: the recipients of
    scenarios/programs/employer.yaml; a village's name is its township's, a hyphen, and its own.
    Returns a Finding: holds when the wage there is higher, beyond luck.  Raises PamirError when no village, or every
    village, is of that township, NotJudged when the result ends before the employer is there.
    """
    late = run.years[(run.years >= EMPLOYER_YEARS[0]) & (run.years <= EMPLOYER_YEARS[1])]
    if not late.size:
        raise NotJudged(f"the result has no year of {EMPLOYER_YEARS[0]} to {EMPLOYER_YEARS[1]}")
    wage = run.village["wage_casual"]
    is_here = np.array([str(v).rsplit("-", 1)[0] == township for v in wage["village"].values])
    if is_here.all() or not is_here.any():
        raise PamirError(f"{run.path}: {is_here.sum()} of {is_here.size} villages are of {township}")
    ratio = (_mean(wage, run, "employer") / _mean(wage, run, run.reference) - 1) * 100
    here = ratio.isel(village=np.nonzero(is_here)[0]).mean("village")
    away = ratio.isel(village=np.nonzero(~is_here)[0]).mean("village")
    with matplotlib.rc_context(plots._RC):
        figure, ax = _axes()
        for values, name, paint in ((here, "its township", plots.PALETTE[1]), (away, "the other townships", plots.INK)):
            mean, half = values.mean("replicate"), t_half_width(values)
            ax.fill_between(run.years, mean - half, mean + half, color=paint, alpha=0.2, linewidth=0)
            ax.plot(run.years, mean, color=paint, label=name)
        ax.axhline(0, color=plots.QUIET, linewidth=0.9)
        ax.set_title("Casual wage when a large employer comes")
        ax.set_ylabel("from the reference [percent]")
        plots._years_axis(ax)
        ax.legend()
    mean, half = _interval(here.sel(year=late).mean("year"))
    other, other_half = _interval(away.sel(year=late).mean("year"))
    found = (
        f"{late[0]} to {late[-1]}: {mean:+.1f} ± {half:.1f} percent in its township, {other:+.2f} ± {other_half:.2f} in the others; "
        "labour does not move between townships in the model, so wages there cannot follow"
    )
    return Finding("employer_wages", CLAIMS["employer_wages"], found, mean - half > 0, "emergent", figure)


def migration_gap(run):
    """Migrants by what the outside wage is worth.

    run: a result, open, with arms `narrow_gap` and `wide_gap`; /county has `n_migrants` (persons by month) and
    `activity_persons` (persons of working age by what they do, by year).
    Returns a Finding: holds when the share of migrants rises from arm to arm, and intervals do not touch.
    """
    arms = [arm for arm in ("narrow_gap", run.reference, "wide_gap") if arm in run.arms]
    with matplotlib.rc_context(plots._RC):
        figure, ax = _axes()
        means = []
        for arm, paint in zip(arms, (plots.PALETTE[0], plots.INK, plots.PALETTE[1])):
            values = _mean(run.county["n_migrants"], run, arm)
            adults = _mean(run.county["activity_persons"], run, arm).sum("activity").mean("year")
            means.append(_interval(100 * values.mean("month") / adults))
            _bands(ax, run.years, values.values.reshape(values.shape[0], -1, 12).mean(-1), paint, arm)
        ax.set_title("Migrants by the wage gap")
        ax.set_ylabel("persons")
        ax.set_ylim(bottom=0)
        plots._thousands(ax.yaxis)
        plots._years_axis(ax)
        ax.legend(loc="upper left")
    found = ", ".join(f"{arm}: {m:.1f} ± {h:.1f} percent of persons of working age" for arm, (m, h) in zip(arms, means))
    rises = all(a[0] + a[1] < b[0] - b[1] for a, b in zip(means, means[1:]))
    return Finding("migration_gap", CLAIMS["migration_gap"], found, rises, "emergent (its level is fitted)", figure)


def cooperative_members(run):
    """Members of producers' cooperatives by what managers take.

    run: a result, open, with arms `honest` and `captured`; /county has `coop_members` (households by year).
    Returns a Finding: holds when members are fewer under managers who take, and intervals do not touch.
    """
    arms = [arm for arm in ("honest", run.reference, "captured") if arm in run.arms]
    with matplotlib.rc_context(plots._RC):
        figure, ax = _axes()
        last = {}
        for arm, paint in zip(arms, (plots.PALETTE[2], plots.INK, plots.LOST)):
            members = _mean(run.county["coop_members"], run, arm)
            last[arm] = _interval(members.isel(year=slice(-5, None)).mean("year"))
            _bands(ax, run.years, members.values, paint, arm)
        ax.set_title("Members of producers' cooperatives")
        ax.set_ylabel("households")
        ax.set_ylim(bottom=0)
        plots._thousands(ax.yaxis)
        plots._years_axis(ax)
        ax.legend(loc="upper left")
    found = ", ".join(f"{arm}: {m:.0f} ± {h:.0f} households in the last five years" for arm, (m, h) in last.items())
    holds = last["captured"][0] + last["captured"][1] < last["honest"][0] - last["honest"][1]
    return Finding("cooperative_members", CLAIMS["cooperative_members"], found, holds, "emergent", figure)


def grant_multiplier(run):
    """Income beyond the grant itself, of each yuan granted, and what the spending did to local prices.

    run: a result, open, with an arm `grant` and a program of that name, paid in 2018; /county has `income_per_capita`
    (CNY a person and year), `population` (persons) and `service_price` (by month).
    Returns a Finding without a figure: holds when other income rises, beyond luck.  Raises NotJudged when the result ends
    before the grant has been spent.
    """
    if GRANT_YEAR + 4 not in run.years:
        raise NotJudged(f"the result does not reach to {GRANT_YEAR + 4}, four years after the grant")
    county = run.county
    years = slice(GRANT_YEAR, GRANT_YEAR + 4)
    first_month = 12 * (GRANT_YEAR - int(run.years[0]))
    income = county["income_per_capita"] * county["population"]
    gain = (_mean(income, run, "grant") - _mean(income, run, run.reference)).sel(year=years).sum("year")
    paid = _mean(run.investment["money_paid"], run, "grant", investment="grant")
    local = (gain - paid) / paid
    price = _mean(county["service_price"], run, "grant") / _mean(county["service_price"], run, run.reference)
    in_2018 = (price.isel(month=slice(first_month, first_month + 12)).mean("month") - 1) * 100
    (m, h), (p, q) = _interval(local), _interval(in_2018)
    found = (
        f"each yuan granted in {GRANT_YEAR} brought {m:+.2f} ± {h:.2f} yuan of other nominal income by {GRANT_YEAR + 4}; local prices in {GRANT_YEAR} "
        f"{p:+.2f} ± {q:.2f} percent"
    )
    return Finding("grant_multiplier", CLAIMS["grant_multiplier"], found, m - h > 0, "emergent", None)


def placebo_spread(run):
    """Differences of households' real income from the reference when 100 CNY go to one of them.

    run: a result, open, with a placebo arm; /panel has `income_real` (CNY a person and year).
    Returns a Finding without a figure: holds when there are households to compare.  Raises PamirError without such an arm.
    """
    if run.placebo is None:
        raise PamirError(f"{run.path}: no placebo arm")
    income = run.panel["income_real"]
    gap = (income.sel(arm=run.placebo) - income.sel(arm=run.reference)).load().values
    gap = gap[np.isfinite(gap)]
    moved = np.abs(gap) > 0.5
    bound = np.quantile(np.abs(gap), 0.99) if gap.size else float("nan")
    found = (
        f"{100 * moved.mean():.1f} percent of household-years differ by more than half a yuan a head; the 99th percentile of the "
        f"difference is {formats.number(bound)} CNY a head and year"
    )
    return Finding("placebo_spread", CLAIMS["placebo_spread"], found, bool(np.isfinite(bound)), "emergent")


BEHAVIOURS = {
    "lean_winter": (lean_winter, ()),
    "bad_winter": (bad_winter, ()),
    "income_distribution": (income_distribution, ()),
    "poverty_persistence": (poverty_persistence, ()),
    "employer_wages": (employer_wages, ("employer",)),
    "migration_gap": (migration_gap, ("narrow_gap", "wide_gap")),
    "cooperative_members": (cooperative_members, ("honest", "captured")),
    "grant_multiplier": (grant_multiplier, ("grant",)),
    "placebo_spread": (placebo_spread, ()),
}
NEEDS = {  # what a result may lack: a panel (panel: 0), villages
    "income_distribution": ("panel/income_real",),
    "employer_wages": ("village/wage_casual",),
    "placebo_spread": ("panel/income_real",),
}


def findings(run, names=None):
    """The behaviours of a result.

    run: a result, open.  names: of BEHAVIOURS; None takes all whose arms the result has.
    Returns a list of Finding; what the result does not allow to judge is in it with `holds` None and the reason.  Raises PamirError for an unknown name.
    """
    for name in names or ():
        if name not in BEHAVIOURS:
            raise PamirError(f"no behaviour '{name}'; one of {', '.join(BEHAVIOURS)} was expected")
    result = []
    for name, (function, arms) in BEHAVIOURS.items():
        if (names and name not in names) or any(arm not in run.arms for arm in arms):
            continue
        if name == "placebo_spread" and run.placebo is None:
            continue
        lacks = [need for need in NEEDS.get(name, ()) if not run.has(*need.split("/"))]
        missing = [arm for arm in (run.reference, *arms) if not bool(run.complete.sel(arm=arm).any())]
        try:
            if lacks:
                raise NotJudged(f"the result has no {' and no '.join('/' + need for need in lacks)}")
            if missing:
                raise NotJudged(f"no replicate is complete in {' and '.join(missing)}")
            result.append(function(run))
        except NotJudged as error:
            result.append(Finding(name, CLAIMS[name], str(error), None, "not judged"))
    return result


def write(run, folder, names=None):
    """Writes a figure (PNG) for each behaviour that has one.

    run: a result, open.  folder: made when it is not there.  names: as for `findings`.
    Returns the findings, a list of Finding.  Raises PamirError for an unknown name, OSError when a file cannot be written.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    result = findings(run, names)
    for finding in result:
        if finding.figure is not None:
            finding.figure.savefig(folder / f"{finding.name}.png", dpi=110)
    return result
