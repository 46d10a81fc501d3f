"""Which burst becomes a face, and what its approver is shown and has to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from sessions_app.domain.wording import gettext_noop
from verification.domain.capture import CaptureLimits, capture_hint
from verification.domain.challenge import Challenge
from verification.domain.findings import Finding
from verification.domain.measurements import FrameMeasurement
from verification.domain.reasons import Effect, Reason

STILLS_MIN, STILLS_MAX = 3, 4
"""How many pictures of a burst a face is made from. Each burst has four or more at rest."""
_FOLLOW = gettext_noop("Make each move while it is shown, and no other. Then film again.")
_FRONTAL = gettext_noop(
    "Look straight at the phone until the first move is shown. Then film again."
)
_EYES = gettext_noop(
    "Your eyes could not be seen clearly, for example behind glasses. Film again; you may get "
    "other moves."
)
MEND_WORDS = {
    Reason.MOVES_NOT_SEEN: _FOLLOW,
    Reason.MOVES_UNPROMPTED: _FOLLOW,
    Reason.NO_FRONTAL_START: _FRONTAL,
    Reason.FACE_NOT_SEEN: _FRONTAL,
    Reason.MOVES_UNREADABLE: _EYES,
    Reason.BLINK_SPARED: _EYES,
    Reason.FACE_SWAPPED: gettext_noop(
        "The pictures do not show the same face. Film again, alone and in even light."
    ),
    Reason.FACE_POOR_CAPTURE: gettext_noop(
        "The pictures were not clear enough. Film again in even light, and hold the phone still."
    ),
}
"""What the student does before filming again, by what keeps a burst from becoming a face."""
MEND_OTHERWISE = gettext_noop(
    "The pictures do not look like those of a living face in front of this phone. Film again."
)
NOT_REACTED_S = 0.3
"""Seconds after a prompt's start for which nobody has moved yet: people need 0.3 s to react."""
RETURNED_S = 0.8
"""Seconds after a prompt's end from which the head faces the camera again (domain.challenge)."""


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


def refusing(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What keeps a burst from becoming a face, the worst first.

    In a check-in a teacher looks at what is in doubt. A face is what later check-ins are compared
    with, and filming again costs ten seconds, so here a doubt is enough.
    """
    found = [finding for finding in findings if finding.effect is not Effect.NOTE]
    return tuple(sorted(found, key=lambda finding: -finding.effect))


def stills(frames: Sequence[FrameMeasurement], challenge: Challenge) -> tuple[int, ...]:
    """Which frames show the face at rest and are good, spread over the burst, at most STILLS_MAX.

    Fewer than STILLS_MIN make no face.
    """
    good = [
        number
        for number, frame in enumerate(frames)
        if _is_at_rest(frame.at_s, challenge) and capture_hint(frame, CaptureLimits()) is None
    ]
    count = min(len(good), STILLS_MAX)
    return tuple(good[n * len(good) // count] for n in range(count))


def _is_at_rest(at_s: float, challenge: Challenge) -> bool:
    return not any(
        prompt.start_s + NOT_REACTED_S < at_s < prompt.end_s + RETURNED_S
        for prompt in challenge.prompts
    )
