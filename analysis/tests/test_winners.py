"""Gainers and losers of the panel against planted shares."""

import numpy as np
import pytest
import xarray as xr

import pamir
import synthetic
from pamir import report
from pamir import winners as module


def test_planted_gainers_and_losers_are_found(whole):
    """Of 99 households present to the end 30 gain, 10 lose, whatever the luck."""
    result = whole.winners("all")
    share = result.shares.sel(who="all")
    assert float(share["gained"]) == pytest.approx(30 / 99)
    assert float(share["lost"]) == pytest.approx(10 / 99)
    assert float(share["gained"] + share["lost"] + share["neither"]) == pytest.approx(1.0)
    assert result.n_households == 100 and result.n_pairs == 8 and result.years == (2028, 2029, 2030)


def test_household_gone_in_an_arm_is_left_out_and_counted(whole):
    assert whole.winners("all").share_absent == pytest.approx(0.01)


def test_quintiles_add_up(whole):
    result = whole.winners("all")
    assert [str(w) for w in result.shares["who"].values] == ["all", "1", "2", "3", "4", "5"]
    assert float(result.shares["gained"].sel(who="1")) == pytest.approx(6 / 20)
    assert float(result.shares["gained"].sel(who="5")) == pytest.approx(6 / 19)


def test_percentiles_are_those_of_the_planted_differences(whole):
    quantiles = whole.winners("all").quantiles.sel(who="all")
    assert float(quantiles.sel(quantile=0.1)) == pytest.approx(-500, abs=0.1)
    assert float(quantiles.sel(quantile=0.9)) == pytest.approx(1000, abs=0.1)
    assert abs(float(quantiles.sel(quantile=0.5))) < 10


def test_gainers_and_losers_have_medians_of_their_own(whole):
    typical = whole.winners("all").typical.sel(who="all")
    assert float(typical["gained"]) == pytest.approx(1000, abs=0.1) and float(typical["lost"]) == pytest.approx(-500, abs=0.1)
    assert np.isnan(float(whole.winners("placebo").typical["gained"].sel(who="all")))


def test_threshold_is_one_percent_of_the_line_when_the_placebo_is_quieter(whole):
    threshold, source = module.noise_threshold(whole)
    assert threshold == pytest.approx(0.01 * synthetic.LINE_VALUES[0])
    assert "poverty line" in source


def test_threshold_is_the_placebo_noise_when_that_is_larger(tmp_path, monkeypatch):
    plain = synthetic.household_gain
    monkeypatch.setattr(synthetic, "household_gain", lambda arm: plain(arm) * (20.0 if arm == "placebo" else 1.0))
    synthetic.write(tmp_path / "noisy.h5")
    with pamir.open(tmp_path / "noisy.h5") as run:
        threshold, source = module.noise_threshold(run)
        assert threshold == pytest.approx(180.0, rel=1e-3)  # 9 x 20, the largest tenth
        assert "placebo" in source
        placebo = run.winners("placebo").shares.sel(who="all")
        assert float(placebo["gained"] + placebo["lost"]) < 0.2
        luck = run.winners("land").luck  # up to 180: 40 of 99 households beyond 30 each way; without a bound they would count
        assert luck["arm"] == "placebo" and luck["far"] == pytest.approx(180.0, rel=1e-3)
        assert luck["gained"] == pytest.approx(40 / 99, abs=0.02) and luck["lost"] == pytest.approx(0.4, abs=0.1)
        assert "luck alone, arm 'placebo'" in str(run.winners("land"))


def noisy_bystanders(monkeypatch, most):
    """Bystanders of program arms, in no scheme, differ by up to `most`; the placebo stays as quiet as it is."""
    plain = synthetic.household_gain

    def gain(arm):
        own = plain(arm)
        if arm not in ("placebo", "reference"):
            own[40:] *= most / 9.0
        return own

    monkeypatch.setattr(synthetic, "household_gain", gain)


