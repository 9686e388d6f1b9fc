"""Figures.  Every axis has its unit, every arm its own colour throughout, every interval is a band.

Functions return a matplotlib Figure that belongs to no window; a notebook shows it, `figure.savefig(path)` writes it.
Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart, without the yellow that vanishes on
paper; arms beyond the sixth differ in their dashes too.
"""

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from . import formats
from .effects import t_half_width

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)))
INK, QUIET, GRID = "#1d2430", "#5b6675", "#dfe3e8"
GAINED, LOST, NEITHER = "#0072B2", "#D55E00", "#d5d9de"
SIZE = (4.7, 2.9)  # inches; small enough to stay readable at the width of a phone
SMALL = (3.2, 2.3)  # one of several beside one another

_RC = {
    "font.size": 9,
    "font.family": "DejaVu Sans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": QUIET,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.7,
    "svg.fonttype": "none",
}


def styles(run):
    """Colour and dashes of each arm, the same in every figure of a result.

    Returns {arm: (colour, linestyle)}: the reference is dark, the placebo grey and dotted, the others follow PALETTE
    in the order of the experiment.
    """
    result, n = {}, 0
    for arm in run.arms:
        if arm == run.reference:
            result[arm] = (INK, "-")
        elif arm == run.placebo:
            result[arm] = ("#8b939e", (0, (1, 1.2)))
        else:
            result[arm] = (PALETTE[n % len(PALETTE)], DASHES[n // len(PALETTE) % len(DASHES)])
            n += 1
    return result


def _figure(size=SIZE, columns=1):
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(1, columns)
    return figure, axes


def _thousands(axis):
    axis.set_major_formatter(FuncFormatter(_tick))


def _tick(value, _position):
    if abs(value) >= 1000 or float(value).is_integer():
        return formats.number(value)
    return f"{value:g}".replace("-", formats.MINUS)


def _years_axis(ax):
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6 if ax.figure.get_figwidth() > 4 else 4, steps=[1, 2, 5, 10]))
    ax.set_xlabel("year")


def _name(text):
    """A name as it is: a dollar sign in it begins no formula."""
    return str(text).replace("$", r"\$")


def _label(text, unit):
    return f"{text} [{unit}]" if unit else text


def level_over_time(run, variable, title, arms=None, confidence=0.95, legend=True, bands=None, **labels):
    """A variable of /county over the years, one line for each arm; bands are intervals of the mean over replicates.

    variable: a yearly variable of /county.  title: of the figure.  arms: names; None takes all.
    bands: arms that get a band; None: the reference alone, since the others share its luck and would lie on top of it.
    labels: selection, e.g. line="extreme".  Returns a Figure.
    Raises PamirError for an unknown arm and KeyError for an unknown variable or label.
    """
    array = run.county[variable]
    factor, unit = formats.display_unit(variable, array.attrs.get("units", "1"))
    colour, arms = styles(run), arms or run.arms
    bands = [a for a in (run.reference,) if a in arms] if bands is None else bands
    lowest = highest = 0.0
    with matplotlib.rc_context(_RC):
        figure, ax = _figure()
        for arm in arms:
            values = array.sel(arm=run.check_arm(arm), **labels).load().where(run.complete.sel(arm=arm)) * factor
            mean, half = values.mean("replicate"), t_half_width(values, confidence)
            paint, dashes = colour[arm]
            front = 3 if arm != run.reference else 4
            if arm in bands:
                ax.fill_between(run.years, mean - half, mean + half, color=paint, alpha=0.13, linewidth=0)
            ax.plot(run.years, mean, color=paint, linestyle=dashes, label=_name(arm), zorder=front)
            lowest, highest = min(lowest, float(mean.min())), max(highest, float(mean.max()))
        if lowest == 0 and ax.get_ylim()[0] < 0:  # what is never negative is not drawn as if it might be
            ax.set_ylim(bottom=0, top=None if highest > 0 else 1)
        ax.set_title(title)
        ax.set_ylabel(unit or "1")
        _thousands(ax.yaxis)
        _years_axis(ax)
        if legend:
            ax.legend(loc="best", ncols=2)
    return figure


