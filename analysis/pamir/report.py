"""A self-contained page about one result: what was asked, what came out, for whom, at what cost, how sure.

`write(run, path)` makes it.  No script, no link to another place; the same file gives the same page.
"""

import dataclasses
import os
import pathlib
import tempfile

import numpy as np

from . import claims as claims_module, sweep_page
from . import formats, html, luck, plots, structure
from .costs import MONEY, costs
from .effects import NOTE, counterpart, effect
from .formats import NOTHING, PLUS_MINUS, number, plus_minus
from .html import escape
from .results import PamirError
from .winners import NOTE as PANEL_NOTE, share_text, winners

LAST = 3  # years averaged for the headline
MOST_RELATIVE = 10.0  # a difference larger than so many times the level says that there is no level to speak of
HEADLINE = (
    ("income_per_capita", "Income"),
    ("consumption_per_capita", "Consumption"),
)
POVERTY = (("poverty_headcount", "Poverty, on consumption"), ("poverty_headcount_income", "Poverty, on income"))


class _Page:
    """What the sections share: the run, its arms, styles, and the comparisons, each computed once."""

    def __init__(self, run, confidence):
        self.run, self.confidence = run, confidence
        self.styles = plots.styles(run)
        self.figures = html.Figures()
        self.reference = run.reference
        self.last = run.window(LAST)
        self.late = formats.span(run.years[-self.last :])
        self.problems = []
        self.arms = [a for a in run.program_arms if self._pairs(a)]
        self.noise = [run.placebo] if run.placebo and run.placebo != self.reference and self._pairs(run.placebo) else []
        self.line = str(run.county["line"].values[0]) if "line" in run.county.coords else ""
        self._effects = {}
        whole = run.window(run.years.size)  # all years with programs, when they are more than the last ones
        self.program_years = whole if whole > self.last else 0
        self.whole = formats.span(run.years[-whole:])
        done = [run.complete.sel(arm=a) & run.complete.sel(arm=self.reference) for a in self.arms + self.noise]
        self.sure = max((int(d.sum()) for d in done), default=int(run.complete.sel(arm=self.reference).sum())) > 1

    def _pairs(self, arm):
        complete = self.run.complete
        if bool((complete.sel(arm=arm) & complete.sel(arm=self.reference)).any()):
            return True
        self.problems.append(f"Arm {arm}: no replicate is complete both here and in {self.reference}; it is left out.")
        return False

    def effect(self, arm, variable, deflated=False, **labels):
        """deflated: each arm's values divided by its own price index."""
        key = (arm, variable, deflated, tuple(sorted(labels.items())))
        if key not in self._effects:
            one = effect(self.run, arm, self.reference, f"county/{variable}", self.confidence, **labels)
            if deflated:
                index = self.effect(arm, "price_index")
                sides = one.arm_values / index.arm_values, one.reference_values / index.reference_values
                one = dataclasses.replace(one, arm_values=sides[0], reference_values=sides[1], counterpart=None)
            self._effects[key] = one
        return self._effects[key]

    def poverty(self, arm, variable="poverty_headcount"):
        return self.effect(arm, variable, line=self.line)

    def has(self, variable):
        return self.run.has("county", variable)

    def arm(self, name):
        return html.swatch(name, *self.styles[name])

    def legend(self, arms):
        return '<div class="legend">' + "".join(self.arm(a) for a in arms) + "</div>"

    def level(self, arm, variable, deflated=False, **labels):
        """Mean of the last years in an arm over its complete replicates."""
        values = self.run.county[variable].sel(arm=arm, **labels).load().where(self.run.complete.sel(arm=arm))
        if deflated:
            values = values / self.run.county["price_index"].sel(arm=arm).load()
        return float(values.isel(year=slice(-self.last, None)).mean())

    def percent(self):
        return f"{100 * self.confidence:g}%"

    def half_width(self):
        """How a caption names what stands behind a value; "" for one replicate."""
        return f" {PLUS_MINUS} half width" if self.sure else ""


# -- sections -----------------------------------------------------------------------------------------------------------


def _facts(p):
    run = p.run
    facts = [
        ("County", run.text("county") or NOTHING),
        ("Years", formats.span(run.years)),
        ("Replicates", f"{run.n_replicates} of each arm" + (f", {len(run.lost)} rows lost" if run.lost else "")),
        ("Seed", run.text("seed") or NOTHING),
        ("Prices of", run.base_year or NOTHING),
        ("Reference arm", run.reference),
        ("First program", run.text("first_program_year") or NOTHING),
        ("Version", run.text("version") or NOTHING),
    ]
    cells = "".join(f"<div><dt>{k}</dt><dd>{escape(v)}</dd></div>" for k, v in facts)
    arms = '<div class="all"><dt>Arms</dt><dd class="legend">' + "".join(p.arm(a) for a in run.arms) + "</dd></div>"
    return f'<dl class="facts">{cells}{arms}</dl>'


