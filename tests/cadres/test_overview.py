"""The overview says what is done, what is missing, and one next step."""

from flask import Flask
from sqlalchemy.orm import Session

from recruitment.people.models import Role, User
from tests import factories as make
from tests.client import Client, tree, words
from tests.pages import counted, signed_in, text


def lines(page: object) -> list[str]:
    tasks = next(ol for ol in tree(page).iter("ol") if ol.get("class") == "tasks")  # type: ignore[arg-type]
    return [words(li) for li in tasks.iter("li")]


def test_nothing_filled_in(browser: Client) -> None:
    page = browser.get("/dossier/")
    assert lines(page) == [
        "基本信息 待填写 请填写民族和政治面貌",
        "任职经历 待填写 请至少填写一段任职经历",
        "学历 待填写 请填写最高学历",
        "表彰 待填写 请说明有没有受过表彰",
        "年度考核 建议填写 还没有填。审核时要看最近三年的考核结果，请尽量填好。",
        "本人声明 待填写 请逐条回答本人声明",
        "家庭成员 待填写 请说明有没有需要申报的家庭成员",
        "照片和材料 待填写 请上传证件照",
    ]
    assert "下一步：填写“基本信息”" in text(page)


def test_everything_filled_in(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person)
    call = make.call(session)
    session.commit()
    browser = signed_in(app, person)
    page = browser.get("/dossier/")
    assert all("已填好" in line for line in lines(page))
    assert "下一步：选职位" in text(page)
    assert f'href="/calls/{call.slug}/choose"' in text(page)
    assert "2026年12月02日（星期三）08:00" in text(page)
    application = make.application(session, call, person, "draft")
    session.commit()
    page = browser.get("/dossier/")
    assert "下一步：核对并提交报名" in text(page)
    assert f'href="/applications/{application.id}/check"' in text(page)


def test_questions_do_not_grow_with_calls(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person)
    make.call(session)
    session.commit()
    browser = signed_in(app, person)

    def ask() -> int:
        with counted(app) as asked:
            browser.get("/dossier/")
        return len(asked)

    one = ask()
    for _ in range(2):
        make.application(session, make.call(session), person)
    session.commit()
    assert ask() == one


def test_of_no_use_to_staff_and_closed_to_strangers(app: Flask, session: Session) -> None:
    reviewer = make.staff(session, Role.COUNTY_REVIEWER, make.COUNTY)
    session.commit()
    assert app.test_client().get("/dossier/").location.startswith("/sign-in")
    with_staff = signed_in(app, reviewer)
    assert with_staff.get("/dossier/").status_code in (302, 403)
