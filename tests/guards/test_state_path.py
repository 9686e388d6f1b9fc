"""No result hangs on the C library's transcendental functions, on its random numbers or on a clock.

The C library picks other variants of exp, log and pow on other processors (design.md, law 1); sim/core/real.h
stands in for them. Looked for in the objects, where a macro or an inline function cannot hide a call.
"""

import re
import subprocess

from tree import clean

STATE_PATH = ("models/", "sim/core/", "sim/time/", "sim/par/", "sim/rand/", "sim/data/", "sim/run/",
              "sim/scenario/")

TRANSCENDENTAL = {
    name + suffix
    for name in """exp exp2 exp10 expm1 log log2 log10 log1p logb pow cbrt hypot sin cos tan sincos asin acos atan
        atan2 sinh cosh tanh asinh acosh atanh erf erfc gamma lgamma lgamma_r tgamma j0 j1 jn y0 y1 yn fma
        cexp clog cpow csqrt cabs carg""".split()
    for suffix in ("", "f", "l")} | {"drem", "significand"}
UNKEYED = {"rand", "srand", "rand_r", "random", "srandom", "drand48", "erand48", "lrand48", "nrand48", "arc4random",
           "getrandom", "getentropy"}
CLOCKS = {"time", "clock", "clock_gettime", "gettimeofday", "omp_get_wtime", "ftime", "localtime", "localtime_r"}
GSL = re.compile(r"gsl_(sf|ran|cdf|pow|log1p|expm1|hypot|acosh|asinh|atanh|blas|linalg)_?")

# Files that may call some of these, with the reason: none of them moves the state of a run.
ALLOWED = {
    "sim/core/clock.c": (CLOCKS, "progress, profiles, wall time in /meta; outside the digest"),
    "sim/data/statistics.c": ({"gsl_cdf_tdist_Pinv"}, "quantile of the t distribution for printed intervals"),
}


def undefined_symbols(path):
    listing = subprocess.run(["nm", "-u", "-P", str(path)], capture_output=True, text=True, check=True).stdout
    return {line.split()[0].split("@")[0] for line in listing.splitlines() if line.strip()}


def unlawful_calls(tree, allowed=None):
    allowed = ALLOWED if allowed is None else allowed
    found = []
    for name, made in tree.objects(STATE_PATH).items():
        for symbol in sorted(undefined_symbols(made)):
            bare = re.sub(r"^__(\w+?)_finite$", r"\1", symbol)
            if bare in allowed.get(name, (set(),))[0]:
                continue
            if bare in TRANSCENDENTAL:
                found.append(f"{name}: calls the C library's {symbol}; use sim/core/real.h")
            elif bare in UNKEYED:
                found.append(f"{name}: calls {symbol}; every random number has a key (sim/rand/rand.h)")
            elif bare in CLOCKS:
                found.append(f"{name}: reads the machine's clock ({symbol}); models know sim_time alone")
            elif GSL.match(bare):
                found.append(f"{name}: calls {symbol}, which rests on the C library's functions")
    return found


def test_state_path_calls_no_transcendental_no_unkeyed_luck_and_no_clock(tree):
    clean(unlawful_calls(tree))


def test_every_file_on_the_allow_list_exists_and_needs_its_place(tree):
    """An exception that nobody uses any more is taken off the list."""
    objects = tree.objects(STATE_PATH)
    idle = [name for name in ALLOWED
            if name not in objects or not undefined_symbols(objects[name]) & set(ALLOWED[name][0])]
    clean(idle)


def test_unlawful_calls_are_found(plant):
    tree = plant({
        "models/a.c": "#include <math.h>\n#define e exp\ndouble a(double x)\n{\n    return e(x) + powf(x, x);\n}\n",
        "sim/rand/b.c": "#include <stdlib.h>\nint b(void)\n{\n    return rand();\n}\n",
        "sim/data/c.c": "#include <time.h>\nlong c(void)\n{\n    return time(0);\n}\n",
        "models/d.c": "double gsl_ran_gamma(void *, double, double);\n"
                      "double d(void)\n{\n    return gsl_ran_gamma(0, 1, 1);\n}\n",
        "sim/time/good.c": "#include <math.h>\ndouble g(double x)\n{\n    return sqrt(x) + floor(x);\n}\n",
        "sim/io/free.c": "#include <math.h>\ndouble f(double x)\n{\n    return log(x);\n}\n"}, flags=("-O0",))
    found = [(line.split(":")[0], line.split("calls ")[-1]) for line in unlawful_calls(tree)]
    assert [name for name, _ in found] == ["models/a.c", "models/a.c", "models/d.c", "sim/data/c.c", "sim/rand/b.c"]
    assert "exp" in found[0][1] and "powf" in found[1][1]


def test_allow_list_excuses_the_named_file_and_symbol_only(plant):
    body = "#include <math.h>\ndouble %s(double x)\n{\n    return %s(x);\n}\n"
    tree = plant({"models/a.c": body % ("a", "exp"), "models/b.c": body % ("b", "exp"),
                  "models/c.c": body % ("c", "log")}, flags=("-O0",))
    allowed = {"models/a.c": ({"exp"}, "for the test"), "models/c.c": ({"exp"}, "for the test")}
    assert [line.split(":")[0] for line in unlawful_calls(tree, allowed)] == ["models/b.c", "models/c.c"]
