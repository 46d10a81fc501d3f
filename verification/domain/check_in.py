"""The doorman: one pure function from evidence and policy to a decision with all its reasons.

Nothing is read, stored or looked up here. Every check runs, so that the student and the teacher
learn everything at once and not one thing at a time. Missing evidence is never held against a
student beyond what the session's policy asks; evidence of cheating always is, whatever else is
in order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from verification.domain import lateness
from verification.domain.camera_signs import CameraSign
from verification.domain.evidence import (
    CodeEvidence,
    DeviceEvidence,
    DeviceStanding,
    Evidence,
    FaceEvidence,
    FaceReference,
    LivenessEvidence,
    PassiveResult,
    ProximityEvidence,
    Standing,
)
from verification.domain.findings import Finding, found, judge_evidence_age, missing
from verification.domain.policy import Need, Policy
from verification.domain.reasons import RULES, Effect, Reason, Severity
from verification.domain.sound import counts, judge_sound, with_sound


class Outcome(StrEnum):
    PRESENT = "present"
    LATE = "late"
    REVIEW = "review"
    REFUSED = "refused"


@dataclass(frozen=True)
class Decision:
    outcome: Outcome
    findings: tuple[Finding, ...]
    """Worst first."""
    counted: tuple[str, ...]
    """Kinds of evidence that were there and in order: code, bluetooth, sound, face."""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(finding.reason for finding in self.findings)

    @property
    def accepted(self) -> bool:
        return self.outcome in (Outcome.PRESENT, Outcome.LATE)


def decide(evidence: Evidence, policy: Policy) -> Decision:
    """Run every check on what was given; the worst effect is the outcome.

    Who is stopped at the door, by the code or before it, was never asked for the rest, and is
    not told that it is missing.
    """
    code = [*judge_code(evidence.code, policy)]
    door = [*judge_standing(evidence.standing), *judge_device(evidence.device), *code]
    stopped = any(finding.effect is Effect.REFUSE for finding in door)
    asked_radio = evidence.proximity is not None or not stopped
    asked_face = evidence.face is not None or not stopped
    proximity = [*judge_proximity(evidence.proximity, policy)] if asked_radio else []
    sound = [*judge_sound(evidence.sound, policy)]
    face = [*judge_face(evidence, policy)] if asked_face else []
    earlier = [*judge_earlier(evidence.earlier)]
    heard = counts(evidence.sound, sound)
    room = [*(with_sound(proximity, policy) if heard else proximity), *sound]
    # Several pieces of evidence can have the same fault, such as age: it is told once.
    findings = sorted(dict.fromkeys([*door, *room, *face, *earlier]), key=lambda f: -f.effect)
    kinds = (
        ("code", evidence.code, code),
        ("bluetooth", evidence.proximity, proximity),
        ("sound", heard, sound),
        ("face", evidence.face, face),
    )
    counted = tuple(kind for kind, given, against in kinds if given and not _doubts(against))
    return Decision(_outcome(findings, evidence.standing), tuple(findings), counted)


def _doubts(findings: Iterable[Finding]) -> bool:
    return any(finding.effect is not Effect.NOTE for finding in findings)


def _outcome(findings: list[Finding], standing: Standing) -> Outcome:
    worst = max((finding.effect for finding in findings), default=Effect.NOTE)
    if worst is Effect.REFUSE:
        return Outcome.REFUSED
    if worst is Effect.REVIEW:
        return Outcome.REVIEW
    return Outcome.LATE if standing.late else Outcome.PRESENT


# --- who asks, and with what ----------------------------------------------------------


def judge_standing(standing: Standing) -> Iterator[Finding]:
    if not standing.session_open:
        yield found(Reason.SESSION_NOT_OPEN)
    if not standing.enrolled:
        yield found(Reason.NOT_ENROLLED)


_DEVICE_REASONS = {
    DeviceStanding.UNKNOWN: Reason.DEVICE_UNKNOWN,
    DeviceStanding.WAITING: Reason.DEVICE_WAITING,
    DeviceStanding.REVOKED: Reason.DEVICE_REVOKED,
    DeviceStanding.OF_ANOTHER_STUDENT: Reason.DEVICE_OF_ANOTHER_STUDENT,
}


def judge_device(device: DeviceEvidence) -> Iterator[Finding]:
    if device.standing in _DEVICE_REASONS:
        yield found(_DEVICE_REASONS[device.standing])
    if not device.same_as_opened:
        yield found(Reason.DEVICE_CHANGED)


# --- the rotating code ----------------------------------------------------------------


def judge_code(code: CodeEvidence | None, policy: Policy) -> Iterator[Finding]:
    if code is None:
        yield found(Reason.CODE_MISSING)
    elif code.short:
        yield from _judge_short_code(code, policy)
    else:
        yield from _judge_strangers(code)
        yield from _judge_slots(code, policy)
        yield from judge_evidence_age(code.age_s, policy)


def _judge_short_code(code: CodeEvidence, policy: Policy) -> Iterator[Finding]:
    """Six digits can be read out over the phone, so they never do more than ask the teacher."""
    yield found(Reason.SHORT_CODE_USED if code.slots else Reason.SHORT_CODE_WRONG)
    yield from judge_evidence_age(code.age_s, policy)


def _judge_strangers(code: CodeEvidence) -> Iterator[Finding]:
    """Codes that are not this session's own."""
    if code.forged:
        yield found(Reason.CODE_FORGED)
    if code.other_session:
        yield found(Reason.CODE_OF_ANOTHER_SESSION)
    if code.outside_opening:
        yield found(Reason.CODE_OUTSIDE_OPENING)
    if code.malformed:
        yield found(Reason.CODE_UNREADABLE)


