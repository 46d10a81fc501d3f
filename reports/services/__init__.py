"""What this app does: it keeps the error log, and tells students of low attendance."""

from reports.services.erasing import erase_notices
from reports.services.error_log import (
    ROWS_PER_KIND,
    purge_errors,
    record_failure,
    record_refusal,
)
from reports.services.notices import due_notices, send_notice

__all__ = [
    "ROWS_PER_KIND",
    "due_notices",
    "erase_notices",
    "purge_errors",
    "record_failure",
    "record_refusal",
    "send_notice",
]
