"""Whether a check-in at level Standard asks for the face, and why.

The server settles it when the codes are taken, once for each student and session, and stores it
(services/lots.py). A decision keeps it in its evidence, so that it is replayed without a new lot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sessions_app.domain.levels import Level
from sessions_app.domain.requirements import Requirement
from sessions_app.domain.wording import gettext_noop
from verification.domain.evidence import EvidenceKind, FaceAsk
from verification.domain.policy import Policy
from verification.domain.reasons import RULES, Reason

ASK_WORDS = {
    FaceAsk.FIRST: gettext_noop("Show your face: it is your first check-in of this course."),
    FaceAsk.DOUBT: gettext_noop("Show your face: something was unclear at a check-in."),
    FaceAsk.LEFT: gettext_noop("Show your face: you were asked for it last time and left."),
    FaceAsk.NEW_PHONE: gettext_noop("Show your face: this phone is new in this course."),
    FaceAsk.NO_PASSKEY: gettext_noop("Show your face: your passkey was removed."),
    FaceAsk.INSTEAD: gettext_noop("Show your face in place of the passkey."),
    FaceAsk.LOT: gettext_noop("Show your face: this time you were chosen at random."),
    FaceAsk.NOT_ASKED: gettext_noop("No face is needed this time."),
}
"""Whether and why the face is asked for, as the student reads it."""


# --- what is asked --------------------------------------------------------------------


def is_unasked(policy: Policy, ask: FaceAsk | None) -> bool:
    """Whether the lot spares this check-in the face. It counts at Standard only."""
    return policy.level is Level.STANDARD and ask is FaceAsk.NOT_ASKED


def needed_face(policy: Policy, ask: FaceAsk | None) -> Requirement:
    """What a check-in needs of the face. Where nothing is drawn yet, Standard needs it too."""
    return Requirement.OFF if is_unasked(policy, ask) else policy.face


@dataclass(frozen=True)
class Asked:
    """What one student is asked for at one session besides the code and the room."""

    face: Requirement
    passkey: Requirement = Requirement.OFF
    ask: FaceAsk | None = None
    """Why the face is asked for, or that it is not; None at the other levels, and before the codes
    were taken."""

    @classmethod
    def of(cls, policy: Policy, ask: FaceAsk | None, *, passkey: bool) -> "Asked":
        """What follows from a lot under a policy. ``passkey``: whether one stands for the face."""
        if policy.level is not Level.STANDARD:
            return cls(policy.face)
        stands = passkey and is_unasked(policy, ask)
        passkey_needed = Requirement.REQUIRED if stands else Requirement.OFF
        return cls(needed_face(policy, ask), passkey_needed, ask)


# --- when it has to be asked ----------------------------------------------------------


class Shown(StrEnum):
    """What an earlier check-in of the course says of who held the phone."""

    SEEN = "seen"
    """The face matched and nothing points to cheating, or the student declined face recognition
    and the teacher confirmed that they were there."""
    DOUBT = "doubt"
    NOTHING = "nothing"
    """It was accepted, and nobody's face was asked for."""


def shown_by(
    outcome: str, reasons: Sequence[str], counted: Sequence[str], *, is_confirmed: bool
) -> Shown:
    """What a stored decision of the course shows. ``is_confirmed``: whether a teacher confirmed
    it."""
    is_grave = any(RULES[Reason(code)].severity for code in reasons)
    if outcome == "refused" or is_grave:
        return Shown.DOUBT
    if EvidenceKind.FACE in counted:
        return Shown.SEEN
    if is_confirmed and Reason.FACE_DECLINED in reasons:
        return Shown.SEEN
    return Shown.DOUBT if outcome == "review" else Shown.NOTHING


@dataclass(frozen=True)
class Past:
    """What the course knows of the student when the codes are taken."""

    phone: str | None = None
    """The key of the phone with which the student was last seen; None where that never was."""
    has_doubt: bool = False
    """Whether anything was in doubt since then."""
    has_left: bool = False
    """Whether the student was asked for the face since then and did not show it."""
    lost_passkey: bool = False
    """Whether a passkey stood for the face last time, and the student has none any more."""


def must_ask(past: Past, phone: str, *, in_doubt: bool) -> FaceAsk | None:
    """Why the face has to be asked for; None where the lot may decide.

    ``phone`` is the key of the phone that checks in. ``in_doubt``: whether the codes that it sent
    are in doubt already.
    """
    if past.phone is None:
        return FaceAsk.FIRST
    if past.has_left:
        return FaceAsk.LEFT
    if past.has_doubt or in_doubt:
        return FaceAsk.DOUBT
    if past.phone != phone:
        return FaceAsk.NEW_PHONE
    return FaceAsk.NO_PASSKEY if past.lost_passkey else None