def _judge_slots(code: CodeEvidence, policy: Policy) -> Iterator[Finding]:
    recent = _slots_in_span(code.slots, policy)
    if len(recent) < policy.qr_slots_needed:
        yield found(Reason.CODE_TOO_FEW)
    if code.newest_age_s is not None:
        yield from _judge_code_age(code, code.newest_age_s, policy)


def _slots_in_span(slots: tuple[int, ...], policy: Policy) -> list[int]:
    """The slots close enough to the newest to be one look at the screen."""
    # However long the teacher made a slot, the slots needed must fit into the span.
    span_s = max(policy.qr_max_span_s, (policy.qr_slots_needed + 1) * policy.qr_slot_s)
    return [slot for slot in slots if (slots[-1] - slot) * policy.qr_slot_s <= span_s]


def _judge_code_age(code: CodeEvidence, newest_age_s: float, policy: Policy) -> Iterator[Finding]:
    """A code is fresh while it is on the screen and for a short while after."""
    fresh_s = lateness.fresh_s(policy)
    if lateness.fault_of(code, policy) == "":
        yield found(Reason.CODE_ARRIVED_LATE)
    elif newest_age_s <= fresh_s:
        return
    elif code.one_request and newest_age_s <= policy.qr_late_upload_s:
        yield found(Reason.CODE_ARRIVED_LATE)
    elif newest_age_s <= max(policy.qr_suspicious_age_s, 2 * fresh_s):
        yield found(Reason.CODE_TOO_OLD)
    else:
        yield found(Reason.CODE_KEPT)


# --- the room's radio -----------------------------------------------------------------


def judge_proximity(heard: ProximityEvidence | None, policy: Policy) -> Iterator[Finding]:
    """Fresh ids are evidence, and so is an answer. Distance is a score and refuses nobody."""
    if policy.bluetooth is Need.OFF:
        return
    if heard is None:
        yield missing(Reason.BLUETOOTH_MISSING, policy.bluetooth)
        return
    yield from _judge_forgery(heard)
    enough = _heard_enough(heard, policy)
    if not enough and not heard.answered:
        yield missing(Reason.BLUETOOTH_TOO_LITTLE, policy.bluetooth)
    elif enough and (heard.rssi_spread_db or 0.0) < policy.bt_min_rssi_spread_db:
        yield found(Reason.BLUETOOTH_FLAT)
    yield from _judge_relay(heard, policy, enough)
    yield from judge_evidence_age(heard.age_s, policy)


