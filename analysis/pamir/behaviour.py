"""What the county does without being told to: the behaviours that models/README.md lists, each with its figure.

Works on a result of scenarios/experiments/behaviour.yaml, whose arms ask one question each; behaviours whose arm is not
in the result are left out and said to be.  Every finding carries the tag of what it rests on: only emergent ones are
evidence.
"""

import dataclasses
import pathlib

import matplotlib
import numpy as np

from . import formats, plots
from .effects import t_half_width
from .results import PamirError

POVERTY_YEARS = 6
SPECIES = ("sheep", "yak", "cattle")
BAD_SHARE = 0.16  # of years: those with the highest mortality, as many as there are bad winters
GRANT_YEAR = 2018  # of scenarios/programs/grant.yaml


@dataclasses.dataclass
class Finding:
    """One behaviour: `claim` is what should come out, `found` what did, with figures; `holds` says whether it did.

    name: of BEHAVIOURS.  tag: what the finding rests on; only what is emergent is evidence.  figure: a matplotlib
    figure, or None.
    """

    name: str
    claim: str
    found: str
    holds: bool
    tag: str
    figure: object = None


def _axes(size=plots.SIZE):
    return plots._figure(size)


def _mean(array, run, arm, **labels):
    """Values of an arm in its complete replicates (replicate first); of two arms, arithmetic keeps those of both."""
    return array.sel(arm=arm, **labels).load().isel(replicate=np.nonzero(run.complete.sel(arm=arm).values)[0])


def _interval(values):
    """(mean, half width) over replicates of a DataArray with the one dimension `replicate`."""
    return float(values.mean("replicate")), float(t_half_width(values))


def lean_winter(run):
    """Consumption by calendar month over its centred twelve-month mean, so that no trend shows; the reference.

    run: a result, open; its /county has `consumption_monthly` (CNY a person and month, from January).
    Returns a Finding: holds when September to November lie above February to May.
    """
    monthly = _mean(run.county["consumption_monthly"], run, run.reference)
    values = monthly.values
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
    return Finding("lean_winter", "a lean winter and a harvest peak in consumption", found, bool(harvest > lean), "emergent", figure)


def bad_winter(run):
    """Herds around the years of highest mortality: sheep units are not in /county, so heads of sheep stand for them.

    run: a result, open; its /county has `herd_death_rate` (1 a year), `n_sheep` (heads by month) and
    `new_distress_sales` (by year).  A year counts when the year before and five after are in the result.
    Returns a Finding: holds when herds fall more than 2 percent below their path after other years, and more is sold in
    need in the bad years; without a figure, and not held, where no bad year can be looked at.
    """
    rate = _mean(run.county["herd_death_rate"], run, run.reference, species="sheep")
    heads = _mean(run.county["n_sheep"], run, run.reference).values[:, 11::12]
    distress = _mean(run.county["new_distress_sales"], run, run.reference).values
    bad = rate.values >= np.nanquantile(rate.values, 1 - BAD_SHARE)
    paths = []
    for replicate, year in zip(*np.nonzero(bad)):
        if 1 <= year and year + 5 < heads.shape[1]:
            paths.append(heads[replicate, year - 1 : year + 6] / heads[replicate, year - 1])
    other = ~bad & np.isfinite(rate.values)
    normal = []
    for replicate, year in zip(*np.nonzero(other)):
        if 1 <= year and year + 5 < heads.shape[1]:
            normal.append(heads[replicate, year - 1 : year + 6] / heads[replicate, year - 1])
    claim = "a bad snow year sells herds cheaply and takes years to mend"
    if not paths or not normal:
        return Finding("bad_winter", claim, "no bad year to look at", False, "emergent")
    path, usual = np.mean(paths, axis=0), np.mean(normal, axis=0)
    gap = path / usual
    worst = int(np.argmin(gap))
    back = next((k for k in range(worst, 7) if gap[k] > 1 - 0.5 * (1 - gap[worst])), None)
    with matplotlib.rc_context(plots._RC):
        figure, ax = _axes()
        years = np.arange(-1, 6)
        ax.plot(years, 100 * path, color=plots.LOST, label="years after a bad winter")
        ax.plot(years, 100 * usual, color=plots.INK, label="years after other winters")
        ax.set_title("Sheep around a bad winter")
        ax.set_xlabel("years from the year of the losses")
        ax.set_ylabel("heads [percent of the December before]")
        ax.legend()
    sold = np.nanmean(distress[bad]) / np.nanmean(distress[other])
    mend = f"half of the gap is closed {back - 1} years after" if back is not None else "half of the gap is open five years after"
    found = (
        f"{100 * np.nanmean(rate.values[bad]):.0f} percent die in the worst sixth of years, "
        f"{100 * np.nanmean(rate.values[other]):.0f} in the others; herds are {100 * (1 - gap[worst]):.0f} percent "
        f"below their usual path, {mend}; distress sales are {sold:.2f} times those of other years"
    )
    return Finding("bad_winter", claim, found, bool(gap[worst] < 0.98 and sold > 1), "emergent", figure)


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
        ax.set_ylabel("1")
        plots._years_axis(ax)
        ax.legend()
    inside = bool((gini >= 0.345).all() and (gini <= 0.415).all())
    found = (
        f"Gini {gini[0]:.3f} in {run.years[0]}, {gini[len(gini) // 2]:.3f} in {run.years[len(gini) // 2]}, {gini[-1]:.3f} in "
        f"{run.years[-1]} (its level is fitted, its path is not); log income of the panel: skewness {np.mean(z**3):+.2f}, excess kurtosis "
        f"{np.mean(z**4) - 3:+.2f} (0 and 0 for a lognormal)"
    )
    return Finding("income_distribution", "income lognormal-like, Gini .35 to .41", found, inside, "fitted level, emergent path", figure)


