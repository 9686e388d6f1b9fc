"""The command line as a user meets it: help, words that are nearly right, statuses, files that are not touched."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAMIR = os.environ.get("PAMIR_BIN", str(ROOT / "build" / "release" / "pamir"))
EXPERIMENT = ROOT / "scenarios" / "tiny" / "experiment.yaml"
COMMANDS = ["run", "check", "describe", "summary", "verify", "bench", "status", "expand", "rerun"]

sys.path.insert(0, str(ROOT / "analysis" / "tests"))


def pamir(*arguments, status=0, cwd=None, **environment):
    done = subprocess.run([PAMIR, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=cwd,
                          env={**os.environ, **environment})
    if done.returncode != status:
        pytest.fail(f"pamir {arguments}: {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done


@pytest.fixture(name="result", scope="module")
def result_fixture(tmp_path_factory):
    path = tmp_path_factory.mktemp("result") / "tiny.h5"
    pamir("run", EXPERIMENT, "-o", path, "--replicates", 2, "--arms", "land,placebo", "--quiet")
    return path


def test_help_lists_every_command_and_version_is_one_line():
    text = pamir("--help").stdout
    assert all(f"\n  {name} " in text for name in COMMANDS)
    assert re.fullmatch(r"pamir \S+\n", pamir("--version").stdout)
    assert pamir("help").stdout == text and pamir("-h").stdout == text


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example(command):
    text = pamir(command, "--help").stdout
    assert text.startswith(f"usage: pamir {command}") and f"\nexamples:\n  pamir {command}" in text
    assert pamir("help", command).stdout == text


def examples(command):
    text = pamir(command, "--help").stdout.split("\nexamples:\n")[1]
    return [shlex.split(line) for line in text.splitlines() if line.startswith("  pamir ")]


def test_every_example_of_the_help_works(tmp_path, result):
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    (tmp_path / "tiny.h5").symlink_to(result)
    for command in ("check", "describe", "summary", "verify", "status", "rerun"):
        for example in examples(command):
            pamir(*example[1:], cwd=tmp_path)
    (tmp_path / "tiny.h5").unlink()
    ran = [example for example in examples("run") if "scenarios/tiny/experiment.yaml" in example]
    assert len(ran) == 2
    for example in ran:
        pamir(*example[1:], "--quiet", cwd=tmp_path)
    assert (tmp_path / "tiny.h5").is_file() and (tmp_path / "dry.h5").is_file()


@pytest.mark.parametrize("arguments, message", [
    ([], "usage: pamir COMMAND"),
    (["rum"], "there is no command 'rum'; did you mean 'run'?"),
    (["sumary"], "did you mean 'summary'?"),
    (["zebra"], "there is no command 'zebra'; pamir --help"),
    (["--verson"], "unknown option '--verson'"),
    (["../run"], "there is no command"),
    (["run", EXPERIMENT], "Name a file: pamir run"),
    (["run", EXPERIMENT, "-o"], "--output needs OUT.h5"),
    (["run", "-o", "x.h5"], "EXPERIMENT.yaml -o OUT.h5 is missing"),
    (["run", EXPERIMENT, "-o", "x.h5", "--replicate", "3"], "did you mean '--replicates'?"),
    (["run", EXPERIMENT, "-o", "x.h5", "--threads", "0"], "out of range; expected 1 to 4096"),
    (["run", EXPERIMENT, "-o", "x.h5", "--set", "seed"], "expected PATH=VALUE"),
    (["run", EXPERIMENT, "-o", "nowhere/x.h5"], "nowhere"),
    (["check", EXPERIMENT, "more.yaml"], "one argument too many"),
    (["describe", "livestok"], "livestok"),
    (["summary", "nothing.h5"], "nothing.h5"),
    (["verify", "nothing.h5"], "nothing.h5"),
])
def test_wrong_calls_end_with_2_and_write_nothing(tmp_path, arguments, message):
    done = pamir(*arguments, status=2, cwd=tmp_path)
    assert message in done.stderr and done.stdout == ""
    assert not list(tmp_path.iterdir())


def test_help_says_what_the_report_is_for():
    line = next((line for line in pamir("--help").stdout.splitlines() if line.startswith("  report ")), None)
    if line is None:
        pytest.skip("pamir-report does not lie beside this binary")
    assert "browser" in line and "--help" not in line


@pytest.mark.parametrize("name, other", [("seed", ["--seed", "4"]), ("replicates", ["--replicates", "4"])])
def test_one_thing_said_twice_is_refused(name, other):
    done = pamir("check", EXPERIMENT, "--set", f"{name}=3", *other, status=2)
    assert f"--set '{name}=3' and --{name} say the same thing" in done.stderr
    pamir("check", EXPERIMENT, "--set", f"{name}=3")


def test_wrong_environment_of_threads_is_bad_input(tmp_path):
    for variable in ("OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK"):
        done = pamir("run", EXPERIMENT, "-o", "x.h5", status=2, cwd=tmp_path,
                     **{"OMP_NUM_THREADS": "", "SLURM_CPUS_PER_TASK": "", variable: "abc"})
        assert f"{variable}='abc' is not a number of threads" in done.stderr
    assert not list(tmp_path.iterdir())


def test_commands_in_other_languages_are_found_on_path(tmp_path):
    script = tmp_path / "pamir-hello"
    script.write_text('#!/bin/sh\necho "hello $0 $*"\nexit 7\n')
    script.chmod(0o755)
    done = pamir("hello", "--name", "a b", status=7, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.stdout == f"hello {script} --name a b\n"
    assert "no command 'hello'" in pamir("hello", status=2).stderr


def test_check_says_what_a_run_would_do():
    text = pamir("check", EXPERIMENT, "--replicates", 3).stdout
    assert "reference (reference)" in text and "replicates  3 of each arm" in text
    n_arms = len(re.search(r"^arms +(.*)$", text, re.MULTILINE)[1].split(", "))
    assert re.search(rf"rows +{3 * n_arms} of .* each: .* compressed \(a guess\)", text)
    assert re.search(r"work +about [\d,]+ household-months", text)
    assert re.search(r"time +.+ on \d+ threads? \(a guess: .* household-months a second and core\)", text)
    assert re.search(r"memory +about [\d.]+ MB \(a guess\)", text)


def test_describe_names_topics_and_each_topic_can_be_described():
    listed = pamir("describe").stdout
    topics = re.findall(r"^  (\w+)  ", listed, re.MULTILINE)
    assert {"files", "livestock", "herd", "experiment", "indicators"} <= set(topics)
    for topic in topics:
        assert len(pamir("describe", topic).stdout) > 20, topic


def test_describe_of_an_unknown_word_names_the_nearest():
    for word, *near in (("pricess", "prices"), ("incom", "income", "income_per_capita"), ("yak.birth", "births"),
                        ("marriage_rates", "marriage_rate", "marriage")):
        said = pamir("describe", word, status=2).stderr
        assert "did you mean" in said and all(f"'{each}'" in said for each in near), said
    assert "lists the topics" in pamir("describe", "qqqqqqq", status=2).stderr


def test_describe_says_the_units_of_both_wages():
    for topic in ("prices", "price"):
        text = " ".join(pamir("describe", topic).stdout.split())
        assert re.search(r"a day (of|for) (casual|work)", text) and re.search(r"month (of|for|of a) .{0,12}work beyond", text)


def test_an_existing_result_is_kept_unless_told(tmp_path):
    out = tmp_path / "out.h5"
    precious = b"\x89HDF\r\n\x1a\nprecious"
    out.write_bytes(precious)
    assert "--overwrite" in pamir("run", EXPERIMENT, "-o", out, "--replicates", 1, status=2).stderr
    assert out.read_bytes() == precious and list(tmp_path.iterdir()) == [out]
    pamir("run", EXPERIMENT, "-o", out, "--replicates", 1, "--overwrite", "--quiet")
    assert out.read_bytes()[:4] == b"\x89HDF"


def test_overwrite_never_replaces_what_is_no_result(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_bytes(EXPERIMENT.read_bytes())
    for extra in ([], ["--resume"]):
        done = pamir("run", EXPERIMENT, "-o", mine, "--replicates", 1, "--overwrite", *extra, status=2)
        assert "mine.yaml is not a result" in done.stderr
        assert mine.read_bytes() == EXPERIMENT.read_bytes() and list(tmp_path.iterdir()) == [mine]


def test_a_run_says_what_came_of_it_and_quiet_says_nothing(tmp_path):
    out = tmp_path / "out.h5"
    text = pamir("run", EXPERIMENT, "-o", out, "--replicates", 1, "--arms", "land", "--threads", 1).stdout
    assert "2 rows (2 arms x 1 replicate)" in text and "on 1 thread," in text and "household-months a second" in text
    time = re.search(r"^time: ([\d.]+) s from the command to the closed file: (.*) percent ", text, re.MULTILINE)
    shares = [float(share.split()[-1]) for share in time[2].split(", ")]
    assert len(shares) == 7 and min(shares) >= 0 and 90 < sum(shares) < 101
    assert all(f"\n  {share.split()[0]} " in pamir("run", "--help").stdout for share in time[2].split(", "))
    digest = re.search(r"^digest ([0-9a-f]{64})$", text, re.MULTILINE)[1]
    assert pamir("verify", out, "--digest").stdout == digest + "\n"
    assert f"next: pamir summary {out}" in text
    done = pamir("run", EXPERIMENT, "-o", out, "--replicates", 1, "--arms", "land", "--overwrite", "--quiet")
    assert done.stdout == "" and done.stderr == ""


def test_verify_sees_one_changed_byte(result, tmp_path):
    said = pamir("verify", result).stdout
    assert "every row agrees" in said
    assert re.search(r"books +\d{3,} sums of accounts and years close to the coin", said)
    data = bytearray(result.read_bytes())
    changed = tmp_path / "changed.h5"
    seen = 0
    for at in range(len(data) // 4, len(data), len(data) // 4):
        data[at] ^= 0x10
        changed.write_bytes(data)
        done = subprocess.run([PAMIR, "verify", changed], capture_output=True, text=True, check=False)
        seen += done.returncode == 1 and done.stderr.startswith("pamir verify: ")
        assert done.returncode in (0, 1), done
        data[at] ^= 0x10
    changed.write_bytes(bytes(data[: len(data) // 2]))
    pamir("verify", changed, status=1)
    assert seen > 0


def test_verify_fails_a_file_without_its_seal(result, tmp_path):
    """One byte too short, or with a byte more: HDF5 reads every value, so only the seal tells."""
    data, changed = result.read_bytes(), tmp_path / "changed.h5"
    for bytes_ in (data[:-1], data[:-48], data + b"x"):
        changed.write_bytes(bytes_)
        assert "no seal" in pamir("verify", changed, status=1).stderr
        assert pamir("verify", changed, "--digest", status=1).stdout == pamir("verify", result, "--digest").stdout


def test_an_unfinished_result_says_how_to_finish_it(tmp_path):
    (tmp_path / "c.h5.parts").mkdir()
    for command in ("summary", "verify"):
        done = pamir(command, "c.h5", status=2, cwd=tmp_path)
        assert "what is finished is in c.h5.parts" in done.stderr and "--resume" in done.stderr
    (tmp_path / "c.h5").symlink_to("c.h5")  # exists, and nobody can read it
    assert "symbolic links" in pamir("summary", "c.h5", status=1, cwd=tmp_path).stderr


def test_what_is_no_result_is_refused():
    for command in ("summary", "verify"):
        assert pamir(command, EXPERIMENT, status=1).stderr.startswith(f"pamir {command}: ")


def test_a_full_disk_does_not_pass_for_success():
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([PAMIR, "describe", "livestock"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1 and b"cannot be written" in done.stderr


def test_summary_of_a_real_result_prints_every_part(result):
    text = pamir("summary", result).stdout
    for part in ("3 arms x 2 replicates, 2015 to 2020", "reference arm 'reference', placebo arm 'placebo'", "Levels, 2020",
                 "Differences from 'reference', mean of 2016 to 2020, with 95% intervals (simulation error only)",
                 "by quintile of the base year", "Who gained and who lost in real income",
                 "Who gained and who lost in real consumption", "What it cost more than 'reference' (CNY",
                 "consumption, real [emergent]"):
        assert part in text, part
    assert max(map(len, text.splitlines())) <= 140


def row(text, title, label, columns_of="county"):
    """The cells of a row of the table under a title: {arm: cell}, over its blocks of columns."""
    block = text[text.index(title):].split("\n\n\n")[0]
    cells, names, started = {}, [], False
    for line in block.splitlines()[1:]:
        parts = re.split(r"  +", line.strip())
        if parts[0] == columns_of:
            names, started = parts[1:], True
        elif parts[0] == label:
            cells.update(zip(names, parts[1:]))
        elif started and line and not line.startswith("  "):
            break
    return cells


def test_summary_finds_what_was_planted(tmp_path):
    """Closed form: effects, winners, losers and costs written into a synthetic file (analysis/tests/synthetic.py)."""
    synthetic = pytest.importorskip("synthetic")
    path = tmp_path / "planted.h5"
    synthetic.write(path)
    text = pamir("summary", path, "--width", 300).stdout
    real = row(text, "Differences from 'reference', 2030", "income, real")
    deviation = synthetic.DEVIATION
    half = 2.364624251592784 * deviation.std(ddof=1) / len(deviation) ** 0.5  # t of 7 degrees of freedom, 97.5 percent
    for arm, gain in synthetic.GAIN.items():
        if arm == "reference":
            continue
        assert real[arm] == ("same" if gain == 0 else f"{gain:+.1f} ± {half:.1f}"), arm
    # 30 of 99 households gain 1000, 10 lose 500; the hundredth is gone in the last year. Each stands for 90, and luck
    # moves nobody over the threshold: what is unsure is the drawing of the panel, with t of 7 degrees of freedom.
    title = "Who gained and who lost in real income"

    def planted(n):
        share = n / 99
        around = 2.364624251592784 * (share * (1 - share) / 98 * (1 - 1 / 90)) ** 0.5
        return f"{100 * share:.1f} ({100 * (share - around):.1f}-{100 * (share + around):.1f})"

    assert row(text, title, "gained, % of households", "households")["land"] == planted(30)
    assert row(text, title, "lost, % of households", "households")["land"] == planted(10)
    assert row(text, title, "gained, % of households", "households")["placebo"] == "0.0"
    assert "100 households of the panel, standing for 9000" in text
    assert "luck alone, arm 'placebo': 0.0% gain and 0.0% lose more than 1% of the line; 99 of 100 differ by" in text
    paid = row(text, "What it cost", "money paid", "programs")
    assert paid["all"] == "29,500,000" and paid["land"] == "7,500,000" and paid["placebo"] == "0"
    ratio = row(text, "What it cost", "paid per unit of real income gained*", "programs")
    assert ratio["cattle"] == "a loss" and ratio["placebo"] == "nothing paid"


def test_summary_leaves_out_an_arm_without_a_complete_replicate(tmp_path):
    """One arm whose rows all failed blanks nothing of the others, which keep their levels and differences."""
    synthetic = pytest.importorskip("synthetic")
    path, whole = tmp_path / "failed.h5", tmp_path / "whole.h5"
    arms = ("reference", "placebo", "land", "yak", "all")
    synthetic.write(path, synthetic.Spec(arms=arms, lost={**{("land", r): -6 for r in range(8)}, ("yak", 3): -6}))
    synthetic.write(whole, synthetic.Spec(arms=arms, lost={("yak", 3): -6}))
    text, other = (pamir("summary", p, "--width", 300).stdout for p in (path, whole))
    assert "4 arms x 8 replicates" in text and "9 of 40 rows failed" in text
    assert "left out: arm 'land', of which no replicate is complete: failed with -6" in text
    assert "left out: arm" not in other
    for title, label, corner in (("Levels, 2030", "income, real [fitted]", "county"),
                                 ("Differences from 'reference', 2030", "income, real", "county"),
                                 ("Who gained and who lost in real income", "gained, % of households", "households"),
                                 ("What it cost", "money paid", "programs")):
        cells, expected = row(text, title, label, corner), row(other, title, label, corner)
        assert "land" in expected and "-" not in cells.values()
        assert cells == {arm: cell for arm, cell in expected.items() if arm != "land"}


def test_summary_without_a_reference_shows_the_other_arms_levels(tmp_path):
    synthetic = pytest.importorskip("synthetic")
    path = tmp_path / "lost.h5"
    synthetic.write(path, synthetic.Spec(arms=("reference", "land"), n_replicates=3, lost={("reference", r): -6 for r in range(3)}))
    text = pamir("summary", path, "--width", 300).stdout
    assert "no replicate of the reference arm 'reference' is complete: nothing can be compared" in text
    cells = row(text, "Levels, 2030", "income, real [fitted]")
    assert cells["reference"] == "-" and numbers(cells["land"])[0] > 10000


def test_summary_judges_households_by_what_luck_does_to_bystanders(tmp_path, monkeypatch):
    """Closed form: bystanders of `land` differ by up to 700, those of the placebo by up to 9."""
    synthetic = pytest.importorskip("synthetic")
    package = pytest.importorskip("pamir")
    plain = synthetic.household_gain

    def gain(arm):
        own = plain(arm)
        own[40:] *= 700 / 9 if arm == "land" else 1
        return own

    monkeypatch.setattr(synthetic, "household_gain", gain)
    path = tmp_path / "markets.h5"
    synthetic.write(path, synthetic.Spec(arms=("reference", "placebo", "land", "yak")))
    text = pamir("summary", path, "--width", 300).stdout
    title = "Who gained and who lost in real income"
    assert "  land: 59 bystanders differ by less than 700.0 CNY/person/year in 95 of 100 cases: beyond that counts" in text
    assert "  yak: 59 bystanders differ by less than 9.0 CNY/person/year in 95 of 100 cases: beyond the placebo's bound, 30.0, counts" in text
    assert "5% of them are beyond\nit by construction" in text and "Differences of single households are mostly luck" in text
    with package.open(path) as run:
        for arm in ("placebo", "land", "yak"):
            of = run.winners(arm)
            share = of.shares.sel(who="all")
            for label, name in (("gained, % of households", "gained"), ("lost, % of households", "lost")):
                assert numbers(row(text, title, label, "households")[arm])[0] == pytest.approx(100 * float(share[name]), abs=0.0501)
            beyond = numbers(row(text, title, "bystanders beyond the bound, %", "households")[arm])[0]
            assert beyond == pytest.approx(100 * of.bound.beyond, abs=0.0501)


def test_summary_says_who_leaves_what_one_does_and_what_work_is_paid(result):
    """Slow twin: yearly means of monthly variables, with NumPy."""
    h5py, np = pytest.importorskip("h5py"), pytest.importorskip("numpy")
    with h5py.File(result) as file:
        arms = [x.decode() for x in file["county/arm"][()]]
        late = {name: file[f"county/{name}"][()].astype(float)[..., -12:].mean(-1).mean(-1)
                for name in ("n_migrants", "n_jobs", "wage_casual", "service_price")}
        wage = file["county/wage_casual"][()][..., -12:].mean(-1) / file["county/price_index"][()][..., -1]
    text = pamir("summary", result, "--width", 300).stdout
    for label, values, off in (("migrants, persons [fitted]", late["n_migrants"], 0.501), ("posts held [emergent]", late["n_jobs"], 0.501),
                               ("casual wage a day, nominal [emergent]", late["wage_casual"], 0.0501),
                               ("casual wage a day, real [emergent]", wage.mean(-1), 0.0501),
                               ("price of local over outside goods [emergent]", late["service_price"], 0.000501)):
        cells = row(text, "Levels, 2020", label)
        assert {arm: numbers(cell)[0] for arm, cell in cells.items()} == {
            arm: pytest.approx(values[i], abs=off) for i, arm in enumerate(arms)}, label
    assert "persons of working age (migrant)" in text


def numbers(cell):
    return [float(x.replace(",", "")) for x in re.findall(r"(?<![0-9])[-+]?[0-9][0-9,]*\.?[0-9]*", cell)]


def test_intervals_of_winners_hold_luck_and_the_drawing_of_the_panel(result):
    """Slow twin: the same rule, written with NumPy, on a real result; the county's own mean stands beside it."""
    h5py, np = pytest.importorskip("h5py"), pytest.importorskip("numpy")
    with h5py.File(result) as file:
        arms = [x.decode() for x in file["panel/arm"][()]]
        years = file["panel/year"][()]
        late = slice(-3, None)
        income = np.where(file["panel/present"][()] > 0, file["panel/income_real"][()].astype(float), np.nan)[..., late]
        county = file["county/income_real_per_capita"][..., late].mean(-1)
        weights = file["panel/weight"][()]
    sides = income.mean(-1)
    gaps = sides[arms.index("land")] - sides[arms.index("reference")]  # replicate, household
    assert list(years[late]) == [2018, 2019, 2020] and np.isfinite(gaps).all()
    n_replicates, n = gaps.shape
    by_household, by_replicate = gaps.mean(0), gaps @ weights / weights.sum()
    mean = by_household @ weights / weights.sum()
    spread = (weights * (by_household - mean) ** 2).sum() / weights.sum() * n / (n - 1)
    assert n_replicates == 2 and weights.sum() > n
    half = 12.706204736432095 * (by_replicate.var(ddof=1) / 2 + (1 - n / weights.sum()) * spread / n) ** 0.5
    text = pamir("summary", result, "--width", 300).stdout
    title = "Who gained and who lost in real income, mean of 2018 to 2020"
    assert numbers(row(text, title, "mean difference, CNY/person/year", "households")["land"]) == pytest.approx(
        [mean, half], abs=0.0501)
    gap = county[arms.index("land")] - county[arms.index("reference")]
    assert numbers(row(text, title, "the whole county's, by persons", "households")["land"]) == pytest.approx(
        [gap.mean(), 12.706204736432095 * gap.std(ddof=1) / 2**0.5], abs=0.0501)
    # Shares stay shares, however wide t(1) makes their intervals.
    for label in ("gained, % of households", "lost, % of households", "neither, %"):
        cells = row(text, title, label, "households")
        assert cells and all(0 <= x <= 100 for cell in cells.values() for x in numbers(cell.replace("-", " "))), cells