def _judge_forgery(heard: ProximityEvidence) -> Iterator[Finding]:
    if heard.copied:
        yield found(Reason.BLUETOOTH_COPIED)
    # Ids of a neighbouring room or a moment ago are normal beside what is good.
    nothing_good = not heard.heard and not heard.answered
    if heard.replayed_ids and nothing_good:
        yield found(Reason.BLUETOOTH_REPLAYED)
    if heard.unknown_ids and nothing_good:
        yield found(Reason.BLUETOOTH_INVENTED)
    if heard.foreign_answers:
        yield found(Reason.BLUETOOTH_ANSWER_COPIED)
    if heard.invented_answers and not heard.answered:
        yield found(Reason.BLUETOOTH_ANSWER_INVENTED)


def _judge_relay(heard: ProximityEvidence, policy: Policy, enough: bool) -> Iterator[Finding]:
    """Signs that somebody else's phone was in the room. None is proof, so none refuses."""
    if heard.other_room:
        yield found(Reason.BLUETOOTH_TWO_ROOMS)
    if heard.answered and (heard.answer_latency_s or 0.0) > policy.bt_answer_slow_s:
        # Beside advertisements that the phone heard itself it is only worth a note.
        effect = Effect.NOTE if enough else RULES[Reason.BLUETOOTH_ANSWER_SLOW].effect
        yield Finding(Reason.BLUETOOTH_ANSWER_SLOW, effect)


def _heard_enough(heard: ProximityEvidence, policy: Policy) -> bool:
    return heard.samples >= policy.bt_min_samples and len(heard.slots) >= policy.bt_min_slots


# --- the face -------------------------------------------------------------------------

_WITHOUT_REFERENCE = {
    FaceReference.DECLINED: Reason.FACE_DECLINED,
    FaceReference.WAITING: Reason.FACE_WAITING,
    FaceReference.OTHER_ENGINE: Reason.FACE_ENROL_AGAIN,
}


def judge_face(evidence: Evidence, policy: Policy) -> Iterator[Finding]:
    if policy.face is Need.OFF:
        return
    # A student who declined, or whose enrolment others have yet to approve, is never refused
    # for it: the teacher looks instead.
    if evidence.face_reference in _WITHOUT_REFERENCE:
        yield found(_WITHOUT_REFERENCE[evidence.face_reference])
    elif evidence.face_reference is FaceReference.NONE:
        yield missing(Reason.FACE_NOT_ENROLLED, policy.face)
    elif evidence.face is None and evidence.without_face:
        yield found(Reason.FACE_SPARED)
    elif evidence.face is None or evidence.liveness is None:
        yield missing(Reason.FACE_MISSING, policy.face)
    elif evidence.face.reference is not FaceReference.APPROVED:
        yield found(Reason.FACE_WAITING)  # approved only after the burst was compared
    # What was measured before the student declined still counts.
    if evidence.face is not None and evidence.face.reference is not FaceReference.DECLINED:
        yield from judge_burst(evidence.face, evidence.liveness, policy)
        if evidence.challenges_given > policy.face_challenges:
            yield found(Reason.MANY_CHALLENGES)


def judge_burst(
    face: FaceEvidence, liveness: LivenessEvidence | None, policy: Policy
) -> Iterator[Finding]:
    yield from _judge_capture(face)
    yield from _judge_identity(face, policy)
    if liveness is not None:
        yield from _judge_liveness(liveness, face)
    yield from judge_evidence_age(face.age_s, policy)


