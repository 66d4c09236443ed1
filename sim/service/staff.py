"""Staff of one place: its posts, and who has held each since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.chance.streams import Stream, uniforms
from sim.service.practice import Effects, novice_factor, training_factor, unfit_factor

if TYPE_CHECKING:
    from sim.sections.staff import Staff as Rules

YEAR = 12  # months
FOR_EVER = 1_200  # months that somebody stays who never leaves
NO_DAY = -1


class Luck(NamedTuple):
    """Whose luck it is: four uniforms for each post of a place on an occasion."""

    seed: int
    replication: int
    place: int

    def of(self, stream: Stream, posts: int, occasion: int = 0) -> NDArray[np.float64]:
        """Draw for the first posts of the place."""
        return uniforms(self.seed, stream, np.arange(posts), self.place, occasion, self.replication)


class Staff:
    """Posts in columns: each is held by a person, or vacant until its next one comes.

    People leave and come at the turn of a month, those of a sudden loss on its day. Months are
    counted from where the run began, so whoever was there before came in a month below zero.

    Attributes
    ----------
    since : int64[n_posts]
        Month in which who holds the post came; later than now while nobody does.
    practice : float64[n_posts]
        Months of learning: those held, more of them under a mentor.
    trained : float64[n_posts]
        Month of the last training; minus infinity if there was none.
    unfit, certified : bool[n_posts]
        Who would fail the exam, and who has passed it.
    back : int64[n_posts]
        Day on which who is in training is back.
    is_mentored : bool
        Whether somebody teaches new people this month.
    left, hired, moved, taught : int
        People since the run began; moved ones came with posts less went with posts.
    """

    def __init__(self, people: float, leaves: float, rules: Rules, luck: Luck) -> None:
        self.luck, self.leaves = luck, leaves
        gap = leaves * rules.hiring_months  # to the time for which a post is held
        self.usual_vacancy = gap / (1 + gap)
        self.now, self.is_mentored = 0, False
        self.left = self.hired = self.moved = self.taught = 0
        self._lost_pct = 0.0
        self._work, self._usual_work = np.zeros(2), np.zeros(2)  # seconds busy and on duty
        self.strain = 0.0
        posts = self._posts_for(people)
        u = luck.of(Stream.STAFF, posts)
        tenure = geometric(u[:, 0], leaves) - 1
        vacant = u[:, 1] < self.usual_vacancy
        self.since = np.where(vacant, geometric(u[:, 2], 1 / rules.hiring_months), -tenure)
        self.practice = np.where(vacant, 0, tenure).astype(np.float64)
        self.trained = np.full(posts, -np.inf)
        self.unfit = u[:, 3] >= rules.pass_pct / 100
        self.certified = np.zeros(posts, dtype=np.bool_)
        self.back = np.full(posts, NO_DAY)

    def __len__(self) -> int:
        return len(self.since)

    @property
    def held(self) -> NDArray[np.bool_]:
        """Which posts somebody holds."""
        return self.since <= self.now

    @property
    def usual_people(self) -> float:
        """How many would hold the posts on average as people leave and come in the base."""
        return len(self) * (1 - self.usual_vacancy)

    def at_work(self, day: int, rules: Rules) -> NDArray[np.int64]:
        """Posts whose holders are at counters or desks: neither in training nor mentors."""
        there = np.flatnonzero(self.held & (self.back <= day))
        return np.setdiff1d(there, self.mentors(rules))

    def mentors(self, rules: Rules) -> NDArray[np.int64]:
        """A share of those who have been there for a year, the longest-serving first."""
        seniors = np.flatnonzero(self.since <= self.now - YEAR)
        n = round(rules.mentors_pct / 100 * len(seniors))
        return seniors[np.argsort(self.since[seniors], kind="stable")][:n]

    def work_time(self, rows: NDArray[np.int64], rules: Rules) -> NDArray[np.float64]:
        """How many times as long work takes them as it takes people on average."""
        return self._factor(rows, rules, Effects.on_time(rules))

    def mistakes(self, rows: NDArray[np.int64], rules: Rules) -> NDArray[np.float64]:
        """How many times as often they make mistakes as people do on average."""
        return self._factor(rows, rules, Effects.on_mistakes(rules))

    def note(self, busy: int, duty: int) -> None:
        """Note the work of a day, in seconds."""
        self._work += (busy, duty)

    def review(self, is_measured: bool) -> None:
        """Hold the load of the month that ends against the usual one, which the run-in shows."""
        if is_measured and self._usual_work[1] > 0:
            self.strain = _ratio(self._work) - _ratio(self._usual_work)
        else:
            self._usual_work += self._work
        self._work[:] = 0

    def hazard(self, rules: Rules) -> float:
        """Chance of leaving in a month: less the better the pay, more the higher the load."""
        by_pay = rules.pay_ratio**-rules.pay_elasticity
        by_load = max(0.0, 1 + rules.load_slope * self.strain)
        return float(min(1.0, self.leaves * by_pay * by_load))

    def turn(self, day: int, month: int, rules: Rules) -> None:
        """Begin a month: people have learnt, come, leave, are trained and sit the exam.

        ``month`` is the civil one that names the luck.
        """
        self.practice[self.held] += 1 / (rules.mentored_ratio if self.is_mentored else 1)
        held = self.held
        self.now += 1
        self.hired += int((self.since == self.now).sum())
        u = self.luck.of(Stream.CAREER, len(self), month)
        self._vacate(held & (u[:, 0] < self.hazard(rules)), u, rules)
        self._teach(
            self.held & (u[:, 2] < rules.training_pct / 100 / YEAR), day, rules.training_days
        )
        if rules.exam:
            self._examine(day, rules)
        self.is_mentored = len(self.mentors(rules)) > 0

    def lose(self, rules: Rules) -> None:
        """Lose who leaves at once: on the day on which the share that is lost rises."""
        before, self._lost_pct = self._lost_pct, rules.losses_pct
        if self._lost_pct > before:
            u = self.luck.of(Stream.LOSS, len(self))
            luck = 100 * u[:, 0]
            self._vacate(self.held & (before <= luck) & (luck < self._lost_pct), u, rules)

    def resize(self, people: float) -> None:
        """Have posts for so many people: a post that comes brings somebody new to the place."""
        more = self._posts_for(people) - len(self)
        if more == 0:
            return
        self.moved += more if more > 0 else -int(self.held[more:].sum())
        new: dict[str, float] = {"since": self.now, "trained": -np.inf, "back": NO_DAY}
        for name in ("since", "practice", "trained", "unfit", "certified", "back"):
            column = getattr(self, name)
            added = np.full(max(0, more), new.get(name, 0)).astype(column.dtype)
            setattr(self, name, np.concatenate([column[: len(column) + min(0, more)], added]))

    def counts(self) -> tuple[int, ...]:
        """Posts, vacant ones, people of less than a year, certified ones, their months in all."""
        tenure = self.now - self.since[self.held]
        stock = (len(self), len(self) - len(tenure), (tenure < YEAR).sum())
        return (*map(int, stock), int(self.certified[self.held].sum()), int(tenure.sum()))

    def flows(self) -> tuple[int, ...]:
        """People since the run began: who left, was hired, moved with a post, was trained."""
        return self.left, self.hired, self.moved, self.taught

    def _posts_for(self, people: float) -> int:
        return max(1, round(people / (1 - self.usual_vacancy)))

    def _factor(
        self, rows: NDArray[np.int64], rules: Rules, effects: Effects
    ) -> NDArray[np.float64]:
        months, ago = self.practice[rows], self.now - self.trained[rows]
        by_months = novice_factor(months, effects.novice, rules.learning_months, self.leaves)
        by_fitness = unfit_factor(self.unfit[rows], effects.unfit, 1 - rules.pass_pct / 100)
        by_training = training_factor(ago, effects.trained, rules.forgetting_months)
        return by_months * by_fitness * by_training

    def _vacate(self, who: NDArray[np.bool_], u: NDArray[np.float64], rules: Rules) -> None:
        """Posts of those who leave wait for somebody new, as fit as people who apply are."""
        self.left += int(who.sum())
        self.since[who] = self.now + geometric(u[who, 1], 1 / rules.hiring_months)
        self.practice[who], self.trained[who] = 0.0, -np.inf
        self.unfit[who] = u[who, 3] >= rules.pass_pct / 100
        self.certified[who], self.back[who] = False, NO_DAY

    def _teach(self, who: NDArray[np.bool_], day: int, days: int) -> None:
        self.taught += int(who.sum())
        self.trained[who], self.back[who] = self.now, day + days

    def _examine(self, day: int, rules: Rules) -> None:
        """Who has not passed yet sits the exam; who fails is away to learn, then as the others."""
        sits = self.held & ~self.certified
        self._teach(sits & self.unfit, day, rules.retraining_days)
        self.unfit[sits], self.certified[sits] = False, True


def geometric(u: NDArray[np.float64], p: float) -> NDArray[np.int64]:
    """Months until something happens that has chance ``p`` in each; at least one.

    >>> geometric(np.array([0.9, 0.5, 0.2]), 0.5)
    array([1, 2, 3])
    """
    if p >= 1:
        return np.ones(len(u), dtype=np.int64)
    if p <= 0:
        return np.full(len(u), FOR_EVER)
    months: NDArray[np.float64] = 1 + np.floor(np.log(u) / np.log1p(-p))
    return np.minimum(months, FOR_EVER).astype(np.int64)


def _ratio(work: NDArray[np.float64]) -> float:
    return float(work[0] / work[1]) if work[1] else 0.0