def _header(p, body):
    question = p.run.text("question") or p.run.text("sentence") or p.run.text("description")
    lead = question or (
        "What do these investments do to the households of this county, compared with the same county without them: "
        "how much, for whom, at what cost, and how sure is that?"
    )
    links = (
        ("sweep", "By point"), ("brief", "In brief"), ("income", "Income"), ("poverty", "Poverty"), ("structure", "How it lives"), ("who", "Who gained, who lost"),
        ("cost", "Cost"), ("offers", "Take-up"), ("life", "Project life"), ("claims", "Claims"), ("assumed", "What is assumed"),
    )  # fmt: skip
    nav = "".join(f'<a href="#{a}">{t}</a>' for a, t in links if f'id="{a}"' in body)
    return (
        f'<header><p class="kicker">Pamir: simulated county</p><h1>{escape(p.run.title)}</h1>'
        f'<p class="lead">{escape(lead)}</p>{_facts(p)}<nav>{nav}</nav></header>'
    )


def _lost(p):
    lost = p.run.lost
    if not lost and not p.problems:
        return ""
    counts = {}
    for row in lost:
        place = f" at point {row['point']}" if "point" in row else ""
        counts.setdefault((row["arm"], row["why"]), []).append(f"{row['replicate']}{place}")
    items = [f"{escape(arm)}: replicate {', '.join(which)} ({escape(why)})" for (arm, why), which in counts.items()]
    items += [escape(text) for text in p.problems]
    replays = [row["replay"] for row in lost if row["replay"]]
    if replays:
        more = f" and {len(replays) - 1} more rows; see <code>pamir status</code>" if len(replays) > 1 else ""
        items.append(f"<code>{escape(replays[0])}</code> lives the first that failed again, with everything logged{more}")
    total = len(p.run.arms) * p.run.n_replicates * p.run.n_points
    return (
        f'<div class="callout bad"><p><strong>{len(lost)} of {total} rows are missing or failed.</strong> Every comparison uses '
        f"only the replicates that are complete in both arms.</p><ul>"
        + "".join(f"<li>{i}</li>" for i in items)
        + "</ul></div>"
    )


def _stopped(p):
    """What to know of intervals when the batch ended as soon as it was sure."""
    text = p.run.stopped_early
    return f'<div class="callout"><p>{escape(text[0].upper() + text[1:])}.</p></div>' if text else ""


def _sentence(p, arm, gains):
    """One arm in one sentence: income, poverty, gainers and losers."""
    income = p.effect(arm, "income_real_per_capita" if p.has("income_real_per_capita") else "income_per_capita").last(p.last)
    text = f"{p.arm(arm)}: real income per person {_change(income)}"
    if p.program_years:
        whole = p.effect(arm, income.variable).last(p.program_years)
        if bool((income.pairs == 0).all() and (whole.pairs == 0).all()):
            text += f", as in all years with programs, {p.whole}"
        else:
            text += f", and {_change(whole)} as the mean of all years with programs, {p.whole}"
    if p.has("poverty_headcount"):
        poverty = p.poverty(arm).last(p.last)
        if bool((poverty.pairs == 0).all()):
            text += "; poverty the same"
        else:
            text += f"; poverty {_points(poverty)} percentage points"
            text += "" if _told(poverty) else ", <em>not told from zero</em>"
    gain = gains.get(arm)
    if gain is not None:
        one = gain.shares.sel(who="all")
        text += (
            f"; of the panel's households {_share(one.gained)}% gained, {_share(one.lost)}% lost more than {luck.bound_text(gain)}"
        )
    return text + "."


def _told(one):
    """Whether an effect is told from zero; True when a single replicate leaves that open."""
    value, half = float(one.difference), float(one.half_width)
    return not np.isfinite(half) or abs(value) > half


def _change(one):
    """A difference in income with its relative size, the latter only where there is something to be relative."""
    if bool((one.pairs == 0).all()):
        return "the same"
    text = f"{plus_minus(float(one.difference), float(one.half_width))} CNY a year"
    if _told(one):
        return f"{text} ({number(100 * float(one.relative), 1, sign=True)}%)"
    return f"{text}, <em>not told from zero</em>"


def _share(value):
    percent = 100 * float(value)
    if 0 < percent < 0.05:
        return "under 0.1"
    return number(percent, 1 if 0 < percent < 1 else 0)


def _points(poverty):
    value, half = 100 * float(poverty.difference), 100 * float(poverty.half_width)
    return plus_minus(value, half, formats.decimals_for([half]))


