"""What a phone heard of the room's loudspeaker, measured against what was said, and judged.

Everybody in the room hears the same, and a video call carries it further, so this is weaker than
radio: there are no copies to tell, and where Bluetooth is required it only asks the teacher.
"""

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from beacon.protocol import slot_at, sound_payload
from sessions_app.domain.requirements import Requirement
from verification.domain.evidence import SoundEvidence
from verification.domain.findings import Finding, finding_of, judge_evidence_age
from verification.domain.policy import Policy
from verification.domain.radio import REPLAY_HORIZON_SLOTS
from verification.domain.reasons import Effect, Reason

_INSTEAD_OF = (Reason.BLUETOOTH_MISSING, Reason.BLUETOOTH_TOO_LITTLE)


@dataclass(frozen=True)
class HeardSound:
    """A payload as a phone decoded it, and how long before its report."""

    payload: bytes
    heard_s_ago: float


def measure_sound(
    heard: Sequence[HeardSound],
    *,
    key: bytes,
    other_keys: Collection[bytes],
    received_unix_s: float,
    policy: Policy,
) -> SoundEvidence:
    """Sort the payloads into fresh, stale, replayed and unknown.

    ``key`` is the session's; what is said next door, by one of ``other_keys``, counts for nothing.
    """
    now_slot, ahead = slot_at(received_unix_s), policy.sound_slots_ahead
    own = _own(key, now_slot, REPLAY_HORIZON_SLOTS, ahead)
    payloads = dict.fromkeys(each.payload for each in heard)
    strangers = [payload for payload in payloads if payload not in own]
    others = [_others(k, now_slot, policy.sound_replay_slots, ahead) for k in other_keys]
    ages = {own[payload]: now_slot - own[payload] for payload in payloads if payload in own}
    return SoundEvidence(
        age_s=0.0,
        slots=tuple(sorted(slot for slot, age in ages.items() if age <= policy.sound_slots_back)),
        stale=sum(policy.sound_slots_back < a <= policy.sound_replay_slots for a in ages.values()),
        replayed=sum(age > policy.sound_replay_slots for age in ages.values()),
        unknown=sum(all(payload not in other for other in others) for payload in strangers),
        heard_s_ago=min((each.heard_s_ago for each in heard), default=None),
    )


def _payloads(key: bytes, now_slot: int, back: int, ahead: int) -> Mapping[bytes, int]:
    """The payloads of the slots around now, and the slot of each."""
    return {sound_payload(key, s): s for s in range(now_slot - back, now_slot + ahead + 1)}


# They are kept, because a whole class reports the same few payloads within a slot.
_own = functools.lru_cache(maxsize=32)(_payloads)
_others = functools.lru_cache(maxsize=1024)(_payloads)


def judge_sound(sound: SoundEvidence | None, policy: Policy) -> Iterator[Finding]:
    """What is held against the sound. Nobody is asked for it, so missing it is no fault; forging it
    is."""
    if sound is None or policy.bluetooth is Requirement.OFF:
        return
    # What is said next door or was said a moment ago is normal beside what is good.
    if sound.replayed and not sound.heard:
        yield finding_of(Reason.SOUND_REPLAYED)
    if sound.unknown and not sound.heard:
        yield finding_of(Reason.SOUND_INVENTED)
    if not (sound.heard or sound.replayed or sound.unknown):
        yield finding_of(Reason.SOUND_NOT_IN_TIME)
    yield from judge_evidence_age(sound.age_s, policy)


def is_good(sound: SoundEvidence | None, against: Sequence[Finding]) -> bool:
    """Whether the room's sound was heard and nothing speaks against it."""
    return sound is not None and sound.heard and not against


def with_sound(radio: Sequence[Finding], policy: Policy) -> Iterator[Finding]:
    """What is held against the radio of a phone that heard the room's sound instead."""
    for finding in radio:
        if finding.reason not in _INSTEAD_OF:
            yield finding
        elif policy.bluetooth is Requirement.REQUIRED:
            yield Finding(Reason.SOUND_ONLY, Effect.REVIEW)
