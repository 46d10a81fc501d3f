"""What the views of this app share."""

from __future__ import annotations

from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from accounts.api.permissions import HasDeviceKey, IsStudent


class FaceThrottle(UserRateThrottle):
    """Ten bursts a minute. Measuring one takes about half a second of a processor.

    Nobody may keep a processor busy with bursts, and three tries take a minute. Each process of
    the server counts by itself, as it has its processor by itself.
    """

    scope = "face"
    rate = "10/min"


class PhoneView(APIView):
    """A call that a student's phone makes and signs with its key."""

    permission_classes = [IsStudent, HasDeviceKey]
