"""The language of a page: Chinese, unless the reader chose otherwise at its foot.

The browser's own language is not asked: a phone set to English in a township office is no wish for an English
refusal, and what the rules and the law say is Chinese.

The choice is a plain cookie, so it needs neither an account nor the database. What is kept or sent to other
people, such as mails, is written in Chinese whatever the reader's language: see :func:`recruitment.wording.official`.
"""

from urllib.parse import quote, urlsplit

from flask import Blueprint, Flask, Response, current_app, has_request_context, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from recruitment.people.access import public
from recruitment.wording import OFFICIAL

COOKIE = "language"
YEAR = 365 * 24 * 60 * 60
# The name of each language in that language, by the code in the cookie.
LANGUAGES = {"zh": "中文", "en": "English"}
LOCALES = {"zh": OFFICIAL, "en": "en_GB"}

blueprint = Blueprint("language", __name__)


def locale() -> str:
    """The locale for this request; Chinese outside of one."""
    if not has_request_context():
        return OFFICIAL
    return LOCALES.get(request.cookies.get(COOKIE, ""), OFFICIAL)


@blueprint.get("/language")
@public
def choose() -> Answer:
    """Remember the language in a cookie and go back to the page."""
    answer = redirect(request.script_root + _page(request.args.get("next", "")))
    if (chosen := request.args.get("language", "")) in LANGUAGES:
        answer.set_cookie(
            COOKIE,
            chosen,
            max_age=YEAR,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return answer


def _page(path: str) -> str:
    """The path if it is a page of this site that can be opened anew, else the home page."""
    try:
        parts = urlsplit(path)
        current_app.url_map.bind("").match(parts.path, "GET")
    except (HTTPException, ValueError):
        return "/"
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//"):
        return "/"
    return quote(parts.path) + (f"?{parts.query}" if parts.query else "")


def languages() -> dict[str, str]:
    """The languages to choose from: code and own name."""
    return LANGUAGES


def vary(response: Response) -> Response:
    """A cache must not give one reader's language to the next."""
    if response.mimetype == "text/html":
        response.vary.add("Cookie")
    return response


def init_app(app: Flask) -> None:
    app.after_request(vary)
    app.jinja_env.globals["languages"] = languages
