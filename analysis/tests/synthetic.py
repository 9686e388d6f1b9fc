"""A synthetic result file in the layout of the simulator's, with planted effects.

Every number is written down here, so tests can compute what must come out by hand.  Layout: netCDF-4 compatible HDF5,
dimension scales, variable-length text without fill values, each group with its own coordinates.
"""

import dataclasses
import hashlib
import pathlib
import struct

import h5py
import numpy as np

ARMS = ("as_happened", "reference", "placebo", "land", "yak", "cattle", "all")
LINES = ("national_2300", "extreme", "near_poor")
LINE_VALUES = (3000.0, 2000.0, 6000.0)
SOURCES = ("crops", "herd", "wage", "business", "property", "transfer", "remittance")
SECTORS = ("primary", "secondary", "tertiary", "casual")
ACTIVITIES = ("none", "school", "home", "migrant")
PROGRAMS = ("forage_land", "yak_chain", "cattle_dividend")
MILESTONES = ("approved", "funded", "started", "completed", "handed_over", "ended")
ACCOUNTS = ("households", "sponsor", "contractors", "world")
ACTIVE = {
    "as_happened": (0, 1, 2), "reference": (), "placebo": (), "land": (0,), "yak": (1,), "cattle": (2,), "all": (0, 1, 2),
}  # fmt: skip
FIRST_YEAR, LAST_YEAR, PROGRAM_YEAR = 2015, 2030, 2018
PAID = (7.5e6, 4.0e6, 1.8e7)  # CNY by program, in every replicate
# Real income effect per person in full operation, by arm.
GAIN = {"as_happened": 400.0, "reference": 0.0, "placebo": 0.0, "land": 120.0, "yak": 90.0, "cattle": -40.0, "all": 400.0}
# What replicate r adds to the arm's gain (first four sum to zero): the only noise of the paired difference.
DEVIATION = np.array([10.0, -10.0, 30.0, -30.0, 5.0, -5.0, 20.0, -20.0])
N_HOUSEHOLDS = 100
GROWTH = 1.06
INFLATION = 1.02


@dataclasses.dataclass
class Spec:
    """What to write.  lost: {(arm, replicate index): status}, at every point;
    lost_at: {(point, arm, replicate index): status}; sweep points: 0 writes no `point` dimension."""

    arms: tuple = ARMS
    n_replicates: int = 8
    lost: dict = dataclasses.field(default_factory=dict)
    lost_at: dict = dataclasses.field(default_factory=dict)
    points: int = 0
    panel: bool = True
    asked: int = 0  # replicates that a batch with stop_when might have used; 0: it has no stop_when


class _Writer:
    """Writes groups with their own dimension scales."""

    def __init__(self, file, leading):
        self.file, self.leading = file, leading

    def group(self, name, dims):
        group = self.file.create_group(name, track_order=True)
        for dim, (values, attrs) in {**self.leading, **dims}.items():
            if isinstance(values[0], str):
                scale = group.create_dataset(dim, data=np.array(values, dtype=object), dtype=h5py.string_dtype())
            else:
                scale = group.create_dataset(dim, data=np.asarray(values))
            for key, value in attrs.items():
                scale.attrs[key] = value
            scale.make_scale(dim)
        return group

    def put(self, group, name, dims, values, unit, long_name, moment=""):
        values = np.asarray(values)
        if values.dtype == object:
            data = group.create_dataset(name, data=values, dtype=h5py.string_dtype())
        else:
            data = group.create_dataset(name, data=values, chunks=True, compression="gzip", shuffle=True)
        for i, dim in enumerate(dims):
            data.dims[i].attach_scale(group[dim])
        data.attrs["units"] = unit
        data.attrs["long_name"] = long_name
        if moment:
            data.attrs["moment"] = moment


def _text(group, name, value, long_name):
    data = group.create_dataset(name, data=value, dtype=h5py.string_dtype())
    data.attrs["long_name"] = long_name


