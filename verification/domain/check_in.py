"""The doorman: one pure function from evidence and policy to a decision with all its reasons.

Nothing is read, stored or looked up here. Every check runs, so that the student and the teacher
learn everything at once and not one thing at a time. Missing evidence is never held against a
student beyond what the session's policy asks; evidence of cheating always is, whatever else is
in order.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sessions_app.domain.requirements import Requirement
from verification.domain.asking import Asked, is_unasked, needed_face
from verification.domain.camera_signs import CameraSign
from verification.domain.evidence import (
    CodeEvidence,
    DeviceEvidence,
    DeviceStanding,
    Evidence,
    EvidenceKind,
    FaceEvidence,
    FaceReference,
    LivenessEvidence,
    PassiveResult,
    RadioEvidence,
    Standing,
)
from verification.domain.findings import Finding, finding_of, judge_evidence_age, missing
from verification.domain.kept import with_the_room
from verification.domain.policy import Policy
from verification.domain.reasons import RULES, Effect, Reason, Severity
from verification.domain.sound import is_good, judge_sound, with_sound
from verification.domain.spared import within_budget
from verification.domain.statements import fault_of


class Outcome(StrEnum):
    """What becomes of a check-in."""

    PRESENT = "present"
    LATE = "late"
    REVIEW = "review"
    REFUSED = "refused"


@dataclass(frozen=True)
class Decision:
    """The outcome of a check-in, with everything that was found."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    """The worst first."""
    counted: tuple[EvidenceKind, ...]
    """The kinds of evidence that were there and in order."""

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
    codes = judge_code(evidence.code, policy)
    code = with_the_room(codes, evidence.code, evidence.radio, policy)
    door = [*judge_standing(evidence.standing), *judge_device(evidence.device), *code]
    is_let_on = all(finding.effect is not Effect.REFUSE for finding in door)
    radio = [*judge_radio(evidence.radio, policy)] if evidence.radio or is_let_on else []
    sound = [*judge_sound(evidence.sound, policy)]
    face = [*judge_face(evidence, policy)] if evidence.face or is_let_on else []
    passkey = [*judge_passkey(evidence, policy)] if is_let_on else []
    owner = within_budget([*face, *passkey], evidence.spared_number, policy.spared_per_term)
    earlier = [*judge_earlier(evidence.earlier)]
    is_heard = is_good(evidence.sound, sound)
    room = [*(with_sound(radio, policy) if is_heard else radio), *sound]
    findings = _worst_first([*door, *room, *owner, *earlier])
    against = {
        EvidenceKind.CODE: code if evidence.code else None,
        EvidenceKind.BLUETOOTH: radio if evidence.radio else None,
        EvidenceKind.SOUND: sound if is_heard else None,
        EvidenceKind.FACE: _against_face(evidence, policy, face),
        EvidenceKind.PASSKEY: passkey if evidence.passkey and _stands(evidence, policy) else None,
    }
    return Decision(_outcome(findings, evidence.standing), findings, _counted(against))


def has_all(kinds: Collection[str], policy: Policy, asked: Asked) -> bool:
    """Whether there is evidence of each kind that is asked for, good or bad. The room's sound
    stands beside Bluetooth here, and the face beside a passkey; what they count for is for `decide`
    to say."""
    room, face = {EvidenceKind.BLUETOOTH, EvidenceKind.SOUND}, {EvidenceKind.FACE}
    return (
        EvidenceKind.CODE in kinds
        and (policy.bluetooth is Requirement.OFF or not room.isdisjoint(kinds))
        and (asked.face is Requirement.OFF or not face.isdisjoint(kinds))
        and (
            asked.passkey is Requirement.OFF
            or not (face | {EvidenceKind.PASSKEY}).isdisjoint(kinds)
        )
    )


def _worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, the worst first and each only once.

    Several pieces of evidence can have the same fault, such as their age.
    """
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: -finding.effect))


