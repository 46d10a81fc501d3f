"""The error log, and the notices of low attendance that were sent."""

from reports.models.errors import ErrorEvent
from reports.models.notices import AttendanceNotice

__all__ = ["AttendanceNotice", "ErrorEvent"]
