"""A claim judged: its word with effect, interval, shares, what decides it and what would change it.

Everything here is read from one ensemble; the document of a claim is what report, workbook and
``--json`` show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis.interval import Floats, mean_interval
from sim.analysis.prim import box_of
from sim.analysis.variance import Carried, shares_of_variance
from sim.claims.claim import Claim, Outcome
from sim.claims.draws import Factor
from sim.claims.ensemble import COST, Ensemble, effect, favour, instead, matters
from sim.claims.sentences import sentence_of
from sim.claims.setups import DRAWN, HIGH, LOW, ZERO, Part, Setup
from sim.claims.verdict import (
    Evidence,
    Shares,
    Word,
    is_provisional,
    shares_of,
    steadiness,
    word_of,
)
from sim.metrics import METRICS

SHOWN = 5  # factors that carry most
TENTH = 10  # percent: the worst decile
FEWEST_FOR_BOX, FEWEST_FAILING = 60, 10  # draws; with fewer a box fits by chance
VOLUMES = "volumes"  # the structure that is also shown as a triangle
TRIED = 50  # claims that are judged on one ensemble: a factor named by chance is rare among all
ALIKE = 0.7  # correlation of two numbers over draws
RECKONED = ("cost.citizen_hour", "cost.travel_km")
BOX_INPUTS = 12  # inputs that a box may limit: those that carry most


def judged(
    claim: Claim, ensemble: Ensemble, setups: Mapping[Part, Setup], factors: Mapping[str, Factor],
    is_full: bool,
) -> dict[str, Any]:  # fmt: skip
    """The document of a claim; its days are those that were lived."""
    lived = next((setup.days for setup in setups.values()), claim.days)
    about = {
        "claim": claim.claim, "title": claim.title, "paper": claim.papers, "place": claim.place,
        "sentence": claim.sentence, "paraphrase": claim.paraphrase,
        "reported_from": claim.reported_from, "mechanism": claim.mechanism,
        "threat": claim.threat, "missing": claim.missing, "judged_here": claim.judged_here,
        "days": lived, "why_longer": claim.why_longer, "contrast": claim.contrast,
        "reply": claim.reply, "draws": len(ensemble.draws), "provisional": not is_full,
    }  # fmt: skip
    if claim.missing:
        word = Word.CANNOT
        return {**about, "word": word, "says": f"{word}: {claim.missing}", "outcomes": []}
    found = [_outcome(claim, one, ensemble, setups) for one in claim.outcomes]
    missing = ensemble.trouble(list(setups.values()))
    values = effect(ensemble, claim, setups, claim.main)
    blank = [f"draw {d}" for d, v in zip(ensemble.draws, values, strict=True) if np.isnan(v)]
    if missing or blank or not len(values):
        why = f"{len(missing)} runs are missing" if missing else f"not measured in {len(blank)}"
        return {**about, "word": Word.BLOCKED, "says": f"{Word.BLOCKED} ({why})",
                "outcomes": found, "blocked_by": (missing or blank)[:SHOWN]}  # fmt: skip
    return {**about, **_judged(claim, ensemble, setups, factors, values, is_full),
            "outcomes": found}  # fmt: skip


def _judged(
    claim: Claim, ensemble: Ensemble, setups: Mapping[Part, Setup], factors: Mapping[str, Factor],
    values: Floats, is_full: bool,
) -> dict[str, Any]:  # fmt: skip
    main = claim.main
    at_zero = None
    if claim.own_numbers:
        at_zero = favour(main, effect(ensemble, claim, setups, main, ZERO))
    rule = matters(main), main.predicted
    evidence = Evidence(favour(main, values), at_zero, ensemble.structures, *rule)
    word = word_of(evidence)
    carried = _carried(claim, ensemble, evidence)
    owns = _own(claim, ensemble, evidence, factors)
    levels = evidence.levels()
    said: dict[str, Any] = {
        "word": word,
        "steadiness": steadiness(evidence, word),
        "halves": [
            word_of(evidence.of(half)) for half in np.array_split(np.arange(len(values)), 2)
        ],
        "own_share": evidence.own_share,
        "own_numbers": owns,
        "zero": _plain(evidence.zero_shares),
        "ends": {
            end: _plain(shares_of(favour(main, effect(ensemble, claim, setups, main, end)), *rule))
            for end in (LOW, HIGH)
            if is_full and claim.own_numbers
        },
        "levels": {k: {n: _plain(s) for n, s in each.items()} for k, each in levels.items()},
        "carried": [one._asdict() for one in carried[:SHOWN]],
        "box": _box(ensemble, evidence, carried),
        "alternatives": _alternatives(claim, ensemble, setups, evidence),
        "levels_unsure": is_provisional(evidence),
        "triangle": _triangle(ensemble) if VOLUMES in claim.shown_by else [],
    }
    return {**said, **sentence_of(word, said, evidence, ensemble, factors)}


def _outcome(
    claim: Claim, outcome: Outcome, ensemble: Ensemble, setups: Mapping[Part, Setup]
) -> dict[str, Any]:
    """Effect, interval over draws, quantiles and shares of one outcome."""
    values = effect(ensemble, claim, setups, outcome)
    known = values[np.isfinite(values)]
    said: dict[str, Any] = {
        "metric": outcome.metric, "predicted": outcome.predicted, "matters": matters(outcome),
        "draws": len(known), "effects": [float(v) for v in values],
        "base": _mean(ensemble.values(setups[("without" if claim.contrast != "level" else "with"),
                                             DRAWN], outcome.metric)),
    }  # fmt: skip
    if len(known) < 2:
        return said
    low, high, _ = mean_interval(known)
    good = favour(outcome, known)
    shares = shares_of(good, matters(outcome), outcome.predicted)
    worst = np.sort(good)[: max(1, len(good) // TENTH)]
    if outcome.predicted == "none":
        worst_effect = float(matters(outcome) - worst.mean())
    else:
        worst_effect = float(worst.mean()) * (1 if outcome.predicted == "higher" else -1)
    return {
        **said,
        "mean": float(known.mean()), "low": low, "high": high,
        "quantiles": [float(q) for q in np.quantile(known, (0.05, 0.5, 0.95))],
        "shares": _plain(shares), "worst_decile": worst_effect,
    }  # fmt: skip


def _carried(claim: Claim, ensemble: Ensemble, evidence: Evidence) -> list[Carried]:
    """Shares of variance of everything that can act on the claim, structures included.

    A factor is clear only if no other one was drawn alike: with few draws many are.
    """
    every: dict[str, list[Any]] = {n: list(v) for n, v in evidence.structures.items()}
    every |= {n: v for n, v in ensemble.factors.items() if can_act(n, claim)}
    varied = {n: v for n, v in every.items() if len(set(v)) > 1}
    found = shares_of_variance(varied, evidence.favour, TRIED)
    return [one._replace(is_clear=one.is_clear and not _twins(one.factor, varied)) for one in found]


def can_act(factor: str, claim: Claim) -> bool:
    """Whether a factor can move the outcome of a claim at all.

    Numbers of staff act only where staff are people, prices only on costs; two of them are also
    what citizens reckon with when they choose.
    """
    if factor.startswith("staff."):
        return bool(claim.settings.get("staff.dynamics"))
    if factor.startswith("cost.") and factor not in RECKONED:
        metric = METRICS.get(claim.main.metric)
        return metric is not None and metric.theme == "cost"
    return True


def _twins(factor: str, varied: Mapping[str, Sequence[Any]]) -> bool:
    """Whether some other factor was drawn so much alike that nobody can tell the two apart."""
    x = _coded(varied[factor])
    others = (_coded(values) for name, values in varied.items() if name != factor)
    return any(abs(float(np.corrcoef(x, other)[0, 1])) > ALIKE for other in others)


def _coded(values: Sequence[Any]) -> Floats:
    """Numbers as they are, words by the order of their levels."""
    if isinstance(values[0], str):
        return np.unique(np.asarray(values), return_inverse=True)[1].astype(np.float64)
    return np.asarray(values, dtype=np.float64)


def _triangle(ensemble: Ensemble) -> list[list[float]]:
    """Weights of service types and of staff in each draw."""
    drawn = ensemble.factors
    if not {"volumes.types", "volumes.staff"} <= drawn.keys():
        return []
    pairs = zip(drawn["volumes.types"], drawn["volumes.staff"], strict=True)
    return [[float(types), float(staff)] for types, staff in pairs]


def _own(
    claim: Claim, ensemble: Ensemble, evidence: Evidence, factors: Mapping[str, Factor]
) -> list[dict[str, Any]]:
    """For each own number the value at which the word turns, others as they were drawn."""
    drawn = {n: v for n, v in ensemble.factors.items() if n in claim.own_numbers}
    shares = {one.factor: one.share for one in shares_of_variance(drawn, evidence.favour)}
    found = []
    for name, values in drawn.items():
        zero, reach = claim.own_numbers[name], factors[name].range
        turns, at_zero = _turn(np.asarray(values, dtype=np.float64), zero, evidence)
        found.append({
            "name": name, "share": shares[name], "no_effect": zero, "unit": factors[name].unit,
            "low": reach.low, "high": reach.high, "turns_at": turns, "holds_at_zero": at_zero,
        })  # fmt: skip
    return found


def _turn(number: Floats, zero: float, evidence: Evidence) -> tuple[float | None, bool]:
    """Where a parabola through the effects, those at no effect included, crosses what matters.

    Looked for from no effect to the farther end of what was drawn; and whether the claim holds at
    no effect.
    """
    if evidence.at_zero is None:
        return None, False
    x = np.concatenate([number, np.full(len(number), zero)])
    y = np.concatenate([evidence.favour, evidence.at_zero])
    if not np.ptp(x):
        return None, False
    fit = np.polynomial.Polynomial.fit(x, y, 2 if len(np.unique(x)) > 2 else 1)
    low, high = float(number.min()), float(number.max())
    way = np.linspace(zero, high if abs(high - zero) >= abs(low - zero) else low, 201)
    needed = 0.0 if evidence.predicted == "none" else evidence.matters
    holds = fit(way) >= needed
    turned = np.flatnonzero(holds != holds[0])
    zero_shares = evidence.zero_shares
    at_zero = zero_shares is not None and zero_shares.holds >= 0.5
    if not len(turned) or bool(holds[0]) != at_zero:  # the parabola is no picture of it
        return None, at_zero
    return float(way[turned[0]]), at_zero


def _box(
    ensemble: Ensemble, evidence: Evidence, carried: Sequence[Carried]
) -> dict[str, Any] | None:
    """Where the claim fails to hold; inputs without any influence are not looked at."""
    fails = ~evidence.holds
    drawn = ensemble.factors
    inputs = {
        one.factor: [float(v) for v in drawn[one.factor]]
        for one in carried[:BOX_INPUTS]
        if one.factor in drawn and not isinstance(drawn[one.factor][0], str)
    }
    few = min(int(fails.sum()), int((~fails).sum())) < FEWEST_FAILING
    if len(fails) < FEWEST_FOR_BOX or few or not inputs:
        return None
    found = box_of(inputs, fails)
    if found is None:
        return None
    return {"limits": dict(found.limits), "coverage": found.coverage, "density": found.density,
            "mass": found.mass, "is_good": found.is_good}  # fmt: skip


def _alternatives(
    claim: Claim, ensemble: Ensemble, setups: Mapping[Part, Setup], evidence: Evidence
) -> list[dict[str, Any]]:
    """What else could be done: its effect, what it costs, and how much is lost by not doing it."""
    main, found = claim.main, []
    cost = _mean(effect(ensemble, claim, setups, Outcome(metric=COST, predicted="lower")))
    for name in claim.alternatives:
        values = instead(ensemble, setups, name, main.metric)
        gap = favour(main, values) - evidence.favour
        found.append({
            "name": name, "effect": _mean(values), "better": float((gap > 0).mean()),
            "regret": float(np.maximum(gap, 0).mean()),
            "cost": _mean(instead(ensemble, setups, name, COST)), "cost_of_reform": cost,
        })  # fmt: skip
    return found


def _plain(shares: Shares | None) -> dict[str, Any] | None:
    """Shares as a document, with the Monte Carlo error of a share."""
    if shares is None:
        return None
    error = 1.96 * float(np.sqrt(max(shares.holds * (1 - shares.holds), 0.0) / shares.draws))
    return {**shares._asdict(), "word": shares.word, "error": error}


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None
