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


def test_parts_add_up_to_the_whole(whole):
    ax = axes_of(plots.parts_over_time(whole, "value_added", "Value added"))
    assert ax.get_ylabel() == "million CNY" and ax.get_xlabel() == "year"
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["casual", "tertiary", "secondary", "primary"]
    top = max(v[1] for c in ax.collections for v in c.get_paths()[0].vertices)
    total = whole.county["value_added"].sel(arm="reference").sum("sector").mean("replicate")
    assert top == pytest.approx(float(total.max()) / 1e6)


def test_shares_of_parts_are_of_each_year_s_whole_and_leave_out_what_is_nothing(whole):
    ax = axes_of(plots.parts_over_time(whole, "activity_persons", "Activities", arm="land", shares=True))
    assert ax.get_ylabel() == "percent of the whole"
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["migrant", "home", "school"]
    assert max(v[1] for c in ax.collections for v in c.get_paths()[0].vertices) == pytest.approx(100)
    with pytest.raises(ValueError, match="no dimension of labels"):
        plots.parts_over_time(whole, "income_per_capita", "Income")


def test_lorenz_curve_begins_at_nothing_and_ends_with_all(whole):
    ax = axes_of(plots.lorenz(whole, arms=["reference", "all"]))
    assert "percent" in ax.get_xlabel() and "consumption [percent]" in ax.get_ylabel()
    line = ax.lines[1]
    assert (line.get_xdata()[0], line.get_ydata()[0]) == (0, 0)
    assert (line.get_xdata()[-1], line.get_ydata()[-1]) == (100, 100)
    assert line.get_ydata()[10] == pytest.approx(25)


def test_rates_and_shares_read_as_percent():
    for name in ("poverty_exit_rate", "coping_share", "quintile_stay_share", "mpi_headcount", "lorenz_income", "offtake_rate"):
        assert formats.display_unit(name, "1") == (100.0, "percent"), name
    for name in ("gini_income", "theil_income", "poverty_chronic", "mpi", "quintile_move"):
        assert formats.display_unit(name, "1") == (1.0, ""), name
