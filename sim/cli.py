"""The command line: a verb, then key=value settings; errors in sentences, never a traceback."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from sim.verbs.table import DO, Call

VERBS = tuple(DO)
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
  kezek days vans                     quantiles over days, and what the mean wait settles to
  kezek export vans --csv             also --xlsx, --parquet, --ema
  kezek new scenario my_reform --from rural_access    a commented file to change
  kezek new data my_data              templates of a region's tables, to be filled with own data
  kezek check data.dir=my_data        what own data change, and what is wrong or doubtful
  kezek fit tickets.csv --out my_data own data from the tickets of a queue, with fit figures
  kezek list scenarios|levers|metrics|regions|claims
  kezek explain rural_access          every changed assumption, with its source
  kezek explain --unknowns            the assumptions most worth replacing by data
  kezek demo                          the base year and three reforms, with a report
  kezek lesson 01                     a class sees a queue explode, on one page
  kezek laws FILE.csv                 the engine against the exact laws of a file
  kezek calibrate                     six published years lived anew and fitted (hours)
  kezek claims C16 C7                 the word of each claim of the papers, and what would change it
  kezek validate                      all laws, both engines, on one page

exit codes: 0 fine, 2 input, 3 warning under --strict, 4 model, 5 folder, 6 disk, 7 worker,
8 some runs failed and the others are kept, 130 stopped
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says, and leave with its exit code."""
    asked = _listen()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may lack a minus sign
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
        if sys.stdout is not None:
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
        said = "with export, and with new: one workbook" if name == "xlsx" else "with export"
        found.add_argument(f"--{name}", action="store_true", help=said)
    found.add_argument("--out", default="", metavar="DIR", help="with fit: write own data there")
    found.add_argument("--from", dest="source", default="", metavar="NAME",
                       help="with new scenario: which one to begin from")  # fmt: skip
    found.add_argument("--tier", default="quick", metavar="NAME",
                       help="with claims: quick (24 draws) or full (500)")  # fmt: skip
    found.add_argument("--version", action="store_true", help="show the version and leave")
    found.add_argument("--debug", action="store_true", help="show where an error arose")
    return found


def _do(told: argparse.Namespace) -> None:
    """Call the verb; what it needs is imported only now."""
    from sim.errors import InputError, nearest

    verb, *words = told.words
    if verb not in DO:
        said = f"no verb '{verb}'; there are {', '.join(VERBS)}.{nearest(verb, VERBS)}"
        raise InputError([said], where="the command line")
    settings = [word for word in words if "=" in word]
    names = [word for word in words if "=" not in word]
    DO[verb](Call(names, settings, told))


if __name__ == "__main__":
    main()
