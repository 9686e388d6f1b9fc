"""Gainers and losers of the panel against planted shares."""

import numpy as np
import pytest

import pamir
import synthetic
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


def test_without_a_placebo_the_line_is_the_threshold(tmp_path):
    synthetic.write(tmp_path / "two.h5", synthetic.Spec(arms=("reference", "land")))
    with pamir.open(tmp_path / "two.h5") as run:
        assert run.placebo == ""
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
    assert "gained %" in text and "lost %" in text and "simulation error only" in text
