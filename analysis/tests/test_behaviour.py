"""Behaviours: what is planted is found with its figure, and what is not planted is said not to come out.

Rung: closed form, on datasets written down here; then the same functions on the simulator's tiny result.
"""

import types

import numpy as np
import pytest
import xarray as xr

import pamir
from pamir import behaviour

YEARS = np.arange(2015, 2031)
N_YEARS, N_MONTHS = YEARS.size, 12 * YEARS.size
ARMS = ["reference", "placebo", "employer", "grant", "narrow_gap", "wide_gap", "honest", "captured"]
LUCK = np.array([-1.0, 1.0, 0.0])  # by replicate; sums to nil
BAD_YEARS = [2, 8, 14]  # from the first; the last is too late for its herds to be followed


def of(values, *dims, **labels):
    """An array by arm and replicate: values broadcast over them; every replicate differs a little."""
    values = np.asarray(values, float)
    shape = (len(ARMS), LUCK.size, *values.shape[-len(dims):])
    coords = {"arm": ARMS, "replicate": [1, 2, 3], "year": YEARS, "month": np.arange(N_MONTHS)}
    known = {d: coords[d] for d in ("arm", "replicate", *dims) if d in coords}
    return xr.DataArray(np.array(np.broadcast_to(values, shape)), dims=("arm", "replicate", *dims), coords={**known, **labels})


def by_arm(default, **arms):
    return np.array([arms.get(arm, default) for arm in ARMS])[:, None, None] + 0.01 * LUCK[None, :, None]


def season(low=0.9, high=1.2):
    """CNY by month: lean until May, plenty from September to November."""
    year = np.array([low, low, low - 0.02, low + 0.02, low, 1.0, 1.0, 1.0, high - 0.05, high + 0.05, high, 1.0])
    return np.tile(year, N_YEARS)


def herds():
    """(deaths by year, sheep by month, distress sales by year): bad years halve herds, which take four years to mend."""
    path = np.ones(N_YEARS)
    for year in BAD_YEARS:
        path[year : year + 5] = [0.5, 0.6, 0.7, 0.8, 0.9][: N_YEARS - year]
    deaths, sold = np.full(N_YEARS, 0.08), np.full(N_YEARS, 100.0)
    deaths[BAD_YEARS], sold[BAD_YEARS] = 0.5, 250.0
    return deaths, np.repeat(path * 1000, 12), sold


