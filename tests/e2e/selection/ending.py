"""Public notice with an objection upheld, approval, probation and appointment; and what proves it all afterwards."""

import csv
import io
import json
import os
import subprocess
import sys

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.e2e.selection.outcome import PROPOSED, decide, reviewers_stage
from tests.e2e.selection.story import Story, reads

ACCUSED = (3, 0)
APPOINTED = PROPOSED - {ACCUSED}
SHOWN = ("县", "职位", "姓名", "性别", "出生年月", "学历", "准考证号", "总成绩")


def announce(story: Story) -> None:
    """The list is prepared, looked over and published; anybody reads it, and it holds nothing that is private."""
    ground = story.ground
    story.turn(80)
    with story.admin() as admin:
        story.stage(admin, "公示")
        admin.press("准备名单")
        admin.axe(admin.page)
        reads(admin.page, *(story.name(place) for place in PROPOSED))
        admin.press("发布公示")
        admin.axe(admin.page)
    assert story.in_state("announced") == PROPOSED
    with story.visitor(360) as anybody:
        page = anybody.page
        page.goto(f"/calls/{story.slug}")
        anybody.look("定向考录")
        anybody.follow("正在公示拟录用人员")
        anybody.follow("公示", page.locator("main section"))
        anybody.look("公示")
        expect(page.locator("main tbody tr")).to_have_count(len(PROPOSED))
        sheet = load_workbook(story.download(anybody, "下载表格")).worksheets[0]
        text = page.locator("main").inner_text() + "\n".join(
            str(cell) for row in sheet.iter_rows(values_only=True) for cell in row
        )
        for title in SHOWN:
            assert title in text
        for owner in (ground.owners[place] for place in PROPOSED):
            assert owner.name in text
            assert str(owner.id_number) not in text
            assert str(owner.phone) not in text


def objection(story: Story) -> None:
    """Somebody objects without a name; what they say is found true, and the person is not appointed."""
    story.turn(79, 20)
    with story.visitor(360) as anybody:
        page = anybody.page
        page.goto(f"/calls/{story.slug}")
        anybody.follow("正在公示拟录用人员")
        anybody.follow("公示", page.locator("main section"))
        row = page.locator("main tbody tr", has_text=story.name(ACCUSED))
        anybody.follow("提出异议", row)
        anybody.look("对公示提出异议")
        anybody.type("反映的情况", "任村主任期间把集体鱼塘低价包给亲属，没有开村民会议。")
        anybody.answer("是否署名", "匿名")
        anybody.press("提交")
        anybody.look("我提出的异议")
        code = page.locator(".code").inner_text()
        anybody.press("记下了，退出")
    story.turn(77)
    with story.as_(story.ground.prefecture) as reviewer:
        reviewer.follow("^异议核查$")
        reviewer.look("异议核查")
        reviewer.follow(story.name(ACCUSED), reviewer.page.locator("main"))
        reviewer.look("异议")
        reviewer.press("开始核查")
        decide(
            reviewer,
            "认定属实",
            "核查情况和依据",
            "告知当事人的内容",
            "经查，承包没有经过村民会议，反映属实。",
        )
    assert ACCUSED in story.in_state("announced")
    with story.as_(story.staff["sheng@kaolu.example"]) as second:
        second.follow("^异议核查$")
        second.follow("待公布", second.page.locator("main"))
        second.follow(story.name(ACCUSED), second.page.locator("main"))
        second.press("公布核查结果")
        second.axe(second.page)
    assert story.in_state("rejected") == {ACCUSED}
    with story.visitor(360) as anybody:
        anybody.page.goto("/objections/")
        anybody.look("查询异议结果")
        anybody.type("查询码", code)
        anybody.press("查询")
        anybody.look("我提出的异议")
        reads(anybody.page, "问题属实", "反映属实")
    with story.cadre(ACCUSED) as cadre:
        cadre.look("考试与录用")
        reads(cadre.page, "不予录用")


