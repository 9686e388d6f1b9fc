"""Money and cost per result against sums done by hand."""

import numpy as np
import pytest

import pamir
import synthetic
from pamir.costs import fieller


def test_money_is_summed_over_programs(whole):
    result = whole.costs("all")
    assert float(result.money["money_paid"]) == pytest.approx(sum(synthetic.PAID))
    assert float(result.money["money_promised"]) == pytest.approx(1.1 * sum(synthetic.PAID))
    assert float(result.money["money_leaked"]) == pytest.approx(0.08 * sum(synthetic.PAID))
    assert float(result.money["money_recovered"]) == pytest.approx(0.02 * sum(synthetic.PAID))
    assert float(result.money["money_paid_half_width"]) == pytest.approx(0.0)


def test_only_programs_of_the_arm_are_listed(whole):
    assert list(whole.costs("land").by_program["investment"].values) == ["forage_land"]
    assert list(whole.costs("all").by_program["investment"].values) == list(synthetic.PROGRAMS)


def test_money_is_deflated_with_the_reference_prices(whole):
    half = synthetic.PAID[0] / 2
    expected = half / synthetic.INFLATION**3 + half / synthetic.INFLATION**4
    assert whole.costs("land").real_paid == pytest.approx(expected)


def test_cost_per_unit_of_income_is_money_over_gain(whole):
    result = whole.costs("land")
    gain = 120.0 * (0.5 + 11) * 41188  # persons x years in operation
    ratio = result.ratios[0]
    assert ratio.verdict == "" and ratio.result == pytest.approx(gain)
    assert ratio.value == pytest.approx(result.real_paid / gain)
    assert ratio.low < ratio.value < ratio.high


def test_loss_has_no_cost_per_unit(whole):
    ratio = whole.costs("cattle").ratios[0]
    assert "loss" in ratio.verdict and np.isnan(ratio.value) and ratio.result < 0


def test_arm_that_pays_nothing_has_no_cost_per_unit(whole):
    assert all(r.verdict == "nothing was paid" for r in whole.costs("placebo").ratios)


def test_fieller_solves_its_own_definition():
    """Definition: at both ends of the interval the t statistic of cost - ratio x result is the quantile."""
    cost, result = np.array([10.0, 12.0, 9.0, 11.0, 13.0]), np.array([2.0, 2.6, 1.7, 2.2, 2.4])
    value, low, high = fieller(cost, result)
    assert value == pytest.approx(cost.mean() / result.mean())
    assert low < value < high
    for end in (low, high):
        rest = cost - end * result
        assert abs(rest.mean()) / (rest.std(ddof=1) / np.sqrt(5)) == pytest.approx(2.776445, rel=1e-5)


def test_result_not_told_from_zero_has_no_interval():
    assert np.isnan(fieller(np.array([1.0, 1.0, 1.0]), np.array([-1.0, 0.5, 1.0]))).all()
    assert np.isnan(fieller([1.0], [1.0])).all()


def test_lost_replicates_are_left_out_of_money(lossy):
    result = lossy.costs("all")
    assert result.n_pairs == 5 and result.n_lost == 3
    assert float(result.money["money_paid"]) == pytest.approx(sum(synthetic.PAID))


def test_claims_stand_beside_what_the_arms_gave(whole):
    table = whole.claims_table(arms=["as_happened"]).set_index("claim")
    assert table.loc["A15", "published"] == 400.0
    assert table.loc["A15", "mean"] == pytest.approx(400.0)
    assert table.loc["A15", "verdict"] == "inside"
    assert table.loc["A34", "verdict"] == "above"  # published 8, simulated 5 in every replicate
    assert table.loc["A99", "n"] == 0 and table.loc["A99", "verdict"] == ""
    assert "A99" not in set(whole.claims_table(simulated_only=True)["claim"])


def test_claims_of_an_unknown_arm_are_an_error(whole):
    with pytest.raises(pamir.PamirError, match="no arm"):
        whole.claims_table(arms=["nobody"])


def test_where_there_are_no_jobs_there_is_none_to_cost(whole):
    """Land makes no jobs at all; that is told from a result that luck hides."""
    assert [r.verdict for r in whole.costs("land").ratios if r.result_unit == "jobs"] == ["none"]


def test_one_replicate_gives_no_cost_per_result(tmp_path):
    synthetic.write(tmp_path / "x.h5", synthetic.Spec(arms=("reference", "yak"), n_replicates=1))
    with pamir.open(tmp_path / "x.h5") as run:
        result = run.costs("yak")
        assert {r.verdict for r in result.ratios} == {"one replicate: not known"}
        for text in (str(result), str(run.effect("yak")), str(run.winners("yak"))):
            assert "one replicate: how sure is not known" in text and "95%" not in text and "1 pairs" not in text
