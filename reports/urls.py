"""The pages of this app."""

from typing import Any

from django.urls import path
from django.urls.resolvers import URLPattern

from reports.exports.files import FORMATS
from reports.views import attendance, courses, dashboard, errors, lists, students


def _files(route: str, view: Any, name: str) -> list[URLPattern]:
    """Make a route for each format, so that no view has to check the format."""
    return [
        path(f"{route}.{kind}", view, {"kind": kind}, name=f"{name}-{kind}") for kind in FORMATS
    ]


urlpatterns: list[URLPattern] = [
    path("office/", dashboard.dashboard, name="dashboard"),
    path("office/today/", dashboard.today, name="dashboard-today"),
    path("office/errors/", errors.error_list, name="errors"),
    path("office/errors/<uuid:event_id>/", errors.error, name="error"),
    path("reports/", courses.courses, name="reports"),
    path("reports/courses/<uuid:course_id>/", courses.course, name="report-course"),
    *_files("reports/courses/<uuid:course_id>/matrix", courses.course_file, "report-course"),
    path("reports/attendance/", attendance.of_all, name="report-attendance"),
    *_files("reports/attendance/rows", attendance.all_file, "report-attendance"),
    path("reports/classes/<uuid:class_id>/", attendance.of_class, name="report-class"),
    *_files("reports/classes/<uuid:class_id>/rows", attendance.class_file, "report-class"),
    path("reports/subjects/<uuid:subject_id>/", attendance.of_subject, name="report-subject"),
    *_files("reports/subjects/<uuid:subject_id>/rows", attendance.subject_file, "report-subject"),
    path("reports/students/<uuid:student_id>/", students.student, name="report-student"),
    path("reports/sessions/", lists.sessions, name="report-sessions"),
    path("reports/check-ins/", lists.check_in_list, name="report-check-ins"),
    path("reports/reviews/", lists.reviews, name="report-reviews"),
    path("reports/warned/", lists.warned, name="report-warned"),
]
