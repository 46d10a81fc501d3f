"""Finds the courses that an event of a calendar means: exactly, or with a question."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _

from sessions_app.domain.course_names import Catalogue, Named, Subject
from sessions_app.domain.names_in_text import Names
from sessions_app.domain.words import folded, tokens_of
from sessions_app.imports.calendars import shown
from sessions_app.imports.plans import Unused, UnusedKind
from sessions_app.imports.scripts_in_words import with_scripts
from sessions_app.models import ClassGroup, Course
from sessions_app.models import Subject as SubjectRow
from sessions_app.models.calendars import TEXT_LENGTH

MOST_CHOICES = 10


@dataclass(frozen=True)
class Meanings:
    """What a person chose for titles: None leaves the events out.

    ``titles`` are for a whole title, and ``parts`` for words within titles that are not sure. Both
    are found by their folded text.
    """

    titles: Mapping[str, Course | None]
    parts: Mapping[str, Course | None]


NO_MEANINGS = Meanings({}, {})


def text_key(text: str) -> str:
    """The text as choices are kept and compared."""
    return folded(text)[:TEXT_LENGTH].strip()


@dataclass(frozen=True)
class Match:
    """The courses that an event means, or why it means none of ours."""

    courses: tuple[Course, ...] = ()
    unused: Unused | None = None
    notes: tuple[str, ...] = ()


class Titled(Protocol):
    """What is matched: an event of a calendar, or a line of a table of sessions."""

    @property
    def line(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def categories(self) -> tuple[str, ...]: ...
    @property
    def description(self) -> str: ...
    @property
    def organiser(self) -> str:
        """The e-mail address of who teaches it, or empty."""
        ...


class Matching:
    """Finds the courses of events among ``courses``, for which the importer may plan."""

    def __init__(
        self, courses: Sequence[Course], only: Course | None, meanings: Meanings = NO_MEANINGS
    ) -> None:
        self.courses = courses
        self.only = only
        self.meanings = meanings
        self.parts = Names((text, text) for text in meanings.parts)
        rows = SubjectRow.objects.values_list("pk", "code", "name")
        self.codes = {folded(code): code for code in _class_codes()}
        self.catalogue: Catalogue[Any] = Catalogue(
            (Subject(*row) for row in rows), self.codes.values()
        )
        self.known: dict[tuple[str, tuple[str, ...]], Named[Any]] = {}

    def match(self, event: Titled) -> Match:
        if self.only is not None:
            return Match((self.only,))
        key = text_key(event.title)
        if key in self.meanings.titles:
            return self._chosen(event, self.meanings.titles[key])
        found = self._found(event)
        if found.courses:
            return found
        for hit in self.parts.in_text(tokens_of(event.title)):
            for text in hit.keys:
                return self._chosen(event, self.meanings.parts[text])
        return found

    def _chosen(self, event: Titled, course: Course | None) -> Match:
        if course is None:
            why = _("is left out, as you chose before.")
            return Match(unused=Unused(event.line, shown(event), why, UnusedKind.LEFT_OUT))
        return Match((course,))

    def named(self, event: Titled) -> Named[Any]:
        key = (event.title, event.categories)
        if key not in self.known:
            named = self.catalogue.named_in(event.title)
            for category in event.categories:
                named.add(self.catalogue.named_in(category))
            for subject in named.subjects:
                named.likely.pop(subject, None)
            named.doubt()
            self.known[key] = named
        return self.known[key]

    def _found(self, event: Titled) -> Match:
        named = self.named(event)
        if len(named.subjects) == 1:
            return self._of_subject(event, next(iter(named.subjects)), named)
        if named.subjects:
            return self._several_subjects(event, named)
        if named.likely:
            return self._likely(event, named)
        return self._unnamed(event, named)

    def _of_subject(self, event: Titled, subject: Any, named: Named[Any]) -> Match:
        courses = [course for course in self.courses if course.subject_id == subject]
        if not courses:
            return _unrelated(event, _("is of a subject that you have no course of."))
        if named.classes:
            return self._of_classes(event, courses, named)
        if named.strange_classes:
            words = ", ".join(f"“{word}”" for word in dict.fromkeys(named.strange_classes))
            why = _("names the class %(classes)s, which is not one of ours.")
            return left_out(event, why % {"classes": words}, courses)
        return _decided(event, courses)

    def _of_classes(self, event: Titled, courses: list[Course], named: Named[Any]) -> Match:
        """One course of each class that is named: a joint lecture is held for several."""
        by_class: dict[str, list[Course]] = {}
        for course in courses:
            by_class.setdefault(folded(course.class_group.code), []).append(course)
        groups = [by_class[code] for code in sorted(named.classes) if code in by_class]
        if not groups:
            codes = ", ".join(self.codes[code] for code in sorted(named.classes))
            why = _("is of the class %(classes)s, for which you have no course of this subject.")
            return left_out(event, why % {"classes": codes}, courses)
        matches = [_decided(event, group) for group in groups]
        if unsure := [match for match in matches if match.unused]:
            return unsure[0]
        found = tuple(course for match in matches for course in match.courses)
        others = [self.codes[code] for code in sorted(named.classes - by_class.keys())]
        return Match(found, notes=tuple(_notes(event, found, others + named.strange_classes)))

    def _several_subjects(self, event: Titled, named: Named[Any]) -> Match:
        courses = self._fitting(named.subjects, named)
        if not courses:
            return _unrelated(event, _("is of subjects that you have no course of."))
        return _unsure(event, _("names several subjects."), courses)

    def _likely(self, event: Titled, named: Named[Any]) -> Match:
        courses = self._fitting(named.likely, named)
        told = _look_alike(named) if named.look_alikes else _part_of_another(named)
        return _unsure(event, told, courses) if courses else _unrelated(event, told)

    def _unnamed(self, event: Titled, named: Named[Any]) -> Match:
        told = self.catalogue.named_in(event.description) if event.description else Named()
        subjects = told.subjects or set(told.likely)
        told.classes |= named.classes
        if courses := self._fitting(subjects, told):
            codes = ", ".join(dict.fromkeys(course.subject.code for course in courses))
            why = _("names %(codes)s in its description only, which may be about something else.")
            return _unsure(event, why % {"codes": codes}, courses)
        return _unrelated(event, _("names no course of yours."))

    def _fitting(self, subjects: Iterable[Any], named: Named[Any]) -> list[Course]:
        """Courses of these subjects, those of a class that is named first."""
        wanted = set(subjects)
        found = [course for course in self.courses if course.subject_id in wanted]
        return sorted(
            found, key=lambda course: folded(course.class_group.code) not in named.classes
        )


def _part_of_another(named: Named[Any]) -> str:
    words = ", ".join(f"“{text}”" for text in dict.fromkeys(named.likely.values()))
    why = _("names no course for sure: %(words)s may be a part of another name.")
    return why % {"words": words}


def _look_alike(named: Named[Any]) -> str:
    told = _("%(text)s looks like %(code)s")
    pairs = [
        told % {"text": with_scripts(text), "code": with_scripts(code)}
        for text, code in named.look_alikes.items()
    ]
    why = _("names no course for sure: %(pairs)s, with letters of another script.")
    return why % {"pairs": "; ".join(pairs)}


def _class_codes() -> list[str]:
    return list(ClassGroup.objects.values_list("code", flat=True))


def _decided(event: Titled, courses: Sequence[Course]) -> Match:
    """The only course, or the one whose teacher is the event's organiser."""
    mine = [c for c in courses if c.teacher.email.casefold() == event.organiser] or courses
    if len(mine) == 1:
        return Match((mine[0],))
    names = ", ".join(f"{course} ({course.teacher.full_name})" for course in mine)
    return _unsure(event, _("may be several courses: %(courses)s.") % {"courses": names}, mine)


