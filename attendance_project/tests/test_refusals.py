"""What becomes of a refusal: an answer of the API, or words on a page."""

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from attendance_project import api_errors, page_refusals
from attendance_project.refusals import Kind, Refusal

STATUSES = [
    (Kind.INVALID, 400),
    (Kind.UNAUTHENTICATED, 401),
    (Kind.NOT_ALLOWED, 403),
    (Kind.NOT_FOUND, 404),
    (Kind.CONFLICT, 409),
    (Kind.TOO_COSTLY, 422),
    (Kind.TOO_MANY, 429),
    (Kind.UNAVAILABLE, 503),
]


def refusal(kind=Kind.CONFLICT, **more):
    return Refusal("a_code", "What to do.", kind, **more)


def answer_of(refused, authenticators=()):
    class View(APIView):
        authentication_classes = authenticators
        permission_classes = [AllowAny]

        def get(self, request):
            raise refused

    return View.as_view()(APIRequestFactory().get("/")).render()


def request_of(**headers):
    request = APIRequestFactory().get("/", headers=headers)
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


class NameForm(forms.Form):
    new_name = forms.CharField()


def test_every_kind_has_its_status():
    assert [kind for kind, _ in STATUSES] == list(Kind)


@pytest.mark.parametrize(("kind", "status"), STATUSES)
def test_the_api_answers_each_kind_in_the_one_shape(kind, status):
    answer = answer_of(refusal(kind, fields={"name": ["Shorter."]}))
    assert answer.status_code == status
    shape = {"code": "a_code", "detail": "What to do.", "fields": {"name": ["Shorter."]}}
    assert answer.data == shape
    assert answer.error_code == "a_code"
    assert answer.has_header("WWW-Authenticate") is (status == 401)


@pytest.mark.parametrize(("wait_s", "told"), [(0.2, "1"), (59.9, "60"), (3600, "3601")])
def test_it_says_how_many_seconds_to_wait(wait_s, told):
    assert answer_of(refusal(Kind.TOO_MANY, wait_s=wait_s))["Retry-After"] == told
    page = page_refusals.with_status(HttpResponse(), refusal(Kind.TOO_MANY, wait_s=wait_s))
    assert (page.status_code, page["Retry-After"]) == (429, told)


def test_a_refused_caller_is_told_the_way_in_of_the_view_asked():
    class Ticket(BaseAuthentication):
        def authenticate(self, request):
            return None

        def authenticate_header(self, request):
            return "Ticket"

    refused = refusal(Kind.UNAUTHENTICATED)
    assert answer_of(refused, [Ticket])["WWW-Authenticate"] == "Ticket"
    assert answer_of(refused)["WWW-Authenticate"] == api_errors.AUTHENTICATE_HEADER


def test_whom_an_authenticator_refuses_is_nobody():
    class Refusing(BaseAuthentication):
        @api_errors.as_nobody
        def authenticate(self, request):
            raise refusal(Kind.UNAUTHENTICATED)

    class View(APIView):
        authentication_classes = [Refusing]

    request = APIRequestFactory().get("/")
    request.user = "whoever the cookie belongs to"
    assert View.as_view()(request).status_code == 401
    assert request.user == AnonymousUser()


def test_half_a_surrogate_in_a_sentence_is_replaced():
    answer = answer_of(Refusal("x", "Not \ud800.", Kind.INVALID, fields={"a": ["No \udfff."]}))
    assert (answer.data["detail"], answer.data["fields"]) == ("Not ?.", {"a": ["No ?."]})


def test_a_page_tells_a_refusal_as_a_message():
    request = request_of()

    def refuse():
        raise refusal()

    assert not page_refusals.do_or_tell(request, refuse)
    assert [str(message) for message in get_messages(request)] == ["What to do."]
    assert page_refusals.do_or_tell(request, lambda: None)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"name": ["Shorter."]}, {"new_name": ["Shorter."]}),
        ({"new_name": ["Shorter."], "other": ["Lost."]}, {"new_name": ["Shorter."]}),
        ({"other": ["Odd.", "Too odd."]}, {"__all__": ["Odd.", "Too odd."]}),
        ({}, {"__all__": ["What to do."]}),
    ],
)
def test_a_form_tells_a_refusal_beside_its_fields(fields, shown):
    form = NameForm({"new_name": "x"})
    page_refusals.show_in_form(form, refusal(fields=fields), names={"name": "new_name"})
    assert dict(form.errors) == shown


def test_a_form_is_where_an_attempt_tells_it():
    request, form = request_of(), NameForm({"new_name": "x"})

    def refuse():
        raise refusal()

    assert not page_refusals.do_or_tell(request, refuse, form)
    assert form.non_field_errors() == ["What to do."]
    assert not list(get_messages(request))


def test_a_script_of_a_page_reads_the_shape_of_the_api():
    @page_refusals.refused_in_json
    def view(request):
        raise refusal(Kind.NOT_FOUND)

    answer = view(request_of())
    assert answer.status_code == 404
    assert b'"code": "a_code"' in answer.content


@pytest.mark.parametrize(("accept", "wanted"), [("application/json", True), ("text/html", False)])
def test_a_script_says_what_it_reads(accept, wanted):
    assert page_refusals.wants_json(request_of(Accept=accept)) is wanted