def _outcome(findings: Sequence[Finding], standing: Standing) -> Outcome:
    worst = max((finding.effect for finding in findings), default=Effect.NOTE)
    if worst is Effect.REFUSE:
        return Outcome.REFUSED
    if worst is Effect.REVIEW:
        return Outcome.REVIEW
    return Outcome.LATE if standing.late else Outcome.PRESENT


def _counted(against: Mapping[EvidenceKind, list[Finding] | None]) -> tuple[EvidenceKind, ...]:
    """The kinds that were given and have at most notes against them."""
    return tuple(
        kind
        for kind, findings in against.items()
        if findings is not None and all(f.effect is Effect.NOTE for f in findings)
    )


# --- who asks, and with what ----------------------------------------------------------


def judge_standing(standing: Standing) -> Iterator[Finding]:
    """Only a student of the course checks in, and only while the session is open."""
    if not standing.session_open:
        yield finding_of(Reason.SESSION_NOT_OPEN)
    if not standing.enrolled:
        yield finding_of(Reason.NOT_ENROLLED)


_DEVICE_REASONS = {
    DeviceStanding.UNKNOWN: Reason.DEVICE_UNKNOWN,
    DeviceStanding.WAITING: Reason.DEVICE_WAITING,
    DeviceStanding.REVOKED: Reason.DEVICE_REVOKED,
    DeviceStanding.OF_ANOTHER_STUDENT: Reason.DEVICE_OF_ANOTHER_STUDENT,
}


def judge_device(device: DeviceEvidence) -> Iterator[Finding]:
    """The phone is the one that is registered for the student, from the first step to the last."""
    if device.standing in _DEVICE_REASONS:
        yield finding_of(_DEVICE_REASONS[device.standing])
    if not device.same_as_opened:
        yield finding_of(Reason.DEVICE_CHANGED)


# --- the rotating code ----------------------------------------------------------------


def judge_code(code: CodeEvidence | None, policy: Policy) -> Iterator[Finding]:
    """The student saw the screen of this session a moment ago, and saw the code change."""
    if code is None:
        yield finding_of(Reason.CODE_MISSING)
    elif code.short:
        yield from _judge_short_code(code, policy)
    else:
        yield from _judge_foreign_codes(code)
        yield from _judge_slots(code, policy)
        yield from judge_evidence_age(code.age_s, policy)


def _judge_short_code(code: CodeEvidence, policy: Policy) -> Iterator[Finding]:
    """Six digits can be read out over the phone, so they never do more than ask the teacher."""
    yield finding_of(Reason.SHORT_CODE_USED if code.slots else Reason.SHORT_CODE_WRONG)
    yield from judge_evidence_age(code.age_s, policy)


def _judge_foreign_codes(code: CodeEvidence) -> Iterator[Finding]:
    """Codes that are not this session's own."""
    if code.forged:
        yield finding_of(Reason.CODE_FORGED)
    if code.other_session:
        yield finding_of(Reason.CODE_OF_ANOTHER_SESSION)
    if code.outside_opening:
        yield finding_of(Reason.CODE_OUTSIDE_OPENING)
    if code.malformed:
        yield finding_of(Reason.CODE_UNREADABLE)


def _judge_slots(code: CodeEvidence, policy: Policy) -> Iterator[Finding]:
    """One photograph of the screen, sent to a friend, is not enough."""
    recent = _slots_in_span(code.slots, policy)
    if len(recent) < policy.qr_slots_needed:
        yield finding_of(Reason.CODE_TOO_FEW)
    if code.newest_age_s is not None:
        yield from _judge_code_age(code, code.newest_age_s, policy)


def _slots_in_span(slots: tuple[int, ...], policy: Policy) -> list[int]:
    """The slots that are close enough to the newest to be of one look at the screen."""
    # However long the teacher made a slot, the slots that are needed must fit into the span.
    span_s = max(policy.qr_max_span_s, (policy.qr_slots_needed + 1) * policy.qr_slot_s)
    return [slot for slot in slots if (slots[-1] - slot) * policy.qr_slot_s <= span_s]


