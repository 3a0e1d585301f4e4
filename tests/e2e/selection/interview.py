"""The interview: groups, the draw, seven examiners' marks entered twice, and the final order."""

from decimal import Decimal

from recruitment.demo.stages_exam import NOT_INTERVIEWED
from recruitment.selection.interview.plan import USUAL
from tests.e2e.selection.story import Story, fill_in, minute, reads

EXAMINERS = 7
FULL = {element.name: element.full_mark for element in USUAL}
GROUPS = (("第一组", slice(0, 3)), ("第二组", slice(3, None)))


def plan(story: Story) -> None:
    """Elements as they are usual; two groups, fourteen examiners, a seed that was published before."""
    ground = story.ground
    story.turn(170)
    with story.admin() as admin:
        page = admin.page
        page.goto(f"/admin/calls/{story.slug}")
        admin.press("进入面试、体检与考察")
        story.stage(admin, "面试")
        admin.follow("改面试方案和种子")
        admin.look("面试方案")
        admin.type("抽签种子", "20251123")
        admin.press("保存")
        admin.follow("分组")
        admin.look("面试分组")
        admin.press("再加一组")
        codes = [position.code for position in ground.positions if position.cancelled_at is None]
        for number, (name, which) in enumerate(GROUPS):
            row = page.get_by_role("group", name="面试组").nth(number)
            admin.type("组名", name, row)
            admin.field("开始时间", row).fill(minute(ground.at(150)))
            admin.type("地点", f"三台中学30{number + 1}室", row)
            admin.type("职位代码", " ".join(codes[which]), row)
        admin.press("保存")
        admin.follow("考官名单")
        admin.look("考官名单")
        lines = [f"K{number:02d} 考官{number} 市委组织部" for number in range(1, 2 * EXAMINERS + 1)]
        admin.field("考官名单").fill("\n".join(lines))
        admin.press("保存")
    story.turn(151)
    with story.admin() as admin:
        story.stage(admin, "面试")
        admin.press("按种子抽签")
        admin.look("面试")
        story.download(admin, "下载签到表")
    with story.visitor(360) as anybody:
        anybody.page.goto(f"/calls/{story.slug}")
        anybody.follow("面试抽签")
        anybody.look("面试抽签")
        reads(anybody.page, "20251123")
    with story.cadre((1, 2)) as cadre:
        story.own_stage(cadre, "面试安排")
        cadre.look("面试安排")
        reads(cadre.page, "三台中学301室")


def marks(story: Story) -> None:
    """Both people read the same score sheets; one candidate did not come."""
    story.turn(149)
    places = story.tickets()

    def given(ticket: str, titles: list[str]) -> dict[str, str]:
        if places[ticket] == NOT_INTERVIEWED:
            return {titles[1]: "缺考"}
        found = {}
        for title in titles[1:]:
            element, examiner = title.split("·考官")
            found[title] = mark(FULL[element], *places[ticket], int(examiner))
        return found

    with story.admin() as admin:
        story.stage(admin, "面试")
        sheet = story.download(admin, "下载评分登记表")
        fill_in(sheet, given)
    for person in (story.ground.admin, story.ground.second):
        with story.as_(person) as reader:
            story.stage(reader, "面试")
            story.upload(reader, sheet)
            reader.look("试读结果")
            reader.press("确认我的录入")
            reader.axe(reader.page)
    story.turn(140)
    with story.admin() as admin:
        story.stage(admin, "面试")
        admin.follow("去排总成绩")
        admin.press("计算名次")
        admin.axe(admin.page)
        admin.press("公布")
        admin.look("排名")
    assert story.in_state("interview_absent") == {NOT_INTERVIEWED}
    assert len(story.in_state("interviewed")) == 30
    with story.cadre((2, 3)) as cadre:
        story.own_stage(cadre, "成绩和名次")
        cadre.look("成绩和名次")
        reads(cadre.page, "最终第 ")


def mark(full: Decimal, which: int, place: int, examiner: int) -> str:
    """An examiner's mark of one element: lower with the place, and not the same of all examiners."""
    middle = full * (Decimal("0.88") - Decimal("0.01") * place)
    return f"{middle + Decimal('0.1') * ((which + place + examiner) % 5 - 2):f}"
