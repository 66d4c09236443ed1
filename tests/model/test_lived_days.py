"""A town is lived for two months, and every day of it is held against what it must add up to.

What a table says is counted again from single visits and from the calendar, by another way than
the model's own; what is drawn by chance has the mean it is given and no ties with other draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.model import ServiceModel
from sim.population.people import Can
from sim.service.cases import NEVER, Outcome
from sim.service.network import Role
from sim.service.requests import Channel, Kind, Mark
from sim.service.tallies import DeskTally, GroupTally, OfficeTally
from sim.units import DAY, HOUR, MINUTE
from tests.model.town import lived, model

DAYS, RUN_IN = 60, 20
CROWDED = (
    f"run.days={DAYS}", f"run.run_in_days={RUN_IN}", "demand.factor=2",
    "back_office.allow_overload=true", "tables.offices.OFFICE.counters=1",
    "office.longest_line_per_counter=3", "office.patience_minutes=25",
    "office.standard_wait_minutes=0.0001", "call_centre.calls_per_resident=6",
    "call_centre.informed_incomplete_factor=0", "portal.failure_multiplier=3",
    "office.extra_consultants=5", "complaints.propensity=0.5",
    "complaints.aware_share=1",
    "office.come_again_pct=50",
    "mobile.full_day_residents=380", "tables.vans.VAN_1.operators=2", "back_office.touch_cv=1.5",
)  # fmt: skip
IN_PERSON = (int(Channel.OFFICE), int(Channel.VAN), int(Channel.BODY))
INFORMED, INCOMPLETE, HELP = int(Mark.INFORMED), int(Mark.INCOMPLETE), int(Mark.HELP)
DECIDED, REFUSED = int(Mark.DECIDED), int(Mark.REFUSED)


@dataclass
class Lived:
    """What was seen of each day: visits that ended on it, and how stations stood at night."""

    model: ServiceModel
    visits: pd.DataFrame
    nights: list[dict[str, Any]]
    tables: dict[str, pd.DataFrame]

    def at(self, *roles: Role) -> pd.DataFrame:
        """Visits to stations of some roles."""
        return self.visits[self.visits["station"].isin(self.model.network.of(*roles))]


def _visits(one: ServiceModel) -> pd.DataFrame:
    cases, about, log = one.served
    case = np.repeat(np.arange(len(cases.id)), np.diff(cases.first))
    columns: dict[str, Any] = {
        "id": cases.id[case], "arrival": cases.arrival[case], "priority": cases.priority[case],
        "front": np.arange(len(case)) == cases.first[case], "station": cases.station,
        "work": cases.work, "patience": cases.patience,
        **{name: about[name][case] for name in about.dtype.names},
        "joined": log.joined, "started": log.started, "ended": log.ended, "outcome": log.outcome,
        "real_due": about["due"][case], "day": one.day,
    }  # fmt: skip
    frame = pd.DataFrame(columns)
    return frame[frame["ended"] >= one.day * DAY]


@pytest.fixture(scope="module")
def seen() -> Lived:
    """Everything that can go wrong does, in small numbers."""
    one, parts, nights = model(*CROWDED), [], []

    def look(day: ServiceModel) -> None:
        parts.append(_visits(day))
        nights.append({
            "day": day.day, "stations": day.ledger.stations.copy(),
            "roster": day.network.roster.copy(), "opens": day.network.opens.copy(),
            "closes": day.network.closes.copy(), "published": day.published_wait.copy(),
            "agenda": day.agenda.rows().copy(), "groups": day.ledger.groups.copy(),
            "can": day.citizens.people.can.copy(),
        })  # fmt: skip

    one.observers.append(look)
    tables = {name: pd.DataFrame(columns) for name, columns in lived(one).items()}
    return Lived(one, pd.concat(parts, ignore_index=True), nights, tables)


# ------------------------------------------------------------------------------ days and limits


def test_a_case_is_due_so_many_worked_days_after_the_day_of_filing(seen: Lived) -> None:
    """Counted day by day from the day after."""
    works, limit = seen.model.calendar.works, seen.model.world.catalogue.limit_days
    cases = seen.visits[seen.visits["citizen"] != NEVER].drop_duplicates("id")
    for filed, service, due in zip(cases["filed"], cases["service"], cases["due"], strict=True):
        assert works[due]
        assert works[filed + 1 : due + 1].sum() == limit[service]


def test_decisions_are_on_time_up_to_the_last_day(seen: Lived) -> None:
    """By service and day of decision; some are decided on the very day on which they are due."""
    works = np.cumsum(seen.model.calendar.works)
    desks = seen.at(Role.DESK, Role.PROVIDER_DESK)
    decided = desks[(desks["outcome"] == Outcome.SERVED) & (desks["day"] >= RUN_IN)]
    late = decided["day"] > decided["due"]
    services = seen.tables["services"]
    assert services["overdue"].sum() == late.sum()
    assert services["on_time"].sum() == (~late).sum()
    days = works[decided["day"]] - works[decided["filed"]]
    assert services["working_days"].sum() == days.sum() > 0
    assert (decided["day"] - decided["filed"]).sum() > days.sum()


def test_nothing_is_asked_for_on_a_day_that_is_over(seen: Lived) -> None:
    for night in seen.nights:
        assert (night["agenda"]["day"] > night["day"]).all()


def _on_days_off(seen: Lived) -> tuple[pd.DataFrame, pd.Series]:
    """Visits in person to a door that stays shut, and which of them follow a call of yesterday."""
    fronts, key = seen.at(Role.OFFICE, Role.PROVIDER), ["citizen", "root", "day"]
    off = fronts[~seen.model.calendar.works[fronts["day"]]]
    calls = seen.at(Role.CALL_CENTRE)
    called = calls.assign(day=calls["day"] + 1)[key].drop_duplicates()
    return off, off[key].merge(called, on=key, how="left", indicator=True)["_merge"] == "both"


def test_nobody_goes_in_person_on_a_day_off(seen: Lived) -> None:
    """Whenever a visit is planned, it is planned for a day on which somebody is there."""
    off, follows_a_call = _on_days_off(seen)
    assert follows_a_call.all(), off
    assert not seen.model.calendar.works[RUN_IN : RUN_IN + DAYS].all()


def test_who_calls_on_a_friday_does_not_go_on_the_saturday(seen: Lived) -> None:
    """Known and open: who calls before a visit goes from the next day on, even if it is off."""
    assert not len(_on_days_off(seen)[0])


def test_on_days_off_no_front_is_on_duty(seen: Lived) -> None:
    front = seen.model.network.of(Role.OFFICE, Role.PROVIDER, Role.VAN)
    for night in seen.nights:
        if not seen.model.calendar.works[night["day"]]:
            assert (night["stations"][front, OfficeTally.DUTY_SECONDS] == 0).all()
            assert (night["opens"][front] == NEVER).all()


def test_desks_work_from_nine_to_six_but_for_lunch(seen: Lived) -> None:
    """No case is taken in an hour in which nobody is there, and work pauses in it."""
    desks = seen.at(Role.DESK, Role.PROVIDER_DESK)
    second, works = desks["started"] % DAY, seen.model.calendar.works
    assert works[desks["started"] // DAY].all()
    morning = second.between(9 * HOUR, 13 * HOUR - 1)
    assert (morning | second.between(14 * HOUR, 18 * HOUR - 1)).all()
    assert second.between(13 * HOUR - 1800, 13 * HOUR - 1).any()
    same_day = desks[desks["started"] // DAY == desks["ended"] // DAY]
    pause = (same_day["started"] % DAY < 13 * HOUR) & (same_day["ended"] % DAY > 13 * HOUR)
    assert pause.any()
    took = same_day["ended"] - same_day["started"] - pause * HOUR
    assert (took == same_day["work"]).all()


# ------------------------------------------------------------------------------------ stations


def test_what_waits_at_a_desk_tonight_waited_before_or_came_and_did_not_end(seen: Lived) -> None:
    """By desk and night; the first night begins with nothing."""
    desks = seen.model.network.of(Role.DESK, Role.PROVIDER_DESK)
    before = np.zeros(len(desks), np.int64)
    for night in seen.nights:
        now = night["stations"][desks]
        came, ended = now[:, DeskTally.JOINED], now[:, DeskTally.ENDED]
        before = before + came - ended
        np.testing.assert_array_equal(now[:, DeskTally.BACKLOG], before)
    assert before.any()


def test_overtime_is_every_second_of_service_after_the_close(seen: Lived) -> None:
    """Also of services that begin after it."""
    began_later = 0
    for night in seen.nights:
        for station in seen.model.offices:
            if night["closes"][station] < 0:
                continue
            close = night["day"] * DAY + night["closes"][station]
            here = seen.visits[(seen.visits["station"] == station)
                               & (seen.visits["day"] == night["day"])
                               & (seen.visits["outcome"] == Outcome.SERVED)]  # fmt: skip
            after = sum(len(range(max(a, close), b)) for a, b in
                        zip(here["started"], here["ended"], strict=True) if b > close)  # fmt: skip
            began_later += int((here["started"] > close).sum())
            assert night["stations"][station, OfficeTally.OVERTIME_SECONDS] == after
    assert began_later


def test_with_a_standard_of_nothing_only_those_called_at_once_are_within_it(seen: Lived) -> None:
    """A wait as long as the standard is within it."""
    offices = seen.at(Role.OFFICE)
    served = offices[(offices["outcome"] == Outcome.SERVED) & (offices["day"] >= RUN_IN)]
    at_once = (served["started"] == served["joined"]).sum()
    counters = seen.tables["counters"]
    assert counters.loc[counters["role"] == "office", "within_standard"].sum() == at_once
    assert seen.tables["hours"]["within_standard"].sum() == at_once
    assert 0 < at_once < len(served)


def test_hours_and_waits_are_of_the_measured_days_alone(seen: Lived) -> None:
    """Their sums are those of the daily table."""
    counters = seen.tables["counters"]
    offices = counters[counters["role"] == "office"]
    for column in ("arrived", "served", "wait_seconds"):
        assert seen.tables["hours"][column].sum() == offices[column].sum()
    assert seen.tables["waits"]["served"].sum() == offices["served"].sum()


def test_arrivals_are_counted_under_the_kind_of_their_day(seen: Lived) -> None:
    """Mondays, first days after a holiday, and all others."""
    counters, hours = seen.tables["counters"], seen.tables["hours"]
    offices = counters[counters["role"] == "office"]
    calendar = seen.model.calendar
    day = np.array([calendar.day(date.fromisoformat(text)) for text in offices["date"]])
    plain = np.where(calendar.weekday[day] == 0, "monday", "other")
    kinds = np.where(calendar.after_holiday[day], "after_holiday", plain)
    assert set(offices["date"][kinds == "after_holiday"]) == {"2024-01-03"}
    for kind in ("monday", "after_holiday", "other"):
        counted = hours.loc[hours["day_kind"] == kind, "arrived"].sum()
        assert counted == offices["arrived"][kinds == kind].sum() > 0


def test_people_know_a_running_mean_of_what_others_waited(seen: Lived) -> None:
    """A tenth of the way to the mean wait of those served yesterday; a day of nobody leaves it."""
    station = int(seen.model.offices[0])
    offices = seen.at(Role.OFFICE)
    served = offices[offices["outcome"] == Outcome.SERVED]
    waited = (served["started"] - served["joined"]).groupby(served["day"]).mean()
    known = 0.0
    for night in seen.nights:
        known += 0.1 * (waited.get(night["day"] - 1, known) - known)
        assert night["published"][station] == pytest.approx(known)
    assert known > 0


def test_both_operators_of_a_van_work_while_it_is_open(seen: Lived) -> None:
    """And it takes an hour to its second village."""
    first, second = seen.model.network.of(Role.VAN)[:2]
    calls = 0
    for night in seen.nights:
        opens, closes = night["opens"], night["closes"]
        for stop in (first, second):
            if opens[stop] != NEVER:
                calls += 1
                slots = slice(opens[stop] // 1800, closes[stop] // 1800)
                assert (night["roster"][stop][slots] == 2).all()
        if opens[second] != NEVER:
            assert opens[second] - closes[first] == HOUR
    assert calls > 5


# ------------------------------------------------------------------------------ who, and in turn


def test_only_who_comes_in_person_and_has_the_right_is_called_first(seen: Lived) -> None:
    """What is filed online stands in the ordinary class, whoever files it."""
    about = seen.visits[seen.visits["citizen"] != NEVER]
    has_right = seen.model.citizens.people.can[about["citizen"]] & Can.PRIORITY != 0
    in_person = about["channel"].isin(IN_PERSON).to_numpy()
    expected = np.where(in_person & has_right, 0, 1)
    np.testing.assert_array_equal(about["priority"], expected)
    assert (has_right & ~in_person).any()
    front = about[about["front"] & (about["outcome"] == Outcome.SERVED)]
    office = front[front["station"].isin(seen.model.offices)]
    wait = (office["started"] - office["joined"]).groupby(office["priority"]).mean()
    assert wait[0] < wait[1]


def test_who_left_is_not_expected_anywhere(seen: Lived) -> None:
    """A case has no visit after one that ended unserved."""
    last = seen.visits.sort_values("ended").groupby("id")
    unserved = seen.visits[seen.visits["outcome"] > Outcome.SERVED]
    assert (last["outcome"].last()[unserved["id"]] > Outcome.SERVED).all()
    assert not set(seen.model.book.cases.id.tolist()) & set(unserved["id"].tolist())
    assert set(unserved["outcome"]) >= {Outcome.BALKED, Outcome.RENEGED}


def test_who_was_told_on_the_phone_what_to_bring_has_it(seen: Lived) -> None:
    """With the factor at zero; some who were not told have not."""
    visits = seen.visits[seen.visits["channel"].isin(IN_PERSON) & seen.visits["front"]]
    informed = visits["marks"] & INFORMED != 0
    incomplete = visits["marks"] & INCOMPLETE != 0
    assert informed.sum() > 30
    assert not (informed & incomplete).any()
    assert (incomplete & ~informed).any()


# ---------------------------------------------------------------------------------- sums of tables

SAME = [
    ("needs", ("needs",)), ("online", ("web", "app")), ("office", ("office",)), ("van", ("van",)),
    ("body", ("body",)), ("failures", ("failures",)), ("gave_up", ("gave_up",)),
    ("visits", ("office_visits", "van_visits")),
]  # fmt: skip


@pytest.mark.parametrize(("of_groups", "of_services"), SAME)
def test_groups_of_all_months_are_services_of_all_days(
    seen: Lived, of_groups: str, of_services: tuple[str, ...]
) -> None:
    """Month by month too: nobody is counted twice."""
    services, groups = seen.tables["services"], seen.tables["groups"]
    by_month = services.groupby(services["date"].str[:7])[list(of_services)].sum().sum(axis=1)
    counted = groups.groupby("month")[of_groups].sum()
    np.testing.assert_array_equal(counted, by_month)
    assert (by_month > 0).all()


def test_the_way_to_an_office_is_travelled_there_and_back(seen: Lived) -> None:
    """Metres and seconds of all visits to offices; vans come to the people."""
    one = seen.model
    offices = seen.at(Role.OFFICE)
    offices = offices[offices["day"] >= RUN_IN]
    place = one.citizens.people.settlement[offices["citizen"]]
    special = one.world.catalogue.specialised[offices["service"]] > 0
    km = np.where(special, one.world.places.special_km[place], one.world.places.office_km[place])
    groups = seen.tables["groups"]
    assert groups["travel_metres"].sum() == pytest.approx(2000 * km.sum(), rel=1e-4)
    hours = 2 * km.sum() / one.config.travel.speed_km_per_hour
    assert groups["travel_seconds"].sum() == pytest.approx(3600 * hours, rel=1e-3)


def test_the_weak_fail_online_more_often(seen: Lived) -> None:
    groups = seen.tables["groups"].groupby("skill")[["failures", "online"]].sum()
    rate = groups["failures"] / groups["online"]
    assert rate["weak"] > 1.5 * rate["high"] > 0


# ------------------------------------------------------------------------------------------ luck


def _fronts(seen: Lived) -> pd.DataFrame:
    offices = seen.at(Role.OFFICE)
    return offices[offices["number"] == 0]


def test_patience_at_counters_has_the_mean_it_is_given(seen: Lived) -> None:
    """Within four and a half standard errors; a Weibull law of shape 1.5 has a CV of 0.68."""
    patience = _fronts(seen)["patience"]
    mean = seen.model.config.office.patience_minutes * MINUTE
    assert abs(patience.mean() / mean - 1) < 4.5 * 0.68 / len(patience) ** 0.5


def test_time_at_a_counter_has_the_mean_and_the_spread_of_its_service(seen: Lived) -> None:
    """All visits together, each in the unit of its service."""
    offices = _fronts(seen)
    offices = offices[offices["marks"] & HELP == 0]
    mean = seen.model.world.catalogue.counter_seconds[offices["service"]]
    share = offices["work"] / mean
    assert abs(share.mean() - 1) < 4.5 * share.std() / len(share) ** 0.5
    assert 0.4 < share.std() < 0.75  # the CVs of the table are 0.4 to 0.7


LUCK: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "the second of arrival": lambda visits: visits["arrival"] % DAY,
    "the time at the counter": lambda visits: visits["work"],
    "patience": lambda visits: visits["patience"],
}


@pytest.mark.parametrize(("one", "other"), [(a, b) for a in LUCK for b in LUCK if a < b])
def test_what_one_draw_decides_says_nothing_of_another(seen: Lived, one: str, other: str) -> None:
    """Within a service ranks are uncorrelated."""
    offices = _fronts(seen)
    service = offices["service"]
    a, b = (LUCK[name](offices).groupby(service).rank(pct=True) for name in (one, other))
    assert abs(a.corr(b)) < 4.5 / len(offices) ** 0.5


def test_who_comes_again_has_new_luck(seen: Lived) -> None:
    """Not the same patience and the same time at the counter as before."""
    offices = seen.at(Role.OFFICE)
    key = ["citizen", "root", "kind"]
    again = offices[offices["number"] > 0].merge(offices[offices["number"] == 0], on=key)
    assert len(again) > 20
    same = (again["patience_x"] == again["patience_y"]) & (again["work_x"] == again["work_y"])
    assert not same.any()


def test_whether_one_complains_says_nothing_of_whether_one_comes_again(seen: Lived) -> None:
    """Of those who left the line, one by one: told by the tally of a group with one bad day."""
    people, times = seen.model.citizens.people, seen.model.config.office.come_again_times
    level = np.digitize(people.skill, [1 / 3, 2 / 3])
    group = people.group.astype(np.int64) * 3 + level  # the town is one district
    left = seen.visits[seen.visits["channel"].isin(IN_PERSON) & (seen.visits["number"] < times)]
    left = left[left["outcome"] > Outcome.SERVED]
    again = dict(zip(left.index, _leads_to(seen, left, 0), strict=True))
    bad, complaints = int(GroupTally.BAD_EXPERIENCES), int(GroupTally.COMPLAINTS)
    found = set()
    for before, after in zip(seen.nights, seen.nights[1:], strict=False):
        grown = after["groups"] - before["groups"]
        for row, citizen in left.loc[left["day"] == after["day"], "citizen"].items():
            of_group = grown[group[citizen]]
            if of_group[bad] == 1:
                found.add((bool(of_group[complaints]), bool(again[row])))
    assert found == {(False, False), (False, True), (True, False), (True, True)}


# ------------------------------------------------------------------------ shares of what happens


def _near(happened: pd.Series, chance: Any) -> None:
    """As many as their chances say, within four and a half standard errors; at least sixty."""
    p = np.broadcast_to(np.asarray(chance, np.float64), len(happened))
    assert len(happened) > 60
    assert 0 < happened.sum() < len(happened)
    assert abs(happened.sum() - p.sum()) < 4.5 * (p * (1 - p)).sum() ** 0.5


def _asked_for(seen: Lived) -> set[tuple[int, ...]]:
    """Every request that ever was: of visits made, of open cases, and of those still to come."""
    names = ["citizen", "root", "kind", "number"]
    found = set(map(tuple, seen.visits[names].to_numpy().tolist()))
    for rows in (seen.model.agenda.rows(), seen.model.book.particulars):
        found |= set(zip(*(rows[name].tolist() for name in names), strict=True))
    return found


def _closed(seen: Lived) -> pd.DataFrame:
    """The last visit of each case in person that is closed."""
    is_open = set(seen.model.book.cases.id.tolist())
    visits = seen.visits[seen.visits["channel"].isin(IN_PERSON)].sort_values(["ended", "front"])
    last = visits.drop_duplicates("id", keep="last")
    return last[~last["id"].isin(is_open)]


def _leads_to(seen: Lived, cases: pd.DataFrame, kind: int, number: int | None = None) -> pd.Series:
    """Whether each case has caused a request of a kind; without a number, the next of its own."""
    known = _asked_for(seen)
    numbers = cases["number"] + 1 if number is None else pd.Series(number, cases.index)
    kinds = cases["kind"] if number is None else pd.Series(kind, cases.index)
    rows = zip(cases["citizen"], cases["root"], kinds, numbers, strict=True)
    return pd.Series([(int(c), int(r), int(k), int(n)) in known for c, r, k, n in rows])


def test_who_left_comes_again_in_the_share_and_as_often_as_told(seen: Lived) -> None:
    """One half, at most twice; who gives up a pick-up gives up no need."""
    left = _closed(seen)
    left = left[left["outcome"] > Outcome.SERVED]
    times = seen.model.config.office.come_again_times
    assert left["number"].max() == times
    again = _leads_to(seen, left, 0)
    assert not again[(left["number"] == times).to_numpy()].any()
    _near(again[(left["number"] < times).to_numpy()], 0.5)


def _decided(seen: Lived) -> pd.DataFrame:
    closed = _closed(seen)
    return closed[closed["outcome"] == Outcome.SERVED]


def test_who_was_sent_for_documents_returns_in_the_share_told(seen: Lived) -> None:
    missing = _decided(seen)
    missing = missing[(missing["marks"] & INCOMPLETE != 0) & missing["front"]]
    _near(_leads_to(seen, missing, int(Kind.RETURN), 0), seen.model.config.office.return_pct / 100)


def test_what_was_issued_is_picked_up_in_the_share_of_its_service(seen: Lived) -> None:
    """Only what was issued, of offices and vans; a pick-up is not picked up."""
    decided = _decided(seen)
    spoilt = decided["marks"] & (INCOMPLETE | REFUSED) != 0
    issued = decided[
        (decided["channel"] != Channel.BODY) & (decided["kind"] != Kind.PICK_UP) & ~spoilt
    ]
    picked = _leads_to(seen, issued, int(Kind.PICK_UP), 0)
    _near(picked, seen.model.world.catalogue.pick_up[issued["service"]])
    root = ["citizen", "root"]
    for others in (decided[spoilt], decided[decided["channel"] == Channel.BODY]):
        known = others.merge(issued[root].drop_duplicates(), on=root, how="left", indicator=True)
        alone = known[(known["_merge"] == "left_only") & (known["kind"] != Kind.PICK_UP)]
        assert len(alone) > 10
        assert not _leads_to(seen, alone, int(Kind.PICK_UP), 0).any()


def test_documents_are_missing_in_the_share_of_the_service(seen: Lived) -> None:
    """Of first filings and assisted ones at counters by those whom nobody told."""
    fronts = seen.at(Role.OFFICE, Role.PROVIDER, Role.VAN)
    marks = fronts["marks"]
    first = fronts[fronts["kind"].isin([int(Kind.FILING), int(Kind.ASSISTED)])
                   & (marks & HELP == 0) & (marks & INFORMED == 0)]  # fmt: skip
    _near(first["marks"] & INCOMPLETE != 0, seen.model.world.catalogue.incomplete[first["service"]])
    others = fronts[~fronts["kind"].isin([int(Kind.FILING), int(Kind.ASSISTED)])]
    assert not (others["marks"] & INCOMPLETE).any()


def test_a_complete_filing_goes_to_a_desk_unless_a_rule_decides(seen: Lived) -> None:
    """In the share of its service; who only picks up or lacks documents goes to none."""
    fronts = seen.at(Role.OFFICE, Role.PROVIDER, Role.VAN)
    to_desk, lacking = fronts["marks"] & DECIDED != 0, fronts["marks"] & INCOMPLETE != 0
    files = (fronts["kind"] != Kind.PICK_UP) & ~lacking
    assert not to_desk[~files].any()
    _near(to_desk[files], 1 - seen.model.world.catalogue.auto[fronts.loc[files, "service"]])


def test_desks_refuse_in_the_share_told(seen: Lived) -> None:
    desks = seen.at(Role.DESK, Role.PROVIDER_DESK)
    _near(desks["marks"] & REFUSED != 0, seen.model.config.back_office.refusal_pct / 100)


def test_a_failed_attempt_becomes_a_visit_a_call_or_is_given_up_in_the_shares_told(
    seen: Lived,
) -> None:
    """Sixty percent, a quarter, and the rest; visits of those whose call nobody answered apart."""
    failures = int(seen.tables["services"]["failures"].sum())
    calls = seen.at(Role.CALL_CENTRE)
    rescued = calls[(calls["marks"] & int(Mark.RESCUE) != 0) & (calls["day"] >= RUN_IN)]
    share = seen.model.config.portal.after_failure_call_pct / 100
    spread = (failures * share * (1 - share)) ** 0.5
    assert abs(len(rescued) - failures * share) < 4.5 * spread
    assert failures > 60


def test_touches_at_desks_have_the_mean_and_the_spread_told(seen: Lived) -> None:
    desks = seen.at(Role.DESK, Role.PROVIDER_DESK).drop_duplicates("id")
    mean = seen.model.world.catalogue.touch_seconds[desks["service"]]
    share = (desks["work"] / mean)[mean > 0]
    cv = seen.model.config.back_office.touch_cv
    assert abs(share.mean() - 1) < 4.5 * cv / len(share) ** 0.5


def test_cases_go_to_the_bodies_that_decide_them(seen: Lived) -> None:
    """By the table of routing: in this town each service has one."""
    one = seen.model
    routing, services = one.tables["routing"], one.tables["services"].rows
    desks = seen.at(Role.DESK)
    bodies = dict(zip(routing.words("service"), routing.words("body"), strict=True))
    for station, service in zip(desks["station"], desks["service"], strict=True):
        assert one.network.names[station] == bodies[services[service]]


def test_nobody_comes_before_opening_or_after_the_close(seen: Lived) -> None:
    """On worked days; who comes on another finds the door shut anyway."""
    offices = seen.at(Role.OFFICE)
    second = offices.loc[seen.model.calendar.works[offices["day"]], "arrival"] % DAY
    assert second.between(9 * HOUR, 18 * HOUR - 1).all()
    assert second.min() < 9 * HOUR + 1800
    assert second.max() > 18 * HOUR - 1800


def test_help_with_the_portal_takes_its_own_time(seen: Lived) -> None:
    """Not that of the service somebody wanted."""
    helped = _fronts(seen)
    helped = helped[helped["marks"] & HELP != 0]
    services = seen.model.tables["services"]
    mean = 60 * services.numbers("counter_minutes")[services.index["portal_help"]]
    assert len(helped) > 20
    assert abs(helped["work"].mean() / mean - 1) < 4.5 * 0.7 / len(helped) ** 0.5


PATIENCE = [(Role.PROVIDER, "provider", "patience_minutes"),
            (Role.CALL_CENTRE, "call_centre", "patience_minutes")]  # fmt: skip


@pytest.mark.parametrize(("role", "section", "key"), PATIENCE)
def test_patience_elsewhere_is_exponential_with_the_mean_it_is_given(
    seen: Lived, role: Role, section: str, key: str
) -> None:
    """Its spread is its mean."""
    patience = seen.at(role).drop_duplicates("id")["patience"]
    mean = getattr(getattr(seen.model.config, section), key) * MINUTE
    assert abs(patience.mean() / mean - 1) < 4.5 / len(patience) ** 0.5
    assert abs(patience.std() / mean - 1) < 4.5 * 2 / len(patience) ** 0.5


def test_calls_take_as_long_as_told(seen: Lived) -> None:
    calls = seen.at(Role.CALL_CENTRE).drop_duplicates("id")["work"]
    rules = seen.model.config.call_centre
    mean = rules.handling_minutes * MINUTE
    assert abs(calls.mean() / mean - 1) < 4.5 * rules.handling_cv / len(calls) ** 0.5


def test_whom_a_van_left_over_comes_to_an_office(seen: Lived) -> None:
    """A van may not call again for weeks."""
    again = seen.visits[seen.visits["channel"].isin(IN_PERSON) & (seen.visits["number"] > 0)]
    assert not (again["channel"] == Channel.VAN).any()
    vans = seen.visits[seen.visits["number"] == 0]
    assert (vans["channel"] == Channel.VAN).any()


def test_assisted_visits_file_the_service_itself_in_the_share_of_the_catalogue(
    seen: Lived,
) -> None:
    """Of those who come at once after a failed attempt; whom nobody answered gets help."""
    root = ["citizen", "root"]
    calls = seen.at(Role.CALL_CENTRE)
    rescued = calls.loc[calls["marks"] & int(Mark.RESCUE) != 0, root].drop_duplicates()
    assisted = seen.at(Role.OFFICE)
    assisted = assisted[(assisted["kind"] == Kind.ASSISTED) & (assisted["number"] == 0)]
    known = assisted.merge(rescued, on=root, how="left", indicator=True)
    alone = known[known["_merge"] == "left_only"]
    own = alone["marks"] & HELP == 0
    chance = seen.model.world.catalogue.own_counter[alone["service"]]
    assert abs(own.sum() - chance.sum()) < 4.5 * max(1.0, (chance * (1 - chance)).sum()) ** 0.5
    assert own.any()
    assert not own.all()


def test_bad_experiences_are_those_that_the_rules_name(seen: Lived) -> None:
    """Leaving unserved, a return, a refusal, an overdue decision, or half an hour in line."""
    is_open = set(seen.model.book.cases.id.tolist())
    about = seen.visits[
        (seen.visits["citizen"] != NEVER) & (seen.visits["channel"] != Channel.CALL)
    ]
    about = about[~about["id"].isin(is_open)].sort_values(["ended", "front"])
    last = about.drop_duplicates("id", keep="last").set_index("id")
    front = about[about["station"].isin(
        seen.model.network.of(Role.OFFICE, Role.VAN, Role.PROVIDER))].set_index("id")  # fmt: skip
    wait = (front["started"] - front["joined"]).reindex(last.index, fill_value=0)
    by_desk = last["station"].isin(seen.model.network.of(Role.DESK, Role.PROVIDER_DESK))
    served = last["outcome"] == Outcome.SERVED
    bad = ~served | (last["marks"] & (INCOMPLETE | REFUSED) != 0) | (wait > 30 * MINUTE)
    bad |= by_desk & (last["day"] > last["due"])
    counted = int(seen.tables["groups"]["bad_experiences"].sum())
    assert counted == int((bad & (last["day"] >= RUN_IN)).sum())


def test_time_in_line_of_groups_is_that_of_all_visits(seen: Lived) -> None:
    """At offices and vans, of those who left too; by hour of joining at offices."""
    visits = seen.at(Role.OFFICE, Role.VAN)
    visits = visits[visits["day"] >= RUN_IN]
    seen_at = visits["joined"].where(visits["joined"] != NEVER, visits["ended"])
    until = visits["started"].where(visits["started"] != NEVER, visits["ended"])
    assert seen.tables["groups"]["wait_seconds"].sum() == (until - seen_at).sum()
    offices = visits["station"].isin(seen.model.offices)
    by_hour = np.bincount(seen_at[offices] % DAY // HOUR, minlength=24)
    hours = seen.tables["hours"].groupby("hour")["arrived"].sum()
    np.testing.assert_array_equal(hours, by_hour)


def test_calls_answered_quickly_are_those_of_twenty_seconds(seen: Lived) -> None:
    calls = seen.at(Role.CALL_CENTRE)
    calls = calls[(calls["day"] >= RUN_IN) & (calls["outcome"] == Outcome.SERVED)]
    quick = (calls["started"] - calls["joined"] <= 20).sum()
    assert seen.tables["calls"]["within_20_seconds"].sum() == quick < len(calls)


def test_people_are_counted_as_they_are(seen: Lived) -> None:
    """At the end: who may apply, has internet, knows the portal, has a signature; and trust."""
    one, last = seen.model, seen.tables["people"]
    last = last[last["month"] == last["month"].max()]
    people = one.citizens.people
    can = people.can[people.can & Can.APPLY != 0]
    assert last["citizens"].sum() == len(people.can)
    assert last["applicants"].sum() == len(can)
    assert last["aware"].sum() == (can & Can.AWARE != 0).sum()
    assert last["eds"].sum() == (can & Can.EDS != 0).sum()
    assert last["aware"].sum() != last["eds"].sum()
    covered = one.world.places.covered[people.settlement] > 0
    net = np.where(covered, people.can & Can.NET_IF_COVERED, people.can & Can.NET) != 0
    assert last["online"].sum() == (net & (people.can & Can.APPLY != 0)).sum()
    trust = people.trust_portal[people.can & Can.APPLY != 0]
    assert last["trust_portal_per_mille"].sum() == pytest.approx(1000 * trust.sum(), abs=len(can))


def test_a_van_stays_all_day_in_one_village_or_half_of_it_in_two(seen: Lived) -> None:
    first, second = seen.model.network.of(Role.VAN)[:2]
    alone = 0
    for night in seen.nights:
        if night["opens"][first] != NEVER:
            hours = (night["closes"] - night["opens"])[[first, second]] / HOUR
            one_village = night["opens"][second] == NEVER
            alone += one_village
            assert hours[0] == (7 if one_village else 3)
            assert one_village or hours[1] == 3
    assert alone > 0
