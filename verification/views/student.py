"""The shell of the student's page: an installable web page that uses nothing but the API.

Nobody's data is in it, so it is the same for everyone and may be kept by the browser.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

CONTENT_SECURITY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob: mediastream:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""The site's policy, and WebAssembly: the code reader is compiled (zxing-wasm)."""
PERMISSIONS = "camera=(self), microphone=(self), geolocation=()"
FOLDER = "student"
FIRST_MODULES = (
    *("app", "check_in/arrived", "check_in/tones"),
    *("lib/api", "lib/browser", "lib/dom", "lib/for_people", "lib/key", "lib/moments"),
    *("lib/rooms", "lib/router", "lib/store", "lib/this_phone"),
    *("views/today", "views/words"),
)
"""The modules that the first view needs. The page asks for all of them at once."""
_KEPT = (".js", ".css", ".png")

short_lived = cache_control(no_cache=True)


@require_GET
@short_lived
def shell(request: HttpRequest) -> HttpResponse:
    """The page; which view it shows stands behind the # of its address."""
    context = {"modules": [static(f"{FOLDER}/{name}.js") for name in FIRST_MODULES]}
    page = render(request, "verification/student.html", context)
    page.headers["Content-Security-Policy"] = CONTENT_SECURITY
    page.headers["Permissions-Policy"] = PERMISSIONS
    return page


@require_GET
@short_lived
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to install the page (W3C Web Application Manifest)."""
    return JsonResponse(
        {
            "id": reverse("student"),
            "name": _("Attendance"),
            "short_name": _("Attendance"),
            "start_url": reverse("student"),
            "scope": reverse("student"),
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#f7f6f2",
            "theme_color": "#0f1b2d",
            "icons": [_icon(192), _icon(512), _icon(512) | {"purpose": "maskable"}],
        },
        content_type="application/manifest+json",
    )


def _icon(side_px: int) -> dict[str, str]:
    address = static(f"{FOLDER}/icons/icon-{side_px}.png")
    return {"src": address, "sizes": f"{side_px}x{side_px}", "type": "image/png"}


@require_GET
@short_lived
def service_worker(request: HttpRequest) -> HttpResponse:
    """static/student/sw.js with the list of what it keeps; another version when a file changes."""
    addresses, version = _shell()
    head = f"const VERSION = {json.dumps(version)};\nconst SHELL = {json.dumps(addresses)};\n"
    body = _static_path(f"{FOLDER}/sw.js").read_text()
    answer = HttpResponse(head + body, content_type="text/javascript")
    answer.headers["Content-Security-Policy"] = CONTENT_SECURITY
    return answer


def _shell() -> tuple[list[str], str]:
    """The shell in the language of now, because its texts are kept as well."""
    language = get_language() or ""
    return _read_shell(language) if settings.DEBUG else _read_shell_once(language)


def _read_shell(language: str) -> tuple[list[str], str]:
    """Addresses of all that the page needs to open, and a digest of what they hold."""
    folder = _static_path(f"{FOLDER}/app.js").parent
    files = sorted(file for file in folder.rglob("*") if file.suffix in _KEPT)
    digest = hashlib.sha256(language.encode())
    for file in [*files, Path(settings.BASE_DIR) / "templates/verification/student.html"]:
        digest.update(f"{file.name} {file.stat().st_size} ".encode() + file.read_bytes())
    shown = [file for file in files if file.name != "sw.js"]
    addresses = [static(f"{FOLDER}/{file.relative_to(folder).as_posix()}") for file in shown]
    pages = [reverse("student"), reverse("javascript-catalog"), static("img/icon.svg")]
    return [*pages, *addresses], digest.hexdigest()[:16]


_read_shell_once = cache(_read_shell)


def _static_path(name: str) -> Path:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    return Path(path)
