"""The blank score sheet of a candidate: the drawn number alone says who it is about."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm

from recruitment.exam.paper import fonts, sheet
from recruitment.selection.interview.queries import GroupView
from recruitment.selection.interview.scoring import Element
from recruitment.selection.numbers import plain
from recruitment.wording import moment

WIDTH, HEIGHT = landscape(A4)
MARGIN = 13 * mm
# Room that the rows of elements share.
_TALL, _LEAST = 96 * mm, 8 * mm


def score_sheets_pdf(
    title: str, groups: Iterable[GroupView], elements: Sequence[Element], examiners: int, dropped: int
) -> bytes:
    """One page of A4 across for each drawn candidate, by group and number; without names and ticket numbers.

    Args:
        title: of the call.
        dropped: how many highest and as many lowest marks of each element do not count.
    """
    page, target = sheet.canvas("面试评分表")
    whole = WIDTH - 2 * MARGIN
    widths = _widths(whole, examiners)
    for view in groups:
        for slot in view.slots:
            page.setPageSize((WIDTH, HEIGHT))
            y = HEIGHT - MARGIN
            y -= sheet.write(page, title, MARGIN, y, whole, size=11, align="center", most=1)
            y -= sheet.write(
                page, "面试评分表", MARGIN, y, whole, font=fonts.HEADING, size=20, align="center"
            )
            head = [
                view.group.name,
                f"抽签号　{slot.number}",
                f"{moment(view.group.begins_at)}　{view.group.place}",
            ]
            sheet.row(
                page, head, [whole * 0.2, whole * 0.2, whole * 0.6], MARGIN, y - 2 * mm, 11 * mm, size=12
            )
            y -= 16 * mm
            names = ["评分要素", "满分", *(f"考官{x}" for x in range(1, examiners + 1)), "平均分"]
            sheet.row(page, names, widths, MARGIN, y, 10 * mm, font=fonts.HEADING, size=10.5, fill=True)
            y -= 10 * mm
            height = max(_TALL / (len(elements) + 2), _LEAST)
            for item in elements:
                name = item.name if item.weight == 1 else f"{item.name}（权重 {plain(item.weight)}）"
                cells = [name, plain(item.full_mark), *[""] * (examiners + 1)]
                sheet.row(page, cells, widths, MARGIN, y, height)
                y -= height
            total = sum((item.full_mark * item.weight for item in elements), Decimal(0))
            sheet.row(
                page, ["面试成绩", plain(total), *[""] * (examiners + 1)], widths, MARGIN, y, height,
                font=fonts.HEADING,
            )  # fmt: skip
            y -= height
            sheet.row(page, ["考官签名", "", *[""] * (examiners + 1)], widths, MARGIN, y, height)
            y -= height + 4 * mm
            y -= sheet.write(page, _rule(dropped), MARGIN, y, whole, size=9.5)
            signed = (
                "记分员签名：＿＿＿＿＿＿＿＿　　核分员签名：＿＿＿＿＿＿＿＿　　监督员签名：＿＿＿＿＿＿＿＿"
            )
            sheet.write(page, signed, MARGIN, y - 3 * mm, whole, size=10.5)
            page.showPage()
    page.save()
    return target.getvalue()


def _widths(whole: float, examiners: int) -> list[float]:
    parts = [4.2, 1.4, *[1.8] * examiners, 2.2]
    return [whole * part / sum(parts) for part in parts]


def _rule(dropped: int) -> str:
    if not dropped:
        return "各要素取全部考官评分的平均分，平均分按权重相加为面试成绩。涂改处由考官本人签名。"
    return (
        f"每个要素去掉{dropped}个最高分和{dropped}个最低分，其余取平均分，平均分按权重相加为面试成绩。"
        "涂改处由考官本人签名。"
    )
