"""Pages of this app."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from attendance_project import clock
from verification import queries, services
from verification.errors import Refusal
from verification.models import ReviewVerdict


@login_required
@require_POST
def answer_review(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Confirm or refuse from the register; back to it, or 204 for the page's own script."""
    user = request.user
    decision = queries.decisions_run_by(user).filter(pk=decision_id).first()  # type: ignore[arg-type]
    if decision is None:
        raise Http404
    verdict = request.POST.get("verdict", "")
    if verdict not in (ReviewVerdict.CONFIRMED, ReviewVerdict.REFUSED):
        return HttpResponse("verdict is confirmed or refused", status=400)
    note = request.POST.get("note", "")[:300]
    try:
        services.review(decision, verdict=verdict, note=note, by=user, now=clock.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"code": refusal.code, "detail": str(refusal)}, status=409)
        messages.warning(request, str(refusal))
    return redirect("session-register", decision.session_id)
