"""Levers of staff: functions and posts that move between bodies of one employer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf, sqrt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.config import Config
from sim.errors import InputError, nearest
from sim.region.table import Table
from sim.scenarios.changes import Change
from sim.scenarios.lever import Fields, cell, lever
from sim.service.layout import full_time
from sim.service.loads import busy_posts

FEWEST_POSTS = 2  # that a body keeps


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
    by: Literal["coefficient", "utilisation", "square_root", "table"]
    posts: Annotated[int, Field(ge=1, le=500)] = 1
    table: list[Post] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_rule(self) -> PostMove:
        if self.table and self.by != "table":
            raise ValueError(f"a table of moves goes with `by: table`, not with `by: {self.by}`")
        return self


@lever(
    "posts.move",
    "Whole posts moved between bodies of one employer: by services per employee, by measured "
    "utilisation of desks, by the square root of their load, or by a given table.",
    "posts",
    fields=PostMove,
)
def move_posts(tables: Mapping[str, Table], config: Config, value: PostMove) -> Iterator[Change]:
    """Move posts; the rule by utilisation sees only earlier days of its own run."""
    employers = tables["employers"]
    if value.employer not in employers.index:
        guess = nearest(value.employer, employers.rows)
        raise InputError([f"no employer '{value.employer}'.{guess}"])
    if value.by == "utilisation":
        yield cell("employers", value.employer, "posts_by_utilisation", "add", float(value.posts))
        return
    if value.by == "coefficient":
        moves = moves_by_coefficient(tables["bodies"], value.employer, value.posts)
    elif value.by == "square_root":
        moves = moves_by_square_root(tables, config, value.employer, value.posts)
    else:
        moves = value.table
        problems = list(_impossible(tables["bodies"], value))
        if problems:
            raise InputError(problems)
    for move in moves:
        yield cell("bodies", move.giver, "staff", "add", -float(move.posts))
        yield cell("bodies", move.receiver, "gained_posts", "add", float(move.posts))


def moves_by_coefficient(bodies: Table, employer: str, posts: int) -> list[Post]:
    """One post at a time from the lowest to the highest ratio of services to employees.

    The papers' workload coefficient counts types of services, not cases. A body keeps at least
    two posts, and no post moves that would leave its giver above its receiver.
    """
    mine = [i for i, name in enumerate(bodies.words("employer")) if name == employer]
    types = {bodies.rows[i]: float(bodies.numbers("service_types")[i]) for i in mine}
    staff = {bodies.rows[i]: float(bodies.numbers("staff")[i]) for i in mine}
    able = [code for code in staff if types[code] > 0]
    moved: dict[tuple[str, str], int] = {}
    for _ in range(posts):
        ranked = sorted(able, key=lambda code: (types[code] / staff[code], code))
        givers = [code for code in ranked if staff[code] > FEWEST_POSTS]
        if len(ranked) < 2 or not givers or givers[0] == ranked[-1]:
            break
        giver, receiver = givers[0], ranked[-1]
        if types[giver] / (staff[giver] - 1) > types[receiver] / (staff[receiver] + 1):
            break
        staff[giver] -= 1
        staff[receiver] += 1
        moved[giver, receiver] = moved.get((giver, receiver), 0) + 1
    return [Post(giver=a, receiver=b, posts=n) for (a, b), n in moved.items()]


def moves_by_square_root(
    tables: Mapping[str, Table], config: Config, employer: str, posts: int
) -> list[Post]:
    """One post at a time from the body with most slack to that with least, until they are even.

    Slack is what desks have beyond the load of the static sheet, in square roots of it, which is
    the standard deviation of the desks in use if there were any number of them. A body keeps at
    least two posts, and no post moves that would leave its giver below its receiver.
    """
    bodies, load = tables["bodies"], busy_posts(tables, config)
    mine = [
        bodies.rows[i]
        for i, name in enumerate(bodies.words("employer"))
        if name == employer and bodies.numbers("share_of_time")[i] > 0
    ]
    staff = {code: float(bodies.numbers("staff")[bodies.index[code]]) for code in mine}
    gained = dict.fromkeys(mine, 0.0)

    def slack(code: str, given: int = 0, received: int = 0) -> float:
        share = float(bodies.numbers("share_of_time")[bodies.index[code]])
        desks = full_time(staff[code] - given, share)
        desks += (gained[code] + received) * config.back_office.moved_post_share
        return (desks - load[code]) / sqrt(load[code]) if load[code] > 0 else inf

    moved: dict[tuple[str, str], int] = {}
    for _ in range(posts):
        ranked = sorted(mine, key=lambda code: (slack(code), code))
        givers = [code for code in ranked if staff[code] > FEWEST_POSTS and not gained[code]]
        if not givers or givers[-1] == ranked[0]:
            break
        giver, receiver = givers[-1], ranked[0]
        if slack(giver, given=1) < slack(receiver, received=1):
            break
        staff[giver] -= 1
        gained[receiver] += 1
        moved[giver, receiver] = moved.get((giver, receiver), 0) + 1
    return [Post(giver=a, receiver=b, posts=n) for (a, b), n in moved.items()]


def _impossible(bodies: Table, value: PostMove) -> Iterator[str]:
    """What is wrong with a table of moves."""
    if not value.table:
        yield "`table` holds no moves; write giver, receiver and posts."
    for move in value.table:
        yield from _wrong_pair(bodies, move.giver, move.receiver)
    known = [move for move in value.table if move.giver in bodies.index]
    for giver in dict.fromkeys(move.giver for move in known):
        row = bodies.index[giver]
        if bodies.words("employer")[row] != value.employer:
            yield f"'{giver}' does not belong to '{value.employer}'."
        posts = sum(move.posts for move in known if move.giver == giver)
        staff = bodies.numbers("staff")[row]
        if staff - posts < FEWEST_POSTS:
            yield f"'{giver}' has {staff:g} posts, keeps {FEWEST_POSTS} and cannot give {posts}."


def _check_pair(tables: Mapping[str, Table], giver: str, receiver: str) -> None:
    problems = list(_wrong_pair(tables["bodies"], giver, receiver))
    if problems:
        raise InputError(problems)


def _wrong_pair(bodies: Table, giver: str, receiver: str) -> Iterator[str]:
    unknown = [code for code in (giver, receiver) if code not in bodies.index]
    yield from (f"no body '{code}'.{nearest(code, bodies.rows)}" for code in unknown)
    if giver == receiver:
        yield f"'{giver}' cannot give to itself."
    elif not unknown:
        if bodies.numbers("share_of_time")[bodies.index[receiver]] == 0:
            yield f"'{receiver}' renders no services and has no desks."
        employer = bodies.words("employer")
        mine, theirs = employer[bodies.index[giver]], employer[bodies.index[receiver]]
        if mine != theirs:
            yield (
                f"'{giver}' belongs to {mine} and '{receiver}' to {theirs}: posts and functions "
                "move inside one employer and budget level."
            )
