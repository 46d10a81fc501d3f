"""The API of phones: see them, approve them, revoke them."""

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
from accounts.api.permissions import ByActivePhone, IsTeacherOrAdmin
from accounts.api.serializers.tokens import DeviceFilterSerializer, DeviceSerializer
from accounts.api.views.base import viewer
from accounts.models import Device
from attendance_project import clock
from attendance_project.api_views import errors, validated_query


@extend_schema(tags=["devices"], parameters=[DeviceFilterSerializer])
class DevicesView(ListAPIView):
    """Phones, newest first: one's own, for teachers those that wait too, for admins all."""

    serializer_class = DeviceSerializer
    queryset = Device.objects.none()
    search_fields = ["name", "user__full_name", "user__institution_number"]
    ordering_fields = ["registered_at", "name", "status", "user__full_name"]

    def get_queryset(self) -> Any:
        wanted = validated_query(DeviceFilterSerializer, self.request)
        devices = Device.objects.visible_to(viewer(self.request)).select_related("user")
        return devices.filter(**wanted).order_by("-registered_at", "pk")


class DeviceView(APIView):
    @extend_schema(tags=["devices"], responses={204: None, **errors(403)})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Revoke a phone and end its log-ins. It is one's own or, for an admin, anyone's."""
        user = viewer(request)
        mine = Device.objects.all() if user.is_admin else Device.objects.filter(user=user)
        device = get_object_or_404(mine.select_related("user"), pk=pk)
        if device.jkt != bound_jkt(request.auth):  # a phone may always remove itself
            self._check_active_phone(request)
        services.revoke_device(device, now=clock.now())
        return Response(status=204)

    def _check_active_phone(self, request: Request) -> None:
        by_phone = ByActivePhone()
        if not by_phone.has_permission(request, self):
            self.permission_denied(request, str(by_phone.message), by_phone.code)


class ApproveDeviceView(APIView):
    permission_classes = [IsTeacherOrAdmin]

    @extend_schema(tags=["devices"], request=None, responses={200: DeviceSerializer, **errors(409)})
    def post(self, request: Request, pk: UUID) -> Response:
        """Let a waiting phone replace the student's present one. Repeating is harmless."""
        user = viewer(request)
        visible = Device.objects.visible_to(user).select_related("user")
        device = get_object_or_404(visible, pk=pk)
        device = services.approve_device(device, by=user, now=clock.now())
        return Response(DeviceSerializer(device).data)
