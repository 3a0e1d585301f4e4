"""How dates, times and figures look on a page."""

from datetime import date, datetime

from babel.dates import format_skeleton
from flask import Flask, current_app, url_for
from flask_babel import format_date, format_decimal, get_locale

from recruitment.areas import catalogue
from recruitment.clock import local
from recruitment.people.words import role_name
from recruitment.wording import deadline, left, moment, said


def day(value: date | None) -> str:
    """A calendar day: ``2026年11月22日``; nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = local(value).date()
    return str(format_date(value, "long", rebase=False))


def month(value: date | None) -> str:
    """A month, as public lists show birth dates: ``1985年3月``."""
    return "" if value is None else format_skeleton("yMMM", value, locale=get_locale())


def figure(value: int) -> str:
    return str(format_decimal(value))


def area_name(code: str) -> str:
    """An area by its code: ``四川省``, ``绵阳市``, ``绵阳市三台县``; the code itself if it is in no list."""
    if code == catalogue.PROVINCE_CODE:
        return catalogue.PROVINCE_NAME
    county = catalogue.counties().get(code[:6])
    if county:
        return county.prefecture + county.name
    return catalogue.prefectures().get(code, code)


def page_language() -> str:
    """The ``lang`` of a page: ``zh-CN``, ``en``."""
    locale = get_locale()
    if locale is None or locale.language == "zh":
        return "zh-CN"
    return str(locale.language)


def demo_mailbox_url() -> str | None:
    """Where the demo shows the mails that it caught; none outside the demo."""
    if current_app.config["SETTINGS"].demo and "notices.demo_mail" in current_app.view_functions:
        return url_for("notices.demo_mail")
    return None


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        day=day,
        moment=lambda value: moment(value) if value else "",
        deadline=lambda value: deadline(value) if value else "",
        month=month,
        figure=figure,
        left=left,
        said=said,
    )
    app.jinja_env.globals.update(
        area_name=area_name,
        role_name=role_name,
        page_language=page_language,
        demo_mailbox_url=demo_mailbox_url,
        hotline=app.config["SETTINGS"].hotline,
    )
