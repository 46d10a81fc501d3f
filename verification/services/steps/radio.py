"""The radio's step: what the phone heard of the room's beacon, and what the beacon answered it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

import sessions_app.services as teaching
from attendance_project.refusals import Kind, Refusal
from beacon.protocol import SLOT_S, Answer
from sessions_app.models import Session
from verification.domain.check_in import judge_radio
from verification.domain.evidence import EvidenceKind
from verification.domain.policy import Policy
from verification.domain.radio import (
    RadioContext,
    RadioEvidence,
    Sighting,
    measure_radio,
    trace_digest,
    trace_of,
)
from verification.models import CheckInAttempt, EvidenceRecord
from verification.services import attempts, callers, copies, face_calls, records
from verification.services.callers import Caller
from verification.services.kept import GatheredSpan
from verification.services.steps import relay
from verification.services.steps.nearby import sessions_around
from verification.services.steps.result import StepResult


@dataclass(frozen=True)
class RadioReport:
    """What a phone sends of the radio. ``sent_at`` is by its own clock."""

    sightings: Sequence[Sighting] = ()
    answers: Sequence[Answer] = ()
    sent_at: datetime | None = None


def hear_beacon(
    caller: Caller,
    attempt: CheckInAttempt,
    report: RadioReport,
    *,
    nonce: str,
    now: datetime,
    span: GatheredSpan | None = None,
) -> StepResult:
    """Record what the phone heard of the room's beacon, and what the beacon answered it.

    ``span`` is when a check-in in one request was gathered; a report alone is of just now.
    Raises Refusal for another phone, and where nothing more can be added to the attempt.
    """
    callers.require_same_device(caller, attempt)
    policy = attempts.policy_for(attempt.session)
    earlier = records.earlier_of(attempt, EvidenceKind.BLUETOOTH)
    record = earlier.get(nonce)
    if record is None:
        span = span or GatheredSpan(now, now)
        records.require_room(attempt, earlier, now=span.seen_at)
        _require_turn(caller, now)
        record = _record(attempt, report, policy, span, nonce=nonce, now=now)
    stored = records.radio_in(record, at=record.received_at)
    return StepResult(attempt, tuple(judge_radio(stored, policy)))


def _require_turn(caller: Caller, now: datetime) -> None:
    wait = face_calls.wait_to_report(caller.user, now=now)
    if wait is not None:
        raise Refusal(
            "too_many_reports",
            _("This was sent too often. Wait a minute."),
            Kind.TOO_MANY,
            wait_s=wait.total_seconds(),
        )


def _record(
    attempt: CheckInAttempt,
    report: RadioReport,
    policy: Policy,
    span: GatheredSpan,
    *,
    nonce: str,
    now: datetime,
) -> EvidenceRecord:
    policy = _widened(policy, span)
    keys = _keys(attempt.session, span.done_at)
    digest = trace_digest(report.sightings, readings_min=policy.bt_min_samples)
    trace = trace_of(
        report.sightings, keys=keys.own, received_unix_s=span.done_at.timestamp(), policy=policy
    )
    copied = copies.is_copied(attempt, digest, trace, policy)
    measured = _measured(attempt, report, policy, span, keys=keys, copied=copied, now=now)
    return records.record(
        attempt,
        EvidenceKind.BLUETOOTH,
        key=nonce,
        nonce=nonce,
        now=now,
        trace_digest=digest,
        proximity=measured,
        trace=trace,
    )


def _measured(
    attempt: CheckInAttempt,
    report: RadioReport,
    policy: Policy,
    span: GatheredSpan,
    *,
    keys: _Keys,
    copied: bool,
    now: datetime,
) -> RadioEvidence:
    """What the report says of the beacons around, beside what the server knows of the phone."""
    answers = relay.sorted_answers(
        attempt,
        report.answers,
        keys=keys.own,
        other_keys=keys.others,
        policy=policy,
        heard_at=span.done_at,
    )
    latency_s = relay.answer_latency_s(attempt, span.done_at) if answers.fresh_slots else None
    return measure_radio(
        report.sightings,
        keys=keys.own,
        other_keys=keys.others,
        received_unix_s=span.done_at.timestamp(),
        policy=policy,
        context=RadioContext(
            answers=answers,
            answer_latency_s=latency_s,
            copied=copied,
            other_room=relay.was_elsewhere(attempt, span.done_at),
            phone_clock_s=_phone_clock_s(report, now),
        ),
    )


@dataclass(frozen=True)
class _Keys:
    """Keys of the beacons in the session's room, and of those that may be heard beside them."""

    own: list[bytes]
    others: Collection[bytes]
    """These are read when they are first gone through, since most phones hear their own room."""


def _keys(session: Session, heard_at: datetime) -> _Keys:
    rooms = teaching.room_keys(session, now=heard_at)

    def others() -> list[bytes]:
        nearby = sessions_around(session, now=heard_at)
        return [*rooms.elsewhere, *(teaching.beacon_key(other) for other in nearby)]

    return _Keys([teaching.beacon_key(session), *rooms.here], SimpleLazyObject(others))


def _widened(policy: Policy, span: GatheredSpan) -> Policy:
    """The policy for what was heard at any moment of the span, and not only at its end."""
    return replace(policy, bt_slots_back=policy.bt_slots_back + ceil(span.took_s / SLOT_S))


def _phone_clock_s(report: RadioReport, now: datetime) -> float | None:
    """Seconds that the phone's clock is ahead of the server's, None where the phone said no time.

    The report's way through the network counts as the phone being behind.
    """
    if report.sent_at is None:
        return None
    return round((report.sent_at - now).total_seconds(), 1)
