"""The site's addresses, and some more that fail in ways in which no real address should."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from attendance_project import urls

SECRET = "tiger-staple-93"


class ApiFailure(APIView):
    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> Response:
        raise RuntimeError(f"no row for ada@school.test with '{SECRET}' in {SECRET}")


class ApiFailureOfSomeone(ApiFailure):
    authentication_classes = APIView.authentication_classes

    def post(self, request: Request, name: str) -> Response:
        raise KeyError(request.data["password"])


def page_failure(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("api/v1/fails", ApiFailure.as_view()),
    path("api/v1/fails/<str:name>", ApiFailureOfSomeone.as_view()),
    path("fails", page_failure),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
