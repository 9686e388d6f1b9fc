"""The page's words on luck: what it does to single households, and the bound beyond which a household counts."""

import numpy as np

from . import formats, html
from .formats import number
from .html import escape


def bound_text(gain):
    """The bound of an arm with what luck does to those whom no scheme reaches; no count of gainers stands without it.

    gain: a Winners.  Returns HTML, str.
    """
    _, unit = formats.display_unit(gain.variable, gain.unit)
    text = f"{number(gain.threshold)} {unit}"
    if gain.bound.is_of_bystanders:
        return f"{text}, beyond which 5% of {gain.bound.n_bystanders} bystanders, in no scheme, lie too"
    return f"{text} ({escape(gain.threshold_source)})"


def luck_text(luck, unit):
    """What luck alone does, as a sentence; "" without a placebo arm.

    luck: of `winners.luck_alone`.  unit: in words.  Returns HTML, str.
    """
    if not luck:
        return ""
    far = f"99 of 100 differ by {number(luck['far'])} {unit} or less"
    if not np.isfinite(luck["gained"]):
        return f"In the arm <em>{escape(luck['arm'])}</em>, which luck alone moves, {far}. "
    shares = f"{number(100 * luck['gained'], 1)} percent of households gain and {number(100 * luck['lost'], 1)} percent lose more than 1% of the line"
    return f"In the arm <em>{escape(luck['arm'])}</em>, which luck alone moves, {shares}, and {far}. "


def bounds(p, gains, unit):
    """The table of each arm's bound.

    p: the page, which knows its arms' swatches.  gains: Winners by arm.  unit: in words.  Returns HTML, str.
    """
    rows = []
    for arm, one in gains.items():
        of = one.bound
        beyond = number(100 * of.beyond, 1) + (" (by construction)" if of.is_of_bystanders else "")
        rows.append([p.arm(arm), number(of.threshold, 1), str(of.n_bystanders), number(of.bystanders, 1), beyond, escape(of.source)])
    head = ["Arm", "bound", "bystanders", "95% of them differ by less than", "of them beyond the bound", "the bound is"]
    units = ["", unit, "households", unit, "percent", ""]
    return html.table(head, rows, "Beyond its arm's bound a household gained or lost. Bystanders: a replicate, on average.", units, text_columns=(0, 5))