def _notes(event: Titled, courses: Sequence[Course], others: Sequence[str]) -> Iterator[str]:
    """What a person has to know of an event that names several classes."""
    values = {"title": shown(event), "line": event.line}
    if len(courses) > 1:
        told = _(
            "“%(title)s” (line %(line)d) is a joint session, planned for each of: %(courses)s."
        )
        yield told % (values | {"courses": ", ".join(map(str, courses))})
    if others:
        told = _(
            "“%(title)s” (line %(line)d) also names %(classes)s, for which you have no course of "
            "this subject."
        )
        yield told % (values | {"classes": ", ".join(dict.fromkeys(others))})


def _unrelated(event: Titled, why: str) -> Match:
    return Match(unused=_unused(event, why, UnusedKind.UNRELATED, ()))


def left_out(event: Titled, why: str, courses: Sequence[Course] = ()) -> Match:
    return Match(unused=_unused(event, why, UnusedKind.LEFT_OUT, courses))


def _unsure(event: Titled, why: str, courses: Sequence[Course]) -> Match:
    return Match(unused=_unused(event, why, UnusedKind.UNSURE, courses))


def _unused(event: Titled, why: str, kind: UnusedKind, courses: Sequence[Course]) -> Unused:
    choices = tuple(course.pk for course in courses[:MOST_CHOICES])
    return Unused(event.line, shown(event), why, kind, choices, event.title)
