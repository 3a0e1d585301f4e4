"""Characters that no keyboard types and no database text holds."""

from flask import Flask, abort, request


def refuse_nul() -> None:
    """Answer 400 to a NUL anywhere in an address or a form: PostgreSQL stores none, so it would be a fault."""
    values = (
        value for source in (request.args, request.form) for value in source.to_dict(flat=False).values()
    )
    if "\x00" in request.path or any("\x00" in text for texts in values for text in texts):
        abort(400)


def init_app(app: Flask) -> None:
    app.before_request(refuse_nul)