def difference_over_time(run, effect, title=None, limits=None, legend=True, size=SIZE):
    """An effect over the years with its band; its nominal or real twin as a thin dashed line.

    effect: an Effect with the one dimension `year`.  limits: (low, high) of the y axis in display units, to compare
    figures; None fits.  size: inches.  Returns a Figure.
    """
    factor, unit = formats.display_unit(effect.variable, effect.unit, difference=True)
    paint = styles(run)[effect.arm][0]
    with matplotlib.rc_context(_RC):
        figure, ax = _figure(size)
        years = effect.difference["year"].values
        middle, half = effect.difference.values * factor, effect.half_width.values * factor
        ax.axhline(0, color=QUIET, linewidth=0.9)
        ax.fill_between(years, middle - half, middle + half, color=paint, alpha=0.22, linewidth=0)
        real = "_real" in effect.variable
        ax.plot(years, middle, color=paint, label="real" if real else "nominal")
        if effect.counterpart is not None:
            twin = effect.counterpart.difference.values * factor
            name = "nominal" if real else "real"
            ax.plot(years, twin, color=paint, linewidth=1.0, linestyle=(0, (4, 2)), label=name)
            if legend:
                ax.legend(loc="best")
        ax.set_title(_name(title or f"{effect.arm} minus {effect.reference}"))
        ax.set_ylabel(unit or "1")
        _thousands(ax.yaxis)
        _years_axis(ax)
        if limits:
            ax.set_ylim(*limits)
    return figure


def differences_over_time(run, effects, title=None, size=(7.2, 3.2)):
    """Several effects on one variable over the years in one frame, each with its band.

    effects: Effects with the one dimension `year`, of the same variable.  size: inches.  Returns a Figure.
    """
    factor, unit = formats.display_unit(effects[0].variable, effects[0].unit, difference=True)
    with matplotlib.rc_context(_RC):
        figure, ax = _figure(size)
        ax.axhline(0, color=QUIET, linewidth=0.9)
        for effect in effects:
            paint, dashes = styles(run)[effect.arm]
            years = effect.difference["year"].values
            middle, half = effect.difference.values * factor, effect.half_width.values * factor
            ax.fill_between(years, middle - half, middle + half, color=paint, alpha=0.22, linewidth=0)
            ax.plot(years, middle, color=paint, linestyle=dashes, label=effect.arm)
        ax.legend(loc="best")
        ax.set_title(_name(title or f"{effects[0].variable}: each arm minus {effects[0].reference}"))
        ax.set_ylabel(unit or "1")
        _thousands(ax.yaxis)
        _years_axis(ax)
    return figure


def response(run, response, title=None, size=SIZE):
    """An effect against a swept parameter, with the interval at each point.

    response: a Response of `run.response`, of a parameter whose values are numbers.  Points that share the values of all
    other parameters are joined by a line (at most six such lines); others stand alone.  Returns a Figure, both axes with
    their units.  Raises ValueError when the parameter's values are no numbers.
    """
    if not response.is_numeric:
        raise ValueError(f"{response.parameter} has values that are no numbers: there is nothing to draw them along")
    factor, unit = formats.display_unit(response.variable, response.unit, difference=True)
    table, colour = response.table, styles(run)[response.arm][0]
    groups = [("", table)]
    if response.others:
        grouped = list(table.groupby(response.others if len(response.others) > 1 else response.others[0], sort=True))
        if 1 < len(grouped) <= len(PALETTE) and all(group[response.parameter].nunique() > 1 for _, group in grouped):
            groups = [(_values(response.others, key), group) for key, group in grouped]
    joined = not response.others or len(groups) > 1
    with matplotlib.rc_context(_RC):
        figure, ax = _figure(size)
        ax.axhline(0, color=QUIET, linewidth=0.8)
        for i, (name, group) in enumerate(groups):
            paint = colour if len(groups) == 1 else PALETTE[i]
            ax.errorbar(
                group[response.parameter], group["difference"] * factor, (group["half_width"] * factor).fillna(0), color=paint,
                linestyle="-" if joined else "none", marker="o", markersize=3.5, capsize=2, linewidth=1.3, elinewidth=0.9,
                label=_name(name),
            )  # fmt: skip
        ax.set_title(_name(title or f"{response.arm} minus {response.reference}"))
        ax.set_xlabel(_label(_name(response.parameter), "" if response.parameter_unit == "1" else response.parameter_unit))
        ax.set_ylabel(_label("difference", unit))
        _thousands(ax.yaxis)
        if len(groups) > 1:
            ax.legend(loc="best")
    return figure


def _values(paths, key):
    """The legend of one line: what the other parameters are on it."""
    keys = key if isinstance(key, tuple) else (key,)
    return ", ".join(f"{path.split('.')[-1]} {value:g}" if not isinstance(value, str) else f"{path.split('.')[-1]} {value}"
                     for path, value in zip(paths, keys))  # fmt: skip


