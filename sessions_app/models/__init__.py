"""Teaching: what is taught to whom, when it meets, and who was there."""

from sessions_app.models.attendance import (
    Attendance,
    AttendanceMark,
    AttendanceStatus,
    Excuse,
    MarkSource,
)
from sessions_app.models.courses import (
    ClassGroup,
    Course,
    CourseQuerySet,
    Enrolment,
    Subject,
    teaches,
)
from sessions_app.models.meetings import Session, SessionQuerySet, SessionState, new_session_code
from sessions_app.models.policy import POLICY_FIELDS, PolicyFields, Requirement, validate_time_zone

__all__ = [
    "POLICY_FIELDS",
    "Attendance",
    "AttendanceMark",
    "AttendanceStatus",
    "ClassGroup",
    "Course",
    "CourseQuerySet",
    "Enrolment",
    "Excuse",
    "MarkSource",
    "PolicyFields",
    "Requirement",
    "Session",
    "SessionQuerySet",
    "SessionState",
    "Subject",
    "new_session_code",
    "teaches",
    "validate_time_zone",
]
