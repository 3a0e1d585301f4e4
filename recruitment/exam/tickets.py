"""The admission ticket: what it says, and the code by which anybody can check it."""

import hmac
import re
import uuid
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime

from recruitment.people.crypto import blind_index

# 60 bits, in letters and digits that cannot be taken for one another.
_SIGNS = 12
_FORM = re.compile(r"([0-9]{11,15})-?([0-9A-Z]{12})")
_LOOK_ALIKES = str.maketrans({"0": "O", "1": "I", "8": "B"})


@dataclass(frozen=True, slots=True)
class Sitting:
    """A line of the timetable."""

    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """Everything an admission ticket says.

    Attributes:
        number: of the ticket （准考证号）, digits only.
        id_number: masked.
        sex: ``male`` or ``female``, or nothing.
        photo: the document of the photo in the application form, if there is one.
        code: what the QR code leads to a check of; :func:`sign`.
    """

    candidate_id: uuid.UUID
    call_title: str
    hotline: str
    number: str
    name: str
    sex: str
    id_number: str
    organ: str
    position: str
    position_code: str
    venue: str
    venue_code: int
    address: str
    directions: str
    room: int
    room_place: str
    seat: int
    photo: uuid.UUID | None
    timetable: tuple[Sitting, ...]
    rules: tuple[str, ...]
    code: str


def sign(candidate_id: uuid.UUID, number: str) -> str:
    """The code of a ticket: its number and a signature over it and its holder.

    When somebody gets another seat their number changes, and the old code is worth nothing.
    """
    signature = bytes.fromhex(blind_index("admission ticket", f"{candidate_id}|{number}"))
    return f"{number}-{b32encode(signature).decode()[:_SIGNS]}"


def number_in(code: str) -> str | None:
    """The ticket number in a code as somebody typed it; none if it is no code."""
    found = _FORM.fullmatch(_plain(code))
    return found[1] if found else None


def genuine(code: str, candidate_id: uuid.UUID, number: str) -> bool:
    """Whether the code is the one of this candidate's ticket."""
    return hmac.compare_digest(_canonical(code), _canonical(sign(candidate_id, number)))


def _plain(code: str) -> str:
    return re.sub(r"[\s\-－—]", "", code).upper()


def _canonical(code: str) -> bytes:
    """Number as it stands; in the signature, what looks like a letter is one: base 32 has no 0, 1 and 8."""
    found = _FORM.fullmatch(_plain(code))
    return f"{found[1]}{found[2].translate(_LOOK_ALIKES)}".encode() if found else b""


def mask_name(name: str) -> str:
    """
    >>> mask_name("张三"), mask_name("欧阳小明"), mask_name("尔古木阿支")
    ('张*', '欧**明', '尔***支')
    """
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]
