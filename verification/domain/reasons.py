"""Every reason a check-in can have: what it leads to, how grave it is, what the student reads.

Four columns. *Label*: what the teacher reads beside the name. *Effect*: what happens to this
check-in. *Severity*: whether it is also evidence of cheating, which becomes a warning for people
to judge; most refusals are honest mishaps and carry none. *Words*: what the student reads, that
is what was seen and what to do next, without scores and without blame.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Effect(IntEnum):
    """Ordered: the worst effect of all reasons is the outcome."""

    NOTE = 0
    REVIEW = 1
    REFUSE = 2


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Reason(StrEnum):
    SESSION_NOT_OPEN = "session_not_open"
    NOT_ENROLLED = "not_enrolled"

    DEVICE_UNKNOWN = "device_unknown"
    DEVICE_WAITING = "device_waiting"
    DEVICE_REVOKED = "device_revoked"
    DEVICE_OF_ANOTHER_STUDENT = "device_of_another_student"
    DEVICE_CHANGED = "device_changed"

    CODE_MISSING = "code_missing"
    CODE_UNREADABLE = "code_unreadable"
    CODE_FORGED = "code_forged"
    CODE_OF_ANOTHER_SESSION = "code_of_another_session"
    CODE_OUTSIDE_OPENING = "code_outside_opening"
    CODE_TOO_FEW = "code_too_few"
    CODE_TOO_OLD = "code_too_old"
    CODE_KEPT = "code_kept"
    CODE_ARRIVED_LATE = "code_arrived_late"
    SHORT_CODE_USED = "short_code_used"
    SHORT_CODE_WRONG = "short_code_wrong"

    BLUETOOTH_MISSING = "bluetooth_missing"
    BLUETOOTH_TOO_LITTLE = "bluetooth_too_little"
    BLUETOOTH_REPLAYED = "bluetooth_replayed"
    BLUETOOTH_INVENTED = "bluetooth_invented"
    BLUETOOTH_COPIED = "bluetooth_copied"
    BLUETOOTH_FLAT = "bluetooth_flat"
    BLUETOOTH_ANSWER_COPIED = "bluetooth_answer_copied"
    BLUETOOTH_ANSWER_INVENTED = "bluetooth_answer_invented"
    BLUETOOTH_ANSWER_SLOW = "bluetooth_answer_slow"
    BLUETOOTH_TWO_ROOMS = "bluetooth_two_rooms"

    FACE_DECLINED = "face_declined"
    FACE_NOT_ENROLLED = "face_not_enrolled"
    FACE_WAITING = "face_waiting"
    FACE_ENROL_AGAIN = "face_enrol_again"
    FACE_MISSING = "face_missing"
    FACE_NOT_SEEN = "face_not_seen"
    FACE_POOR_CAPTURE = "face_poor_capture"
    FACE_SEVERAL = "face_several"
    FACE_SWAPPED = "face_swapped"
    FACE_IN_DOUBT = "face_in_doubt"
    FACE_MISMATCH = "face_mismatch"

    MANY_CHALLENGES = "many_challenges"
    CHALLENGE_EXPIRED = "challenge_expired"
    MOVES_UNREADABLE = "moves_unreadable"
    MOVES_NOT_SEEN = "moves_not_seen"
    MOVES_UNPROMPTED = "moves_unprompted"
    NO_FRONTAL_START = "no_frontal_start"
    PICTURE_FLAT = "picture_flat"
    PICTURE_FROZEN = "picture_frozen"
    TIMES_IMPOSSIBLE = "times_impossible"

    EARLIER_TRY = "earlier_try"
    EVIDENCE_EXPIRED = "evidence_expired"


@dataclass(frozen=True)
class Rule:
    label: str
    effect: Effect
    severity: Severity | None
    words: str


_REFUSE, _REVIEW = Effect.REFUSE, Effect.REVIEW
_SCAN = "Scan the code on the screen again."
_TEACHER = "Your teacher will confirm."
_RETRY = "Try again, or ask your teacher to mark you."

RULES: dict[Reason, Rule] = {
    Reason.SESSION_NOT_OPEN: Rule(
        "Session not open",
        _REFUSE,
        None,
        "This session is not open. If the lecture is on, tell your teacher.",
    ),
    Reason.NOT_ENROLLED: Rule(
        "Not on the course",
        _REFUSE,
        None,
        "You are not on the list of this course. Ask your teacher to add you.",
    ),
    Reason.DEVICE_UNKNOWN: Rule(
        "Phone not registered",
        _REFUSE,
        None,
        "This phone is not registered. Log in on it again, then check in.",
    ),
    Reason.DEVICE_WAITING: Rule(
        "New phone, not approved",
        _REFUSE,
        None,
        "This phone is new and waits for approval. Ask your teacher to approve or mark you.",
    ),
    Reason.DEVICE_REVOKED: Rule(
        "Phone signed out",
        _REFUSE,
        None,
        "This phone was signed out. Log in on it again, or use your other phone.",
    ),
    Reason.DEVICE_OF_ANOTHER_STUDENT: Rule(
        "Another student's phone",
        _REFUSE,
        Severity.HIGH,
        "This phone is registered to another student. Use your own, or ask your teacher.",
    ),
    Reason.DEVICE_CHANGED: Rule(
        "Phone changed on the way",
        _REFUSE,
        None,
        "The check-in was started on another phone. Start again on this one.",
    ),
    Reason.CODE_MISSING: Rule("No code", _REFUSE, None, f"No code was scanned. {_SCAN}"),
    Reason.CODE_UNREADABLE: Rule(
        "Not a code of ours", _REFUSE, None, f"That was not this system's code. {_SCAN}"
    ),
    Reason.CODE_FORGED: Rule(
        "Forged code", _REFUSE, Severity.HIGH, f"The code was not made by this system. {_SCAN}"
    ),
    Reason.CODE_OF_ANOTHER_SESSION: Rule(
        "Code of another session",
        _REFUSE,
        Severity.LOW,
        f"The code belongs to another session. {_SCAN}",
    ),
    Reason.CODE_OUTSIDE_OPENING: Rule(
        "Code from outside the opening",
        _REFUSE,
        None,
        f"The code was not shown while the session was open. {_SCAN}",
    ),
    Reason.CODE_TOO_FEW: Rule(
        "Too few codes seen",
        _REFUSE,
        None,
        "Too few changes of the code were seen. Hold the phone on it a little longer.",
    ),
    Reason.CODE_TOO_OLD: Rule("Code too old", _REFUSE, None, f"The code was too old. {_SCAN}"),
    Reason.CODE_KEPT: Rule(
        "Code kept for long",
        _REFUSE,
        Severity.LOW,
        f"The code had left the screen long before. {_SCAN}",
    ),
    Reason.CODE_ARRIVED_LATE: Rule(
        "Arrived late, slow network",
        _REVIEW,
        None,
        f"Your check-in took long to arrive. {_TEACHER}",
    ),
    Reason.SHORT_CODE_USED: Rule(
        "Short code typed", _REVIEW, None, f"The short code was typed in. {_TEACHER}"
    ),
    Reason.SHORT_CODE_WRONG: Rule(
        "Wrong short code",
        _REFUSE,
        None,
        "The short code was not right. Type the one that is on the screen now.",
    ),
    Reason.BLUETOOTH_MISSING: Rule(
        "No Bluetooth heard",
        _REVIEW,
        None,
        "The room's beacon was not heard. Check that Bluetooth is on, or ask your teacher.",
    ),
    Reason.BLUETOOTH_TOO_LITTLE: Rule(
        "Bluetooth heard too briefly",
        _REVIEW,
        None,
        "The room's beacon was heard too briefly. Leave Bluetooth on, or ask your teacher.",
    ),
    Reason.BLUETOOTH_REPLAYED: Rule(
        "Bluetooth from earlier",
        _REFUSE,
        Severity.MEDIUM,
        f"What Bluetooth reported was from earlier. {_RETRY}",
    ),
    Reason.BLUETOOTH_INVENTED: Rule(
        "Bluetooth of no room here",
        _REFUSE,
        Severity.MEDIUM,
        f"What Bluetooth reported did not come from a room here. {_RETRY}",
    ),
    Reason.BLUETOOTH_COPIED: Rule(
        "Another student's Bluetooth",
        _REFUSE,
        Severity.HIGH,
        f"What Bluetooth reported came from another phone before. {_RETRY}",
    ),
    Reason.BLUETOOTH_FLAT: Rule(
        "Bluetooth signal never varied",
        _REVIEW,
        None,
        f"The beacon's signal did not vary as it does in a room. {_TEACHER}",
    ),
    Reason.BLUETOOTH_ANSWER_COPIED: Rule(
        "Beacon's answer to another student",
        _REFUSE,
        Severity.HIGH,
        f"The beacon's answer was given to another student's phone. {_RETRY}",
    ),
    Reason.BLUETOOTH_ANSWER_INVENTED: Rule(
        "Answer of no beacon here",
        _REFUSE,
        Severity.MEDIUM,
        f"The beacon's answer did not come from a room here. {_RETRY}",
    ),
    Reason.BLUETOOTH_ANSWER_SLOW: Rule(
        "Beacon's answer took long",
        _REVIEW,
        None,
        f"The beacon's answer took long to arrive. {_TEACHER}",
    ),
    Reason.BLUETOOTH_TWO_ROOMS: Rule(
        "Heard in two rooms at once",
        _REVIEW,
        None,
        f"Your phone was heard in another room a moment ago. {_TEACHER}",
    ),
    Reason.FACE_DECLINED: Rule(
        "Checks in without a face", _REVIEW, None, f"You check in without a face. {_TEACHER}"
    ),
    Reason.FACE_NOT_ENROLLED: Rule(
        "No face enrolled",
        _REFUSE,
        None,
        "Your face is not enrolled. Enrol it, or choose to check in without; "
        "your teacher can mark you today.",
    ),
    Reason.FACE_WAITING: Rule(
        "Face not approved yet",
        _REVIEW,
        None,
        f"Your enrolled face is not approved yet. {_TEACHER}",
    ),
    Reason.FACE_ENROL_AGAIN: Rule(
        "Has to enrol the face again",
        _REVIEW,
        None,
        f"The face check was renewed: please enrol again. {_TEACHER}",
    ),
    Reason.FACE_MISSING: Rule(
        "No face step", _REFUSE, None, "The face step is missing. Please do it."
    ),
    Reason.FACE_NOT_SEEN: Rule(
        "Face not seen",
        _REFUSE,
        None,
        f"Your face was not in every picture. Keep it in the oval. {_RETRY}",
    ),
    Reason.FACE_POOR_CAPTURE: Rule(
        "Pictures not clear", _REVIEW, None, f"The pictures were not clear enough. {_TEACHER}"
    ),
    Reason.FACE_SEVERAL: Rule(
        "More than one face",
        _REFUSE,
        Severity.LOW,
        f"More than one face was in the picture. {_RETRY}",
    ),
    Reason.FACE_SWAPPED: Rule(
        "Not one person throughout",
        _REFUSE,
        Severity.HIGH,
        f"The pictures did not show one person throughout. {_RETRY}",
    ),
    Reason.FACE_IN_DOUBT: Rule(
        "Face in doubt", _REVIEW, None, f"The face could not be told for certain. {_TEACHER}"
    ),
    Reason.FACE_MISMATCH: Rule(
        "Face does not match",
        _REFUSE,
        Severity.HIGH,
        f"The face did not match the enrolled one. {_RETRY}",
    ),
    Reason.MANY_CHALLENGES: Rule(
        "Many tries at the face",
        _REVIEW,
        None,
        f"The face step was begun many times. {_TEACHER}",
    ),
    Reason.CHALLENGE_EXPIRED: Rule(
        "Face step took too long", _REFUSE, None, "The face step took too long. Start it again."
    ),
    Reason.MOVES_UNREADABLE: Rule(
        "Eyes could not be read",
        _REVIEW,
        None,
        "Your eyes could not be seen well enough, for example behind glasses. "
        f"Another move is asked next time. {_TEACHER}",
    ),
    Reason.MOVES_NOT_SEEN: Rule(
        "Moves not made as asked",
        _REFUSE,
        Severity.LOW,
        f"The moves were not seen when they were asked for. {_RETRY}",
    ),
    Reason.MOVES_UNPROMPTED: Rule(
        "Moves that nobody asked for",
        _REFUSE,
        Severity.LOW,
        f"There were moves that nobody asked for. {_RETRY}",
    ),
    Reason.NO_FRONTAL_START: Rule(
        "Did not face the phone",
        _REFUSE,
        None,
        f"Look straight at the phone until the first prompt. {_RETRY}",
    ),
    Reason.PICTURE_FLAT: Rule(
        "A flat picture",
        _REFUSE,
        Severity.HIGH,
        f"The moves looked like those of a flat picture. {_RETRY}",
    ),
    Reason.PICTURE_FROZEN: Rule(
        "A still picture",
        _REFUSE,
        Severity.HIGH,
        f"The pictures did not change as a living face does. {_RETRY}",
    ),
    Reason.TIMES_IMPOSSIBLE: Rule(
        "Picture times do not fit",
        _REFUSE,
        Severity.LOW,
        f"The pictures' times do not fit the prompts. {_RETRY}",
    ),
    Reason.EARLIER_TRY: Rule(
        "An earlier try did not fit",
        _REVIEW,
        Severity.LOW,
        f"An earlier try of this check-in did not fit. {_TEACHER}",
    ),
    Reason.EVIDENCE_EXPIRED: Rule(
        "Evidence too old", _REFUSE, None, f"The steps lie too far apart. {_SCAN}"
    ),
}
