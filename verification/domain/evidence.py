"""What a check-in is judged on: measurements by the server, never verdicts by the client.

Every class is frozen and made of plain values, so that it is stored with the decision as
JSON and read back to replay it. ``age_s`` is the time from receipt to the decision.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self, TypeVar


class _Stored:
    """Evidence that is kept as JSON, where a tuple is a list."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The evidence as it was stored; what older versions did not store has its default."""
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})


_S = TypeVar("_S", bound=_Stored)


class EvidenceKind(StrEnum):
    """What a phone is asked for: each step asks for one kind."""

    CODE = "code"
    BLUETOOTH = "bluetooth"
    SOUND = "sound"
    FACE = "face"
    PASSKEY = "passkey"


class DeviceStanding(StrEnum):
    ACTIVE = "active"
    WAITING = "waiting"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    OF_ANOTHER_STUDENT = "of_another_student"


class FaceReference(StrEnum):
    """Whether there is a template to compare with."""

    APPROVED = "approved"
    WAITING = "waiting"
    OTHER_ENGINE = "other_engine"
    NONE = "none"
    DECLINED = "declined"  # the student said no to face recognition, which is their right


class FaceAsk(StrEnum):
    """Whether and why Standard asks a student for the face at a session (domain.asking)."""

    FIRST = "first"  # it is the first check-in of the course, or no face was shown there yet
    DOUBT = "doubt"
    LEFT = "left"  # last time the student was asked for the face, and left
    NEW_PHONE = "new_phone"
    NO_PASSKEY = "no_passkey"  # the passkey that was asked for last time is gone
    INSTEAD = "instead"  # the student chose the face in place of the passkey
    LOT = "lot"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Who asks, and when."""

    session_open: bool
    enrolled: bool
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class DeviceEvidence:
    standing: DeviceStanding
    same_as_opened: bool = True
    """Whether the key that signed this call is the one that opened the attempt."""


@dataclass(frozen=True, kw_only=True)
class CodeEvidence(_Stored):
    """Rotating codes as the camera saw them, or a short code typed in."""

    age_s: float
    short: bool = False
    slots: tuple[int, ...] = ()
    """The slots of this session's authentic codes that were shown while it was open, each once and
    in ascending order."""
    newest_age_s: float | None = None
    """Seconds from the start of the newest slot until the server received the code."""
    forged: int = 0
    malformed: int = 0
    other_session: int = 0
    outside_opening: int = 0
    """How many codes are authentic, but of a slot before the session opened, after it closed, or
    yet to come."""
    one_request: bool = False
    kept_s: float | None = None
    """Seconds from seeing the newest code to sending it, by the phone's signed statement. None
    where there is no statement, where it does not hold, and where the codes were in time
    (services/kept.py)."""
    took_s: float = 0.0
    """Seconds from seeing the newest code to the last piece of evidence, by the same statement."""
    sent_in_time: bool = False
    """Whether good codes of a kept check-in had reached the server before, while they counted
    (domain.kept)."""
    word_fault: str = ""
    """Why the statement did not hold, a name for logs and tests; empty where it did."""
    same_network: bool | None = None
    """Whether it was sent from the network of the teacher's page; None where nobody can say. A
    score for the teacher and never a ground for anything: phones have a network of their own."""


@dataclass(frozen=True, kw_only=True)
class RadioEvidence(_Stored):
    """The room's beacon: its advertisements as the phone heard them, its answers to the phone."""

    age_s: float
    slots: tuple[int, ...] = ()
    """The fresh slots that were heard, each once and in ascending order."""
    samples: int = 0
    """How many signal readings the fresh slots have."""
    median_rssi_dbm: float | None = None
    rssi_spread_db: float | None = None
    distance_m: float | None = None
    """The distance in metres that explains the signal by path loss. It is a score for the teacher
    and never a ground for refusal."""
    nearest_m: float | None = None
    farthest_m: float | None = None
    """The smallest and the largest distance in metres that would explain the signal too
    (domain.distance)."""
    stale_ids: int = 0
    """How many ids of this session are too old to be fresh, but within the replay limit."""
    replayed_ids: int = 0
    """How many ids of this session are older than any delay explains."""
    unknown_ids: int = 0
    """How many ids no session of now or of a while ago gave out."""
    copied: bool = False
    """Whether another student reported the same trace before."""
    answered_slots: tuple[int, ...] = ()
    """The fresh slots in which the beacon answered this check-in's nonce, in ascending order."""
    answer_latency_s: float | None = None
    """Seconds from giving the nonce out until the server received the answer."""
    stale_answers: int = 0
    foreign_answers: int = 0
    """How many answers are good for another student's check-in, so that they were handed over."""
    invented_answers: int = 0
    other_room: bool = False
    """Whether the student was heard in another room a moment ago."""
    beacon_clock_s: float | None = None
    phone_clock_s: float | None = None
    """Seconds by which the beacon's clock and the phone's clock were ahead of the server's. They
    are only a diagnosis."""

    @property
    def heard(self) -> bool:
        return bool(self.slots)

    @property
    def answered(self) -> bool:
        return bool(self.answered_slots)


@dataclass(frozen=True, kw_only=True)
class SoundEvidence(_Stored):
    """The room's sound, as the phone decoded it."""

    age_s: float
    slots: tuple[int, ...] = ()
    """The fresh slots that were heard, each once and in ascending order."""
    stale: int = 0
    """How many payloads of this session are too old to be fresh, but within the replay limit."""
    replayed: int = 0
    """How many payloads of this session are older than any delay explains."""
    unknown: int = 0
    """How many payloads no session of now or of a while ago had played."""
    heard_s_ago: float | None = None
    """Seconds between the newest payload and the report, as the phone says. It is only a diagnosis:
    the server does not rely on it."""

    @property
    def heard(self) -> bool:
        return bool(self.slots)


