"""Entry point for Celery's schedule: ``celery --app=recruitment.beat beat``. It needs no web application."""

import os

from celery import Celery

from recruitment.celery import configuration

app = Celery("recruitment")
app.config_from_object(configuration(os.environ["REDIS_URL"]))
