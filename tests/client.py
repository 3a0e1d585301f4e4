"""A test client that checks every page it opens, and fills in forms the way a browser does.

::

    page = client.get("/sign-up")
    page = client.submit(page, "注册", {"name": "张三"})      # by the words on the button
    assert page.status_code == 200
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextvars import Context
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from html5lib.constants import E as MESSAGES
from werkzeug.test import TestResponse

# What html5lib 1.1 takes for an error and the standard does not.
HTML5LIB_GAPS: frozenset[str] = frozenset()

# Fields that need no label: nobody sees them, or their value is what they say.
UNLABELLED = frozenset({"hidden", "submit", "reset", "button", "image"})
BUTTONS = frozenset({"submit", "image"})
# Scripts of other types are data and never run.
EXECUTED = frozenset(
    {"", "module", "text/javascript", "application/javascript", "importmap", "speculationrules"}
)


class Client(FlaskClient):
    """Checks what it opens; ``check_pages = False`` stops that for a page that is not ours.

    Each request gets an application context of its own, whatever context the test is in, as on a server. Inside
    the test's it would share ``g`` and the database session: it would see what was not committed, and who was
    signed in with the request before.
    """

    check_pages = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response: TestResponse = Context().run(super().open, *args, **kwargs)
        is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
        if self.check_pages and is_page and response.request.method != "HEAD":
            faults = list(page_faults(response))
            assert not faults, f"{response.request.path} ({response.status_code}):\n" + "\n".join(faults)
        return response

    def submit(
        self, page: TestResponse, button: str, values: Mapping[str, Any] | None = None, follow: bool = True
    ) -> TestResponse:
        """Fill in the form that has a button with these words, press it, and return the page that follows.

        Args:
            page: the page that shows the form. Fields keep the values that they have there.
            button: the words on the button.
            values: new values by field name: text, a list of texts, a file as ``(stream, name)``, True or
                False for a check box, None to leave the field out.
            follow: False returns the redirection itself.
        """
        form, pressed = _form_with(button, tree(page))
        data: dict[str, Any] = dict(_form_values(form))
        for name, value in (values or {}).items():
            fields = [field for field in controls(form) if field.get("name") == name]
            assert fields, f"the form with “{button}” has no field {name!r}"
            if value is None or value is False:
                data.pop(name, None)
            elif value is True:
                data[name] = [fields[0].get("value", "on")]
            else:
                data[name] = value
        if pressed.get("name"):
            data[pressed.get("name", "")] = pressed.get("value", "")
        method = (pressed.get("formmethod") or form.get("method") or "get").upper()
        action = pressed.get("formaction") or form.get("action") or page.request.full_path
        url = urljoin(page.request.url, action)
        if method == "GET":
            return self.open(url, method="GET", query_string=data, follow_redirects=follow)
        content_type = form.get("enctype") or "application/x-www-form-urlencoded"
        return self.open(url, method=method, data=data, content_type=content_type, follow_redirects=follow)


def tree(page: TestResponse) -> Element:
    """The page as an element tree."""
    parsed: Element = html5lib.parse(page.get_data(as_text=True), namespaceHTMLElements=False)
    return parsed


def words(element: Element) -> str:
    """The text of an element, white space made one."""
    return " ".join("".join(element.itertext()).split())


def heading(page: TestResponse) -> str:
    """The words of the page's h1."""
    return words(next(tree(page).iter("h1")))


def controls(root: Element) -> Iterator[Element]:
    """Fields and buttons, in order."""
    for element in root.iter():
        if element.tag in {"input", "select", "textarea", "button"}:
            yield element


