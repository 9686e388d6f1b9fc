"""Figures: every axis has its unit, every arm its colour, every interval a band."""

import pytest

from pamir import formats, plots


def axes_of(figure):
    return figure.axes[0]


def test_levels_have_units_a_line_for_each_arm_and_the_bands_asked_for(whole):
    ax = axes_of(plots.level_over_time(whole, "income_real_per_capita", "Real income"))
    assert ax.get_xlabel() == "year" and ax.get_ylabel() == "CNY per person and year"
    assert len(ax.lines) == len(whole.arms) and len(ax.collections) == 1
    ax = axes_of(plots.level_over_time(whole, "income_real_per_capita", "Real income", bands=whole.arms))
    assert len(ax.collections) == len(whole.arms)


def test_share_is_not_drawn_below_zero(whole):
    ax = axes_of(plots.level_over_time(whole, "poverty_headcount", "Poverty", bands=whole.arms, line="extreme"))
    assert ax.get_ylim()[0] >= 0


def test_shares_are_drawn_in_percent(whole):
    ax = axes_of(plots.level_over_time(whole, "poverty_headcount", "Poverty", line="extreme"))
    assert ax.get_ylabel() == "percent"
    assert 10 < max(ax.lines[0].get_ydata()) < 20


def test_difference_has_a_band_and_its_twin(whole):
    effect = whole.effect("all", variable="income_real_per_capita")
    ax = axes_of(plots.difference_over_time(whole, effect))
    assert ax.get_ylabel() == "CNY per person and year"
    assert len(ax.collections) == 1
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["real", "nominal"]


def test_difference_of_a_share_is_in_percentage_points(whole):
    effect = whole.effect("all", variable="poverty_headcount", line="extreme")
    assert axes_of(plots.difference_over_time(whole, effect)).get_ylabel() == "percentage points"


def test_every_arm_keeps_its_colour_and_no_two_look_alike(whole):
    styles = plots.styles(whole)
    assert list(styles) == whole.arms
    assert len({str(v) for v in styles.values()}) == len(whole.arms)
    assert styles["reference"][0] == plots.INK
    ax = axes_of(plots.level_over_time(whole, "income_real_per_capita", "Real income"))
    assert [line.get_color() for line in ax.lines] == [styles[a][0] for a in whole.arms]


def test_losers_and_gainers_are_both_drawn(whole):
    ax = axes_of(plots.who_gained(whole.winners("all")))
    widths = sorted(p.get_width() for p in ax.patches)
    assert widths[0] < 0 < widths[-1] and "percent" in ax.get_xlabel()


def test_spread_of_differences_names_its_unit(whole):
    ax = axes_of(plots.household_differences(whole, [whole.winners("all"), whole.winners("land")]))
    assert "CNY per person and year" in ax.get_xlabel()
    assert [t.get_text() for t in ax.get_yticklabels()] == ["land", "all"]


def test_money_is_in_millions(whole):
    ax = axes_of(plots.money(whole, [whole.costs("all")]))
    assert ax.get_xlabel() == "million CNY"
    assert max(p.get_width() for p in ax.patches) == pytest.approx(29.5)
    assert formats.money_scale([5e3, 2.0]) == (1e3, "thousand")


def test_life_shows_only_programs_of_the_arm(whole):
    ax = axes_of(plots.project_life(whole, "land"))
    assert [t.get_text() for t in ax.get_yticklabels()] == ["forage land"]
    assert plots.project_life(whole, "reference") is None


def test_common_limits_hold_every_band(whole):
    effects = [whole.effect(a, variable="income_real_per_capita") for a in ("all", "cattle")]
    low, high = plots.common_limits(effects)
    assert low < float(effects[1].low.min()) and high > float(effects[0].counterpart.difference.max())
    assert plots.common_limits([]) is None
