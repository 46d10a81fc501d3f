"""The API of profiles and passwords."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.permissions import ByActivePhone
from accounts.api.serializers.people import (
    PasswordChangeSerializer,
    ProfileSerializer,
    UpdatedUserSerializer,
    UserSerializer,
)
from accounts.api.views.base import viewer
from accounts.models import User
from accounts.queries import logged_in_caller_of
from attendance_project import clock
from attendance_project.api_views import errors, validated


class ProfileView(APIView):
    @extend_schema(tags=["accounts"], responses=UserSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """See one's own profile or, as an admin, anyone's."""
        return Response(UserSerializer(_visible(request, pk)).data)


class UpdateProfileView(APIView):
    permission_classes = [IsAuthenticated, ByActivePhone]

    @extend_schema(
        tags=["accounts"],
        request=ProfileSerializer,
        responses={200: UpdatedUserSerializer, **errors(403, 409, 429)},
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Change a profile: one's own or, as an admin, anyone's."""
        return self._update(request, pk, partial=False)

    @extend_schema(
        tags=["accounts"],
        request=ProfileSerializer(partial=True),
        responses={200: UpdatedUserSerializer, **errors(403, 409, 429)},
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change some fields of a profile."""
        return self._update(request, pk, partial=True)

    def _update(self, request: Request, pk: UUID, *, partial: bool) -> Response:
        user = _visible(request, pk)
        changes = validated(ProfileSerializer, request, partial=partial)
        wanted, name = changes.get("email", ""), changes.get("full_name", "")
        current_password = changes.pop("current_password", "")
        reason = changes.pop("name_reason", "")
        user = services.update_profile(
            user,
            changes,
            by=viewer(request),
            current_password=current_password,
            name_reason=reason,
            caller=logged_in_caller_of(request),
            now=clock.now(),
        )
        to_confirm = wanted if wanted not in ("", user.email) else ""
        to_approve = name if name not in ("", user.full_name) else ""
        later = {"email_to_confirm": to_confirm, "name_to_approve": to_approve}
        return Response(UserSerializer(user).data | later)


class ChangePasswordView(APIView):
    permission_classes = [IsAuthenticated, ByActivePhone]

    @extend_schema(
        tags=["accounts"], request=PasswordChangeSerializer, responses={204: None, **errors(429)}
    )
    def post(self, request: Request) -> Response:
        """Set a new password. All log-ins end, this one too."""
        body = validated(PasswordChangeSerializer, request)
        services.change_password(
            viewer(request),
            current=body["current_password"],
            new=body["new_password"],
            caller=logged_in_caller_of(request),
            now=clock.now(),
        )
        return Response(status=204)


def _visible(request: Request, pk: UUID) -> User:
    return get_object_or_404(User.objects.visible_to(viewer(request)), pk=pk)
