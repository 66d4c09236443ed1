"""A claim of a paper as a file that an official can read: what is run, and what it predicts."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sim.sections.section import Name, Section

PATTERN = r"^C\d{1,3}[a-z]?$"
SHORT = 90  # measured days unless the mechanism needs more
Predicted = Literal["lower", "higher", "none"]
Contrast = Literal["difference", "interaction", "level"]
Text = Annotated[str, Field(max_length=2_000)]


class Trial(Section):
    """One arm: a scenario, and settings on top of it."""

    scenario: Name = "base"
    settings: dict[str, Any] = Field(default_factory=dict)


class Trials(Section):
    """The reform, and what it is held against."""

    reform: Annotated[Trial, Field(alias="with")]
    without: Trial = Trial()
    first: Trial | None = None
    second: Trial | None = None


class Outcome(Section):
    """A metric and what the claim predicts of it; ``matters`` stands in for the metric's own."""

    metric: str
    predicted: Predicted
    matters: Annotated[float, Field(gt=0)] | None = None


class Claim(Section):
    """A claim with its source, its trial, what it predicts and what could reverse it.

    A claim with ``missing`` names the datum without which nobody can judge it, and is not run.
    """

    claim: Annotated[str, Field(pattern=PATTERN)]
    title: Annotated[str, Field(min_length=1, max_length=90)]
    paper: str | list[str]
    place: Text
    sentence: Text
    paraphrase: Text
    reported_from: Text = ""
    mechanism: Text
    threat: Text
    missing: Text = ""
    judged_here: Text = ""
    days: Annotated[int, Field(ge=1, le=4_400)] = SHORT
    why_longer: Text = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    contrast: Contrast = "difference"
    threshold: float = 0.0
    arms: Trials | None = None
    alternatives: dict[Name, Trial] = Field(default_factory=dict)
    outcomes: list[Outcome] = Field(default_factory=list)
    own_numbers: dict[str, float] = Field(default_factory=dict)
    shown_by: list[str] = Field(default_factory=list)
    reply: Annotated[str, Field(max_length=20_000)] = ""

    @model_validator(mode="after")
    def _can_be_run(self) -> Self:
        if self.missing:
            if self.arms or self.outcomes:
                raise ValueError("a claim that names a missing datum has neither arms nor outcomes")
            return self
        if self.arms is None or not self.outcomes:
            raise ValueError("needs arms and outcomes, or the missing datum")
        if (self.contrast == "interaction") != (self.arms.first is not None) or (
            (self.arms.first is None) != (self.arms.second is None)
        ):
            raise ValueError("an interaction, and nothing else, needs arms `first` and `second`")
        if self.days > SHORT and not self.why_longer:
            raise ValueError(f"more than {SHORT} days need `why_longer`")
        return self

    @property
    def papers(self) -> list[str]:
        """Which papers say it."""
        return [self.paper] if isinstance(self.paper, str) else list(self.paper)

    @property
    def main(self) -> Outcome:
        """The outcome that decides the word."""
        return self.outcomes[0]