def _judge_code_age(code: CodeEvidence, newest_age_s: float, policy: Policy) -> Iterator[Finding]:
    """A code is fresh while it is on the screen, and for a short while after.

    What a slow network or the phone's signed statement explains goes to the teacher. Beyond that,
    an age that no network explains means that somebody kept the code.
    """
    if fault_of(code, policy) == "":
        yield finding_of(Reason.CODE_ARRIVED_LATE)
    elif newest_age_s <= policy.qr_fresh_s:
        return
    elif code.one_request and newest_age_s <= policy.qr_late_upload_s:
        yield finding_of(Reason.CODE_ARRIVED_LATE)
    elif newest_age_s <= max(policy.qr_suspicious_age_s, 2 * policy.qr_fresh_s):
        yield finding_of(Reason.CODE_TOO_OLD)
    else:
        yield finding_of(Reason.CODE_KEPT)


# --- the room's radio -----------------------------------------------------------------


def judge_radio(heard: RadioEvidence | None, policy: Policy) -> Iterator[Finding]:
    """The phone heard the room's beacon now, or the beacon answered it.

    Distance is a score for the teacher and refuses nobody.
    """
    if policy.bluetooth is Requirement.OFF:
        return
    if heard is None:
        yield missing(Reason.BLUETOOTH_MISSING, policy.bluetooth)
        return
    yield from _judge_forgery(heard)
    enough = _is_heard_enough(heard, policy)
    if not enough and not heard.answered:
        yield missing(Reason.BLUETOOTH_TOO_LITTLE, policy.bluetooth)
    elif enough and (heard.rssi_spread_db or 0.0) < policy.bt_min_rssi_spread_db:
        yield finding_of(Reason.BLUETOOTH_FLAT)
    yield from _judge_relay(heard, policy, enough)
    yield from judge_evidence_age(heard.age_s, policy)


def _judge_forgery(heard: RadioEvidence) -> Iterator[Finding]:
    """What was reported was copied, recorded or made up."""
    if heard.copied:
        yield finding_of(Reason.BLUETOOTH_COPIED)
    # Ids of a neighbouring room or of a moment ago are normal beside good ones.
    nothing_good = not heard.heard and not heard.answered
    if heard.replayed_ids and nothing_good:
        yield finding_of(Reason.BLUETOOTH_REPLAYED)
    if heard.unknown_ids and nothing_good:
        yield finding_of(Reason.BLUETOOTH_INVENTED)
    if heard.foreign_answers:
        yield finding_of(Reason.BLUETOOTH_ANSWER_COPIED)
    if heard.invented_answers and not heard.answered:
        yield finding_of(Reason.BLUETOOTH_ANSWER_INVENTED)


def _judge_relay(heard: RadioEvidence, policy: Policy, enough: bool) -> Iterator[Finding]:
    """Signs that somebody else's phone was in the room. None is proof, so none refuses."""
    if heard.other_room:
        yield finding_of(Reason.BLUETOOTH_TWO_ROOMS)
    if heard.answered and (heard.answer_latency_s or 0.0) > policy.bt_answer_slow_s:
        # Beside advertisements that the phone heard itself it is only worth a note.
        effect = Effect.NOTE if enough else RULES[Reason.BLUETOOTH_ANSWER_SLOW].effect
        yield Finding(Reason.BLUETOOTH_ANSWER_SLOW, effect)


def _is_heard_enough(heard: RadioEvidence, policy: Policy) -> bool:
    return heard.samples >= policy.bt_min_samples and len(heard.slots) >= policy.bt_min_slots


# --- the face -------------------------------------------------------------------------

_WITHOUT_REFERENCE = {
    FaceReference.DECLINED: Reason.FACE_DECLINED,
    FaceReference.WAITING: Reason.FACE_WAITING,
    FaceReference.OTHER_ENGINE: Reason.FACE_ENROL_AGAIN,
}