@dataclass(frozen=True, kw_only=True)
class FaceEvidence(_Stored):
    """The face in the burst against the person's own reference."""

    age_s: float
    reference: FaceReference
    engine: str = ""
    comparison_score: float | None = None
    comparison_fmr: float | None = None
    """How often somebody else reaches that score with this engine (domain.calibration)."""
    lowest_self_score: float | None = None
    lowest_self_fmr: float | None = None
    moves_fmr: float | None = None
    """How often somebody else reaches the score of the frames that show the moves, compared with
    the reference."""
    others_fmr: float | None = None
    """How often somebody else reaches the best score of the further faces, compared with the
    reference; None where there was no further face."""
    faces_max: int = 0
    frames: int = 0
    frames_without_face: int = 0
    capture_hint: str | None = None
    """What to do about a bad capture (see domain.capture); None if it was good enough."""
    poor: bool = False
    """Whether the face itself was captured badly, whatever else was in the picture."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The evidence as it was stored."""
        return super().from_json({**data, "reference": FaceReference(data["reference"])})


class PassiveResult(StrEnum):
    """What passive attack detection made of the pictures."""

    NOT_PROVEN = "not_proven"  # there is none: nothing speaks for a living face but the moves
    LIVE = "live"
    ATTACK = "attack"


@dataclass(frozen=True, kw_only=True)
class LivenessEvidence(_Stored):
    """Whether the asked moves were made by a solid head at the asked times."""

    challenge_expired: bool = False
    moves_missing: tuple[str, ...] = ()
    moves_unreadable: tuple[str, ...] = ()
    """Moves that could not be told from these pictures, whether made or not."""
    blink_spared: bool = False
    """Whether no blink was asked for, since eyes could not be read once, and here they could."""
    unprompted_at_s: tuple[float, ...] = ()
    """Times in seconds of frames that were turned away although no prompt asked for it, or to the
    other side."""
    frontal_start: bool = True
    flat: bool = False
    frozen: bool = False
    impossible_times: bool = False
    camera_signs: tuple[str, ...] = ()
    """What speaks against a camera having filmed this (domain.camera_signs)."""
    passive: PassiveResult = PassiveResult.NOT_PROVEN
    passive_score: float | None = None
    responses_s: tuple[float, ...] = ()
    """Seconds from each prompt of a live film to the first picture that showed its move, network
    and camera included; empty for a burst."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The evidence as it was stored; older versions did not store a passive result."""
        passive = PassiveResult(data.get("passive", PassiveResult.NOT_PROVEN))
        return super().from_json({**data, "passive": passive})


@dataclass(frozen=True, kw_only=True)
class PasskeyEvidence(_Stored):
    """A passkey's answer to this check-in's challenge, with user verification. It was checked when
    it came: what does not hold is never stored."""

    age_s: float
    device_bound: bool
    """Whether the passkey stays on its device, as the authenticator says of itself (the flag
    "backup eligible" is not set)."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that an attempt has gathered. ``face_reference`` is known even without a burst, and is
    NONE where the session asked for no face."""

    standing: Standing
    device: DeviceEvidence
    face_reference: FaceReference = FaceReference.NONE
    code: CodeEvidence | None = None
    radio: RadioEvidence | None = None
    sound: SoundEvidence | None = None
    face: FaceEvidence | None = None
    liveness: LivenessEvidence | None = None
    face_ask: FaceAsk | None = None
    """Whether and why Standard asked for the face; None at the other levels, and where no good
    codes were taken."""
    passkey_asked: bool = False
    """Whether a passkey stands for the face where that is not asked for."""
    passkey: PasskeyEvidence | None = None
    without_face: bool = False
    """Whether the student said that they cannot make the moves. It counts only where no burst was
    sent."""
    spared_number: int = 0
    """Which session of the term it is at which the student was spared a check, counted from 1; 0
    where none was."""
    challenges_given: int = 0
    """How many challenges this student was given at this session, in all attempts; 0 where no burst
    was sent."""
    earlier: tuple[str, ...] = ()
    """Grave reasons that spoke against evidence which newer evidence took the place of."""

    def to_json(self) -> dict[str, Any]:
        """The evidence as plain data. The radio's is stored as ``proximity``, as it always was."""
        data = asdict(self)
        data["proximity"] = data.pop("radio")
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Evidence":
        """The evidence of a stored decision, to replay it."""
        return cls(
            standing=Standing(**data["standing"]),
            device=DeviceEvidence(
                standing=DeviceStanding(data["device"]["standing"]),
                same_as_opened=data["device"]["same_as_opened"],
            ),
            face_reference=FaceReference(data["face_reference"]),
            code=_or_none(CodeEvidence, data["code"]),
            radio=_or_none(RadioEvidence, data["proximity"]),
            sound=_or_none(SoundEvidence, data.get("sound")),
            face=_or_none(FaceEvidence, data["face"]),
            liveness=_or_none(LivenessEvidence, data["liveness"]),
            face_ask=FaceAsk(data["face_ask"]) if data.get("face_ask") else None,
            passkey_asked=data.get("passkey_asked", False),
            passkey=_or_none(PasskeyEvidence, data.get("passkey")),
            without_face=data.get("without_face", False),
            spared_number=data.get("spared_number", 0),
            challenges_given=data.get("challenges_given", 0),
            earlier=tuple(data.get("earlier", ())),
        )


def _or_none(cls: type[_S], data: Mapping[str, Any] | None) -> _S | None:
    return None if data is None else cls.from_json(data)
