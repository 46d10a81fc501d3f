"""The kinds of excuse that an institution knows. They are switched off, and never deleted."""

from hashlib import sha256
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from attendance_project.refusals import Kind, Refusal
from attendance_project.spellings import code_key, normalized
from sessions_app.models import CountsAs, ExcuseKind
from sessions_app.services import teaching

_CODE_LENGTH = 30
_DIGEST_LENGTH = 10


def add_kind(*, name: str, counts_as: str = CountsAs.NOT_COUNTED, code: str = "") -> ExcuseKind:
    """Add a kind of excuse. Its code is made of its name unless given.

    Raises invalid_input, and already_exists where the code is taken.
    """
    kind = ExcuseKind(name=name.strip(), counts_as=counts_as, code=code or _code_of(name))
    _check(kind)
    return teaching.add(kind)


def change_kind(kind: ExcuseKind, **changes: Any) -> ExcuseKind:
    """Change its name, what it counts as, or whether it can be chosen. Its code stays.

    A change counts for absences that are noted from now on, and past figures stay. Raises
    invalid_input.
    """
    for name, value in changes.items():
        setattr(kind, name, value.strip() if name == "name" else value)
    _check(kind)
    ExcuseKind.objects.filter(pk=kind.pk).update(**{name: getattr(kind, name) for name in changes})
    kind.refresh_from_db()
    return kind


def kind_with(code: str) -> ExcuseKind:
    """The kind with the code. Raises invalid_input where there is none that can be chosen."""
    kind = ExcuseKind.objects.filter(code=code, is_active=True).first()
    if kind is None:
        raise _invalid({"kind": [_("There is no such kind of excuse. Choose another.")]})
    return kind


def _code_of(name: str) -> str:
    """A code made of the name: of its Latin letters or, where it has others or is too long, of its
    digest besides. The same name has the same code, so that no kind is there twice."""
    slug = slugify(normalized("NFKD", name)).strip("-_")
    if len(slug) <= _CODE_LENGTH and slug and _is_latin(name):
        return slug
    digest = sha256(code_key(name).encode()).hexdigest()[:_DIGEST_LENGTH]
    start = slug[: _CODE_LENGTH - _DIGEST_LENGTH - 1].strip("-_") or "kind"
    return f"{start}-{digest}"


def _is_latin(name: str) -> bool:
    """Whether each of its letters is a Latin one, or one with an accent."""
    plain = normalized("NFKD", name)
    return all(sign.isascii() for sign in plain if sign.isalnum())


def _check(kind: ExcuseKind) -> None:
    fields: dict[str, list[str]] = {}
    if not kind.name:
        fields["name"] = [_("Give the kind a name.")]
    if kind.counts_as not in CountsAs.values:
        fields["counts_as"] = [_("Choose what the kind counts as.")]
    if fields:
        raise _invalid(fields)


def _invalid(fields: dict[str, list[str]]) -> Refusal:
    sentence = _("Please correct the fields marked below.")
    return Refusal("invalid_input", sentence, Kind.INVALID, fields=fields)