def ramp(years):
    """Share of the full effect by year: 0 until the programs run, 1 from two years on."""
    return np.clip((years - PROGRAM_YEAR) / 2.0, 0.0, 1.0)


def write(path, spec=None):
    """Writes the file.  Returns the Spec used."""
    spec = spec or Spec()
    arms, n = spec.arms, spec.n_replicates
    years = np.arange(FIRST_YEAR, LAST_YEAR + 1, dtype=np.int32)
    months = np.concatenate([(np.datetime64(f"{y}-01") + np.arange(12)).astype("M8[M]") for y in years])
    days = (months.astype("M8[D]") - np.datetime64(f"{FIRST_YEAR}-01-01")).astype(float)
    time_unit = f"days since {FIRST_YEAR}-01-01"
    deviation = np.resize(DEVIATION, n)
    gain = np.array([GAIN[a] for a in arms])
    acts = gain != 0
    # (arm, replicate, year): reference path with luck of the replicate, the same in every arm; then the effect.
    luck = 1.0 + 0.04 * np.sin(np.arange(n) * 2.3)[:, None] + 0.02 * np.sin(years * 1.7)[None, :]
    base = 8000.0 * GROWTH ** (years - FIRST_YEAR) * luck
    effect = (gain[:, None, None] + acts[:, None, None] * deviation[None, :, None]) * ramp(years)
    real = base[None] + effect
    index = INFLATION ** (years - FIRST_YEAR)
    lead = ("arm", "replicate")
    with h5py.File(path, "w", track_order=True, libver=("earliest", "v108")) as file:
        leading = {
            "arm": (list(arms), {"long_name": "arm"}),
            "replicate": (np.arange(1, n + 1, dtype=np.int32), {"long_name": "replicate"}),
        }
        if spec.points:
            lead = ("point", *lead)
            leading = {"point": (np.arange(spec.points, dtype=np.int32), {"long_name": "sweep point"}), **leading}
        w = _Writer(file, leading)
        dead = np.zeros((len(arms), n), bool)
        for arm, r in spec.lost:
            dead[arms.index(arm), r] = True

        def put(group, name, dims, values, unit, long_name, moment="emergent"):
            shape = (len(arms), n) + tuple(len(group[d]) for d in dims)
            values = np.array(np.broadcast_to(values, shape))
            if values.dtype.kind == "f":
                values[dead] = np.nan
            if spec.points:
                values = _at_points(spec, name, values)
                for point, arm, r in spec.lost_at if values.dtype.kind == "f" else ():
                    values[point, arms.index(arm), r] = np.nan
            w.put(group, name, (*lead, *dims), values, unit, long_name, moment)

        year = {"year": (years, {"units": "1", "long_name": "calendar year"})}
        month = {"month": (days, {"units": time_unit, "calendar": "standard", "long_name": "month"})}
        line = {"line": (list(LINES), {"long_name": "poverty line"})}
        cny = "CNY/person/year"

        names = {
            "source": (list(SOURCES), {"long_name": "source of income"}),
            "sector": (list(SECTORS), {"long_name": "where value added arises"}),
            "activity": (list(ACTIVITIES), {"long_name": "what a person mainly does"}),
            "percentile": (np.arange(5, 101, 5, dtype=np.int32), {"units": "percent", "long_name": "the poorest so many percent of persons"}),
        }
        g = w.group("county", {**year, **month, **line, **names})
        put(g, "income_per_capita", ("year",), real * index, cny, "net disposable income per person", "fitted")
        put(g, "income_real_per_capita", ("year",), real, cny, "net disposable income per person, prices of 2015", "fitted")
        put(g, "consumption_per_capita", ("year",), 0.75 * real * index, cny, "consumption per person")
        put(g, "consumption_real_per_capita", ("year",), 0.75 * real, cny, "consumption per person, prices of 2015")
        shares = np.array([0.15, 0.3, 0.25, 0.1, 0.02, 0.13, 0.05])
        put(g, "income_by_source", ("source", "year"), shares[:, None] * (real * index)[:, :, None, :], cny, "income by source")
        poor = np.clip(0.35 - (real - 8000.0) / 30000.0, 0.005, 1.0)
        by_line = poor[:, :, None, :] * np.array([1.0, 0.4, 2.0])[:, None]
        for name, factor in (("headcount", 1.0), ("gap", 0.3), ("severity", 0.12)):
            put(g, f"poverty_{name}", ("line", "year"), factor * by_line, "1", f"poverty {name} on consumption")
            put(g, f"poverty_{name}_income", ("line", "year"), factor * by_line * 1.1, "1", f"poverty {name} on income")
        put(g, "assets_per_household", ("year",), (3.0 * base[None] - 10 * effect) * index, "CNY/household", "money, animals and stores less debt")
        parts = np.array([0.4, 0.1, 0.3, 0.2])[:, None]
        put(g, "value_added", ("sector", "year"), parts * 4e7 * real[:, :, None, :] / 8000, "CNY", "value added by sector", "fitted")
        doing = np.array([0.0, 100.0, 5000.0, 900.0])[:, None] + 0 * real[:, :, None, :]
        put(g, "activity_persons", ("activity", "year"), doing, "person", "persons of working age by what they do", "fitted")
        curve = (np.arange(5, 101, 5) / 100.0)[:, None] ** 2 + 0 * real[:, :, None, :]
        put(g, "lorenz_consumption", ("percentile", "year"), curve, "1", "share of consumption of the poorest")
        put(g, "mpi_headcount", ("year",), 0.03 + 0 * real, "1", "share of persons who are multidimensionally poor", "imposed")
        put(g, "gini_income", ("year",), 0.36 + 0 * real, "1", "Gini of income", "imposed")
        put(g, "population", ("year",), 41188 + 0 * real, "person", "population")
        put(g, "employment_rate", ("year",), 0.4 + 0 * real, "1", "share of working-age persons with a job")
        put(g, "price_index", ("year",), index, "1", "price index of the poor households' basket, 2015 = 1", "imposed")
        put(g, "hunger_months", ("year",), 1.2 * poor, "month/household/year", "months of hunger per household")
        season = 0.06 + 0.04 * np.cos(2 * np.pi * (np.arange(months.size) % 12 - 2) / 12)
        put(g, "hunger_share", ("month",), season, "1", "share of households in a hunger month")
        put(g, "n_yak", ("month",), np.int64(30000), "head", "yaks")
        w.put(g, "line_value", ("line",), np.array(LINE_VALUES), cny, "value of the poverty line, prices of 2015")

        g = w.group("village", {"village": (["Tatikuli", "Abati"], {"long_name": "village"}), **year})
        put(g, "income_real_per_capita", ("village", "year"), real[:, :, None, :] * np.array([0.9, 1.1])[:, None], cny, "income")
        put(g, "population", ("village", "year"), np.int64(20594), "person", "population")

        quintile = {"quintile": (np.arange(1, 6, dtype=np.int32), {"long_name": "quintile of consumption, base year"})}
        g = w.group("quintile", {**quintile, **year})
        level = np.array([0.4, 0.65, 0.9, 1.2, 1.85])
        put(g, "income_real_per_capita", ("quintile", "year"), real[:, :, None, :] * level[:, None], cny, "income")
        put(g, "consumption_real_per_capita", ("quintile", "year"), 0.75 * real[:, :, None, :] * level[:, None], cny, "consumption")

        if spec.panel and not spec.points:
            _panel(w, put, spec, years, base, gain)
        _investment(w, put, spec, years, year)

        g = w.group("ledger", {**year, "payer": (list(ACCOUNTS), {}), "payee": (list(ACCOUNTS), {})})
        flow = np.zeros((len(arms), n, years.size, len(ACCOUNTS), len(ACCOUNTS)))
        flow[:, :, :, 1, 2] = 1e6
        put(g, "flow", ("year", "payer", "payee"), flow, "CNY", "money paid")
        change = flow.sum(-2) - flow.sum(-1)
        put(g, "stock_change", ("year", "payer"), change, "CNY", "change of the account")

        _claims(w, put, spec, real)
        if spec.points:
            _sweep(w, spec)
        _meta(file, w, spec, dead)
    seal(path)
    return spec


