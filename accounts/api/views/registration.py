"""The API of registration, invitations and approvals."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.permissions import IsAdmin
from accounts.api.serializers.links import LinkSentSerializer
from accounts.api.serializers.people import (
    ConfirmationSerializer,
    InvitationSerializer,
    InvitedRegistrationSerializer,
    NewInvitationSerializer,
    RegistrationSerializer,
    UserSerializer,
)
from accounts.api.views.base import viewer
from accounts.models import Role, User
from accounts.queries import address_of, waiting_accounts
from accounts.services import NewAccount
from attendance_project import clock
from attendance_project.api_views import PublicView, errors, validated

_REGISTERED = {201: UserSerializer, **errors(400, 403, 409, 415, 429)}


class RegisterStudentView(PublicView):
    @extend_schema(tags=["accounts"], request=RegistrationSerializer, responses=_REGISTERED)
    def post(self, request: Request) -> Response:
        """Make a student's account."""
        new = NewAccount(**validated(RegistrationSerializer, request))
        return _created(
            services.register_student(new, address=address_of(request), now=clock.now())
        )


class RegisterTeacherView(PublicView):
    @extend_schema(tags=["accounts"], request=InvitedRegistrationSerializer, responses=_REGISTERED)
    def post(self, request: Request) -> Response:
        """Make a teacher's account. Without an invitation it waits for an admin's approval."""
        new, invitation = _invited(request)
        made = services.register_teacher(
            new, invitation=invitation, address=address_of(request), now=clock.now()
        )
        return _created(made)


class RegisterAdminView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(tags=["accounts"], request=InvitedRegistrationSerializer, responses=_REGISTERED)
    def post(self, request: Request) -> Response:
        """Make an admin's account, as an admin or with an invitation."""
        new, invitation = _invited(request)
        by = request.user if isinstance(request.user, User) else None
        return _created(services.register_admin(new, by=by, invitation=invitation, now=clock.now()))


class InvitationsView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(
        tags=["accounts"], request=NewInvitationSerializer, responses={201: InvitationSerializer}
    )
    def post(self, request: Request) -> Response:
        """Make a one-time invitation. Its code is shown in this answer only."""
        body = validated(NewInvitationSerializer, request)
        invitation, code = services.create_invitation(
            role=Role(body["role"]), email=body["email"], by=viewer(request), now=clock.now()
        )
        answer = {
            "id": invitation.pk,
            "role": invitation.role,
            "email": invitation.email,
            "expires_at": invitation.expires_at,
            "code": code,
        }
        return Response(InvitationSerializer(answer).data, status=201)


@extend_schema(tags=["accounts"])
class WaitingAccountsView(ListAPIView):
    """Accounts that wait for an admin's approval, oldest first."""

    permission_classes = [IsAdmin]
    serializer_class = UserSerializer
    queryset = waiting_accounts()
    search_fields = ["full_name", "institution_number", "claimed_number", "email", "department"]
    ordering_fields = ["created_at", "full_name", "institution_number"]


class ApproveAccountView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(
        tags=["accounts"], request=None, responses={200: UserSerializer, **errors(403, 404, 409)}
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Let a waiting account in whose address is confirmed. Repeating is harmless."""
        account = get_object_or_404(User, pk=pk)
        return Response(UserSerializer(services.approve_account(account, by=viewer(request))).data)


class ConfirmAccountView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(
        tags=["accounts"], request=None, responses={200: UserSerializer, **errors(403, 404, 409)}
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Answer for an account's address, number and name, without a mail. Repeating is
        harmless."""
        account = get_object_or_404(User, pk=pk)
        services.answer_for_account(account, now=clock.now())
        account.refresh_from_db()
        return Response(UserSerializer(account).data)


class ConfirmationView(APIView):
    @extend_schema(
        tags=["accounts"],
        request=ConfirmationSerializer,
        responses={202: LinkSentSerializer, **errors(400, 401, 409, 429)},
    )
    def post(self, request: Request) -> Response:
        """Get the link once more that confirms one's own e-mail address and number."""
        number = validated(ConfirmationSerializer, request).get("institution_number", "")
        services.mail_confirmation(viewer(request), number=number, now=clock.now())
        return Response({"sent_to": viewer(request).email}, status=202)


def _invited(request: Request) -> tuple[NewAccount, str]:
    body = validated(InvitedRegistrationSerializer, request)
    invitation = body.pop("invitation")
    return NewAccount(**body), invitation


def _created(user: User) -> Response:
    return Response(UserSerializer(user).data, status=201)