def _brief(p, gains):
    run = p.run
    items = "".join(f"<li>{_sentence(p, arm, gains)}</li>" for arm in p.arms)
    text = '<h2 id="brief">In brief</h2>'
    if p.arms:
        text += f"<p>Against <em>{escape(p.reference)}</em>, mean of {p.late}:</p><ul>{items}</ul>"
    elif not p.noise:
        text += (
            f"<p>This result holds only the arm <em>{escape(p.reference)}</em>: there is nothing to compare it with, so this page "
            "shows levels and no effect of any program. Run the experiment with its other arms to see effects.</p>"
        )
    if p.sure and (p.arms or p.noise):
        text += (
            f'<div class="callout"><p>{PLUS_MINUS} is the half width of a {p.percent()} interval over replicates: '
            f"<strong>{NOTE}</strong>. It says how much other luck would move the number, not how wrong the parameters or the "
            f'model may be. Read it with <a href="#assumed">what is assumed</a>.</p></div>'
        )
    elif not p.sure:
        text += (
            '<div class="callout bad"><p><strong>One replicate: how sure these numbers are is not known.</strong> Each may be luck. '
            f'Intervals take two replicates at least; even they would be {NOTE}. See <a href="#assumed">what is assumed</a>.</p></div>'
        )
    head, units, columns = ["Arm"], [""], []
    for variable, name in HEADLINE:
        for one, prices in ((variable, "nominal"), (counterpart(run.county, variable), f"real, {run.base_year} prices")):
            if one and p.has(one):
                head.append(f"{name} {prices}{_tag(run, one)}")
                columns.append((one, {}))
    for variable, name in POVERTY:
        if p.has(variable) and p.line:
            head.append(f"{name}{_tag(run, variable)}")
            columns.append((variable, {"line": p.line}))
    for variable, _ in columns:
        units.append(formats.display_unit(variable, run.county[variable].attrs.get("units", "1"), difference=bool(p.arms or p.noise))[1])
    rows = [_level_row(p, columns)] + _difference_rows(p, columns, p.arms + p.noise)
    units = [u.replace("CNY per person and year", "CNY/person/year") for u in units]
    caption = (
        f"Mean of {p.late}. First row: the level in the reference arm (poverty in percent of persons, line "
        f"<em>{escape(formats.words(p.line))}</em>)."
    )
    if p.arms or p.noise:
        caption += (
            f" Other rows: difference from it{p.half_width()}, and beneath it relative to the reference level"
            f"{', where it is told from zero' if p.sure else ''}. {_pairs_text(p)}"
        )
    if p.noise:
        caption += f" <em>{escape(p.noise[0])}</em> gives next to nothing to one household: its row shows how large a difference luck alone makes (<em>same</em>: exactly equal in every replicate)."
    return text + html.table(head, rows, caption, units)


def _pairs_text(p):
    lost = {arm: p.effect(arm, "income_per_capita").n_lost for arm in p.arms + p.noise}
    asked = p.run.n_replicates
    if not any(lost.values()):
        return f"{asked} pairs of replicates each." if asked > 1 else "One pair of replicates each."
    some = ", ".join(f"{escape(a)} {asked - n}" for a, n in lost.items() if n)
    return f"{asked} pairs of replicates each, but fewer where rows were lost: {some}."


def _tag(run, variable):
    moment = run.county[variable].attrs.get("moment", run.county[variable].attrs.get("tag", ""))
    return f' <span class="tag">{escape(moment)}</span>' if moment else ""


def _level_row(p, columns):
    row = [p.arm(p.reference)]
    for variable, labels in columns:
        factor, _ = formats.display_unit(variable, p.run.county[variable].attrs.get("units", "1"))
        value = p.level(p.reference, variable, **labels) * factor
        row.append(number(value, 0 if value >= 100 else 1))
    return row


def _difference_rows(p, columns, arms):
    cells = {}
    for arm in arms:
        for i, (variable, labels) in enumerate(columns):
            one = p.effect(arm, variable, **labels).last(p.last)
            factor, _ = formats.display_unit(variable, one.unit, difference=True)
            same = bool((one.pairs == 0).all())
            share = float(one.relative)
            if not _told(one) or abs(share) > MOST_RELATIVE:
                share = float("nan")
            cells[arm, i] = (float(one.difference) * factor, float(one.half_width) * factor, share, same)
    rows = []
    for arm in arms:
        row = [p.arm(arm)]
        for i in range(len(columns)):
            digits = formats.column_decimals([cells[a, i][1] for a in arms])
            value, half, share, same = cells[arm, i]
            text = plus_minus(value, half, digits)
            if not any(c in "123456789" for c in text):  # less than the column's digits, yet not nothing
                text = plus_minus(value, half)
                if not any(c in "123456789" for c in text):
                    text, share = "under 0.001", float("nan")
            beneath = f"<small>{number(100 * share, 1, sign=True)}%</small>" if np.isfinite(share) else ""
            row.append("same" if same else text + beneath)
        rows.append(row)
    return rows


def _income(p):
    run = p.run
    names = [n for n in ("income_real_per_capita", "consumption_real_per_capita") if p.has(n)]
    shown = [a for a in run.arms if bool(run.complete.sel(arm=a).any())]
    text = f'<h2 id="income">Income over time</h2>{p.legend(shown)}<div class="figures two">'
    band = f" Grey band: {p.percent()} interval of the reference's mean; the others share its luck." if p.sure else ""
    for name, title in zip(names, ("Real income per person", "Real consumption per person")):
        figure = plots.level_over_time(run, name, title, shown, p.confidence, legend=False)
        text += p.figures.add(figure, f"{title} by year and arm", f"Prices of {escape(run.base_year)}.{band}")
    text += "</div>"
    if not p.arms and not p.noise:
        return text + _sources(p)
    with_band = f" and band: real income with its {p.percent()} interval ({NOTE})" if p.sure else ": real income"
    text += "<h3>Difference from the reference</h3>"
    text += (
        f"<p>The arms share weather, illness and luck, so their difference is far surer than either level. Solid line{with_band}; "
        "thin dashes: the same in nominal money. One scale for all.</p>"
    )
    return _sources(p, text + _panels(p, {a: p.effect(a, "income_real_per_capita") for a in p.arms + p.noise}, "Real income per person"))


