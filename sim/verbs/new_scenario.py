"""``new scenario``: a commented file to start a reform of one's own from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.compose import NAME, Composed, composed, file_of, names
from sim.config import Lever as Setting
from sim.errors import FolderError, InputError, nearest
from sim.results.write import atomically
from sim.scenarios.lever import LEVERS, Lever
from sim.verbs.screen import out, say_json

EXAMPLE = "kezek new scenario my_reform --from rural_access"
USUAL = "base"
DATES = ("start", "ramp_days", "lasts_days")
HEAD = """\
# @package _global_
# Begun from {source}. Change what you want to try, then:
#   kezek explain {name}        every number that it changes, with its source
#   kezek compare base {name} run.replications=8
# Levers may also have start (measured day), ramp_days, lasts_days. All of them: kezek list levers
"""


def run(name: str, source: str, overrides: Sequence[str], as_json: bool) -> None:
    """Write a scenario like another one, with what each lever means and may be set to."""
    source = source or USUAL
    path = _free(name)
    if source not in names("scenario"):
        said = f"no scenario '{source}'.{nearest(source, names('scenario'))}"
        raise InputError([f"{said} See: kezek list scenarios."], where="the command line")
    text = written(name, source, composed([*overrides, f"scenario={source}"]), overrides)
    atomically(path, lambda at: at.write_text(text, encoding="utf-8"))
    if as_json:
        say_json({"scenario": name, "from": source, "file": str(path)})
        return
    out.print(f"{path} is like {source}. Change it, then: kezek explain {name}", soft_wrap=True)


def written(name: str, source: str, one: Composed, overrides: Sequence[str] = ()) -> str:
    """The file of a scenario as text: YAML with a remark above each number."""
    given = {text.partition("=")[0] for text in overrides}
    wished = {key: value for key, value in one.changed.items() if key not in given}
    lines = [
        HEAD.format(name=name, source=source).rstrip(),
        f"title: {json.dumps(name.replace('_', ' ').capitalize(), ensure_ascii=False)}",
        f"says: {json.dumps(one.says, ensure_ascii=False)}",
        "levers:" if one.config.levers else "levers: []",
        *(line for lever in one.config.levers for line in _lever(lever)),
    ]
    if wished:
        lines.append("uncertainties:")
        lines += [line for key, value in wished.items() for line in _number(one, key, value)]
    return "\n".join(lines) + "\n"


def _lever(setting: Setting) -> Iterator[str]:
    lever = LEVERS[setting.name]
    yield f"  # {lever.says}"
    yield f"  # {_range(lever)}; cost: {lever.cost}"
    yield f"  - name: {setting.name}"
    yield f"    value: {json.dumps(setting.value, ensure_ascii=False)}"
    for key in DATES:
        if getattr(setting, key):
            yield f"    {key}: {getattr(setting, key)}"


def _range(lever: Lever) -> str:
    """Unit and bounds of a lever, or what there is to choose from."""
    if lever.choices:
        return f"one of {', '.join(lever.choices)}"
    if lever.fields is not None:
        return f"fields {', '.join(lever.fields.model_fields)}; {lever.unit}"
    return f"{lever.unit}, {lever.low:g} to {lever.high:g}"


def _number(one: Composed, key: str, value: object) -> Iterator[str]:
    passport = one.passports.get(key)
    if passport is not None:
        low, high = passport.low, passport.high
        span = "" if low is None or high is None else f", plausibly {low:g} to {high:g}"
        yield f"  # {passport.unit}{span}; base {passport.value} ({passport.source})"
    yield f"  {key}: {json.dumps(value, ensure_ascii=False)}"


def _free(name: str) -> Path:
    """Where the file will be; nothing that is there is touched."""
    if not NAME.fullmatch(name):
        said = f"'{name}' is no name; use letters, digits, '_' and '-'."
        raise InputError([said], where="the command line")
    path = file_of("scenario", name)
    if path.exists():
        raise FolderError(f"{path} is there already; nothing was written. Give another name.")
    return path
