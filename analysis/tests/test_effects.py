"""Paired differences against numbers computed by hand, and what happens to lost replicates."""

import math

import numpy as np
import pytest
import xarray as xr

import pamir
import synthetic
from pamir.effects import t_half_width

# Student's t, 97.5%, from printed tables (closed form).
T975 = {1: 12.7062, 2: 4.30265, 3: 3.18245, 4: 2.77645, 5: 2.57058, 7: 2.36462}


def test_mean_and_interval_are_those_of_the_paired_t():
    """Definition: four differences 1, 2, 3, 6: mean 3, sd sqrt(14/3), half width t(3) sd / 2."""
    values = xr.DataArray([1.0, 2.0, 3.0, 6.0], dims="replicate")
    assert float(t_half_width(values)) == pytest.approx(T975[3] * math.sqrt(14 / 3) / 2, rel=1e-5)


def test_confidence_moves_the_interval():
    """Closed form: t(1) is Cauchy, its 75% quantile is 1."""
    values = xr.DataArray([0.0, 2.0], dims="replicate")
    assert float(t_half_width(values, 0.5)) == pytest.approx(1.0)
    assert float(t_half_width(values, 0.95)) == pytest.approx(T975[1], rel=1e-5)


def test_effect_recovers_the_planted_difference(whole):
    effect = whole.effect("all", "reference", "income_real_per_capita")
    assert effect.difference.dims == ("year",)
    np.testing.assert_allclose(effect.difference.sel(year=[2015, 2018, 2019, 2030]), [0, 0, 200, 400], atol=1e-9)
    sd = np.std(synthetic.DEVIATION, ddof=1)
    assert float(effect.half_width.sel(year=2030)) == pytest.approx(T975[7] * sd / math.sqrt(8), rel=1e-5)
    assert float(effect.low.sel(year=2030)) == pytest.approx(400 - T975[7] * sd / math.sqrt(8), rel=1e-5)
    assert int(effect.n_pairs.sel(year=2030)) == 8 and effect.n_lost == 0


def test_pairing_removes_the_luck_the_arms_share(whole):
    effect = whole.effect("all", "reference", "income_real_per_capita").sel(year=2030)
    level = whole.county["income_real_per_capita"].sel(arm="all", year=2030)
    assert float(effect.half_width) < 0.05 * float(t_half_width(level))


def test_relative_difference_is_the_ratio_of_means(whole):
    effect = whole.effect("land", "reference", "income_real_per_capita").sel(year=2030)
    level = float(whole.county["income_real_per_capita"].sel(arm="reference", year=2030).mean())
    assert float(effect.relative) == pytest.approx(120.0 / level)


def test_nominal_and_real_are_printed_together(whole):
    effect = whole.effect("all", "reference", "income_per_capita", year=2030)
    assert effect.counterpart.variable == "income_real_per_capita"
    index = synthetic.INFLATION ** (2030 - 2015)
    assert float(effect.difference) == pytest.approx(400 * index)
    assert float(effect.counterpart.difference) == pytest.approx(400)
    text = str(effect)
    assert "income_per_capita" in text and "income_real_per_capita" in text
    assert "simulation error only" in text and "+538" in text and "+400" in text
    back = whole.effect("all", "reference", "consumption_real_per_capita")
    assert back.counterpart.variable == "consumption_per_capita"


def test_variable_without_a_twin_is_printed_alone(whole):
    assert whole.effect("all", "reference", "employment_rate").counterpart is None


def test_last_years_are_averaged_before_the_interval(whole):
    effect = whole.effect("all", "reference", "income_real_per_capita").last(12)
    assert effect.difference.ndim == 0
    # 2019 (half effect) and eleven full years.
    assert float(effect.difference) == pytest.approx((200 * 1 + 400 * 11) / 12)
    sd = np.std(synthetic.DEVIATION * (0.5 + 11) / 12, ddof=1)
    assert float(effect.half_width) == pytest.approx(T975[7] * sd / math.sqrt(8), rel=1e-5)


def test_only_replicates_complete_in_both_arms_count(lossy):
    """Replicates 2 and 4 of `all` and 3 of `reference` are lost: 1, 5, 6, 7, 8 are left."""
    effect = lossy.effect("all", "reference", "income_real_per_capita").sel(year=2030)
    left = synthetic.DEVIATION[[0, 4, 5, 6, 7]]
    assert float(effect.difference) == pytest.approx(400 + left.mean())
    assert float(effect.half_width) == pytest.approx(T975[4] * left.std(ddof=1) / math.sqrt(5), rel=1e-5)
    assert int(effect.n_pairs) == 5 and effect.n_lost == 3
    assert "5 pairs (3 lost" in str(effect)


def test_loss_in_one_arm_does_not_touch_other_arms(lossy):
    effect = lossy.effect("land", "reference", "income_real_per_capita").sel(year=2030)
    assert int(effect.n_pairs) == 7 and effect.n_lost == 1


def test_failed_row_with_numbers_in_it_is_left_out(tmp_path):
    """A failed row counts by its status, not by whether its values happen to be there."""
    import h5py

    path = tmp_path / "failed.h5"
    synthetic.write(path)
    with h5py.File(path, "a") as file:
        file["meta/row_status"][synthetic.ARMS.index("all"), 0] = -8
    with pamir.open(path) as run:
        assert int(run.effect("all", variable="income_real_per_capita", year=2030).n_pairs) == 7


