"""The peer of ``bench_check_in_calls``: the least that an authenticated call does which writes.

It is made of what Django REST framework and simplejwt bring, without a line of this system's API.
"""

from __future__ import annotations

from django.urls import path
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTAuthentication

from attendance_project import clock, urls
from verification.models import FaceCall

PATH = "/bare"


class WhoSerializer(serializers.Serializer):
    who = serializers.CharField(max_length=64)


class BareView(APIView):
    """Checks the token and the body, inserts one row and answers."""

    authentication_classes = [JWTAuthentication]
    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> Response:
        given = WhoSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = FaceCall.objects.create(who=given.validated_data["who"], at=clock.now())
        return Response({"id": row.pk})


urlpatterns = [path(PATH.lstrip("/"), BareView.as_view()), *urls.urlpatterns]
