"""Uploaded lists between the dry run and the import.

A file is kept under the SHA-256 of its content and read back only if it still has it: what is imported is to the
byte what was previewed.
"""

import hashlib
import os
import re
import time
import uuid
from pathlib import Path

from flask import current_app

MOST_BYTES = 5 * 1024 * 1024
POSITION_TABLES = "position-tables"
SUFFIXES = (".xlsx", ".csv")
# An upload that nobody imported is thrown away after a day, when the next one comes.
KEPT_SECONDS = 24 * 3600


class StagingError(ValueError):
    """The file cannot be taken; the message is for the person."""


def put(call_id: uuid.UUID, content: bytes, filename: str, kind: str = POSITION_TABLES) -> str:
    """Keep an upload for a call; returns the name to ask for it by.

    Args:
        kind: which of the call's lists it is; the folder's name.

    Raises:
        StagingError: empty, too large, or neither .xlsx nor .csv by its name.
    """
    suffix = Path(filename).suffix.lower()
    if suffix not in SUFFIXES:
        raise StagingError("请上传 .xlsx 或 .csv 文件。")
    if not content:
        raise StagingError("文件是空的，请重新选择。")
    if len(content) > MOST_BYTES:
        raise StagingError(f"文件超过{MOST_BYTES // 1024 // 1024} MB，请删去多余的内容再上传。")
    folder = _folder(call_id, kind)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    name = hashlib.sha256(content).hexdigest() + suffix
    partial = folder / f"{uuid.uuid4().hex}.partial"
    with partial.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
    partial.replace(folder / name)
    return name


def get(call_id: uuid.UUID, name: str, kind: str = POSITION_TABLES) -> bytes | None:
    """What was kept for the call under the name; none if it is gone or not what it was."""
    if not re.fullmatch(r"[0-9a-f]{64}\.(xlsx|csv)", name):
        return None
    try:
        content = (_folder(call_id, kind) / name).read_bytes()
    except FileNotFoundError:
        return None
    return content if hashlib.sha256(content).hexdigest() == name.partition(".")[0] else None


def drop(call_id: uuid.UUID, name: str, kind: str = POSITION_TABLES) -> None:
    """Forget a file that has been imported."""
    (_folder(call_id, kind) / name).unlink(missing_ok=True)


def _folder(call_id: uuid.UUID, kind: str) -> Path:
    folder: Path = current_app.config["SETTINGS"].data_dir / kind / str(call_id)
    return folder
