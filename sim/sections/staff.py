"""The shape of what may be set about people at counters and desks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.sections.section import Percent, Section


class Staff(Section):
    """People at counters and desks: whether they learn and leave, and what is done about it."""

    dynamics: bool
    operator_turnover_pct: Percent
    body_turnover_pct: Percent
    hiring_months: Annotated[float, Field(ge=1, le=120)]
    pay_ratio: Annotated[float, Field(ge=0.1, le=10)]
    pay_elasticity: Annotated[float, Field(ge=0, le=10)]
    load_slope: Annotated[float, Field(ge=0, le=20)]
    learning_months: Annotated[float, Field(gt=0, le=240)]
    novice_extra_pct: Annotated[float, Field(ge=0, le=1_000)]
    novice_mistakes_pct: Annotated[float, Field(ge=0, le=1_000)]
    mentors_pct: Percent
    mentored_ratio: Annotated[float, Field(gt=0, le=1)]
    training_pct: Annotated[float, Field(ge=0, le=1_200)]
    training_days: Annotated[int, Field(ge=0, le=365)]
    trained_faster_pct: Annotated[float, Field(ge=0, le=90)]
    trained_fewer_mistakes_pct: Percent
    forgetting_months: Annotated[float, Field(gt=0, le=1_200)]
    exam: bool
    pass_pct: Percent
    unfit_extra_pct: Annotated[float, Field(ge=0, le=1_000)]
    unfit_mistakes_pct: Annotated[float, Field(ge=0, le=1_000)]
    retraining_days: Annotated[int, Field(ge=0, le=365)]
    losses_pct: Percent
