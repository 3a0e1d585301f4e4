"""Whether somebody would work with their relatives."""

from hypothesis import given
from hypothesis import strategies as st

from recruitment.inspection.relatives import Staff, read_staff, ties, write_staff

ORGAN = "三台县潼川镇人民政府"


def relative(name: str, employer: str = "", relation: str = "配偶") -> dict[str, str]:
    return {"relation": relation, "name": name, "employer": employer}


def test_a_relative_among_the_staff_is_found_whatever_the_spacing() -> None:
    found = ties([relative("王 小明"), relative("李四")], ORGAN, [Staff("王小明", "镇长", True)])
    assert [(tie.name, tie.staff, tie.named) for tie in found] == [
        ("王 小明", Staff("王小明", "镇长", True), True)
    ]


def test_an_employer_that_is_the_organ_is_found_without_a_name_on_the_list() -> None:
    for employer in (ORGAN, "潼川镇人民政府", f"{ORGAN}党政办"):
        assert [tie.staff for tie in ties([relative("张三", employer)], ORGAN, [])] == [None]
    assert ties([relative("张三", "三台县芦溪镇人民政府")], ORGAN, []) == []
    assert ties([relative("张三", "")], ORGAN, []) == []


def test_a_distant_relative_is_told_apart() -> None:
    found = ties([relative("王某", relation="其他亲属")], ORGAN, [Staff("王某")])
    assert [tie.named for tie in found] == [False]


def test_of_two_of_one_name_the_one_who_leads_is_named() -> None:
    staff = [Staff("王某", "镇长", True), Staff("王某", "科员")]
    for order in (staff, staff[::-1]):
        assert [tie.staff for tie in ties([relative("王某")], ORGAN, order)] == [staff[0]]


NAMES = st.sampled_from(["王某", "李某", "张小明", "阿尔说呷", "欧阳某", "赵"])
POSTS = st.sampled_from(["", "镇长", "党委书记", "一级科员 兼职"])


@given(st.lists(st.builds(Staff, NAMES, POSTS, st.booleans()), max_size=8))
def test_names_are_read_as_they_are_written(staff: list[Staff]) -> None:
    assert read_staff(write_staff(staff)) == staff


@given(st.lists(NAMES, max_size=5), st.lists(NAMES, max_size=5))
def test_exactly_the_names_on_both_lists_are_found(declared: list[str], staff: list[str]) -> None:
    found = ties([relative(name) for name in declared], ORGAN, [Staff(name) for name in staff])
    assert [tie.name for tie in found] == [name for name in declared if name in staff]
