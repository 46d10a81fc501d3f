"""The codes of the reasons that a check-in can have, and what is said of each in reasons.py."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class About(StrEnum):
    """What a reason is about: who asks, a kind of evidence, or more than one of them."""

    STANDING = "standing"
    DEVICE = "device"
    CODE = "code"
    BLUETOOTH = "bluetooth"
    SOUND = "sound"
    FACE = "face"
    PASSKEY = "passkey"
    EARLIER = "earlier"
    ANYTHING = "anything"

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The parts of the evidence, as it is stored, in which such a reason is found."""
        return _RESTS_ON.get(self, (self.value,))


_RESTS_ON = {
    About.BLUETOOTH: ("proximity",),
    About.FACE: ("face", "liveness"),
    About.ANYTHING: ("code", "proximity", "sound", "face", "liveness", "passkey"),
}


class Effect(IntEnum):
    """What a reason does to a check-in. The worst effect of all its reasons is the outcome."""

    NOTE = 0
    REVIEW = 1
    REFUSE = 2


class Severity(StrEnum):
    """How grave a reason is that is also evidence of cheating."""

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
    CODE_ALONE = "code_alone"
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

    SOUND_ONLY = "sound_only"
    SOUND_NOT_IN_TIME = "sound_not_in_time"
    SOUND_REPLAYED = "sound_replayed"
    SOUND_INVENTED = "sound_invented"

    FACE_DECLINED = "face_declined"
    FACE_NOT_ENROLLED = "face_not_enrolled"
    FACE_WAITING = "face_waiting"
    FACE_ENROL_AGAIN = "face_enrol_again"
    FACE_MISSING = "face_missing"
    FACE_SPARED = "face_spared"
    SPARED_TOO_OFTEN = "spared_too_often"
    FACE_NOT_SEEN = "face_not_seen"
    FACE_POOR_CAPTURE = "face_poor_capture"
    FACE_SEVERAL = "face_several"
    FACE_SWAPPED = "face_swapped"
    FACE_IN_DOUBT = "face_in_doubt"
    FACE_MISMATCH = "face_mismatch"

    PASSKEY_MISSING = "passkey_missing"
    PASSKEY_SYNCED = "passkey_synced"

    MANY_CHALLENGES = "many_challenges"
    CHALLENGE_EXPIRED = "challenge_expired"
    MOVES_UNREADABLE = "moves_unreadable"
    BLINK_SPARED = "blink_spared"
    MOVES_NOT_SEEN = "moves_not_seen"
    MOVES_UNPROMPTED = "moves_unprompted"
    NO_FRONTAL_START = "no_frontal_start"
    PICTURE_FLAT = "picture_flat"
    PICTURE_FROZEN = "picture_frozen"
    TIMES_IMPOSSIBLE = "times_impossible"
    FILM_RETURNS = "film_returns"
    FILM_HELD = "film_held"
    FILM_SPLICED = "film_spliced"
    FILM_NOISE = "film_noise"
    FILM_MIXED = "film_mixed"
    SCREEN_FILMED = "screen_filmed"
    ATTACK_SUSPECTED = "attack_suspected"

    EARLIER_TRY = "earlier_try"
    EVIDENCE_EXPIRED = "evidence_expired"


@dataclass(frozen=True)
class Rule:
    """What a reason leads to: the columns of the table in reasons.py.

    Label and words are marked for translation there, and not translated.
    """

    label: str
    about: About
    effect: Effect
    severity: Severity | None
    words: str
