"""The application factory."""

from importlib import import_module
from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

from recruitment import forms, web
from recruitment.celery import init_celery
from recruitment.config import Settings
from recruitment.database import db
from recruitment.notices import channels, tasks
from recruitment.people import access, crypto
from recruitment.web import language
from recruitment.workflow import engine, queue_after_commit

# Rooms with a blueprint named ``blueprint`` in their views.
VIEWS = (
    "recruitment.health",
    "recruitment.web.language",
    "recruitment.public.views",
    "recruitment.public.self_check",
    "recruitment.people.views",
    "recruitment.people.account_views",
    "recruitment.people.admin_views",
    "recruitment.forms.views",
    "recruitment.cadres.views",
    "recruitment.calls.views",
    "recruitment.calls.views.coverage",
    "recruitment.calendar.views",
    "recruitment.applications.views",
    "recruitment.applications.review",
    "recruitment.candidates.views",
    "recruitment.fees.views",
    "recruitment.fees.gateway",
    "recruitment.opening.views",
    "recruitment.bars.views",
    "recruitment.medical.views",
    "recruitment.medical.file_views",
    "recruitment.medical.own_views",
    "recruitment.medical.substitute_views",
    "recruitment.inspection.views",
    "recruitment.appointments.views",
    "recruitment.appointments.people_views",
    "recruitment.public_notice.views",
    "recruitment.public_notice.public_views",
    "recruitment.objections.public_views",
    "recruitment.objections.views",
    "recruitment.appeals.views",
    "recruitment.appeals.review_views",
    "recruitment.exam.views",
    "recruitment.exam.ticket_views",
    "recruitment.corrections.views",
    "recruitment.exam.views.published",
    "recruitment.notices.views",
    "recruitment.notices.text_views",
    "recruitment.notices.account_views",
    "recruitment.notices.delivery_views",
    "recruitment.notices.hooks",
    "recruitment.proof.views",
    "recruitment.releases.views",
    "recruitment.reminders.views",
    "recruitment.audit.views",
    "recruitment.selection.views",
)


def template_folder() -> Path:
    """``templates/`` of a checkout, or the copy that travels inside the wheel."""
    packaged = Path(__file__).parent / "_templates"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "templates"


def create_app(settings: Settings | None = None) -> Flask:
    """Build the WSGI application.

    Args:
        settings: default is :meth:`Settings.from_environment`.

    Raises:
        ConfigurationError: a setting is missing or unusable.
        UnclassifiedEndpoint: a page does not say who may open it.
        workflows.definition.Unsound: a workflow names something that does not exist.
    """
    settings = settings or Settings.from_environment()
    app = Flask(__name__, template_folder=str(template_folder()))
    app.config.update(settings.flask())
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    crypto.init_app(app)
    Babel(app, locale_selector=language.locale)
    Bootstrap5(app)
    # Access first: somebody who is not signed in is told so, whatever their token.
    access.init_app(app)
    web.init_app(app)
    forms.init_app(app)
    init_celery(app)
    channels.init_app(app)
    engine()
    queue_after_commit(tasks.queue)
    for name in VIEWS:
        app.register_blueprint(import_module(name).blueprint)
    access.check(app)
    return app