def parts_over_time(run, variable, title, arm=None, shares=False):
    """What a whole consists of over the years, stacked: value added by sector, persons by activity, rungs of coping.

    variable: of /county, over years and one more dimension with labels, e.g. "value_added", "activity_persons",
    "coping_share", "income_by_source".  arm: None takes the reference.  shares: of the whole of each year, in percent.
    Means over the replicates; parts that are nothing throughout are left out, and so are, without `shares`, parts below
    zero, which cannot be stacked.  Returns a Figure.
    Raises PamirError for an unknown arm, KeyError for an unknown variable, ValueError without one dimension of labels.
    """
    arm = run.check_arm(arm or run.reference)
    array = run.county[variable]
    labels = [d for d in array.dims if d not in ("arm", "replicate", "year")]
    if len(labels) != 1 or "year" not in array.dims:
        raise ValueError(f"{variable} has no dimension of labels beside the years")
    factor, unit = formats.display_unit(variable, array.attrs.get("units", "1"))
    values = array.sel(arm=arm).load().where(run.complete.sel(arm=arm)).mean("replicate") * factor
    parts = {str(v): values.sel({labels[0]: v}).values for v in values[labels[0]].values}
    parts = {name: np.nan_to_num(part) for name, part in parts.items() if np.nansum(np.abs(part)) > 0}
    if shares:
        whole = np.sum(list(parts.values()), axis=0)
        parts = {name: 100 * part / np.where(whole > 0, whole, np.nan) for name, part in parts.items()}
        unit = "percent of the whole"
    else:
        parts = {name: part for name, part in parts.items() if part.min() >= 0}
        scale, word = formats.money_scale([float(np.max(part)) for part in parts.values()]) if unit == "CNY" else (1.0, "")
        parts, unit = {name: part / scale for name, part in parts.items()}, f"{word} {unit}".strip()
    with matplotlib.rc_context(_RC):
        figure, ax = _figure((SIZE[0] * 1.3, SIZE[1]))
        colours = (*PALETTE, QUIET, "#b9c0c9")
        paints = [colours[i % len(colours)] for i in range(len(parts))]
        ax.stackplot(run.years, list(parts.values()), colors=paints, labels=[formats.words(n) for n in parts], linewidth=0, alpha=0.85)
        ax.set_title(_name(title))
        ax.set_ylabel(unit or "1")
        _thousands(ax.yaxis)
        _years_axis(ax)
        handles, names = ax.get_legend_handles_labels()
        ax.legend(handles[::-1], names[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def lorenz(run, of="consumption", year=None, arms=None, title=None):
    """The Lorenz curve: what share of everything goes to the poorest so many percent of persons, by arm.

    of: "consumption" or "income".  year: None takes the last.  arms: names; None takes all.  Means over replicates.
    Returns a Figure.  Raises PamirError for an unknown arm, KeyError for an unknown year or a result without curves.
    """
    array = run.county[f"lorenz_{of}"]
    year = int(run.years[-1] if year is None else year)
    colour = styles(run)
    percent = np.concatenate([[0.0], array["percentile"].values.astype(float)])
    with matplotlib.rc_context(_RC | {"axes.grid.axis": "both"}):
        figure, ax = _figure((SIZE[0] * 0.75, SIZE[0] * 0.75))
        ax.plot([0, 100], [0, 100], color=QUIET, linewidth=0.9)
        for arm in arms or run.arms:
            values = array.sel(arm=run.check_arm(arm), year=year).load().where(run.complete.sel(arm=arm)).mean("replicate")
            paint, dashes = colour[arm]
            ax.plot(percent, np.concatenate([[0.0], 100 * values.values]), color=paint, linestyle=dashes, label=_name(arm))
        ax.set_xlim(0, 100)
        ax.set_ylim(top=100)
        ax.set_aspect("equal")
        ax.set_xlabel("poorest persons [percent]")
        ax.set_ylabel(f"share of real {of} [percent]")
        ax.set_title(_name(title or f"Lorenz curve of {of}, {year}"))
        ax.legend(loc="upper left")
    return figure


def common_limits(effects, twins=True):
    """(low, high) in display units that hold the bands of all effects, their twins and zero, with a little air.

    effects: a list of Effect of one variable.  twins: count the counterparts too.  Returns a tuple, or None for [].
    """
    ends = [0.0]
    for effect in effects:
        factor, _ = formats.display_unit(effect.variable, effect.unit, difference=True)
        half = effect.half_width.fillna(0.0)
        for values in (effect.difference - half, effect.difference + half):
            ends += [float(values.min()) * factor, float(values.max()) * factor]
        if twins and effect.counterpart is not None:
            ends += [float(f(effect.counterpart.difference)) * factor for f in (np.nanmin, np.nanmax)]
    ends = [e for e in ends if np.isfinite(e)]
    if not effects or min(ends) == max(ends):
        return None
    air = 0.06 * (max(ends) - min(ends))
    return min(ends) - air, max(ends) + air


def who_gained(winners, title=None, size=(SIZE[0], 2.5)):
    """Shares of losers (left) and gainers (right) by quintile, in percent of the panel's households.

    winners: a Winners.  size: inches.  Returns a Figure.
    """
    shares = winners.shares
    who = [str(w) for w in shares["who"].values][::-1]
    names = ["all" if w == "all" else f"{w}" + {"1": " poorest", "5": " richest"}.get(w, "") for w in who]
    with matplotlib.rc_context(_RC | {"axes.grid.axis": "x"}):
        figure, ax = _figure(size)
        at = np.arange(len(who), dtype=float)
        at[-1] += 0.35  # the line for all households stands apart
        for name, paint, sign, side in (("lost", LOST, -1, "right"), ("gained", GAINED, 1, "left")):
            value = 100 * shares[name].sel(who=who).values
            ends = tuple(100 * shares[f"{name}_{end}"].fillna(shares[name]).sel(who=who).values for end in ("low", "high"))
            ax.barh(at, sign * value, color=paint, height=0.62)
            ax.hlines(at, sign * ends[0], sign * ends[1], color=INK, linewidth=0.9)
            for y, v, x in zip(at, value, sign * ends[1]):
                ax.annotate(formats.number(v), (x, y), (sign * 4, 0), textcoords="offset points", ha=side, va="center", fontsize=8)
        widest = 100 * float(np.nanmax([(shares[n] + shares[f"{n}_half_width"].fillna(0)).max() for n in ("gained", "lost")]))
        reach = max(min(widest, 100) * 1.25, 5)
        ax.set_xlim(-reach, reach)
        ax.axvline(0, color=QUIET, linewidth=0.9)
        ax.set_yticks(at, names)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _p: formats.number(abs(v))))
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6, symmetric=True, steps=[1, 2, 2.5, 5, 10]))
        ax.set_ylabel("quintile")
        ax.set_xlabel("lost   \N{LEFTWARDS ARROW}   percent of households   \N{RIGHTWARDS ARROW}   gained")
        ax.set_title(_name(title or f"{winners.arm} against {winners.reference}"))
    return figure


