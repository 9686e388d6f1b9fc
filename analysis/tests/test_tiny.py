"""The same package on a result of the simulator itself: PAMIR_TINY names it, and test.sh sets it."""

import os
import re
import subprocess

import numpy as np
import pytest

import pamir
from pamir import plots, report
from test_report import check_page
from test_results import check_plain_xarray


@pytest.fixture
def tiny(tiny_path):
    with pamir.open(tiny_path) as run:
        yield run


@pytest.mark.parametrize("engine", ["netcdf4", "h5netcdf"])
def test_simulator_file_opens_in_plain_xarray_without_a_warning(tiny_path, engine):
    check_plain_xarray(tiny_path, engine)


def test_simulator_file_has_the_indicators_that_comparisons_use(tiny):
    for name in (
        "income_per_capita", "income_real_per_capita", "consumption_per_capita", "consumption_real_per_capita",
        "poverty_headcount", "poverty_gap", "poverty_severity", "gini_income", "employment_rate", "price_index", "population",
    ):  # fmt: skip
        assert name in tiny.county, name
        assert np.isfinite(tiny.county[name].where(tiny.complete)).any(), f"{name} holds no number"
    assert {"income_real", "consumption_real"} <= set(tiny.panel.data_vars)
    assert {"money_promised", "money_paid", "date_promised", "date_realised", "offered"} <= set(tiny.investment.data_vars)


def test_simulator_says_which_moments_are_evidence(tiny):
    tags = {v.attrs.get("moment", v.attrs.get("tag", "")) for v in tiny.county.data_vars.values()}
    assert "emergent" in tags and tags <= {"imposed", "fitted", "emergent", ""}


def test_simulator_ledger_sums_to_zero(tiny):
    """Receipts less payments less change of the account, for each account and year, is zero to the coin."""
    flow = tiny.ledger["flow"].load().where(tiny.complete, 0)
    change = tiny.ledger["stock_change"].load().where(tiny.complete, 0)
    receipts = flow.sum("payer").rename(payee="payer")
    rest = receipts - flow.sum("payee") - change
    assert float(np.abs(rest).max()) < 0.005


def test_every_arm_of_the_simulator_has_effects_winners_and_costs(tiny):
    for arm in tiny.program_arms:
        effect = tiny.effect(arm, variable="income_per_capita", last=1)
        assert np.isfinite(float(effect.difference)) and effect.counterpart is not None
        share = tiny.winners(arm).shares.sel(who="all")
        assert float(share["gained"] + share["lost"] + share["neither"]) == pytest.approx(1.0)
        assert np.isfinite(float(tiny.costs(arm).money["money_paid"]))


def test_shares_of_the_simulator_are_shares(tiny):
    for name in ("poverty_headcount", "poverty_gap", "poverty_severity", "gini_income", "employment_rate",
                 "mpi", "mpi_headcount", "deprived_share", "coping_share", "quintile_stay_share", "lorenz_consumption"):  # fmt: skip
        values = tiny.county[name].where(tiny.complete)
        assert float(values.min()) >= 0 and float(values.max()) <= 1, name


def test_structure_of_the_simulator_is_drawn(tiny):
    for variable in ("value_added", "activity_persons", "coping_share", "income_by_source"):
        assert plots.parts_over_time(tiny, variable, variable).axes[0].get_ylabel()
    assert len(plots.lorenz(tiny).axes[0].lines) == 1 + len(tiny.arms)


def test_page_of_a_result_of_the_simulator(tiny):
    check_page(report.render(tiny))


def test_summary_and_package_count_the_same_gainers_and_losers(tiny, tiny_path):
    """Slow twin: `pamir summary` is written in C, this package in Python, from the same definition."""
    binary = os.environ.get("PAMIR_BIN")
    if not binary:
        pytest.skip("PAMIR_BIN is unset: no binary to compare with")
    text = subprocess.run([binary, "summary", str(tiny_path), "--width", "10000"], capture_output=True, text=True, check=True).stdout
    section = text[text.index("Who gained and who lost in real income") : text.index("Who gained and who lost in real consumption")]
    arms = [a for a in tiny.arms if a != tiny.reference]
    rows = {}
    for line in section.splitlines():
        label, *cells = re.split(r"\s{2,}", line.strip())
        rows.setdefault(label.split(",")[0], []).extend(cells)
    for name in ("gained", "lost", "neither", "mean difference"):
        assert len(rows[name]) == len(arms), rows[name]
        for arm, cell in zip(arms, rows[name]):
            who = tiny.winners(arm)
            if name == "mean difference":
                value, half = float(who.mean.sel(who="all")), float(who.mean_half_width.sel(who="all"))
                low, high = value - half, value + half
            else:
                share = 100 * who.shares.sel(who="all")
                value, half, low, high = (float(share[f"{name}{end}"]) for end in ("", "_half_width", "_low", "_high"))
            printed = [float(v.replace("\N{MINUS SIGN}", "-")) for v in re.findall(r"[-+\N{MINUS SIGN}]?[\d.]+", re.sub(r"(?<=\d)-", " ", cell).replace(",", ""))]
            expected = {"\N{PLUS-MINUS SIGN}": [value, half], "(": [value, low, high]}
            kind = next((k for k in expected if k in cell), None)
            wanted = expected[kind] if kind else ([0.0] * len(printed) if abs(value) + abs(half) < 0.05 else [value])
            np.testing.assert_allclose(printed, wanted, atol=0.0501, err_msg=f"{arm}, {name}: {cell}")
