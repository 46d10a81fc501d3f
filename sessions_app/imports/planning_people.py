"""Plans subjects, classes and people, each by the rows that are there already."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts import services as people
from accounts.models import ReservedEmail, Role, User
from accounts.queries import kept_in_place_of
from attendance_project.tables import Problem
from attendance_project.tables.reading import listed
from sessions_app.imports.known import fetch
from sessions_app.imports.planning import Planning
from sessions_app.imports.plans import Action, Change, Deed
from sessions_app.imports.rows import Key, RowKind, Thing
from sessions_app.models import ClassGroup, Subject

_ROLES = {RowKind.TEACHER: Role.TEACHER, RowKind.STUDENT: Role.STUDENT}
_MODELS: dict[RowKind, type[Subject] | type[ClassGroup]] = {
    RowKind.SUBJECT: Subject,
    RowKind.CLASS_GROUP: ClassGroup,
}


def plan_people(planning: Planning) -> None:
    for kind in _MODELS:
        _plan_named(planning, kind)
    for person in _ROLES:
        _release_claimed(planning, person)
    for person in _ROLES:
        _release_numbers(planning, person)
    for person in _ROLES:
        _plan_persons(planning, person)
    if planning.addresses_kept:
        told = _("Addresses that were changed here since stay as they are: %(lines)s.")
        planning.result.notes.append(told % {"lines": listed(planning.addresses_kept)})


def _plan_named(planning: Planning, kind: RowKind) -> None:
    model, things = _MODELS[kind], planning.things[kind]
    there: list[Any] = fetch(model._default_manager.all(), "code", _firsts(things))
    rows = {row.code: row for row in there}
    for key, thing in things.items():
        row = rows.get(key[0])
        if row is not None:
            planning.found[kind, key] = row
            planning.check(thing, model(**{**_values(row, thing), **thing.values}))
            planning.change(thing, row)
            continue
        fresh = model(**{"name": thing.values.get("name", ""), **thing.values})
        planning.check(thing, fresh)
        planning.add(thing, f"{fresh.code} {fresh.name}", fresh)


def _release_claimed(planning: Planning, kind: RowKind) -> None:
    """Free the addresses that somebody registered and never confirmed: the institution's word goes
    first. It is done before anybody is added, who could not have these addresses otherwise."""
    things = planning.things[kind]
    by_email = {thing.values.get("email"): thing for thing in things.values()}
    release = partial(people.release_account, now=planning.now)
    for holder in fetch(User.objects.all(), "email", _emails(things.values())):
        if not holder.is_confirmed:
            thing = by_email[holder.email]
            detail = _("registered with this address and never confirmed it; is switched off")
            change = Change(Action.CHANGED, kind, holder.email, detail)
            deed = Deed(holder, release, guards=("email", "email_confirmed_at"))
            planning.result.add(change, deed, thing.line)


def _release_numbers(planning: Planning, kind: RowKind) -> None:
    """Free the numbers of accounts that are switched off and that nobody answered for, where the
    file has another address for the number."""
    things = {key[0]: thing for key, thing in planning.things[kind].items()}
    release = partial(people.release_number, now=planning.now)
    for holder in fetch(User.objects.all(), "institution_number", list(things)):
        thing = things[holder.institution_number]
        if _is_squatter(thing, holder):
            detail = _("registered with this number and was switched off; loses the number")
            change = Change(Action.CHANGED, kind, holder.email, detail)
            deed = Deed(holder, release, guards=("is_active", "name_vouched_at"))
            planning.result.add(change, deed, thing.line)


def _is_squatter(thing: Thing, holder: User) -> bool:
    email = thing.values.get("email")
    return bool(email) and email != holder.email and people.holds_idly(holder)


def _plan_persons(planning: Planning, kind: RowKind) -> None:
    things = planning.things[kind]
    users = User.objects.all()
    by_number = {
        u.institution_number: u for u in fetch(users, "institution_number", _firsts(things))
    }
    emails = _emails(things.values())
    by_email = {u.email: u for u in fetch(users, "email", emails) if u.is_confirmed}
    given_up = fetch(ReservedEmail.objects.all(), "email", emails)
    former = {(row.user_id, row.email) for row in given_up}
    for key, thing in things.items():
        account = by_number.get(key[0])
        if account and (account.pk, thing.values.get("email")) in former:
            _keep_changed_address(planning, thing, account)
        if account and _is_squatter(thing, account):
            account = None
        holder = by_email.get(thing.values.get("email", ""))
        problem = _person_problem(thing, account, holder)
        if problem:
            planning.problems.append(problem)
        elif account:
            planning.found[kind, key] = account
            planning.check(thing, User(**{**_values(account, thing), **thing.values}))
            planning.change(thing, account, *_answer_for_name(planning, thing, account))
        else:
            _plan_account(planning, thing)


def _keep_changed_address(planning: Planning, thing: Thing, account: User) -> None:
    """Leave the address of an account as it is, where the file has the one that it had before: it
    was changed here since, and the other system does not know."""
    if thing.values["email"] != account.email and people.is_claimed(account):
        del thing.values["email"]
        told = _("line %(line)d “%(text)s”")
        planning.addresses_kept.append(told % {"line": thing.line, "text": account})


def _answer_for_name(planning: Planning, thing: Thing, account: User) -> tuple[dict[str, Any], str]:
    """What makes the name of an account known to be right, where its owner gave it and the file
    has it too or sets it, and how to say that."""
    if account.name_vouched_at is not None or "full_name" not in thing.values:
        return {}, ""
    return {"name_vouched_at": planning.now}, _("the file answers for the name")


def _plan_account(planning: Planning, thing: Thing) -> None:
    values: dict[str, Any] = {"email": "", **thing.values}
    person = people.new_person(role=_ROLES[thing.kind], **values)
    planning.check(thing, person)
    planning.add(thing, str(person), person)


def _emails(things: Iterable[Thing]) -> list[str]:
    return [thing.values["email"] for thing in things if "email" in thing.values]


def _firsts(keys: Iterable[Key]) -> list[str]:
    return [key[0] for key in keys]


def _values(row: models.Model, thing: Thing) -> dict[str, Any]:
    """The values that the row already has, in the fields that every such thing needs."""
    names = ("code", "name") if thing.kind in _MODELS else ("full_name", "email")
    return {name: getattr(row, name) for name in names}


def _inactive(account: User) -> str:
    """Why nobody can be enrolled with this account, and what to write instead."""
    if kept := kept_in_place_of(account):
        text = _("%(person)s was merged into %(kept)s. Write that number here.")
        return text % {"person": account, "kept": kept}
    text = _("The account of %(person)s is inactive. Activate it first, or remove the line.")
    return text % {"person": account}


def _person_problem(thing: Thing, account: User | None, holder: User | None) -> Problem | None:
    """Why the import may not touch this person. Roles, numbers and log-in names stay."""
    number, email = thing.key[0], thing.values.get("email")
    if holder and holder != account:
        text = _("%(email)s is the address of %(person)s. Correct the address or the number.") % {
            "email": email,
            "person": holder,
        }
        return thing.problem(text, "email")
    if account is None:
        return None
    if account.role != _ROLES[thing.kind]:
        text = _(
            "%(number)s is the number of %(person)s, %(role)s. An import never "
            "changes a role. An admin can change it in the administration."
        ) % {"number": number, "person": account.full_name, "role": account.get_role_display()}
        return thing.problem(text, "institution_number")
    if not account.is_active:
        return thing.problem(_inactive(account), "institution_number")
    if email and email != account.email and people.is_claimed(account):
        text = _(
            "%(person)s logs in as %(email)s. Only they or an admin can change the "
            "address. Keep it as it is."
        ) % {"person": account, "email": account.email}
        return thing.problem(text, "email")
    return None
