"""What an import would do: named changes, each with its write."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from attendance_project.tables.readings import Reading
from sessions_app.models import ImportRecord


class Action(models.TextChoices):
    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    DROPPED = "dropped", _("Removed")
    KEPT = "kept", _("Not in the file")
    """The row is in the database and not in the file. It stays, since nobody said to drop it."""
    RESTORED = "restored", _("Restored")
    """An earlier import cancelled it, and it is in the file again."""
    LEFT = "left", _("Left as it is")
    """It is in the file, and a person decided otherwise. The import respects that."""


class RowKind(models.TextChoices):
    """A kind of row that an import changes."""

    SUBJECT = "subject", _("subject")
    CLASS_GROUP = "class", _("class")
    TEACHER = "teacher", _("teacher")
    STUDENT = "student", _("student")
    COURSE = "course", _("course")
    STAFF = "staff", _("further teacher")
    ENROLMENT = "enrolment", _("enrolment")
    SESSION = "session", _("session")
    MARK = "mark", _("mark")
    EXCUSE = "excuse", _("excuse")


@dataclass(frozen=True)
class Change:
    action: Action
    kind: RowKind
    name: str
    detail: str = ""
    personal: str = ""
    """More detail, which is shown and not kept, since it names somebody."""
    student_id: Any = None
    """The student whose mark it is. The record keeps this id, since the row that is changed is the
    session."""

    @property
    def told(self) -> str:
        """All that is said of it beside its name."""
        return ", ".join(filter(None, (self.detail, self.personal)))

    def __str__(self) -> str:
        return f"{self.kind.label} {self.name}" + (f" ({self.told})" if self.told else "")


@dataclass(frozen=True)
class Addition:
    """A row to store. Its key is set already, so that others can refer to it."""

    row: models.Model


@dataclass(frozen=True)
class Revision:
    """New values for an existing row, by the names of its attributes.

    They are set only while these fields, and ``guards``, are as in ``row``, which is as the plan
    saw them.
    """

    row: models.Model
    values: Mapping[str, Any]
    guards: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deed:
    """An act of a service on an existing row, for what is more than new values.

    It is done only while ``guards`` are as in ``row``, which is as the plan saw it. ``act`` is
    called with the row as it is in the database then.
    """

    row: models.Model
    act: Callable[[Any], object]
    guards: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """Nothing: what a service writes is not known before."""
        return {}


Write = Addition | Revision | Deed


@dataclass(frozen=True)
class Step:
    change: Change
    write: Write | None = None
    """The write, or None where nothing is to be done."""
    line: int = 0


class UnusedKind(models.TextChoices):
    """Why an event of a calendar, or a line of a table, makes no session, as far as a person has to
    look at it."""

    UNSURE = "unsure", _("Which course is meant?")
    UNREAD = "unread", _("Cannot be read")
    LEFT_OUT = "left_out", _("Not planned")
    FAULTY = "faulty", _("Left out, since it cannot be imported")
    UNRELATED = "unrelated", _("Nothing to do with your courses")


@dataclass(frozen=True)
class Unused:
    """An event that makes no session: where it stands, what it is called, and why.

    ``choices`` are the ids of the courses that it may mean, the likeliest first.
    """

    line: int
    title: str
    why: str
    kind: UnusedKind
    choices: tuple[Any, ...] = ()
    text: str = ""
    """The whole title, by which a choice is kept."""

    def __str__(self) -> str:
        return _("line %(line)d: “%(title)s” %(why)s") % {
            "line": self.line,
            "title": self.title,
            "why": self.why,
        }


@dataclass
class Plan:
    """Steps in the order in which they may be done: what others refer to comes first."""

    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What the person should know before applying the plan."""
    advice: list[str] = field(default_factory=list)
    """What to do about what was left out, in sentences for who looks into that list."""
    overlaps: Callable[[], list[str]] = list
    """Finds sessions of the plan that take place at the same time as others, a sentence each. It
    asks the database for the other sessions, so it is called where somebody looks."""
    afterwards: list[Callable[[], object]] = field(default_factory=list)
    """Functions to call when all of it has been written. They tell others, or write what the next
    import would write too: a process that is killed before them leaves nothing wrong."""
    following: list[Callable[[], object]] = field(default_factory=list)
    """Functions that write what follows from the writes, as a part of the same whole. A whole that
    meets another writer is tried again, and these with it."""
    signing: str = ""
    """What whoever applies the plan signs for, in sentences. Empty where that is nothing."""
    unused: list[Unused] = field(default_factory=list)
    """What of the file makes no change, and why. Nothing is dropped without a word."""
    holds_nothing: bool = False
    """Whether there was nothing in the file to read, such as a calendar without events."""
    readings: Sequence[Reading] = ()
    """How the names of the file read in the encoding that was taken, and then in others that fit.
    Empty where that is sure."""
    has_words: bool = False
    """Whether the file has statuses, which a person may say otherwise about."""
    record: ImportRecord | None = None
    """What is kept of this import, stored together with its writes (`records.record_of`)."""

    def add(self, change: Change, write: Write | None, line: int = 0) -> None:
        self.steps.append(Step(change, write, line))

    def unused_of(self, kind: UnusedKind) -> list[Unused]:
        return sorted((one for one in self.unused if one.kind == kind), key=lambda one: one.line)

    @property
    def writes(self) -> list[Step]:
        return [step for step in self.steps if step.write]

    def changes(self, action: Action) -> list[Change]:
        return [step.change for step in self.steps if step.change.action == action]

    @property
    def counts(self) -> dict[str, int]:
        return {action.value: len(self.changes(action)) for action in Action}

    @property
    def digest(self) -> str:
        """A digest that is equal for two plans that would do the same, so that the plan that is
        applied is the one that was looked at."""
        lines = "\n".join(f"{step.change.action} {step.change}" for step in self.steps)
        return hashlib.sha256(lines.encode()).hexdigest()
