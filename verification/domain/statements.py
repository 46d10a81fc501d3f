"""What a phone's signed statement on a kept check-in is held against.

The phone states how long it kept the newest code, in seconds. That is a difference of two times by
one clock, so a wrong clock does no harm. The server knows how old the code is. Of that age, what
the phone's statement does not explain is the time that the transfer took.
"""

from verification.domain.evidence import CodeEvidence
from verification.domain.policy import Policy


def fault_of(code: CodeEvidence, policy: Policy) -> str | None:
    """Why the statement does not explain the code's age: a name for logs and tests.

    The name is empty where the statement explains it; None means that there is no statement, or no
    code.
    """
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
