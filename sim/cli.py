"""The command line: a verb, then key=value settings; errors in sentences, never a traceback."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

VERBS = (
    "run", "compare", "demo", "lesson", "list", "explain", "report", "laws", "validate",
    "new", "check", "fit",
)  # fmt: skip
EPILOG = """\
settings are key=value, lists in brackets:
  kezek run scenario=rural_access run.days=90 mobile.units=8
  kezek compare base rural_access staff_reallocation run.replications=8
  kezek run -m scenario=base,rural_access run.seed=1,2
  kezek list scenarios|levers|metrics|regions
  kezek explain rural_access          every changed assumption, with its source
  kezek explain --unknowns            the assumptions most worth replacing by data
  kezek demo                          the base year and three reforms, with a report
  kezek lesson 01                     a class sees a queue explode, on one page
  kezek laws FILE.csv                 the engine against the exact laws of a file
  kezek validate                      all laws, both engines, on one page
  kezek new data my_data              templates of a region's tables, to be filled with own data
  kezek check data.dir=my_data        what own data change, and what is wrong or doubtful
  kezek fit tickets.csv --out my_data own data from the tickets of a queue, with fit figures

exit codes: 0 fine, 2 input, 3 warning under --strict, 4 model, 5 folder, 6 disk, 7 worker,
8 some runs failed and the others are kept, 130 stopped
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says, and leave with its exit code."""
    asked = _listen()
    try:
        code = _main(list(sys.argv[1:] if arguments is None else arguments))
    except Exception:
        if not asked:
            raise
        code = _stopped()  # a library can turn an interrupt into an error of its own
    if asked:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # once was enough
    sys.exit(code)


def _listen() -> list[int]:
    """Ctrl-C as ever, but remembered in the list."""
    asked: list[int] = []

    def hear(number: int, _: object) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, hear)
    return asked


def _stopped() -> int:
    sys.stderr.write("kezek: stopped.\n")
    return 130


def _main(arguments: list[str]) -> int:
    told = parser().parse_intermixed_args(arguments)
    if told.version:
        from sim.studies.manifest import own_version

        sys.stdout.write(f"kezek {own_version()}\n")
        return 0
    if not told.words:
        parser().print_help(sys.stderr)
        return 2
    try:
        import sim.errors  # noqa: F401 -- is the program whole?
    except ImportError as error:  # pragma: no cover -- a broken installation
        sys.stderr.write(f"kezek: cannot start: {error}. Run: make setup\n")
        return 4
    return _guarded(told)


def _guarded(told: argparse.Namespace) -> int:
    """The exit code of a verb; whatever goes wrong is said in a sentence."""
    from sim.errors import NO_SPACE, SimError

    try:
        _do(told)
        sys.stdout.flush()
    except SimError as error:
        if told.debug:
            raise
        sys.stderr.write(f"kezek: {error}\n")
        return error.code
    except KeyboardInterrupt:
        return _stopped()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        if told.debug or error.errno not in NO_SPACE:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to be said
        sys.stderr.write(
            f"kezek: Cannot write {error.filename or 'to the output'}: {error.strerror}.\n"
        )
        return 6
    except MemoryError:
        sys.stderr.write("kezek: out of memory; fewer run.workers or a smaller region.\n")
        return 4
    return 0


def parser() -> argparse.ArgumentParser:
    """What may be written."""
    found = argparse.ArgumentParser(
        prog="kezek",
        usage="kezek verb [name ...] [key=value ...] [options]",
        description="Try reforms of public service delivery before they are decreed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("words", nargs="*", metavar="verb", help=", ".join(VERBS))
    found.add_argument("-m", "--multirun", action="store_true", help="run all values given as a,b")
    found.add_argument("--study", default="", metavar="NAME", help="folder in outputs/")
    found.add_argument("--json", action="store_true", help="print one JSON document, nothing else")
    found.add_argument("--strict", action="store_true", help="refuse what is merely doubtful")
    found.add_argument("--unknowns", action="store_true", help="with explain")
    found.add_argument("--tight", action="store_true", help="with laws: 0.5 percent, not 2")
    found.add_argument("--xlsx", action="store_true", help="with new: one workbook")
    found.add_argument("--out", default="", metavar="DIR", help="with fit: write own data there")
    found.add_argument("--version", action="store_true", help="show the version and leave")
    found.add_argument("--debug", action="store_true", help="show where an error arose")
    return found


def _do(told: argparse.Namespace) -> None:
    """Call the verb; what it needs is imported only now."""
    verb, *words = told.words
    _known(verb)
    settings = [word for word in words if "=" in word]
    names = [word for word in words if "=" not in word]
    choice = (settings, told.study, told.json, told.strict)
    if verb in ("new", "check", "fit"):
        _with_own_data(verb, names, settings, told)
    elif verb == "run":
        from sim.verbs import run

        _no_names(names, "kezek run scenario=NAME")
        (run.run_many if told.multirun else run.run)(*choice)
    elif verb == "demo":
        from sim.verbs import compare

        _no_names(names, "kezek demo")
        compare.demo(*choice)
    elif verb == "compare":
        from sim.verbs import compare

        compare.run(names, *choice)
    elif verb == "lesson":
        from sim.verbs import lesson

        lesson.run(names, *choice)
    elif verb == "list":
        from sim.verbs import listing

        listing.run(_one(names, "kezek list scenarios"), told.json)
    elif verb == "explain":
        from sim.verbs import explain

        if told.unknowns:
            explain.unknowns(settings, told.json)
        else:
            explain.run(_one(names, "kezek explain rural_access"), settings, told.json)
    elif verb == "laws":
        from sim.verbs import laws

        laws.run(_one(names, "kezek laws FILE.csv"), told.study, told.json, told.tight)
    elif verb == "validate":
        from sim.verbs import validate

        validate.run(names, *choice)
    else:
        from sim.verbs import report

        report.run(_one(names, "kezek report demo"), told.json)


def _with_own_data(
    verb: str, names: list[str], settings: list[str], told: argparse.Namespace
) -> None:
    """The verbs by which somebody brings numbers of their own."""
    if verb == "new":
        from sim.verbs import new

        new.run(names, settings, told.json, told.xlsx)
    elif verb == "check":
        from sim.verbs import check

        _no_names(names, "kezek check data.dir=my_data")
        check.run(settings, told.json, told.strict)
    else:
        from sim.verbs import fit

        fit.run(_one(names, "kezek fit tickets.csv"), settings, told.out, told.json)


def _known(verb: str) -> None:
    from sim.errors import InputError, nearest

    if verb not in VERBS:
        said = f"no verb '{verb}'; there are {', '.join(VERBS)}.{nearest(verb, VERBS)}"
        raise InputError([said], where="the command line")


def _one(names: list[str], example: str) -> str:
    from sim.errors import InputError

    if len(names) != 1:
        raise InputError([f"name one thing, such as: {example}"], where="the command line")
    return names[0]


def _no_names(names: list[str], example: str) -> None:
    from sim.errors import InputError

    if names:
        said = f"'{names[0]}' is no setting. Write key=value, such as: {example}"
        raise InputError([said], where="the command line")


if __name__ == "__main__":
    main()
