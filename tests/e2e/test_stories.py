"""One working day of each role in a browser: by keyboard, by the labels a person reads, axe-clean on every page."""

import dataclasses
import io
import re
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy.orm import Session

from recruitment.calls.demo_table import demo_table
from recruitment.demo.people import id_number
from recruitment.people.models import Role
from tests import factories
from tests.conftest import Clock
from tests.e2e.conftest import watched_page

Axe = Callable[[Page], None]


class Person:
    """Somebody at a browser: focuses by label, types and presses Enter or Space; every page is looked at."""

    def __init__(self, page: Page, axe: Axe) -> None:
        self.page = page
        self.axe = axe

    def look(self, heading: str) -> None:
        """The page that is open has this heading, fits the screen and has no barrier."""
        expect(self.page.locator("h1")).to_contain_text(heading)
        # A page can be read before its style sheets have come.
        self.page.wait_for_load_state()
        width = self.page.viewport_size
        assert width is not None
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width["width"], self.page.url
        self.axe(self.page)

    def field(self, label: str, within: Locator | None = None) -> Locator:
        return (within or self.page.locator("main")).get_by_label(re.compile(f"^{re.escape(label)}")).first

    def type(self, label: str, text: str, within: Locator | None = None) -> None:
        field = self.field(label, within)
        field.focus()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def day(self, group: str, year: int, month: int, day: int, within: Locator | None = None) -> None:
        box = (within or self.page.locator("main")).get_by_role("group", name=re.compile(f"^{group}")).first
        for label, number in (("年", year), ("月", month), ("日", day)):
            self.type(label, str(number), box)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        self.field(label, within).select_option(label=option)

    def tick(self, label: str, within: Locator | None = None) -> None:
        box = self.field(label, within)
        box.focus()
        self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def answer(self, question: str, reply: str) -> None:
        group = self.page.get_by_role("group", name=re.compile(f"^{re.escape(question)}")).first
        radio = group.get_by_role("radio", name=reply, exact=True)
        radio.focus()
        self.page.keyboard.press("Space")

    def press(self, name: str, within: Locator | None = None) -> None:
        button = (
            (within or self.page.locator("main")).get_by_role("button", name=re.compile(f"^{name}")).first
        )
        button.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def follow(self, name: str, within: Locator | None = None) -> None:
        link = (within or self.page.locator("body")).get_by_role("link", name=re.compile(name)).first
        link.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def sign_in(self, login: str, password: str = factories.PASSWORD) -> None:
        self.page.goto("/sign-in")
        self.look("登录")
        self.type("身份证号、手机号或邮箱", login)
        self.type("密码", password)
        self.press("登录")


