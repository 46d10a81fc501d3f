"""What the views of this app share."""

from __future__ import annotations

from datetime import timedelta

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.api.permissions import HasDeviceKey, IsStudent
from accounts.models import User
from attendance_project import clock
from verification import services


class FaceThrottle(BaseThrottle):
    """Lets nobody keep a processor busy with pictures (`services.face_calls`)."""

    def __init__(self) -> None:
        self._wait: timedelta | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether the call may go on. One without a log-in is refused by its permissions."""
        if isinstance(request.user, User):
            self._wait = services.wait_for_turn(request.user, now=clock.now())
        return self._wait is None

    def wait(self) -> float | None:
        """Seconds to wait."""
        return None if self._wait is None else max(self._wait.total_seconds(), 1.0)


class PhoneView(APIView):
    """A call that a student's phone makes and signs with its key."""

    permission_classes = [IsStudent, HasDeviceKey]
