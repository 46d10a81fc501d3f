"""Pages on which people answer what the machine left to them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

import accounts.services as people
from accounts.pages import teacher_or_admin_required, viewer
from accounts.queries import ids_of_people_matching
from attendance_project import clock, page_refusals
from attendance_project.lists import Sorting, back_to_list, listing
from attendance_project.refusals import Kind, Refusal
from verification import queries, services
from verification.domain.spared import spared_in
from verification.forms.approvals import FaceForm, PairForm, ReviewForm, WarningForm
from verification.models import OUTCOMES, CheckInDecision, ReviewVerdict, Warning
from verification.words import label_of, spared_in_words

_DISOWNED_SHOWN = 50
_WHOSE = {"reviews": "student", "warnings": "student", "faces": "student", "phones": "user"}
"""Whose each waiting row is."""


def _find_by(whose: str) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    return lambda rows, asked: rows.filter(**{f"{whose}_id__in": ids_of_people_matching(asked)})


_FOUND = {name: _find_by(whose) for name, whose in _WHOSE.items()} | {
    "pairs": lambda rows, asked: queries.pairs_of_person(rows, list(ids_of_people_matching(asked)))
}
_SORTINGS = {
    name: [
        Sorting("waiting", gettext_lazy("Oldest first")),
        Sorting("name", gettext_lazy("Name"), by=(f"{whose}__full_name",), is_by_letters=True),
    ]
    for name, whose in (_WHOSE | {"pairs": "template__student"}).items()
}


@require_GET
@never_cache
@teacher_or_admin_required
def approvals(request: HttpRequest) -> HttpResponse:
    """Check-ins, warnings, faces and phones that wait for a person's answer."""
    user = viewer(request)
    shown = ("session__subject", "session__class_group")
    waiting: dict[str, QuerySet[Any]] = {
        "reviews": queries.waiting_reviews(user).select_related("student", *shown),
        "warnings": queries.open_warnings(user),
        "faces": queries.waiting_faces(user),
        "pairs": queries.open_look_alikes(user),
        "phones": queries.waiting_devices(user),
    }
    lists = {
        name: listing(request, those, find=_FOUND[name], sortings=_SORTINGS[name], name=name)
        for name, those in waiting.items()
    }
    rows = {name: list(shown.page) for name, shown in lists.items()}
    context = {
        "reviews": [
            (review, _about(review.decision), _in_words(review.tries))
            for review in queries.with_tries(rows["reviews"])
        ],
        "warnings": [(row, _labels([row.reason])) for row in rows["warnings"]],
        "faces": queries.described(rows["faces"], user),
        "pictures": services.pictures_held([row.pk for row in rows["faces"]], now=clock.now()),
        "disowned": queries.disowned_faces(user, now=clock.now())[:_DISOWNED_SHOWN],
        "pairs": rows["pairs"],
        "phones": rows["phones"],
        "counts": {name: shown.found for name, shown in lists.items()},
        "lists": lists,
        # One search and one order for all the lists. It is shown where any of them has a row.
        "list": max(lists.values(), key=lambda shown: shown.found),
    }
    return render(request, "verification/approvals.html", context)


