"""Entry point for a WSGI server, also from an installed wheel: ``gunicorn recruitment.wsgi:app``."""

from recruitment.app import create_app
from recruitment.log import configure_logging

configure_logging()
app = create_app()
