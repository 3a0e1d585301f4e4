"""The list on paper."""

from datetime import UTC, datetime

from recruitment.calls.models import Call
from recruitment.public_notice.models import PublicNotice, PublicNoticeRow
from recruitment.public_notice.paper import pdf
from tests.paper import assert_fonts_embedded, pages_of, words_of


def test_a_long_list_numbers_its_pages_and_shows_everybody() -> None:
    people = [
        PublicNoticeRow(
            number=number,
            county="凉山彝族自治州木里藏族自治县",
            position="某某乡人民政府综合管理（51342201）",
            name=f"某某{number:03d}",
            sex="女",
            birth_month="1988.05",
            education="高中",
            ticket_number=f"5134012600{number:02d}",
            post="某某社区党组织书记",
            years="7",
            total="81.325",
            hotline="028-5550-0000",
        )
        for number in range(1, 51)
    ]
    notice = PublicNotice(
        title="四川省2026年定向考录拟录用人员公示",
        introduction="按规定公示如下。",
        working_days=5,
        published_at=datetime(2026, 11, 20, 1, tzinfo=UTC),
        ends_at=datetime(2026, 11, 27, 16, tzinfo=UTC),
        call=Call(hotline="028-5550-0000"),
        rows=people,
    )
    content = pdf(notice)
    words, pages = words_of(content), pages_of(content)
    assert pages > 2
    for number in range(1, pages + 1):
        assert f"第 {number} 页 共 {pages} 页" in words
    assert all(words.count(row.name) == 1 for row in people)
    assert words.count("现任职务") == pages
    assert_fonts_embedded(content)
