"""Citizens as columns: 24 bytes a person, drawn from the marginals of settlements and groups."""

from __future__ import annotations

from enum import IntFlag
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Can(IntFlag):
    """What a citizen has."""

    NET = 1  # internet, where the settlement is without mobile coverage
    NET_IF_COVERED = 2  # internet, where it is covered
    EDS = 4  # a valid digital signature
    PHONE = 8  # a phone number in one's own name
    AWARE = 16  # knows the portal
    PRIORITY = 32  # is called before others
    PROXY = 64  # has somebody who can go online instead
    APPLY = 128  # is of an age to apply


class People(NamedTuple):
    """One array per attribute; rows of settlement ``s`` are ``first[s]:first[s + 1]``."""

    settlement: NDArray[np.uint16]  # (n,)
    group: NDArray[np.uint8]  # (n,) row of the table of groups: place and age band
    can: NDArray[np.uint8]  # (n,) Can
    skill: NDArray[np.float32]  # (n,) digital, 0 ... 1; weak below 1/3, high above 2/3
    trust_centre: NDArray[np.float32]  # (n,) in service centres, 0 ... 1
    trust_portal: NDArray[np.float32]  # (n,) in the portal, 0 ... 1
    habit: NDArray[np.int8]  # (n,) last attempt online: 1 worked, -1 failed, 0 none yet
    office: NDArray[np.uint16]  # (n,) service centre one usually goes to
    learnt: NDArray[np.float32]  # (n,) of the skill, what was learnt since the run began
    later: NDArray[np.uint8]  # (n,) Can: what one will have once one is online


class Groups(NamedTuple):
    """The table of groups as columns for the kernels; shares between 0 and 1."""

    first: NDArray[np.int64]  # (2 + 1,) rows of each place
    cumulative: NDArray[np.float64]  # (n,) of age bands within a place
    internet: NDArray[np.float64]
    sufficient: NDArray[np.float64]  # share with sufficient skill
    high: NDArray[np.float64]  # share with high skill
    eds: NDArray[np.float64]
    phone: NDArray[np.float64]
    aware: NDArray[np.float64]
    proxy: NDArray[np.float64]
    applicant: NDArray[np.float64]
