"""The addresses of this app's pages."""

from django.urls import path

from accounts.views import (
    directory,
    joining,
    links,
    logging_in,
    merging,
    names,
    own_account,
    people,
    resets,
)

urlpatterns = [
    path("login/", logging_in.LogInView.as_view(), name="login"),
    path("logout/", logging_in.LogOutView.as_view(), name="logout"),
    path("join/", joining.join, name="join"),
    path("people/", directory.people, name="people"),
    path("people/merges/", merging.merges, name="merges"),
    path("people/merges/<uuid:merge_id>/undo/", merging.undo_merge, name="merge-undo"),
    path("people/<uuid:account_id>/", directory.person, name="person"),
    path("people/<uuid:account_id>/switch/", directory.switch_person, name="person-switch"),
    path("people/<uuid:account_id>/confirm/", directory.confirm_person, name="person-confirm"),
    path("people/<uuid:account_id>/merge/", merging.merge, name="person-merge"),
    path("people/waiting/", people.waiting_people, name="people-waiting"),
    path("people/<uuid:account_id>/approve/", people.approve_person, name="person-approve"),
    path("people/names/", names.names, name="names"),
    path("people/names/<uuid:request_id>/", names.decide_name, name="name-decide"),
    path("people/erasures/", people.erasures, name="erasures"),
    path("account/", own_account.account, name="account"),
    path("account/password/", own_account.change_password, name="change-password"),
    path("confirm/", links.mailed_link, name="mailed-link"),
    path("password/forgotten/", resets.ask_for_reset, name="password_reset"),
    path("password/new/", resets.open_link, name="password_link"),
    path(
        "password/new/<str:uidb64>/",
        resets.ForgottenPasswordView.as_view(),
        {"token": resets.ForgottenPasswordView.reset_url_token},
        name="password_reset_confirm",
    ),
]
