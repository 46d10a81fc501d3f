"""Where to report a weakness, as a file that programs know how to find (RFC 9116)."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from attendance_project import clock

GOOD_FOR = timedelta(days=180)
"""How long the file may be kept: less than a year, as section 2.5.5 recommends."""


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Answer with the file, or with 404 where the setting SECURITY_CONTACT names nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires_at = clock.now().replace(microsecond=0) + GOOD_FOR
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires_at:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.PUBLIC_URL}{reverse('security-txt')}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
