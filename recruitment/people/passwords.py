"""Passwords: Argon2id hashes, and what a password must be."""

import re
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Marks words that are translated where they are shown.
N_ = str
SHORTEST = 8
LONGEST = 128
# What people choose when they are only asked for letters and figures.
_COMMON = (
    "password", "passw0rd", "qwerty", "qazwsx", "1qaz2wsx", "asdfgh", "zxcvbn", "abc123", "abcd1234",
    "a1b2c3", "iloveyou", "woaini", "5201314", "1314520", "admin", "root1234", "welcome", "sichuan",
    "chengdu", "letmein", "123456", "654321", "112233", "111111", "888888", "666666", "000000", "123123",
    "147258", "159357",
)  # fmt: skip


@cache
def _hasher() -> PasswordHasher:
    # RFC 9106's second recommendation (64 MiB, three passes) but for the lanes: these servers are small.
    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)


def hash_password(password: str) -> str:
    return _hasher().hash(password)


def matches(stored: str, password: str) -> bool:
    """Whether the password is the one; an unusable hash fits none."""
    try:
        return _hasher().verify(stored, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher().check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return _hasher().hash("nobody's password")


def waste_the_time(password: str) -> None:
    """Take as long as :func:`matches` would, so that a clock does not tell whether an account exists."""
    matches(_nobody(), password)


def weakness(password: str, personal: tuple[str, ...] = ()) -> str | None:
    """What is wrong with a new password, as a msgid; none if it will do.

    Args:
        personal: ID number, phone, e-mail, name: the first things that somebody tries.
    """
    lowered = password.lower()
    if len(password) < SHORTEST:
        return N_("密码至少8位。")
    if len(password) > LONGEST:
        return N_("密码最多128位。")
    if not re.search(r"[^\W\d_]", password) or not re.search(r"\d", password):
        return N_("密码要同时有字母和数字。")
    stripped = re.sub(r"[^a-z0-9]", "", lowered)
    if any(len(stripped) <= len(word) + 3 and word in stripped for word in _COMMON):
        return N_("这个密码太常见，容易被猜到。请换一个。")
    if len(set(lowered)) < 4:
        return N_("这个密码重复的字符太多。请换一个。")
    for text in personal:
        text = text.lower()
        parts = {text, text[-6:], text.split("@")[0]} if len(text) >= 6 else {text}
        if any(len(part) >= 6 and part in lowered for part in parts):
            return N_("密码里不要包含自己的身份证号、手机号或邮箱。")
    return None
