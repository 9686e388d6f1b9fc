"""Opening a result: what is read, what is refused, what is reported as missing."""

import shutil
import subprocess
import sys
import warnings

import h5py
import numpy as np
import pytest
import xarray as xr

import pamir
import synthetic
from pamir.results import GROUPS


def test_run_says_what_the_experiment_was(whole):
    assert whole.arms == list(synthetic.ARMS)
    assert (whole.reference, whole.placebo, whole.base_year, whole.currency) == ("reference", "placebo", "2015", "CNY")
    assert whole.title == "Tashkurgan, synthetic"
    assert whole.text("seed") == "20261122"
    assert whole.n_replicates == 8
    assert whole.years[0] == 2015 and whole.years[-1] == 2030


def test_groups_are_datasets_with_named_dimensions(whole):
    assert whole.county["income_per_capita"].dims == ("arm", "replicate", "year")
    assert whole.quintile["income_real_per_capita"].dims == ("arm", "replicate", "quintile", "year")
    assert whole.panel["income_real"].dims == ("arm", "replicate", "household", "year")
    assert whole.ledger["flow"].dims == ("arm", "replicate", "year", "payer", "payee")
    assert whole.claims["simulated"].dims == ("arm", "replicate", "claim")
    assert whole.village.sizes["village"] == 2
    assert whole.county["income_per_capita"].attrs["units"] == "CNY/person/year"


def test_values_are_read_only_when_used(whole_path):
    with pamir.open(whole_path) as run:
        assert not run.panel["income_real"].variable._in_memory
        run.county["income_per_capita"].sel(arm="all").mean()
        assert not run.county["consumption_per_capita"].variable._in_memory


def test_months_and_dates_are_dates_and_never_is_nat(whole):
    assert whole.county["month"].values[0] == np.datetime64("2015-01-01")
    realised = whole.investment["date_realised"].sel(arm="all", replicate=1, investment="yak_chain")
    assert realised.sel(milestone="completed").values == np.datetime64("2019-03-02")
    assert np.isnat(realised.sel(milestone="ended").values)


def test_dates_that_count_from_a_named_day_are_read_without_a_warning(whole_path, tmp_path):
    """xarray 2023.01 warns about NaN in such variables; the package reads them all the same."""
    path = tmp_path / "since.h5"
    shutil.copy(whole_path, path)
    with h5py.File(path, "a") as file:
        for name in ("date_promised", "date_realised"):
            file["investment"][name].attrs["units"] = "days since 2015-01-01"
    with pamir.open(path) as run, pamir.open(whole_path) as other:
        assert bool((run.investment["date_promised"] == other.investment["date_promised"]).sum() > 0)
        assert run.investment["date_realised"].identical(other.investment["date_realised"])


@pytest.mark.parametrize("engine", ["netcdf4", "h5netcdf"])
def test_plain_xarray_opens_every_group_without_a_warning(whole_path, engine):
    check_plain_xarray(whole_path, engine)


def check_plain_xarray(path, engine):
    """Every group opens and loads with every warning an error; dimensions have coordinates; variables have units."""
    with h5py.File(path, "r") as file:
        names = [n for n in file if isinstance(file[n], h5py.Group)]
    assert set(GROUPS) - {"panel", "claim"} <= set(names)  # a sweep has no panel, an experiment need name no claims
    for name in names:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", "numpy.ndarray size changed", RuntimeWarning)
            with xr.open_dataset(path, group=name, engine=engine) as dataset:
                dataset.load()
                if name == "meta":
                    continue
                for dim in dataset.dims:
                    assert not str(dim).startswith("phony_dim"), f"/{name}: {dim}"
                    assert dim in dataset.coords, f"/{name}: dimension {dim} has no coordinate"
                for key, variable in dataset.data_vars.items():
                    assert "long_name" in variable.attrs, f"/{name}/{key} has no long_name"
                    is_date = variable.dtype.kind == "M"
                    assert is_date or "units" in variable.attrs or "units" in variable.encoding, f"/{name}/{key} has no units"


@pytest.mark.parametrize("engine", ["netcdf4", "h5netcdf"])
def test_both_engines_give_the_same_effect(whole_path, engine):
    with pamir.open(whole_path, engine=engine) as run:
        assert float(run.effect("land", variable="income_real_per_capita").sel(year=2030).difference) == pytest.approx(120.0)


