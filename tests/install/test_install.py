"""What `cmake --install` puts into a prefix works without the source tree: library, headers, pamir.pc, commands."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

BUILD = Path(os.environ["PAMIR_BUILD_DIR"])

PROGRAM = r"""
#include <stdio.h>
#include <sim/core/digest.h>
#include <sim/rand/rand.h>
#include <sim/scenario/node.h>
#include <sim/time/queue.h>

int main(void)
{
    struct sim_queue queue;
    struct sim_error error = {0};
    struct sim_event event = {.time = 42};
    if (sim_queue_init(&queue, 4, &error) || sim_queue_push(&queue, &event, &error))
        return 1;
    event.time = 0;
    sim_queue_pop(&queue, &event);
    sim_queue_free(&queue);
    uint8_t digest[SIM_DIGEST_BYTES];
    char text[SIM_DIGEST_TEXT];
    sim_digest_bytes("abc", 3, digest);
    sim_digest_text(digest, text);
    printf("%d %s\n", (int)event.time, text);
    return 0;
}
"""
SHA256_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        pytest.fail(f"{shlex.join(map(str, command))}: {done.returncode}\n{done.stderr or done.stdout}", pytrace=False)
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    path = tmp_path_factory.mktemp("prefix with spaces") / "pamir"
    run("cmake", "--install", BUILD, "--prefix", path)
    return path


@pytest.fixture(scope="module")
def flags(prefix):
    """Flags as `pkg-config --cflags --libs pamir` gives them."""
    folders = [str(pc.parent) for pc in prefix.rglob("pamir.pc")]
    assert len(folders) == 1
    env = dict(os.environ, PKG_CONFIG_PATH=folders[0])
    return shlex.split(run("pkg-config", "--cflags", "--libs", "pamir", env=env))


@pytest.fixture
def clean_env(tmp_path):
    """An environment that knows neither the source tree nor the build."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8", "MPLBACKEND": "Agg"}


def test_program_against_pamir_pc_compiles_links_and_runs(prefix, flags, tmp_path):
    (tmp_path / "program.c").write_text(PROGRAM)
    run("gcc", "-std=c17", "-D_POSIX_C_SOURCE=200809L", "-o", tmp_path / "program", tmp_path / "program.c", *flags)
    assert run(tmp_path / "program").split() == ["42", SHA256_ABC]


def test_pamir_pc_names_the_serial_hdf5_alone(flags):
    assert not [flag for flag in flags if "openmpi" in flag or "mpich" in flag]
    assert "-lhdf5_hl" in flags and any(flag.startswith("-lhdf5") and flag != "-lhdf5_hl" for flag in flags)


def test_every_installed_header_compiles_with_the_flags_of_pamir_pc(prefix, flags):
    include = prefix / "include" / "pamir"
    headers = sorted(path.relative_to(include).as_posix() for path in include.rglob("*.h"))
    assert "sim/time/queue.h" in headers and not [name for name in headers if name.startswith("sim/cli/")]
    source = "".join(f"#include <{name}>\n" for name in headers)
    run("gcc", "-std=c17", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Werror", "-fsyntax-only", "-x", "c", "-",
        *[flag for flag in flags if not flag.startswith("-l")], input=source)


def test_installed_pamir_checks_its_installed_scenarios(prefix, clean_env, tmp_path):
    assert "pamir" in run(prefix / "bin" / "pamir", "--version", env=clean_env, cwd=tmp_path)
    scenarios = prefix / "share" / "pamir" / "scenarios"
    for experiment in (scenarios / "tiny" / "experiment.yaml", scenarios / "experiments" / "tashkurgan.yaml"):
        run(prefix / "bin" / "pamir", "check", experiment, env=clean_env, cwd=tmp_path)


def test_installed_pamir_runs_and_reports(prefix, clean_env, tmp_path):
    tiny = prefix / "share" / "pamir" / "scenarios" / "tiny" / "experiment.yaml"
    pamir = prefix / "bin" / "pamir"
    run(pamir, "run", tiny, "-o", tmp_path / "a b.h5", "--quiet", env=clean_env, cwd=tmp_path)
    run(pamir, "report", tmp_path / "a b.h5", "-o", tmp_path / "page.html", env=clean_env, cwd=tmp_path)
    assert "</html>" in (tmp_path / "page.html").read_text()
    run(pamir, "behaviour", tmp_path / "a b.h5", "-o", tmp_path / "figures", "--only", "lean_winter", env=clean_env, cwd=tmp_path)
    assert (tmp_path / "figures" / "lean_winter.png").stat().st_size > 1000
