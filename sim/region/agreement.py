"""Whether the tables of a region agree: codes that are somewhere, shares that add up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from sim.errors import nearest
from sim.region.schema import SCHEMAS
from sim.region.table import Table, Text

Tables = Mapping[str, Table]


def disagreements(tables: Tables) -> Iterator[str]:
    """Everything in which tables contradict each other; of tables that are missing, only codes."""
    yield from _dangling(tables)
    if len(tables) < len(SCHEMAS):
        return
    yield from _shares(tables)
    yield from _never_open(tables)
    yield from _nobody_there(tables)


def _dangling(tables: Tables) -> Iterator[str]:
    """Cells that name a row of another table which is not there."""
    for name, table in tables.items():
        for column, kind in SCHEMAS[name].columns.items():
            if not isinstance(kind, Text) or kind.refers_to not in tables:
                continue
            known = tables[kind.refers_to].rows
            yield from _strangers(table, column, table.words(column), known, kind.refers_to)
    if "services" in tables and "months" in tables:
        known = (*tables["services"].rows, "*")
        months = tables["months"]
        yield from _strangers(months, "service", months.words("service"), known, "services")
    if "bodies" in tables and "routing" in tables:
        known = (*tables["bodies"].rows, "D_*", "PO_*", "AUTO")
        routing = tables["routing"]
        yield from _strangers(routing, "body", routing.words("body"), known, "bodies")
    if "districts" in tables and "vans" in tables:
        known, vans = tables["districts"].rows, tables["vans"]
        for i, served in enumerate(vans.words("districts")):
            for word in served.split():
                yield from _stranger(vans, i, "districts", word, known, "districts")


def _strangers(
    table: Table, column: str, words: Iterable[str], known: Iterable[str], home: str
) -> Iterator[str]:
    rows = frozenset(known)
    for i, word in enumerate(words):
        if word:
            yield from _stranger(table, i, column, word, rows, home)


def _stranger(
    table: Table, row: int, column: str, word: str, known: Collection[str], home: str
) -> Iterator[str]:
    if word not in known:
        yield (
            f"{table.at(row)}: `{column}` is '{word}', which is not in {home}.csv."
            f"{nearest(word, known)}"
        )


def _shares(tables: Tables) -> Iterator[str]:
    """Shares that must add up and do not."""
    routing = tables["routing"]
    total: dict[str, float] = {}
    for service, share in zip(routing.words("service"), routing.numbers("share"), strict=True):
        total[service] = total.get(service, 0.0) + float(share)
    for service, found in total.items():
        if abs(found - 1) > 1e-9:
            yield f"{routing.file}: shares of '{service}' add to {found:g}; they must add to 1."
    groups = tables["groups"]
    for place in dict.fromkeys(groups.words("place")):
        rows = [i for i, word in enumerate(groups.words("place")) if word == place]
        found = float(groups.numbers("share_of_place_pct")[rows].sum())
        if abs(found - 100) > 0.2:
            said = f"shares of '{place}' add to {found:g} percent; they must add to 100."
            yield f"{groups.file}: {said}"
    for service in tables["services"].rows:
        if service not in total:
            yield f"{routing.file}: no row says who decides '{service}'."
    yield from _nobody_takes(tables)


def _never_open(tables: Tables) -> Iterator[str]:
    """Providers that do not open before they close."""
    providers = tables["providers"]
    hours = zip(providers.numbers("opens_hour"), providers.numbers("closes_hour"), strict=True)
    for i, (opens, closes) in enumerate(hours):
        if opens >= closes:
            yield (
                f"{providers.at(i)}: `opens_hour` is {opens:g} and `closes_hour` "
                f"{closes:g}; it must open before it closes."
            )


def _nobody_takes(tables: Tables) -> Iterator[str]:
    """Services that are handed in at the body that decides, where no body does."""
    services, routing = tables["services"], tables["routing"]
    levels = zip(routing.words("service"), routing.words("level"), strict=True)
    by_body = {service for service, level in levels if level != "system"}
    in_person = services.numbers("in_person_at_provider_pct")
    for service, sector, share in zip(
        services.rows, services.words("provider_sector"), in_person, strict=True
    ):
        if share > 0 and not sector and service not in by_body:
            yield (
                f"{services.file}: {share:g} percent of '{service}' are handed in at a body, but "
                f"{routing.file} names none that decides it."
            )


def _nobody_there(tables: Tables) -> Iterator[str]:
    """Districts without an organisation or body that a service needs there."""
    providers = tables["providers"]
    there = list(zip(providers.words("sector"), providers.words("district"), strict=True))
    for i, place in enumerate(there):
        if place in there[:i]:
            yield f"{providers.at(i)}: sector '{place[0]}' stands twice in district '{place[1]}'."
    for sector in sorted({*tables["services"].words("provider_sector")} - {""}):
        for district in tables["districts"].rows:
            if (sector, district) not in there:
                yield f"{providers.file}: no row for sector '{sector}' in district '{district}'."
    yield from _nobody_decides(tables)
    for code in tables["offices"].rows:
        if code in tables["bodies"].index:
            yield f"{tables['offices'].file}: '{code}' is also the code of a body; change one."


def _nobody_decides(tables: Tables) -> Iterator[str]:
    """Cases that are routed to where nobody is."""
    routing, services = tables["routing"], tables["services"]
    sectors = dict(zip(services.rows, services.words("provider_sector"), strict=True))
    for i, (service, body) in enumerate(
        zip(routing.words("service"), routing.words("body"), strict=True)
    ):
        if body == "PO_*" and not sectors.get(service, "-"):
            yield f"{routing.at(i)}: '{service}' goes to providers, but names no provider_sector."
    if "D_*" in routing.words("body"):
        kinds = zip(tables["districts"].rows, tables["districts"].words("kind"), strict=True)
        for district, kind in kinds:
            if kind == "district" and f"D_{district}" not in tables["bodies"].index:
                yield f"{tables['bodies'].file}: no body 'D_{district}', to which cases are routed."
