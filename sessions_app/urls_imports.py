"""Pages that import and export."""

from django.urls import path

from sessions_app import views_imports as views

urlpatterns = [
    path("imports/enrolments/", views.enrolments, name="import-enrolments"),
    path("imports/enrolments/apply/", views.apply_enrolments, name="import-enrolments-apply"),
    path("imports/enrolments/export/", views.export, name="export-enrolments"),
    path("imports/timetable/", views.timetable, name="import-timetable"),
    path("imports/timetable/apply/", views.apply_timetable, name="import-timetable-apply"),
    path("imports/invitations/", views.invite, name="invitations"),
    path("imports/invitations/print/", views.print_invitations, name="invitations-print"),
]
