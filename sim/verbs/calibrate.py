"""``calibrate``: many histories, and what they say of numbers that nobody has measured."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.compose import composed, region_folders
from sim.config import Config
from sim.errors import InputError, SomeRunsFailedError
from sim.history.calibration import Calibration, calibrated, recovered, rejects
from sim.history.matching import Ensemble
from sim.history.parameters import FILE, Parameter, arms_of, history_of, parameters_of
from sim.history.patterns import inconsistencies_of, patterns_of
from sim.history.published import targets_of
from sim.history.simulated import TABLES, outputs_of
from sim.history.surface import scaled
from sim.report.history import write_history
from sim.results.packed import columns_of
from sim.results.write import write_json
from sim.service.catalogue import READINGS
from sim.studies.conduct import Conducted, conduct
from sim.studies.execution import STOPPING
from sim.studies.kept import Kept
from sim.studies.manifest import origin
from sim.studies.plan import Plan
from sim.studies.run import region_of
from sim.verbs.folders import MARK, study_folder, there
from sim.verbs.results import failed_words, say_rest
from sim.verbs.screen import Meter, err, number, out, say_json, show
from sim.verbs.told import Told
from sim.verbs.words import WHERE, execution_of, wholes

POINTS, SETS, FEWEST = 96, 100, 30
DOCUMENT = "calibration.json"


def run(names: Sequence[str], told: Told) -> None:
    """Live histories and fit them, or fit those of a study that is there."""
    execution, settings = execution_of(told.settings, told.shard, told.retry, told.unlock)
    own, rest = wholes(settings, {"points": POINTS, "sets": SETS}, {"points": FEWEST, "sets": 1})
    if names:
        if rest:
            raise InputError([f"'{rest[0]}' means nothing for a study that is there."], where=WHERE)
        _fit(Kept.of(there(names[0])), own["sets"], told.json, time.perf_counter())
        return
    arms = arms_of(own["points"], rest)
    about = {"points": own["points"], "sets": own["sets"], STOPPING: execution.stopping}
    plan, name = Plan("calibrate", arms, 1, about), told.study or "history"
    with study_folder(name, plan, execution, bool(told.study), told.anew) as folder:
        with Meter(name, quiet=told.json) as meter:
            found = conduct(plan, folder, execution, meter, err.print)
        finish(plan, found, folder, told.json)


def finish(plan: Plan, found: Conducted, folder: Path, as_json: bool) -> None:
    """Fit what was lived, and say what came out."""
    if found.missing:
        say_rest(folder.name, found.missing, as_json)
        return
    begun = time.perf_counter() - found.seconds
    _fit(Kept.of(folder), int(plan.about["sets"]), as_json, begun)
    if found.failed:
        raise SomeRunsFailedError(failed_words(folder.name, found.failed))


def _fit(kept: Kept, sets: int, as_json: bool, begun: float) -> None:
    """Fit what was lived, write page and figures, and say what came out."""
    if kept.document["verb"] != "calibrate":
        raise InputError([f"{kept.folder} holds no histories, but a {kept.document['verb']}."])
    if len(kept.runs) < FEWEST:
        said = f"{len(kept.runs)} histories are too few to fit anything; {FEWEST} at least."
        raise InputError([said], where="the history")
    region = kept.document["arms"][0]["config"]["region"]
    config = composed([f"region={region}"]).config  # the study may be of another version
    folders = region_folders(config)
    parameters = parameters_of(folders)
    ensemble = _ensemble(kept, config, parameters)
    document = _document(kept, folders, parameters, ensemble, sets)
    write_json(kept.folder / DOCUMENT, document)
    page = write_history(document, kept.folder)
    write_json(
        kept.folder / MARK, {**origin("calibrate", time.perf_counter() - begun), "page": page.name}
    )
    if as_json:
        say_json({**document, "page": str(page)})
    else:
        _say(document, page)


def _ensemble(kept: Kept, config: Config, parameters: Sequence[Parameter]) -> Ensemble:
    """Points and outputs of all finished runs."""
    services = region_of(config).tables["services"]
    sectors = dict(zip(services.rows, services.words("sector"), strict=True))
    points = {arm["label"]: arm["point"] for arm in kept.document["arms"]}
    drawn = set(next(iter(points.values())))
    if drawn != {one.name for one in parameters}:
        said = f"{kept.folder} has drawn other numbers than {FILE} of today: {', '.join(drawn)}."
        raise InputError([said], where="the history")
    at = [[points[run_.label][one.name] for one in parameters] for run_ in kept.runs]
    seen = [
        outputs_of({name: columns_of(kept.store.table(run_.key, name)) for name in TABLES}, sectors)
        for run_ in kept.runs
    ]
    low, high = (np.array([getattr(p.range, end) for p in parameters]) for end in ("low", "high"))
    return Ensemble(
        scaled(np.array(at, dtype=np.float64), low, high),
        {name: np.array([one[name] for one in seen]) for name in seen[0]},
    )


def _document(
    kept: Kept, folders: Sequence[Path], parameters: Sequence[Parameter], ensemble: Ensemble,
    sets: int,
) -> dict[str, Any]:  # fmt: skip
    """Everything that a history says."""
    found = {
        reading: calibrated(reading, ensemble, parameters, targets_of(folders, reading))
        for reading in READINGS
    }
    history = history_of()
    main, matched_main = found[history.reading]
    targets = targets_of(folders, history.reading)
    years = {role: [t.year for t in targets if t.role == role] for role in ("fitted", "held out")}
    return {
        "study": kept.folder.name,
        "runs": len(kept.runs),
        "planned": len(kept.keys),
        "program": kept.document["program"],
        "results_version": kept.document["results_version"],
        "main_reading": history.reading,
        "says": composed([f"region={history.region}", f"scenario={history.scenario}"]).says,
        "fitted_years": [min(years["fitted"]), max(years["fitted"])],
        "held_out_years": [min(years["held out"]), max(years["held out"])],
        "parameters": [
            {"name": p.name, "role": p.role, "low": p.range.low, "high": p.range.high,
             "unit": p.unit, "source": p.source, "note": p.note} for p in parameters
        ],
        "readings": {reading: plain(one) for reading, (one, _) in found.items()},
        "recovery": recovered(ensemble, parameters, targets, sets),
        "wrong_history_rejected": rejects(ensemble, targets),
        "patterns": patterns_of(folders, ensemble, matched_main, main),
        "inconsistencies": inconsistencies_of(folders),
    }  # fmt: skip


def plain(one: Calibration) -> dict[str, Any]:
    """A fit as a document."""
    return {**vars(one), "refuted": one.is_refuted}


def _say(document: Mapping[str, Any], page: Path) -> None:
    out.print(f"{document['runs']} histories of {document['planned']} planned")
    show(("reading", "left of the prior", "verdict"), list(_readings(document)))
    main = document["readings"][document["main_reading"]]
    show(
        ("number", "prior", "posterior", "informed"),
        [(one["name"], _ends(one["prior"]), _ends(one["posterior"]),
          f"{100 * max(0.0, one['contraction']):.0f} %") for one in main["numbers"]],
        left=4,
    )  # fmt: skip
    show(
        ("held out", "score", "persistence", "trend", "skill", "skill"),
        [(name, one["crps"], one["persistence"], one["trend"], one["skill_persistence"],
          one["skill_trend"]) for name, one in main["skill"].items()],
    )  # fmt: skip
    show(
        ("pattern", "kind", "target", "posterior", "verdict"),
        [(one["name"], one["kind"], "-" if one["target"] is None else number(one["target"]),
          _ends(one["posterior"]), one["verdict"]) for one in document["patterns"]],
        left=5,
    )  # fmt: skip
    recovery = document["recovery"]
    out.print(
        f"Recovery: {recovery['sets']} synthetic histories, true numbers within the middle nine "
        f"tenths {100 * (recovery['overall'] or 0):.0f} % of the time."
    )
    out.print(f"The page: {page}", soft_wrap=True)


def _readings(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, one in document["readings"].items():
        verdict = "refuted: nothing agrees" if one["refuted"] else "agrees within the ranges"
        yield name, f"{100 * one['left']:.2f} %", verdict


def _ends(interval: Sequence[float] | None) -> str:
    return "-" if interval is None else f"{number(interval[0])} to {number(interval[-1])}"
