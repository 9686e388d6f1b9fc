"""Commands: `python3 -m pamir report|info|effect|figure|behaviour ...`; `pamir report` and `pamir behaviour` through bin/.

Exit status: 0 done, 1 failed (a damaged file, too), 2 bad input.
"""

import argparse
import sys

from .results import DamagedError, PamirError, open as open_result


def _parser_report(parser):
    parser.add_argument("result", metavar="OUT.h5", help="a result that `pamir run` wrote")
    parser.add_argument("-o", "--output", metavar="PAGE.html", help="the page to write (default: beside the result)")
    parser.add_argument("--confidence", type=float, default=0.95, metavar="C", help="of the intervals (default 0.95)")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is no page of this command")
    return parser


def report(arguments):
    """Writes the page.  Returns the exit status.  Raises PamirError for bad input."""
    from . import report as module

    with _open(arguments) as run:
        path = module.write(run, arguments.output or run.path.with_suffix(".html"), arguments.confidence, arguments.overwrite)
    print(path)
    return 0


def info(arguments):
    """Prints what a result holds: arms, rows lost, groups with their variables and units.  Returns the exit status."""
    with _open(arguments) as run:
        print(run)
        for row in run.lost:
            place = f", point {row['point']}" if "point" in row else ""
            print(f"  lost: {row['arm']}{place}, replicate {row['replicate']}: {row['message'] or row['why']}")
            if row["replay"]:
                print(f"    {row['replay']}")
        if run.stopped_early:
            print(f"  {run.stopped_early}")
        if run.has("sweep"):
            print(f"/sweep: {run.n_points} points")
            print("  " + run.points.to_string().replace("\n", "\n  "))
        for group in ("county", "village", "quintile", "panel", "investment", "ledger", "claim"):
            if not run.has(group):
                continue
            print(f"/{group}")
            for name, variable in run.group(group).data_vars.items():
                dims = ", ".join(d for d in variable.dims if d not in ("point", "arm", "replicate"))
                unit = variable.attrs.get("units", "date" if variable.dtype.kind == "M" else "")
                print(f"  {name} ({dims}) [{unit}]: {variable.attrs.get('long_name', '')}")
    return 0


def effect(arguments):
    """Prints a paired difference with its interval.  Returns the exit status.  Raises PamirError for bad input."""
    with _open(arguments) as run:
        if arguments.by is not None:
            print(run.response(arguments.variable, arguments.arm, arguments.by, arguments.reference, last=arguments.last,
                               confidence=arguments.confidence))
            return 0
        print(run.effect(arguments.arm, arguments.reference, arguments.variable, arguments.confidence, last=arguments.last))
    return 0


def figure(arguments):
    """Writes a picture of all arms' differences over the years.  Returns the exit status.  Raises PamirError."""
    from . import plots

    with _open(arguments) as run:
        arms = [arm for arm in run.arms if arm not in (run.reference, run.placebo)]
        effects = [run.effect(arm, run.reference, arguments.variable) for arm in arms]
        if not effects or effects[0].difference.dims != ("year",):
            raise PamirError(f"{arguments.variable} is not a yearly variable of arms beside the reference")
        try:
            plots.differences_over_time(run, effects).savefig(arguments.output, dpi=160)
        except (OSError, ValueError) as error:
            raise PamirError(str(error)) from error
    print(arguments.output)
    return 0


def behaviour(arguments):
    """Prints what the county did without being told to, and writes the figures.  Returns the exit status."""
    from . import behaviour as module

    with _open(arguments) as run:
        for finding in module.write(run, arguments.output, arguments.only):
            if finding.holds is None:
                print(f"{finding.name}: {finding.claim}: cannot be judged: {finding.found}")
            else:
                print(f"{finding.name}: {finding.claim}: {finding.verdict}\n  {finding.found}  [{finding.tag}]")
    return 0


def _parser_behaviour(parser):
    from .behaviour import BEHAVIOURS

    parser.add_argument("result", metavar="OUT.h5", help="a result of scenarios/experiments/behaviour.yaml")
    parser.add_argument("-o", "--output", required=True, metavar="FOLDER", help="where the figures go, one PNG each")
    parser.add_argument("--only", nargs="+", metavar="NAME", help=f"some of: {', '.join(BEHAVIOURS)}")
    return parser


def behaviour_main(argv=None):
    """`pamir-behaviour OUT.h5 -o FOLDER`.  Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="pamir behaviour", description="What the county did without being told to: a line and a figure each."
    )
    return _run(behaviour, _parser_behaviour(parser).parse_args(argv), "pamir behaviour")


def _run(call, arguments, name):
    try:
        return call(arguments)
    except PamirError as error:
        print(f"{name}: error: {error}", file=sys.stderr)
        return 1 if isinstance(error, DamagedError) else 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except (OSError, RuntimeError, KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
        # A file with a good seal holds what the simulator wrote: then the fault is ours, and the trace is wanted.
        if getattr(arguments, "sealed", True):
            raise
        print(f"{name}: error: {arguments.result}: cannot be read to its end ({error}); it is damaged", file=sys.stderr)
        return 1


def _open(arguments):
    """The result, with a word on standard error when nothing vouches for its bytes."""
    run = open_result(arguments.result)
    arguments.sealed = run.sealed
    if not run.sealed:
        print(f"{run.path}: has no seal: it was cut short or rewritten by another program, or is of an old version", file=sys.stderr)
    return run


def report_main(argv=None):
    """`pamir-report OUT.h5 -o PAGE.html`.  Returns the exit status."""
    parser = argparse.ArgumentParser(prog="pamir report", description="Writes a self-contained page about a result.")
    return _run(report, _parser_report(parser).parse_args(argv), "pamir report")


def main(argv=None):
    """`python3 -m pamir COMMAND ...`.  Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m pamir", description="Reads results of Pamir.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = _parser_report(commands.add_parser("report", help="write a self-contained page about a result"))
    one.set_defaults(call=report)
    one = commands.add_parser("info", help="what a result holds")
    one.add_argument("result", metavar="OUT.h5")
    one.set_defaults(call=info)
    one = commands.add_parser("effect", help="paired difference of an arm from another, with its interval")
    one.add_argument("result", metavar="OUT.h5")
    one.add_argument("arm", metavar="ARM")
    one.add_argument("variable", metavar="VARIABLE", help="income_per_capita, quintile/income_real_per_capita, ...")
    one.add_argument("--reference", metavar="ARM", help="default: the reference arm of the file")
    one.add_argument("--confidence", type=float, default=0.95, metavar="C")
    one.add_argument("--by", metavar="PARAMETER", help="of a sweep: by the values of this parameter")
    one.add_argument("--last", type=int, metavar="N", help="mean of the last N years; of a monthly variable, too")
    one.set_defaults(call=effect)
    one = commands.add_parser("figure", help="differences from the reference over the years, as a picture")
    one.add_argument("result", metavar="OUT.h5")
    one.add_argument("variable", metavar="VARIABLE", help="a yearly variable: income_real_per_capita, ...")
    one.add_argument("-o", "--output", required=True, metavar="FILE", help="written: .png, .svg or .pdf")
    one.set_defaults(call=figure)
    one = _parser_behaviour(commands.add_parser("behaviour", help="what the county did without being told to, with figures"))
    one.set_defaults(call=behaviour)
    arguments = parser.parse_args(argv)
    return _run(arguments.call, arguments, f"pamir {arguments.command}")


if __name__ == "__main__":
    sys.exit(main())