def test_bystanders_whom_luck_moves_further_than_the_placebo_set_the_bound(tmp_path, monkeypatch):
    """The placebo disturbs no market, so it alone would call two thirds of the bystanders gainers or losers."""
    noisy_bystanders(monkeypatch, 700.0)
    synthetic.write(tmp_path / "markets.h5")
    with pamir.open(tmp_path / "markets.h5") as run:
        assert module.noise_threshold(run)[0] == pytest.approx(30.0)
        land = run.winners("land")
        # 59 of 99 take part in nothing (the hundredth is gone): by hand, their 95% quantile, which is the largest tenth's.
        own = np.abs(synthetic.household_gain("land")[40:99])
        assert land.threshold == pytest.approx(np.quantile(own, 0.95), rel=1e-4) == pytest.approx(700.0, rel=1e-4)
        assert land.bound.n_bystanders == 59 and land.bound.is_of_bystanders and land.bound.beyond <= 0.1
        assert land.threshold_source == "59 bystanders differ by less in 95 of 100 cases"
        share = land.shares.sel(who="all")
        assert float(share["gained"]) == pytest.approx(30 / 99, abs=0.04) and float(share["lost"]) < 0.04
        assert "5% by construction" in str(land)
        placebo = run.winners("placebo")
        assert placebo.threshold == pytest.approx(30.0) and not placebo.bound.is_of_bystanders
        text = report.render(run)
        assert "of the panel's households" in text and "bystanders, in no scheme, lie too" in text and "(by construction)" in text


def test_few_bystanders_set_no_bound(tmp_path, monkeypatch):
    noisy_bystanders(monkeypatch, 700.0)
    monkeypatch.setattr(synthetic, "member", lambda arm, n=100: np.arange(n) < {"reference": 0, "placebo": 1}.get(arm, 82))
    synthetic.write(tmp_path / "few.h5", synthetic.Spec(n_replicates=2))
    with pamir.open(tmp_path / "few.h5") as run:
        bound = module.bound(run, "land")
        assert bound.n_bystanders == 17 and bound.threshold == pytest.approx(30.0) and not bound.is_of_bystanders
        assert "17 bystanders, fewer than 20, set no bound" in bound.source and "poverty line" in bound.source


def test_a_file_that_does_not_say_who_took_part_keeps_the_placebos_bound(whole, monkeypatch):
    monkeypatch.setitem(whole._open, "panel", whole.panel.drop_vars("memberships"))
    bound = module.bound(whole, "land")
    assert bound.threshold == pytest.approx(30.0) and "does not say who took part" in bound.source
    assert module.bystanders(whole, "land") is None


def test_without_a_placebo_the_line_is_the_threshold(tmp_path):
    synthetic.write(tmp_path / "two.h5", synthetic.Spec(arms=("reference", "land")))
    with pamir.open(tmp_path / "two.h5") as run:
        assert run.placebo == ""
        assert run.winners("land").luck == {}
        assert module.noise_threshold(run) == (30.0, "1% of the main poverty line")


def test_lost_replicates_are_left_out(lossy):
    result = lossy.winners("all")
    assert result.n_pairs == 5 and result.n_lost == 3
    assert float(result.shares["gained"].sel(who="all")) == pytest.approx(30 / 99)


def test_weighted_quantile_agrees_with_repetition():
    """Slow twin: a value of weight 3 stands three times."""
    values, weights = np.array([5.0, 1.0, 3.0, np.nan]), np.array([1.0, 3.0, 2.0, 9.0])
    repeated = np.sort([1, 1, 1, 3, 3, 5])
    for q in (0.1, 0.25, 0.5, 0.75, 0.9):
        expected = repeated[int(np.ceil(q * 6)) - 1]
        assert module.weighted_quantile(values, weights, [q])[0] == expected


def test_without_a_panel_it_is_an_error(tmp_path):
    synthetic.write(tmp_path / "none.h5", synthetic.Spec(panel=False, n_replicates=2))
    with pamir.open(tmp_path / "none.h5") as run:
        with pytest.raises(pamir.PamirError, match="no group /panel"):
            run.winners("all")


def test_both_sides_are_always_printed(whole):
    text = str(whole.winners("all"))
    assert "gained %" in text and "lost %" in text and "luck of the replicates and choice of the panel's households only" in text
    assert "each person once: +400" in text