def _sources(p, before=""):
    """Income by source and what households own: a gift may lower income and raise assets."""
    run = p.run
    if not (p.has("income_by_source") and p.has("price_index")):
        return before
    sources = [str(s) for s in run.county["source"].values]
    columns = [("income_by_source", {"source": s, "deflated": True}) for s in sources]
    head, units = ["Arm", *(escape(formats.words(s)) for s in sources)], [""] + ["CNY/p/yr"] * len(sources)
    if p.has("assets_per_household"):
        columns.append(("assets_per_household", {"deflated": True}))
        head.append("assets")
        units.append("CNY/household")
    rows = [_level_row(p, columns)] + _difference_rows(p, columns, p.arms + p.noise)
    caption = (
        f"Net income by source, and assets at the end of the year (money, animals and stores less debt; land left out), mean of {p.late}, "
        f"prices of {escape(run.base_year)}. First row: the level in the reference arm."
    )
    if p.arms or p.noise:
        caption += f" Other rows: difference from it{p.half_width()}."
    return before + "<h3>Where income comes from, and what households own</h3>" + html.table(head, rows, caption, units)


def _panels(p, effects, what):
    """One small figure for each arm's effect over time, on one scale."""
    limits = plots.common_limits(list(effects.values()))
    text = '<div class="figures small">'
    for arm, one in effects.items():
        figure = plots.difference_over_time(p.run, one, f"{arm}", limits, legend=False, size=plots.SMALL)
        text += p.figures.add(figure, f"{what}: {arm} minus {p.reference} by year, with interval")
    return text + "</div>"


def _poverty(p):
    run = p.run
    if not (p.has("poverty_headcount") and p.line):
        return ""
    shown = [a for a in run.arms if bool(run.complete.sel(arm=a).any())]
    line = escape(formats.words(p.line))
    text = f'<h2 id="poverty">Poverty over time</h2><p>Share of persons whose consumption in twelve months is below the line <em>{line}</em>'
    text += f" (own price index of each arm).</p>{p.legend(shown)}"
    text += '<div class="figures two">'
    figure = plots.level_over_time(run, "poverty_headcount", "Headcount, on consumption", shown, p.confidence, legend=False, line=p.line)
    text += p.figures.add(figure, "Poverty headcount by year and arm")
    if p.has("hunger_months"):
        figure = plots.level_over_time(run, "hunger_months", "Hunger months", shown, p.confidence, legend=False)
        text += p.figures.add(figure, "Months of hunger per household by year and arm")
    elif p.has("poverty_headcount_income"):
        figure = plots.level_over_time(run, "poverty_headcount_income", "Headcount, on income", shown, p.confidence, legend=False, line=p.line)
        text += p.figures.add(figure, "Poverty headcount on income by year and arm")
    text += "</div>"
    if not p.arms and not p.noise:
        return text + _lines_table(p)
    text += "<h3>Difference from the reference</h3>"
    text += _panels(p, {a: p.poverty(a) for a in p.arms + p.noise}, "Poverty headcount")
    return text + _lines_table(p)


def _lines_table(p):
    """Headcount, gap and severity at every line: reference level and differences, mean of the last years."""
    measures = [(n, w) for n, w in (("headcount", "headcount"), ("gap", "gap"), ("severity", "severity")) if p.has(f"poverty_{n}")]
    columns, head = [], ["Arm"]
    for line in (str(v) for v in p.run.county["line"].values):
        for name, word in measures if line == p.line else measures[:1]:
            columns.append((f"poverty_{name}", {"line": line}))
            head.append(f"{escape(formats.words(line))}: {word}")
    units = [""] + ["percentage points" if p.arms or p.noise else "percent"] * len(columns)
    rows = [_level_row(p, columns)] + _difference_rows(p, columns, p.arms + p.noise)
    caption = f"Poverty on consumption, mean of {p.late}: level in the reference arm [percent]" + (", then differences." if p.arms or p.noise else ".")
    return html.table(head, rows, caption, units)


def _base_year_words(p):
    """Whether the quintiles mean the same people in all arms: only if no program had begun."""
    base, first = p.run.base_year, p.run.text("first_program_year")
    if base.isdigit() and first.isdigit() and int(first) <= int(base):
        return f"programs begin in {escape(first)}, so the arms may differ in who belongs to which; those of the reference are used"
    return "no program had begun, so they are the same people in all arms"