def test_complete_result_reports_no_lost_row(whole):
    assert whole.lost == []
    assert bool(whole.complete.all())


def test_lost_rows_are_reported_with_their_reason(lossy):
    assert [(r["arm"], r["replicate"], r["why"]) for r in lossy.lost] == [
        ("reference", 3, "the books did not close"),
        ("all", 2, "the model broke one of its own promises"),
        ("all", 4, "not run"),
    ]
    assert "3 rows lost" in repr(lossy)
    assert not bool(lossy.complete.sel(arm="all", replicate=2))


def test_absent_file_is_an_error_that_names_it(tmp_path):
    with pytest.raises(pamir.PamirError, match="no such file"):
        pamir.open(tmp_path / "nothing.h5")


def test_unfinished_parts_are_told_from_an_absent_file(tmp_path):
    (tmp_path / "out.h5.parts").mkdir()
    with pytest.raises(pamir.PamirError, match="not finished.*--resume"):
        pamir.open(tmp_path / "out.h5")


def test_other_files_are_refused(tmp_path):
    text = tmp_path / "text.h5"
    text.write_text("no HDF5")
    with pytest.raises(pamir.PamirError, match="no HDF5 file"):
        pamir.open(text)
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file.create_group("weather")
    with pytest.raises(pamir.PamirError, match="not a Pamir result.*weather"):
        pamir.open(other)
    with pytest.raises(pamir.PamirError, match="folder"):
        pamir.open(tmp_path)


@pytest.mark.parametrize("at", [9, 700, 40000, -300, -48, -41, -36, -1], ids=str)
def test_one_flipped_bit_is_found_before_hdf5_sees_it(whole_path, tmp_path, at):
    content = bytearray(whole_path.read_bytes())
    content[at] ^= 4
    (tmp_path / "flipped.h5").write_bytes(content)
    with pytest.raises(pamir.DamagedError, match="SHA-256"):
        pamir.open(tmp_path / "flipped.h5")


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b[:-40], lambda b: b + b"\n"], ids=["one off", "40 off", "one more"])
def test_file_that_lost_or_got_bytes_is_refused(whole_path, tmp_path, change):
    (tmp_path / "cut.h5").write_bytes(change(whole_path.read_bytes()))
    with pytest.raises(pamir.DamagedError):
        pamir.open(tmp_path / "cut.h5")


def test_file_without_a_seal_opens_and_says_so(whole_path, tmp_path):
    (tmp_path / "plain.h5").write_bytes(whole_path.read_bytes()[:-48])
    with pamir.open(tmp_path / "plain.h5") as run, pamir.open(whole_path) as whole:
        assert not run.sealed and whole.sealed


def test_torn_file_is_refused(whole_path, tmp_path):
    torn = tmp_path / "torn.h5"
    torn.write_bytes(whole_path.read_bytes()[:5000])
    with pytest.raises(pamir.PamirError, match="cannot be opened"):
        pamir.open(torn)


def test_missing_group_is_an_error_that_lists_the_others(tmp_path):
    path = tmp_path / "sweep.h5"
    synthetic.write(path, synthetic.Spec(points=2, n_replicates=2))
    with pamir.open(path) as run:
        with pytest.raises(pamir.PamirError, match="no group /panel.*county"):
            run.panel


def test_unknown_arm_is_an_error_that_lists_the_arms(whole):
    with pytest.raises(pamir.PamirError, match="no arm 'lnad'.*land"):
        whole.check_arm("lnad")


def test_file_can_be_opened_many_times_and_closed_twice(whole_path):
    for _ in range(20):
        run = pamir.open(whole_path)
        run.county["income_per_capita"].values
        run.close()
        run.close()


def test_package_works_from_another_folder_without_install(whole_path, tmp_path):
    import conftest

    done = subprocess.run(
        [sys.executable, "-m", "pamir", "info", str(whole_path)],
        cwd=tmp_path, env={"PYTHONPATH": str(conftest.ANALYSIS), "PATH": "/usr/bin:/bin", "MPLCONFIGDIR": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "income_per_capita (year) [CNY/person/year]" in done.stdout


def test_copy_of_a_file_elsewhere_opens(whole_path, tmp_path):
    shutil.copy(whole_path, tmp_path / "copy.h5")
    with pamir.open(tmp_path / "copy.h5") as run:
        assert run.n_replicates == 8
