"""The API routes of this app. They stand under /api/v1/."""

from django.urls import path
from django.urls.resolvers import URLPattern

from reports.api.views.attendance import AttendanceWeeksView, ClassDataView, SubjectDataView
from reports.api.views.institution import (
    ErrorsView,
    InstitutionStatsView,
    StudentProfileView,
    StudentWarningsView,
)
from reports.api.views.own_data import OwnDataView
from reports.api.views.statistics import (
    StatisticsOverallView,
    StatisticsSessionsView,
    StatisticsTodayView,
)

urlpatterns: list[URLPattern] = [
    path(
        "attendance/statistics/today/<uuid:user_id>",
        StatisticsTodayView.as_view(),
        name="api-statistics-today",
    ),
    path(
        "attendance/statistics/all/<uuid:user_id>",
        StatisticsOverallView.as_view(),
        name="api-statistics-all",
    ),
    path(
        "attendance/statistics/sessions/<uuid:user_id>",
        StatisticsSessionsView.as_view(),
        name="api-statistics-sessions",
    ),
    path("my-data", OwnDataView.as_view(), name="api-my-data"),
    path("attendance/data/class/<uuid:class_id>", ClassDataView.as_view(), name="api-class-data"),
    path(
        "attendance/data/subject/<uuid:subject_id>",
        SubjectDataView.as_view(),
        name="api-subject-data",
    ),
    path("attendance/weeks", AttendanceWeeksView.as_view(), name="api-attendance-weeks"),
    path(
        "admin/student-profile/<uuid:student_id>",
        StudentProfileView.as_view(),
        name="api-student-profile",
    ),
    path(
        "admin/student-profile/<uuid:student_id>/warnings",
        StudentWarningsView.as_view(),
        name="api-student-warnings",
    ),
    path("admin/stats", InstitutionStatsView.as_view(), name="api-admin-stats"),
    path("errors", ErrorsView.as_view(), name="api-errors"),
]
