"""The test client itself: each fault that it is there to find, it finds."""

import pytest
from flask import Flask, request

from tests.client import Client, heading

GOOD = """<!doctype html><html lang="zh-CN"><head><title>报名 · 考录</title></head><body><main><h1>报名</h1>
<form method="post" action="/"><input type="hidden" name="csrf_token" value="t">
<label for="n">姓名</label><input id="n" name="name" value="张三">
<label><input type="checkbox" name="agree" value="yes"> 同意</label>
<label for="c">县</label><select id="c" name="county"><option value="1">甲</option>
<option value="2" selected>乙</option></select><button name="act" value="save">保存</button>
</form></main></body></html>"""


def open_page(html: str) -> None:
    app = Flask("page")
    app.test_client_class = Client
    app.add_url_rule("/", view_func=lambda: html)
    app.test_client().get("/")


def test_a_good_page_passes() -> None:
    open_page(GOOD)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("<main>", "<main><p><div></div></p>"), "invalid HTML"),
        (('lang="zh-CN"', ""), "language"),
        (("<h1>", "<h1>报名</h1><h1>"), "one h1"),
        (("<title>报名", "<title>首页"), "does not begin with"),
        (('id="c"', 'id="n"'), "stands 2 times"),
        (('for="n"', 'for="m"'), "not on the page"),
        (('<label for="n">姓名</label>', ""), "has no label"),
        (("保存</button>", "</button>"), "has no words"),
        ((' action="/"', ""), "no action"),
        (('name="csrf_token"', 'name="other"'), "no CSRF token"),
        (("<h1>", '<img src="/a.png"><h1>'), "no alt"),
        (("<h1>", '<a href="/"></a><h1>'), "no words"),
        (("<h1>", "<script>go()</script><h1>"), "nonce"),
        (("<h1>", '<p style="color:red">红</p><h1>'), "refused"),
        (("<button", '<button onclick="go()"'), "refused"),
    ],
)
def test_each_fault_is_found(change: tuple[str, str], fault: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(AssertionError, match=fault):
        open_page(GOOD.replace(*change))


def test_a_form_is_sent_as_a_browser_would() -> None:
    app = Flask("form")
    app.test_client_class = Client
    sent: list[dict[str, list[str]]] = []

    def view() -> str:
        if request.method == "POST":
            sent.append(request.form.to_dict(flat=False))
        return GOOD

    app.add_url_rule("/", view_func=view, methods=["GET", "POST"])
    client = app.test_client()
    assert isinstance(client, Client)
    page = client.submit(client.get("/"), "保存", {"name": "李四"})
    client.submit(page, "保存", {"agree": True})
    assert heading(page) == "报名"
    assert sent == [
        {"csrf_token": ["t"], "name": ["李四"], "county": ["2"], "act": ["save"]},
        {"csrf_token": ["t"], "name": ["张三"], "agree": ["yes"], "county": ["2"], "act": ["save"]},
    ]
    with pytest.raises(AssertionError, match="no field"):
        client.submit(page, "保存", {"nmae": "x"})
    with pytest.raises(AssertionError, match="no button"):
        client.submit(page, "提交")
