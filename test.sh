#!/usr/bin/env bash
# Installs what is missing, builds and runs every test:
#   release   warnings are errors; unit, model, theory, determinism, scenario, command-line, Python, installation
#             tests and guards (formatting among them)
#   asan      address and undefined-behaviour sanitizers: the quick tests
#   tsan      thread sanitizer: the tests that run threads
#   fuzz      the readers of files against libFuzzer: the corpus kept, and a bounded number of new inputs
# The last line reads "N passed, N failed" and counts single test cases, not programs; the exit status is 0 only
# when nothing failed. Build folders are build/release, build/asan, build/tsan, build/fuzz; logs lie beside them.
set -uo pipefail

usage() {
    cat <<'TEXT'
usage: ./test.sh [--quick] [--jobs N]
  --quick     the release build and its unit tests and guards alone
  --jobs N    build and test jobs at a time (default: the processors there are)
  PAMIR_NO_INSTALL=1 leaves the system's packages alone.
TEXT
}

quick=false
jobs=$(nproc 2>/dev/null || echo 2)
while [ $# -gt 0 ]; do
    case $1 in
    --quick) quick=true ;;
    --jobs)
        jobs=${2:-}
        [[ $jobs =~ ^[1-9][0-9]*$ ]] || { echo "test.sh: --jobs wants a whole number" >&2; exit 2; }
        shift
        ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        echo "test.sh: unknown option '$1'" >&2
        usage >&2
        exit 2
        ;;
    esac
    shift
done

cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
python=/usr/bin/python3
results=()
broken=0 # stages that could not be built, each one failure in the count
started=$SECONDS

step() {
    printf '\n== %s (%d:%02d)\n' "$1" $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60))
}

finish() {
    echo
    if [ -x "$python" ]; then
        exec "$python" tests/count.py --broken "$broken" "${results[@]}"
    fi
    echo "0 passed, $((broken > 0 ? broken : 1)) failed"
    exit 1
}

# stage PRESET CTEST_OPTION...: configures, builds, runs ctest; a stage that does not build counts as a failure.
stage() {
    local preset=$1
    shift
    local log=build/$preset.log
    mkdir -p build
    step "$preset: build"
    local configure=(cmake --preset "$preset" -DBUILD_TESTING=ON -DPAMIR_WERROR=ON)
    # --fresh: a folder configured elsewhere, or before a package changed, starts over.
    if ! { { "${configure[@]}" >"$log" 2>&1 || "${configure[@]}" --fresh >"$log" 2>&1; } &&
        cmake --build --preset "$preset" -j "$jobs" -- --quiet >>"$log" 2>&1; }; then
        tail -n 60 "$log"
        echo "test.sh: the $preset build failed; all of it: $log" >&2
        broken=$((broken + 1))
        return 1
    fi
    step "$preset: tests"
    local result=$PWD/build/$preset.junit.xml
    rm -rf "$result" "build/$preset/tiny.h5" "build/$preset/tiny.h5.parts" # a test run that was killed left these
    ctest --preset "$preset" -j "$jobs" --no-label-summary --test-output-size-passed 1000000 \
        --test-output-size-failed 1000000 --output-junit "$result" "$@" 2>&1 | sed -u '/^ *Start *[0-9]*: /d'
    if [ -f "$result" ]; then
        results+=("$preset=$result")
    else
        broken=$((broken + 1))
    fi
}

step "packages"
if ! .ci/install test; then
    broken=1
    finish
fi

if $quick; then
    stage release -L 'unit|guards'
    finish
fi
stage release
stage asan
stage tsan
stage fuzz
finish
