"""Pages of ``audit``: what was looked at and taken out, by whom and why."""

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext as _l

from recruitment.audit import queries
from recruitment.audit.words import ACTIONS
from recruitment.calls import candidates
from recruitment.database import db
from recruitment.lists.imports import IMPORTS
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import navigation

blueprint = Blueprint("audit", __name__, url_prefix="/admin/audit")

READERS = (Role.ADMIN, Role.SUPERVISOR)
# What each act is called. One that is not here is shown by its name in the record.
ACTIONS = {
    "candidates.export": _l("导出名单"),
    "rules.correct": _l("更正招考条件"),
    "id_number.unmask": _l("查看完整号码"),
    "medical.reveal": _l("查看体检不合格项目"),
    "medical.names": _l("下载体检名单"),
    "lists.import": _l("导入文件"),
    "inspection.reopen": _l("重开考察报告"),
    "approval.forms": _l("下载录用审批表"),
    "appointed.export": _l("导出录用人员名单"),
    "application.recuse": _l("登记回避"),
    "grant.give": _l("授予权限"),
    "grant.revoke": _l("收回权限"),
    "second_factor.enable": _l("启用两步验证"),
    "second_factor.disable": _l("停用两步验证"),
    "calendar.set_day": _l("录入工作日历日期"),
    "calendar.remove_day": _l("删除工作日历日期"),
    "calendar.replace_year": _l("录入全年放假安排"),
    "public_notice.set_term": _l("修改公示和核查期限"),
    "appeal.set_term": _l("修改申诉期限"),
    "objection.reveal": _l("查看异议反映人"),
    "notice.resend": _l("重发通知"),
    "notice.mend": _l("更正邮箱后重发"),
    "notice.settle": _l("登记已用其他方式告知"),
    "letters.print": _l("打印信函"),
    "letters.post": _l("登记信函寄出"),
    "dispatch.pause": _l("暂停批量发送"),
    "dispatch.resume": _l("继续批量发送"),
    "notices.export": _l("导出通知送达明细"),
    "notices.cancel": _l("取消待公布通知"),
    "notices.trial": _l("试发通知给自己"),
    "reminders.set": _l("修改提醒时间"),
    "user.create": _l("新建账号"),
    "user.invite": _l("邀请开户"),
    "user.correct": _l("更正账号信息"),
    "user.unlock": _l("解除锁定"),
}


@blueprint.get("")
@navigation.entry(_l("操作记录"), 40, section="audit.")
@allow(*READERS)
def index() -> str:
    """Acts on record, the newest first."""
    kinds = queries.actions(db.session)
    action = request.args.get("action", "")
    text = request.args.get("text", "").strip()
    areas = tuple(sorted({area for _, area in current_user().jurisdictions(*READERS)}))
    chosen = queries.RecordFilter(areas, action if action in kinds else "", text)
    after = request.args.get("after", "")
    try:
        page = queries.page(db.session, chosen, after)
    except ValueError:
        abort(404)
    return render_template(
        "audit/index.html",
        page=page,
        after=after,
        kinds=[(kind, ACTIONS.get(kind, kind)) for kind in kinds],
        names=ACTIONS,
        imports={name: declared.title for name, declared in IMPORTS.items()},
        action=chosen.action,
        text=text,
        filter_words=candidates.in_words,
    )