def plant():
    """A result's groups, as `pamir.open` gives them, with every behaviour in it."""
    deaths, sheep, sold = herds()
    month, year = np.ones(N_MONTHS), np.ones(N_YEARS)
    population = 1000.0
    # 1,000 persons; the grant of 10,000 CNY in 2018 raises income by 13,000 CNY in that year: 3,000 beyond itself.
    income = by_arm(8000.0) * year
    income[ARMS.index("grant"), :, 3] += 13.0 + 0.1 * LUCK
    price = by_arm(1.0) * month
    price[ARMS.index("grant"), :, 36:48] *= 1.02
    wages = (by_arm(100.0)[..., None] * np.ones((3, 1)) * year)
    wages[ARMS.index("employer"), :, 0, 3:] *= 1.1
    county = xr.Dataset(
        {
            "consumption_monthly": of(season(), "month"),
            "herd_death_rate": of(deaths[None], "species", "year", species=["sheep"]),
            "n_sheep": of(sheep, "month"),
            "new_distress_sales": of(sold, "year"),
            "gini_income": of(0.37 * year, "year"),
            "poverty_always_share": of(0.05 * year, "year"),
            "poverty_sometimes_share": of(0.25 * year, "year"),
            "poverty_headcount": of(np.linspace(0.3, 0.1, N_YEARS)[None], "line", "year", line=["national"]),
            "poverty_chronic": of(0.01 * year, "year"),
            "poverty_transient": of(0.03 * year, "year"),
            "n_migrants": of(by_arm(100.0, narrow_gap=60.0, wide_gap=140.0) * month, "month"),
            "activity_persons": of(np.array([[200.0], [300.0]]) * year, "activity", "year", activity=["home", "migrant"]),
            "coop_members": of(by_arm(100.0, honest=120.0, captured=30.0) * year, "year"),
            "service_price": of(price, "month"),
            "income_per_capita": of(income, "year"),
            "population": of(population * year, "year"),
        }
    )
    households = 8000.0 * np.exp(0.5 * np.linspace(-1, 1, 20))[:, None] * year
    panel = of(np.broadcast_to(households, (len(ARMS), 3, 20, N_YEARS)).copy(), "household", "year")
    panel[ARMS.index("placebo"), :, 0, 4] += 100.0  # one household in one year
    # Of 20 households one is always poor, and four leave after the first year: one of them is poor again in the third.
    poor = np.zeros((20, N_YEARS))
    poor[0], poor[1:5, 0], poor[4, 2] = 1, 1, 1
    names = ["unit-03-1", "unit-04-1", "unit-04-2"]
    paid = by_arm(0.0)[..., 0] * 0 + np.array([[1e4 if arm == "grant" else 0.0] for arm in ARMS])
    run = types.SimpleNamespace(
        path="planted.h5", arms=list(ARMS), reference="reference", placebo="placebo", years=YEARS,
        complete=of(np.ones(1), "one").isel(one=0).astype(bool), county=county,
        village=xr.Dataset({"wage_casual": of(wages, "village", "year", village=names)}),
        panel=xr.Dataset({"income_real": panel, "poor": of(poor, "household", "year")}),
        investment=xr.Dataset({"money_paid": of(paid[..., None], "investment", investment=["grant"])}),
    )  # fmt: skip
    run.has = lambda group, name=None: name is None or name in getattr(run, group)
    return run


@pytest.fixture(name="planted")
def planted_fixture():
    return plant()


def found(run, name):
    return behaviour.findings(run, [name])[0]


def test_every_planted_behaviour_comes_out_with_its_tag(planted):
    findings = behaviour.findings(planted)
    assert [f.name for f in findings] == list(behaviour.BEHAVIOURS)
    for finding in findings:
        assert finding.holds, f"{finding.name}: {finding.found}"
        assert finding.claim and finding.tag


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        # A year's mean is 1.0083: 5 months around 0.9, 3 around 1.2, 4 at 1.
        ("lean_winter", ["lowest in March (-12.7 percent), highest in October (+24.0)", "to May -10.7", "September to November +19.0"]),
        ("bad_winter", ["50 percent die in the worst sixth", "8 in the others", "distress sales 250 household-months in bad years, 100 in others (2.50 times)"]),
        ("income_distribution", ["Gini 0.370 in 2015, 0.370 in 2023, 0.370 in 2030", "skewness -0.00, excess kurtosis -1.21"]),
        ("poverty_persistence", ["5.0 percent", "poor in every year, 25.0 in some", "chronic part of squared poverty 25 percent",
                                 "20.0 percent of the panel's households left poverty in these years, and 25 percent of those were poor again",
                                 "the headcount falls from 30.0 to 23.3 percent, so that 'some years' is mostly one way"]),
        ("employer_wages", ["+10.0 ± 0.0 percent in its township, +0.00 ± 0.00", "labour does not move between townships"]),
        ("migration_gap", ["narrow_gap: 12.0 ± 0.0", "reference: 20.0 ± 0.0", "wide_gap: 28.0 ± 0.0"]),
        ("cooperative_members", ["honest: 120 ± 0", "reference: 100 ± 0", "captured: 30 ± 0"]),
        ("grant_multiplier", ["brought +0.30 ± 0.02 yuan of other nominal income by 2022", "+2.00 ± 0.00 percent"]),
        # One of 20 households in one of 16 years.
        ("placebo_spread", ["0.3 percent of household-years"]),
    ],
)  # fmt: skip
def test_the_figure_is_that_which_was_planted(planted, name, figures):
    text = found(planted, name).found
    for figure in figures:
        assert figure in text, text