def judge_face(evidence: Evidence, policy: Policy) -> Iterator[Finding]:
    """The enrolled person was before the camera, alive and now.

    A student who declined, or whose face enrolment others have yet to approve, is never refused
    for that: the teacher looks instead.
    """
    if is_unasked(policy, evidence.face_ask):
        yield from (finding for finding in _unasked_burst(evidence, policy) if finding.severity)
        return
    if needed_face(policy, evidence.face_ask) is Requirement.OFF:
        return
    if evidence.face_reference in _WITHOUT_REFERENCE:
        yield finding_of(_WITHOUT_REFERENCE[evidence.face_reference])
    elif evidence.face_reference is FaceReference.NONE:
        yield missing(Reason.FACE_NOT_ENROLLED, policy.face)
    elif evidence.face is None and evidence.without_face:
        yield finding_of(Reason.FACE_SPARED)
    elif evidence.face is None or evidence.liveness is None:
        yield missing(Reason.FACE_MISSING, policy.face)
    elif evidence.face.reference is not FaceReference.APPROVED:
        yield finding_of(Reason.FACE_WAITING)  # the face was approved only after the burst
    # What was measured before the student declined still counts.
    if evidence.face is not None and evidence.face.reference is not FaceReference.DECLINED:
        yield from judge_burst(evidence.face, evidence.liveness, policy)
        if evidence.challenges_given > policy.face_challenges:
            yield finding_of(Reason.MANY_CHALLENGES)


def _unasked_burst(evidence: Evidence, policy: Policy) -> Iterator[Finding]:
    """What speaks against a burst that was sent although no face was asked for, as a phone may that
    filmed before it knew. Mishaps are nobody's fault there; signs of cheating are."""
    if evidence.face is not None and evidence.face.reference is FaceReference.APPROVED:
        yield from judge_burst(evidence.face, evidence.liveness, policy)


def _against_face(evidence: Evidence, policy: Policy, face: list[Finding]) -> list[Finding] | None:
    """All that speaks against the burst; None where none counts."""
    if evidence.face is None:
        return None
    if not is_unasked(policy, evidence.face_ask):
        return face
    is_compared = evidence.face.reference is FaceReference.APPROVED
    return [*_unasked_burst(evidence, policy)] if is_compared and evidence.liveness else None


def _stands(evidence: Evidence, policy: Policy) -> bool:
    """Whether a passkey stands for the face."""
    return evidence.passkey_asked and is_unasked(policy, evidence.face_ask)


def judge_passkey(evidence: Evidence, policy: Policy) -> Iterator[Finding]:
    """Where no face is asked for, the student's passkey shows that its owner holds the phone.

    A face that was shown all the same does so too. Who says that neither is to be had, as without a
    network, is spared the check like who cannot make the moves.
    """
    if not _stands(evidence, policy) or _against_face(evidence, policy, []) == []:
        return
    if evidence.passkey is not None:
        if not evidence.passkey.device_bound:
            yield finding_of(Reason.PASSKEY_SYNCED)
        yield from judge_evidence_age(evidence.passkey.age_s, policy)
    elif evidence.face is None and evidence.without_face:
        yield finding_of(Reason.FACE_SPARED)
    else:
        yield finding_of(Reason.PASSKEY_MISSING)


def judge_burst(
    face: FaceEvidence, liveness: LivenessEvidence | None, policy: Policy
) -> Iterator[Finding]:
    """One burst: good pictures, of the enrolled person, who made the moves as asked."""
    yield from _judge_capture(face)
    yield from _judge_identity(face, policy)
    if liveness is not None:
        yield from _judge_liveness(liveness, face)
    yield from judge_evidence_age(face.age_s, policy)


