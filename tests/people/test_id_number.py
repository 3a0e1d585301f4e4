"""Identity numbers, as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.people.id_number import (
    IdNumberError,
    Problem,
    Sex,
    checksum,
    mask,
    parse,
)

TODAY = date(2026, 11, 22)


def number(place: str, birth: date, sequence: int) -> str:
    first = f"{place}{birth:%Y%m%d}{sequence:03d}"
    return first + checksum(first)


@pytest.mark.parametrize(
    ("text", "birth", "sex"),
    [
        # The example in the standard itself, and the one the Ministry of Public Security prints.
        ("11010519491231002X", date(1949, 12, 31), Sex.FEMALE),
        ("440524188001010014", None, None),
        ("340524198001010016", None, None),
        ("53010219200508011X", date(1920, 5, 8), Sex.MALE),
        ("53010219200508011x", date(1920, 5, 8), Sex.MALE),
        (" 530102 19200508 011X ", date(1920, 5, 8), Sex.MALE),
        ("５３０１０２１９２００５０８０１１Ｘ", date(1920, 5, 8), Sex.MALE),
        ("530102-19200508-011X", date(1920, 5, 8), Sex.MALE),
    ],
)
def test_known_numbers(text: str, birth: date | None, sex: Sex | None) -> None:
    if birth is None:
        with pytest.raises(IdNumberError):
            parse(text, TODAY)
        return
    parsed = parse(text, TODAY)
    assert (parsed.birth_date, parsed.sex) == (birth, sex)
    assert parsed.value.isascii()
    assert parsed.value.isupper() or parsed.value.isdigit()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.EMPTY),
        ("   ", Problem.EMPTY),
        ("530102920508011", Problem.OLD),
        ("53010219200508011", Problem.LENGTH),
        ("53010219200508011XX", Problem.LENGTH),
        ("5301021920050801IX", Problem.CHARACTERS),
        ("530102X9200508011X", Problem.CHARACTERS),
        ("53010219200230011X", Problem.BIRTH_DATE),
        ("530102199913010110", Problem.BIRTH_DATE),
        ("530102192005080110", Problem.CHECKSUM),
        ("53010219200508012X", Problem.CHECKSUM),
        (number("530102", date(2026, 11, 23), 11), Problem.BIRTH_DATE),
        (number("530102", date(1899, 12, 31), 11), Problem.BIRTH_DATE),
        # Digits of another script are digits to str.isdigit(), not to the standard.
        ("٥٣٠١٠٢١٩٢٠٠٥٠٨٠١١X", Problem.CHARACTERS),
    ],
)
def test_what_is_wrong_is_said(text: str, problem: Problem) -> None:
    with pytest.raises(IdNumberError) as caught:
        parse(text, TODAY)
    assert caught.value.problem is problem
    assert len(str(caught.value)) > 5


@pytest.mark.parametrize("place", ["510726", "513402", "510185", "999999"])
def test_an_unknown_or_new_place_is_no_reason_to_refuse(place: str) -> None:
    text = number(place, date(1985, 2, 28), 12)
    assert parse(text, TODAY).area_code == place


def test_29_february() -> None:
    assert parse(number("510722", date(1980, 2, 29), 3), TODAY).birth_date == date(1980, 2, 29)
    digits = "51072219810229003"
    with pytest.raises(IdNumberError) as caught:
        parse(digits + checksum(digits), TODAY)
    assert caught.value.problem is Problem.BIRTH_DATE


@given(
    st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)
def test_every_well_formed_number_is_read_back(place: str, birth: date, sequence: int) -> None:
    text = number(place, birth, sequence)
    parsed = parse(text, TODAY)
    assert parsed.value == text
    assert parsed.birth_date == birth
    assert parsed.sex is (Sex.MALE if sequence % 2 else Sex.FEMALE)


@given(st.dates(date(1950, 1, 1), date(2008, 1, 1)), st.integers(0, 999), st.data())
def test_one_wrong_digit_or_two_swapped_are_always_noticed(
    birth: date, sequence: int, data: st.DataObject
) -> None:
    text = number("510722", birth, sequence)
    place = data.draw(st.integers(0, 17))
    if place < 17 and data.draw(st.booleans()):
        wrong = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    else:
        wrong = text[:place] + data.draw(st.sampled_from("0123456789")) + text[place + 1 :]
    if wrong == text:
        return
    with pytest.raises(IdNumberError):
        parse(wrong, TODAY)


@given(st.dates(date(1960, 1, 1), date(2005, 1, 1)), st.integers(0, 999))
def test_a_mask_hides_birth_date_and_sequence(birth: date, sequence: int) -> None:
    text = number("510722", birth, sequence)
    assert len(mask(text)) == 18
    assert mask(text).count("*") == 13
    assert parse(text, TODAY).masked == mask(text)