def _structure(p):
    return structure.section(p, lambda columns: [_level_row(p, columns)] + _difference_rows(p, columns, p.arms + p.noise))


def _who(p, gains):
    if not p.arms and not p.noise:
        return ""
    if not gains:
        return (
            '<h2 id="who">Who gained and who lost</h2><p>This result was run without a panel of households, so it cannot '
            "say who gained and who lost. Its averages may hide losers.</p>"
        )
    first = next(iter(gains.values()))
    _, unit = formats.display_unit(first.variable, first.unit)
    text = (
        f'<h2 id="who">Who gained and who lost</h2><p>The same {first.n_households} households live in every arm under the same luck. '
        f"One gained or lost when its own real income, mean of {p.late}, differs from its own in the reference arm by more than the "
        "arm's <strong>bound</strong>, the larger of two: what <em>bystanders</em> of the arm, households of the panel that take part in "
        "no scheme, exceed in 5 of 100 cases, and what the placebo's households hardly ever exceed. Programs reach bystanders only through "
        "shared markets (vacancies, prices), so differences of single households are mostly luck; means are not. Where an arm changes "
        "conditions for all, its bystanders' bound holds that too: then only means tell. "
        f"{luck.luck_text(first.luck, unit)}"
        f"Quintiles are those of consumption per person in {escape(p.run.base_year) or 'the base year'}: {_base_year_words(p)}.</p>"
    )
    text += '<div class="figures two">'
    figure = plots.household_differences(p.run, list(gains.values()))
    text += p.figures.add(
        figure, "Percentiles of the households' differences by arm",
        "Hairline: middle 95% of the households; thin: middle 80%; thick: middle half; dot: median. Grey: within the arm's bound.",
    )  # fmt: skip
    text += '</div><div class="figures small">'
    for arm, one in gains.items():
        if arm not in p.noise:
            figure = plots.who_gained(one, arm, plots.SMALL)
            text += p.figures.add(figure, f"Shares of losers and gainers by quintile, {arm}")
    text += "</div>" + luck.bounds(p, gains, unit)
    shown = (0.1, 0.5, 0.9)
    head = ["Arm", "gained", "lost", "mean of panel", "county mean", "gainers' median", "losers' median"]
    head += ["p10", "median", "p90"]
    units = ["", "percent", "percent"] + [unit.split(" per ")[0]] * 7
    rows, detail = [], []
    for arm, one in gains.items():
        for who in [str(w) for w in one.shares["who"].values]:
            share = one.shares.sel(who=who)
            cells = [share_text(share, n) for n in ("gained", "lost")]
            cells.append(plus_minus(float(one.mean.sel(who=who)), float(one.mean_half_width.sel(who=who))))
            if who == "all":
                cells.append(plus_minus(one.county, one.county_half_width))
            middles = [float(one.typical[n].sel(who=who)) for n in ("gained", "lost")]
            middles += [float(one.quantiles.sel(who=who, quantile=q)) for q in shown]
            cells += [number(v, 0, sign=True) for v in middles]
            if who == "all":
                rows.append([p.arm(arm), *cells])
            else:
                detail.append([p.arm(arm) if who == "1" else "", who, *cells])
    absent = max(one.share_absent for one in gains.values())
    caption = f"Shares of the panel's households, and means and percentiles of their differences in real income [{unit}], mean of {p.late}."
    if absent > 0:
        caption += f" Left out: {number(100 * absent, 1)}% of the household-replicates, not present in both arms in those years."
    caption += (
        (f" Intervals ({p.percent()}) are those of the {PANEL_NOTE}: {first.n_households} households stand for all." if p.sure else "")
        + " The mean of the panel counts each household once; the county mean counts each person of every household once."
    )
    text += html.table(head, rows, caption, units)
    if detail:
        inner_head, inner_units = [h for h in head if h != "county mean"], units[:-1]
        inner = html.table(["Arm", "Quintile", *inner_head[1:]], detail, "", ["", "", *inner_units[1:]], text_columns=(0, 1))
        text += f"<details><summary>The same by quintile</summary>{inner}</details>"
    return text


def _cost(p):
    try:
        each = [costs(p.run, arm, p.reference, p.last, p.confidence) for arm in p.arms]
    except PamirError as error:
        return f'<h2 id="cost">What it cost</h2><p>{escape(error)}</p>'
    if not each:
        return ""
    text = (
        '<h2 id="cost">What it cost</h2><p>Money of all sponsors over the whole horizon, beyond what the reference arm spends. '
        "Paid is net of what audits brought back; money that leaked for good was paid.</p>"
    )
    figure = plots.money(p.run, each)
    caption = "Bar: paid. Hatched: leaked and not recovered. Mark: promised."
    text += '<div class="figures two">' + p.figures.add(figure, "Money promised, paid and leaked by arm", caption) + "</div>"
    names = [n for n in MONEY if n in each[0].money]
    scale, word = formats.money_scale([float(one.money[n]) for one in each for n in names])
    million = f"{word} {each[0].currency}".strip()
    head = ["Arm"] + [formats.words(n.replace("money_", "")) for n in names]
    head = [h.replace("to households", "cash and animals to households") for h in head]
    rows = []
    for one in each:
        row = [p.arm(one.arm)]
        for name in names:
            row.append(plus_minus(float(one.money[name]) / scale, float(one.money[f"{name}_half_width"]) / scale, 2, sign=False))
        rows.append(row)
    text += html.table(head, rows, f"Nominal money, mean over replicates{p.half_width()}.", [""] + [million] * len(names))
    text += _ratios(p, each)
    return text + _programs(p, each, names, scale, million)


