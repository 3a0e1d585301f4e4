"""Photos and scans: only images, made anew from their pixels, kept outside the web root.

An upload is trusted in nothing. Its type is what its content says, its size is bounded before it is decoded,
and what is stored is a new JPEG drawn from the decoded pixels, so that neither metadata nor anything hidden
survives.
"""

import hashlib
import io
import os
import uuid
import warnings
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Response, current_app, send_file
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from recruitment.database import Base, Id

FORMATS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPE = "image/jpeg"
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000  # a phone's camera of today
FEWEST_SIDE = 80  # pixels
# Longest side of what is kept: a certificate stays legible, a page of twenty scans stays loadable.
KEPT_SIDE = 2000
QUALITY = 82


class UploadError(ValueError):
    """The file cannot be taken; the message is for the person."""


class Document(Base):
    """A stored image.

    Attributes:
        filename: as it was called on the person's device, for showing only.
        size: bytes of what is stored.
        sha256: hexadecimal, of what is stored.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("size > 0 AND width > 0 AND height > 0", name="not_empty"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    id: Mapped[Id]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    filename: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


def store_image(session: Session, owner_id: uuid.UUID, content: bytes, filename: str) -> Document:
    """Check an upload, draw it anew and keep it.

    Args:
        content: the file as uploaded, at most :data:`MOST_BYTES`.
        filename: what the person's device calls it; only ever shown back.

    Raises:
        UploadError: not an image of an accepted kind, damaged, too large or too small.
    """
    data, image = redrawn(content)
    document = Document(
        id=uuid.uuid4(),
        owner_id=owner_id,
        filename=shown_name(filename),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        width=image.width,
        height=image.height,
    )
    _write(path_of(document.id), data)
    session.add(document)
    session.flush()
    return document


def shown_name(filename: str) -> str:
    """What is shown of a file's name: no folders, and nothing that is not seen or turns the text around."""
    last = Path(filename.replace("\\", "/")).name
    return "".join(character for character in last if character.isprintable())[:120] or "image"


def redrawn(content: bytes) -> tuple[bytes, Image.Image]:
    """An upload as a new JPEG drawn from its pixels, and these.

    Raises:
        UploadError: as :func:`store_image`.
    """
    image = _decode(content)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue(), image


def _decode(content: bytes) -> Image.Image:
    if not content:
        raise UploadError("文件是空的，请重新选择图片。")
    if len(content) > MOST_BYTES:
        raise UploadError(f"图片超过 {MOST_BYTES // 1024 // 1024} MB，请换一张小一些的，或用手机重新拍摄。")
    try:
        with warnings.catch_warnings():
            # Pillow only warns below twice its own bound; ours is checked before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise UploadError("图片的像素太多，请调低相机的分辨率再拍。")
                if min(opened.size) < FEWEST_SIDE:
                    raise UploadError(f"图片太小，看不清。请上传宽和高都不少于 {FEWEST_SIDE} 像素的图片。")
                # Lets the JPEG decoder work at a reduced size where that is enough.
                opened.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
                upright = ImageOps.exif_transpose(opened)
                upright.thumbnail((KEPT_SIDE, KEPT_SIDE))
                return _on_white(upright)
    except UploadError:
        raise
    except UnidentifiedImageError as error:
        raise UploadError("这不是图片，或格式不支持。请上传 JPG、PNG 或 WebP 图片。") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UploadError("图片已损坏，打不开。请重新拍摄或另选一张。") from error


def _on_white(image: Image.Image) -> Image.Image:
    """RGB without transparency."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    return image.convert("RGB")


def path_of(document_id: uuid.UUID) -> Path:
    """Where an image lies; spread over 256 folders."""
    name = document_id.hex
    folder: Path = current_app.config["SETTINGS"].data_dir / "uploads" / name[:2]
    return folder / f"{name}.jpg"


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing: a machine that loses power must not leave half an image under its name."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def serve(document: Document) -> Response:
    """The image for somebody whose right to see it the caller has established."""
    response = send_file(path_of(document.id), mimetype=CONTENT_TYPE, max_age=0)
    response.headers["Content-Disposition"] = "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
