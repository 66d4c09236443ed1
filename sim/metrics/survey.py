"""What a survey of recent visitors says, and how far it is from what all visitors would say."""

from __future__ import annotations

import numpy as np

from sim.metrics.metric import Tables, metric, ratio, total
from sim.metrics.quality import trust_in_centres


@metric("Satisfaction in the survey", unit="points of 100", better="higher", matters=0.5)
def survey_score(tables: Tables) -> float:
    """Mean score of those who answered."""
    survey = tables["survey"]
    return ratio(total(survey, "score_per_mille"), total(survey, "answered")) / 10


@metric("Bias of the survey", unit="points", better="neither", matters=0.5)
def survey_bias(tables: Tables) -> float:
    """Mean answer less the mean last score of all who ever came, mean over months."""
    survey = tables["survey"]
    asked = survey["answered"] > 0
    if not asked.any():
        return float("nan")
    said = survey["score_per_mille"][asked] / survey["answered"][asked]
    truth = survey["true_score_per_mille"][asked] / survey["users"][asked]
    return float((said - truth).mean()) / 10


@metric("Standard error of the survey", unit="points", better="lower", matters=0.1)
def survey_error(tables: Tables) -> float:
    """Of its mean score, by the spread of the answers."""
    survey = tables["survey"]
    n = total(survey, "answered")
    if n < 2:
        return float("nan")
    spread = total(survey, "score_squares") - total(survey, "score_per_mille") ** 2 / n
    return float(np.sqrt(spread / (n - 1) / n)) / 10


@metric("Survey over trust of everybody", unit="points", better="neither", matters=1.0)
def survey_over_trust(tables: Tables) -> float:
    """Satisfaction in the survey less the trust in service centres of all who may apply."""
    return survey_score(tables) - trust_in_centres(tables)