def test_years_before_the_programs_thin_no_average(tmp_path):
    out = tmp_path / "short.h5"
    pamir("run", EXPERIMENT, "-o", out, "--replicates", 2, "--arms", "land", "--set", "to=2016-12", "--quiet")
    text = pamir("summary", out).stdout
    assert "2015 to 2016, programs from 2016" in text and "mean of 2015" not in text
    assert "Who gained and who lost in real income, 2016:" in text and "persons lifted: 2016;" in text


def test_one_replicate_says_that_nothing_is_known_of_its_luck(tmp_path):
    out = tmp_path / "one.h5"
    strangers = ["--set", "parameters.enterprises.works_local=0", "--set", "parameters.labour_market.works_labour=0"]
    pamir("run", EXPERIMENT, "-o", out, "--replicates", 1, "--arms", "land,none", *strangers, "--quiet")
    text = pamir("summary", out).stdout
    assert "one replicate: how sure the differences are is not known" in text
    assert "±" not in text and "95%" not in text
    real = row(text, "Differences from 'reference', 2020", "income, real")
    assert re.fullmatch(r"[+-][\d,.]+", real["land"]) and real["none"] == "same"


def test_summary_shows_where_income_comes_from_and_what_households_own(result):
    """The sources add up to the income; a gift is seen in the assets."""
    text = pamir("summary", result, "--width", 300).stdout
    title = "Levels, 2020"
    parts = [numbers(row(text, title, f"of this ({name}) [fitted]")["land"])[0]
             for name in ("crops", "herd", "wage", "business", "property", "transfer", "remittance")]
    assert sum(parts) == pytest.approx(numbers(row(text, title, "income, nominal [fitted]")["land"])[0], abs=3.5)
    assert numbers(row(text, title, "assets a household, nominal [emergent]")["land"])[0] > 1000
    assert "of this (herd)" in text.split("Differences from")[1] and "assets a household" in text.split("Differences from")[1]
    assert "income gained: sum of 2015 to 2020; persons lifted: mean of 2018 to 2020" in text


