"""The page on which a cadre cuts the photo, with or without JavaScript."""

import io

from flask import Response as FlaskResponse
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from PIL import Image
from werkzeug.wrappers import Response
from wtforms import IntegerField
from wtforms.validators import NumberRange
from wtforms.widgets import RangeInput

from recruitment.cadres import operations, photo, queries
from recruitment.cadres.models import DocumentKind, DossierDocument
from recruitment.cadres.views.base import blueprint, checking
from recruitment.database import db
from recruitment.forms import Form, handle
from recruitment.forms.handling import Outcome
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.people.uploads import CONTENT_TYPE, path_of, store_image

# Heads are above the middle.
START = {"size": 100, "across": 50, "down": 30}
# Name of the button that only shows the effect.
LOOK = "look"


def _near(number: int | None) -> int | None:
    """The number, or one that is out of range as well: ``NumberRange`` makes floats, which end at 10**308."""
    return None if number is None else min(max(number, -1), 101)


class CropForm(Form):
    """Where the frame lies, in the terms of :class:`recruitment.cadres.photo.Frame`."""

    size = IntegerField(
        _l("大小"), [NumberRange(photo.SMALLEST, 100)], filters=[_near], widget=RangeInput(step=1)
    )
    across = IntegerField(_l("左右位置"), [NumberRange(0, 100)], filters=[_near], widget=RangeInput(step=1))
    down = IntegerField(_l("上下位置"), [NumberRange(0, 100)], filters=[_near], widget=RangeInput(step=1))

    @property
    def frame(self) -> photo.Frame:
        given = {name: getattr(self, name).data for name in START}
        return photo.Frame(**{name: START[name] if given[name] is None else given[name] for name in START})


def wanted() -> tuple[int, int]:
    """Width and height of the printed photo, in pixels, as this instance is set up."""
    size: tuple[int, int] = current_app.config["SETTINGS"].photo_size
    return size


def _photo() -> DossierDocument:
    dossier = queries.dossier_or_blank(db.session, current_user())
    item = next((item for item in dossier.documents if item.kind == DocumentKind.PHOTO), None)
    if item is None:
        abort(404)
    return item


@blueprint.route("/photo", methods=["GET", "POST"])
@allow(Role.CADRE)
def crop() -> str | Response | tuple[str, int]:
    """Choose the part of the photo that is kept."""
    item = _photo()
    form = CropForm(data=START)
    outcome = Outcome(done=False)
    if LOOK not in request.form:
        outcome = handle(form, lambda: _keep(item, form.frame))
    if outcome.done:
        flash(_("照片已裁好。"), "success")
        return redirect(f"{url_for('cadres.documents', check=checking())}#photo", 303)
    width, height = item.document.width, item.document.height
    left, top, right, bottom = form.frame.box((width, height), wanted())
    return render_template(
        "cadres/photo.html",
        form=form,
        item=item,
        check=checking(),
        look=LOOK,
        wanted=wanted(),
        frame=(left, top, right - left, bottom - top),
        width=width,
        height=height,
    ), outcome.status


def _keep(item: DossierDocument, frame: photo.Frame) -> None:
    dossier = operations.open_dossier(db.session, current_user().id)
    document = store_image(db.session, dossier.user_id, _cut(item, frame, quality=95), item.document.filename)
    operations.add_document(db.session, dossier, DocumentKind.PHOTO, document)


@blueprint.get("/photo/preview")
@allow(Role.CADRE)
def photo_preview() -> FlaskResponse:
    """The photo as it would be kept."""
    asked = [request.args.get(name, start, type=int) for name, start in START.items()]
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return FlaskResponse(_cut(_photo(), photo.Frame(*asked)), mimetype=CONTENT_TYPE, headers=headers)


def _cut(item: DossierDocument, frame: photo.Frame, quality: int = 80) -> bytes:
    buffer = io.BytesIO()
    with Image.open(path_of(item.document_id)) as image:
        photo.cut(image, frame, wanted()).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
