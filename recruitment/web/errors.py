"""Error pages in plain words: what happened, and what to do now."""

from dataclasses import dataclass

from flask import Flask, render_template
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response


@dataclass(frozen=True, slots=True)
class Words:
    heading: LazyString
    text: LazyString


WORDS = {
    400: Words(_l("无法处理这个请求"), _l("收到的内容不完整或有误。请返回上一页，核对后重试。")),
    401: Words(_l("请先登录"), _l("这个页面需要登录后才能打开。")),
    403: Words(
        _l("您没有权限打开这个页面"),
        _l("您的账号没有这项工作的权限。如工作需要，请联系本单位的系统管理员。"),
    ),
    404: Words(
        _l("没有找到这个页面"),
        _l("网址可能有误，内容可能已移走，或者不在您的查看范围内。请核对网址，或从首页重新进入。"),
    ),
    405: Words(_l("不能这样打开这个页面"), _l("请从首页重新进入，不要直接在地址栏打开或刷新提交后的页面。")),
    413: Words(
        _l("文件太大"),
        _l("一张图片不超过8MB，一次上传的合起来不超过12MB。请分几次上传，或者先把图片缩小。"),
    ),
    429: Words(_l("操作太频繁"), _l("短时间内尝试次数过多。请稍等几分钟再试，已填写的内容不会丢失。")),
    500: Words(
        _l("系统出了问题"),
        _l("这不是您的操作造成的，问题已记录。请过几分钟再试。如果急着在截止前提交，请拨打咨询电话。"),
    ),
}
CSRF = Words(
    _l("页面已过期"),
    _l("页面打开时间过长，或者您已在别处退出登录。请返回上一页刷新后再提交一次。"),
)


def page(words: Words, code: int) -> tuple[str, int]:
    # Without navigation: it asks who is signed in, and the database may be what failed.
    return render_template("errors/error.html", heading=words.heading, text=words.text, code=code), code


def http_error(error: HTTPException) -> Response | HTTPException:
    code = error.code or 500
    if error.response is not None or code < 400:
        return error
    words = WORDS.get(code) or (WORDS[500] if code >= 500 else WORDS[400])
    body, _ = page(words, code)
    # Its headers say more, such as Retry-After and Allow.
    headers = [item for item in error.get_headers() if item[0] != "Content-Type"]
    return Response(body, code, headers, content_type="text/html; charset=utf-8")


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, http_error)
