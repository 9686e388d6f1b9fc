"""The page's section on how the county lives: what people do, where value arises, who shares in it.

One arm's whole is shown as stacked parts, for the reference; differences between arms are in a table.
"""

from . import formats, html, plots
from .html import escape

PARTS = (
    ("activity_persons", "What people of working age do", True, "Persons of working age by what they mainly do in December, reference arm."),
    ("value_added", "Value added by sector", False, "Gross, by production, nominal, reference arm; casual: wages of employers that are not modelled."),
)
# (variable, selection, head); those that a file does not hold are left out
COLUMNS = (
    ("mpi_headcount", {}, "multidimensionally poor"),
    ("poverty_sometimes_share", {}, "poor in some years"),
    ("poverty_always_share", {}, "poor in all years"),
    ("quintile_stay_share", {}, "still in their first quintile"),
    ("coping_share", {"rung": "hunger"}, "months of hunger"),
    ("palma_consumption", {}, "Palma ratio"),
)


def section(p, rows):
    """The section; "" for a result that has nothing of it.

    p: the page's own bundle (report.py).  rows: a function from columns [(variable, selection)] to the table's rows, the
    reference's level first.  Returns str (HTML).
    """
    run = p.run
    parts = [part for part in PARTS if p.has(part[0])]
    columns = [(name, labels, head) for name, labels, head in COLUMNS if p.has(name)]
    if not parts and not columns:
        return ""
    text = '<h2 id="structure">How the county lives</h2><div class="figures two">'
    for variable, title, shares, caption in parts:
        figure = plots.parts_over_time(run, variable, title, p.reference, shares)
        text += p.figures.add(figure, f"{title} by year, reference arm", caption)
    if p.has("lorenz_consumption"):
        shown = [p.reference, *p.arms]
        caption = f"Share of real consumption that goes to the poorest persons, {int(run.years[-1])}. Straight line: everybody has the same."
        text += p.figures.add(plots.lorenz(run, arms=shown), "Lorenz curve of consumption by arm", caption)
    text += "</div>"
    if not columns:
        return text
    compared = bool(p.arms or p.noise)
    head = ["Arm", *(escape(head) for _, _, head in columns)]
    units = [""]
    for name, _, _ in columns:
        factor, unit = formats.display_unit(name, run.county[name].attrs.get("units", "1"), difference=compared)
        units.append(unit or ("points" if factor != 1 else "1"))
    caption = f"Mean of {p.late}, by consumption where poverty is meant; multidimensional poverty after Alkire and Foster. First row: the level in the reference arm"
    caption += f" [percent where the column has percentage points]. Other rows: difference from it{p.half_width()}." if compared else "."
    return text + html.table(head, rows([(name, labels) for name, labels, _ in columns]), caption, units)
