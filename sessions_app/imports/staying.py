"""What stays of an import that is taken back, and why."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.imports.plans import RowKind


class Stays(models.TextChoices):
    """Why a row stays although its import was taken back."""

    USED = "used", _("something else refers to it by now")
    LOGGED_IN = "logged_in", _("the person has logged in or set a password")
    HAS_MARKS = "has_marks", _("marks were made there since")
    CHANGED = "changed", _("it was changed since")
    NOT_KEPT = "not_kept", _("what was there before is personal, and is not kept")
    EXCUSES = "excuses", _("excuses are taken back on the page of the student")
    TEACHERS = "teachers", _("teachers are changed on the page of the course")


@dataclass
class Staying:
    """Counts what stays, by kind and reason. Whoever it is, is not kept."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, kind: str, why: Stays, number: int = 1) -> None:
        if number:
            self.counts[RowKind(kind).value, why.value] += number

    @property
    def stored(self) -> list[dict[str, Any]]:
        return [
            {"kind": kind, "why": why, "number": number}
            for (kind, why), number in sorted(self.counts.items())
        ]


def told(stored: list[dict[str, Any]] | None) -> list[tuple[str, int, str]]:
    """For a page: the kind, how many, and why, in words."""
    return [
        (str(RowKind(one["kind"]).label), one["number"], str(Stays(one["why"]).label))
        for one in stored or ()
    ]
