"""What is counted while a run goes on: the columns of the tables of results, whole numbers all."""

from __future__ import annotations

from enum import IntEnum


class ServiceTally(IntEnum):
    """Per day and service."""

    NEEDS = 0
    WEB = 1  # needs that went to the portal in a browser first
    APP = 2
    OFFICE = 3
    VAN = 4
    BODY = 5
    ATTEMPTS = 6  # online, of new needs and repeated ones
    OUTAGES = 7  # attempts that met a portal out of order
    FAILURES = 8  # attempts that failed
    GAVE_UP = 9  # needs given up
    AUTO = 10  # decided without a person
    DESK = 11  # decided at a desk
    ISSUED = 12
    REFUSED = 13
    RETURNED = 14  # for documents
    ON_TIME = 15  # desk decisions within the limit
    OVERDUE = 16
    WORKING_DAYS = 17  # from filing to the desk's decision, summed
    OFFICE_VISITS = 18  # visits to counters, however they ended
    VAN_VISITS = 19
    BODY_VISITS = 20
    ASSISTED_VISITS = 21  # of the visits to counters: after an attempt online that failed
    PICK_UPS = 22  # of the visits to counters
    RETURN_VISITS = 23  # of the visits to counters: with missing documents
    CALLS = 24


class GroupTally(IntEnum):
    """Per month and group of citizens (district, place, age band, skill)."""

    NEEDS = 0
    ONLINE = 1  # needs that went online first
    OFFICE = 2
    VAN = 3
    BODY = 4
    FAILURES = 5
    GAVE_UP = 6
    VISITS = 7  # to counters and vans
    TRAVEL_METRES = 8
    TRAVEL_SECONDS = 9
    WAIT_SECONDS = 10  # at counters and vans
    SCORE_PER_MILLE = 11  # of those scored, summed
    SCORED = 12
    PLEASED = 13
    DISPLEASED = 14
    BAD_EXPERIENCES = 15
    COMPLAINTS = 16  # about services of local bodies
    ADOPTED = 17  # shown the portal and able to use it since


class OversightTally(IntEnum):
    """Per month, station and service: what went wrong, who looked, and what came of it."""

    DECIDED = 0  # at a desk
    LATE = 1
    REFUSED = 2
    WRONGLY_REFUSED = 3  # of the refusals
    RETURNED = 4  # for documents, at a counter or a desk
    WAITED = 5  # too long
    LEFT = 6  # without service
    VIOLATIONS = 7  # decided late or refused wrongly by a local body
    INSPECTED = 8
    FOUND = 9  # violations among those inspected
    COMPLAINTS = 10
    ANSWERED = 11
    UPHELD = 12  # of those answered
    RESTORED = 13  # of those upheld: refusals overturned


class OfficeTally(IntEnum):
    """Per day and front station: office or van."""

    ARRIVED = 0
    SERVED = 1
    BALKED = 2
    RENEGED = 3
    TURNED_AWAY = 4
    WAIT_SECONDS = 5  # of those served
    WITHIN_STANDARD = 6  # served, and waited no longer than the standard
    BUSY_SECONDS = 7
    DUTY_SECONDS = 8  # of the roster
    OVERTIME_SECONDS = 9  # services after close


class DeskTally(IntEnum):
    """Per day and back station: desk of a body or of a provider organisation."""

    JOINED = 0
    ENDED = 1
    WAIT_SECONDS = 2
    BUSY_SECONDS = 3
    DUTY_SECONDS = 4
    BACKLOG = 5  # open at midnight


class CallTally(IntEnum):
    """Per day: calls of the region; those from elsewhere are not counted."""

    OFFERED = 0
    ANSWERED = 1
    ABANDONED = 2
    WAIT_SECONDS = 3  # of those answered
    WITHIN_20_SECONDS = 4


class VanTally(IntEnum):
    """Per day and mobile unit."""

    STOPS = 0
    WEATHER = 1  # days lost
    METRES = 2
    SERVED = 3
    LEFT_OVER = 4


class LessonTally(IntEnum):
    """Per month, district and place: who learnt what, and how skilled applicants are since."""

    CONNECTED = 0  # got online
    HEARD = 1  # of the portal, in the media
    SHOWN = 2  # the portal at a fair
    TRAINED = 3
    WEAK_SKILL = 4  # at the end of the month
    HIGH_SKILL = 5
    SKILL_PER_MILLE = 6  # summed over applicants