def _ratios(p, each):
    titles = [r.name for r in each[0].ratios]
    rows = []
    for one in each:
        row = [p.arm(one.arm)]
        for ratio in one.ratios:
            if ratio.verdict:
                row.append(f"<em>{escape(ratio.verdict)}</em>")
            else:
                row.append(f"{formats.significant(ratio.value)}<small>{formats.interval(ratio.low, ratio.high)}</small>")
        rows.append(row)
    units = [""] + [r.unit for r in each[0].ratios]
    caption = (
        "Cost per result" + (f", with Fieller's {p.percent()} interval ({NOTE})" if p.sure else "") + ". Income gained is summed over "
        f"persons and years within the horizon; persons lifted above the main line are the mean of {p.late}; jobs are those at the peak. "
        "What comes after the horizon is not counted."
    )
    return html.table(["Arm"] + [t[:1].upper() + t[1:] for t in titles], rows, caption, units, classes="ratios")


def _programs(p, each, names, scale, million):
    rows = []
    for one in each:
        for i, program in enumerate(str(v) for v in one.by_program["investment"].values):
            values = [float(one.by_program[n].sel(investment=program)) / scale for n in names]
            rows.append(["" if i else p.arm(one.arm), escape(formats.words(program))] + [number(v, 2) for v in values])
    if not rows:
        return ""
    head = ["Arm", "Program"] + [formats.words(n.replace("money_", "")).replace("to households", "cash and animals to households") for n in names]
    return html.table(head, rows, "The same by program.", ["", ""] + [million] * len(names), text_columns=(0, 1))


def _offers(p):
    data = p.run.investment if p.run.has("investment") else {}
    names = [n for n in ("offered", "accepted", "refused", "left_after") if n in data]
    if "offered" not in names or not p.arms:
        return ""
    text = (
        '<h2 id="offers">Take-up, refusal and leaving</h2><p>Programs offer, households choose: an offer can be refused, and what was '
        "taken up can be left. Take-up is <em>assumed</em> voluntary in this model; it is no evidence that it was.</p>"
    )
    rows, seen = [], ""
    for arm in p.arms:
        one = {n: data[n].sel(arm=arm).load().where(p.run.complete.sel(arm=arm)).mean("replicate") for n in names}
        for program in (str(v) for v in data["investment"].values):
            value = {n: float(one[n].sel(investment=program)) for n in names}
            if not value["offered"] > 0:
                continue
            first = seen != arm
            seen = arm
            row = [p.arm(arm) if first else "", escape(formats.words(program)), number(value["offered"])]
            for name, base in (("accepted", "offered"), ("refused", "offered"), ("left_after", "accepted")):
                if name in value:
                    share = 100 * value[name] / value[base] if value[base] > 0 else float("nan")
                    row.append(f"{number(value[name])}<small>{number(share)}% of {base}</small>")
            rows.append(row)
    if not rows:
        return text + "<p>No offer was made to households in any arm.</p>"
    head = ["Arm", "Program", "offered", "accepted", "refused", "left after"][: 2 + len(names)]
    return text + html.table(head, rows, "Households, mean over replicates.", ["", ""] + ["households"] * len(names), text_columns=(0, 1))


