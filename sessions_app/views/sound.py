"""The room's sound: what it says now, and the worker that makes and reads it."""

import json
from functools import cache
from pathlib import Path
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET

from accounts.pages import viewer
from attendance_project import clock, page_refusals
from sessions_app import services
from sessions_app.models import ShowingWay
from sessions_app.views.base import session_run_by

WORKER_SECURITY = "default-src 'none'; script-src 'self' 'unsafe-eval'; connect-src data:"
"""The policy of the worker only. ggwave's bindings make functions from text, and it reads its
WebAssembly from a data address of its own. It can reach no server."""


@require_GET
@never_cache
@login_required
@page_refusals.refused_in_json
def room_sound(request: HttpRequest, session_id: UUID) -> JsonResponse:
    """Answer what to play now."""
    session = session_run_by(request, session_id)
    now = clock.now()
    payload = services.room_sound(session, now=now)
    services.note_showing(session, by=viewer(request), way=ShowingWay.SOUND, now=now)
    services.note_sound(session, now=now)
    return JsonResponse({"payload": payload.hex()})


@require_GET
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Serve static/js/sound_worker.js, with the library's address in it, under its own policy."""
    head = f"const GGWAVE = {json.dumps(static('vendor/ggwave/ggwave.js'))};\n"
    answer = HttpResponse(head + _worker(), content_type="text/javascript")
    answer.headers["Content-Security-Policy"] = WORKER_SECURITY
    return answer


@cache
def _worker() -> str:
    path = finders.find("js/sound_worker.js")
    if not isinstance(path, str):
        raise FileNotFoundError("js/sound_worker.js")
    return Path(path).read_text()
