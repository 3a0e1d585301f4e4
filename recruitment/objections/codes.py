"""The code with which somebody who objected comes back, without an account."""

import base64
import re
import unicodedata

from recruitment.people.crypto import blind_index

# Read out and typed by hand: no 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LENGTH = 16


def code_of(request_key: str) -> str:
    """The code of a form by its key, e.g. ``K7M4-9QXD-ACE3-TTY6``: the same form sent twice has the same code.

    It follows from the key only with the server's secret, and 23¹⁶ codes are too many to try.
    """
    number = int(blind_index("objection.code", request_key), 16)
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    text = "".join(letters)
    return "-".join(text[start : start + 4] for start in range(0, LENGTH, 4))


def normalise(typed: str) -> str:
    """A code as typed: any case, full width, with or without hyphens."""
    letters = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper())
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def index_of(code: str) -> str:
    """What the database knows of a code."""
    return blind_index("objection", normalise(code))


def index_of_request(request_key: str) -> str:
    """What the database knows of a form's key."""
    return blind_index("objection.request", request_key)


def encoded(image: bytes) -> str:
    return base64.b64encode(image).decode("ascii")


def decoded(content: str) -> bytes:
    return base64.b64decode(content)
