"""A sweep: what was set at each point, the effect by point against numbers written down, figures and the page."""

import h5py
import numpy as np
import pamir
import pytest
import synthetic
from pamir import __main__ as command
from pamir import plots, report

ARMS = ("reference", "placebo", "yak", "all")
BIRTHS, PRICE, SNOW = synthetic.SWEPT


@pytest.fixture(name="run", scope="module")
def run_fixture(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "sweep.h5"
    synthetic.write(path, synthetic.Spec(arms=ARMS, points=6, n_replicates=4, lost={("yak", 1): -8, ("all", 2): 1}))
    with pamir.open(path) as run:
        yield run


def test_points_have_numbers_with_units_and_texts_where_there_are_none(run):
    table = run.points
    assert list(table.columns) == list(synthetic.SWEPT) and list(table.index) == list(range(6)) and run.n_points == 6
    for point in range(6):
        births, price, snow = synthetic.setting(point)
        assert table.loc[point, BIRTHS] == pytest.approx(births) and table.loc[point, PRICE] == price and table.loc[point, SNOW] == snow
    assert table.attrs["units"] == {BIRTHS: "1/year", PRICE: "CNY/head", SNOW: "1"}


def test_response_is_the_planted_slope_in_the_order_of_the_parameter(run):
    one = run.response("income_real_per_capita", "all", "births", last=3)
    assert one.parameter == BIRTHS and one.parameter_unit == "1/year" and one.others == [PRICE, SNOW]
    assert list(one.table[BIRTHS]) == sorted(one.table[BIRTHS])
    deviation = np.delete(synthetic.DEVIATION[:4], 2).mean()  # replicate 3 is lost
    for row in one.table.to_dict("records"):
        assert row["difference"] == pytest.approx(400.0 + deviation + synthetic.SLOPE * (row["point"] % 3))
        assert row["low"] < row["difference"] < row["high"] and (row["n_pairs"], row["n_lost"]) == (3, 1)
    assert "(1 lost)" in str(one) and "by parameters.livestock.yak.births [1/year]" in str(one)


def test_the_whole_path_or_an_end_of_it_names_a_parameter_and_others_are_refused(run):
    assert run.response("gini_income", "all", PRICE).parameter == PRICE
    assert run.response("gini_income", "all").parameter == BIRTHS
    with pytest.raises(pamir.PamirError, match="no swept parameter 'birth'.*the sweep has: .*price"):
        run.response("gini_income", "all", "birth")
    with pytest.raises(pamir.PamirError, match="has a value for each line; select one"):
        run.response("poverty_headcount", "all", "births")
    assert run.response("poverty_headcount", "all", "births", line="extreme").table["difference"].notna().all()


def test_lost_pairs_are_counted_at_each_point(run):
    assert list(run.lost_pairs("yak")) == [1] * 6 and list(run.lost_pairs("placebo")) == [0] * 6
    with pytest.raises(pamir.PamirError, match="no arm 'yack'"):
        run.lost_pairs("yack")


def test_a_failed_row_has_the_command_that_replays_it_and_a_missing_one_has_none(run):
    failed = [row for row in run.lost if row["code"] < 0]
    assert len(failed) == 6 and len(run.lost) == 12
    assert failed[3]["replay"] == f"pamir rerun {run.path} --arm yak --replicate 2 --point 3"
    assert all(row["replay"] == "" for row in run.lost if row["code"] > 0)


def test_without_a_sweep_there_is_no_response_and_it_is_said(tmp_path):
    synthetic.write(tmp_path / "one.h5", synthetic.Spec(n_replicates=2, lost={("yak", 0): -6}))
    with pamir.open(tmp_path / "one.h5") as run:
        assert run.n_points == 1 and list(run.lost_pairs("yak")) == [1]
        with pytest.raises(pamir.PamirError, match="this is no sweep"):
            run.response("gini_income", "all")
        with pytest.raises(pamir.PamirError, match="this is no sweep"):
            run.points  # noqa: B018 - a property that raises
        assert run.lost[0]["replay"] == f"pamir rerun {run.path} --arm yak --replicate 1"


def test_figure_has_units_on_both_axes_a_line_for_each_other_value_and_every_interval(run):
    one = run.response("income_real_per_capita", "all", "births", last=3)
    ax = one.plot(run).axes[0]
    assert ax.get_xlabel() == f"{BIRTHS} [1/year]" and "CNY" in ax.get_ylabel()
    drawn = np.sort(np.concatenate([bars.lines[0].get_ydata() for bars in ax.containers]).astype(float))
    assert drawn == pytest.approx(np.sort(one.table["difference"].values))
    ends = [segment for bars in ax.containers for segment in bars.lines[2][0].get_segments()]
    assert len(ends) == 6 and np.allclose(sorted(e[1][1] - e[0][1] for e in ends), np.sort(2 * one.table["half_width"].values))
    with pytest.raises(ValueError, match="no numbers"):
        plots.response(run, run.response("gini_income", "all", "snow"))


def test_page_of_a_sweep_has_every_point_its_lost_pairs_and_figures(run):
    text = report.render(run)
    assert "this result is a sweep: 6 points of 3 parameters" in text.lower()
    assert text.count('<th scope="row" class="t">') == 6 and text.count("<small>1 lost</small>") == 12 * 2
    assert "pamir rerun" in text and "12 of 96 rows" in text
    assert text.count("<svg") == 4 and f"by {BIRTHS}" in text  # two parameters that are numbers, two arms


def test_info_and_effect_of_the_command_show_the_points(run, capsys):
    assert command.main(["info", str(run.path)]) == 0
    said = capsys.readouterr().out
    assert "/sweep: 6 points" in said and "point 3, replicate 2" in said and "pamir rerun" in said
    assert command.main(["effect", str(run.path), "all", "gini_income", "--by", "births"]) == 0
    assert f"by {BIRTHS}" in capsys.readouterr().out


def test_points_that_lose_different_pairs_are_each_counted_and_computed_without_them(tmp_path):
    lost = {(0, "yak", 1): -8, (2, "yak", 0): -8, (2, "reference", 3): -8, (4, "all", 2): -8}
    synthetic.write(tmp_path / "some.h5", synthetic.Spec(arms=ARMS, points=6, n_replicates=4, lost_at=lost))
    synthetic.write(tmp_path / "none.h5", synthetic.Spec(arms=ARMS, points=6, n_replicates=4))
    with pamir.open(tmp_path / "some.h5") as run, pamir.open(tmp_path / "none.h5") as whole:
        assert list(run.lost_pairs("yak")) == [1, 0, 2, 0, 0, 0] and list(run.lost_pairs("all")) == [0, 0, 1, 0, 1, 0]
        some, every = (of.response("income_real_per_capita", "yak", BIRTHS).table.sort_values("point", ignore_index=True) for of in (run, whole))
        assert list(some["n_lost"]) == [1, 0, 2, 0, 0, 0] and list(some["n_pairs"]) == [3, 4, 2, 4, 4, 4]
        assert some["difference"].notna().all()
        same = (some["difference"] == every["difference"]) & (some["low"] == every["low"])
        assert list(same) == [False, True, False, True, True, True]


@pytest.mark.parametrize("stopped, told", [
    ("after 4 of at most 32 replicates: the half-width is 3.1 CNY/person/year, 5 was asked for (looked at repeatedly)", True),
    ("the maximum of 4 replicates came first: the half-width is 9 CNY/person/year, 5 was asked for", False),
])  # fmt: skip
def test_why_a_batch_stopped_is_told_in_the_files_own_words(tmp_path, stopped, told):
    synthetic.write(tmp_path / "one.h5", synthetic.Spec(n_replicates=4))
    with h5py.File(tmp_path / "one.h5", "a") as file:
        file["meta"].create_dataset("stopped", data=stopped, dtype=h5py.string_dtype())
    with pamir.open(tmp_path / "one.h5") as run:
        assert run.stopped_early.endswith(stopped) if told else run.stopped_early == ""
        assert (stopped in str(run.effect("all", None, "gini_income"))) == told


@pytest.mark.parametrize("asked, told", [(0, False), (4, False), (40, True)])
def test_intervals_after_stopping_early_are_said_to_be_narrow(tmp_path, asked, told):
    synthetic.write(tmp_path / "one.h5", synthetic.Spec(n_replicates=4, asked=asked))
    with pamir.open(tmp_path / "one.h5") as run:
        effect = run.effect("all", None, "gini_income")
        assert bool(run.stopped_early) == told == ("slightly too narrow" in str(effect)) == ("warning" in effect.to_dataset().attrs)
        assert ("4 of at most 40" in report.render(run)) == told
