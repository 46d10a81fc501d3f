"""Every app is laid out alike, so that one who knows one of them finds the way in all."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

APPS = ("accounts", "sessions_app", "verification", "reports")
PACKAGES = ("api/serializers", "api/views", "forms", "models", "queries", "services", "views")


def class_views(resolver: URLResolver) -> list[type]:
    found = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found += class_views(pattern)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            found.append(view or getattr(pattern.callback, "cls", None))
    return [view for view in found if view and view.__module__.startswith(APPS)]


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("package", PACKAGES)
def test_what_every_app_has_is_a_package_of_the_same_name(app, package):
    folder = Path(settings.BASE_DIR, app, package)
    assert (folder / "__init__.py").is_file()
    beside = [path.name for path in folder.parent.glob(f"{folder.name}_*.py")]
    assert beside == [], "a module of such a name belongs into the package"


def test_views_that_are_classes_are_called_views():
    views = class_views(get_resolver())
    assert len(views) > 50
    assert [view.__qualname__ for view in views if not view.__name__.endswith("View")] == []
