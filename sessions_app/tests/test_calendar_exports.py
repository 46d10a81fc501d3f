"""Calendars as other programs hand them out: packed, with offsets, with signs of web pages."""

import io
import zipfile

import pytest

from sessions_app.imports import ImportRefused
from sessions_app.tests.calendar_files import calendar, lecture, plan, planned, run, told

SECOND = lecture("OS CSE-A lab", "20261202T090000", "20261202T103000", uid="2")


def packed(*, most: bool = True, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if most else zipfile.ZIP_STORED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("_", "."), data)
    return out.getvalue()


def refusal_of(data: bytes) -> str:
    with pytest.raises(ImportRefused) as caught:
        plan(data)
    return str(caught.value.problems[0])


@pytest.mark.parametrize("most", [True, False])
def test_a_zip_file_of_calendars_is_read_as_one(course, most):
    data = packed(one_ics=calendar(lecture()), notes_txt=b"x", two_ICS=calendar(SECOND), most=most)
    assert run(data).notes == []
    assert planned() == ["12-01 09:00–10:30", "12-02 09:00–10:30"]


def test_a_zip_file_that_cannot_be_used_is_refused_with_what_to_do(course):
    assert "holds no calendar" in refusal_of(packed(notes_txt=b"x"))
    assert "cannot be read" in refusal_of(packed(one_ics=calendar(lecture()))[:60])
    assert "too large" in refusal_of(packed(one_ics=b" " * (6 * 2**20)))
    many = {f"c{n}_ics": b"BEGIN:VCALENDAR" for n in range(101)}
    assert "too large" in refusal_of(packed(**many))


@pytest.mark.parametrize("at", range(0, 160, 8))
def test_a_damaged_zip_file_is_refused(course, at):
    data = bytearray(packed(one_ics=calendar(lecture())))
    begin = data.index(b"one.ics") + len(b"one.ics") + at
    data[begin : begin + 8] = b"\xff" * 8
    assert "cannot be read" in refusal_of(bytes(data))


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_file_of_costly_compression_is_refused(course, way):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as made:
        made.writestr("one.ics", calendar(lecture()))
    assert "cannot be read" in refusal_of(out.getvalue())


@pytest.mark.parametrize("method", ["REPLY", "Counter", "DECLINECOUNTER", "REFRESH"])
def test_an_answer_to_an_invitation_plans_and_cancels_nothing(course, method):
    run(calendar(lecture()))
    moved = lecture(start="20261203T090000", end="20261203T103000")
    made = run(calendar(moved, head=f"METHOD:{method}"))
    (line,) = told(made)
    assert "answer to an invitation" in line
    assert planned() == ["12-01 09:00–10:30"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("20261201T090000+0100", "20261201T103000+0100"),
        ("2026-12-01T08:00:00+00:00", "2026-12-01T09:30:00+00:00"),
        ("20261201T043000-0330", "20261201T060000-0330"),
    ],
)
def test_a_time_with_an_offset_is_that_moment(course, start, end):
    run(calendar(lecture(start=start, end=end, zone="")))
    assert planned() == ["12-01 09:00–10:30"]


@pytest.mark.parametrize("start", ["00010101T000000+0500", "99991231T235959-0500"])
def test_an_offset_at_the_ends_of_all_time_is_listed(course, start):
    made = run(calendar(lecture(start=start, end=start, zone=""), SECOND))
    assert planned() == ["12-02 09:00–10:30"]
    assert len(told(made)) == 1


def test_signs_of_web_pages_are_what_they_stand_for(course):
    run(
        calendar(
            lecture(
                "OS&nbsp;CSE-A &amp; lab",
                "20261201T090000",
                "",
                "DURATION:PT1H",
                "LOCATION:A&nbsp;101 &#8211; M&uuml;ller & Co; R&D\\; 1",
            )
        )
    )
    assert planned() == ["12-01 09:00–10:00 A 101 – Müller & Co; R&D; 1"]


@pytest.mark.parametrize(
    "title",
    ["OS CSE-A Entfall", "Entfall OS CSE-A", "Отмена: OS CSE-A", "OS CSE-A - odpadá"],
)
def test_a_noun_that_says_cancelled_cancels(course, title):
    run(calendar(lecture(title)))
    assert planned() == []


def test_a_category_that_says_cancelled_cancels(course):
    more = ("CATEGORIES:Red category,Abgesagt",)
    run(calendar(lecture("OS CSE-A lecture", "20261201T090000", "20261201T103000", *more), SECOND))
    assert planned() == ["12-02 09:00–10:30"]
