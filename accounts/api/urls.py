"""API routes of this app, under /api/v1/."""

from django.urls import path

from accounts.api.views import (
    devices,
    erasure,
    links,
    names,
    passkeys,
    profiles,
    registration,
    tokens,
)

urlpatterns = [
    path("login", tokens.LogInView.as_view(), name="api-login"),
    path("token/refresh", tokens.RefreshTokensView.as_view(), name="api-token-refresh"),
    path("logout", tokens.LogOutView.as_view(), name="api-logout"),
    path(
        "register/student",
        registration.RegisterStudentView.as_view(),
        name="api-register-student",
    ),
    path(
        "register/teacher",
        registration.RegisterTeacherView.as_view(),
        name="api-register-teacher",
    ),
    path("register/admin", registration.RegisterAdminView.as_view(), name="api-register-admin"),
    path("invitations", registration.InvitationsView.as_view(), name="api-invitations"),
    path(
        "accounts/waiting", registration.WaitingAccountsView.as_view(), name="api-accounts-waiting"
    ),
    path(
        "accounts/<uuid:pk>/approve",
        registration.ApproveAccountView.as_view(),
        name="api-account-approve",
    ),
    path(
        "accounts/<uuid:pk>/confirm",
        registration.ConfirmAccountView.as_view(),
        name="api-account-confirm",
    ),
    path("my-name", names.OwnNameView.as_view(), name="api-my-name"),
    path("name-requests", names.NameRequestsView.as_view(), name="api-name-requests"),
    path("name-requests/<uuid:pk>", names.NameRequestView.as_view(), name="api-name-request"),
    path("confirmation", registration.ConfirmationView.as_view(), name="api-confirmation"),
    path("profile/<uuid:pk>", profiles.ProfileView.as_view(), name="api-profile"),
    path(
        "profile/update/<uuid:pk>",
        profiles.UpdateProfileView.as_view(),
        name="api-profile-update",
    ),
    path("password/change", profiles.ChangePasswordView.as_view(), name="api-password-change"),
    path("links", links.LinksView.as_view(), name="api-links"),
    path("erasure", erasure.ErasureView.as_view(), name="api-erasure"),
    path("devices", devices.DevicesView.as_view(), name="api-devices"),
    path("devices/<uuid:pk>", devices.DeviceView.as_view(), name="api-device"),
    path(
        "devices/<uuid:pk>/confirm",
        passkeys.ConfirmDeviceView.as_view(),
        name="api-device-confirm",
    ),
    path("passkeys", passkeys.PasskeysView.as_view(), name="api-passkeys"),
    path("passkeys/options", passkeys.CreationOptionsView.as_view(), name="api-passkey-options"),
    path("passkeys/challenge", passkeys.RequestOptionsView.as_view(), name="api-passkey-challenge"),
    path("passkeys/<uuid:pk>", passkeys.PasskeyView.as_view(), name="api-passkey"),
    path(
        "devices/<uuid:pk>/approve", devices.ApproveDeviceView.as_view(), name="api-device-approve"
    ),
]
