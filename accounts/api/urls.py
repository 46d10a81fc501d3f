"""API routes of this app, under /api/v1/."""

from django.urls import path

from accounts.api.views import tokens

urlpatterns = [
    path("login", tokens.LoginView.as_view(), name="api-login"),
    path("token/refresh", tokens.RefreshView.as_view(), name="api-token-refresh"),
    path("logout", tokens.LogoutView.as_view(), name="api-logout"),
]
