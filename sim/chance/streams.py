"""Random numbers by address, not by turn.

A draw is a pure function of (study seed, stream, who, occasion, replication). The scenario and the
engine are not part of it, and nobody consumes anything: a reform that adds a draw here cannot
shift a draw there.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from sim.chance.kernels import blocks


class Stream(StrEnum):
    """Every decision of chance. One decision, one stream; a key derives from the name."""

    SETTLEMENT = "settlement"  # size and place of a synthetic village
    PERSON = "person"  # attributes of a citizen
    NEED = "need"  # when which need arises
    CHANNEL = "channel"  # taste for each channel
    ATTEMPT = "attempt"  # how an online attempt goes
    VISIT = "visit"  # when a visit is made, how long it takes, how patient the visitor is
    DECISION = "decision"  # who decides a case, how long it takes, how it ends
    EXPERIENCE = "experience"  # how the applicant was treated
    ASK = "ask"  # whether somebody calls before a visit
    CALL = "call"  # how long a call takes, how patient the caller is
    ELSEWHERE = "elsewhere"  # calls of people outside the region
    OUTAGE = "outage"  # failures of the portal
    AGAIN = "again"  # whether and when somebody who hung up calls again
    APPOINTMENT = "appointment"  # whether a visit is booked, kept and how punctual
    BUS = "bus"  # who comes by bus
    INQUIRY = "inquiry"  # which case needs to ask another body, and which
    KIOSK = "kiosk"  # who uses a kiosk, needs help at it, fails, and for how long
    MISTAKE = "mistake"  # whose case an operator spoils
    PACE = "pace"  # how fast an operator is
    SYSTEM = "system"  # failures of the system that counters work with
    WEATHER = "weather"  # days a mobile unit cannot drive
    AWARENESS = "awareness"  # word of mouth
    LEARNING = "learning"  # who gets online, hears of the portal, is shown it, attends a course
    SIGNATURE = "signature"  # whose signature runs out, and who renews it
    START = "start"  # who is not online yet when a run begins
    LAW = "law"  # cases of the systems that laws of queues are about
    RESAMPLE = "resample"  # which replications a bootstrap takes again
    REFUSAL = "refusal"  # which refusals are wrong, and which of them care avoids
    INSPECTION = "inspection"  # which cases are inspected, and what is found
    COMPLAINT = "complaint"  # which justified complaints are upheld
    SURVEY = "survey"  # who is asked, and who answers
    STAFF = "staff"  # who holds a post at the beginning, how long, and how fit
    CAREER = "career"  # who leaves a post in a month, when it is filled, who is trained
    LOSS = "loss"  # who is among those that leave at once


def stream_key(stream: Stream) -> np.uint64:
    """The second word of a stream's key; the first is the study seed.

    >>> bool(stream_key(Stream.NEED) != stream_key(Stream.CHANNEL))
    True
    """
    return np.uint64(int.from_bytes(blake2b(stream.encode(), digest_size=8).digest(), "little"))


def uniforms(
    seed: int,
    stream: Stream,
    who: NDArray[np.int64],
    other: int = 0,
    occasion: int = 0,
    replication: int = 0,
) -> NDArray[np.float64]:
    """Four uniforms on (0, 1) for each of ``who``, the same whatever else is drawn.

    Parameters
    ----------
    who : (n,) int64
        Whom the draw belongs to.
    other, occasion, replication : int
        The rest of the address.

    Returns
    -------
    (n, 4) float64
    """
    return blocks(  # type: ignore[no-any-return]
        np.uint64(seed),
        stream_key(stream),
        np.asarray(who, dtype=np.int64),
        np.uint64(other),
        np.uint64(occasion),
        np.uint64(replication),
    )
