"""The addresses of this app's pages."""

from django.urls import path

from accounts.views import joining, logging_in, own_account, people, resets

urlpatterns = [
    path("login/", logging_in.LogInView.as_view(), name="login"),
    path("logout/", logging_in.LogOutView.as_view(), name="logout"),
    path("join/", joining.join, name="join"),
    path("people/waiting/", people.waiting_people, name="people-waiting"),
    path("people/<uuid:account_id>/approve/", people.approve_person, name="person-approve"),
    path("people/erasures/", people.erasures, name="erasures"),
    path("account/", own_account.account, name="account"),
    path("account/password/", own_account.change_password, name="change-password"),
    path("password/forgotten/", resets.ask_for_reset, name="password_reset"),
    path(
        "password/new/<str:uidb64>/<str:token>/",
        resets.ForgottenPasswordView.as_view(),
        name="password_reset_confirm",
    ),
]
