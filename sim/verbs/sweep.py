"""``sweep``: many settings, each run several times, in a folder that can be stopped and resumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, isfinite, prod
from pathlib import Path
from typing import Any, cast

from sim.compose import composed
from sim.errors import InputError, SomeRunsFailedError, WarningError, nearest
from sim.results.write import write_csv, write_json
from sim.scenarios.lever import LEVERS
from sim.studies.comparison import BASE, Comparison
from sim.studies.conduct import Conducted, conduct, extended
from sim.studies.execution import STOPPING, Execution
from sim.studies.manifest import manifest
from sim.studies.plan import Arm, Plan
from sim.studies.points import Design, Point, Range, grid, spread
from sim.verbs.folders import study_folder
from sim.verbs.prepare import prepared
from sim.verbs.results import (
    failed_words,
    precision_document,
    say_precision,
    say_rest,
    write_metrics,
)
from sim.verbs.run import UNSAFE
from sim.verbs.screen import Meter, err, out, say_json
from sim.verbs.told import Told
from sim.verbs.words import WHERE, execution_of, listed

VARY = "vary."
DESIGNS = ("grid", "lhs", "sobol")
OWN = ("study", "design", "points", "reps", "scenario")
NOT_VARIED = {
    "run.replication": "reps=N runs replications 0 to N-1",
    "run.replications": "reps=N says how many",
    "run.workers": "say run.workers=N",
    "run.keep": "say run.keep=[visits]",
    "engine": "both engines give the same tables",
    "scenario": "say scenario=a,b",
    "region": "give each region a sweep of its own",
}
MOST_POINTS = 100_000  # settings
PLAUSIBLE = "range"  # as wide as a number's passport says
EXAMPLE = (
    "such as: kezek sweep study=patience design=lhs points=50 reps=8 "
    "vary.office.patience_minutes=15..60"
)


def run(names: Sequence[str], told: Told) -> None:
    """Run a design of settings and write metrics and points."""
    if names:
        raise InputError([f"'{names[0]}' is no setting; {EXAMPLE}"], where=WHERE)
    execution, settings = execution_of(told.settings, told.shard, told.retry, told.unlock)
    plan, name = _plan(settings, told, execution)
    with study_folder(name, plan, execution, is_named=True, anew=told.anew) as folder:
        if not told.json:
            runs = len(plan.arms) * plan.replications
            err.print(
                f"{name}: settings x replications {len(plan.arms)} x {plan.replications}: {runs}"
            )
        with Meter(name, quiet=told.json) as meter:
            found = conduct(plan, folder, execution, meter, err.print)
        finish(extended(plan, found, folder), found, folder, told.json)


def finish(plan: Plan, found: Conducted, folder: Path, as_json: bool) -> None:
    """Write points, metrics and effects of a sweep, and say where they are."""
    Comparison.of(plan, found, folder)  # refuses if nothing was finished
    if found.missing:
        say_rest(folder.name, found.missing, as_json)
        return
    write_points(folder, plan)
    write_metrics(folder, found.runs, plan.arms[0].composed.config.place.currency)
    about = manifest("sweep", plan.composed, found.runs, found.seconds)
    write_json(folder / "manifest.json", {**about, "failed": dict(found.failed)})
    said = {
        "study": folder.name,
        "settings": len(plan.arms),
        "replications": found.replications,
        "runs": len(found.runs),
        "lived_now": found.lived,
        "seconds": found.seconds,
        "failed": dict(found.failed),
    }
    said |= precision_document(found.precision)
    if as_json:
        say_json(said)
    else:
        _say(found, folder)
    if found.failed:
        raise SomeRunsFailedError(failed_words(folder.name, found.failed))


def _say(found: Conducted, folder: Path) -> None:
    out.print(f"{len(found.runs)} runs, {found.lived} of them new, in {found.seconds:.0f} s.")
    if found.precision is not None:
        say_precision(found.precision, found.replications)
    out.print(f"Points in {folder}/points.csv, metrics in {folder}/metrics.csv")
    out.print(f"All tables: kezek export {folder.name} --csv")


def write_points(folder: Path, plan: Plan) -> Path:
    """What each setting is: label, scenario, and the values that were varied."""
    keys = list(dict.fromkeys(key for arm in plan.arms for key in arm.point))
    rows = [
        (arm.label, arm.composed.config.scenario, *(arm.point.get(key, "") for key in keys))
        for arm in plan.arms
    ]
    return write_csv(folder / "points.csv", ("label", "scenario", *keys), rows)


def _plan(settings: Sequence[str], told: Told, execution: Execution) -> tuple[Plan, str]:
    """The plan of a sweep and its name; all problems of all points at once."""
    own: dict[str, str] = {}
    varied: dict[str, str] = {}
    rest: list[str] = []
    twice: list[str] = []
    for text in settings:
        key, _, value = text.partition("=")
        home = varied if key.startswith(VARY) else own if key in OWN else None
        if home is None:
            rest.append(text)
            continue
        name = key.removeprefix(VARY)
        twice += [f"`{key}` is given twice."] if name in home else []
        home[name] = value
    design, name = own.get("design", "grid"), own.get("study", told.study)
    problems = twice + ([] if name else [f"give the study a name: study=NAME, {EXAMPLE}"])
    if not listed(own.get("scenario", BASE)):
        problems.append("`scenario` has no values.")
    if design not in DESIGNS:
        problems.append(
            f"no design '{design}'; there are {', '.join(DESIGNS)}.{nearest(design, DESIGNS)}"
        )
    if problems:
        raise InputError(problems, where=WHERE)
    if "reps" in own:
        rest.append(f"run.replications={own['reps']}")
    scenarios = listed(own.get("scenario", BASE))
    points = _points(cast(Design, design), varied, rest, own.get("points", ""))
    arms = _arms(points, scenarios, rest, told.strict, design)
    labels = [arm.label for arm in arms]
    if same := sorted({label for label in labels if labels.count(label) > 1}):
        raise InputError([f"the same setting stands twice: {same[0]}."], where=WHERE)
    about = {"design": design, "vary": varied, STOPPING: execution.stopping}
    return Plan("sweep", arms, arms[0].composed.config.run.replications, about), name


def _points(
    design: Design, varied: Mapping[str, str], rest: Sequence[str], count: str
) -> list[Point]:
    base = composed(rest)
    config = base.config.model_dump()
    problems = [
        f"`{VARY}{key}` would move nothing; {NOT_VARIED[key]}."
        for key in varied
        if key in NOT_VARIED
    ]
    if design == "grid":
        values = {key: listed(said) for key, said in varied.items()}
        problems += [f"`{VARY}{key}` has no values." for key, many in values.items() if not many]
        problems += [
            f"`{VARY}{key}` is '{said}': a grid needs values, such as [10,20]; for a range say "
            "design=lhs or design=sobol."
            for key, said in varied.items()
            if ".." in said or said == PLAUSIBLE
        ]
        if problems:
            raise InputError(problems, where=WHERE)
        if prod(map(len, values.values())) > MOST_POINTS:
            raise InputError([f"the grid has more than {MOST_POINTS:,} settings."], where=WHERE)
        return grid({key: [_value(one) for one in many] for key, many in values.items()})
    ranges: dict[str, Range] = {}
    for key, said in varied.items():
        try:
            ranges[key] = _range(key, said, config, base.passports)
        except ValueError as error:
            problems.append(f"`{VARY}{key}` is '{said}': {error}.")
    if not varied:
        problems.append(f"design={design} needs something to vary, {EXAMPLE}")
    if not (count.isascii() and count.isdigit() and 1 <= int(count) <= MOST_POINTS):
        problems.append(
            f"design={design} needs points=N, how many settings to try: 1 to {MOST_POINTS:,}."
        )
    if problems:
        raise InputError(problems, where=WHERE)
    return spread(ranges, int(count), design, base.config.run.seed)


def _value(text: str) -> int | float | str:
    """A number where it is one.

    >>> _value("4"), _value("0.5"), _value("uncovered_first")
    (4, 0.5, 'uncovered_first')
    """
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _range(key: str, said: str, config: Mapping[str, Any], passports: Mapping[str, Any]) -> Range:
    """The bounds of a setting or a lever."""
    section, _, name = key.partition(".")
    now = config.get(section, {}).get(name) if isinstance(config.get(section), dict) else None
    lever = LEVERS.get(key)
    is_whole = isinstance(now, int) and not isinstance(now, bool)
    if said == PLAUSIBLE:
        known = passports.get(key) or lever
        if known is None or known.low is None or known.high is None:
            raise ValueError("no range is known for it; write LOW..HIGH")
        return Range(float(known.low), float(known.high), is_whole)
    low, dots, high = said.partition("..")
    if not dots:
        raise ValueError("write LOW..HIGH, or `range` for the plausible range of its passport")
    try:
        found = Range(float(low), float(high), is_whole)
    except ValueError:
        raise ValueError("both ends must be numbers") from None
    if not (isfinite(found.low) and isfinite(found.high)):
        raise ValueError("both ends must be finite")
    if not found.low < found.high:
        raise ValueError("the lower end comes first")
    if is_whole:
        found = Range(ceil(found.low), floor(found.high), whole=True)
        if not found.low < found.high:
            raise ValueError("there are no two whole numbers in it")
    return found


def _arms(
    points: Sequence[Point], scenarios: Sequence[str], rest: Sequence[str], strict: bool,
    design: str,
) -> tuple[Arm, ...]:  # fmt: skip
    """All arms, or all problems of all of them."""
    arms: list[Arm] = []
    problems: dict[str, None] = {}
    for label, settings, base, point in _settings(points, scenarios, rest, design):
        try:
            if strict or not arms:
                prepared(settings, strict)
            arms.append(Arm.of(label, settings, base, point))
        except InputError as error:
            if isinstance(error, WarningError):
                raise
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise InputError(problems, where="the settings of the sweep")
    return tuple(arms)


def _settings(
    points: Sequence[Point], scenarios: Sequence[str], rest: Sequence[str], design: str
) -> Iterator[tuple[str, list[str], str, Point]]:
    """Label, settings, label of its base and point of each arm."""
    for i, point in enumerate(points):
        values = [f"{key}={value}" for key, value in point.items()]
        if design == "grid":
            at = "+".join(f"{key.rpartition('.')[2]}={value}" for key, value in point.items())
        else:
            at = f"p{i:04d}"
        at = UNSAFE.sub("_", at)
        labels = {one: "+".join(filter(None, (one, at))) for one in scenarios}
        for scenario, label in labels.items():
            settings = [*rest, f"scenario={scenario}", *values]
            base = labels.get(BASE, "") if scenario != BASE else ""
            yield label, settings, base, point
