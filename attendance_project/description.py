"""Serves the description of the API (OpenAPI), which is made once for each format and language.

Making it takes seconds of a core, and anybody may ask for it.
"""

from functools import cache
from threading import Lock

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

_making = Lock()


class DescriptionView(SpectacularAPIView):
    """The description as YAML or JSON, in the caller's language or in that of ``?lang=``."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        renderer = request.accepted_renderer
        with _making:  # of many that ask at the same time the first one makes it
            text = _made(renderer.format, _language(request.GET.get("lang")))
        named = {"Content-Disposition": f'inline; filename="attendance-api.{renderer.format}"'}
        return HttpResponse(text, content_type=renderer.media_type, headers=named)


def _language(asked: str | None) -> str:
    """One of the languages that there are, so that no address makes the description anew."""
    languages = dict(settings.LANGUAGES)
    wanted = asked or translation.get_language() or ""
    return wanted if wanted in languages else settings.LANGUAGE_CODE


@cache
def _made(kind: str, language: str) -> bytes:
    """The description, where ``kind`` is the renderer's format."""
    renderer = next(r for r in DescriptionView.renderer_classes if r.format == kind)
    with translation.override(language):
        schema = SchemaGenerator().get_schema(request=None, public=True)
        rendered: bytes = renderer().render(schema, renderer_context={})
    return rendered
