"""Numbers, units, dates and names in words, the same in the report, the notebook and on the terminal."""

import math

import numpy as np

MINUS = "\N{MINUS SIGN}"
PLUS_MINUS = "\N{PLUS-MINUS SIGN}"
NOTHING = "\N{EN DASH}"
ONE_REPLICATE = "one replicate: how sure is not known"

# unit in the file -> (factor, unit in words).  Shares are shown as percent; their differences as percentage points.
_UNITS = {
    "CNY/person/year": "CNY per person and year",
    "CNY/person/month": "CNY per person and month",
    "CNY/day": "CNY per day",
    "CNY/kg": "CNY per kg",
    "CNY/head": "CNY per head",
    "month/household/year": "months per household and year",
    "person": "persons",
    "household": "households",
    "job": "jobs",
    "head": "head",
    "month": "months",
}

# Names under which a unit of "1" is a share of something, and is shown as percent.
_SHARES = ("poverty_", "share_", "mpi_", "lorenz_", "employment_rate")
_SHARE_ENDS = ("_share", "_rate")
_NO_SHARES = ("poverty_chronic", "poverty_transient")  # means of squared gaps


def is_share(variable, unit):
    """Whether a variable [unit "1"] is a share that reads best as percent.  Returns bool."""
    named = variable.startswith(_SHARES) or variable.endswith(_SHARE_ENDS)
    return unit in ("1", "") and named and variable not in _NO_SHARES


def display_unit(variable, unit, difference=False):
    """How to show a variable.

    Returns (factor, text): multiply values by `factor`; `text` is the unit in words, "" for a bare number.
    With `difference`, shares become percentage points.
    """
    if is_share(variable, unit):
        return 100.0, "percentage points" if difference else "percent"
    if unit in ("1", ""):
        return 1.0, ""
    return 1.0, _UNITS.get(unit, unit)


def decimals_for(half_widths, most=3):
    """Decimals that show the typical half width with two digits.

    half_widths: numbers in display units, NaN and 0 ignored.  Returns an int in 0..most; 0 when there is nothing
    to go by.
    """
    values = np.abs(np.asarray(half_widths, dtype=float).ravel())
    values = values[np.isfinite(values) & (values > 0)]
    if values.size == 0:
        return 0
    typical = float(np.median(values))
    return int(min(max(1 - math.floor(math.log10(typical)), 0), most))


def column_decimals(half_widths):
    """Decimals for a column of a table: two at most, three when all half widths would else read as nothing.

    half_widths: numbers in display units, NaN and 0 ignored.  Returns an int in 0..3.
    """
    values = np.abs(np.asarray(half_widths, dtype=float))
    values = values[np.isfinite(values) & (values > 0)]
    return decimals_for(values, most=3 if values.size and np.median(values) < 0.01 else 2)


def number(value, decimals=0, sign=False):
    """A number with thousands separators and a true minus sign; an en dash for NaN.  Returns str."""
    if value is None or not np.isfinite(value):
        return NOTHING
    text = f"{abs(value):,.{decimals}f}"
    zero = not any(c in "123456789" for c in text)
    if value < 0 and not zero:
        return MINUS + text
    return ("+" if sign and not zero else "") + text


def plus_minus(value, half_width, decimals=None, sign=True):
    """A value and the half width of its interval, in one number of decimals.

    With a half width of NaN (one pair only) the value stands alone.  Returns str.
    """
    if decimals is None:
        decimals = decimals_for([half_width])
    text = number(value, decimals, sign)
    if text == NOTHING or not np.isfinite(half_width):
        return text
    return f"{text}\N{NO-BREAK SPACE}{PLUS_MINUS}\N{NO-BREAK SPACE}{number(half_width, decimals)}"


def pairs(n):
    """A number of pairs of replicates in words.  Returns str."""
    return "1 pair" if n == 1 else f"{n} pairs"


def significant(value, digits=3):
    """A number with so many significant digits and no exponent.  Returns str."""
    if value is None or not np.isfinite(value):
        return NOTHING
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    return number(round(value, digits - 1 - magnitude), min(max(digits - 1 - magnitude, 0), 6))


def plain(value):
    """A number as it was published: up to six digits, no trailing zeros, no exponent.  Returns str."""
    if value is None or not np.isfinite(value):
        return NOTHING
    if value == 0:
        return "0"
    decimals = min(max(5 - math.floor(math.log10(abs(value))), 0), 6)
    text = number(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def interval(low, high, digits=3):
    """The ends of an interval as "77,400 to 135,000"; "" when both ends read the same.  Returns str."""
    ends = significant(low, digits), significant(high, digits)
    return "" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def money(value, currency="CNY"):
    """An amount of money [currency units] in the magnitude a reader thinks in.  Returns str with the currency."""
    if value is None or not np.isfinite(value):
        return NOTHING
    for factor, word in ((1e9, " billion"), (1e6, " million")):
        if abs(value) >= factor:
            return f"{number(value / factor, 2)}{word} {currency}"
    return f"{number(value, 0)} {currency}"


def money_scale(amounts):
    """Returns the (factor, word) that suit the largest of some amounts: (1e6, "million"), (1e3, "thousand") or (1, "")."""
    known = [abs(a) for a in amounts if np.isfinite(a)]
    largest = max(known, default=0.0)
    for factor, word in ((1e6, "million"), (1e3, "thousand")):
        if largest >= factor:
            return factor, word
    return 1.0, ""


def month_name(date):
    """A numpy date as "Jun 2018"; an en dash for NaT.  Returns str."""
    date = np.datetime64(date, "M")
    if np.isnat(date):
        return NOTHING
    year, month = str(date).split("-")
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{names[int(month) - 1]} {year}"


def words(name):
    """A name of the file in words: "money_paid" -> "money paid".  Returns str."""
    return name.replace("_", " ")


def span(years):
    """Years as "2028\N{EN DASH}2030", or one year alone.  Returns str."""
    years = [int(y) for y in np.atleast_1d(years)]
    return str(years[0]) if len(years) == 1 else f"{min(years)}{NOTHING}{max(years)}"
