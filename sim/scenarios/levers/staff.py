"""Levers of staff: functions and posts that move between bodies of one employer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from sim.config import Config
from sim.errors import InputError, nearest
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import Fields, cell, lever


class FunctionMove(Fields):
    """Which service, from which body to which, and what share of the giver's cases."""

    service: str
    giver: str
    receiver: str
    share: Annotated[float, Field(gt=0, le=1)] = 1.0


@lever(
    "functions.move",
    "A function handed from one body to another of the same employer.",
    "share of the giver's cases of a service",
    fields=FunctionMove,
)
def move_function(tables: Mapping[str, Table], _: Config, value: FunctionMove) -> Iterator[Change]:
    """Move a share of a body's cases of a service to another body."""
    _check_pair(tables, value.giver, value.receiver)
    routing = tables["routing"]
    giver, receiver = f"{value.service}/{value.giver}", f"{value.service}/{value.receiver}"
    if giver not in routing.index:
        handled = [row.split("/")[0] for row in routing.rows if row.endswith(f"/{value.giver}")]
        raise InputError(
            [f"'{value.giver}' does not decide '{value.service}'.{nearest(value.service, handled)}"]
        )
    i = routing.index[giver]
    moved = float(routing.numbers("share")[i]) * value.share
    blank = {
        "service": value.service,
        "body": value.receiver,
        "level": routing.words("level")[i],
        "share": 0.0,
    }
    yield cell("routing", receiver, "share", "row", blank)
    yield cell("routing", giver, "share", "add", -moved)
    yield cell("routing", receiver, "share", "add", moved)


class Post(Fields):
    """Posts from one body to another."""

    giver: str
    receiver: str
    posts: Annotated[int, Field(ge=1, le=500)] = 1


class PostMove(Fields):
    """Whose posts move, by which rule, how many; or a table of moves."""

    employer: str
    by: Literal["coefficient", "utilisation", "table"]
    posts: Annotated[int, Field(ge=1, le=500)] = 1
    table: list[Post] = Field(default_factory=list)


@lever(
    "posts.move",
    "Whole posts moved between bodies of one employer: by services per employee, by measured "
    "utilisation of desks, or by a given table.",
    "posts",
    fields=PostMove,
)
def move_posts(tables: Mapping[str, Table], _: Config, value: PostMove) -> Iterator[Change]:
    """Move posts; the rule by utilisation sees only earlier days of its own run."""
    employers = tables["employers"]
    if value.employer not in employers.index:
        guess = nearest(value.employer, employers.rows)
        raise InputError([f"no employer '{value.employer}'.{guess}"])
    if value.by == "utilisation":
        yield cell("employers", value.employer, "posts_by_utilisation", "add", float(value.posts))
        return
    moves = value.table
    if value.by == "coefficient":
        moves = moves_by_coefficient(tables["bodies"], value.employer, value.posts)
    for move in moves:
        _check_pair(tables, move.giver, move.receiver)
        yield cell("bodies", move.giver, "staff", "add", -float(move.posts))
        yield cell("bodies", move.receiver, "gained_posts", "add", float(move.posts))


def moves_by_coefficient(bodies: Table, employer: str, posts: int) -> list[Post]:
    """One post at a time from the lowest to the highest ratio of services to employees.

    The papers' workload coefficient counts types of services, not cases. A body keeps at least
    two posts, and nobody gives to a body with a lower ratio.
    """
    mine = [i for i, name in enumerate(bodies.words("employer")) if name == employer]
    types = {bodies.rows[i]: float(bodies.numbers("service_types")[i]) for i in mine}
    staff = {bodies.rows[i]: float(bodies.numbers("staff")[i]) for i in mine}
    able = [code for code in staff if types[code] > 0]
    moved: dict[tuple[str, str], int] = {}
    for _ in range(posts):
        ranked = sorted(able, key=lambda code: (types[code] / staff[code], code))
        givers = [code for code in ranked if staff[code] > 2]
        if len(ranked) < 2 or not givers or givers[0] == ranked[-1]:
            break
        giver, receiver = givers[0], ranked[-1]
        staff[giver] -= 1
        staff[receiver] += 1
        moved[giver, receiver] = moved.get((giver, receiver), 0) + 1
    return [Post(giver=a, receiver=b, posts=n) for (a, b), n in moved.items()]


def _check_pair(tables: Mapping[str, Table], giver: str, receiver: str) -> None:
    bodies = tables["bodies"]
    problems = [
        f"no body '{code}'.{nearest(code, bodies.rows)}"
        for code in (giver, receiver)
        if code not in bodies.index
    ]
    if not problems:
        employer = bodies.words("employer")
        mine, theirs = employer[bodies.index[giver]], employer[bodies.index[receiver]]
        if mine != theirs:
            problems.append(
                f"'{giver}' belongs to {mine} and '{receiver}' to {theirs}: posts and functions "
                "move inside one employer and budget level."
            )
    if problems:
        raise InputError(problems)
