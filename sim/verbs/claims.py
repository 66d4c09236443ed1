"""``claims``: every claim of the register on one ensemble of draws, and the word of each."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

from sim.claims.claim import Claim
from sim.claims.draws import Draw, Factor, draws_of, factors_of
from sim.claims.ensemble import Ensemble, draw_of, ensemble_of
from sim.claims.judge import judged
from sim.claims.register import EXTRAS, chosen, register
from sim.claims.setups import (
    QUICK_DAYS,
    QUICK_LONGER,
    RUN_IN_DAYS,
    Part,
    Setup,
    arms_of,
    label_of,
    setups_of,
)
from sim.compose import composed, names
from sim.errors import InputError, SomeRunsFailedError, nearest
from sim.report.claims import write_claims
from sim.results.write import write_json
from sim.studies.conduct import Conducted, conduct
from sim.studies.execution import STOPPING
from sim.studies.kept import Kept
from sim.studies.manifest import origin
from sim.studies.plan import Plan
from sim.studies.run import region_of
from sim.verbs.folders import MARK, ROOT, study_folder
from sim.verbs.results import failed_words, say_rest
from sim.verbs.screen import Meter, err, number, out, say_json, show
from sim.verbs.told import Told
from sim.verbs.words import WHERE, execution_of, wholes

TIERS = {"quick": 24, "full": 500}  # draws
BLOCK = 50  # draws of one study: all arms of all 500 would not fit into memory
STUDY, DOCUMENT, VERB = "claims", "claims.json", "claims"


def run(claimed: Sequence[str], told: Told, tier: str) -> None:
    """Run what claims need and is not there yet, block by block of draws, and judge them."""
    execution, settings = execution_of(told.settings, told.shard, told.retry, told.unlock)
    own, rest = _own(settings, tier)
    factors = factors_of(rest)
    claims = chosen(_register(factors), claimed)
    about = {"claims": list(claims), "tier": tier, **own, STOPPING: execution.stopping}
    name = told.study or "_".join([STUDY, *claimed])[:64]
    draws = draws_of(factors, rest)
    for block, first in enumerate(range(0, own["draws"], BLOCK)):
        last = min(first + BLOCK, own["draws"])
        block_of = list(islice(draws, last - first))
        plan = _plan(claims, factors, rest, {**about, "first": first, "last": last}, block_of)
        label = name if block == 0 else f"{name}-{block + 1}"
        with study_folder(label, plan, execution, bool(told.study), told.anew) as folder:
            with Meter(label, quiet=told.json) as meter:
                found = conduct(plan, folder, execution, meter, err.print)
            if last == own["draws"]:
                finish(plan, found, folder, told.json)


def finish(plan: Plan, found: Conducted, folder: Path, as_json: bool) -> None:
    """Judge the claims on all blocks there are, and write the report beside the first."""
    if found.missing:
        say_rest(folder.name, found.missing, as_json)
        return
    begun = time.perf_counter() - found.seconds
    _judge([Kept.of(one) for one in _blocks(folder)], plan.about, as_json, begun)
    if found.failed:
        raise SomeRunsFailedError(failed_words(folder.name, found.failed))


def _own(settings: Sequence[str], tier: str) -> tuple[dict[str, int], list[str]]:
    """How many draws, over how many days if all claims are to have the same."""
    if tier not in TIERS:
        said = f"no tier '{tier}'; there are {', '.join(TIERS)}.{nearest(tier, TIERS)}"
        raise InputError([said], where=WHERE)
    own, rest = wholes(settings, {"draws": TIERS[tier], "days": 0}, {"draws": 2, "days": 1})
    refused = [text for text in rest if text.startswith(("scenario=", "run.days=", "levers="))]
    if refused:
        said = (
            f"'{refused[0]}': the claims say what is run; days=N gives all of them the same days."
        )
        raise InputError([said], where=WHERE)
    return own, rest


def _register(factors: Sequence[Factor]) -> dict[str, Claim]:
    return register(names("scenario"), [one.name for one in factors])


def _plan(
    claims: Mapping[str, Claim], factors: Sequence[Factor], rest: Sequence[str],
    about: Mapping[str, Any], draws: Sequence[Draw],
) -> Plan:  # fmt: skip
    """All arms of a block of draws."""
    passed = draws[-1].number + 1 - about["last"]
    setups = [s for found in _setups(claims, factors, about).values() for s in found.values()]
    said = {**about, "settings": list(rest), "passed_over": passed}
    return Plan(VERB, tuple(arms_of(draws, setups, rest)), 1, said, paired=False)


def _setups(
    claims: Mapping[str, Claim], factors: Sequence[Factor], about: Mapping[str, Any]
) -> dict[str, dict[Part, Setup]]:
    """What each claim needs."""
    by_name, days = {one.name: one for one in factors}, about["days"]
    found = {
        name: setups_of(claim, by_name, about["tier"] == "full") for name, claim in claims.items()
    }
    if not days:
        return found
    return {
        name: {part: replace(setup, days=days) for part, setup in setups.items()}
        for name, setups in found.items()
    }


def _blocks(folder: Path) -> Iterator[Path]:
    """The folders of a study of claims, first block first."""
    stem, _, tail = folder.name.rpartition("-")
    name = stem if stem and tail.isdigit() else folder.name
    yield ROOT / name
    for block in count(2):
        at = ROOT / f"{name}-{block}"
        if not at.is_dir():
            return
        yield at


def _judge(blocks: Sequence[Kept], about: Mapping[str, Any], as_json: bool, begun: float) -> None:
    factors = factors_of(about["settings"])
    claims = {name: one for name, one in _register(factors).items() if name in about["claims"]}
    setups = _setups(claims, factors, about)
    ensemble = _ensemble(blocks, about, claims, setups)
    by_name = {one.name: one for one in factors}
    if not ensemble.draws:
        raise InputError(["no draw is whole yet; go on with it first."], where="the claims")
    is_full = about["tier"] == "full" and len(ensemble.draws) >= TIERS["full"]
    documents = [
        judged(claim, ensemble, setups[name], by_name, is_full) for name, claim in claims.items()
    ]
    runs = [run_ for kept in blocks for run_ in kept.runs]
    config = composed(about["settings"]).config
    document = {
        "study": blocks[0].folder.name, "tier": about["tier"], "draws": len(ensemble.draws),
        "passed_over": about["passed_over"], "runs": len(runs), "failed": len(ensemble.failed),
        "run_hours": sum(one.seconds + one.run_in_seconds for one in runs) / 3600,
        "run_in_days": RUN_IN_DAYS, "quick_days": [QUICK_DAYS, QUICK_LONGER],
        "seed": config.run.seed, "region": config.place.title,
        "currency": config.place.currency, "first_page": config.place.first_page,
        "program": blocks[0].document["program"],
        "results_version": blocks[0].document["results_version"],
        "factors": [
            {"name": f.name, "says": f.says, "kind": f.kind, "structure": f.is_structure,
             "low": f.range.low, "high": f.range.high, "choices": list(f.choices),
             "unit": f.unit, "why": f.source} for f in factors
        ],
        "claims": documents,
    }  # fmt: skip
    folder = blocks[0].folder
    write_json(folder / DOCUMENT, document)
    pages = write_claims(document, folder)
    seconds = time.perf_counter() - begun
    write_json(folder / MARK, {**origin(VERB, seconds), "page": pages[0].name})
    if as_json:
        say_json({**document, "pages": [str(page) for page in pages]})
    else:
        _say(document, pages)


def _ensemble(
    blocks: Sequence[Kept], about: Mapping[str, Any], claims: Mapping[str, Claim],
    setups: Mapping[str, Mapping[Part, Setup]],
) -> Ensemble:  # fmt: skip
    """All runs of all blocks; outcomes that no metric holds for those that are asked for them."""
    services = region_of(composed(about["settings"]).config).tables["services"]
    sectors = dict(zip(services.rows, services.words("sector"), strict=True))
    wanted = [
        setup
        for name, found in setups.items()
        if any(one.metric in EXTRAS for one in claims[name].outcomes)
        for setup in found.values()
    ]
    draws = {draw_of(arm["label"]) for kept in blocks for arm in kept.document["arms"]}
    extra = {label_of(draw, setup) for draw in draws for setup in wanted}
    return ensemble_of(blocks, sectors, tuple(extra))


def _say(document: Mapping[str, Any], pages: Sequence[Path]) -> None:
    show(
        ("claim", "what it says", "verdict", "holds", "fails", "effect"),
        [_row(one) for one in document["claims"]],
        left=3,
    )
    words = f"{document['draws']} draws, {document['runs']:,} runs, tier {document['tier']}"
    if document["tier"] != "full":
        words += ": all words are provisional"
    out.print(f"{words}. {document['run_hours']:.1f} hours of runs on one core.")
    for page in pages:
        out.print(f"{page}", soft_wrap=True)


def _row(one: Mapping[str, Any]) -> tuple[Any, ...]:
    main = one["outcomes"][0] if one["outcomes"] else {}
    shares = main.get("shares") or {}
    percent = [f"{100 * shares[k]:.0f} %" if shares else "-" for k in ("holds", "fails")]
    effect = f"{number(main['mean'])} {main['metric']}" if "mean" in main else "-"
    return (one["claim"], one["title"], one["says"], *percent, effect)