def _life(p):
    if not (p.run.has("investment", "date_promised") and p.run.has("investment", "date_realised")):
        return ""
    data = p.run.investment
    count = {a: int(data["date_promised"].sel(arm=a).notnull().any(("replicate", "milestone")).sum()) for a in p.arms}
    if not any(count.values()):
        return ""
    arm = max(reversed(list(count)), key=count.get)
    text = (
        f'<h2 id="life">Project life: promised and realised</h2><p>Shown for the arm <em>{escape(arm)}</em>. Dates are medians over '
        f"replicates; bars, and the small print of the table, give the 10th to the 90th percentile.</p>"
    )
    if "title" in data:
        sponsors = data["sponsor"].values if "sponsor" in data else [""] * data.sizes["investment"]
        items = "".join(
            f"<li><strong>{escape(formats.words(str(name)))}</strong>: {escape(title)}" + (f" (sponsor: {escape(by)})" if by else "") + "</li>"
            for name, title, by in zip(data["investment"].values, data["title"].values, sponsors)
            if bool(data["date_promised"].sel(arm=arm, investment=name).notnull().any())
        )
        text += f"<ul>{items}</ul>"
    text += '<div class="figures">' + p.figures.add(plots.project_life(p.run, arm), "Promised and realised dates of each program", wide=True) + "</div>"
    complete = p.run.complete.sel(arm=arm)
    promised = data["date_promised"].sel(arm=arm).load().where(complete)
    realised = data["date_realised"].sel(arm=arm).load().where(complete)
    rows, seen = [], ""
    for program in (str(v) for v in data["investment"].values):
        for stone in (str(v) for v in data["milestone"].values):
            first = _date_median(promised.sel(investment=program, milestone=stone))
            then = realised.sel(investment=program, milestone=stone)
            if np.isnat(first) and not bool(then.notnull().any()):
                continue
            days = (then - promised.sel(investment=program, milestone=stone)).values
            late = np.array([float(d / np.timedelta64(1, "D")) / 30.4375 for d in days if not np.isnat(d)])
            never = int(complete.sum()) - int(then.notnull().sum())
            low, high = (number(q, 1) for q in np.quantile(late, (0.1, 0.9))) if late.size else ("", "")
            ends = f"<small>{low} to {high}</small>" if low != high else ""
            first_of_program = "" if seen == program else escape(formats.words(program))
            seen = program
            rows.append([
                first_of_program, escape(formats.words(stone)), formats.month_name(first),
                formats.month_name(_date_median(then)),
                (number(float(np.median(late)), 1, sign=True) + ends) if late.size else NOTHING,
                number(100 * never / max(int(complete.sum()), 1)),
            ])  # fmt: skip
    head = ["Program", "Milestone", "Promised", "Realised", "Later by", "Not reached"]
    return text + html.table(head, rows, "", ["", "", "", "", "months", "% of replicates"], text_columns=(0, 1))


