"""Pages of this app."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("login/", views.LogInView.as_view(), name="login"),
    path("logout/", views.LogOutView.as_view(), name="logout"),
    path("join/", views.join, name="join"),
    path("people/waiting/", views.waiting_people, name="people-waiting"),
    path("people/<uuid:account_id>/approve/", views.approve_person, name="person-approve"),
    path("people/erasures/", views.erasures, name="erasures"),
    path("account/", views.account, name="account"),
    path("account/password/", views.change_password, name="change-password"),
    path("password/forgotten/", views.ask_for_reset, name="password_reset"),
    path(
        "password/new/<str:uidb64>/<str:token>/",
        views.ForgottenPasswordView.as_view(),
        name="password_reset_confirm",
    ),
]