def page_faults(page: TestResponse) -> Iterator[str]:
    """Everything about a page that is not as it must be, each in one line."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(page.get_data(as_text=True))
    for (line, column), code, details in parser.errors:
        if code not in HTML5LIB_GAPS:
            yield f"invalid HTML at {line}:{column}: {MESSAGES[code] % details}"
    yield from _outline_faults(root)
    yield from _identity_faults(root)
    yield from _form_faults(root)
    yield from _media_faults(root)
    yield from _inline_faults(root, page.headers.get("Content-Security-Policy", ""))


def _outline_faults(root: Element) -> Iterator[str]:
    if not root.get("lang"):
        yield "<html> does not say its language"
    headings = [words(h1) for h1 in root.iter("h1")]
    titles = [words(title) for title in root.iterfind("./head/title")]
    if len(headings) != 1 or not headings[0]:
        yield f"one h1 is expected, not {headings}"
    elif len(titles) != 1 or not titles[0].startswith(headings[0]):
        yield f"the title {titles} does not begin with the h1 “{headings[0]}”"


def _identity_faults(root: Element) -> Iterator[str]:
    ids = Counter(element.get("id") for element in root.iter() if element.get("id") is not None)
    for name, count in ids.items():
        if count > 1 or not name:
            yield f"id “{name}” stands {count} times"
    for element in root.iter():
        references = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
        for attribute in references:
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"<{element.tag} {attribute}> names “{name}”, which is not on the page"


def _form_faults(root: Element) -> Iterator[str]:
    labels = {label.get("for") for label in root.iter("label") if words(label)}
    inside = {field for label in root.iter("label") if words(label) for field in controls(label)}
    for field in controls(root):
        said = field.get("aria-label") or field.get("aria-labelledby") or field.get("title")
        kind = (field.get("type") or "text").lower()
        name = f"<{field.tag} name={field.get('name')!r} id={field.get('id')!r}>"
        if field.tag == "button" or (field.tag == "input" and kind in UNLABELLED - {"hidden"}):
            pictures = any(image.get("alt") for image in field.iter("img"))
            shown = words(field) if field.tag == "button" else field.get("value") or field.get("alt")
            if not (said or shown or pictures):
                yield f"{name} has no words"
        elif kind != "hidden" and not (said or field in inside or field.get("id", "-") in labels):
            yield f"{name} has no label"
    for form in root.iter("form"):
        if not form.get("action"):
            yield "a form has no action"
        if (form.get("method") or "get").lower() == "post" and "csrf_token" not in dict(_form_values(form)):
            yield f"the form for {form.get('action')} carries no CSRF token"


def _media_faults(root: Element) -> Iterator[str]:
    for image in root.iter("img"):
        if image.get("alt") is None:
            yield f"an image has no alt: {image.get('src')}"
    for link in root.iter("a"):
        named = words(link) or link.get("aria-label") or any(image.get("alt") for image in link.iter("img"))
        if link.get("href") is not None and not named:
            yield f"a link has no words: {link.get('href')}"


def _inline_faults(root: Element, policy: str) -> Iterator[str]:
    nonces = set(re.findall(r"'nonce-([^']+)'", policy))
    # A mail shown as it is sent: its style stands in it, and the sandbox lets nothing run.
    styled = "style-src 'unsafe-inline'" in policy and "sandbox" in policy
    for element in root.iter():
        inline_script = (
            element.tag == "script"
            and element.get("src") is None
            and (element.get("type") or "").lower() in EXECUTED
        )
        if (inline_script or element.tag == "style") and element.get("nonce") not in nonces:
            yield f"an inline <{element.tag}> without the policy's nonce: {words(element)[:60]}"
        for attribute in element.attrib:
            if attribute.startswith("on") or (attribute == "style" and not styled):
                yield f"<{element.tag} {attribute}> is refused by a strict content security policy"
        if (element.get("href") or "").lower().startswith("javascript:"):
            yield "a link runs JavaScript"


def _form_with(button: str, root: Element) -> tuple[Element, Element]:
    offered = []
    for form in root.iter("form"):
        # A button may stand outside its form and name it.
        outside = [c for c in controls(root) if form.get("id") and c.get("form") == form.get("id")]
        for control in [*controls(form), *outside]:
            presses = control.get("type", "submit") == "submit" and control.tag == "button"
            if presses or (control.tag == "input" and control.get("type") in BUTTONS):
                said = words(control) or control.get("value") or control.get("aria-label") or ""
                if said == button and control.get("disabled") is None:
                    return form, control
                offered.append(said)
    raise AssertionError(f"no button “{button}” on the page, only {offered}")


def _form_values(form: Element) -> Iterator[tuple[str, list[str]]]:
    """What a browser would send for the form as it stands, by name."""
    values: dict[str, list[str]] = {}
    for field in controls(form):
        name = field.get("name")
        kind = (field.get("type") or "text").lower()
        if not name or field.get("disabled") is not None or field.tag == "button":
            continue
        if field.tag == "select":
            options = list(field.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None]
            if not chosen and field.get("multiple") is None:
                chosen = options[:1]
            values.setdefault(name, []).extend(
                value if (value := option.get("value")) is not None else words(option) for option in chosen
            )
        elif field.tag == "textarea":
            values.setdefault(name, []).append(field.text or "")
        elif kind in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                values.setdefault(name, []).append(field.get("value", "on"))
        elif kind not in (UNLABELLED - {"hidden"}) | {"file"}:
            values.setdefault(name, []).append(field.get("value", ""))
    yield from values.items()
