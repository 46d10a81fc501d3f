"""What a phone's signed word on a late check-in is held against.

The phone says how long it kept the newest code. That is a difference of two times by one clock, so
a wrong clock does no harm. The server knows how old the code is. What the one does not explain of
the other is the transfer.
"""

from verification.domain.evidence import CodeEvidence
from verification.domain.policy import Policy


def fresh_s(policy: Policy) -> float:
    """Age up to which a code needs no explanation: on the screen, and a short while after."""
    return max(policy.qr_max_age_s, policy.qr_slot_s + policy.qr_max_age_s / 2)


def fault_of(code: CodeEvidence, policy: Policy) -> str | None:
    """Why the word does not explain the code's age: a name for logs and tests, "" if it does,
    and None if there is no word, or no code."""
    if code.kept_s is None or code.newest_age_s is None:
        return None
    if code.newest_age_s > policy.qr_kept_s:
        return "too_old"
    if code.took_s > policy.qr_took_s:
        return "took_long"
    transfer_s = code.newest_age_s - code.kept_s
    if not -policy.qr_word_early_s <= transfer_s <= policy.qr_late_upload_s:
        return "time_moved"
    return ""
