"""Tells the owner of a calendar by mail what a reading on the schedule changed, or that it failed.

The same trouble, and the same changes that wait, are told once.
"""

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services import send_later
from sessions_app.domain.web_addresses import name_of
from sessions_app.imports.subscriptions import Reading
from sessions_app.models import CalendarSubscription

_MOST_TOLD = 20
"""Changes that the mail lists. The page shows all of them."""


def tell_owner(before: CalendarSubscription, reading: Reading, after: CalendarSubscription) -> bool:
    """Mail what is new since the reading before. Returns whether there was anything to tell."""
    told = [*_applied(reading), *_waiting(before, after), *_trouble(before, after)]
    if not told or not after.owner.is_active:
        return False
    page = settings.PUBLIC_URL + reverse("calendars")
    lines = [_("Calendar: %(address)s") % {"address": name_of(after.address)}, "", *told, "", page]
    mail = EmailMessage(_subject(reading), "\n".join(lines), to=[after.owner.email])
    send_later([mail])
    return True


def _subject(reading: Reading) -> str:
    if reading.trouble:
        return _("Your calendar could not be read")
    return _("Your calendar has changed") if reading.waiting else _("Your sessions have changed")


def _applied(reading: Reading) -> list[str]:
    if not reading.applied:
        return []
    told = ngettext("%(n)d change was applied:", "%(n)d changes were applied:", reading.applied) % {
        "n": reading.applied
    }
    return [told, *reading.changes[:_MOST_TOLD]]


def _waiting(before: CalendarSubscription, after: CalendarSubscription) -> list[str]:
    if not after.waiting or after.waiting == before.waiting:
        return []
    number = len(after.waiting)
    told = ngettext(
        "%(n)d change waits until you look at it:",
        "%(n)d changes wait until you look at them:",
        number,
    ) % {"n": number}
    return [told, *after.waiting[:_MOST_TOLD]]


def _trouble(before: CalendarSubscription, after: CalendarSubscription) -> list[str]:
    return [after.trouble] if after.trouble and after.trouble != before.trouble else []
