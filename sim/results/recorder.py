"""An observer that turns the ledger of a model into tables; it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.population.learning_kernels import count_skills
from sim.population.record_kernels import count_people
from sim.region.schema import AGE_BANDS, PLACES
from sim.results.schema import SKILLS, TABLES
from sim.results.survey import Survey
from sim.service.ledger import DAY_KINDS
from sim.service.network import Role
from sim.service.tallies import DeskTally

if TYPE_CHECKING:
    from sim.agents import Workplace
    from sim.model import ServiceModel

Columns = dict[str, NDArray[Any]]
FRONT = (Role.OFFICE, Role.VAN, Role.PROVIDER, Role.STEP, Role.KIOSK)
BACK = (Role.DESK, Role.PROVIDER_DESK)


class Recorder:
    """Collects the measured days of one run."""

    def __init__(self) -> None:
        self._dates: list[str] = []
        self._months: list[str] = []
        self._days: dict[str, list[NDArray[np.int64]]] = {
            name: [] for name in ("services", "counters", "desks", "calls", "vans")
        }
        self._monthly: dict[str, list[NDArray[np.int64]]] = {
            name: [] for name in ("groups", "people", "learning", "survey", "posts", "staff")
        }
        self._oversight: list[NDArray[np.int64]] = []  # month, station, service, and the counts
        self._survey = Survey()
        self._flows = np.zeros((1, 1), dtype=np.int64)  # of staff, up to the month before
        self._waits: list[NDArray[np.int64]] = []  # of all offices since measuring began
        self._model: ServiceModel | None = None

    def __call__(self, model: ServiceModel) -> None:
        """Note a day that has just been lived."""
        if model.measured_day < 0:
            if model.measured_day == -1:
                model.ledger.clear()
                self._flows = _flows(model)
            return
        self._model = model
        ledger, network = model.ledger, model.network
        self._dates.append(model.calendar.civil(model.day).isoformat())
        self._days["services"].append(ledger.services.copy())
        self._days["counters"].append(ledger.stations[network.of(*FRONT)])
        back = network.of(*BACK)
        self._days["desks"].append(ledger.stations[back][:, : len(DeskTally)])
        self._days["calls"].append(ledger.calls[None].copy())
        self._days["vans"].append(ledger.vans.copy())
        self._waits.append(ledger.waits.sum(axis=0))
        self._survey(model)
        is_last = model.day + 1 == model.horizon
        tomorrow = model.calendar.civil(model.day + 1)
        if tomorrow.day == 1 or is_last:
            self._end_month(model)

    def _end_month(self, model: ServiceModel) -> None:
        self._months.append(model.calendar.civil(model.day).isoformat()[:7])
        self._monthly["groups"].append(model.ledger.groups.copy())
        model.ledger.groups[:] = 0
        self._oversight.append(_oversight(model, len(self._months) - 1))
        model.ledger.oversight[:] = 0
        self._monthly["survey"].append(self._survey.month(model))
        self._monthly["people"].append(_people(model))
        count_skills(model.citizens.people, model.world.places, model.ledger.lessons)
        self._monthly["learning"].append(model.ledger.lessons.copy())
        model.ledger.lessons[:] = 0
        self._monthly["posts"].append(_posts(model))
        flows = _flows(model)
        self._monthly["staff"].append(np.hstack([_staff(model), flows - self._flows]))
        self._flows = flows

    def tables(self) -> Mapping[str, Columns]:
        """All tables, rows in the order of their keys."""
        model = self._model
        assert model is not None, "no day was measured"
        dates, months = np.array(self._dates), np.array(self._months)
        services, districts = model.tables["services"], model.tables["districts"].rows
        front, back = model.network.of(*FRONT), model.network.of(*BACK)
        n_groups = len(districts) * len(PLACES) * len(AGE_BANDS) * len(SKILLS)
        shape = (len(districts), len(PLACES), len(AGE_BANDS), len(SKILLS))
        d, p, a, k = (index.ravel() for index in np.indices(shape))
        offices = np.arange(len(model.offices))
        waits = np.diff(self._waits, axis=0, prepend=0)
        day, minutes = np.nonzero(waits)
        oversight = np.concatenate(self._oversight)
        month, station, service = oversight[:, :3].T
        rows: dict[str, tuple[list[NDArray[Any]], NDArray[np.int64]]] = {
            "services": (
                _crossed(dates, [np.array(services.rows), np.array(services.words("scope"))]),
                np.concatenate(self._days["services"]),
            ),
            "counters": (
                _crossed(dates, _named(model, front)),
                np.concatenate(self._days["counters"]),
            ),
            "desks": (_crossed(dates, _named(model, back)), np.concatenate(self._days["desks"])),
            "calls": ([dates], np.concatenate(self._days["calls"])),
            "vans": (
                _crossed(dates, [np.arange(1, len(model.ledger.vans) + 1)]),
                np.concatenate(self._days["vans"]),
            ),
            "groups": (
                _crossed(
                    months,
                    [np.array(districts)[d], np.array(PLACES)[p], np.array(AGE_BANDS)[a],
                     np.array(SKILLS)[k]],
                ),
                np.concatenate(self._monthly["groups"]).reshape(len(months) * n_groups, -1),
            ),
            **{
                name: (
                    _crossed(months, [np.repeat(districts, 2), np.tile(PLACES, len(districts))]),
                    np.concatenate(self._monthly[name]),
                )
                for name in ("people", "learning")
            },
            "oversight": (
                [months[month], np.array(model.network.names)[station],
                 np.array(services.rows)[service], np.array(services.words("scope"))[service]],
                oversight[:, 3:],
            ),
            "survey": ([months], np.concatenate(self._monthly["survey"])),
            "posts": (
                _crossed(
                    months,
                    [np.array(model.tables["bodies"].rows),
                     np.array(model.tables["bodies"].words("employer"))],
                ),
                np.concatenate(self._monthly["posts"]),
            ),
            "staff": (
                _crossed(months, _named(model, _stations(model))[:2]),
                np.concatenate(self._monthly["staff"]),
            ),
            "hours": (
                [*(np.repeat(c, 24 * len(DAY_KINDS)) for c in _named(model, offices)[::2]),
                 np.tile(np.repeat(DAY_KINDS, 24), len(offices)),
                 np.tile(np.arange(24), len(offices) * len(DAY_KINDS))],
                model.ledger.hours.reshape(-1, model.ledger.hours.shape[-1]),
            ),
            "waits": (
                [*(np.repeat(c, model.ledger.waits.shape[1]) for c in _named(model, offices)[::2]),
                 np.tile(np.arange(model.ledger.waits.shape[1]), len(offices))],
                model.ledger.waits.reshape(-1, 1),
            ),
            "waits_by_day": ([dates[day], minutes], waits[day, minutes].reshape(-1, 1)),
        }  # fmt: skip
        return {name: _table(name, *rows[name]) for name in TABLES}


def _table(name: str, keys: list[NDArray[Any]], counts: NDArray[np.int64]) -> Columns:
    schema = TABLES[name]
    columns = [*keys, *np.ascontiguousarray(counts.T[: len(schema.counts)])]
    return dict(zip(schema.columns, columns, strict=True))


def _crossed(outer: NDArray[Any], inner: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """Every outer key with all inner rows."""
    n = len(inner[0])
    return [np.repeat(outer, n), *(np.tile(column, len(outer)) for column in inner)]


def _named(model: ServiceModel, stations: NDArray[np.int64]) -> list[NDArray[Any]]:
    """Name, role and district of stations; a dash where a station belongs to no district."""
    names = np.array([model.network.names[s] for s in stations])
    roles = np.array([str(model.network.roles[s]) for s in stations])
    return [names, roles, np.array([_district(model, name) for name in names])]


def _district(model: ServiceModel, name: str) -> str:
    name = model.network.names[model.network.whole[model.network.index[name]]]
    for table in ("offices", "bodies"):
        if name in model.tables[table].index:
            row = model.tables[table].index[name]
            return model.tables[table].words("district")[row] or "-"
    parts = name.split("/")
    return parts[1] if len(parts) == 3 else "-"


def _people(model: ServiceModel) -> NDArray[np.int64]:
    """State of citizens by district and place."""
    counts = np.zeros(
        (len(model.tables["districts"]) * len(PLACES), len(TABLES["people"].counts)), np.int64
    )
    count_people(model.citizens.people, model.world.places, len(AGE_BANDS), counts)
    return counts


def _oversight(model: ServiceModel, month: int) -> NDArray[np.int64]:
    """What was counted in a month: its number, station, service, and the counts."""
    page = model.ledger.oversight
    station, service = np.nonzero(page.any(axis=-1))
    keys = np.stack([np.full(len(station), month), station, service], axis=1)
    return np.concatenate([keys, page[station, service]], axis=1)


def _posts(model: ServiceModel) -> NDArray[np.int64]:
    bodies = model.tables["bodies"]
    agents = {agent.code: agent for agent in model.back_offices}
    rows = []
    for i, code in enumerate(bodies.rows):
        agent = agents[code]
        gained = int(bodies.numbers("gained_posts")[i]) + agent.gained
        staff = int(bodies.numbers("staff")[i]) - agent.lost
        rows.append([staff, gained, agent.lost, round(agent.desks * 1000)])
    return np.array(rows, dtype=np.int64)


def _workplaces(model: ServiceModel) -> list[Workplace]:
    """Offices, and bodies that render services."""
    return [*model.service_centres, *(one for one in model.back_offices if one.renders_services)]


def _stations(model: ServiceModel) -> NDArray[np.int64]:
    return np.array([one.station for one in _workplaces(model)])


def _staff(model: ServiceModel) -> NDArray[np.int64]:
    """Posts and people of each workplace, all zero while staff are counts."""
    counted = [one.staff.counts() if one.staff else (0,) * 5 for one in _workplaces(model)]
    return np.array(counted, dtype=np.int64) * int(model.config.staff.dynamics)


def _flows(model: ServiceModel) -> NDArray[np.int64]:
    """Who has left, come, moved and been trained at each workplace since the run began."""
    counted = [one.staff.flows() if one.staff else (0,) * 4 for one in _workplaces(model)]
    return np.array(counted, dtype=np.int64)