def _judge_capture(face: FaceEvidence) -> Iterator[Finding]:
    several = face.faces_max > 1
    if several:
        yield found(Reason.FACE_SEVERAL)
    if face.frames_without_face * 4 > face.frames:
        yield found(Reason.FACE_NOT_SEEN)
    elif face.capture_hint is not None and not several:
        yield found(Reason.FACE_POOR_CAPTURE)


def _judge_identity(face: FaceEvidence, policy: Policy) -> Iterator[Finding]:
    # Of two people nobody can say who is meant: a neighbour's face is no swap and no mismatch.
    clear = face.capture_hint is None and face.faces_max <= 1
    if clear and face.lowest_self_fmr is not None and face.lowest_self_fmr > policy.face_self_fmr:
        yield found(Reason.FACE_SWAPPED)
    if face.reference is not FaceReference.APPROVED:
        return  # there was nothing to compare with, and that is said already
    if face.comparison_fmr is None or face.lowest_self_fmr is None:
        yield found(Reason.FACE_NOT_SEEN)  # never frontal: no identity was shown
    elif clear and face.comparison_fmr > policy.face_doubt_fmr:
        yield found(Reason.FACE_MISMATCH)
    elif max(face.comparison_fmr, face.moves_fmr or 0.0) > policy.face_doubt_fmr or (
        face.comparison_fmr > policy.face_target_fmr
    ):
        yield found(Reason.FACE_IN_DOUBT)  # as is any face in pictures too bad to tell by


def _judge_liveness(liveness: LivenessEvidence, face: FaceEvidence) -> Iterator[Finding]:
    if liveness.challenge_expired:
        yield found(Reason.CHALLENGE_EXPIRED)
    if liveness.impossible_times:
        yield found(Reason.TIMES_IMPOSSIBLE)
    if face.frames_without_face == face.frames:
        return  # nothing below can be told without a face, and that is said already
    if liveness.frozen:
        yield found(Reason.PICTURE_FROZEN)
    if liveness.flat:
        yield found(Reason.PICTURE_FLAT)
    if not liveness.frontal_start:
        yield found(Reason.NO_FRONTAL_START)
    if liveness.moves_unreadable:
        yield found(Reason.MOVES_UNREADABLE)
    if liveness.blink_spared:
        yield found(Reason.BLINK_SPARED)
    if liveness.moves_missing:
        yield found(Reason.MOVES_NOT_SEEN)
    if liveness.unprompted_at_s:
        yield found(Reason.MOVES_UNPROMPTED)
    yield from _judge_film(liveness)


_SIGN_REASONS = {
    CameraSign.PICTURE_RETURNED: Reason.FILM_RETURNS,
    CameraSign.PICTURE_HELD: Reason.FILM_HELD,
    CameraSign.SCENE_FLICKERS: Reason.FILM_SPLICED,
    CameraSign.NOISE_REPEATED: Reason.FILM_NOISE,
    CameraSign.ENCODINGS_MIXED: Reason.FILM_MIXED,
    CameraSign.SCREEN_FILMED: Reason.SCREEN_FILMED,
}


def _judge_film(liveness: LivenessEvidence) -> Iterator[Finding]:
    """A film that was cut, held or looped is to be taken again; other signs ask the teacher."""
    for sign in liveness.camera_signs:
        yield found(_SIGN_REASONS[CameraSign(sign)])
    if liveness.passive is PassiveResult.ATTACK:
        yield found(Reason.ATTACK_SUSPECTED)


# --- earlier tries --------------------------------------------------------------------


def grave_reasons(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Reasons that a later try with better evidence does not make undone."""
    return tuple(f.reason.value for f in findings if f.severity in (Severity.MEDIUM, Severity.HIGH))


def judge_earlier(reasons: tuple[str, ...]) -> Iterator[Finding]:
    """Trying until it passes is for the teacher to see; honest phones fail without a strike."""
    if reasons:
        yield found(Reason.EARLIER_TRY)
