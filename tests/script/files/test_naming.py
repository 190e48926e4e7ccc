"""Names of new revision files and the dates in them."""

from __future__ import annotations

import datetime
import sys

import pytest

from alembic.errors import FileTemplateInvalid, TimezoneNotFound
from alembic.script.naming import creation_time, file_name, slug

MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (None, ""),
        ("", ""),
        ("   ", ""),
        ("Hello World-foo", "hello_world_foo"),
        ("Ünïcode çà _x_ 1.2", "ünïcode_çà__x__1_2"),
        ('don\'t "quote"', "don_t_quote"),
        ("/slash\\back", "slash_back"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 40 + "_"),
        ("aaaa bbbb cccc dddd eeee ffff gggg hhhh i", "aaaa_bbbb_cccc_dddd_eeee_ffff_gggg_hhhh_"),
        ("a b " + "c" * 60, "a_b_"),
        ("_" * 45, "_" * 40),
    ],
)
def test_a_slug_is_whole_words_up_to_the_limit(message: str | None, expected: str) -> None:
    assert slug(message, 40) == expected


def test_the_default_form_is_id_and_slug() -> None:
    assert file_name("%(rev)s_%(slug)s", "ae10", None, MOMENT, 40) == "ae10_.py"
    assert file_name("%(rev)s_%(slug)s", "ae10", "Add it", MOMENT, 40) == "ae10_add_it.py"


def test_every_token_may_be_used_and_folders_too() -> None:
    form = "%(year)d/%(month).2d-%(day)s_%(hour)s%(minute).2d%(second)s-%(epoch)s-%(rev)s"
    epoch = int(MOMENT.timestamp())
    assert file_name(form, "ae10", "m", MOMENT, 40) == f"2026/01-2_3045-{epoch}-ae10.py"


@pytest.mark.parametrize("form", ["%(rev)s_%(nope)s", "%(rev)", "%(slug)d", "100%"])
def test_a_form_that_cannot_be_filled_in_says_what_can(form: str) -> None:
    with pytest.raises(FileTemplateInvalid) as caught:
        file_name(form, "ae10", "m", MOMENT, 40)
    assert "The tokens are: rev, slug, epoch, year" in str(caught.value)


def test_dates_are_naive_and_local_without_a_zone() -> None:
    assert creation_time(None).tzinfo is None
    assert abs(creation_time(None) - datetime.datetime.now()) < datetime.timedelta(minutes=1)


@pytest.mark.parametrize("name", ["UTC", "utc", "Europe/Berlin", "est5edt"])
def test_a_zone_is_tried_as_given_and_in_capitals(name: str) -> None:
    pytest.importorskip("zoneinfo")
    created = creation_time(name)
    assert created.tzinfo is not None
    assert abs(created - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(minutes=1)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc", "/etc/passwd", "Europe"])
def test_an_unknown_zone_is_named(name: str) -> None:
    with pytest.raises(TimezoneNotFound) as caught:
        creation_time(name)
    assert caught.value.message == f"Can't locate timezone: {name}"
    assert "zoneinfo" in sys.modules
