"""Teaching: what is taught to whom, its sessions, and who was there."""

from sessions_app.models.attendance import (
    Attendance,
    AttendanceMark,
    AttendanceStatus,
    MarkSource,
    MarkStatus,
)
from sessions_app.models.beacons import (
    BeaconKind,
    BeaconToken,
    BeaconTokenQuerySet,
    room_key_of,
)
from sessions_app.models.calendars import CalendarMapping, CalendarSubscription
from sessions_app.models.closed_days import NAME_LENGTH, SOURCE_LENGTH, ClosedDay
from sessions_app.models.columns import ColumnMapping, StatusWord
from sessions_app.models.counting import (
    COUNTING_FIELDS,
    LEAST_WEIGHT_H,
    MOST_LATES,
    MOST_WEIGHT_H,
    OFFERING_LENGTH,
    CountBy,
    validate_weight,
    weekly_offering_problem,
)
from sessions_app.models.courses import (
    ClassGroup,
    Course,
    CourseQuerySet,
    Enrolment,
    Subject,
    teaches,
)
from sessions_app.models.events import SessionEvent, SessionEventKind
from sessions_app.models.excuses import CountsAs, Excuse, ExcuseKind
from sessions_app.models.guests import Guest
from sessions_app.models.imports import (
    FILE_NAME_LENGTH,
    ImportKind,
    ImportRecord,
    ImportRecordQuerySet,
)
from sessions_app.models.policy import (
    LEVELS,
    POLICY_FIELDS,
    REQUIREMENTS,
    PolicyFields,
    validate_time_zone,
)
from sessions_app.models.series_moves import SeriesMove
from sessions_app.models.sessions import (
    OF_NO_EFFECT,
    ROOM_LENGTH,
    Session,
    SessionQuerySet,
    SessionState,
    new_session_code,
)
from sessions_app.models.showings import CodeShowing, ShowingWay
from sessions_app.models.staff import CourseStaff, StaffEvent, StaffEventKind, StaffRole
from sessions_app.models.waiting_files import WaitingFile
from sessions_app.models.walls import Wall

__all__ = [
    "COUNTING_FIELDS",
    "FILE_NAME_LENGTH",
    "LEAST_WEIGHT_H",
    "LEVELS",
    "MOST_LATES",
    "MOST_WEIGHT_H",
    "NAME_LENGTH",
    "OFFERING_LENGTH",
    "OF_NO_EFFECT",
    "POLICY_FIELDS",
    "REQUIREMENTS",
    "ROOM_LENGTH",
    "SOURCE_LENGTH",
    "Attendance",
    "AttendanceMark",
    "AttendanceStatus",
    "BeaconKind",
    "BeaconToken",
    "BeaconTokenQuerySet",
    "CalendarMapping",
    "CalendarSubscription",
    "ClassGroup",
    "ClosedDay",
    "CodeShowing",
    "ColumnMapping",
    "CountBy",
    "CountsAs",
    "Course",
    "CourseQuerySet",
    "CourseStaff",
    "Enrolment",
    "Excuse",
    "ExcuseKind",
    "Guest",
    "ImportKind",
    "ImportRecord",
    "ImportRecordQuerySet",
    "MarkSource",
    "MarkStatus",
    "PolicyFields",
    "SeriesMove",
    "Session",
    "SessionEvent",
    "SessionEventKind",
    "SessionQuerySet",
    "SessionState",
    "ShowingWay",
    "StaffEvent",
    "StaffEventKind",
    "StaffRole",
    "StatusWord",
    "Subject",
    "WaitingFile",
    "Wall",
    "new_session_code",
    "room_key_of",
    "teaches",
    "validate_time_zone",
    "validate_weight",
    "weekly_offering_problem",
]
