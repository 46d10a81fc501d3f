"""API routes of this app, under /api/v1/."""

from django.urls import path
from django.urls.resolvers import URLPattern

from reports.api import views

urlpatterns: list[URLPattern] = [
    path(
        "attendance/statistics/today/<uuid:user_id>",
        views.StatisticsToday.as_view(),
        name="api-statistics-today",
    ),
    path(
        "attendance/statistics/all/<uuid:user_id>",
        views.StatisticsOverall.as_view(),
        name="api-statistics-all",
    ),
    path(
        "attendance/statistics/sessions/<uuid:user_id>",
        views.StatisticsSessions.as_view(),
        name="api-statistics-sessions",
    ),
    path("my-data", views.OwnData.as_view(), name="api-my-data"),
    path("attendance/data/class/<uuid:class_id>", views.ClassData.as_view(), name="api-class-data"),
    path(
        "attendance/data/subject/<uuid:subject_id>",
        views.SubjectData.as_view(),
        name="api-subject-data",
    ),
    path(
        "admin/student-profile/<uuid:student_id>",
        views.StudentProfile.as_view(),
        name="api-student-profile",
    ),
    path("admin/stats", views.InstitutionStats.as_view(), name="api-admin-stats"),
    path("errors", views.Errors.as_view(), name="api-errors"),
]
