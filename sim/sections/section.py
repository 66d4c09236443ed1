"""What every part of a configuration is made of: a strict section, and bounds with a name."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sim.bounds import some_weight

SOME_WEIGHT = AfterValidator(some_weight)
Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, le=100)]
Positive = Annotated[float, Field(gt=0, le=1e12)]
NonNegative = Annotated[float, Field(ge=0, le=1e12)]
Slope = Annotated[float, Field(ge=-10, le=10)]  # standardised
Logits = Annotated[float, Field(ge=-50, le=50)]  # beyond 50 all is certain
Hour = Annotated[float, Field(ge=0, le=24, multiple_of=0.5)]
OpenHours = Annotated[float, Field(gt=0, le=24, multiple_of=0.5)]
Weights12 = Annotated[list[NonNegative], Field(min_length=12, max_length=12)]
Weights24 = Annotated[list[NonNegative], Field(min_length=24, max_length=24), SOME_WEIGHT]
Weights7 = Annotated[list[NonNegative], Field(min_length=7, max_length=7), SOME_WEIGHT]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Section(BaseModel):
    """A part of the configuration; unknown keys and numbers that are not finite are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