def test_herds_fall_and_mend_as_planted(planted):
    line = next(x for x in found(planted, "bad_winter").figure.axes[0].lines if x.get_label() == "years after a bad winter")
    assert list(line.get_xdata()) == list(range(-1, 6))
    # The years before 2017 and 2023 both stand at the full herd.
    assert line.get_ydata() == pytest.approx([100, 50, 60, 70, 80, 90, 100])


def test_the_gap_after_a_bad_winter_has_its_interval(planted):
    """Replicates that mend by more or less: gaps of 40, 38 and 42 percent a year after, by hand, where others stand still."""
    sheep = planted.county["n_sheep"].values.copy()
    sheep[...] = 1000.0
    for replicate, gap in enumerate((0.40, 0.38, 0.42)):
        for year in BAD_YEARS:
            sheep[:, replicate, 12 * (year + 1) : 12 * (year + 2)] = 1000.0 * (1 - gap)
    planted.county["n_sheep"] = of(sheep, "month")
    usual = behaviour._around(sheep[0][:, 11::12], np.ones((3, N_YEARS), bool) & ~np.isin(np.arange(N_YEARS), BAD_YEARS))
    gaps = 100 * (1 - np.array([0.60, 0.62, 0.58]) / usual[:, 2])
    half = 4.302653 * gaps.std(ddof=1) / 3**0.5  # t of 2 degrees of freedom
    assert f"{gaps.mean():.1f} ± {half:.1f} after one year" in found(planted, "bad_winter").found


def test_too_short_a_result_is_not_judged_and_does_not_crash(planted):
    planted.years = YEARS[:1]
    for group in ("county", "village", "panel"):
        data = getattr(planted, group)
        cut = {d: slice(n) for d, n in (("year", 1), ("month", 12)) if d in data.dims}
        setattr(planted, group, data.isel(cut))
    findings = {f.name: f for f in behaviour.findings(planted)}
    for name in ("lean_winter", "bad_winter", "poverty_persistence", "employer_wages", "grant_multiplier"):
        assert findings[name].holds is None and findings[name].verdict == "cannot be judged" and findings[name].figure is None
    assert "there are 12 months" in findings["lean_winter"].found
    with pytest.raises(behaviour.NotJudged, match="no bad year"):
        behaviour.bad_winter(planted)


def test_without_a_panel_its_findings_are_not_judged(planted):
    planted.has = lambda group, name=None: group != "panel"
    findings = {f.name: f for f in behaviour.findings(planted)}
    assert findings["income_distribution"].holds is None and findings["placebo_spread"].holds is None
    assert findings["income_distribution"].found == "the result has no /panel/income_real"
    assert findings["poverty_persistence"].holds and "without a panel it is not known" in findings["poverty_persistence"].found


def test_figures_say_where_their_axis_is_cut(planted):
    figures = {f.name: f.figure for f in behaviour.findings(planted) if f.figure is not None}
    assert figures["income_distribution"].axes[0].get_ylabel() == "Gini\naxis begins at 0.2"
    for name, figure in figures.items():
        ax = figure.axes[0]
        assert ax.get_ylim()[0] <= 0 or "axis begins at" in ax.get_ylabel(), name
    for name in ("bad_winter", "migration_gap"):
        assert figures[name].axes[0].collections, f"{name} has bands"


