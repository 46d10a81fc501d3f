"""What the importing commands have in common: read the file, show the plan, apply it."""

import re
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path

from django.core.management.base import CommandError, OutputWrapper

from accounts.models import Role, User, normalise_number
from attendance_project.progress import progress_on_stderr
from attendance_project.spellings import code_key
from attendance_project.tables import Layout
from sessions_app import imports
from sessions_app.imports import Action, ImportRefused, Plan, UnusedKind, status_words
from sessions_app.models import Course

SIGNS = {
    Action.ADDED: "+",
    Action.CHANGED: "~",
    Action.DROPPED: "-",
    Action.RESTORED: "*",
    Action.LEFT: " ",
    Action.KEPT: " ",
}


def add_arguments(parser: ArgumentParser, what: str) -> None:
    parser.add_argument("--dry-run", action="store_true", help="Show what would be done, and stop.")
    parser.add_argument("--drop-missing", action="store_true", help=what)


def add_leave_out_argument(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--leave-out-faults",
        action="store_true",
        help="Leave out the lines that cannot be imported, and import the others.",
    )


def add_map_argument(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="What a column of the file means, such as 'Matric=student_number'. 'NAME=' leaves it "
        "out. May be repeated.",
    )


def add_course_argument(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--course",
        default="",
        metavar="SUBJECT/CLASS",
        help="All of the file is this course's, such as OS/CSE-A; found by the file if not given.",
    )


def add_meaning_argument(parser: ArgumentParser, name: str) -> None:
    parser.add_argument(
        name,
        action="append",
        default=[],
        metavar="TEXT=SUBJECT CLASS",
        help="What a text means where it is not sure, such as 'Systems lab=OS CSE-A', or leave it "
        "out: 'Systems lab='. Remembered for the next such file. May be repeated.",
    )


def meanings_of(texts: Sequence[str]) -> dict[str, Course | None]:
    """The course that each text means, or None, from TEXT=SUBJECT CLASS. Raises CommandError."""
    return dict(_meaning(text) for text in texts)


def _meaning(text: str) -> tuple[str, Course | None]:
    title, sign, name = text.rpartition("=")
    if not sign or not title.strip():
        raise CommandError(f"{text}: write it as 'text=SUBJECT CLASS'.")
    return title.strip(), course_named(name) if name.strip() else None


def signer(number: str) -> User:
    """The teacher or admin with this number, who signs for an import. Raises CommandError."""
    roles = [Role.TEACHER, Role.ADMIN]
    people = User.objects.filter(role__in=roles, is_active=True, is_approved=True)
    person = people.filter(institution_number=normalise_number(number)).first()
    if person is None:
        raise CommandError(f"{number} is the number of no teacher or admin.")
    return person


def course_named(name: str) -> Course:
    """The one active course called SUBJECT/CLASS, or SUBJECT CLASS. Raises CommandError."""
    wanted = code_key(re.sub(r"\s*/\s*", "/", name))
    rows = Course.objects.filter(is_active=True).select_related("subject", "class_group", "teacher")
    found = [
        course
        for course in rows
        if wanted in [code_key(f"{course.subject.code}{s}{course.class_group.code}") for s in "/ "]
    ]
    if len(found) != 1:
        raise CommandError(f"{name} is {len(found)} courses. Give SUBJECT/CLASS of exactly one.")
    return found[0]


def names_of(pairs: Sequence[str], layout: Layout) -> dict[str, str]:
    """The columns of the layout by names of a file, from NAME=COLUMN. Raises CommandError."""
    split = (pair.rpartition("=") for pair in pairs)
    names = {name.strip(): column.strip() for name, _sign, column in split}
    for name, column in names.items():
        if not name or (column and column not in layout.by_name):
            known = ", ".join(layout.by_name)
            raise CommandError(f"--map {name}={column}: give NAME=COLUMN, with one of {known}.")
    return names


def words_of(pairs: Sequence[str]) -> dict[str, bool]:
    """Whether a status says that somebody is gone, from WORD=here or WORD=gone. Raises
    CommandError."""
    meanings = {}
    for pair in pairs:
        word, _sign, meaning = (part.strip() for part in pair.rpartition("="))
        if not word or meaning not in ("here", "gone"):
            raise CommandError(f"--status {pair}: give WORD=here or WORD=gone.")
        meanings[status_words.word_key(word)] = meaning == "gone"
    return meanings


def run(file: Path, planned: Callable[[bytes], Plan], *, dry_run: bool, out: OutputWrapper) -> Plan:
    """Show what the file would change and, unless it is a dry run, change it."""
    try:
        plan = planned(file.read_bytes())
        _show(plan, out)
        if not dry_run:
            _apply(plan)
    except OSError as error:
        raise CommandError(f"{file.name}: {error.strerror}") from error
    except ImportRefused as error:
        raise CommandError(_told(file, error)) from error
    out.write("Nothing was written (dry run)." if dry_run else "Done.")
    return plan


def _show(plan: Plan, out: OutputWrapper) -> None:
    for step in plan.steps:
        out.write(f"{SIGNS[step.change.action]} {step.change}")
    for kind in UnusedKind:
        for unused in plan.unused_of(kind):
            out.write(f"? {unused}" if kind == UnusedKind.UNSURE else f"  {unused}")
    for note in [*plan.advice, *plan.notes, *filter(None, [imports.obstacle()])]:
        out.write(f"! {note}")
    if plan.signing:
        out.write(f"! {plan.signing}")
    for overlap in plan.overlaps():
        out.write(f"! At the same time: {overlap}")
    out.write(", ".join(f"{count} {action}" for action, count in plan.counts.items()))


def _apply(plan: Plan) -> None:
    with progress_on_stderr() as bar:
        task = bar.add_task("Importing", total=len(plan.writes))
        imports.apply(plan, lambda done: bar.update(task, completed=done))


def _told(file: Path, error: ImportRefused) -> str:
    lines = [f"{file.name}: {problem}" for problem in error.told[: imports.MOST_TOLD]]
    left = len(error.told) - len(lines)
    lines += [f"and {left} more"] if left > 0 else []
    return "\n".join([*lines, error.advice]).strip()
