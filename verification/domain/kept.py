"""What a kept check-in needs beside its codes: something that only the room gave, in time.

Whoever is in the room can photograph the codes for a friend, whose phone then signs that it saw
them. So a check-in that arrives later than one request may take needs one of two things. Either
codes of it had reached the server while they counted, as where a challenge was drawn in the room.
Or the room's beacon answered this check-in's own nonce while it was gathered.
"""

from collections.abc import Iterable

from beacon.protocol import SLOT_S
from verification.domain.evidence import CodeEvidence, RadioEvidence
from verification.domain.findings import Finding, finding_of
from verification.domain.policy import Policy
from verification.domain.reasons import Reason


def with_the_room(
    findings: Iterable[Finding],
    code: CodeEvidence | None,
    radio: RadioEvidence | None,
    policy: Policy,
) -> list[Finding]:
    """The findings on the codes, with a refusal of those that arrived late and alone."""
    if not _are_alone(code, radio, policy):
        return [*findings]
    late = finding_of(Reason.CODE_ARRIVED_LATE)
    return [finding_of(Reason.CODE_ALONE) if found == late else found for found in findings]


def _are_alone(code: CodeEvidence | None, radio: RadioEvidence | None, policy: Policy) -> bool:
    """Whether these are kept codes, beside which nothing shows that the phone was in the room."""
    if code is None or code.kept_s is None or code.newest_age_s is None or not code.slots:
        return False
    if code.sent_in_time or code.newest_age_s <= policy.qr_late_upload_s:
        return False
    answered = radio.answered_slots if radio else ()
    latest_s = _gathered_by_s(code, policy)
    return all(slot * SLOT_S > latest_s for slot in answered)


def _gathered_by_s(code: CodeEvidence, policy: Policy) -> float:
    """When all of the check-in was gathered, at the latest, in seconds since 1970.

    The code is the clock, since the server knows when its slot began. The phone only states how
    long the rest took.
    """
    seen_by_s = (code.slots[-1] + 1) * policy.qr_slot_s
    return seen_by_s + code.took_s + policy.bt_slots_ahead * SLOT_S
