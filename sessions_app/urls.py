"""Pages of this app."""

from django.urls import path, re_path

from sessions_app import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sessions/<uuid:session_id>/live/", views.live, name="session-live"),
    path("sessions/<uuid:session_id>/live/state", views.live_state, name="session-live-state"),
    path(
        "sessions/<uuid:session_id>/live/short-code",
        views.short_code,
        name="session-short-code",
    ),
    path("sessions/<uuid:session_id>/open/", views.open_session, name="session-open"),
    path("sessions/<uuid:session_id>/close/", views.close_session, name="session-close"),
    path("sessions/<uuid:session_id>/register/", views.register, name="session-register"),
    path(
        "sessions/<uuid:session_id>/register/<uuid:student_id>/",
        views.mark,
        name="session-mark",
    ),
    # Upper case is what the code holds, lower case what a person would type.
    re_path(r"^[Qq]/(?P<token>[^/]+)/?$", views.code_page, name="code-page"),
]
