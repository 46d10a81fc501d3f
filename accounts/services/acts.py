"""The acts of this app that a link in a mail carries out."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.hooks import Act
from accounts.models import Device, User
from accounts.services.confirming import confirm_email
from accounts.services.devices import revoke_device
from accounts.services.erasure import ask_for_erasure
from accounts.services.links import link_invalid
from accounts.services.new_emails import ask_for_new_email, take_email

Details = dict[str, str]


def _revoke_phones(student: User, details: Details, now: datetime) -> None:
    for device in Device.objects.filter(user=student).select_related("user"):
        revoke_device(device, now=now)


def _ask_for_erasure(student: User, details: Details, now: datetime) -> None:
    ask_for_erasure(student, now=now)


def _ask_for_new_email(person: User, details: Details, now: datetime) -> None:
    ask_for_new_email(person, details["email"], now=now)


def _take_email(person: User, details: Details, now: datetime) -> None:
    take_email(person, details["email"], now=now)


def _confirm_email(person: User, details: Details, now: datetime) -> None:
    if (details["email"], details["number"]) != (person.email, person.number):
        raise link_invalid()
    confirm_email(person, now=now)


ACTS = {
    "revoke_phones": Act(
        _("Remove all phones of your account. The next one that you log in on has to wait."),
        _revoke_phones,
        is_asked_for=True,
    ),
    "ask_for_erasure": Act(
        _("Request that all your data is erased."), _ask_for_erasure, is_asked_for=True
    ),
    "change_email": Act(
        _("Change the e-mail address of your account to %(email)s."),
        _ask_for_new_email,
        is_asked_for=True,
    ),
    "take_email": Act(
        _("Use %(email)s as the e-mail address of your account."), _take_email, asks_password=True
    ),
    "confirm_email": Act(
        _("Confirm %(email)s as the address of %(name)s with the number %(number)s."),
        _confirm_email,
        asks_password=True,
        mail="accounts/mail/confirm_email.txt",
    ),
}