def household_differences(run, winners, title="Spread of the households' differences"):
    """For each arm the middle 95% of the households' differences (hairline), the middle 80% (thin), half (thick), the median.

    winners: a list of Winners of one variable.  The grey band of a row is that arm's bound.  Returns a Figure.
    """
    colour = styles(run)
    with matplotlib.rc_context(_RC | {"axes.grid.axis": "x"}):
        figure, ax = _figure((SIZE[0], 0.9 + 0.32 * len(winners)))
        for row, one in enumerate(reversed(winners)):
            q = {float(k): float(one.quantiles.sel(who="all", quantile=k)) for k in one.quantiles["quantile"].values}
            paint = colour[one.arm][0]
            ax.barh([row], [2 * one.threshold], 0.9, -one.threshold, color=NEITHER, alpha=0.6, linewidth=0, zorder=0)
            ax.plot([q[0.025], q[0.975]], [row, row], color=paint, linewidth=0.9)
            ax.plot([q[0.1], q[0.9]], [row, row], color=paint, linewidth=2.8, solid_capstyle="butt")
            ax.plot([q[0.25], q[0.75]], [row, row], color=paint, linewidth=8, alpha=0.55, solid_capstyle="butt")
            ax.plot([q[0.5]], [row], "o", color=paint, markersize=5, markeredgecolor="white")
        ax.axvline(0, color=QUIET, linewidth=0.9, zorder=1)
        ax.set_yticks(range(len(winners)), [_name(w.arm) for w in reversed(winners)])
        ax.set_ylim(-0.6, len(winners) - 0.4)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        _thousands(ax.xaxis)
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6))
        ax.set_xlabel(_label("difference from the reference", formats.display_unit(winners[0].variable, winners[0].unit)[1]))
        ax.set_title(title)
    return figure


