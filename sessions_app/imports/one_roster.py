"""Reads the files of OneRoster (1EdTech, CSV binding 1.1 and 1.2): as a set in one ZIP file, or
singly.

The files refer to each other by ids that mean nothing outside of them, so that only the set tells
who is on which course.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from attendance_project.tables import refuse, systems
from attendance_project.tables.headers import header_key
from attendance_project.tables.reading import listed
from attendance_project.tables.sources import Line, Source, read_source
from attendance_project.tables.workbook import check_size

_PARTS = ("users", "roles", "courses", "classes", "enrollments")
_KEYS = {
    "users": {"givenname", "familyname", "sourcedid"},
    "roles": {"usersourcedid", "roletype", "role"},
    "classes": {"sourcedid", "coursesourcedid", "classcode"},
    "courses": {"sourcedid", "coursecode", "title"},
    "enrollments": {"usersourcedid", "classsourcedid"},
}
"""Names of columns by which each file is known, as `header_key` spells them."""
_PERSON = ("number", "email", "name")
_COURSE = ("subject_code", "subject_name", "class_code", "class_name")
COLUMNS = (*(f"student_{part}" for part in _PERSON), *_COURSE)
COLUMNS = (*COLUMNS, *(f"teacher_{part}" for part in _PERSON))
_SINGLY = {
    "classes": {"classcode": "class_code", "title": "class_name"},
    "courses": {"coursecode": "subject_code", "title": "subject_name"},
}
"""What is read of a file that stands alone: our name for each column of it."""

Cells = dict[str, str]


def is_set(data: bytes) -> bool:
    """Whether this is a ZIP file with files of OneRoster in it."""
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = {PurePosixPath(name).name.lower() for name in parts.namelist()[:500]}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    return bool(names & {"users.csv", "enrollments.csv"})


def is_of_enrolments(keys: Sequence[str]) -> bool:
    """Whether a file with these names of columns is of enrolments, which name people by id only."""
    return _KEYS["enrollments"] <= set(keys)


def alone(source: Source) -> Source:
    """The lines of one file: of classes or courses with our names of columns, others as they are.

    Raises ImportRefused for the file of roles, which names nobody.
    """
    keys = [header_key(cell[:100]) for cell in source.lines[0][1]] if source.lines else []
    kind = next((kind for kind in _PARTS if _KEYS[kind] <= set(keys)), "")
    if kind == "roles":
        raise refuse(
            _(
                "These are roles of OneRoster, which say nothing alone. Put users.csv, roles.csv, "
                "courses.csv, classes.csv and enrollments.csv into one ZIP file."
            )
        )
    if kind not in _SINGLY:
        return source
    names = _SINGLY[kind]
    places = [at for at, key in enumerate(keys) if key in names]
    status = keys.index("status") if "status" in keys else -1
    header = (source.lines[0][0], [names[keys[at]] for at in places])
    lines = [
        (line, [cells[at] if at < len(cells) else "" for at in places])
        for line, cells in source.lines[1:]
        if not 0 <= status < len(cells) or header_key(cells[status]) not in systems.GONE
    ]
    return Source([header, *lines], source.text, source.notes)


def joined(data: bytes) -> Source:
    """One table of the whole set: courses with their teachers, students on them, other people.

    Raises ImportRefused. The numbers of lines are those of enrollments.csv, and of users.csv for
    people who are on no course.
    """
    check_size(data)
    roster = _Roster(_tables(data))
    lines = [(1, list(COLUMNS)), *roster.lines()]
    return Source(lines, notes=roster.notes())


def _tables(data: bytes) -> dict[str, list[tuple[int, Cells]]]:
    found: dict[str, list[tuple[int, Cells]]] = {kind: [] for kind in _PARTS}
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            kind = PurePosixPath(name).stem.lower()
            if kind in found and name.lower().endswith(".csv"):
                found[kind] = _read(_unpacked(parts, name), kind)
    return found


def _unpacked(parts: zipfile.ZipFile, name: str) -> bytes:
    try:
        return parts.read(name)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        told = _("The file %(name)s cannot be unpacked. Make the ZIP file again.")
        raise refuse(told % {"name": name[-50:]}) from error


def _read(data: bytes, kind: str) -> list[tuple[int, Cells]]:
    """The rows of one file whose status does not say that they are gone."""
    lines = read_source(data, partial(_worth, kind)).lines
    keys = [header_key(cell[:100]) for cell in lines[0][1]] if lines else []
    rows = [
        (line, dict(zip(keys, map(str.strip, cells), strict=False))) for line, cells in lines[1:]
    ]
    return [(line, row) for line, row in rows if not _is_gone(row)]


def _worth(kind: str, cells: Sequence[str]) -> int:
    return len(_KEYS[kind] & {header_key(cell[:100]) for cell in cells})


def _is_gone(row: Mapping[str, str]) -> bool:
    words = (row.get(name, "") for name in ("status", "enableduser"))
    return any(header_key(word) in systems.GONE for word in words)


@dataclass
class _Roster:
    tables: dict[str, list[tuple[int, Cells]]]
    left_out: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.users = {row.get("sourcedid", ""): row for _line, row in self.tables["users"]}
        self.courses = {row.get("sourcedid", ""): row for _line, row in self.tables["courses"]}
        self.classes = {row.get("sourcedid", ""): row for _line, row in self.tables["classes"]}
        self.codes = Counter(row.get("classcode", "") for row in self.classes.values())
        self.roles: dict[str, set[str]] = {}
        for _line, row in self.tables["roles"]:
            self.roles.setdefault(row.get("usersourcedid", ""), set()).add(
                header_key(row.get("role", ""))
            )

    def lines(self) -> Iterator[Line]:
        """Teachers come before students, and the primary one of a class comes first."""
        rows = sorted(self.tables["enrollments"], key=lambda pair: self._rank(pair[1]))
        seen, told = set(), set()
        for line, row in rows:
            cells = self._enrolment(line, row)
            if cells and (found := self._line(line, cells)[1]) and tuple(found) not in told:
                seen.add(row.get("usersourcedid", ""))
                told.add(tuple(found))  # some systems write an enrolment of each term
                yield line, found
        for line, row in self.tables["users"]:
            user = row.get("sourcedid", "")
            if user not in seen and (kind := self._kind_of(user)):
                yield self._line(line, self._person(user, kind))

    def notes(self) -> list[str]:
        note = _(
            "Left out of enrollments.csv, since their class or person is not in the set: %(lines)s."
        )
        return [note % {"lines": listed(self.left_out)}] if self.left_out else []

    def _rank(self, row: Cells) -> tuple[bool, bool]:
        is_student = header_key(row.get("role", "")) in systems.STUDENT_ROLES
        return is_student, row.get("primary", "").lower() != "true"

    def _line(self, line: int, cells: Cells) -> Line:
        return line, [cells.get(name, "") for name in COLUMNS]

    def _enrolment(self, line: int, row: Cells) -> Cells | None:
        user, group = row.get("usersourcedid", ""), row.get("classsourcedid", "")
        role = header_key(row.get("role", ""))
        kind = "student" if role in systems.STUDENT_ROLES else ""
        kind = "teacher" if role in systems.TEACHER_ROLES else kind
        if not kind:
            return None
        if user not in self.users or group not in self.classes:
            told = _("line %(line)d “%(text)s”")
            self.left_out.append(told % {"line": line, "text": f"{user}, {group}"})
            return None
        return self._person(user, kind) | self._course(group)

    def _person(self, user: str, kind: str) -> Cells:
        row = self.users[user]
        names = (row.get("givenname", ""), row.get("familyname", ""))
        return {
            f"{kind}_number": row.get("identifier") or user,
            f"{kind}_email": row.get("email", ""),
            f"{kind}_name": " ".join(filter(None, names)),
        }

    def _course(self, group: str) -> Cells:
        row = self.classes[group]
        course = self.courses.get(row.get("coursesourcedid", ""), {})
        code = row.get("classcode", "")
        return {
            "subject_code": course.get("coursecode") or row.get("coursesourcedid", ""),
            "subject_name": course.get("title") or row.get("title", ""),
            "class_code": code if code and self.codes[code] == 1 else group,
            "class_name": row.get("title", ""),
        }

    def _kind_of(self, user: str) -> str:
        """Whether somebody is a student or a teacher, or neither, as parents are."""
        roles = self.roles.get(user) or {header_key(self.users[user].get("role", ""))}
        if roles & systems.TEACHER_ROLES:
            return "teacher"
        return "student" if roles & systems.STUDENT_ROLES else ""