def poverty_persistence(run):
    """Always, sometimes, never poor since the base year; chronic and transient parts of squared poverty.

    Looks at the first six years, as long as the panel of Jalan and Ravallion (1998): later hardly anybody is poor by
    the line of the base year.

    run: a result, open; /county has `poverty_always_share`, `poverty_sometimes_share`, `poverty_chronic`,
    `poverty_transient` (all 1).
    Returns a Finding: holds when between 2 and 98 percent of squared poverty are chronic.
    """
    county = run.county
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
        ax.legend(loc="upper left")
    share = chronic / (chronic + transient) if chronic + transient > 0 else float("nan")
    found = (
        f"{run.years[0]} to {run.years[last]}: {100 * always[last]:.1f} percent of persons poor in every year, "
        f"{100 * sometimes[last]:.1f} in some; chronic part of squared poverty {100 * share:.0f} percent, transient {100 * (1 - share):.0f}"
    )
    return Finding("poverty_persistence", "poverty partly chronic and partly transient", found, bool(0.02 < share < 0.98), "emergent", figure)


def employer_wages(run, township="unit-03"):
    """Casual wage of the township where a large employer comes, and of the others, against the reference.

    run: a result, open, with an arm `employer`; /village has `wage_casual` (CNY a day).  township: the recipients of
    scenarios/programs/employer.yaml; a village's name is its township's, a hyphen, and its own.
    Returns a Finding: holds when the wage there is higher, beyond luck.  Raises PamirError when no village, or every
    village, is of that township.
    """
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
    late = slice(2018, 2025)
    mean, half = _interval(here.sel(year=late).mean("year"))
    other, other_half = _interval(away.sel(year=late).mean("year"))
    found = f"2018 to 2025: {mean:+.1f} ± {half:.1f} percent in its township, {other:+.2f} ± {other_half:.2f} in the others"
    return Finding("employer_wages", "wages rise for outsiders when a large employer comes", found, mean - half > 0, "emergent", figure)


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
            yearly = values.mean("replicate").values.reshape(-1, 12).mean(1)
            ax.plot(run.years, yearly, color=paint, label=arm)
        ax.set_title("Migrants by the wage gap")
        ax.set_ylabel("persons")
        plots._thousands(ax.yaxis)
        plots._years_axis(ax)
        ax.legend()
    found = ", ".join(f"{arm}: {m:.1f} ± {h:.1f} percent of persons of working age" for arm, (m, h) in zip(arms, means))
    rises = all(a[0] + a[1] < b[0] - b[1] for a, b in zip(means, means[1:]))
    return Finding("migration_gap", "migration rises with the wage gap", found, rises, "emergent (its level is fitted)", figure)


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
            ax.plot(run.years, members.mean("replicate"), color=paint, label=arm)
        ax.set_title("Members of producers' cooperatives")
        ax.set_ylabel("households")
        plots._thousands(ax.yaxis)
        plots._years_axis(ax)
        ax.legend()
    found = ", ".join(f"{arm}: {m:.0f} ± {h:.0f} households in the last five years" for arm, (m, h) in last.items())
    holds = last["captured"][0] + last["captured"][1] < last["honest"][0] - last["honest"][1]
    return Finding("cooperative_members", "a cooperative loses members when the manager takes too much", found, holds, "emergent", figure)


def grant_multiplier(run):
    """Income beyond the grant itself, of each yuan granted, and what the spending did to local prices.

    run: a result, open, with an arm `grant` and a program of that name, paid in 2018; /county has `income_per_capita`
    (CNY a person and year), `population` (persons) and `service_price` (by month).
    Returns a Finding without a figure: holds when other income rises, beyond luck.
    """
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
    return Finding("grant_multiplier", "a transfer has a local multiplier and a price effect", found, m - h > 0, "emergent", None)


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
    return Finding("placebo_spread", "what luck alone makes of 100 CNY to one household", found, bool(np.isfinite(bound)), "emergent")


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


def findings(run, names=None):
    """The behaviours of a result.

    run: a result, open.  names: of BEHAVIOURS; None takes all whose arms the result has.
    Returns a list of Finding.  Raises PamirError for an unknown name.
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
        result.append(function(run))
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