@pytest.mark.parametrize("screen", ["page", "phone"])
def test_a_cadre_signs_up_fills_in_applies_and_follows_it(
    screen: str, request: pytest.FixtureRequest, session: Session, clock: Clock, axe: Axe, tmp_path: Path
) -> None:
    clock.set(factories.NOW)
    call = factories.call(session)
    session.commit()
    me = Person(request.getfixturevalue(screen), axe)
    page = me.page

    page.goto("/")
    me.look(call.title)
    me.follow("注册报名")
    me.look("注册")
    number = id_number(date(1986, 4, 12), 77, male=False)
    me.type("姓名", "罗小满")
    me.type("身份证号", number[:-1] + ("1" if number[-1] != "1" else "2"))
    me.type("手机号", "19900001234")
    me.type("邮箱", "luo@test.example")
    me.type("密码", "san-tai-2026-hao")
    me.press("注册")
    me.look("注册")
    expect(page.locator(".field-error").first).to_contain_text("对不上")
    me.type("身份证号", number)
    me.type("密码", "san-tai-2026-hao")
    me.press("注册")

    page.goto("/dossier/")
    me.look("我的资料")
    me.follow("去填写")
    me.look("基本信息")
    me.choose("民族", "汉族")
    me.answer("政治面貌", "中共党员")
    me.day("入党时间", 2010, 7, 1)
    me.press("保存并继续")

    me.look("任职经历")
    me.choose("职务", "村（社区）党组织书记")
    me.choose("县（市、区）", "三台县")
    me.press("查找")
    me.field("乡镇（街道）").select_option(index=1)
    me.press("查找")
    place = page.get_by_role("group", name=re.compile("^村（社区）")).get_by_role("radio").first
    place.focus()
    page.keyboard.press("Space")
    me.day("任职开始", 2018, 3, 1)
    me.tick("至今仍在任")
    me.press("保存并继续")

    me.look("学历")
    me.choose("学历", "高中")
    me.type("毕业学校", "三台中学")
    me.day("毕业时间", 2004, 6, 30)
    me.press("保存并继续")

    me.look("表彰")
    me.answer("您受过表彰吗", "没有")
    me.press("保存并继续")

    me.look("年度考核")
    for row in page.get_by_role("group", name=re.compile("^考核")).all():
        me.choose("考核结果", "称职（合格）", row)
    me.press("保存并继续")

    me.look("本人声明")
    for radio in page.get_by_role("radio", name="否", exact=True).all():
        radio.focus()
        page.keyboard.press("Space")
    me.press("保存并继续")

    me.look("家庭成员")
    me.answer("有没有需要申报的家庭成员", "没有")
    me.press("保存并继续")

    me.look("照片和材料")
    photo = tmp_path / "照片.png"
    photo.write_bytes(factories.image(600, 800))
    section = page.locator("section, .card, form", has_text="证件照").first
    section.locator("input[type=file]").first.set_input_files(photo)
    me.press("上传", section)
    expect(page.locator("main img").first).to_be_visible()
    axe(page)

    page.goto(f"/calls/{call.slug}/choose")
    me.look("选职位")
    me.press("选这个职位")
    me.look("核对并提交")
    me.tick("我已核对以上内容")
    me.press("提交报名")
    expect(page.locator("main")).to_contain_text(re.compile(r"26-[0-9A-Z]{4}-[0-9A-Z]{4}"))
    axe(page)

    page.goto("/applications/")
    me.look("我的报名")
    me.follow("三台县", page.locator("main"))
    expect(page.locator("main")).to_contain_text("您提交了报名")
    axe(page)


def without_second_factor(app: Flask) -> None:
    """Spare the staff of a story the set-up of an authenticator; its own tests walk through that."""
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], staff_second_factor=False)


def test_reviewers_judge_and_the_cadre_is_told(
    app: Flask,
    page: Page,
    new_context: Callable[..., BrowserContext],
    session: Session,
    clock: Clock,
    axe: Axe,
    smtp: list[EmailMessage],
) -> None:
    clock.set(factories.NOW)
    without_second_factor(app)
    call = factories.call(session)
    owner = factories.cadre(session, name="白果")
    owner.email_confirmed_at = factories.NOW
    factories.dossier(session, owner)
    factories.application(session, call, owner)
    other = factories.cadre(session, name="外县人")
    factories.dossier(session, other, factories.OTHER_COUNTY)
    factories.application(session, call, other, county_code=factories.OTHER_COUNTY)
    county = factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)
    prefecture = factories.staff(session, Role.PREFECTURE_REVIEWER, "510700")
    for user in (county, prefecture):
        user.email_confirmed_at = factories.NOW
    session.commit()

    reviewer = Person(page, axe)
    reviewer.sign_in(county.email)
    reviewer.look("报名审核")
    expect(page.locator("main")).to_contain_text("白果")
    expect(page.locator("main")).not_to_contain_text("外县人")
    reviewer.follow("白果", page.locator("main"))
    expect(page.locator("main")).to_contain_text("年龄")
    expect(page.locator("main")).not_to_contain_text(str(owner.id_number))
    axe(page)
    page.get_by_role("main").get_by_text("县级初审通过").first.wait_for()
    reviewer.press("县级初审通过")
    axe(page)

    with watched_page(new_context(viewport={"width": 1280, "height": 900})) as second:
        chief = Person(second, axe)
        chief.sign_in(prefecture.email)
        chief.look("报名审核")
        chief.follow("白果", second.locator("main"))
        chief.press("市级确认合格")
        axe(second)

    with watched_page(new_context(viewport={"width": 360, "height": 740})) as phone:
        cadre = Person(phone, axe)
        cadre.sign_in(owner.email)
        phone.wait_for_load_state()
        for _ in range(50):
            phone.goto("/inbox/")
            if phone.get_by_text("资格初审合格").count():
                break
            phone.wait_for_timeout(200)
        cadre.look("站内信")
        cadre.press("资格初审合格")
        cadre.look("资格初审合格")
        # The inbox has it first; the mail follows as soon as the worker comes to it.
        for _ in range(100):
            if any(mail["Subject"] == "资格初审合格" for mail in smtp):
                break
            phone.wait_for_timeout(100)
    subjects = [str(mail["Subject"]) for mail in smtp]
    assert "资格初审合格" in subjects
    assert any("等待市级确认" in subject for subject in subjects)


