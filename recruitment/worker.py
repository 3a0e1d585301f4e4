"""Entry point for Celery: ``celery --app recruitment.worker worker``."""

from recruitment.app import create_app

app = create_app().extensions["celery"]
