"""What is stored of an exception's message."""

import sys
from pathlib import Path

import pytest

from attendance_project.redaction import own_frames, redact

SECRETS = [
    "ada@school.test",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "3f1c0c9a-8a55-4f6e-9c39-0d9f3f0a8d11",
    "9f86d081884c7d659a2feaa0c55ad015",
    "gAAAAABlZ2Vo-Zm9vYmFy",
    "/api/v1/login?password=hunter2",
    "mongodb://root:secret@db.internal:27017",
    "+33612345678",
    "2026-03-02T09:00:00Z",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("form", ["{}", "no row for {} was found", "key ({}), gone", "x={}"])
def test_redact_hides_what_is_no_plain_word(secret, form):
    assert secret not in redact(form.format(secret))
    assert "hunter" not in redact(form.format(secret))


@pytest.mark.parametrize("quote", ["'{}'", '"{}"', "`{}`", "‘{}’", "“{}”", "'{}"])
def test_redact_hides_quoted_words(quote):
    kept = redact("cannot read " + quote.format("correct horse battery") + " as a name")
    assert "horse" not in kept
    assert kept.startswith("cannot read […]")


def test_redact_keeps_the_prose():
    assert redact("list index out of range") == "list index out of range"
    assert redact("'NoneType' object has no attribute 'pk'") == "[…] object has no attribute […]"


def test_redact_bounds_the_length():
    assert len(redact("word " * 10_000)) <= 300


def test_own_frames_names_places_without_values():
    here = Path(__file__).parent
    try:
        _fails_with("hunter2")
    except ValueError:
        frames = own_frames(sys.exc_info()[2], root=here)
    assert [frame.split()[1] for frame in frames] == [
        "test_own_frames_names_places_without_values",
        "_fails_with",
    ]
    assert all(frame.startswith("test_redaction.py:") for frame in frames)
    assert "hunter2" not in "".join(frames)


def test_own_frames_leaves_out_code_of_others():
    try:
        int("x", base=99)
    except ValueError:
        assert own_frames(sys.exc_info()[2], root=Path("/nowhere")) == []


def _fails_with(password: str) -> None:
    raise ValueError(password)