@login_required
@require_POST
def answer_review(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Confirm or refuse a check-in. Leads back to the page with the button, or answers the page's
    own script in JSON."""
    decision = get_object_or_404(queries.decisions_run_by(viewer(request)), pk=decision_id)
    form = ReviewForm(request.POST)
    return _done(
        request,
        "reviews",
        lambda **by: services.answer_review(decision, **_given(form), **by),
        back=("session-register", decision.session_id),
    )


@login_required
@require_POST
def undo_review(request: HttpRequest, verdict_id: UUID) -> HttpResponse:
    """Take one's own verdict back, within seconds."""
    mine = ReviewVerdict.objects.filter(by_id=viewer(request).pk).select_related("decision")
    given = get_object_or_404(mine, pk=verdict_id)
    get_object_or_404(queries.decisions_run_by(viewer(request)), pk=given.decision_id)
    return _done(
        request,
        "reviews",
        lambda **by: services.undo_review(given, **by),
        back=("session-register", given.decision.session_id),
    )


@require_POST
@teacher_or_admin_required
def answer_warning(request: HttpRequest, warning_id: UUID) -> HttpResponse:
    """Uphold or dismiss, with a note for the student."""
    warning = get_object_or_404(Warning.objects.visible_to(viewer(request)), pk=warning_id)
    form = WarningForm(request.POST)
    return _done(
        request,
        "warnings",
        lambda **by: services.answer_warning(warning, **_given(form), **by),
    )


@require_POST
@teacher_or_admin_required
def answer_face(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Approve an enrolled face once one has seen that it is the student's, or reject it."""
    template = get_object_or_404(queries.faces_approvable_by(viewer(request)), pk=template_id)
    form = FaceForm(request.POST)

    def do(**by: Any) -> None:
        given = _given(form)
        services.answer_face(
            template, approve=given["verdict"] == "approve", note=given["note"], **by
        )

    return _done(request, "faces", do)


@require_POST
@never_cache
@teacher_or_admin_required
def show_picture(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """The picture of an enrolment that waits, once, with the buttons to answer. It is in the page
    itself, so that no address leads to it."""
    user = viewer(request)
    template = get_object_or_404(queries.faces_approvable_by(user), pk=template_id)
    try:
        jpeg = services.show_picture(template, by=user, now=clock.now())
    except Refusal as refusal:
        page_refusals.tell(request, refusal)
        return back_to_list(request, "approvals", at="#faces")
    [face] = queries.described([template], user)
    context = {"face": face, "row": template, "picture": b64encode(jpeg).decode()}
    return render(request, "verification/picture.html", context)


@require_POST
@teacher_or_admin_required
def answer_look_alike(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Say that two approved faces are two people's, or reject the face of one of them."""
    pair = get_object_or_404(queries.open_look_alikes(viewer(request)), pk=pair_id)
    form = PairForm(request.POST)
    if "verdict" in form.errors:
        raise BadRequest("The form has no verdict.")

    def do(**by: Any) -> None:
        if not form.is_valid():
            raise Refusal("invalid_input", str(form.errors["note"][0]), Kind.INVALID)
        given = form.cleaned_data
        services.answer_look_alike(pair, reject=given["verdict"], note=given["note"], **by)

    return _done(request, "faces", do)


@require_POST
@teacher_or_admin_required
def approve_device(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Let a waiting phone take over at once."""
    device = get_object_or_404(queries.waiting_devices(viewer(request)), pk=device_id)
    return _done(request, "phones", lambda **by: people.approve_device(device, **by))


def _given(form: Form) -> dict[str, Any]:
    """The verdict and the note of a form.

    Raises BadRequest where there is no verdict, which the page's buttons always send, and Refusal
    for a note that is too long.
    """
    if form.is_valid():
        return {"verdict": form.cleaned_data["verdict"], "note": form.cleaned_data["note"]}
    if "verdict" in form.errors:
        raise BadRequest("The form has no verdict.")
    raise Refusal("invalid_input", str(form.errors["note"][0]), Kind.INVALID)


def _in_words(tries: list[queries.Try]) -> list[dict[str, Any]]:
    outcomes = dict(OUTCOMES)
    return [
        {
            "at": one.decided_at,
            "outcome": outcomes.get(one.outcome, one.outcome),
            "was_refused": one.was_refused,
            "reasons": _labels(one.reasons),
        }
        for one in tries
    ]


def _about(decision: CheckInDecision) -> list[str]:
    """The reasons in words, and how often the student was spared a check."""
    spared = spared_in(decision.evidence, decision.policy)
    return [*_labels(decision.reasons), *([spared_in_words(spared)] if spared else [])]


def _labels(codes: list[str]) -> list[str]:
    return [label_of(code) for code in codes]


def _done(
    request: HttpRequest,
    part: str,
    do: Callable[..., object],
    back: tuple[Any, ...] = ("approvals",),
) -> HttpResponse:
    """Do it by the viewer and now; what is refused is told in words, or in JSON if asked for.

    ``part`` is the part of the approvals' page that it was asked on.
    """
    try:
        do(by=viewer(request), now=clock.now())
    except Refusal as refusal:
        if page_refusals.wants_json(request):
            return page_refusals.in_json(refusal)
        page_refusals.tell(request, refusal)
    else:
        if request.POST.get("back") == "approvals":
            messages.success(request, _("Done."))
            return back_to_list(request, "approvals", at=f"#{part}")  # where the work goes on
    if request.POST.get("back") != "approvals":
        return redirect(*back)
    return back_to_list(request, "approvals")
