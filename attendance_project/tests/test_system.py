"""The project's own state: migrations match the models, and Django's checks pass."""

from io import StringIO

import pytest
from django.core import checks
from django.core.management import call_command


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