def seal(path):
    """Appends the seal as sim/io/seal.h has it."""
    content = pathlib.Path(path).read_bytes()
    with open(path, "ab") as file:
        file.write(b"PAMIRSHA" + struct.pack("=q", len(content)) + hashlib.sha256(content).digest())


# The sweep that is planted: births by price, and a switch; the effect on income grows by SLOPE for 0.1 of births.
SWEPT = ("parameters.livestock.yak.births", "programs.yak.price", "parameters.shocks.snow")
SLOPE = 50.0


def setting(point):
    """What is set at a point: births (1/year), price (CNY/head), a switch."""
    return 0.5 + 0.1 * (point % 3), 4000.0 + 500.0 * (point // 3), "yes" if point % 2 else "no"


def _at_points(spec, name, values):
    """A value for each point; real income of arms that do something grows with births."""
    values = np.stack([values] * spec.points)
    if name == "income_real_per_capita" and values.ndim == 4:
        for point in range(spec.points):
            for a, arm in enumerate(spec.arms):
                values[point, a] += SLOPE * (point % 3) * (GAIN[arm] != 0)
    return values


def _sweep(w, spec):
    n = len(SWEPT)
    dims = {"sweep_point": (np.arange(spec.points, dtype=np.int64), {}), "parameter": (list(SWEPT), {})}
    g = w.group("sweep", dims)
    each = [setting(k) for k in range(spec.points)]
    numbers = np.array([[v if not isinstance(v, str) else np.nan for v in row] for row in each])
    texts = np.array([[v if isinstance(v, str) else f"{v:g}" for v in row] for row in each], dtype=object)
    w.put(g, "value", ("sweep_point", "parameter"), numbers.reshape(spec.points, n), "1", "value at the point")
    w.put(g, "text", ("sweep_point", "parameter"), texts, "1", "the same as text")
    w.put(g, "unit", ("parameter",), np.array(["1/year", "CNY/head", "1"], dtype=object), "1", "unit of the parameter")


def household_gain(arm, n_households=N_HOUSEHOLDS):
    """Planted real income difference of each panel household in the last years, the same in every replicate.

    Of 100: 30 gain 1000, 10 lose 500, the rest differ by less than the noise (up to 9).  Placebo: up to 9 for all.
    """
    noise = np.arange(n_households) % 10.0 * np.where(np.arange(n_households) % 2 == 0, 1.0, -1.0)
    if arm == "reference":
        return np.zeros(n_households)
    if arm == "placebo":
        return noise
    gain = noise
    gain[:30] = 1000.0
    gain[30:40] = -500.0
    return gain


def member(arm, n_households=N_HOUSEHOLDS):
    """Who takes part in a scheme: those who gain or lose by plan; one household under the placebo, nobody in the reference."""
    n = {"reference": 0, "placebo": 1}.get(arm, 40)
    return np.arange(n_households) < n


def _panel(w, put, spec, years, base, gain):
    n = N_HOUSEHOLDS
    keys = [f"{0x9E3779B97F4A7C15 * (i + 1) % 2**64:016x}" for i in range(n)]
    dims = {
        "household": (keys, {"long_name": "key of the household"}),
        "year": (years, {"units": "1", "long_name": "calendar year"}),
        "source": (list(SOURCES), {"long_name": "source of income"}),
    }
    g = w.group("panel", dims)
    quintile = (np.arange(n) % 5 + 1).astype(np.int32)
    level = np.array([0.4, 0.65, 0.9, 1.2, 1.85])[quintile - 1]
    own = np.stack([household_gain(a) for a in spec.arms])  # (arm, household)
    income = base[None, :, None, :] * level[:, None] + own[:, None, :, None] * ramp(years)
    present = np.ones(income.shape, np.int8)
    present[:, :, n - 1, -1] = 0  # the last household is gone in the last year, in every arm
    income = np.where(present > 0, income, np.nan).astype(np.float32)
    cny = "CNY/person/year"
    put(g, "income_real", ("household", "year"), income, cny, "net disposable income per person, prices of 2015")
    put(g, "consumption_real", ("household", "year"), (0.75 * income).astype(np.float32), cny, "consumption per person")
    put(g, "present", ("household", "year"), present, "1", "whether the dynasty is there", "")
    joined = np.stack([member(a) for a in spec.arms])[:, None, :, None] & (years >= PROGRAM_YEAR)
    put(g, "memberships", ("household", "year"), joined.astype(np.int8), "1", "schemes in which the dynasty takes part", "emergent")
    w.put(g, "weight", ("household",), np.full(n, 90.0), "1", "households that this one stands for")
    put(g, "base_quintile", ("household",), quintile.astype(np.int8), "1", "quintile of consumption in the base year", "")
    w.put(g, "village_name", ("household",), np.array(["Tatikuli", "Abati"] * (n // 2), dtype=object), "1", "village")


def _investment(w, put, spec, years, year):
    arms, n = spec.arms, spec.n_replicates
    g = w.group(
        "investment",
        {
            "investment": (list(PROGRAMS), {"long_name": "program"}),
            "milestone": (list(MILESTONES), {"long_name": "milestone"}),
            **year,
        },
    )
    active = np.array([[float(p in ACTIVE[a]) for p in range(3)] for a in arms])[:, None, :] * np.ones((1, n, 1))
    paid = active * np.array(PAID)
    put(g, "money_promised", ("investment",), paid * 1.1, "CNY", "money promised")
    put(g, "money_paid", ("investment",), paid, "CNY", "money paid by all sponsors")
    put(g, "money_leaked", ("investment",), paid * 0.08, "CNY", "money leaked")
    put(g, "money_recovered", ("investment",), paid * 0.02, "CNY", "money recovered by audits")
    put(g, "money_to_households", ("investment",), paid * 0.3, "CNY", "value that reached households")
    put(g, "jobs", ("investment",), active * np.array([0.0, 82.0, 10.0]), "job", "jobs at the peak")
    for name, count in (("offered", 200.0), ("accepted", 120.0), ("refused", 80.0), ("left_after", 15.0)):
        put(g, name, ("investment",), active * count, "household", f"households: {name}")
    put(g, "cost_overrun", ("investment",), np.where(active > 0, 0.2, np.nan), "1", "cost over the approved budget")
    put(g, "delay", ("investment",), np.where(active > 0, 6.0, np.nan), "month", "months late at completion")
    put(g, "status", ("investment",), (active * 4).astype(np.int8), "1", "status", "")
    titles = np.array([f"{p.replace('_', ' ').capitalize()} program" for p in PROGRAMS], dtype=object)
    w.put(g, "title", ("investment",), titles, "1", "what the program is")
    w.put(g, "sponsor", ("investment",), np.array(["sponsor"] * 3, dtype=object), "1", "who pays for it")
    share = np.where((years >= PROGRAM_YEAR) & (years < PROGRAM_YEAR + 2), 0.5, 0.0)
    put(g, "money_paid_by_year", ("investment", "year"), paid[..., None] * share, "CNY", "money paid by year")
    start = (np.datetime64(f"{PROGRAM_YEAR}-01-01") - np.datetime64(f"{FIRST_YEAR}-01-01")).astype(float)
    promised = start + np.array([0.0, 31.0, 90.0, 365.0, 1500.0, 3000.0])
    late = np.resize([60.0, 120.0, 180.0, 240.0], n)
    dates = np.broadcast_to(promised, (len(arms), n, 3, 6))
    dates = np.where(active[..., None] > 0, dates, np.nan)
    realised = dates + np.array([0, 0.2, 0.5, 1.0, 1.0, 1.0]) * late[None, :, None, None]
    realised[:, :, :, 5] = np.nan  # nothing has ended by the horizon
    put(g, "date_promised", ("investment", "milestone"), dates, "day", "promised date, days after the start; NaN when never")
    put(g, "date_realised", ("investment", "milestone"), realised, "day", "realised date, days after the start; NaN when never")


def _claims(w, put, spec, real):
    ids = ["A14", "A15", "A34", "A99"]
    g = w.group("claim", {"claim": (ids, {"long_name": "claim"})})
    simulated = np.full(real.shape[:2] + (4,), np.nan)
    simulated[:, :, 0] = 180.0 + np.resize(DEVIATION, real.shape[1])
    simulated[:, :, 1] = real[:, :, -1] - real[spec.arms.index("reference"), :, -1]
    simulated[:, :, 2] = 5.0
    put(g, "simulated", ("claim",), simulated, "1", "simulated value, in the claim's unit")
    w.put(g, "published", ("claim",), np.array([200.0, 400.0, 8.0, np.nan]), "1", "published value, in the claim's unit")
    texts = {
        "unit": ["kg/mu", "CNY/person/year", "percent/year", "villages"],
        "quantity": ["crop yield", "increase of annual income per capita", "yearly profit share", "villages in extreme poverty"],
        "system": ["land_restoration", "land_restoration", "cattle_custody_dividend", "county"],
        "published_year": ["2024", "2024", "2022", "2015"],
        "variable": ["investment.forage_land.output_quantity"] * 4,
        "tag": ["emergent", "emergent", "imposed", "emergent"],
        "place": ["Tatikuli", "Tatikuli", "Abati Township", "Tashkurgan County"],
        "role": ["outcome", "outcome", "input", "context"],
        "verdict_note": ["over; barley & <forage>", "nearly", "", ""],
    }
    for name, column in texts.items():
        w.put(g, name, ("claim",), np.array(column, dtype=object), "1", name)


def _meta(file, w, spec, dead):
    g = w.group("meta", {})
    lead = ("point", "arm", "replicate") if spec.points else ("arm", "replicate")
    status = np.zeros(dead.shape, np.int32)
    for (arm, r), code in spec.lost.items():
        status[spec.arms.index(arm), r] = code
    if spec.points:
        status = np.stack([status] * spec.points)
        for (point, arm, r), code in spec.lost_at.items():
            status[point, spec.arms.index(arm), r] = code
    w.put(g, "row_status", lead, status.astype(np.int8), "1", "how the row ended; 0: complete")
    messages = np.array([f"failed with {code}" if code else "" for code in status.ravel()], dtype=object)
    w.put(g, "row_message", lead, messages.reshape(status.shape), "", "why the row failed")
    texts = {
        "title": "Tashkurgan, synthetic", "county": "Tashkurgan County", "version": "0.1.0-synthetic", "seed": "20261122",
        "reference": "reference", "placebo": "placebo", "base_year": "2015", "currency": "CNY",
        "first_program_year": str(PROGRAM_YEAR), "experiment_given": "title: Tashkurgan, synthetic\nseed: 20261122\n",
        "experiment_resolved": "{}",
    }  # fmt: skip
    if spec.asked:
        texts |= {"replicates": str(spec.asked), "experiment_resolved": "stop_when: {half_width: 10}\n"}
    for name, value in texts.items():
        _text(g, name, value, name)
