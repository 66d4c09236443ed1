"""How a study is run and when it may stop; nothing here moves the result of any run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from sim.errors import InputError
from sim.sections.section import Section

STOPPING = "stops"  # in a plan: when it is enough
FEWEST = 30  # runs before precision is judged: with fewer the interval itself is unsure


class Execution(Section):
    """Where runs are lived, which of them, and how sure their means are to be."""

    executor: Literal["serial", "processes", "dask"] = "processes"
    address: str = ""
    scheduler_file: str = ""
    silent_minutes: Annotated[float, Field(gt=0, le=10_000)] = 15.0
    memory_mb: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    precision: Annotated[float, Field(gt=0, le=1)] | None = None
    outputs: tuple[str, ...] = ()
    within_minutes: Annotated[float, Field(gt=0, le=1e6)] | None = None
    most: Annotated[int, Field(ge=FEWEST, le=100_000)] = 10_000
    shard: tuple[int, int] = (1, 1)
    retry: bool = False
    unlock: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        first, of = self.shard
        if not 1 <= first <= of:
            raise ValueError(f"shard {first}/{of}: write i/n with 1 <= i <= n")
        if of > 1 and self.precision is not None:
            raise ValueError("shards cannot stop by precision: none of them sees all runs")
        if self.precision is not None and not self.outputs:
            raise ValueError("precision needs outputs=[...], such as outputs=[wait_mean]")
        if self.address and self.scheduler_file:
            raise ValueError("give an address or a scheduler_file, not both")
        return self

    @classmethod
    def told(cls, said: Mapping[str, Any]) -> Self:
        """From what somebody wrote; all problems at once."""
        try:
            return cls(**said)
        except ValidationError as error:
            problems = [_sentence(one) for one in error.errors()]
        raise InputError(problems, where="the command line")

    @property
    def is_part(self) -> bool:
        """Whether others run the rest."""
        return self.shard[1] > 1

    @property
    def stopping(self) -> dict[str, Any]:
        """What of it a study is to remember: when it is enough."""
        return self.model_dump(
            mode="json", include={"precision", "outputs", "within_minutes", "most"}
        )

    def with_stopping(self, said: Mapping[str, Any]) -> Execution:
        """The same, stopping as a study remembers unless it is told otherwise now."""
        if self.precision is not None or not said:
            return self
        outputs = tuple(said["outputs"])
        return Execution.told({**self.model_dump(), **said, "outputs": outputs})


def _sentence(error: Any) -> str:
    at = ".".join(str(part) for part in error["loc"]).replace("within_minutes", "within")
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"`{at}`: {said}, got {error['input']!r}." if at else f"{said}."
