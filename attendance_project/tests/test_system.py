"""The project's own state: migrations match the models, and Django's checks pass."""

from io import StringIO

import pytest
from django.core import checks
from django.core.management import call_command
from django.core.management.utils import get_random_secret_key


@pytest.mark.django_db
def test_migrations_are_up_to_date():
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert out.getvalue() == "No changes detected\n"


@pytest.mark.django_db
def test_system_checks_find_only_what_the_administrator_has_yet_to_supply():
    """No package brings a network for passive attack detection, and the check says so."""
    found = checks.run_checks(databases=["default"])
    assert [check.id for check in found if not check.is_silenced()] == ["verification.W001"]


def test_deployment_checks_find_nothing_behind_https(settings):
    """A PUBLIC_URL with https and HSTS_SECONDS turn these on. Redirects are left to the proxy."""
    settings.SECRET_KEY = get_random_secret_key()
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    found = checks.run_checks(include_deployment_checks=True, tags=[checks.Tags.security])
    left_to_the_proxy = {"security.W005", "security.W008", "security.W021"}
    assert {check.id for check in found} <= left_to_the_proxy
