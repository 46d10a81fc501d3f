"""People who wait for an admin."""

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from accounts.queries import open_erasures, waiting_accounts
from sessions_app.hooks import ToDo


def people_to_approve(user: User) -> list[ToDo]:
    """Count the accounts that wait, for the first page of an admin."""
    if not user.is_admin:
        return []
    count = waiting_accounts().count()
    words = ngettext("account to approve", "accounts to approve", count)
    return [{"count": count, "words": words, "url": reverse("people-waiting")}]


def people_to_erase(user: User) -> list[ToDo]:
    """Count the wishes to be erased, for the first page of an admin."""
    if not user.is_admin:
        return []
    count = open_erasures().count()
    words = ngettext("erasure request", "erasure requests", count)
    return [{"count": count, "words": words, "url": reverse("erasures")}]
