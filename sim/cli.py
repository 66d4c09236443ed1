"""The command line: a verb, then key=value settings; errors in sentences, never a traceback."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.verbs.told import Told

STUDIES = ("demo", "compare", "sweep", "status", "resume", "replay", "export")
SINGLE = ("run", "lesson", "validate")
VERBS = (
    "run", "compare", "demo", "sweep", "status", "resume", "replay", "export", "lesson", "list",
    "explain", "report", "laws", "validate",
)  # fmt: skip
EPILOG = """\
settings are key=value, lists in brackets; how to run a study (run -m, compare, sweep, resume):
  executor=serial|processes|dask  address=HOST:PORT  scheduler_file=FILE  --shard 3/40
  precision=5% outputs=[wait_mean] within=20m  silent_minutes=15  memory_mb=4000

examples:
  kezek run scenario=rural_access run.days=90 mobile.units=8
  kezek compare base rural_access staff_reallocation run.replications=8
  kezek run -m scenario=base,rural_access run.seed=1,2
  kezek sweep study=vans design=grid vary.mobile.units=[4,8] scenario=base,rural_access reps=8
  kezek sweep study=open design=lhs points=50 reps=8 vary.office.patience_minutes=15..60
  kezek status vans                   how far it is; kezek resume vans goes on
  kezek replay vans run=KEY           one run again, with its full log of events
  kezek export vans --csv             also --xlsx, --parquet, --ema
  kezek list scenarios|levers|metrics|regions
  kezek explain rural_access          every changed assumption, with its source
  kezek explain --unknowns            the assumptions most worth replacing by data
  kezek demo                          the base year and three reforms, with a report
  kezek lesson 01                     a class sees a queue explode, on one page
  kezek laws FILE.csv                 the engine against the exact laws of a file
  kezek validate                      all laws, both engines, on one page

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
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(code)


def _listen() -> list[int]:
    """Ctrl-C as ever, and whoever ends us politely; remembered in the list."""
    asked: list[int] = []

    def hear(number: int, _: object) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, hear)
    signal.signal(signal.SIGTERM, hear)  # as a queue of jobs sends it when time is up
    return asked


def _stopped() -> int:
    sys.stderr.write("kezek: stopped.\n")
    return 130


def _main(arguments: list[str]) -> int:
    told = parser().parse_intermixed_args(arguments)
    if told.version:
        from sim.studies.version import own_version

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
    found.add_argument("--shard", default="", metavar="I/N", help="run only this part of a study")
    found.add_argument("--retry", action="store_true", help="try failed runs of a study again")
    found.add_argument("--anew", action="store_true", help="delete what the study's folder holds")
    found.add_argument("--unlock", action="store_true", help="the study's owner is gone")
    for name in ("csv", "xlsx", "ema", "parquet"):
        found.add_argument(f"--{name}", action="store_true", help="with export")
    found.add_argument("--version", action="store_true", help="show the version and leave")
    found.add_argument("--debug", action="store_true", help="show where an error arose")
    return found


def _do(told: argparse.Namespace) -> None:
    """Call the verb; what it needs is imported only now."""
    from sim.errors import InputError, nearest

    verb, *words = told.words
    if verb not in VERBS:
        said = f"no verb '{verb}'; there are {', '.join(VERBS)}.{nearest(verb, VERBS)}"
        raise InputError([said], where="the command line")
    settings = [word for word in words if "=" in word]
    names = [word for word in words if "=" not in word]
    choice = (settings, told.study, told.json, told.strict)
    if verb in STUDIES or told.multirun:
        _do_study(verb, names, settings, told)
    elif verb in SINGLE:
        _do_single(verb, names, choice)
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
    else:
        from sim.verbs import report

        report.run(_one(names, "kezek report demo"), told.json)


def _do_single(verb: str, names: list[str], choice: tuple[list[str], str, bool, bool]) -> None:
    """Verbs whose results are there at once or not at all."""
    if verb == "run":
        from sim.verbs import run

        _no_names(names, "kezek run scenario=NAME")
        run.run(*choice)
    elif verb == "lesson":
        from sim.verbs import lesson

        lesson.run(names, *choice)
    else:
        from sim.verbs import validate

        validate.run(names, *choice)


def _do_study(verb: str, names: list[str], settings: list[str], told: argparse.Namespace) -> None:
    """Verbs about runs in a folder that can be stopped and resumed."""
    if verb == "run":
        from sim.verbs import run

        _no_names(names, "kezek run -m scenario=NAME,NAME")
        run.run_many(_all(settings, told))
    elif verb == "demo":
        from sim.verbs import compare

        _no_names(names, "kezek demo")
        compare.demo(_all(settings, told))
    elif verb == "compare":
        from sim.verbs import compare

        compare.run(names, _all(settings, told))
    elif verb == "sweep":
        from sim.verbs import sweep

        sweep.run(names, _all(settings, told))
    elif verb == "export":
        from sim.verbs import export

        formats = [name for name in export.FORMATS if getattr(told, name)]
        export.run(_one(names, "kezek export demo --csv"), formats, told.json)
    elif verb == "status":
        from sim.verbs import study

        study.status(_one(names, "kezek status demo"), told.json)
    elif verb == "resume":
        from sim.verbs import study

        study.resume(_one(names, "kezek resume demo"), _all(settings, told))
    else:
        from sim.verbs import study

        name = _one(names, "kezek replay demo run=KEY")
        study.replay(name, _one(_values(settings, "run"), "kezek replay demo run=KEY"), told.json)


def _all(settings: list[str], told: argparse.Namespace) -> Told:
    from sim.verbs.told import Told

    return Told(
        tuple(settings), told.study, told.json, told.strict, told.shard, told.retry, told.unlock,
        told.anew,
    )  # fmt: skip


def _values(settings: list[str], key: str) -> list[str]:
    """What a key was set to."""
    return [text.partition("=")[2] for text in settings if text.startswith(f"{key}=")]


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
