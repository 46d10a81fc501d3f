"""What an approver has to say before an enrolled face counts. The machine refuses nobody."""

from __future__ import annotations

from enum import StrEnum


class PhotoRule(StrEnum):
    """What the institution asks of its photo at an enrolment."""

    OFF = "off"
    SHOW = "show"  # the result is shown to who approves
    REQUIRE = "require"  # and anything but a match needs a note


def needs_note(*, rule: PhotoRule, photo_match: str, look_alikes: int) -> bool:
    """Whether approving needs a sentence on how the approver knows who it is.

    photo_match     as in PhotoMatch; "" where there was no photo to compare with
    look_alikes     other students whose enrolled face looks like this one
    """
    return look_alikes > 0 or (rule is PhotoRule.REQUIRE and photo_match != "matches")