def test_an_admin_sets_up_a_call_and_exports_the_list(
    app: Flask, page: Page, session: Session, clock: Clock, axe: Axe, tmp_path: Path
) -> None:
    clock.set(factories.NOW)
    without_second_factor(app)
    factories.load_areas(session)
    admin = factories.staff(session, Role.ADMIN)
    admin.email_confirmed_at = factories.NOW
    # Another call has a qualified candidate whose name would be a formula in a careless spreadsheet.
    call = factories.call(session)
    owner = factories.cadre(session, name="=1+1")
    factories.dossier(session, owner)
    factories.application(session, call, owner, "qualified")
    session.commit()
    me = Person(page, axe)
    me.sign_in(admin.email)
    me.look("招考管理")

    me.follow("新建招考")
    me.look("新建招考")
    me.type("标题", "第二次招考")
    me.type("网址中的名称", "2027")
    me.type("咨询电话", "028-5550-0001")
    for label, value in (("报名开始", "2026-12-20T08:00"), ("报名截止", "2026-12-30T08:00")):
        # The keys of a date picker depend on the browser's language; what it hands over does not.
        me.field(label).fill(value)
    me.press("保存")
    me.look("第二次招考")
    expect(page.locator("main")).to_contain_text("1985年12月20日及以后出生")
    expect(page.locator("main")).to_contain_text("还没有导入")

    sound = demo_table(7)
    book = load_workbook(io.BytesIO(sound))
    sheet = book.worksheets[0]
    doubled = str(sheet.cell(sheet.max_row - 1, 1).value)
    sheet.cell(sheet.max_row, 1).value = doubled
    broken = tmp_path / "有错的职位表.xlsx"
    book.save(broken)
    me.follow("导入职位表")
    me.look("导入职位表")
    page.locator("input[type=file]").set_input_files(broken)
    me.press("上传并试读")
    me.look("试读结果")
    expect(page.locator("main")).to_contain_text(f"{sheet.max_row}")
    expect(page.locator("main")).to_contain_text(doubled)
    expect(page.get_by_role("button", name=re.compile("确认导入"))).to_have_count(0)

    table = tmp_path / "职位表.xlsx"
    table.write_bytes(sound)
    page.goto("/admin/calls/2027/positions/import")
    page.locator("input[type=file]").set_input_files(table)
    me.press("上传并试读")
    me.look("试读结果")
    me.press("确认导入")
    me.look("职位表")
    page.goto("/admin/calls/2027")
    me.press("发布公告")
    page.goto("/calls/2027")
    me.look("第二次招考")

    page.goto(f"/admin/calls/{call.slug}/figures")
    me.look("统计")
    page.goto(f"/admin/calls/{call.slug}/candidates")
    me.look("报名人员")
    me.choose("状态", "资格初审合格")
    me.press("查看")
    expect(page.locator("main")).to_contain_text("=1+1")
    me.type("导出用途", "报省委组织部备案")
    button = page.get_by_role("button", name="导出为")
    button.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    exported = tmp_path / "名单.xlsx"
    download.value.save_as(exported)
    cells = [cell for row in load_workbook(exported).worksheets[0].iter_rows() for cell in row]
    texts = {str(cell.value) for cell in cells}
    assert {"=1+1", owner.id_number} <= texts
    assert all(cell.data_type != "f" for cell in cells)
    page.goto("/admin/audit")
    expect(page.locator("main")).to_contain_text("报省委组织部备案")
    axe(page)


def test_the_public_reads_a_call_and_finds_a_position(
    phone: Page, session: Session, clock: Clock, axe: Axe
) -> None:
    clock.set(factories.NOW)
    call = factories.call(session)
    session.commit()
    me = Person(phone, axe)
    phone.goto("/")
    me.look(call.title)
    me.follow("看职位表")
    me.look("职位表")
    me.choose("地区", "三台县")
    me.press("查看")
    me.look("职位表")
    me.follow("三台县", phone.locator("main"))
    expect(phone.locator("main")).to_contain_text("三台县")
    axe(phone)
