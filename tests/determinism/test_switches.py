"""Every family can be switched off, and every arm of the behaviour experiment lives: short runs of both experiments.

Rung: definition. Needs PAMIR_BIN. Run with /usr/bin/python3 -m pytest.
"""
import os
import re
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS = ROOT / "scenarios" / "experiments"
# A replicate each. The first cooperative is founded in 2018, the grant of `behaviour` paid.
LAST = {"switches": 2018, "behaviour": 2018}
# County's variables that are nil in every year and month: in these arms and in no other.
NIL = {
    "births": {"no_births_and_deaths"},
    "deaths": {"no_births_and_deaths"},
    "marriages": {"no_marriage", "no_births_and_deaths"},
    "divisions": {"no_division", "no_births_and_deaths"},
    "left_persons": {"no_migration"},
    "n_migrants": {"no_migration", "no_choice"},
    "remittances": {"no_migration", "no_choice"},
    "found_share": {"no_casual_work"},
    "herd_death_rate": {"no_herds"},
    "n_sick_herds": {"no_disease", "no_herds"},
    "cooperatives": {"no_cooperatives", "no_herds"},
    "coop_members": {"no_cooperatives", "no_herds"},
    "firms": {"no_firms"},
    "firm_jobs": {"no_firms"},
    "local_spent": {"no_local_spending"},
    "local_earned": {"no_local_spending"},
    "assistance_paid": {"no_assistance"},
    "public_services": {"no_budget"},
}


def pamir(*arguments):
    return subprocess.run([os.environ["PAMIR_BIN"], *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(name="results", scope="module")
def results_fixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("switches")
    for name, last in LAST.items():
        done = pamir("run", EXPERIMENTS / f"{name}.yaml", "-o", folder / f"{name}.h5", "--quiet", "--replicates", 1,
                     "--set", f"to={last}-12", "--set", "panel=0")
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("name", LAST)
def test_check_finds_the_experiment_good(name):
    done = pamir("check", EXPERIMENTS / f"{name}.yaml")
    assert done.returncode == 0 and ": all is well" in done.stdout, done.stdout + done.stderr


def switches():
    """Every parameter that may be `none`, as pamir describe has them: {path}."""
    found = set()
    sections = re.findall(r"^  (\w+) ", pamir("describe", "parameters").stdout, flags=re.M)
    assert len(sections) > 15
    for section in sections:
        text = pamir("describe", section).stdout
        # programs have names in common with sections: what is asked for is the part headed by the section's name
        part = re.search(rf"^{re.escape(section)}: .*?(?=^\S|\Z)", text, flags=re.M | re.S)[0]
        found |= {f"parameters.{section}.{name}" for name in re.findall(r"^  (\w+)\n +one of none, ", part, flags=re.M)}
    return found


def test_every_switch_that_is_described_is_off_alone_in_an_arm_of_its_own():
    """What an arm shows that turns off two at once is neither's."""
    text = (EXPERIMENTS / "switches.yaml").read_text(encoding="utf-8")
    sets = re.findall(r"^  \w+: \{set: \{(.*?)\}\}$", text, flags=re.M)
    assert len(sets) == text.count("set:")
    alone = [re.fullmatch(r"(parameters\.\w+\.\w+): (\S+)", each) for each in sets]
    assert all(alone), "an arm sets more than one thing"
    off = [match[1] for match in alone if match[2] == "none"]
    assert len(off) == len(set(off)) and set(off) == switches()


@pytest.mark.parametrize("name", LAST)
def test_every_arm_lives_and_its_books_close(results, name):
    done = pamir("verify", results / f"{name}.h5")
    assert done.returncode == 0 and "every row agrees" in done.stdout, done.stderr
    with h5py.File(results / f"{name}.h5") as file:
        assert (file["meta/row_status"][()] == 0).all(), file["meta/row_message"][()]


def arms_of(file):
    return [name.decode() for name in file["county/arm"][()]]


@pytest.mark.parametrize("name", LAST)
def test_every_arm_differs_from_every_other(results, name):
    """A switch that changed nothing would be no switch."""
    with h5py.File(results / f"{name}.h5") as file:
        same = {}
        for arm, row in zip(arms_of(file), file["county/income_per_capita"][()]):
            same.setdefault(bytes(row), []).append(arm)
        assert not [arms for arms in same.values() if len(arms) > 1]


def test_what_is_switched_off_is_not_there(results):
    with h5py.File(results / "switches.h5") as file:
        arms = arms_of(file)
        for name, expected in NIL.items():
            values = np.nan_to_num(file[f"county/{name}"][()]).reshape(len(arms), -1)
            assert {arm for arm, row in zip(arms, values) if not row.any()} == expected, name
