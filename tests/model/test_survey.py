"""A survey of visitors beside the truth: exact where all are asked, and it moves nothing."""

from __future__ import annotations

import numpy as np

from sim.model import ServiceModel
from sim.results.recorder import Columns
from sim.service.cases import NEVER
from tests.model.town import hashes_of, lived, model, tables_of, town

ALL = ("survey.sample=1000000", "survey.recent_days=4400", "survey.response_pct=100",
       "survey.response_if_displeased_ratio=1", "run.days=60")  # fmt: skip


def survey(*overrides: str) -> Columns:
    return lived(model(*ALL, *overrides))["survey"]


def mean(table: Columns) -> np.ndarray:
    """Mean answer of each month, points."""
    found: np.ndarray = table["score_per_mille"] / table["answered"] / 10
    return found


def test_when_all_are_asked_and_answer_the_survey_is_the_truth() -> None:
    found = survey()
    assert (found["users"] > 0).all()
    for said, true in (("answered", "users"), ("score_per_mille", "true_score_per_mille"),
                       ("satisfied", "true_satisfied")):  # fmt: skip
        np.testing.assert_array_equal(found[said], found[true])


def test_the_truth_is_the_last_score_of_everybody_who_came() -> None:
    """Counted again, case by case."""
    one, last = model(*ALL), dict[int, int]()

    def look(day: ServiceModel) -> None:
        for row in np.flatnonzero(day.scores != NEVER):
            if day.measured_day >= 0:
                last[int(day.served.particulars["citizen"][row])] = int(day.scores[row])

    one.observers.append(look)
    found = lived(one)
    assert found["survey"]["users"][-1] == len(last)
    assert found["survey"]["true_score_per_mille"][-1] == sum(last.values())
    scored = found["groups"]
    assert found["survey"]["users"][-1] <= scored["scored"].sum()


def test_asking_changes_nobody() -> None:
    silent, asked = (hashes_of(tables_of(town(f"survey.sample={n}"))) for n in (0, 300))
    assert {name for name in silent if silent[name] != asked[name]} == {"survey"}


def test_nobody_is_asked_in_the_base() -> None:
    found = tables_of(town())["survey"]
    assert not any(values.any() for name, values in found.items() if name != "month")


def test_no_more_are_asked_than_the_sample_and_than_came_lately() -> None:
    for sample, days in ((50, 4400), (1_000, 7)):
        found = survey(f"survey.sample={sample}", f"survey.recent_days={days}")
        np.testing.assert_array_equal(found["asked"], np.minimum(sample, found["recent"]))
    assert (found["recent"] < found["users"]).all()


def test_a_survey_that_the_displeased_do_not_answer_is_too_kind() -> None:
    """Only answers below all others are missing: the fewer of them, the higher the mean."""
    ratios = [survey("survey.response_pct=60", f"survey.response_if_displeased_ratio={r}")
              for r in (1.5, 1.0, 0.5, 0.0)]  # fmt: skip
    means, answers = np.array([mean(one) for one in ratios]), [one["answered"] for one in ratios]
    assert (np.diff(means, axis=0) > 0).all()
    assert (np.diff(answers, axis=0) < 0).all()
    kind = ratios[-1]
    assert (mean(kind) > kind["true_score_per_mille"] / kind["users"] / 10).all()