def test_one_pair_has_a_difference_and_no_interval(tmp_path):
    path = tmp_path / "one.h5"
    synthetic.write(path, synthetic.Spec(n_replicates=1))
    with pamir.open(path) as run:
        effect = run.effect("all", variable="income_real_per_capita", year=2030)
        assert float(effect.difference) == pytest.approx(410.0)
        assert math.isnan(float(effect.half_width))
        assert "+410" in str(effect)


def test_no_pair_at_all_is_an_error(tmp_path):
    path = tmp_path / "none.h5"
    synthetic.write(path, synthetic.Spec(n_replicates=2, lost={("all", 0): -12, ("reference", 1): -12}))
    with pamir.open(path) as run:
        with pytest.raises(pamir.PamirError, match="no replicate is complete in both 'all' and 'reference'"):
            run.effect("all")


def test_identical_arms_differ_by_exactly_zero(whole):
    effect = whole.effect("placebo", "reference", "income_real_per_capita")
    assert bool((effect.difference == 0).all()) and bool((effect.half_width == 0).all())


def test_other_groups_and_dates_have_effects_too(whole):
    by_quintile = whole.effect("land", variable="quintile/income_real_per_capita", year=2030)
    np.testing.assert_allclose(by_quintile.difference, 120 * np.array([0.4, 0.65, 0.9, 1.2, 1.85]))
    dates = whole.effect("all", "as_happened", "date_realised")
    assert dates.unit == "days"
    assert bool((dates.difference.sel(milestone="completed") == 0).all())
    assert bool(dates.difference.sel(milestone="ended").isnull().all())


def test_labels_select(whole):
    effect = whole.effect("all", variable="poverty_headcount", line="extreme", year=2025)
    assert effect.difference.ndim == 0
    assert float(effect.difference) == pytest.approx(-0.4 * 400 / 30000)
    with pytest.raises(pamir.PamirError, match="has no line|has no year|has no dimension"):
        whole.effect("all", variable="poverty_headcount", line="nonsense")


def test_sweep_keeps_its_points(tmp_path):
    path = tmp_path / "sweep.h5"
    synthetic.write(path, synthetic.Spec(points=3, n_replicates=4))
    with pamir.open(path) as run:
        effect = run.effect("all", variable="income_real_per_capita", year=2030)
        assert effect.difference.dims == ("point",)
        np.testing.assert_allclose(effect.difference, [400.0 + synthetic.SLOPE * point for point in range(3)])


def test_unknown_variable_is_an_error_with_the_nearest_name(whole):
    with pytest.raises(pamir.PamirError, match="did you mean income_per_capita"):
        whole.effect("all", variable="income_per_capta")


def test_arm_against_itself_is_an_error(whole):
    with pytest.raises(pamir.PamirError, match="two arms"):
        whole.effect("reference", "reference")


def test_bad_confidence_is_an_error(whole):
    with pytest.raises(pamir.PamirError, match="between 0 and 1"):
        whole.effect("all", confidence=95)


def test_dataset_says_what_it_is(whole):
    dataset = whole.effect("all", variable="income_real_per_capita").to_dataset()
    assert dataset["difference"].attrs["units"] == "CNY/person/year"
    assert dataset.attrs["interval"] == "simulation error only" and dataset.attrs["moment"] == "fitted"
    frame = whole.effect("all", variable="income_real_per_capita").to_dataframe()
    assert frame.loc[2030, "difference"] == pytest.approx(400.0)


def test_short_name_suggests_the_variables_that_begin_with_it(whole):
    with pytest.raises(pamir.PamirError, match="did you mean income_per_capita or income_real_per_capita"):
        whole.effect("all", variable="incom")


def test_unknown_label_names_those_there_are_and_no_foreign_hint(whole):
    with pytest.raises(pamir.PamirError) as caught:
        whole.effect("all", variable="poverty_headcount", line="extrme")
    text = str(caught.value)
    assert "has no line 'extrme'; did you mean extreme?" in text and "national_2300, extreme, near_poor" in text
    assert "index" not in text.lower() and "\n" not in text
    with pytest.raises(pamir.PamirError, match="no claim 'A0'.*it has: A14, A15, A34, A99$"):
        whole.effect("all", variable="claim/simulated", claim="A0")
    with pytest.raises(pamir.PamirError, match="no dimension 'line'; it has: year"):
        whole.effect("all", variable="income_per_capita", line="extreme")
    assert whole.effect("all", variable="income_per_capita", year=[2029, 2030]).difference.sizes == {"year": 2}
    assert whole.effect("all", variable="income_per_capita", year=slice(2028, None)).difference.sizes == {"year": 3}


def test_a_monthly_variable_has_yearly_means(whole):
    """Months of 2030 alone carry the planted difference: the last year's mean is that, of two years' half of it."""
    yaks = whole.county["n_yak"].load()
    years = yaks["month"].dt.year
    planted = xr.where((yaks["arm"] == "land") & (years == 2030), 12.0, 0.0) + yaks
    whole.county["n_yak"] = planted.transpose(*yaks.dims).assign_attrs(yaks.attrs)
    assert "month" in whole.effect("land", variable="n_yak").difference.dims
    assert float(whole.effect("land", variable="n_yak", last=1).difference) == pytest.approx(12.0)
    assert float(whole.effect("land", variable="n_yak", last=2).difference) == pytest.approx(6.0)
    with pytest.raises(pamir.PamirError, match="the last 17 years were asked for; there are 16"):
        whole.effect("land", variable="n_yak", last=17)
