"""How people get an account, and how a teacher's account is approved."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import (
    Invitation,
    RegistrationTry,
    ReservedEmail,
    Role,
    RosterEntry,
    User,
    no_number,
    normalise_email,
)
from accounts.services.confirming import mail_confirmation, number_taken, require_confirmed
from accounts.services.invitations import release_invitation, take_invitation
from accounts.services.passwords import check_strength
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal
from attendance_project.spellings import visible

WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class NewAccount:
    """What a person may say about themself at registration. Nothing in it grants anything."""

    email: str
    password: str
    full_name: str
    institution_number: str
    department: str = ""


def register_student(new: NewAccount, *, address: str, now: datetime) -> User:
    """Make a student's account, where the settings admit the person. Its address gets a link.

    Raises Refusal (invalid, not allowed, conflict, too many).

    ``address`` is the client's.
    """
    check_open()
    _limit(address, now)
    check_domain(new.email)
    if settings.REGISTRATION_ROSTER_ONLY:
        _check_roster(new)
    return _registered(new, Role.STUDENT, now=now)


def register_teacher(new: NewAccount, *, invitation: str, address: str, now: datetime) -> User:
    """Make a teacher's account. Without an invitation it waits for an admin's approval, after its
    address was confirmed by mail."""
    if invitation:
        return _create_invited(new, Role.TEACHER, invitation, now)
    check_open()
    _limit(address, now)
    check_domain(new.email)
    return _registered(new, Role.TEACHER, now=now)


def register_admin(new: NewAccount, *, by: User | None, invitation: str, now: datetime) -> User:
    """Make an admin's account, by an admin or with an invitation."""
    if by is not None and by.is_admin:
        return _create(new, Role.ADMIN, is_approved=True, confirmed_at=now, now=now)
    if not invitation:
        raise Refusal(
            "invitation_required",
            _(
                "Only an admin, or somebody whom an admin invited, can do this. Ask for an "
                "invitation."
            ),
            Kind.NOT_ALLOWED,
        )
    return _create_invited(new, Role.ADMIN, invitation, now)


def approve_account(account: User, *, by: User) -> User:
    """Let a waiting account in. Approving it again changes nothing.

    Raises email_not_confirmed: an address that anybody may have typed says nothing of who it is.
    """
    require_confirmed([account])
    User.objects.filter(pk=account.pk, is_approved=False).update(is_approved=True, approved_by=by)
    account.refresh_from_db()
    return account


def raise_taken(
    *, email: str, institution_number: str, except_for: User | None = None, now: datetime
) -> None:
    """Raise Refusal ``email_taken`` or ``number_taken`` for what another person has.

    It is called after an IntegrityError, which on MongoDB does not say which of the two it was.
    """
    others = User.objects.exclude(pk=except_for.pk) if except_for else User.objects.all()
    reserved = ReservedEmail.objects.filter(email=email, until__gt=now)
    if except_for:
        reserved = reserved.exclude(user=except_for)
    if others.filter(email=email).exists() or reserved.exists():
        raise Refusal(
            "email_taken", _("An account with this e-mail already exists. Log in."), Kind.CONFLICT
        )
    if others.filter(institution_number=institution_number).exists():
        raise number_taken()


def check_open() -> None:
    """Raises Refusal ``registration_closed`` where nobody may make an account by themselves."""
    if not settings.REGISTRATION_OPEN:
        raise Refusal(
            "registration_closed",
            _("You cannot create an account here yourself. Ask your institution for one."),
            Kind.NOT_ALLOWED,
        )


def _limit(address: str, now: datetime) -> None:
    """Count a try, even one that fails: otherwise taken e-mails could be found out one by one."""
    digest = salted_hmac("accounts.registration", address, algorithm="sha256").hexdigest()
    mine = RegistrationTry.objects.create(address=digest, at=now)
    recent = RegistrationTry.objects.filter(address=digest, at__gt=now - WINDOW)
    if recent.count() <= settings.REGISTRATIONS_PER_ADDRESS:
        return
    mine.delete()  # a refused try does not prolong the wait of others at this address
    raise Refusal(
        "too_many_attempts",
        _(
            "Too many accounts were created from your network. Wait an hour, or ask for an "
            "invitation."
        ),
        Kind.TOO_MANY,
        wait_s=WINDOW.total_seconds(),
    )


def _create_invited(new: NewAccount, role: Role, code: str, now: datetime) -> User:
    # The invitation is taken before the account is made, since two people with one code must not
    # both get in. A crash in between costs the invitation, and an admin can make another one.
    invitation = take_invitation(code, role=role, email=new.email, now=now)
    try:
        # An admin gave out the code, and so answers for whoever has it.
        user = _create(new, role, is_approved=True, confirmed_at=now, now=now)
    except Refusal:
        release_invitation(invitation)
        raise
    Invitation.objects.filter(pk=invitation.pk).update(used_by=user)
    return user


def _registered(new: NewAccount, role: Role, *, now: datetime) -> User:
    """The account of a person for whom nobody answers. A number that counts is told to be taken."""
    email = normalise_email(new.email)
    raise_taken(email=email, institution_number=new.institution_number, now=now)
    user = _create(new, role, is_approved=role == Role.STUDENT, confirmed_at=None, now=now)
    mail_confirmation(user, now=now)
    return user


def _create(
    new: NewAccount, role: Role, *, is_approved: bool, confirmed_at: datetime | None, now: datetime
) -> User:
    """Make the account. An address that somebody gave up within a year is taken.

    That is checked afterwards: whoever gives one up reserves it first, and only then is it free.
    """
    user = _stored(new, role, is_approved=is_approved, confirmed_at=confirmed_at, now=now)
    if ReservedEmail.objects.filter(email=new.email, until__gt=now).exists():
        user.delete()
        raise_taken(email=new.email, institution_number=new.institution_number, now=now)
    return user


def _stored(
    new: NewAccount, role: Role, *, is_approved: bool, confirmed_at: datetime | None, now: datetime
) -> User:
    _check_strength(new)
    is_confirmed = confirmed_at is not None
    create = User.objects.create_superuser if role == Role.ADMIN else User.objects.create_user
    try:
        with one_write():
            return create(
                new.email,
                new.password,
                full_name=visible(new.full_name),
                institution_number=new.institution_number if is_confirmed else no_number(),
                claimed_number="" if is_confirmed else new.institution_number,
                email_confirmed_at=confirmed_at,
                name_vouched_at=confirmed_at,
                department=new.department,
                role=role,
                is_approved=is_approved,
            )
    except IntegrityError:
        raise_taken(email=new.email, institution_number=new.institution_number, now=now)
        raise


def _check_strength(new: NewAccount) -> None:
    check_strength(
        new.password,
        User(
            email=new.email,
            full_name=new.full_name,
            institution_number=new.institution_number,
        ),
    )


def check_domain(email: str) -> None:
    domains = settings.REGISTRATION_EMAIL_DOMAINS
    if domains and email.rpartition("@")[2] not in domains:
        raise Refusal(
            "email_domain_not_allowed",
            _("Please register with your institution's e-mail address."),
            Kind.NOT_ALLOWED,
        )


def _check_roster(new: NewAccount) -> None:
    entry = RosterEntry.objects.filter(email=new.email).first()
    # Both get one answer, or the list could be tried out number by number.
    if entry is None or entry.institution_number != new.institution_number:
        raise Refusal(
            "not_on_roster",
            _(
                "This e-mail and number are not on the institution's list. Check both, or ask an "
                "admin."
            ),
            Kind.NOT_ALLOWED,
        )
