"""The admin's list of people, and what is known of one account."""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import AccountMerge, User, UserQuerySet, normalise_email, normalise_number
from attendance_project.alphabet import folded
from attendance_project.refusals import Kind, Refusal

SEARCHED = ("full_name", "email", "institution_number", "claimed_number")
MOST_NAMED = 20_000
"""People whose rows one search finds. SQLite takes 250,000 values in a query, and MongoDB 16 MB."""


@dataclass(frozen=True)
class AccountSize:
    """What stands in an account, for whoever chooses which of two to keep."""

    person: User
    attendances: int
    courses: int
    phones: int
    faces: int
    taught: int
    """Courses that the person teaches, as main teacher or with others."""


def people_matching(
    *, text: str = "", role: str = "", is_active: bool | None = None
) -> UserQuerySet:
    """The people whose name, address or number has all of the words."""
    people = User.objects.all()
    words = text.split()
    accented = _accented_names() if any(map(str.isalpha, text)) else []
    for word in words:
        people = people.filter(_has(word) | Q(pk__in=_named(word, accented)))
    if role:
        people = people.filter(role=role)
    if is_active is not None:
        people = people.filter(is_active=is_active)
    return people


def ids_of_people_matching(text: str) -> list[UUID]:
    """Ids of all the people whose name, address or number has all of the words. With them rows
    about people are found, since MongoDB is not asked to join tables.

    Raises Refusal too_many_people where they are more than MOST_NAMED.
    """
    found = people_matching(text=text).order_by("pk").values_list("pk", flat=True)
    ids = list(found[: MOST_NAMED + 1])
    if len(ids) > MOST_NAMED:
        told = _("More than %(n)s people match. Add a word, such as a family name.")
        raise Refusal("too_many_people", told % {"n": MOST_NAMED}, Kind.TOO_COSTLY)
    return ids


def _accented_names() -> list[tuple[UUID, str]]:
    """Ids and names of the people whose names have other signs than a keyboard with English letters
    does. No database compares them without accents, so this is done here."""
    names = User.objects.filter(full_name__regex=r"[^ -~]").order_by()
    return [(pk, folded(name)) for pk, name in names.values_list("pk", "full_name")]


def _named(word: str, names: list[tuple[UUID, str]]) -> list[UUID]:
    plain = folded(word)
    return [pk for pk, name in names if plain in name]


def _has(word: str) -> Q:
    # SQLite knows upper and lower case of ASCII letters only, so each spelling is looked for.
    spellings = {word, word.lower(), word.upper(), word.title()}
    columns = [Q(**{f"{name}__icontains": text}) for name in SEARCHED for text in spellings]
    return reduce(or_, columns)


def person_known_by(text: str) -> User | None:
    """The person with this number or e-mail address."""
    known_by = Q(email=normalise_email(text)) | Q(institution_number=normalise_number(text))
    return User.objects.filter(known_by).first()


def size_of(person: User) -> AccountSize:
    return AccountSize(
        person=person,
        attendances=person.attendances.count(),
        courses=person.enrolments.filter(is_active=True).count(),
        phones=person.devices.count(),
        faces=person.face_templates.count(),
        taught=person.courses_taught.count() + person.course_staff.count(),
    )


def merges() -> QuerySet[AccountMerge]:
    """All merges, the latest first, with the people's names."""
    rows = AccountMerge.objects.select_related("kept", "merged", "by", "undone_by")
    return rows.order_by("-at", "pk")


def kept_in_place_of(person: User) -> User | None:
    """The account into which this one was merged, if it was."""
    merge = merges().filter(merged=person, is_standing=True).first()
    return None if merge is None else merge.kept


def merged_into(person: User) -> User | None:
    """The account into which this one was merged, once that is done. One that was cut short may be
    done again."""
    merge = merges().filter(merged=person, is_standing=True, undone_at=None).first()
    return None if merge is None or merge.done_at is None else merge.kept


def standing_for(person: User) -> User:
    """The account that stands for this one: itself, or the one into which it was merged last."""
    kept = kept_in_place_of(person)
    return person if kept is None else standing_for(kept)


def merges_of(person: User) -> QuerySet[AccountMerge]:
    """The standing merges in which the account was kept or merged."""
    return merges().filter(Q(kept=person) | Q(merged=person), is_standing=True)
