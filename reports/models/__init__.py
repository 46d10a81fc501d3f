"""What went wrong, and who was told of low attendance."""

from reports.models.errors import ErrorEvent
from reports.models.notices import AttendanceNotice

__all__ = ["AttendanceNotice", "ErrorEvent"]
