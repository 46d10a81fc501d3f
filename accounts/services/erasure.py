"""A student's wish to be erased, and what an erasure does to an account (docs/adr/0008)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts import hooks
from accounts.models import (
    AccountMerge,
    Device,
    ErasureRequest,
    ErasureState,
    Invitation,
    NameRequest,
    Passkey,
    PasskeyChallenge,
    RefreshToken,
    ReservedEmail,
    RosterEntry,
    User,
)
from accounts.services.mails import send_later
from accounts.services.switching import switch_off
from attendance_project.inserting import one_write
from attendance_project.overwriting import overwrite_soon
from attendance_project.refusals import Kind, Refusal

ERASED_NAME = "Erased student"
NOWHERE = "erased.invalid"
"""RFC 2606 reserves this top-level domain, so no mail to it ever arrives."""


def ask_for_erasure(student: User, *, now: datetime) -> ErasureRequest:
    """Make a request to be erased, or return the one that waits already."""
    try:
        with one_write():
            return ErasureRequest.objects.create(user=student, asked_at=now)
    except IntegrityError:
        return ErasureRequest.objects.get(user=student, is_open=True)


def take_back_erasure(student: User, *, now: datetime) -> None:
    """Withdraw the waiting request, if any. Raises Refusal (conflict) where it was begun."""
    waiting = ErasureRequest.objects.filter(user=student, state=ErasureState.WAITING)
    if waiting.update(state=ErasureState.WITHDRAWN, is_open=False, closed_at=now):
        return
    if ErasureRequest.objects.filter(user=student, is_open=True).exists():
        raise Refusal(
            "erasure_begun",
            _("The erasure has started and cannot be stopped. Ask an admin if you have questions."),
            Kind.CONFLICT,
        )


def erase_person(student: User, *, now: datetime, unasked: bool = False) -> ErasureRequest:
    """Erase a student for good. Raises Refusal (conflict) where the student did not ask for it.

    ``unasked`` erases without a request, for a wish that came on paper. The account is closed first
    and loses its name last, so that after a crash the same number finishes the erasure.
    """
    request = _begun(student, now, unasked=unasked)
    switch_off(student, now=now)
    mail = _mail(student)
    for erase in hooks.erasures.values():
        erase(student, now)
    _erase_belongings(student)
    _erase_merged(student, now)
    _erase_account(student)
    send_later(mail)
    ErasureRequest.objects.filter(pk=request.pk).update(
        state=ErasureState.DONE, is_open=False, closed_at=now
    )
    overwrite_soon()
    request.refresh_from_db()
    return request


def _begun(student: User, now: datetime, *, unasked: bool) -> ErasureRequest:
    """Begin by compare-and-set: a request withdrawn at the last moment is not carried out."""
    if unasked:
        ask_for_erasure(student, now=now)
    open_ones = ErasureRequest.objects.filter(user=student, is_open=True)
    if not open_ones.update(state=ErasureState.BEGUN):
        raise Refusal(
            "erasure_not_asked",
            _("This student has not requested erasure, or has withdrawn the request."),
            Kind.CONFLICT,
        )
    return open_ones.get()


def _mail(student: User) -> list[EmailMessage]:
    """The last mail. The address is read before it is erased, and a second run finds none."""
    if student.email.endswith(f"@{NOWHERE}"):
        return []
    text = render_to_string("accounts/mail/erased.txt", {"person": student})
    return [EmailMessage(_("Your data has been erased"), text, to=[student.email])]


def _erase_merged(student: User, now: datetime) -> None:
    """Erase the accounts that were merged into the student's, and what was moved from them."""
    for merge in AccountMerge.objects.filter(kept=student, is_standing=True).select_related(
        "merged"
    ):
        for erase in hooks.erasures.values():
            erase(merge.merged, now)
        _erase_belongings(merge.merged)
        _erase_merged(merge.merged, now)
        _erase_account(merge.merged)
        AccountMerge.objects.filter(pk=merge.pk).update(moved={})


def _erase_belongings(student: User) -> None:
    RefreshToken.objects.filter(user=student).delete()
    ReservedEmail.objects.filter(user=student).delete()
    NameRequest.objects.filter(user=student).delete()
    Passkey.objects.filter(user=student).delete()
    PasskeyChallenge.objects.filter(user=student).delete()
    Device.objects.filter(user=student).delete()
    number, email = student.institution_number, student.email
    if student.is_confirmed:  # otherwise the address may be somebody else's
        RosterEntry.objects.filter(Q(institution_number=number) | Q(email=email)).delete()
    Invitation.objects.filter(Q(used_by=student) | Q(email=email)).update(email="")
    # The history of Django's admin site repeats the name of what was changed.
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(student.pk)).delete()


def _erase_account(student: User) -> None:
    """Erase the person from the account's row, which stays because the register refers to it."""
    nobody = User()
    nobody.set_unusable_password()
    User.objects.filter(pk=student.pk).update(
        email=f"{student.pk.hex}@{NOWHERE}",
        institution_number=f"ERASED-{student.pk.hex}".upper(),
        claimed_number="",
        full_name=ERASED_NAME,
        department="",
        password=nobody.password,
        last_login=None,
    )
