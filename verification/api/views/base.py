"""What the views of this app share."""

from __future__ import annotations

import logging
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from accounts.api.permissions import HasDeviceKey, IsStudent
from attendance_project.api_errors import ApiError
from verification.engines.base import PassiveModelUnusable, UnreadableImage
from verification.engines.weights import WeightsMissing
from verification.errors import Refusal

logger = logging.getLogger(__name__)
_M = TypeVar("_M", bound=Model)


class JudgedView(APIView):
    """Turns what the services refuse into the API's one error shape."""

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, Refusal):
            exc = ApiError(exc.code, str(exc), status=exc.status)
        elif isinstance(exc, UnreadableImage):
            exc = ApiError(
                "unreadable_image",
                _("A frame could not be read: %(why)s. Take the pictures again.") % {"why": exc},
            )
        elif isinstance(exc, WeightsMissing | PassiveModelUnusable):
            logger.error("The face engine cannot be loaded", exc_info=exc)
            exc = ApiError(
                "face_check_unavailable",
                _("The face check is out of order. Ask your teacher to mark you."),
                status=503,
            )
        return super().handle_exception(exc)


class FaceThrottle(UserRateThrottle):
    """A burst is measured for about half a second: nobody may keep a processor busy with them.

    Counted in each process, as processors are. Three tries take a minute.
    """

    scope = "face"
    rate = "10/min"


class PhoneView(JudgedView):
    """A student's own, signed call."""

    permission_classes = [IsStudent, HasDeviceKey]


def parsed(serializer: type[Serializer], request: Request) -> dict[str, Any]:
    """The validated input. Multipart lists are read from the form by field name."""
    checked = serializer(data=request.data)
    checked.is_valid(raise_exception=True)
    values: dict[str, Any] = checked.validated_data
    return values


def found(queryset: QuerySet[_M], pk: UUID) -> _M:
    """The row that the user may see, or a 404."""
    row = queryset.filter(pk=pk).first()
    if row is None:
        raise ApiError(
            "not_found",
            _("There is no such thing, or it is not yours to see. Load the list again."),
            status=404,
        )
    return row
