"""The page's section on a sweep: a table of effects by point, and each swept parameter as a figure."""

from . import formats, plots, sweep
from .effects import NOTE
from .html import escape, table

# What is shown of each arm, and what the page calls it; labels: the main line of poverty is filled in.
SHOWN = (("income_real_per_capita", "Real income per person"), ("poverty_headcount", "Poor persons, on consumption"))
MOST_FIGURES = 8
MOST_POINTS = 200


def _setting(value, unit):
    """A parameter's value as the table shows it."""
    if isinstance(value, str):
        return escape(value)
    return f"{value:g}" + (f" {escape(unit)}" if unit not in ("", "1") else "")


def _short(path):
    """The end of a path that says most, with the whole path for who points at it."""
    return f'<span title="{escape(path)}">{escape(".".join(path.split(".")[-2:]))}</span>'


def _effects(p, arm, variable):
    """An arm's effect by point, in the mean of the last years."""
    labels = {"line": p.line} if variable.startswith("poverty") else {}
    one = p.effect(arm, variable, **labels)
    return one.last(p.last) if "year" in one.difference.dims else one


def _table(p, values, names):
    units = values.attrs.get("units", {})
    head, below = ["Point"], [""]
    head += [_short(path) for path in values.columns]
    below += [units.get(path, "") for path in values.columns]
    columns = []
    for arm in p.arms + p.noise:
        for variable, title in names:
            one = _effects(p, arm, variable)
            factor, unit = formats.display_unit(variable, one.unit, difference=True)
            half = one.half_width * factor
            columns.append((one.difference * factor, half, formats.decimals_for(half.values), sweep.lost_pairs(p.run, arm, p.reference)))
            head.append(f"{p.arm(arm)} {escape(title.lower())}")
            below.append(unit)
    rows = []
    for k, point in enumerate(values.index[:MOST_POINTS]):
        row = [str(point)] + [_setting(values[path].iloc[k], "") for path in values.columns]
        for difference, half, digits, lost in columns:
            text = formats.plus_minus(float(difference[k]), float(half[k]), digits)
            row.append(text + (f"<small>{lost.iloc[k]} lost</small>" if lost.iloc[k] else ""))
        rows.append(row)
    more = f" The first {MOST_POINTS} of {len(values)} points; the rest is in the file." if len(values) > MOST_POINTS else ""
    caption = (
        f"Differences from {escape(p.reference)}, mean of {p.late}, with half widths of {p.percent()} intervals ({NOTE}). "
        f"<em>lost</em>: replicates that are not complete in both arms at that point.{more}"
    )
    return table(head, rows, caption, below)


def _figures(p, values, names):
    text, left = "", MOST_FIGURES
    for path in values.columns:
        if values[path].dtype.kind not in "fiu" or values[path].nunique() < 2:
            continue
        for arm in p.arms:
            for variable, title in names[:1]:
                if left == 0:
                    return text
                left -= 1
                labels = {"line": p.line} if variable.startswith("poverty") else {}
                one = sweep.response(p.run, f"county/{variable}", arm, path, p.reference, p.last, p.confidence, **labels)
                figure = plots.response(p.run, one, f"{arm}: {title.lower()}")
                others = " Points at one value differ in the other parameters." if one.others else ""
                text += p.figures.add(
                    figure, f"{title}, {arm}, by {path}", f"Difference from {escape(p.reference)}, {p.percent()} intervals.{others}"
                )
    return text


def section(p):
    """The section, HTML.  p: the page's shared things (`report._Page`).  Returns str."""
    values = p.run.points
    names = [(v, t) for v, t in SHOWN if p.has(v) and (p.line or not v.startswith("poverty"))]
    varied = len(values.columns)
    told = f"{len(values)} points" + (f" of {varied} parameter{'s' * (varied != 1)}" if varied else "; the file does not say what was set there")
    text = (
        f'<h2 id="sweep">By point of the sweep</h2><p>This result is a sweep: {told}. Every point has the same replicates, arms and luck. '
        "Who gained and lost, costs and claims are not worked out for a sweep; run the point that matters as an experiment of its own for them.</p>"
    )
    if not p.arms and not p.noise:
        return text
    figures = _figures(p, values, names)
    return text + _table(p, values, names) + (f'<div class="figures two">{figures}</div>' if figures else "")
