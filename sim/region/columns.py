"""What each column of a region's tables means, for those who fill them in."""

from __future__ import annotations

from sim.region.schema import MONTHS, SCHEMAS
from sim.region.table import REMARKS, Number, Text

MEANS = {
    "districts": {
        "code": "short name of the district, by which other tables call it",
        "name": "name for people to read",
        "kind": "whether city bodies or bodies of the district decide there",
        "latitude_deg": "of the centre, degrees north",
        "longitude_deg": "of the centre, degrees east",
        "residents": "people who live in the district, its centre included",
        "area_km2": "square kilometres; not read by the model",
        "road_km_to_capital": "by road from the centre to the capital of the region, 0 there",
    },
    "settlement_recipe": {
        "district": "code of the district whose settlements are drawn",
        "villages_covered": "villages with mobile coverage, without the centre",
        "villages_uncovered": "villages without mobile coverage",
        "centre_residents": "people who live in the centre",
        "centre_place": "whether the centre counts as town or village",
        "rank_size_exponent": "how fast villages get smaller by rank; 0 for all alike",
        "cap_share_of_centre": "largest village against the centre, as a share",
        "uncovered_mean_residents": "mean size of villages without coverage, people",
        "uncovered_cv": "standard deviation over mean of those sizes",
        "minimum_residents": "smallest village, people",
        "radius_km": "from the centre to the edge of the district, straight",
        "covered_distance_factor": "distance of covered villages against an even spread",
        "uncovered_distance_factor": "distance of villages without coverage against an even spread",
        "distance_cut": "farthest village against the radius",
        "road_factor": "road over straight distance",
    },
    "groups": {
        "place": "where people of the group live",
        "age_band": "their age, years",
        "share_of_place_pct": "of all who live in such places; adds to 100 for each place",
        "internet_pct": "who have internet at home",
        "skill_sufficient_pct": "whose digital skill is at least sufficient",
        "skill_high_pct": "whose digital skill is high; part of the sufficient",
        "eds_valid_pct": "who hold a valid electronic signature",
        "phone_in_own_name_pct": "whose phone number is in their own name",
        "portal_aware_pct": "who know the portal",
        "proxy_if_weak_pct": "who have somebody to go online instead of them",
        "applicant": "whether people of this age apply themselves",
    },
    "services": {
        "code": "short name of the service, by which other tables call it",
        "name": "name for people to read",
        "sector": "subject, for people to read",
        "scope": "who owns the service: local bodies or the state",
        "format": "how it is rendered by law",
        "eds_required": "whether it asks for an electronic signature online",
        "online_possible": "whether it can be had online",
        "counter_minutes": "mean time at a counter, from call to end",
        "counter_cv": "standard deviation over mean of that time",
        "limit_working_days": "legal limit of the decision",
        "documents": "papers to bring; not read by the model",
        "incomplete_pct": "of filings that lack a document",
        "touch_minutes": "mean work of a desk on a case",
        "auto_decided_pct": "of complete cases that a rule decides at once, without a desk",
        "visits_per_need": "1 for one visit, 2 if everybody comes again to pick up",
        "attempt_class": "how hard it is online: one click, a form, or only at a counter",
        "provider_sector": "sector of the organisations that render it themselves, if any",
        "in_person_at_provider_pct": "of cases handed in at such an organisation or at the body",
        "specialised": "whether only specialised offices take it, where there are any",
        "exam": "whether it includes an exam",
        "van": "whether mobile units take it",
        "biometrics": "whether fingerprints or pictures are taken; not read by the model",
        "business_pct": "of applicants who come for a firm",
        "counter_closure_pct": "of people for whom the counter is closed, who must go online",
        "online_ease": "how much easier than the average it is online",
    },
    "constants": {
        "service": "code of the service",
        "office": "utility of the counter that makes the base year show its volumes, logits",
        "body_at_provider": "the same for going to the body, if the remainder is in person",
        "body_mixed": "the same, if the remainder is half in person",
        "body_portal": "the same, if the remainder is online",
    },
    "rates": {
        "service": "code of the service",
        "place": "where people of the group live",
        "age_band": "their age, years",
        "needs_per_1000": "needs a year of 1,000 applicants of the group",
        "office_filings_per_1000": "of these, first filings at counters, a year per 1,000",
    },
    "months": {
        "service": "code of the service, or * for all without a row of their own",
        **dict.fromkeys(MONTHS, "needs of the month against the mean month, which is 1"),
    },
    "routing": {
        "service": "code of the service",
        "level": "where the body stands; system for what no desk decides",
        "body": "code of the body; D_* each district's own, PO_* the provider, AUTO no desk",
        "share": "of the cases of the service; shares of a service add to 1",
    },
    "bodies": {
        "code": "short name of the body; D_ and a district's code for a district's own",
        "name": "name for people to read",
        "level": "where the body stands",
        "district": "code of its district, empty if it serves the region",
        "employer": "who may move posts between its bodies",
        "staff": "posts",
        "service_types": "types of services it renders; 0 or empty for none",
        "share_of_time": "of its posts' time spent on services; 0 or empty for no desk",
    },
    "offices": {
        "code": "short name of the office",
        "name": "name for people to read",
        "district": "code of the district whose people it serves",
        "kind": "ordinary, open longer on duty, or specialised and on duty",
        "counters": "counters on duty",
        "operators": "posts that serve at counters",
        "other_staff": "other posts",
        "consultants": "who show people the portal",
        "terminals": "kiosks in the hall",
        "latitude_deg": "degrees north",
        "longitude_deg": "degrees east",
    },
    "vans": {
        "code": "short name of the route",
        "base_district": "code of the district where it stands at night",
        "districts": "codes of the districts it calls at, separated by blanks",
        "operators": "who serve aboard",
    },
    "providers": {
        "code": "short name of the row",
        "sector": "sector, as services call it in provider_sector",
        "district": "code of the district; one row for each sector and district",
        "desks_at_provider": "counters, if the remainder of volumes is in person",
        "desks_mixed": "counters, if it is half in person",
        "back_staff": "posts that decide what is filed there",
        "opens_hour": "hour of the day, as 8.5 for half past eight",
        "closes_hour": "hour of the day, after it opens",
    },
    "holidays": {
        "date": "the day, as YYYY-MM-DD",
        "kind": "why it is off, or a working day moved to a weekend",
        "name": "name for people to read",
    },
}
OF_REMARKS = {
    "source": "where the row comes from; empty or left out: own data",
    "confidence": "how sure it is: observed, direct, derived, analog country, assumption, recall; "
    "empty or left out: observed",
    "note": "anything worth knowing",
}
HEADER = ("table", "column", "needed", "unit", "allowed", "meaning")


def explained(table: str) -> list[tuple[str, str, str, str, str, str]]:
    """Every column of a table: whether it is needed, its unit, what is allowed, what it means."""
    rows = []
    for column, kind in SCHEMAS[table].columns.items():
        needed = "may be empty" if kind.optional else "required"
        if column in SCHEMAS[table].key:
            needed = "required, names the row"
        unit = kind.unit if isinstance(kind, Number) else ""
        rows.append((table, column, needed, unit, allowed(kind), MEANS[table][column]))
    return rows + [
        (table, name, "may be left out", "", "text", OF_REMARKS[name]) for name in REMARKS
    ]


def allowed(kind: Number | Text) -> str:
    """What a cell may hold, in words.

    >>> allowed(Number(0, 24)), allowed(Text(choices=("a", "b")))
    ('number from 0 to 24', 'a, b')
    """
    if isinstance(kind, Number):
        whole = "whole number" if kind.whole else "number"
        return f"{whole} from {kind.low:,.10g} to {kind.high:,.10g}"
    if kind.choices:
        return ", ".join(kind.choices)
    if kind.refers_to:
        return f"a row of {kind.refers_to}"
    return "a day" if kind.is_date else "text"
