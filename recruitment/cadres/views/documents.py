"""Photo and scans of the dossier: upload, look at, remove. Seen by their owner only."""

import io
import uuid
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from PIL import Image
from werkzeug.exceptions import RequestEntityTooLarge

from recruitment.cadres import operations, photo, queries
from recruitment.cadres.models import DocumentKind, Dossier, DossierDocument
from recruitment.cadres.operations import DossierError
from recruitment.cadres.views.base import Page, after, blueprint, checking
from recruitment.cadres.vocabulary import DOCUMENT_KINDS
from recruitment.database import db
from recruitment.forms import Form, Required, handle
from recruitment.forms.refusal import Refusal
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.people.uploads import (
    CONTENT_TYPE,
    MOST_BYTES,
    Document,
    UploadError,
    path_of,
    serve,
    store_image,
)
from recruitment.web.errors import http_error

MEGABYTES = MOST_BYTES // 1024 // 1024
THUMBNAIL = 320  # pixels, longest side
HINTS = {
    DocumentKind.PHOTO: _l("近期正面免冠照片，脸要清楚。没有电子版的，可以请人用手机在白墙前拍一张。"),
    DocumentKind.ID_CARD: _l("正面和背面各拍一张。"),
    DocumentKind.TENURE_PROOF: _l("任职文件、当选证书，或乡镇（街道）盖章的任职证明。"),
    DocumentKind.EDUCATION_CERTIFICATE: _l("毕业证书，要看得清姓名、学校和编号。"),
    DocumentKind.COMMENDATION_CERTIFICATE: _l("证书或表彰文件，要看得清名称和公章。没有受过表彰的不用传。"),
    DocumentKind.APPRAISAL_FORM: _l("最近三年的年度考核登记表，或盖章的考核结果证明。"),
    DocumentKind.OTHER: _l("审核人要求补充的其他材料。"),
}


class UploadForm(Form):
    """One or more images of one kind."""

    images = MultipleFileField(_l("选择图片"), [Required(message=_l("请先选择图片，再点“上传”。"))])


def _open(kind: DocumentKind) -> UploadForm:
    form = UploadForm()
    # Several of these stand on one page.
    form.images.id = form.images.label.field_id = f"{kind}-images"
    form.images.label.text = _("选择%(kind)s的图片", kind=DOCUMENT_KINDS[kind])
    return form


def _page(failed: UploadForm | None = None, kind: DocumentKind | None = None) -> str:
    dossier = queries.dossier_or_blank(db.session, current_user())
    held: dict[str, list[DossierDocument]] = {each: [] for each in DocumentKind}
    for item in dossier.documents:
        held[item.kind].append(item)
    forms = {each: failed if failed and each == kind else _open(each) for each in DocumentKind}
    too_large = request.args.get("too_large")
    if too_large in held and failed is None:
        words = _("图片超过%(size)sMB，没有上传。请调低相机的分辨率再拍，或分几次上传。", size=MEGABYTES)
        forms[DocumentKind(too_large)].images.errors = [words]
    return render_template(
        "cadres/documents.html",
        groups=[(each, DOCUMENT_KINDS[each], HINTS[each], forms[each], held[each]) for each in DocumentKind],
        form=next((form for form in forms.values() if form.images.errors), UploadForm()),
        most=operations.MOST_DOCUMENTS,
        megabytes=MEGABYTES,
        single=operations.SINGLE,
        onward=after("documents"),
        check=checking(),
    )


@blueprint.get("/documents")
@allow(Role.CADRE)
def documents() -> Page:
    """All images by kind, with a form for more of each."""
    return _page()


@blueprint.post(f"/documents/<any({', '.join(DocumentKind)}):kind>")
@allow(Role.CADRE)
def upload(kind: str) -> Page:
    """Take in images of one kind: all of them or none."""
    user_id = current_user().id
    form = _open(DocumentKind(kind))
    taken: list[tuple[int, int]] = []

    def save() -> int:
        dossier = operations.open_dossier(db.session, user_id)
        for file in form.images.data:
            document = _take_in(
                dossier, DocumentKind(kind), file.filename or "", file.stream.read(MOST_BYTES + 1)
            )
            taken.append((document.width, document.height))
        return len(form.images.data)

    outcome = handle(form, save)
    if not outcome.done:
        return _page(form, DocumentKind(kind)), outcome.status
    flash(
        _("已上传%(number)s张：%(kind)s。", number=outcome.result, kind=DOCUMENT_KINDS[DocumentKind(kind)]),
        "success",
    )
    size = current_app.config["SETTINGS"].photo_size
    if kind == DocumentKind.PHOTO and not all(photo.fits(image, size) for image in taken):
        return redirect(url_for("cadres.crop", check=checking()), 303)
    return redirect(f"{url_for('cadres.documents', check=checking())}#{kind}", 303)


def _take_in(dossier: Dossier, kind: DocumentKind, filename: str, content: bytes) -> Document:
    try:
        document = store_image(db.session, dossier.user_id, content, filename)
        operations.add_document(db.session, dossier, kind, document)
        return document
    except (UploadError, DossierError) as error:
        raise Refusal({"images": _("%(file)s：%(words)s", file=filename, words=str(error))}) from error


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> Any:
    """Said beside the field: the body was too large to be read at all."""
    kind = (request.view_args or {}).get("kind")
    if kind is None:
        return http_error(error)
    return redirect(f"{url_for('cadres.documents', check=checking(), too_large=kind)}#{kind}", 303)


@blueprint.post("/documents/<uuid:item_id>/remove")
@allow(Role.CADRE)
def remove(item_id: uuid.UUID) -> Page:
    """Take an image out of the dossier. What has been handed in keeps it."""
    dossier = operations.open_dossier(db.session, current_user().id)
    if not operations.remove_document(db.session, dossier, item_id):
        abort(404)
    db.session.commit()
    flash(_("已删除一张图片。"), "success")
    return redirect(url_for("cadres.documents", check=checking()), 303)


@blueprint.get("/documents/<uuid:document_id>")
@allow(Role.CADRE)
def document(document_id: uuid.UUID) -> FlaskResponse:
    """An image of the person's own; with ``?small=1`` a thumbnail for slow connections."""
    found = queries.own_document(db.session, document_id, current_user().id)
    if found is None:
        abort(404)
    return _thumbnail(found) if request.args.get("small") else serve(found)


def _thumbnail(found: Document) -> FlaskResponse:
    with Image.open(path_of(found.id)) as image:
        image.draft("RGB", (THUMBNAIL, THUMBNAIL))
        image.thumbnail((THUMBNAIL, THUMBNAIL))
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=70)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
    }
    return FlaskResponse(buffer.getvalue(), mimetype=CONTENT_TYPE, headers=headers)