def _date_median(dates):
    dates = np.sort(dates.values[~np.isnat(dates.values)])
    return dates[(dates.size - 1) // 2] if dates.size else np.datetime64("NaT")


def _claims(p):
    if not p.run.has("claim", "simulated"):
        return ""
    arm = "as_happened" if "as_happened" in p.arms else (p.arms[-1] if p.arms else p.reference)
    try:
        frame = claims_module.table(p.run, [arm])
    except PamirError as error:
        return f'<h2 id="claims">Claims</h2><p>{escape(error)}</p>'
    known = frame[frame["n"] > 0]
    text = (
        f'<h2 id="claims">Published against simulated</h2><p>Published results come from promotional articles. They are claims to hold '
        f"the simulation against, not truths, and neither side is a judge of the other. Simulated: arm <em>{escape(arm)}</em>, mean and "
        f"the middle 95% of replicates; only what is emergent is evidence. {len(known)} of {len(frame)} claims have a simulated counterpart.</p>"
    )
    rows = []
    for row in known.to_dict("records"):
        rows.append([
            escape(row["claim"]),
            f"{escape(row.get('quantity', ''))}<small>{escape(formats.words(row.get('system', '')))}</small>",
            f"{escape(row.get('place', ''))}<small>{escape(row.get('published_year', ''))}</small>",
            escape(row.get("unit", "")),
            formats.plain(float(row.get("published", np.nan))),
            f"{formats.significant(row['mean'])}<small>{formats.interval(row['low'], row['high'])}</small>",
            {"": NOTHING, "inside": "inside", "below": "lower", "above": "higher"}[row["verdict"]],
            escape(row.get("tag", "") or NOTHING),
            escape(row.get("verdict_note", "")),
        ])  # fmt: skip
    head = ["Id", "Claim", "Place, year", "Unit", "Published", "Simulated", "Published is", "Simulated is", "Note"]
    if rows:
        text += html.table(head, rows, "", text_columns=(0, 1, 2, 3, 6, 7, 8), classes="words")
    rest = frame[frame["n"] == 0]
    if len(rest):
        items = "".join(f"<li>{escape(r['claim'])}: {escape(r.get('quantity', ''))} ({escape(r.get('role', ''))})</li>" for r in rest.to_dict("records"))
        text += f"<details><summary>{len(rest)} claims without a simulated counterpart</summary><ul>{items}</ul></details>"
    return text


def _assumed(p):
    tags = {}
    for group in ("county", "quintile", "panel", "investment"):
        if p.run.has(group):
            for name, variable in p.run.group(group).data_vars.items():
                moment = variable.attrs.get("moment", variable.attrs.get("tag", ""))
                if moment:
                    tags.setdefault(moment, {}).setdefault(str(name), variable.attrs.get("long_name", formats.words(str(name))))
    meaning = {
        "imposed": "put in; no evidence of anything",
        "fitted": "calibrated to published figures; no evidence of anything",
        "emergent": "came out of the model; the only kind that can be held against the world",
    }
    items = []
    for tag in ("imposed", "fitted", "emergent"):
        if tag in tags:
            listed = "; ".join(escape(v) for v in dict.fromkeys(tags[tag].values()))
            items.append(f"<li><strong>{tag}</strong> ({meaning[tag]}): {listed}.</li>")
    moments = f"<h3>Which moments are imposed, fitted, emergent</h3><ul>{''.join(items)}</ul>" if items else ""
    return (
        '<h2 id="assumed">What is assumed, and what this page cannot say</h2>'
        "<h3>How sure</h3><ul>" + (
            f"<li>Intervals are <strong>{NOTE}</strong>: {p.run.n_replicates} replicates of chance within one set of parameters. "
            "Parameter uncertainty and errors of the model are not in them, and may well be larger. Those of the panel of households "
            "hold the choice of its households as well.</li>"
            if p.sure
            else "<li>There is one replicate of chance: nothing tells an effect from luck here.</li>"
        )
        +        "<li>The reference arm is the same county with its own growth, births and deaths, national transfers and assistance, without "
        "the programs under study. Migration is not in the model. Parameters are the same in every arm.</li>"
        "<li>Many parameters are assumptions where no source was found; <code>pamir describe</code> names the source of each.</li></ul>"
        + moments
        + "<h3>What must be known about the sources and the setting</h3>"
        "<p>The articles behind the published claims are promotional. United Nations human-rights bodies (OHCHR, 31 August 2022; the "
        "Special Rapporteur on slavery, August 2022) and the ILO's Committee of Experts (2022, on Conventions 111 and 122) have raised "
        "serious concerns about coercion in labour and training programmes in Xinjiang, which China's government rejects.</p>"
        "<p>Take-up in this model is <strong>assumed voluntary</strong>. Where it was not, income gains are not welfare gains. "
        "<strong>No output may be cited as evidence of consent.</strong> The model has no attribute for ethnicity, religion or belief, and "
        "no instrument of coercion or surveillance; parts of described systems that rate, watch or press people are not modelled.</p>"
    )


def _footer(p):
    run = p.run
    about = [f"Made by <code>pamir report</code> from {escape(run.path.name)}", f"version {escape(run.text('version') or 'unknown')}"]
    digest = run.text("digest")
    if digest:
        about.append(f"digest {escape(digest)}")
    given = run.text("experiment_given")
    details = f"<details><summary>The experiment as given</summary><pre>{escape(given)}</pre></details>" if given else ""
    return f"<footer>{details}<p>{'; '.join(about)}.</p></footer>"


# -- the page -----------------------------------------------------------------------------------------------------------


def render(run, confidence=0.95):
    """The page of a result as text.

    run: a Run.  confidence: of all intervals.  Returns a whole HTML document, str, without links to other places.
    A sweep's page has a table by point and the swept parameters as figures.  Raises PamirError when no arm has a replicate complete in it and in the reference arm.
    """
    p = _Page(run, confidence)
    if not p.arms and not p.noise and len(run.arms) > 1 or not bool(run.complete.sel(arm=p.reference).any()):
        raise PamirError(f"{run.path}: no arm has a replicate that is complete in it and in '{run.reference}'; nothing can be compared")
    gains = {}
    if "point" in run.complete.dims:
        return _document(p, [_lost(p), _stopped(p), sweep_page.section(p)])
    if run.has("panel", "income_real"):
        gains = {arm: winners(run, arm, p.reference, last=p.last, confidence=confidence) for arm in p.arms + p.noise}
    sections = [_lost(p), _stopped(p), _brief(p, gains), _income(p), _poverty(p), _structure(p), _who(p, gains), _cost(p), _offers(p), _life(p)]
    return _document(p, sections + [_claims(p), _assumed(p)])


def _document(p, sections):
    main = "\n".join(s for s in sections if s)
    body = f"{_header(p, main)}\n<main>\n{main}\n</main>\n{_footer(p)}"
    css = pathlib.Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    return html.page(f"{p.run.title}: Pamir", body, css)


def _refuse_to_replace(run, path, overwrite):
    """A page may replace an older page, never its own input, and another file only when asked to."""
    if not path.exists():
        return
    if path.samefile(run.path):
        raise PamirError(f"{path}: is the result itself; name another file for the page with -o PAGE.html")
    if path.is_dir():
        raise PamirError(f"{path}: is a folder; name a file in it with -o PAGE.html")
    if overwrite:
        return
    with path.open("rb") as file:
        head = file.read(4096)
    ours = html.GENERATOR.encode() in head or b": Pamir</title>" in head  # the latter: pages of before the mark
    if head and not (head[:14].lower() == b"<!doctype html" and ours):
        raise PamirError(f"{path}: is there already and is no page of `pamir report`; name another file, or add --overwrite")


def write(run, path, confidence=0.95, overwrite=False):
    """Writes the page of a result: under a temporary name beside `path`, then renamed, so it is whole or not there.

    overwrite: also replace a file that is no page of ours; the result itself is never replaced.
    Returns the path, pathlib.Path.  Raises PamirError as `render`, when the path is the result or a foreign file, and
    when the page cannot be written.
    """
    path = pathlib.Path(path)
    try:
        _refuse_to_replace(run, path, overwrite)
    except OSError as error:
        raise PamirError(f"{path}: cannot be written: {error.strerror or error}") from error
    text = render(run, confidence)
    temporary = None
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise PamirError(f"{path}: cannot be written: {error.strerror or error}") from error
    return path