def test_summary_and_the_python_package_agree(tmp_path):
    """Slow twin: two programs, written apart, say the same of a file with lost rows."""
    synthetic = pytest.importorskip("synthetic")
    package = pytest.importorskip("pamir")
    path = tmp_path / "lost.h5"
    synthetic.write(path, synthetic.Spec(lost={("land", 2): -6, ("reference", 5): -6}))
    text = pamir("summary", path, "--width", 300).stdout
    assert "2 of 56 rows failed" in text
    run = package.open(path)
    effect = run.effect("land", "reference", "income_real_per_capita")
    difference, half = (float(x.sel(year=2030)) for x in (effect.difference, effect.half_width))
    assert row(text, "Differences from 'reference', 2030", "income, real")["land"] == f"{difference:+.1f} ± {half:.1f}"
    levels = row(text, "Levels, 2030", "income, real [fitted]")
    apart = numbers(levels["land"])[0] - numbers(levels["reference"])[0]
    assert apart == pytest.approx(difference, abs=1.01), "levels are over the replicates that all arms have"
    gained = next(r for r in package.costs.costs(run, "land").ratios if "income" in r.name)
    assert row(text, "What it cost", "paid per unit of real income gained*", "programs")["land"] == (
        f"{gained.value:.3f} ({gained.low:.3f}-{gained.high:.3f})")
    winners = package.winners.winners(run, "land")
    title = "Who gained and who lost in real income, mean of 2028 to 2030"
    assert numbers(row(text, title, "mean difference, CNY/person/year", "households")["land"]) == pytest.approx(
        [float(winners.mean.sel(who="all")), float(winners.mean_half_width.sel(who="all"))], abs=0.0501)
    share = winners.shares.sel(who="all")
    assert numbers(row(text, title, "gained, % of households", "households")["land"].replace("-", " ")) == pytest.approx(
        [100 * float(share[name]) for name in ("gained", "gained_low", "gained_high")], abs=0.0501)
