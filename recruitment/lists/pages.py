"""The pages of every import: upload, dry run, progress, outcome. No room has views of its own for that."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from recruitment.clock import now
from recruitment.database import db
from recruitment.forms.handling import attach
from recruitment.lists import dry_run, tasks, uploads
from recruitment.lists.declaration import Column
from recruitment.lists.forms import UploadForm
from recruitment.lists.imports import IMPORTS, Ground, Import
from recruitment.lists.models import ListUpload
from recruitment.people.access import allow, current_user
from workflows.terms import Refused

Page = str | Response | tuple[str, int] | tuple[str, int, Mapping[str, str]]
# While a worker is at it the page loads itself anew after so many seconds.
AGAIN_SECONDS = 3


def register(blueprint: Blueprint, declared: Import[Any]) -> None:
    """Give an import its pages: at its address, and below it one for each file."""
    if IMPORTS.setdefault(declared.name, declared) is not declared:
        raise ValueError(f"two imports are named {declared.name}")
    endpoint = declared.name.partition(".")[2]

    @allow(*declared.roles)
    def page(**arguments: Any) -> Page:
        return upload_page(declared, arguments) if request.method == "GET" else _take(declared, arguments)

    @allow(*declared.roles)
    def file(upload_id: uuid.UUID, **arguments: Any) -> Page:
        subject = subject_or_404(declared, arguments)
        upload = uploads.find(db.session, declared, declared.about.scope(subject), upload_id, current_user())
        if upload is None:
            abort(404)
        return _show(declared, upload) if request.method == "GET" else _go_on(declared, upload)

    blueprint.add_url_rule(declared.address, endpoint, page, methods=["GET", "POST"])
    blueprint.add_url_rule(
        f"{declared.address}/<uuid:upload_id>", f"{endpoint}_upload", file, methods=["GET", "POST"]
    )


def subject_or_404(declared: Import[Any], arguments: Mapping[str, Any]) -> Any:
    """What the address is about; 403 for whom it is none of their business."""
    subject = declared.about.find(db.session, arguments)
    if subject is None:
        abort(404)
    if not declared.about.may(current_user(), subject):
        abort(403)
    return subject


def upload_page(
    declared: Import[Any],
    arguments: Mapping[str, Any],
    form: UploadForm | None = None,
    status: int = 200,
    **more: Any,
) -> tuple[str, int]:
    """The page of an import: what to know, where to choose the file, and who imported what.

    Args:
        more: for the template with what to know.
    """
    subject = subject_or_404(declared, arguments)
    scope = declared.about.scope(subject)
    closed = declared.closed(db.session, subject)
    columns: tuple[Column, ...] = ()
    if not closed:
        columns = declared.table_for(Ground(db.session, subject, current_user(), now())).columns
    return render_template(
        "lists/upload.html",
        declared=declared,
        arguments=arguments,
        subject=subject,
        lead=declared.about.title(subject),
        form=form or UploadForm.of(declared, formdata=None),
        closed=closed,
        needed=[column.title for column in columns if not column.absent_ok],
        optional=[column.title for column in columns if column.absent_ok],
        unfinished=[
            (upload, _address(declared, upload))
            for upload in uploads.unfinished(db.session, declared, scope, current_user())
        ],
        past=uploads.imported(db.session, declared, scope),
        **{**declared.context(db.session, subject, current_user()), **more},
    ), status


def _take(declared: Import[Any], arguments: Mapping[str, Any]) -> Page:
    subject = subject_or_404(declared, arguments)
    form = UploadForm.of(declared)
    if declared.closed(db.session, subject):
        return upload_page(declared, arguments, form, 409)
    if not form.validate():
        return upload_page(declared, arguments, form, 422)
    sent = form.table.data
    try:
        upload = uploads.take(
            db.session,
            declared,
            subject,
            current_user(),
            # One byte more than allowed is enough to know.
            sent.stream.read(uploads.MOST_BYTES + 1),
            sent.filename,
            now(),
            arguments=dict(arguments),
            options=form.options(),
        )
    except uploads.FileUnfit as unfit:
        attach(form, {"table": str(unfit)})
        return upload_page(declared, arguments, form, 422)
    db.session.commit()
    _run(upload)
    return redirect(_address(declared, upload), 303)


def _run(upload: ListUpload) -> None:
    if upload.small:
        uploads.work(db.session, upload.id, now())
    else:
        tasks.queue(upload.id)


def _address(declared: Import[Any], upload: ListUpload) -> str:
    return url_for(f"{declared.name}_upload", upload_id=upload.id, **upload.arguments)


def _go_on(declared: Import[Any], upload: ListUpload) -> Page:
    """The one button of the page: confirm, or begin once more."""
    here = _address(declared, upload)
    if upload.state == "imported" or upload.busy:
        return redirect(here, 303)
    try:
        if upload.failed_at is not None:
            uploads.restart(db.session, upload, now())
        else:
            uploads.confirm(db.session, upload, request.form.get("seen", ""), now())
    except Refused as refused:
        db.session.rollback()
        return _dry_run(declared, upload, [reason.words for reason in refused.reasons], 409)
    db.session.commit()
    db.session.refresh(upload)
    if upload.busy:
        _run(upload)
        db.session.refresh(upload)
    if upload.state == "imported":
        for tone, words in declared.said(upload.outcome):
            flash(words, tone)
        return redirect(declared.done(upload.arguments, upload.outcome) if declared.done else here, 303)
    if upload.state == "read":
        return _dry_run(declared, upload, upload.refused, 409 if upload.refused else 422)
    return redirect(here, 303)


def _show(declared: Import[Any], upload: ListUpload) -> Page:
    if upload.state == "imported":
        return _page("lists/outcome.html", declared, upload), 200
    if upload.failed_at is not None:
        return _page("lists/failed.html", declared, upload), 200
    if upload.state == "read":
        return _dry_run(declared, upload, upload.refused)
    return (
        _page(
            "lists/progress.html", declared, upload, seconds=int((now() - upload.uploaded_at).total_seconds())
        ),
        200,
        {"Refresh": str(AGAIN_SECONDS)},
    )


def _dry_run(
    declared: Import[Any], upload: ListUpload, refused: list[str], status: int = 200
) -> tuple[str, int]:
    shown = upload.result
    return _page(
        "lists/dry_run.html",
        declared,
        upload,
        refused=refused,
        shown=shown,
        seen=dry_run.mark(shown),
        remedy=partial(declared.remedy, upload.arguments) if declared.remedy else None,
        figures=dry_run.figures_in_words(declared, shown["figures"]),
        heads=dry_run.heads_in_words(shown["heads"]),
        rows=[[dry_run.in_words(cell) for cell in row] for row in shown["rows"]],
    ), status


def _page(template: str, declared: Import[Any], upload: ListUpload, **more: Any) -> str:
    subject = declared.about.find(db.session, upload.arguments)
    return render_template(
        template,
        declared=declared,
        upload=upload,
        lead=declared.about.title(subject),
        here=_address(declared, upload),
        again=url_for(declared.name, **upload.arguments),
        onward=declared.done(upload.arguments, upload.outcome) if declared.done else "",
        **more,
    )
