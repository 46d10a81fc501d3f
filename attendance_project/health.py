"""Two addresses for load balancers and other watchers: whether the process answers, and whether it
can serve.

They are asked every few seconds, by plain HTTP, under a Host header that is often only the address
of the machine, and by anybody. So they are answered before the host, the scheme and the log-in are
looked at, tell nothing but names of what is missing, and cost next to nothing however often they
are asked.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from attendance_project import clock

log = logging.getLogger(__name__)

FRESH_S = 1.0
"""Seconds for which an answer of /readyz stands, so that nobody keeps the database busy by it."""
STALE_S = 10.0
"""Seconds after which an answer counts no more: whoever looks anew is still waiting by then."""
LEAST_FREE_BYTES = 200 * 1024 * 1024
"""Free bytes under which a database can soon write no more."""

Check = Callable[[], bool]


def has_database() -> bool:
    """Whether the database answers. Raises its error where it does not, or has no tables."""
    get_user_model()._default_manager.exists()
    return True


def has_clock() -> bool:
    """Whether the time is later than when the tables were last changed. Computers without a battery
    begin in the past, where no code and no signature is good."""
    newest = None
    with suppress(Exception):  # a database that does not answer is not the clock's fault
        newest = MigrationRecorder.Migration.objects.order_by("-applied").first()
    return newest is None or clock.now() >= newest.applied


def has_disk() -> bool:
    """Whether there is room on the disks of the project's folder and of an SQLite database."""
    return all(free_bytes(folder) >= LEAST_FREE_BYTES for folder in written_folders())


def written_folders() -> list[Path]:
    """The folders that the server writes into."""
    folders = [Path(settings.VAR_DIR)]
    if connection.vendor == "sqlite":
        folders.append(Path(connection.settings_dict["NAME"]).absolute().parent)
    return folders


def free_bytes(folder: Path) -> int:
    """The free bytes on the folder's disk, and none where there is no such folder."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


checks: dict[str, Check] = {"database": has_database, "clock": has_clock, "disk": has_disk}
"""What /readyz asks, by the name that it answers with. Apps add theirs when they start. One that
raises anything, as the drivers of databases do, has failed."""


@dataclass(frozen=True)
class Seen:
    """What was missing when somebody last looked, and when that was, by time.monotonic."""

    missing: tuple[str, ...]
    at_s: float


class Readiness:
    """Looks at most once a second, and never twice at once: who comes meanwhile is told what was
    seen last."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._seen: Seen | None = None

    def missing(self) -> tuple[str, ...]:
        """The names of the checks that fail, or ``("answer",)`` while the first look takes long."""
        if self._age_s() >= FRESH_S and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        seen = self._seen
        return seen.missing if seen and self._age_s() < STALE_S else ("answer",)

    def _age_s(self) -> float:
        return time.monotonic() - self._seen.at_s if self._seen else float("inf")

    def _look(self) -> None:
        missing = tuple(name for name, check in checks.items() if not _is_well(check))
        if missing and (self._seen is None or self._seen.missing != missing):
            log.warning("Not ready to serve. What is missing: %s.", ", ".join(missing))
        self._seen = Seen(missing, time.monotonic())


def _is_well(check: Check) -> bool:
    with suppress(Exception):
        return check()
    return False


readiness = Readiness()


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200. A process that does not is to be started anew."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200, or 503 with what is missing. No calls are to be sent to such a process."""
    missing = readiness.missing()
    if missing:
        return JsonResponse({"status": "not ready", "missing": missing}, status=503)
    return JsonResponse({"status": "ready"})


VIEWS = {"/healthz": healthz, "/readyz": readyz}


class HealthMiddleware:
    """Answers both addresses before other middleware refuses the host or sends to https."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return VIEWS.get(request.path_info, self.get_response)(request)
