"""The API of log-in, refresh and log-out."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.api.authentication import proof_in
from accounts.api.serializers.tokens import (
    LoggedInSerializer,
    LoginSerializer,
    RefreshSerializer,
    TokenPairSerializer,
)
from accounts.middleware import remember_browser
from accounts.queries import caller_of
from attendance_project import clock
from attendance_project.api_views import PublicView, errors, validated

PROOF_HEADER = OpenApiParameter(
    "DPoP",
    str,
    OpenApiParameter.HEADER,
    description="RFC 9449 proof (ES256) over this call, made with the phone's key.",
)


class LogInView(PublicView):
    @extend_schema(
        tags=["accounts"],
        parameters=[PROOF_HEADER],
        request=LoginSerializer,
        responses={200: LoggedInSerializer, **errors(400, 401, 403, 415, 429)},
    )
    def post(self, request: Request) -> Response:
        """Get tokens for an e-mail and password, bound to the phone's key if its proof is sent."""
        given, proof = validated(LoginSerializer, request), proof_in(request)
        caller = caller_of(request, jkt=proof.jkt if proof else "")
        logged_in = services.log_in(**given, proof=proof, caller=caller, now=clock.now())
        remember_browser(request, logged_in.user)
        return Response(LoggedInSerializer(logged_in).data)


class RefreshTokensView(PublicView):
    @extend_schema(
        tags=["accounts"],
        parameters=[PROOF_HEADER],
        request=RefreshSerializer,
        responses={200: TokenPairSerializer, **errors(400, 401, 415)},
    )
    def post(self, request: Request) -> Response:
        """Get a new pair for a refresh token, once. A bound one needs its phone's proof."""
        body = validated(RefreshSerializer, request)
        pair = services.rotate_refresh(body["refresh"], proof=proof_in(request), now=clock.now())
        return Response(TokenPairSerializer(pair).data)


class LogOutView(PublicView):
    @extend_schema(
        tags=["accounts"],
        request=RefreshSerializer,
        responses={204: None, **errors(400, 415)},
    )
    def post(self, request: Request) -> Response:
        """End the log-in to which the refresh token belongs, with its access tokens."""
        services.log_out(validated(RefreshSerializer, request)["refresh"], now=clock.now())
        return Response(status=204)
