"""Marks people present who are not on the course, and enrols them."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.domain.names import are_alike
from accounts.models import Role, User, normalise_number
from accounts.queries import standing_for
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal
from sessions_app import live, queries
from sessions_app.models import (
    Attendance,
    AttendanceStatus,
    Guest,
    MarkSource,
    Session,
)
from sessions_app.services import marks, teaching

MOST_GUESTS = 500
"""Guests of one session, also those who were taken off: more than come to any lecture."""
NUMBER_OF_ANOTHER = "number_of_another"
_SEEN_BY_NOBODY = (MarkSource.CLOSING, MarkSource.EXCUSE)


def add_guest(
    session: Session, *, name: str, number: str, by: User, now: datetime, key: str
) -> Guest:
    """Mark somebody present who is not on the course, by a name, a number or both.

    The same number again, or the same ``key``, adds nothing. Raises invalid_input, on_the_course
    where the number is that of a student on the register, number_of_another where it is that of a
    student whose name is not the one that was given (number_of_somebody_else where it is that of
    anybody else, who is not named), number_of_another_guest where it is that of such a guest on the
    list, session_cancelled or session_annulled, key_reused, too_many_guests.
    """
    marks.require_effect(session)
    name, number = " ".join(name.split()), normalise_number(number) if number.strip() else ""
    if not (name or number):
        words = _("Give a name or a number.")
        raise Refusal("invalid_input", words, Kind.INVALID, fields={"name": [words]})
    owner = queries.owner_of(number)
    if owner is not None:
        _check_owner(session, owner, name=name, number=number)
    whole = f"number:{session.pk.hex}:{number}" if number else f"nonce:{by.pk.hex}:{key}"
    _check_number(session, whole)
    guest = _stored(Guest(session=session, name=name, number=number, by=by, at=now, key=whole))
    live.publish(session.pk, {"type": "guest"})
    return guest


def remove_guest(guest: Guest, *, now: datetime) -> None:
    """Take a guest off the list. Repeating is harmless.

    Raises session_cancelled, session_annulled.
    """
    marks.require_effect(guest.session)
    Guest.objects.filter(pk=guest.pk, removed_at=None).update(removed_at=now)
    live.publish(guest.session_id, {"type": "guest"})


def enrol_guest(guest: Guest, *, by: User, now: datetime, name: str = "") -> User:
    """Put a guest on the course whose number is that of a student's account, and mark them present
    in the session unless something was seen of them there. Repeating is harmless.

    ``name`` is whom the caller means, where the guest was noted by another name than the account
    has. Raises number_of_another where neither is the account's name, no_account and account_off,
    which say what to do, session_cancelled, session_annulled.
    """
    session = guest.session
    marks.require_effect(session)
    student = _account_of(guest)
    if guest.enrolled_as is None and not _is_called(student, name or guest.name):
        raise number_of_another(student, guest.number, name or guest.name)
    teaching.enrol(session.course, [student], now=now)
    known = Attendance.objects.filter(session_id=session.pk, student_id=student.pk)
    if not known.exclude(source__in=_SEEN_BY_NOBODY).exists():
        marks.mark_by_hand(
            session,
            student,
            status=AttendanceStatus.PRESENT,
            reason=_("Was here as a guest."),
            by=by,
            now=now,
            key=f"guest-{guest.pk.hex}",
        )
    Guest.objects.filter(pk=guest.pk).update(enrolled_as=student)
    return student


def number_of_another(owner: User, number: str, name: str) -> Refusal:
    """The refusal of a number that belongs to somebody of another name.

    It names an active student, so that the teacher can decide who is meant. It names nobody else,
    since a teacher could otherwise read all names by trying numbers.
    """
    if not (owner.is_student and owner.is_active):
        return Refusal(
            "number_of_somebody_else",
            _("This number belongs to somebody else. Correct it or leave it out."),
            Kind.CONFLICT,
            fields={"number": [_("This number belongs to somebody else.")]},
        )
    told = {"number": number, "owner": owner.full_name, "name": name}
    return Refusal(
        NUMBER_OF_ANOTHER,
        _(
            "The number %(number)s belongs to %(owner)s, and the name that you gave is %(name)s."
            " Give the owner's name if it is them. If not, correct the number or leave it out."
        )
        % told,
        Kind.CONFLICT,
        fields={"number": [_("This number belongs to %(owner)s.") % told]},
    )


def _check_owner(session: Session, owner: User, *, name: str, number: str) -> None:
    """Check that the person who has the number is meant, and is not on the register."""
    if not _is_called(owner, name):
        raise number_of_another(owner, number, name)
    if queries.on_register(session).filter(pk=owner.pk).exists():
        raise Refusal(
            "on_the_course",
            _("%(person)s is on the course. Mark them on the register.") % {"person": owner},
            Kind.CONFLICT,
            fields={"number": [_("This student is on the course.")]},
        )


def _is_called(person: User, name: str) -> bool:
    """Whether it is the person's name, as far as people can tell. No name says nothing against."""
    return not name or are_alike(person.full_name, name)


def _check_number(session: Session, key: str) -> None:
    guests = Guest.objects.filter(session_id=session.pk)
    if guests.count() >= MOST_GUESTS and not guests.filter(key=key).exists():
        raise Refusal(
            "too_many_guests",
            _("This session has %(most)d guests already. Enrol students on the course instead.")
            % {"most": MOST_GUESTS},
            Kind.CONFLICT,
        )


def _stored(guest: Guest) -> Guest:
    try:
        with one_write():
            guest.save(force_insert=True)
    except IntegrityError:
        first = Guest.objects.get(key=guest.key)
        if first.session_id != guest.session_id:
            raise Refusal(
                "key_reused",
                _("This key was already used for another mark. Send a new one."),
                Kind.CONFLICT,
            ) from None
        return _again(first, guest)
    return guest


def _again(first: Guest, guest: Guest) -> Guest:
    """The guest who is stored already, on the list again. Who was noted by a number alone, or was
    taken off, gets the name that is given now."""
    told: dict[str, Any] = {"removed_at": None}
    if guest.number and guest.name and first.enrolled_as_id is None:
        if first.removed_at or not first.name:
            told["name"] = guest.name
        elif not are_alike(first.name, guest.name):
            raise _guest_of_another(first)
    as_read = Guest.objects.filter(pk=first.pk, name=first.name, removed_at=first.removed_at)
    is_stored = as_read.update(**told)
    first.refresh_from_db()
    return first if is_stored else _again(first, guest)  # somebody else has just changed it


def _guest_of_another(first: Guest) -> Refusal:
    return Refusal(
        "number_of_another_guest",
        _(
            "The guest %(name)s was noted with the number %(number)s. Remove that guest if the name"
            " is wrong, or correct the number."
        )
        % {"name": first.name, "number": first.number},
        Kind.CONFLICT,
        fields={"number": [_("This number belongs to %(owner)s.") % {"owner": first.name}]},
    )


def _account_of(guest: Guest) -> User:
    if guest.enrolled_as is not None:
        return guest.enrolled_as
    found = User.objects.filter(role=Role.STUDENT, institution_number=guest.number).first()
    if not guest.number or found is None:
        raise Refusal(
            "no_account",
            _(
                "No student has an account with this number. Ask them to register, or ask an admin"
                " to import them. Then add them on the course's students page by their number."
            ),
            Kind.CONFLICT,
        )
    found = standing_for(found)
    if not found.is_active:
        raise Refusal(
            "account_off",
            _("This student's account is switched off. Ask an admin to switch it on."),
            Kind.CONFLICT,
        )
    return found
