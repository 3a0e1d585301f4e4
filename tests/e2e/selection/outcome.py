"""Medical with a re-exam and a substitute, inspection, and an appeal against what was found there."""

from recruitment.demo import stages
from tests.e2e.selection.story import Place, Story, fill_in, minute, reads
from tests.e2e.test_stories import Person

RECOVERED, UNFIT, NEXT = (7, 0), (6, 0), (6, 1)
# Who had chosen again when the first position was cancelled, and came first in the second.
APPELLANT = (4, 0)
FIRST = {(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (3, 0), (3, 1), (4, 0), (6, 0), (7, 0)}
PROPOSED = FIRST - {UNFIT} | {NEXT}
ITEMS = ("政治表现", "道德品行和诚信", "工作表现和能力", "遵纪守法和廉洁自律", "回避关系")
WEAK = ITEMS[2]


def examine(story: Story) -> None:
    """One for each opening is called; the hospital's file comes; two are found unfit and ask for their re-exam."""
    ground = story.ground
    story.turn(130)
    with story.admin() as admin:
        story.stage(admin, "体检")
        admin.follow("体检安排")
        admin.look("体检安排")
        admin.choose("适用地区", "绵阳市")
        admin.field("报到时间").fill(minute(ground.at(127, 8)))
        admin.type("体检医院", "绵阳市中心医院")
        admin.type("地址", "涪城区常家巷12号")
        admin.press("保存安排")
        story.stage(admin, "进入体检的人员")
        admin.press("10人进入体检")
        admin.look("进入体检的人员")
    assert story.in_state("medical") == FIRST
    story.turn(126)
    places = story.tickets()

    def results(ticket: str, _titles: list[str]) -> dict[str, str]:
        item = {RECOVERED: "血压", UNFIT: "视力"}.get(places[ticket], "")
        outcome = "不合格" if item else "合格"
        return {"体检结果": outcome, "不合格项目": item, "体检日期": f"{ground.at(127):%Y-%m-%d}"}

    with story.as_(ground.prefecture) as office:
        reviewers_stage(story, office, "体检")
        office.follow("导入结果")
        office.look("导入体检结果")
        office.type("导出用途", "交绵阳市中心医院填写")
        sheet = story.download(office, "下载名单")
        fill_in(sheet, results)
        story.upload(office, sheet)
        office.look("试读结果")
        reads(office.page, "8 人合格", "2 人不合格")
        office.press("确认登记10人")
        office.axe(office.page)
    assert story.in_state("medical") == {RECOVERED, UNFIT}
    story.turn(125)
    for place in (RECOVERED, UNFIT):
        with story.cadre(place) as cadre:
            story.own_stage(cadre, "体检")
            cadre.look("体检")
            cadre.tick("我申请复检")
            cadre.press("申请复检")
            reads(cadre.page, "已安排复检")


def reexamine(story: Story) -> None:
    """The re-exam is good for one and final for the other; a second person consents to who comes next."""
    ground = story.ground
    story.turn(120)
    with story.as_(ground.prefecture) as office:
        for place, outcome in ((RECOVERED, "合格"), (UNFIT, "不合格")):
            reviewers_stage(story, office, "体检")
            office.follow(story.name(place), office.page.locator("main"))
            office.look("体检")
            office.answer("体检结果", outcome)
            if place == UNFIT:
                office.choose("不合格项目", "视力")
            office.field("体检日期").fill(f"{ground.at(121):%Y-%m-%d}")
            office.press("登记并通知本人")
        reviewers_stage(story, office, "体检")
        office.follow("^递补$", office.page.locator("main"))
        office.look("递补")
        office.type("原因", "复检不合格，按总成绩递补。")
        office.press("提出递补")
        reads(office.page, "应由另一人答复")
    with story.as_(story.staff["sheng@kaolu.example"]) as second:
        reviewers_stage(story, second, "体检")
        second.follow("^递补$", second.page.locator("main"))
        reads(second.page, story.name(NEXT))
        second.type("原因", "情况属实。")
        second.press("同意递补")
    assert story.in_state("medical") == {NEXT}
    assert story.in_state("medical_failed") == {UNFIT}
    story.turn(116)
    with story.as_(ground.prefecture) as office:
        reviewers_stage(story, office, "体检")
        office.follow(story.name(NEXT), office.page.locator("main"))
        office.answer("体检结果", "合格")
        office.field("体检日期").fill(f"{ground.at(117):%Y-%m-%d}")
        office.press("登记并通知本人")
    assert story.in_state("inspection") == PROPOSED


def inspect(story: Story) -> None:
    """Two people for each; one is found unfit."""
    story.turn(100)
    for reviewer, position in (
        (story.ground.county, range(6)),
        (story.staff[stages.AUTONOMOUS], range(6, 7)),
        (story.staff[stages.NEIGHBOUR], range(7, 8)),
    ):
        with story.as_(reviewer) as county:
            for place in sorted(where for where in PROPOSED if where[0] in position):
                report(story, county, place)
    assert len(story.in_state("cleared")) == 9
    assert story.in_state("inspection_failed") == {APPELLANT}


def report(story: Story, county: Person, place: Place) -> None:
    """One inspection, from the team to the decision."""
    good, page = place != APPELLANT, county.page
    reviewers_stage(story, county, "考察")
    county.follow(story.name(place), page.locator("main"))
    for name in ("季考察", "娄考察"):
        county.field("姓名").fill(name)
        county.field("单位和职务").fill("县委组织部干部科")
        county.press("登记考察人员")
    if page.get_by_role("button", name="保存并核对").is_visible():
        county.field("招录机关人员").fill("*卫镇长 镇长\n柏文书 党政办干事")
        county.press("保存并核对")
    for number, item in enumerate(ITEMS):
        county.answer(item, "没有发现问题" if good or item != WEAK else "有问题")
        page.get_by_label("考察情况").nth(number).fill("听取了党员、群众和乡镇的意见。")
    county.field("总的评价").fill("履职认真。" if good else "集体资产账目不清。")
    county.answer("考察结论", "考察合格" if good else "考察不合格")
    county.press("提交报告")
    if good:
        county.press("考察合格")
        return
    county.look("考察")
    page.get_by_role("group", name="不合格的理由").get_by_role("checkbox").first.check()
    county.type("查实的情况", "村集体资产有两笔收入没有入账。")
    county.press("考察不合格")
    county.axe(page)


def reviewers_stage(story: Story, person: Person, label: str) -> None:
    """From anywhere to the page of one of the call's stages, as a reviewer finds it."""
    person.follow("^各环节$")
    person.look("各环节")
    person.follow(rf"^{label}\s*：", person.page.locator("main"))


def appeal(story: Story) -> None:
    """Against the inspection: one rules on it, another lets the ruling take effect, and the inspection goes on."""
    story.turn(98)
    with story.cadre(APPELLANT) as cadre:
        reads(cadre.page, "考察不合格")
        story.own_stage(cadre, "申诉")
        cadre.look("申诉：考察不合格")
        cadre.type("申诉的理由", "两笔收入当年已经入账，镇财政所有入账凭证，附后。")
        cadre.press("提交申诉")
        cadre.look("申诉")
        reads(cadre.page, "待受理")
    story.turn(95)
    with story.as_(story.ground.prefecture) as reviewer:
        open_appeal(story, reviewer)
        reads(reviewer.page, "镇财政所有入账凭证")
        reviewer.press("受理")
        decide(
            reviewer,
            "申诉成立",
            "复核情况和依据",
            "告知申诉人的内容",
            "经核对凭证，收入已经入账，撤销原决定。",
        )
    assert story.in_state("inspection_failed") == {APPELLANT}
    story.turn(94)
    with story.as_(story.staff["sheng@kaolu.example"]) as second:
        open_appeal(story, second)
        second.press("公布复核结果")
        second.axe(second.page)
    assert story.in_state("inspection") == {APPELLANT}
    story.turn(90)
    with story.cadre(APPELLANT) as cadre:
        reads(cadre.page, "考察中")
        cadre.follow("^申诉$")
        cadre.follow("考察不合格", cadre.page.locator("main"))
        cadre.look("申诉")
        reads(cadre.page, "申诉成立", "收入已经入账")
    with story.as_(story.ground.county) as county:
        reviewers_stage(story, county, "考察")
        county.follow(story.name(APPELLANT), county.page.locator("main"))
        box = county.page.locator("details", has_text="重开报告")
        box.locator("summary").click()
        county.type("原因", "申诉成立，重新考察。", box)
        county.press("重开", box)
        county.answer(WEAK, "没有发现问题")
        county.field("总的评价").fill("账目清楚，履职认真。")
        county.answer("考察结论", "考察合格")
        county.press("提交报告")
        county.press("考察合格")
    assert story.in_state("cleared") == PROPOSED


def open_appeal(story: Story, reviewer: Person) -> None:
    reviewer.follow("^申诉复核$")
    reviewer.look("申诉复核")
    main = reviewer.page.locator("main")
    if not main.get_by_role("link", name=story.name(APPELLANT)).count():
        reviewer.follow("待公布", main)
    reviewer.follow(story.name(APPELLANT), main)
    reviewer.look("申诉")


def decide(reviewer: Person, step: str, reason: str, told: str, words: str) -> None:
    """A step of a reviewer that has a form: what it rests on, and what is told."""
    box = reviewer.page.locator("details", has_text=step).first
    box.locator("summary").focus()
    reviewer.page.keyboard.press("Enter")
    reviewer.type(reason, words, box)
    reviewer.type(told, words, box)
    reviewer.press(step, box)
    reads(reviewer.page, "待公布")