def test_growth_alone_is_no_season(planted):
    """Consumption that grows on a straight line has no lean month: the year's mean is centred on each month."""
    planted.county["consumption_monthly"] = of(1.0 + 0.01 * np.arange(N_MONTHS), "month")
    figure = found(planted, "lean_winter").figure
    assert max(abs(bar.get_height()) for bar in figure.axes[0].patches) < 1e-9


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("lean_winter", lambda run: run.county.update({"consumption_monthly": of(season(1.2, 0.9), "month")})),
        # A harvest peak over a spring that is not lean: autumn alone is no season.
        ("lean_winter", lambda run: run.county.update({"consumption_monthly": of(np.tile([0.6] + 4 * [1.01] + 3 * [0.9] + 3 * [1.2] + [0.9], N_YEARS), "month")})),
        ("bad_winter", lambda run: run.county.update({"n_sheep": of(np.full(N_MONTHS, 1000.0), "month")})),
        ("bad_winter", lambda run: run.county.update({"new_distress_sales": of(100.0 - 0 * YEARS, "year")})),
        ("income_distribution", lambda run: run.county.update({"gini_income": of(0.43 + 0 * YEARS, "year")})),
        ("poverty_persistence", lambda run: run.county.update({"poverty_transient": of(0 * YEARS, "year")})),
        ("employer_wages", lambda run: run.village.update({"wage_casual": run.village.wage_casual * 0 + 100})),
        ("migration_gap", lambda run: run.county.update({"n_migrants": of(by_arm(100.0, wide_gap=140.0) * np.ones(N_MONTHS), "month")})),
        ("cooperative_members", lambda run: run.county.update({"coop_members": of(by_arm(100.0, captured=101.0) * np.ones(N_YEARS), "year")})),
        ("grant_multiplier", lambda run: run.county.update({"income_per_capita": of(by_arm(8000.0) * np.ones(N_YEARS), "year")})),
    ],
)
def test_what_is_not_there_does_not_come_out(planted, name, spoil):
    """The test of the tests above: each behaviour can fail to hold."""
    spoil(planted)
    assert found(planted, name).holds is False, found(planted, name).found


def test_a_lost_replicate_changes_no_figure_of_the_others(planted):
    """Replicate 3 has no luck of its own and is the mean of the others."""
    before = {f.name: f.found for f in behaviour.findings(planted)}
    for group in ("county", "village", "panel", "investment"):
        for values in getattr(planted, group).values():
            values.loc[{"arm": "reference", "replicate": 3}] = np.nan
    planted.complete.loc[{"arm": "reference", "replicate": 3}] = False
    for finding in behaviour.findings(planted):
        assert "nan" not in finding.found, finding.found
        if finding.name in ("lean_winter", "bad_winter", "income_distribution", "poverty_persistence"):
            assert finding.found == before[finding.name]


def test_behaviours_whose_arms_are_missing_are_left_out(planted):
    planted.arms = ["reference"]
    planted.placebo = None
    assert [f.name for f in behaviour.findings(planted)] == [
        "lean_winter", "bad_winter", "income_distribution", "poverty_persistence",
    ]  # fmt: skip
    with pytest.raises(pamir.PamirError, match="no placebo arm"):
        behaviour.placebo_spread(planted)


def test_unknown_names_and_townships_are_refused(planted):
    with pytest.raises(pamir.PamirError, match="no behaviour 'winter'; one of lean_winter"):
        behaviour.findings(planted, ["winter"])
    with pytest.raises(pamir.PamirError, match="0 of 3 villages are of unit-09"):
        behaviour.employer_wages(planted, "unit-09")


def test_a_figure_is_written_for_each_behaviour_that_has_one(planted, tmp_path):
    findings = behaviour.write(planted, tmp_path / "new" / "folder")
    written = sorted(path.stem for path in (tmp_path / "new" / "folder").glob("*.png"))
    assert written == sorted(f.name for f in findings if f.figure is not None)
    assert set(behaviour.BEHAVIOURS) - set(written) == {"grant_multiplier", "placebo_spread"}
    for finding in findings:
        if finding.figure is not None:
            ax = finding.figure.axes[0]
            assert ax.get_title("left") and ax.get_ylabel(), finding.name


def test_the_simulators_tiny_result_answers_what_its_arms_allow(tiny_path):
    with pamir.open(tiny_path) as run:
        findings = {f.name: f for f in behaviour.findings(run)}
    assert set(findings) == {"lean_winter", "bad_winter", "income_distribution", "poverty_persistence", "placebo_spread"}
    assert findings["placebo_spread"].holds
    assert findings["bad_winter"].holds is None  # six years are too few to mend in
    assert findings["bad_winter"].found.startswith("no bad year with the year before and five after it")
    for name in ("lean_winter", "income_distribution", "poverty_persistence", "placebo_spread"):
        assert "nan" not in findings[name].found, findings[name].found
