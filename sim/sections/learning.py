"""Sections of the configuration about what people learn, and signatures that run out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.sections.section import Name, NonNegative, Percent, Section, Share


class Learning(Section):
    """How skill and access grow, and what outreach and courses do."""

    skill_per_success_pct: Percent
    online_per_year_pct: Percent
    media_contacts_per_year: Annotated[float, Field(ge=0, le=1_000)]
    aware_per_contact_pct: Percent
    fair_visitors_per_year: NonNegative
    course_places_per_year: NonNegative
    course_for: Literal["everybody", "weak_skill", "older", "rural"]
    course_selection: Share
    course_gain_pct: Percent
    forgotten_per_year_pct: Percent


class Signature(Section):
    """Digital signatures: which service gives them, and how long they last."""

    service: Name
    valid_years: NonNegative  # 0: for ever
    renewed_pct: Percent
