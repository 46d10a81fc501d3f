"""The API of a student's passkeys: make, see and remove them, and confirm a waiting phone."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.authentication import bound_jkt
from accounts.api.permissions import ByActivePhone, HasDeviceKey, IsStudent
from accounts.api.serializers.passkeys import (
    NewPasskeySerializer,
    OptionsSerializer,
    PasskeyAnswerSerializer,
    PasskeyPurposeSerializer,
    PasskeySerializer,
)
from accounts.api.serializers.tokens import DeviceSerializer
from accounts.api.views.base import viewer
from accounts.models import Device, Passkey, PasskeyPurpose
from attendance_project import clock
from attendance_project.api_views import errors, validated

MINE = [IsStudent, HasDeviceKey]


class PasskeysView(ListAPIView):
    """One's own passkeys, newest first."""

    permission_classes = [*MINE, ByActivePhone]
    serializer_class = PasskeySerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Passkey.objects.none()
        return Passkey.objects.filter(user=viewer(self.request)).order_by("-created_at", "pk")

    @extend_schema(
        tags=["passkeys"],
        request=NewPasskeySerializer,
        responses={201: PasskeySerializer, **errors(400, 409)},
    )
    def post(self, request: Request) -> Response:
        """Register the passkey that the authenticator made for `POST /passkeys/options`."""
        given = validated(NewPasskeySerializer, request)
        passkey = services.register_passkey(
            viewer(request), **given, jkt=bound_jkt(request.auth), now=clock.now()
        )
        return Response(PasskeySerializer(passkey).data, status=201)


class CreationOptionsView(APIView):
    permission_classes = [*MINE, ByActivePhone]

    @extend_schema(
        tags=["passkeys"], request=None, responses={200: OptionsSerializer, **errors(409)}
    )
    def post(self, request: Request) -> Response:
        """Get the options for making a passkey. Their challenge is good once, for five minutes."""
        options = services.passkey_creation_options(
            viewer(request), jkt=bound_jkt(request.auth), now=clock.now()
        )
        return Response({"options": options})


class RequestOptionsView(APIView):
    permission_classes = MINE

    @extend_schema(
        tags=["passkeys"],
        request=PasskeyPurposeSerializer,
        responses={200: OptionsSerializer, **errors(400, 409)},
    )
    def post(self, request: Request) -> Response:
        """Get the options for using a passkey, at a face enrolment or to confirm a phone."""
        purpose = PasskeyPurpose(validated(PasskeyPurposeSerializer, request)["purpose"])
        options = services.passkey_request_options(
            viewer(request), purpose, jkt=bound_jkt(request.auth), now=clock.now()
        )
        return Response({"options": options})


class PasskeyView(APIView):
    permission_classes = [*MINE, ByActivePhone]

    @extend_schema(tags=["passkeys"], responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove one of one's own passkeys. What it confirmed before stays confirmed."""
        get_object_or_404(Passkey.objects.filter(user=viewer(request)), pk=pk).delete()
        return Response(status=204)


class ConfirmDeviceView(APIView):
    permission_classes = MINE

    @extend_schema(
        tags=["passkeys"],
        request=PasskeyAnswerSerializer,
        responses={200: DeviceSerializer, **errors(400, 409)},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Confirm the waiting phone that calls. It still waits; whoever approves it sees this."""
        given = validated(PasskeyAnswerSerializer, request)
        own = Device.objects.filter(user=viewer(request)).select_related("user")
        device = services.confirm_device(
            get_object_or_404(own, pk=pk),
            **given,
            jkt=bound_jkt(request.auth),
            now=clock.now(),
        )
        return Response(DeviceSerializer(device).data)
