"""What each verb of the command line does; a verb imports what it needs when it is called."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sim.verbs.told import Told


class Call(NamedTuple):
    """A line of the command line behind its verb: names, settings, options."""

    names: list[str]
    settings: list[str]
    told: argparse.Namespace

    @property
    def choice(self) -> tuple[list[str], str, bool, bool]:
        """What verbs are given that keep no study."""
        return self.settings, self.told.study, self.told.json, self.told.strict

    @property
    def study(self) -> Told:
        """What verbs are given that run a study."""
        from sim.verbs.told import Told

        told = self.told
        return Told(
            tuple(self.settings), told.study, told.json, told.strict, told.shard, told.retry,
            told.unlock, told.anew,
        )  # fmt: skip

    def one(self, example: str) -> str:
        """The one name there has to be."""
        if len(self.names) != 1:
            _refuse(f"name one thing, such as: {example}")
        return self.names[0]

    def none(self, example: str) -> None:
        """Refuse names."""
        if self.names:
            _refuse(f"'{self.names[0]}' is no setting. Write key=value, such as: {example}")

    def no_settings(self, *known: str) -> None:
        """Refuse settings that would be passed over."""
        for text in self.settings:
            if text.partition("=")[0] not in known:
                _refuse(f"'{text}' means nothing here.")

    def value(self, key: str, example: str) -> str:
        """What a key that has to be given was set to."""
        found = [text.partition("=")[2] for text in self.settings if text.startswith(f"{key}=")]
        if len(found) != 1:
            _refuse(f"`{key}` is needed once, such as: {example}")
        return found[0]


def _refuse(said: str) -> None:
    from sim.errors import InputError

    raise InputError([said], where="the command line")


def _run(call: Call) -> None:
    from sim.verbs import run

    call.none("kezek run scenario=NAME")
    if call.told.multirun:
        run.run_many(call.study)
    else:
        run.run(*call.choice)


def _compare(call: Call) -> None:
    from sim.verbs import compare

    compare.run(call.names, call.study)


def _demo(call: Call) -> None:
    from sim.verbs import compare

    call.none("kezek demo")
    compare.demo(call.study)


def _sweep(call: Call) -> None:
    from sim.verbs import sweep

    sweep.run(call.names, call.study)


def _status(call: Call) -> None:
    from sim.verbs import study

    call.no_settings()
    study.status(call.one("kezek status demo"), call.told.json)


def _resume(call: Call) -> None:
    from sim.verbs import study

    study.resume(call.one("kezek resume demo"), call.study)


def _days(call: Call) -> None:
    from sim.verbs import days

    call.no_settings()
    days.run(call.one("kezek days demo"), call.told.json)


def _replay(call: Call) -> None:
    from sim.verbs import study

    example = "kezek replay demo run=KEY"
    call.no_settings("run")
    study.replay(call.one(example), call.value("run", example), call.told.json)


def _export(call: Call) -> None:
    from sim.verbs import export

    call.no_settings()
    formats = [name for name in export.FORMATS if getattr(call.told, name)]
    export.run(call.one("kezek export demo --csv"), formats, call.told.json)


def _lesson(call: Call) -> None:
    from sim.verbs import lesson

    lesson.run(call.names, *call.choice)


def _list(call: Call) -> None:
    from sim.verbs import listing

    listing.run(call.one("kezek list scenarios"), call.told.json)


def _explain(call: Call) -> None:
    from sim.verbs import explain

    if call.told.unknowns:
        explain.unknowns(call.settings, call.told.json)
    else:
        explain.run(call.one("kezek explain rural_access"), call.settings, call.told.json)


def _report(call: Call) -> None:
    from sim.verbs import report

    report.run(call.one("kezek report demo"), call.told.json)


def _laws(call: Call) -> None:
    from sim.verbs import laws

    laws.run(call.one("kezek laws FILE.csv"), call.told.study, call.told.json, call.told.tight)


def _validate(call: Call) -> None:
    from sim.verbs import validate

    validate.run(call.names, *call.choice)


def _calibrate(call: Call) -> None:
    from sim.verbs import calibrate

    calibrate.run(call.names, call.study)


def _claims(call: Call) -> None:
    from sim.verbs import claims

    claims.run(call.names, call.study, call.told.tier)


def _new(call: Call) -> None:
    from sim.verbs import new, new_scenario

    what, name = new.asked(call.names)
    if what == "scenario":
        new_scenario.run(name, call.told.source, call.settings, call.told.json)
    else:
        new.run(name, call.settings, call.told.json, call.told.xlsx)


def _check(call: Call) -> None:
    from sim.verbs import check

    call.none("kezek check data.dir=my_data")
    check.run(call.settings, call.told.json, call.told.strict)


def _fit(call: Call) -> None:
    from sim.verbs import fit

    fit.run(call.one("kezek fit tickets.csv"), call.settings, call.told.out, call.told.json)


DO: Mapping[str, Callable[[Call], None]] = {
    "run": _run,
    "compare": _compare,
    "demo": _demo,
    "sweep": _sweep,
    "status": _status,
    "resume": _resume,
    "days": _days,
    "replay": _replay,
    "export": _export,
    "lesson": _lesson,
    "list": _list,
    "explain": _explain,
    "report": _report,
    "laws": _laws,
    "validate": _validate,
    "calibrate": _calibrate,
    "claims": _claims,
    "new": _new,
    "check": _check,
    "fit": _fit,
}
