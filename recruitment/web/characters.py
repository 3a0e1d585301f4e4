"""Characters that no keyboard types and no database text holds."""

from flask import Flask, abort, request


def refuse_nul() -> None:
    """Answer 400 to a NUL anywhere in an address or a form: PostgreSQL stores none, so it would be a fault."""
    texts = [request.path]
    for source in (request.args, request.form):
        texts += [text for pair in source.items(multi=True) for text in pair]
    for name, file in request.files.items(multi=True):
        texts += [name, file.filename or ""]
    if any("\x00" in text for text in texts):
        abort(400)


def init_app(app: Flask) -> None:
    app.before_request(refuse_nul)
