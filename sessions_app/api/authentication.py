"""Authentication of beacons, by the token that was made for each of them."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from attendance_project import clock
from attendance_project.api_errors import as_nobody
from attendance_project.refusals import Kind, Refusal
from sessions_app import services
from sessions_app.models import BeaconToken

AUTHENTICATE_HEADER = 'Beacon realm="beacon"'
MAX_TOKEN_LENGTH = 200
"""Our own tokens have 43 characters."""


class BeaconAuthentication(BaseAuthentication):
    """``Authorization: Beacon <token>``. Nobody is logged in, and ``request.auth`` is the row."""

    @as_nobody
    def authenticate(self, request: Request) -> tuple[AnonymousUser, BeaconToken] | None:
        scheme, __, text = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if scheme.lower() != "beacon":
            return None
        if len(text) > MAX_TOKEN_LENGTH:
            raise _refused()
        token = services.beacon_with(text.strip(), now=clock.now())
        if token is None:
            raise _refused()
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return AUTHENTICATE_HEADER


def _refused() -> Refusal:
    return Refusal(
        "beacon_token_not_valid",
        _("This beacon token was revoked or replaced, or its session is over. Ask for a new one."),
        Kind.UNAUTHENTICATED,
    )


class IsBeacon(BasePermission):
    code = "beacon_token_required"
    message = gettext_lazy("This is only for a room's beacon. Send the beacon's own token.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, BeaconToken)


class BeaconThrottle(SimpleRateThrottle):
    """Counts the calls of each token, in each process. A beacon asks every 3 to 15 s."""

    scope = "beacon"
    rate = "60/min"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not isinstance(request.auth, BeaconToken):
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk}


class BeaconScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = BeaconAuthentication
    name = "beacon"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "beacon",
            "description": "A token that was made for one session's or one room's beacon.",
        }