def approve(story: Story) -> None:
    """The notice is over; those who are left are approved together, undertake to serve, and report for duty."""
    ground = story.ground
    story.turn(60)
    with story.visitor() as anybody:
        anybody.page.goto(f"/calls/{story.slug}")
        expect(anybody.page.get_by_text("正在公示拟录用人员")).to_have_count(0)
    with story.as_(ground.prefecture) as office:
        reviewers_stage(story, office, "审批和录用")
        office.look("审批和录用")
        for place in sorted(APPOINTED):
            office.page.get_by_label(f"选{story.name(place)}", exact=True).check()
        office.press("核对勾选的人员")
        office.look("一起批准录用")
        office.press("批准这 9 人")
        office.look("审批和录用")
        office.type("导出用途", "存档")
        assert story.download(office, "下载审批表").stat().st_size > 10_000
    assert story.in_state("approved") == APPOINTED
    story.turn(58)
    for place in sorted(APPOINTED):
        with story.cadre(place) as cadre:
            cadre.follow("录用和服务", cadre.page.locator("main"))
            if place == min(APPOINTED):
                cadre.look("录用和服务期")
            cadre.tick("我已阅读并同意")
            cadre.press("确认承诺")
            reads(cadre.page, "您已于")
    story.turn(50)
    with story.as_(ground.prefecture) as office:
        for place in sorted(APPOINTED):
            reviewers_stage(story, office, "审批和录用")
            office.follow(story.name(place), office.page.locator("main"))
            office.field("报到日期").fill(f"{ground.at(50):%Y-%m-%d}")
            office.press("登记报到")
        office.axe(office.page)
    assert story.in_state("probation") == APPOINTED


def appoint(story: Story) -> None:
    """A year later they are appointed, those left over are told, and the call ends."""
    ground = story.ground
    story.turn(50 - 366)
    with story.as_(ground.prefecture) as office:
        for place in sorted(APPOINTED):
            reviewers_stage(story, office, "审批和录用")
            office.follow(story.name(place), office.page.locator("main"))
            office.press("考核合格，任职")
        office.axe(office.page)
        reads(office.page, "已任职")
        office.follow("^录用人员$")
        office.look("录用人员")
        reads(office.page, *(story.name(place) for place in APPOINTED))
    assert story.in_state("appointed") == APPOINTED
    with story.admin() as admin:
        story.stage(admin, "结束未录用的考生")
        admin.press("结束并通知")
        admin.axe(admin.page)
        admin.page.goto(f"/admin/calls/{story.slug}")
        admin.press("结束招考")
        reads(admin.page, "已结束")
    with story.cadre(min(APPOINTED)) as cadre:
        cadre.look("考试与录用")
        reads(cadre.page, "已任职")
    with story.visitor() as anybody:
        anybody.page.goto("/history")
        anybody.look("历年定向考录")


def prove(story: Story) -> None:
    """The journal is whole, and anybody computes the published order anew from its certificate."""
    with story.visitor() as anybody:
        page = anybody.page
        page.goto(f"/calls/{story.slug}")
        anybody.follow("总成绩和名次")
        anybody.look("总成绩")
        published = story.download(anybody, "证书")
    certificate = json.loads(published.read_text("utf-8"))
    scores, scheme = story.folder / "scores.csv", story.folder / "scheme.toml"
    scores.write_text(certificate["scores"], "utf-8", newline="")
    scheme.write_text(certificate["scheme"], "utf-8", newline="")
    again, ranked = story.folder / "again.json", story.folder / "ranked.csv"
    run("rank", str(scores), "--scheme", str(scheme), "--out", str(ranked), "--certificate", str(again))
    assert again.read_bytes() == published.read_bytes()
    places = story.tickets()
    first = {
        places[row["candidate"]]
        for row in csv.DictReader(io.StringIO(ranked.read_text("utf-8")))
        if row["final_rank"] == "1"
    }
    assert first == {(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (6, 0), (7, 0)}

    url = story.app.config["SETTINGS"].database_url
    said = json.loads(run("audit", "verify", "--json", DATABASE_URL=url))
    assert (said["whole"], said["findings"]) == (True, [])
    assert said["subjects"] > len(places)
    run("audit", "replay", DATABASE_URL=url)


def run(*words: str, **environment: str) -> str:
    """What ``recruitment`` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "recruitment.cli", *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