def money(run, costs, title="Money of all sponsors, whole horizon"):
    """Money paid by arm (bar), the part of it that leaked for good (hatched), and what was promised (mark).

    costs: a list of Costs.  Returns a Figure, axis in thousands or millions of the currency.
    """
    colour = styles(run)
    scale, word = formats.money_scale([float(c.money[n]) for c in costs for n in ("money_paid", "money_promised") if n in c.money])
    with matplotlib.rc_context(_RC | {"axes.grid.axis": "x", "hatch.linewidth": 0.7}):
        figure, ax = _figure((SIZE[0], 0.95 + 0.36 * len(costs)))
        for row, one in enumerate(reversed(costs)):
            get = lambda name: float(one.money[name]) / scale if name in one.money else 0.0  # noqa: E731
            paint = colour[one.arm][0]
            ax.barh(row, get("money_paid"), height=0.55, color=paint, alpha=0.85)
            gone = get("money_leaked") - get("money_recovered")
            if gone > 0:
                ax.barh(row, gone, height=0.55, facecolor="white", edgecolor=paint, hatch="//////", linewidth=0.8)
            ax.plot([get("money_promised")] * 2, [row - 0.4, row + 0.4], color=INK, linewidth=1.8)
        ax.set_yticks(range(len(costs)), [_name(c.arm) for c in reversed(costs)])
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        _thousands(ax.xaxis)
        ax.set_xlabel(f"{word} {costs[0].currency}".strip())
        ax.set_title(title)
    return figure


def project_life(run, arm, title=None):
    """Promised (hollow) and realised (filled, with the 10th to 90th percentile over replicates) dates of each program.

    arm: whose programs are shown.  Programs that are dormant in the arm are left out.  Returns a Figure, or None when
    the arm has no program with a date.  Raises PamirError for an unknown arm.
    """
    run.check_arm(arm)
    data = run.investment
    promised = data["date_promised"].sel(arm=arm).load().where(run.complete.sel(arm=arm))
    realised = data["date_realised"].sel(arm=arm).load().where(run.complete.sel(arm=arm))
    programs = [str(p) for p in data["investment"].values if bool(promised.sel(investment=p).notnull().any())]
    if not programs:
        return None
    stones = [str(m) for m in data["milestone"].values]
    paint = dict(zip(stones, PALETTE * 2))
    with matplotlib.rc_context(_RC | {"axes.grid.axis": "x"}):
        figure, ax = _figure((SIZE[0] * 1.5, 1.0 + 0.62 * len(programs)))
        for row, program in enumerate(reversed(programs)):
            ax.plot(*_ends(promised.sel(investment=program), row + 0.17), color=GRID, linewidth=1.5, zorder=1)
            ax.plot(*_ends(realised.sel(investment=program), row - 0.17), color="#b9c0c9", linewidth=1.5, zorder=1)
            for stone in stones:
                first = _years(promised.sel(investment=program, milestone=stone))
                if first.size:
                    ax.plot(np.median(first), row + 0.17, "o", mfc="white", mec=paint[stone], mew=1.4, markersize=6, zorder=3)
                then = _years(realised.sel(investment=program, milestone=stone))
                if then.size:
                    low, high = np.quantile(then, (0.1, 0.9))
                    ax.plot([low, high], [row - 0.17] * 2, color=paint[stone], linewidth=5, alpha=0.35, zorder=2)
                    ax.plot(np.median(then), row - 0.17, "o", color=paint[stone], markersize=6, zorder=3)
        for stone in stones:
            ax.plot([], [], "o", color=paint[stone], markersize=6, label=formats.words(stone))
        ax.set_yticks(range(len(programs)), [_name(formats.words(p)) for p in reversed(programs)])
        ax.set_ylim(-0.6, len(programs) - 0.4)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
        ax.set_xlabel("year")
        ax.set_title(title or f"Programs of the arm '{arm}': promised (hollow) and realised (filled)", pad=24)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=6, handletextpad=0.1, columnspacing=0.8, borderaxespad=0)
    return figure


def _years(dates):
    """Dates as fractions of years, NaT left out."""
    dates = dates.values.ravel()
    dates = dates[~np.isnat(dates)].astype("datetime64[D]")
    year = dates.astype("datetime64[Y]")
    return 1970 + year.astype(int) + (dates - year.astype("datetime64[D]")).astype(float) / 365.25


def _ends(dates, row):
    """Median of the first and of the last date of a program's life, for the line beneath its marks."""
    middles = [np.median(y) for y in (_years(dates.sel(milestone=m)) for m in dates["milestone"].values) if y.size]
    return ([min(middles), max(middles)], [row, row]) if middles else ([], [])
