"""How pages show a refusal: beside the fields of a form, as a message, or as JSON."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from attendance_project import api_errors
from attendance_project.refusals import Refusal

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def do_or_tell(
    request: HttpRequest, do: Callable[[], object], form: BaseForm | None = None
) -> bool:
    """Whether it was done. A refusal is shown in the form, or without one on the next page."""
    try:
        do()
    except Refusal as refusal:
        if form is None:
            tell(request, refusal)
        else:
            show_in_form(form, refusal)
        return False
    return True


def tell(request: HttpRequest, refusal: Refusal) -> None:
    """Show the refusal as a message on the next page."""
    messages.error(request, refusal.sentence)


def show_in_form(
    form: BaseForm, refusal: Refusal, *, names: Mapping[str, str] | None = None
) -> None:
    """Put each sentence beside its field, or above the form where the form has no such field.

    ``names`` maps a field of the service to the form's field where the two differ.
    """
    shown = {(names or {}).get(name, name): told for name, told in refusal.fields.items()}
    known = {name: told for name, told in shown.items() if name in form.fields}
    for name, told in known.items():
        form.add_error(name, told)
    if not known:
        others = [sentence for told in shown.values() for sentence in told]
        form.add_error(None, others or refusal.sentence)
    form.refusal = refusal  # type: ignore[attr-defined]


def form_page(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page with the forms of its context. Where one that was sent is not in order, its status
    says so to programs: that of the refusal that is shown in the form, or 400, as for no fields."""
    response = render(request, template, context)
    if request.method != "POST":
        return response
    sent = [form for form in context.values() if isinstance(form, BaseForm) and form.is_bound]
    wrong = [form for form in sent if form.errors]
    if wrong or not (request.POST or request.FILES):
        response.status_code = 400
    refusal = next((form.refusal for form in wrong if hasattr(form, "refusal")), None)
    return with_status(response, refusal) if refusal else response


def with_status(response: HttpResponse, refusal: Refusal) -> HttpResponse:
    """The page with the refusal's status and headers, which tell a program that it was refused."""
    response.status_code = api_errors.status_of(refusal)
    for name, value in api_errors.waiting_headers(refusal.wait_s).items():
        response.headers[name] = value
    return response


def in_json(refusal: Refusal) -> HttpResponse:
    """The refusal in the API's shape, for a page's own script."""
    return with_status(JsonResponse(api_errors.body_of(refusal)), refusal)


def wants_json(request: HttpRequest) -> bool:
    """Whether a page's own script asks, and not a person who pressed a button."""
    return "application/json" in request.headers.get("Accept", "")


def refused_in_json(view: View[P]) -> View[P]:
    """Decorate a view that only scripts call: it answers a refusal as JSON."""

    @wraps(view)
    def answering(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return in_json(refusal)

    return answering
