"""API routes of this app, under /api/v1/."""

from django.urls import path

from sessions_app.api.views import (
    beacon,
    calendars,
    catalogue,
    closed_days,
    excuses,
    guests,
    imports,
    room,
    series,
    session_tables,
    sessions,
    staff,
)

urlpatterns = [
    path("subjects", catalogue.SubjectsView.as_view(), name="api-subjects"),
    path("classes", catalogue.ClassGroupsView.as_view(), name="api-classes"),
    path("courses", catalogue.CoursesView.as_view(), name="api-courses"),
    path("courses/<uuid:course_id>", catalogue.CourseView.as_view(), name="api-course"),
    path(
        "courses/<uuid:course_id>/enrolments",
        catalogue.EnrolmentsView.as_view(),
        name="api-enrolments",
    ),
    path(
        "courses/<uuid:course_id>/enrolments/<uuid:student_id>",
        catalogue.EnrolmentView.as_view(),
        name="api-enrolment",
    ),
    path(
        "courses/<uuid:course_id>/enrolments/<uuid:student_id>/move",
        catalogue.MoveStudentView.as_view(),
        name="api-move-student",
    ),
    path(
        "courses/<uuid:course_id>/series",
        series.PlanSeriesView.as_view(),
        name="api-plan-series",
    ),
    path(
        "sessions/<uuid:session_id>/move-series",
        series.MoveSeriesView.as_view(),
        name="api-move-series",
    ),
    path(
        "series-moves/<uuid:move_id>/undo",
        series.UndoSeriesMoveView.as_view(),
        name="api-undo-series-move",
    ),
    path("closed-days", closed_days.ClosedDaysView.as_view(), name="api-closed-days"),
    path(
        "closed-days/<uuid:day_id>",
        closed_days.ClosedDayView.as_view(),
        name="api-closed-day",
    ),
    path(
        "courses/<uuid:course_id>/staff",
        staff.CourseStaffView.as_view(),
        name="api-course-staff",
    ),
    path(
        "courses/<uuid:course_id>/staff/<uuid:person_id>",
        staff.CourseStaffMemberView.as_view(),
        name="api-course-staff-member",
    ),
    path(
        "courses/<uuid:course_id>/staff-events",
        staff.StaffEventsView.as_view(),
        name="api-staff-events",
    ),
    path(
        "courses/<uuid:course_id>/teacher",
        staff.CourseTeacherView.as_view(),
        name="api-course-teacher",
    ),
    path("calendars", calendars.CalendarsView.as_view(), name="api-calendars"),
    path(
        "calendars/<uuid:subscription_id>",
        calendars.CalendarView.as_view(),
        name="api-calendar",
    ),
    path(
        "calendars/<uuid:subscription_id>/read",
        calendars.ReadCalendarView.as_view(),
        name="api-read-calendar",
    ),
    path(
        "imports/sessions", session_tables.ImportSessionsView.as_view(), name="api-import-sessions"
    ),
    path("imports", imports.ImportsView.as_view(), name="api-imports"),
    path("imports/<uuid:record_id>", imports.ImportView.as_view(), name="api-import"),
    path(
        "imports/<uuid:record_id>/take-back",
        imports.TakeBackImportView.as_view(),
        name="api-import-take-back",
    ),
    path("sessions", sessions.SessionsView.as_view(), name="api-sessions"),
    path("sessions/<uuid:session_id>", sessions.SessionView.as_view(), name="api-session"),
    path(
        "sessions/<uuid:session_id>/open",
        sessions.OpenSessionView.as_view(),
        name="api-session-open",
    ),
    path(
        "sessions/<uuid:session_id>/close",
        sessions.CloseSessionView.as_view(),
        name="api-session-close",
    ),
    path(
        "sessions/<uuid:session_id>/annul",
        sessions.AnnulSessionView.as_view(),
        name="api-session-annul",
    ),
    path(
        "sessions/<uuid:session_id>/restore",
        sessions.RestoreSessionView.as_view(),
        name="api-session-restore",
    ),
    path(
        "sessions/<uuid:session_id>/cancel",
        sessions.CancelSessionView.as_view(),
        name="api-session-cancel",
    ),
    path(
        "sessions/<uuid:session_id>/record",
        sessions.RecordSessionView.as_view(),
        name="api-session-record",
    ),
    path(
        "sessions/<uuid:session_id>/events",
        sessions.SessionEventsView.as_view(),
        name="api-session-events",
    ),
    path(
        "sessions/<uuid:session_id>/register",
        room.RegisterView.as_view(),
        name="api-session-register",
    ),
    path(
        "sessions/<uuid:session_id>/short-code",
        room.ShortCodeView.as_view(),
        name="api-short-code",
    ),
    path(
        "sessions/<uuid:session_id>/code-showings",
        room.CodeShowingsView.as_view(),
        name="api-code-showings",
    ),
    path("sessions/<uuid:session_id>/beacon", room.BeaconView.as_view(), name="api-beacon"),
    path(
        "sessions/<uuid:session_id>/substitute",
        staff.SubstituteView.as_view(),
        name="api-session-substitute",
    ),
    path("beacon/assignment", beacon.BeaconAssignmentView.as_view(), name="api-beacon-assignment"),
    path("qr/generate/<uuid:session_id>", room.RotatingCodeView.as_view(), name="api-qr-generate"),
    path("sessions/<uuid:session_id>/guests", guests.GuestsView.as_view(), name="api-guests"),
    path("guests/<uuid:guest_id>", guests.GuestView.as_view(), name="api-guest"),
    path("guests/<uuid:guest_id>/enrol", guests.EnrolGuestView.as_view(), name="api-guest-enrol"),
    path("excuse-kinds", excuses.ExcuseKindsView.as_view(), name="api-excuse-kinds"),
    path("excuse-kinds/<uuid:kind_id>", excuses.ExcuseKindView.as_view(), name="api-excuse-kind"),
    path("excuses", excuses.ExcusesView.as_view(), name="api-excuses"),
    path(
        "excuses/<uuid:excuse_id>/revoke",
        excuses.RevokeExcuseView.as_view(),
        name="api-excuse-revoke",
    ),
    path("attendance/manual", room.MarkByHandView.as_view(), name="api-manual-mark"),
]