def _judge_capture(face: FaceEvidence) -> Iterator[Finding]:
    """A bad picture is a mishap: the teacher looks. Without a face there is nothing to look at."""
    several = face.faces_max > 1
    if several:
        yield finding_of(Reason.FACE_SEVERAL)
    if face.frames_without_face * 4 > face.frames:
        yield finding_of(Reason.FACE_NOT_SEEN)
    elif face.capture_hint is not None and not several:
        yield finding_of(Reason.FACE_POOR_CAPTURE)


def _judge_identity(face: FaceEvidence, policy: Policy) -> Iterator[Finding]:
    """The same person throughout, and the enrolled one.

    Where two people are in the picture nobody can say who is meant, so a neighbour's face is no
    swap, and no mismatch as long as one of the two may be the enrolled person.
    """
    clear = face.capture_hint is None and face.faces_max <= 1
    if clear and face.lowest_self_fmr is not None and face.lowest_self_fmr > policy.face_self_fmr:
        yield finding_of(Reason.FACE_SWAPPED)
    if face.reference is not FaceReference.APPROVED:
        return  # There was nothing to compare with, which is said already.
    if face.comparison_fmr is None or face.lowest_self_fmr is None:
        yield finding_of(Reason.FACE_NOT_SEEN)  # No frame was frontal, so none could be compared.
    elif face.comparison_fmr > policy.face_doubt_fmr and (
        clear or _are_all_strangers(face, policy)
    ):
        yield finding_of(Reason.FACE_MISMATCH)
    elif max(face.comparison_fmr, face.moves_fmr or 0.0) > policy.face_doubt_fmr or (
        face.comparison_fmr > policy.face_target_fmr
    ):
        yield finding_of(Reason.FACE_IN_DOUBT)  # A face in pictures that are too bad is too.


def _are_all_strangers(face: FaceEvidence, policy: Policy) -> bool:
    """Whether the further faces in good pictures are clearly somebody else's too."""
    return face.others_fmr is not None and face.others_fmr > policy.face_doubt_fmr and not face.poor


def _judge_liveness(liveness: LivenessEvidence, face: FaceEvidence) -> Iterator[Finding]:
    """A living person made the moves that were asked for, when they were asked for."""
    if liveness.challenge_expired:
        yield finding_of(Reason.CHALLENGE_EXPIRED)
    if liveness.impossible_times:
        yield finding_of(Reason.TIMES_IMPOSSIBLE)
    if face.frames_without_face == face.frames:
        return  # Nothing below can be told without a face, which is said already.
    if liveness.frozen:
        yield finding_of(Reason.PICTURE_FROZEN)
    if liveness.flat:
        yield finding_of(Reason.PICTURE_FLAT)
    if not liveness.frontal_start:
        yield finding_of(Reason.NO_FRONTAL_START)
    if liveness.moves_unreadable:
        yield finding_of(Reason.MOVES_UNREADABLE)
    if liveness.blink_spared:
        yield finding_of(Reason.BLINK_SPARED)
    if liveness.moves_missing:
        yield finding_of(Reason.MOVES_NOT_SEEN)
    if liveness.unprompted_at_s:
        yield finding_of(Reason.MOVES_UNPROMPTED)
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
    """A burst that was cut, held or looped has to be filmed again; other signs ask the teacher."""
    for sign in liveness.camera_signs:
        yield finding_of(_SIGN_REASONS[CameraSign(sign)])
    if liveness.passive is PassiveResult.ATTACK:
        yield finding_of(Reason.ATTACK_SUSPECTED)


# --- earlier tries --------------------------------------------------------------------


def grave_reasons(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Reasons that better evidence in a later try does not undo."""
    return tuple(f.reason.value for f in findings if f.severity in (Severity.MEDIUM, Severity.HIGH))


def judge_earlier(reasons: tuple[str, ...]) -> Iterator[Finding]:
    """Whoever tries until it passes is shown to the teacher.

    Honest phones fail too, but not with a grave reason.
    """
    if reasons:
        yield finding_of(Reason.EARLIER_TRY)
