"""Entry point for a WSGI server in the checkout: ``gunicorn wsgi:app``."""

from recruitment.wsgi import app

__all__ = ["app"]