def test_interval_of_the_panel_holds_the_sampling_of_households(whole):
    """By hand: replicates agree to the coin, so all of it comes from drawing 99 households of 99 x 90."""
    result = whole.winners("all")
    share, drawn = 30 / 99, 1 - 1 / 90
    variance = drawn * share * (1 - share) / 98
    t = 2.364624  # 97.5%, 7 degrees of freedom
    assert float(result.shares["gained_half_width"].sel(who="all")) == pytest.approx(t * np.sqrt(variance), rel=1e-5)
    own = synthetic.household_gain("all")[:99]
    assert float(result.mean.sel(who="all")) == pytest.approx(own.mean(), abs=1e-3)
    expected = t * np.sqrt(drawn * own.var(ddof=1) / 99)
    assert float(result.mean_half_width.sel(who="all")) == pytest.approx(expected, rel=1e-4)
    assert result.county == pytest.approx(400.0)


def panel(values):
    return xr.DataArray(values, dims=("replicate", "household"))


def weights(*values):
    return xr.DataArray(list(values), dims="household")


def test_variances_of_replicates_and_households_add():
    values = panel([[1.0, 5.0, 3.0], [3.0, 7.0, 5.0]])
    mean, half = module.panel_mean(values, weights(10.0, 10.0, 10.0))
    assert mean == pytest.approx(4.0)
    variance = 2.0 / 2 + (1 - 3 / 30) * 4.0 / 3  # replicate means 3 and 5; households' own means 2, 6, 4
    assert half == pytest.approx(12.706205 * np.sqrt(variance), rel=1e-6)
    _, uncorrected = module.panel_mean(values, weights(1.0, 1.0, 1.0), counts=False)
    assert uncorrected == pytest.approx(12.706205 * np.sqrt(2.0 / 2 + 4.0 / 3), rel=1e-6)


def test_panel_of_everybody_has_no_sampling_error():
    values = panel([[1.0, 5.0], [3.0, 7.0]])
    assert module.panel_mean(values, weights(1.0, 1.0))[1] == pytest.approx(12.706205 * 1.0, rel=1e-6)


def test_interval_covers_the_county_about_as_often_as_it_says():
    """Panels of 40 of 4,000 households with luck by replicate: 95% intervals hold the truth in 92 to 99 of 100."""
    rng = np.random.default_rng(7)
    county = rng.exponential(100.0, 4000)
    hits = 0
    for _ in range(400):
        own = rng.choice(county, 40, replace=False)
        values = panel(own + rng.normal(0, 10, (8, 1)) + rng.normal(0, 50, (8, 40)))
        mean, half = module.panel_mean(values, weights(*[100.0] * 40))
        hits += abs(mean - county.mean()) <= half
    assert 0.92 <= hits / 400 <= 0.99


def test_one_replicate_has_no_interval():
    mean, half = module.panel_mean(panel([[1.0, np.nan]]), weights(2.0, 2.0))
    assert mean == 1.0 and np.isnan(half)
    assert np.isnan(module.panel_mean(panel([[np.nan], [np.nan]]), weights(2.0))).all()


def test_shares_stay_between_none_and_all(whole):
    for arm in whole.program_arms:
        shares = whole.winners(arm).shares
        for name in ("gained", "lost", "neither"):
            assert float(shares[f"{name}_low"].min()) >= 0 and float(shares[f"{name}_high"].max()) <= 1
    row = whole.winners("all").shares.sel(who="1")
    assert module.share_text(row, "lost").endswith("to 26.2)") and "(0.0 to" in module.share_text(row, "lost")


def test_no_window_reaches_back_before_the_first_program(tmp_path, monkeypatch):
    monkeypatch.setattr(synthetic, "PROGRAM_YEAR", 2029)
    synthetic.write(tmp_path / "late.h5", synthetic.Spec(arms=("reference", "land"), n_replicates=2))
    with pamir.open(tmp_path / "late.h5") as run:
        assert (run.window(3), run.window(1), run.window(99)) == (2, 1, 2)
        assert run.winners("land").years == (2029, 2030)
        assert run.costs("land", last=3).ratios[1].result == pytest.approx(run.costs("land", last=2).ratios[1].result)
        text = report.render(run)
        assert "mean of 2029\N{EN DASH}2030" in text and "2028\N{EN DASH}2030" not in text


def test_window_is_as_asked_when_no_year_of_the_first_program_is_given(whole, monkeypatch):
    monkeypatch.setattr(whole, "text", lambda name, default="": default)
    assert whole.window(3) == 3 and whole.window(99) == 16
