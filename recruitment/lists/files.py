"""What an uploaded spreadsheet is, told by its content, and whether it may be opened at all."""

import io
import zipfile
from dataclasses import dataclass
from enum import StrEnum


class FileRefused(ValueError):
    """The file as a whole cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a spreadsheet may be.

    Attributes:
        file_bytes: size of the upload.
        entries: files inside the .xlsx.
        unpacked_bytes: their size together after unpacking.
        ratio: unpacked to packed size, looked at above 10 MiB unpacked.
        rows, columns: of the worksheet.
        memory_bytes, seconds: of the process that reads an .xlsx.
    """

    file_bytes: int = 20 * 2**20
    entries: int = 1_000
    unpacked_bytes: int = 300 * 2**20
    ratio: int = 100
    rows: int = 200_000
    columns: int = 200
    memory_bytes: int = 2**30
    seconds: int = 60


DEFAULT_LIMITS = Limits()
_RATIO_MATTERS_FROM = 10 * 2**20


class Kind(StrEnum):
    """The two kinds that are read."""

    XLSX = "xlsx"
    CSV = "csv"


def check(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Kind:
    """Tell the kind by content; the name of the file is not looked at.

    Raises:
        FileRefused: neither an .xlsx nor a .csv, too large, or packed like a bomb.
    """
    if not data.strip():
        raise FileRefused("文件是空的。")
    if len(data) > limits.file_bytes:
        raise FileRefused(
            f"文件超过 {limits.file_bytes // 2**20} MB，请删去图片等无关内容，或者分成几个文件。"
        )
    if data.startswith(b"PK"):
        _check_zip(data, limits)
        return Kind.XLSX
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused("这是旧版 .xls 文件或者加了密码的文件，请去掉密码并另存为 .xlsx 后再上传。")
    if data.startswith(
        (b"MZ", b"\x7fELF", b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf")
    ):
        raise FileRefused("这不是表格文件，只能上传 .xlsx 或 .csv 文件。")
    return Kind.CSV


def _check_zip(data: bytes, limits: Limits) -> None:
    try:
        # Only the directory at the end is read here; nothing is unpacked.
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FileRefused("文件已损坏，请重新保存为 .xlsx 后再上传。") from error
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > limits.entries:
        raise FileRefused("文件内部的部件太多，不是正常的表格文件。")
    if not {"[content_types].xml", "xl/workbook.xml"} <= names:
        raise FileRefused("这不是 .xlsx 表格文件，只能上传 .xlsx 或 .csv 文件。")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FileRefused("文件含有宏，请另存为不含宏的 .xlsx 后再上传。")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused("文件加了密码，请去掉密码后再上传。")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    suspicious = unpacked > _RATIO_MATTERS_FROM and unpacked / packed > limits.ratio
    if unpacked > limits.unpacked_bytes or suspicious:
        raise FileRefused("文件解压后太大，不是正常的表格文件，请只保留需要的内容后重新保存。")
