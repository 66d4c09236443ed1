"""Sections of the configuration about what comes back: complaints, inspections, surveys."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.sections.section import NonNegative, Percent, Positive, Section, Share


class Complaints(Section):
    """Who complains after a bad experience, and what becomes of it."""

    propensity: Share  # of those who know where to complain
    aware_share: Share
    response_days: Annotated[int, Field(ge=1, le=365)]
    upheld_pct: Percent  # of justified complaints
    restored_trust_share: Share


class Oversight(Section):
    """Inspections of bodies, what they find, and what that changes."""

    inspections_per_year: Annotated[float, Field(ge=0, le=100_000)]
    inspect: Literal["turn", "complaints"]
    cases_per_inspection: Annotated[int, Field(ge=1, le=10_000_000)]
    detection_pct: Percent
    wrong_refusal_pct: Percent
    sanction_effect: Share
    half_life_months: Positive
    effort_pct: Annotated[float, Field(ge=0, le=90)]


class Survey(Section):
    """A survey of recent users, month by month."""

    sample: Annotated[int, Field(ge=0, le=10_000_000)]
    recent_days: Annotated[int, Field(ge=1, le=4_400)]
    response_pct: Percent
    response_if_displeased_ratio: NonNegative
