"""Whose a name is: the institution says it, or an admin approves it when its owner changes it.

A name that nobody answered for must not look like a classmate's, since teachers know their students
by it. Two people may have one name all the same: then a person says so who knows both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts import hooks
from accounts.domain.names import are_alike, looks
from accounts.models import NameRequest, NameState, User, UserQuerySet
from accounts.services.confirming import confirm_email
from accounts.services.mails import send_later
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal

NAME_ALIKE = "name_like_classmate"


def answer_for_account(person: User, *, now: datetime) -> None:
    """Confirm address and number and name of a person whom an admin knows, as where no mail
    arrives. Repeating is harmless. Raises as confirm_email does."""
    confirm_email(person, now=now)
    vouch_for_names([person], now=now)


def vouch_for_names(people: Iterable[User], *, now: datetime) -> None:
    """Note that somebody who knows these people answers for their names."""
    ids = [person.pk for person in people]
    User.objects.filter(pk__in=ids, name_vouched_at=None).update(name_vouched_at=now)


def require_own_names(newcomers: Iterable[User], others: Iterable[User]) -> None:
    """Raises name_like_classmate, which names both, where the names of a newcomer and of another
    newcomer or one of the others look alike, and nobody answered for one of the two."""
    newcomers, others = list(newcomers), list(others)
    if all(person.name_vouched_at for person in (*newcomers, *others)):
        return
    seen: dict[str, User] = {}
    unknown: dict[str, User] = {}
    """``seen`` has for each look of a name somebody who has it, and ``unknown`` somebody for whom
    nobody answered."""
    for at, person in enumerate((*others, *newcomers)):
        for look in sorted(looks(person.full_name)):
            other = unknown.get(look) if person.name_vouched_at else seen.get(look)
            if other and at >= len(others):
                raise _alike(person, other)
            seen[look] = person
            if not person.name_vouched_at:
                unknown[look] = person


def ask_for_name(person: User, name: str, *, reason: str = "", now: datetime) -> NameRequest:
    """Make a request for another name, in place of one that waits. Nothing changes until an admin
    approves it.

    Raises name_like_classmate where the name looks like a classmate's and no reason is given.
    """
    if not reason.strip() and namesakes({person.pk: name})[person.pk]:
        raise Refusal(
            NAME_ALIKE,
            _("Another student of your courses has a name that looks the same."),
            Kind.CONFLICT,
            fields={"full_name": [_("Is it your name too? Then send it again with a reason.")]},
        )
    for begun in NameRequest.objects.filter(user=person, is_open=True, state=NameState.APPROVED):
        _give(begun, now=now)  # its approval was broken off
        person.refresh_from_db(fields=["full_name", "name_vouched_at"])
    row = NameRequest(user=person, old_name=person.full_name, new_name=name, asked_at=now)
    row.reason, row.was_vouched = reason.strip(), person.name_vouched_at is not None
    waiting = NameRequest.objects.filter(user=person, is_open=True)
    waiting.update(is_open=False, state=NameState.REPLACED, decided_at=now)
    try:
        with one_write():
            row.save(force_insert=True)
    except IntegrityError as error:  # the same person asked at the same moment
        raise _decided() from error
    return row


def namesakes(names: Mapping[UUID, str]) -> dict[UUID, list[User]]:
    """For the id of each person, the classmates whose names look like the name that stands there.
    In a fixed number of queries."""
    classmates = hooks.classmates_of(names.keys())
    return {
        pk: [other for other in classmates[pk] if are_alike(other.full_name, name)]
        for pk, name in names.items()
    }


def decide_name(request: NameRequest, *, approve: bool, by: User, now: datetime) -> None:
    """Approve or decline a name that waits. Its owner is told by mail.

    Raises already_decided, and name_changed where the account has another name by now.
    """
    if approve:
        _approve(request, by=by, now=now)
    else:
        verdict = {"is_open": False, "state": NameState.DECLINED}
        if not _waiting(request).update(**verdict, decided_by=by, decided_at=now):
            raise _decided()
    _tell(request)


def _approve(request: NameRequest, *, by: User, now: datetime) -> None:
    """Note the verdict, give the name, and close the request, in this order.

    It stays open until the name is given. So after a crash it is still on the list of those that
    wait, and approving it again finishes it; it can no longer be declined.
    """
    if not _of(request).filter(full_name__in=[request.old_name, request.new_name]).exists():
        raise _changed()
    _waiting(request).update(state=NameState.APPROVED, decided_by=by, decided_at=now)
    _give(request, now=now)


def _give(request: NameRequest, *, now: datetime) -> None:
    """Give the name of an approved request, and close it. Raises already_decided."""
    mine = NameRequest.objects.filter(pk=request.pk, state=NameState.APPROVED, is_open=True)
    if not mine.exists():
        raise _decided()
    named = {"full_name": request.new_name, "name_vouched_at": now}
    _of(request).filter(full_name__in=[request.old_name, request.new_name]).update(**named)
    if not mine.update(is_open=False):
        raise _decided()


def undo_name(request: NameRequest, *, now: datetime) -> None:
    """Let a name wait again that was approved or declined. The old name comes back.

    It comes back first, so that after a crash the request still reads as decided, and undoing it
    again finishes it. Raises already_decided, and name_changed where the account has another name
    by now, or asked for another one.
    """
    request.refresh_from_db()
    if request.is_open or request.state not in (NameState.APPROVED, NameState.DECLINED):
        raise _decided()
    if NameRequest.objects.filter(user=request.user_id, is_open=True).exists():
        raise _changed()
    if request.state == NameState.APPROVED:
        _take_back(request, now=now)
    again = {"is_open": True, "state": NameState.WAITING, "decided_by": None, "decided_at": None}
    rows = NameRequest.objects.filter(pk=request.pk, state=request.state, is_open=False)
    try:
        with one_write():
            done = rows.update(**again)
    except IntegrityError as error:  # its owner asked for another one at the same moment
        raise _changed() from error
    if not done:
        raise _decided()
    _tell(request)


def _take_back(request: NameRequest, *, now: datetime) -> None:
    """Give the account its old name back. Raises name_changed where it has a third one."""
    if not _of(request).filter(full_name__in=[request.old_name, request.new_name]).exists():
        raise _changed()
    vouched = now if request.was_vouched else None
    named = _of(request).filter(full_name=request.new_name)
    named.update(full_name=request.old_name, name_vouched_at=vouched)


def _waiting(request: NameRequest) -> QuerySet[NameRequest]:
    return NameRequest.objects.filter(pk=request.pk, state=NameState.WAITING)


def _of(request: NameRequest) -> UserQuerySet:
    return User.objects.filter(pk=request.user_id)


def _tell(request: NameRequest) -> None:
    request.refresh_from_db()
    text = render_to_string("accounts/mail/name_decided.txt", {"request": request})
    send_later([EmailMessage(_("Your name"), text, to=[request.user.email])])


def _alike(person: User, other: User) -> Refusal:
    sentence = _(
        "The name of %(person)s looks like that of %(other)s, and one of them gave it themself. "
        "Find out who they are. If both have this name, say so and try again, or ask an admin."
    )
    return Refusal(NAME_ALIKE, sentence % {"person": person, "other": other}, Kind.CONFLICT)


def _decided() -> Refusal:
    return Refusal(
        "already_decided", _("This was already decided. Reload the list."), Kind.CONFLICT
    )


def _changed() -> Refusal:
    return Refusal(
        "name_changed",
        _("The account has another name by now, or asked for another one. Reload the list."),
        Kind.CONFLICT,
    )
