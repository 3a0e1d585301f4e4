"""Cutting the photo to the printed shape."""

import io

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy.orm import Session

from recruitment.cadres import photo
from recruitment.people.models import User
from tests import factories as make
from tests.client import Client
from tests.pages import signed_in

WANTED = (295, 413)
sides = st.integers(80, 2000)
percent = st.integers(0, 100)


@given(sides, sides, st.integers(photo.SMALLEST, 100), percent, percent)
def test_the_frame_lies_within_the_photo_and_has_the_printed_shape(
    width: int, height: int, size: int, across: int, down: int
) -> None:
    left, top, right, bottom = photo.Frame(size, across, down).box((width, height), WANTED)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    # Whole pixels: up to one is lost on each side.
    assert abs((right - left) * WANTED[1] - (bottom - top) * WANTED[0]) <= WANTED[0] + WANTED[1]


def test_the_widest_frame_takes_all_of_a_photo_of_the_right_shape() -> None:
    assert photo.Frame().box((590, 826), WANTED) == (0, 0, 590, 826)
    assert photo.fits((590, 826), WANTED)
    assert not photo.fits((826, 590), WANTED)


def test_what_lies_in_the_frame_is_kept() -> None:
    image = Image.new("RGB", (1000, 700), "white")
    image.paste("red", (500, 0, 1000, 700))
    kept = photo.cut(image, photo.Frame(100, 100, 50), WANTED)
    assert kept.size == (500, 700)
    assert kept.getcolors() == [(500 * 700, (255, 0, 0))]


@pytest.fixture
def browser(app: Flask, session: Session, person: User) -> Client:
    make.dossier(session, person)
    session.commit()
    return signed_in(app, person)


def test_a_photo_of_another_shape_is_cut_on_the_page_that_follows(browser: Client) -> None:
    page = browser.get("/dossier/documents")
    landscape = (io.BytesIO(make.image(900, 600)), "我.png")
    page = browser.submit(page, "上传，替换原来的证件照", {"images": landscape})
    assert page.request.path == "/dossier/photo"

    page = browser.submit(page, "看效果", {"size": "50", "across": "100"})
    assert page.request.path == "/dossier/photo"
    assert "size=50&amp;across=100" in page.get_data(as_text=True)
    preview = browser.get("/dossier/photo/preview?size=50&across=100&down=30")
    with Image.open(io.BytesIO(preview.data)) as seen:
        assert seen.size == (214, 300)

    page = browser.submit(page, "用框里的部分")
    assert page.request.path == "/dossier/documents"
    preview = browser.get("/dossier/photo/preview?size=100&across=50&down=50")
    with Image.open(io.BytesIO(preview.data)) as kept:
        assert kept.size == (214, 300)


def test_a_photo_of_the_right_shape_needs_no_cutting(browser: Client) -> None:
    page = browser.get("/dossier/documents")
    upright = (io.BytesIO(make.image(590, 826)), "我.png")
    page = browser.submit(page, "上传，替换原来的证件照", {"images": upright})
    assert page.request.path == "/dossier/documents"


def test_without_a_photo_there_is_nothing_to_cut(app: Flask, session: Session, person: User) -> None:
    assert signed_in(app, person).get("/dossier/photo").status_code == 404
    assert signed_in(app, person).get("/dossier/photo/preview").status_code == 404


def test_a_frame_beyond_all_numbers_is_refused_like_any_other(browser: Client) -> None:
    page = browser.submit(browser.get("/dossier/photo"), "用框里的部分", {"size": "9" * 400})
    assert page.status_code == 422
