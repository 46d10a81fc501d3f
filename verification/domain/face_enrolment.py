"""What the approver of an enrolled face is shown and has to say. The machine refuses nobody."""

from __future__ import annotations

from enum import StrEnum


class PhotoRule(StrEnum):
    """What the institution asks of its photo at a face enrolment."""

    OFF = "off"
    SHOW = "show"  # The approver is shown how the face compares with the photo.
    REQUIRE = "require"  # Besides, anything but a match needs a note.


class PhotoMatch(StrEnum):
    """How an enrolled face compares with the institution's photo."""

    NONE = ""  # There was no photo to compare with.
    MATCHES = "matches"
    DOUBT = "doubt"
    DIFFERS = "differs"


def needs_note(*, rule: PhotoRule, photo_match: str, look_alikes: int) -> bool:
    """Whether what was found asks for a sentence on how the approver knows who it is.

    photo_match     a PhotoMatch
    look_alikes     how many other students have an enrolled face that looks like this one
    """
    return look_alikes > 0 or (rule is PhotoRule.REQUIRE and photo_match != PhotoMatch.MATCHES)


def is_compared(compared_with: int | None) -> bool:
    """Whether the face was compared with that of at least one classmate.

    compared_with   how many classmates' faces; None where the comparison was cut short
    """
    return bool(compared_with)
