"""API routes of this app, under /api/v1/."""

from django.urls import path

from sessions_app.api.views import beacon, catalogue, room, sessions

urlpatterns = [
    path("subjects", catalogue.Subjects.as_view(), name="api-subjects"),
    path("classes", catalogue.ClassGroups.as_view(), name="api-classes"),
    path("courses", catalogue.Courses.as_view(), name="api-courses"),
    path(
        "courses/<uuid:course_id>/enrolments",
        catalogue.Enrolments.as_view(),
        name="api-enrolments",
    ),
    path(
        "courses/<uuid:course_id>/enrolments/<uuid:student_id>",
        catalogue.EnrolmentDetail.as_view(),
        name="api-enrolment",
    ),
    path("sessions", sessions.Sessions.as_view(), name="api-sessions"),
    path("sessions/<uuid:session_id>", sessions.SessionDetail.as_view(), name="api-session"),
    path(
        "sessions/<uuid:session_id>/open",
        sessions.OpenSession.as_view(),
        name="api-session-open",
    ),
    path(
        "sessions/<uuid:session_id>/close",
        sessions.CloseSession.as_view(),
        name="api-session-close",
    ),
    path(
        "sessions/<uuid:session_id>/register",
        room.Register.as_view(),
        name="api-session-register",
    ),
    path(
        "sessions/<uuid:session_id>/short-code",
        room.GetShortCode.as_view(),
        name="api-short-code",
    ),
    path("sessions/<uuid:session_id>/beacon", room.Beacon.as_view(), name="api-beacon"),
    path("beacon/assignment", beacon.BeaconAssignment.as_view(), name="api-beacon-assignment"),
    path("qr/generate/<uuid:session_id>", room.GenerateQR.as_view(), name="api-qr-generate"),
    path("attendance/manual", room.MarkByHand.as_view(), name="api-manual-mark"),
]
