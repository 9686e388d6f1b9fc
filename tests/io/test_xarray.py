"""The result file as a user meets it: opened by xarray with both engines, without a warning.

Needs PAMIR_TEST_H5, the path of the test program `test_h5`, which writes the files. Run with /usr/bin/python3 -m pytest.
"""
import os
import subprocess
import warnings

import numpy as np
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # "numpy.ndarray size changed" at the import of netCDF4 on Debian 12
    import netCDF4  # noqa: F401
    import h5netcdf  # noqa: F401
    import xarray as xr

pytestmark = pytest.mark.filterwarnings("error")
GROUPS = ["county", "village", "panel", "claim", "meta"]
ARMS = ["reference", "all programs", "牦牛 yak"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("h5")
    subprocess.run([os.environ["PAMIR_TEST_H5"], "--write", str(folder)], check=True)
    return folder


@pytest.fixture(params=["h5netcdf", "netcdf4"])
def engine(request):
    return request.param


@pytest.mark.parametrize("name", ["complete", "failed", "sweep"])
def test_every_group_opens_with_its_own_coordinates(files, engine, name):
    for group in GROUPS:
        with xr.open_dataset(files / f"{name}.h5", group=group, engine=engine) as ds:
            ds.load()
            if group == "claim":  # constants alone: only the coordinates that they have
                assert set(ds.coords) == {"claim"} and set(ds.dims) == {"claim"}
                continue
            assert list(ds.arm.values) == ARMS
            assert list(ds.replicate.values) == [1, 2, 3, 4]
            assert ("point" in ds.dims) == (name == "sweep")


def test_variables_have_dimensions_units_and_names(files, engine):
    with xr.open_dataset(files / "complete.h5", group="county", engine=engine) as ds:
        assert ds.income.dims == ("arm", "replicate", "month")
        assert ds.income.attrs["units"] == "CNY/person/year"
        assert ds.income.attrs["long_name"] == "net disposable income"
        assert ds.income.attrs["moment"] == "emergent"
        assert ds.gini.dims == ("arm", "replicate")
        assert ds.month.dtype.kind == "M"
        assert ds.month.values[0] == np.datetime64("2015-01-01")
        assert np.isnan(ds.income.values[:, :, 0]).all() and not np.isnan(ds.income.values[:, :, 1:]).any()
        assert ds.income.sel(arm="牦牛 yak", replicate=2).shape == (24,)


def test_complete_integers_stay_integers(files, engine):
    with xr.open_dataset(files / "complete.h5", group="county", engine=engine) as ds:
        assert ds.jobs.dtype == np.int32 and ds.cash.dtype == np.int64
    with xr.open_dataset(files / "complete.h5", group="village", engine=engine) as ds:
        assert ds.herd.dtype == np.int16 and ds.flag.dtype == np.int8 and ds.key.dtype == np.uint64
        assert ds.herd.dims == ("arm", "replicate", "village", "year")
        assert list(ds.village.values) == ["Tağdumbaş", "瓦恰", "Dafdar"]
        assert list(ds.year.values) == [2015, 2016]
    with xr.open_dataset(files / "complete.h5", group="panel", engine=engine) as ds:
        assert ds.consumption.dtype == np.float32
        assert ds.steps.dims == ("arm", "replicate", "step") and "step" not in ds.coords


def test_failed_row_is_nan_in_every_variable_and_no_other_is(files, engine):
    with xr.open_dataset(files / "complete.h5", group="village", engine=engine) as whole:
        whole.load()
    with xr.open_dataset(files / "failed.h5", group="village", engine=engine) as ds:
        for name in ["herd", "flag", "key"]:
            lost = np.isnan(ds[name].values.astype(float))
            assert lost[1, 1].all() and lost.sum() == lost[1, 1].size
            assert (ds[name].values[0] == whole[name].values[0].astype(ds[name].dtype)).all()
    with xr.open_dataset(files / "failed.h5", group="meta", engine=engine) as meta:
        assert meta.row_status.values[1, 1] == -6 and (meta.row_status.values != 0).sum() == 1
        assert "瓦恰" in meta.row_message.values[1, 1]
        flags = dict(zip(meta.row_status.attrs["flag_values"], meta.row_status.attrs["flag_meanings"].split()))
        assert flags[-6] == "BOOKS" and flags[0] == "COMPLETE"


def test_constants_and_texts(files, engine):
    with xr.open_dataset(files / "complete.h5", group="claim", engine=engine) as ds:
        assert list(ds.source.values) == ["http://例.example/a", ""]
        assert ds.published.values[0] == 10842.5 and np.isnan(ds.published.values[1])
    with xr.open_dataset(files / "complete.h5", group="meta", engine=engine) as ds:
        assert str(ds.experiment.values) == "seed: 2022\nname: 塔什库尔干\n"
        assert len(str(ds.digest.values)) == 64
        assert ds.row_digest.shape == (3, 4)
    with xr.open_dataset(files / "complete.h5", engine=engine) as ds:
        assert ds.attrs["Conventions"] == "CF-1.8" and ds.attrs["title"] == "Täst 塔什库尔干"
        assert ds.attrs["source"].startswith("Pamir ")


def test_file_opens_fifty_times_over(files, engine):
    kept = []
    for _ in range(50):  # string variables with a fill value crash netCDF here
        ds = xr.open_dataset(files / "complete.h5", group="meta", engine=engine)
        ds.experiment.load()
        kept.append(ds)
        if len(kept) > 3:
            kept.pop(0).close()


def test_ncdump_reads_it(files):
    if subprocess.run(["sh", "-c", "command -v ncdump"], capture_output=True).returncode:
        pytest.skip("ncdump is not installed")
    done = subprocess.run(["ncdump", "-h", str(files / "complete.h5")], capture_output=True, text=True)
    assert done.returncode == 0 and "group: county" in done.stdout
