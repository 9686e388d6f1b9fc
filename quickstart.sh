#!/usr/bin/env bash
# Installs what is missing, builds Pamir, runs the Tashkurgan experiment and writes results/tashkurgan.h5 and
# results/tashkurgan.html. A second call builds what changed and runs again; it replaces both files.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: ./quickstart.sh [--threads T] [--replicates N] [-o FOLDER]
  --threads T      threads to run on (default: all)
  --replicates N   fewer than the experiment's own for a quicker look
  -o FOLDER        where the results go (default: results/ of this project)
  PAMIR_NO_INSTALL=1 leaves the system's packages alone.
Exit status: 0 done, 1 failed, 2 bad input, 3 stopped early with what is done kept.
TEXT
}

fail() { end 1 "$@"; }

end() {
    local status=$1
    shift
    echo "quickstart: $*" >&2
    exit "$status"
}

threads=$(nproc 2>/dev/null || echo 2)
replicates=()
out=
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help)
        usage
        exit 0
        ;;
    --threads | --replicates | -o)
        [ $# -ge 2 ] || end 2 "$1 wants a value"
        if [ "$1" != -o ] && ! [[ $2 =~ ^[1-9][0-9]*$ ]]; then
            end 2 "$1 wants a whole number, not '$2'"
        fi
        case $1 in
        --threads) most=4096 ;;
        *) most=100000 ;;
        esac
        if [ "$1" != -o ] && { [ ${#2} -gt 6 ] || [ "$2" -gt $most ]; }; then
            end 2 "$1 '$2' is out of range; expected 1 to $most"
        fi
        case $1 in
        --threads) threads=$2 ;;
        --replicates) replicates=(--replicates "$2") ;;
        -o) out=$2 ;;
        esac
        shift
        ;;
    *)
        echo "quickstart: unknown option '$1'" >&2
        usage >&2
        exit 2
        ;;
    esac
    shift
done

# A folder that the caller names is relative to where the caller stands.
if [ -n "$out" ]; then
    mkdir -p -- "$out" || fail "cannot make the folder $out"
    out=$(cd -- "$out" && pwd)
fi
cd "$(dirname "${BASH_SOURCE[0]}")"
out=${out:-$PWD/results}
mkdir -p -- "$out" build

started=$SECONDS
step() {
    printf '\n[%s of 5] %s (%d:%02d)\n' "$1" "$2" $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60))
}

step 1 "Debian packages that are missing"
.ci/install run || fail "could not install what is missing"

step 2 "build the release in build/release"
log=$PWD/build/quickstart.log
# A folder that ./test.sh configured keeps its tests; a new one builds none, since they need more packages.
testing=OFF
if [ -f build/release/CMakeCache.txt ] && grep -q '^BUILD_TESTING:BOOL=ON' build/release/CMakeCache.txt; then
    testing=ON
fi
configure=(cmake --preset release "-DBUILD_TESTING=$testing")
# --fresh: a folder configured elsewhere, or before a package changed, starts over.
if ! { { "${configure[@]}" >"$log" 2>&1 || "${configure[@]}" --fresh >"$log" 2>&1; } &&
    cmake --build --preset release --target pamir -- --quiet >>"$log" 2>&1; }; then
    tail -n 40 "$log" >&2
    fail "the build failed; all of it: $log"
fi
pamir=$PWD/build/release/pamir

step 3 "run scenarios/experiments/tashkurgan.yaml on $threads threads"
if [ -e "$out/tashkurgan.h5" ]; then
    echo "$out/tashkurgan.h5 is there from before and will be replaced"
fi
run() {
    "$pamir" run scenarios/experiments/tashkurgan.yaml -o "$out/tashkurgan.h5" --threads "$threads" --overwrite \
        ${replicates[@]+"${replicates[@]}"} "$@"
}
# A run that was stopped left its finished rows: they are used, unless the experiment, the version or the number of
# replicates is another. Then they are put aside: hours of work are never thrown away unasked.
status=0
parts=$out/tashkurgan.h5.parts
if [ -d "$parts" ]; then
    if command -v flock >/dev/null && ! flock --nonblock "$parts/lock" true; then
        end 2 "another process is writing $out/tashkurgan.h5 right now; wait for it, or name another folder with -o"
    fi
    echo "an earlier run was stopped: it is resumed"
    run --resume || status=$?
    if [ $status -eq 2 ] && "$pamir" check scenarios/experiments/tashkurgan.yaml >/dev/null 2>&1; then
        n=1
        while [ -e "$out/kept-$n.parts" ]; do n=$((n + 1)); done
        mv -- "$parts" "$out/kept-$n.parts"
        echo "its rows are of another experiment, version or number of replicates: they are kept in"
        echo "$out/kept-$n.parts (rename it to tashkurgan.h5.parts to go on with it); the run begins anew"
        status=0
        run || status=$?
    fi
else
    run || status=$?
fi
case $status in
0) ;;
2) end 2 "the run was refused" ;;
3) end 3 "stopped; what is finished is kept: call quickstart.sh again, in the same way, to go on" ;;
*) fail "the run failed" ;;
esac

step 4 "a page to read"
"$pamir" report "$out/tashkurgan.h5" -o "$out/tashkurgan.html" || fail "the report failed"

step 5 "summary"
"$pamir" summary "$out/tashkurgan.h5" || fail "the summary failed"

printf '\nDone in %d:%02d. What to do next:\n' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60))
cat <<TEXT
  read     $out/tashkurgan.html in a browser: income, poverty, who gained and who lost, what it cost
  open     $out/tashkurgan.h5 in Python: PYTHONPATH=analysis /usr/bin/python3, then
             import pamir; run = pamir.open("$out/tashkurgan.h5"); run.county
  change   scenarios/experiments/tashkurgan.yaml, then: build/release/pamir check FILE
  ask      build/release/pamir --help, and README.md
TEXT
