"""What an import would do: named changes, each with the write that makes it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from attendance_project.api_errors import ApiError
from sessions_app.imports.problems import refuse


class Act(models.TextChoices):
    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    DROPPED = "dropped", _("Dropped")
    KEPT = "kept", _("Left alone")
    """In the database and not in the file; left alone, since nobody said to drop it."""


class Kind(models.TextChoices):
    """What an import changes."""

    SUBJECT = "subject", _("subject")
    CLASS_GROUP = "class", _("class")
    TEACHER = "teacher", _("teacher")
    STUDENT = "student", _("student")
    COURSE = "course", _("course")
    ENROLMENT = "enrolment", _("enrolment")
    SESSION = "session", _("session")


@dataclass(frozen=True)
class Change:
    act: Act
    kind: Kind
    name: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind.label} {self.name}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True)
class Step:
    change: Change
    write: Callable[[], object] | None = None
    """Harmless to repeat. None where nothing is to be done."""
    line: int = 0


@dataclass
class Plan:
    """Steps in the order in which they may be done: what others refer to comes first."""

    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What the person ought to know before applying."""

    def add(self, change: Change, write: Callable[[], object] | None, line: int = 0) -> None:
        self.steps.append(Step(change, write, line))

    @property
    def writes(self) -> list[Step]:
        return [step for step in self.steps if step.write]

    def changes(self, act: Act) -> list[Change]:
        return [step.change for step in self.steps if step.change.act == act]

    @property
    def counts(self) -> dict[str, int]:
        return {act.value: len(self.changes(act)) for act in Act}

    @property
    def digest(self) -> str:
        """The same for two plans that would do the same, so that what was looked at is what
        is applied."""
        lines = "\n".join(f"{step.change.act} {step.change}" for step in self.steps)
        return hashlib.sha256(lines.encode()).hexdigest()


def apply(plan: Plan, told: Callable[[Change], object] = lambda change: None) -> None:
    """Do it all, and tell each change as it is made.

    The whole file was checked before, so only what others do in the meantime can stop it. Where
    the database can, everything is taken back then; elsewhere (MongoDB) the order of the steps
    leaves nothing that refers to what is missing, and the same import again does the rest.
    Raises ImportRefused.
    """
    with transaction.atomic():
        for step in plan.writes:
            _do(step)
            told(step.change)


def _do(step: Step) -> None:
    try:
        if step.write:
            step.write()
    except ApiError as error:
        raise refuse(
            _(
                "%(change)s: %(why)s This changed while the file was being imported. "
                "Import it again to see what is left to do."
            )
            % {"change": step.change, "why": error.detail},
            line=step.line,
        ) from error
