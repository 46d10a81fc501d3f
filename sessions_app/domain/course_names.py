"""Which subjects and classes a text names: surely, perhaps, or not at all.

A text names a subject by its code as a whole word, or by its whole name. "Physics for Poets" does
not name Physics, "C++" not C, and "OSLO" not OS. What is likely but not sure is told as such, so
that a person can choose.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from attendance_project.look_alikes import look_key
from sessions_app.domain.called_off import CALLED_OFF
from sessions_app.domain.class_shapes import Shapes
from sessions_app.domain.names_in_text import Hit, Names
from sessions_app.domain.words import Token, even, folded, tokens_of

_ROMAN = {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"}
_WORDS = (
    "lecture lectures lec lab labs laboratory tutorial tutorials tut seminar seminars sem exercise "
    "exercises class classes course session sessions practical practicals practice workshop exam "
    "exams examination midterm final quiz test revision review recitation discussion joint online "
    "week wk no nr part room with for in at module unit subject code only weekly "
    "vorlesung übung übungen seminar praktikum tutorium klausur prüfung labor termin woche vl ue "
    "cours cm td tp magistral travaux dirigés pratiques examen séance semaine salle "
    "clase clases laboratorio práctica prácticas seminario teoría tutoría semana aula "
    "lezione esercitazione laboratorio esame aula prática teórica prova "
    "college hoorcollege werkcollege practicum tentamen werkgroep les "
    "föreläsning laboration övning tentamen lektion forelesning øving forelæsning øvelse luento "
    "wykład ćwiczenia laboratorium seminarium egzamin přednáška cvičení prednáška cvičenie "
    "лекция лекции семинар практика лабораторная занятие экзамен лекція практичне "
    "ders laboratuvar sınav uygulama διάλεξη εργαστήριο "
    "הרצאה תרגול מעבדה סמינר מבחן محاضرة مختبر تمرين امتحان ندوة "
    "授業 講義 実習 演習 試験 课程 讲座 实验 考试 课"
)
ACTIVITIES = frozenset(_WORDS.split()) | {sign for sign in _WORDS if sign >= "\u3040"}
"""What happens, in the words of timetables. A word that is missing here is asked about."""

MOST_PIECES = 3
"""Into how many words people part a code: CS 101 A."""
_SAYS_NO_NAME = ACTIVITIES | CALLED_OFF | {"fällt", "aus"}
"""Words that may stand beside a name without being a part of it."""

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Subject(Generic[K]):
    key: K
    code: str
    name: str


@dataclass
class Named(Generic[K]):
    """What a text names. ``likely`` tells each subject's words as they stand in the text."""

    subjects: set[K] = field(default_factory=set)
    likely: dict[K, str] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    """Codes of known classes, folded."""
    strange_classes: list[str] = field(default_factory=list)
    """Words that look like a class's code and are none of ours, as they are written."""
    look_alikes: dict[str, str] = field(default_factory=dict)
    """Codes by words of the text that look like them, with letters of another script."""

    def add(self, other: "Named[K]") -> None:
        self.subjects |= other.subjects
        self.classes |= other.classes
        self.strange_classes += other.strange_classes
        self.look_alikes |= other.look_alikes
        for key, words in other.likely.items():
            self.likely.setdefault(key, words)

    def doubt(self) -> None:
        """Take no subject for sure, where a code of the text is only like one of ours."""
        if self.look_alikes:
            words = ", ".join(self.look_alikes)
            for key in self.subjects:
                self.likely[key] = words
            self.subjects = set()


class Catalogue(Generic[K]):
    """The subjects and the classes that there are, to be found in texts."""

    def __init__(self, subjects: Iterable[Subject[K]], class_codes: Iterable[str]) -> None:
        self.subjects = {subject.key: subject for subject in subjects}
        codes = list(class_codes)
        rows = self.subjects.values()
        self.by_code = Names((row.code, row.key) for row in rows)
        self.by_name = Names((row.name, row.key) for row in rows)
        self.by_signs: dict[str, list[K]] = {}
        for row in rows:
            if any(sign.isdigit() for sign in row.code):
                self.by_signs.setdefault(_signs(row.code), []).append(row.key)
        self.classes = Names((code, folded(code)) for code in codes)
        self.written = {folded(code): even(code) for code in codes}
        self.joined = (
            Names(
                (f"{row.code}-{code}", (row.key, folded(code)))
                for row in rows
                for code in codes[:500]
            )
            if len(self.subjects) * min(len(codes), 500) <= 50_000
            else Names([])
        )
        self.shapes = Shapes(codes)
        self.by_look = _by_look([*(row.code for row in rows), *codes])
        self.keys_of = {folded(row.code): row.key for row in rows}

    def named_in(self, text: str) -> Named[K]:
        tokens = tokens_of(text)
        named: Named[K] = Named()
        taken = self._looking_alike(tokens, named)
        taken |= self._joined(tokens, named)
        classes = self._classes(tokens, taken, named)
        for place in self._subjects(tokens, taken | classes, named):
            taken.add(place)
        self._strange(tokens, taken | classes, named)
        for key in named.subjects:
            named.likely.pop(key, None)
        named.doubt()
        return named

    def _looking_alike(self, tokens: tuple[Token, ...], named: Named[K]) -> set[int]:
        """The places of words that are no code, and look like the code of a subject or a class."""
        places = set()
        for place, token in enumerate(tokens):
            code = self.by_look.get(look_key(token.word), "")
            if not code or len(token.word) < 2:  # the Russian "в" is a word, and no class B
                continue
            if token.word in self.written or token.word in self.keys_of:
                continue
            places.add(place)
            named.look_alikes[token.written] = code
            if folded(code) in self.keys_of:
                named.likely[self.keys_of[folded(code)]] = token.written
            else:
                named.classes.add(folded(code))
        return places

    def _joined(self, tokens: tuple[Token, ...], named: Named[K]) -> set[int]:
        """OS-CSE-A names a subject and a class in one word."""
        places: set[int] = set()
        for hit in self.joined.in_text(tokens):
            for subject, group in hit.keys:
                named.subjects.add(subject)
                named.classes.add(group)
            places |= set(range(hit.first, hit.end))
        return places

    def _classes(self, tokens: tuple[Token, ...], taken: set[int], named: Named[K]) -> set[int]:
        places: set[int] = set()
        for hit in self.classes.in_text(tokens):
            for code in hit.keys:
                if taken.isdisjoint(range(hit.first, hit.end)) and self._is_class(
                    tokens, hit, code
                ):
                    named.classes.add(code)
                    places |= set(range(hit.first, hit.end))
                    places |= self._with_more(tokens, hit, code, named)
        return places

    def _is_class(self, tokens: tuple[Token, ...], hit: Hit[str], code: str) -> bool:
        """Whether a code of letters alone is meant: class A is not in "what a day"."""
        written = self.written[code]
        if not written.isalpha():
            return True
        return tokens[hit.first].written == written or len(written) > 2

    def _with_more(
        self, tokens: tuple[Token, ...], hit: Hit[str], code: str, named: Named[K]
    ) -> set[int]:
        """CSE-A/B names CSE-B too."""
        stem, dash, _last = code.rpartition("-")
        places: set[int] = set()
        place = hit.end
        while dash and place < len(tokens) and tokens[place].before.strip() in ("/", "+", "&", "|"):
            other = f"{stem}-{tokens[place].word}"
            if other not in self.written:
                break
            named.classes.add(other)
            places.add(place)
            place += 1
        return places

    def _subjects(
        self, tokens: tuple[Token, ...], taken: set[int], named: Named[K]
    ) -> Iterator[int]:
        by_name, by_code = self.by_name.in_text(tokens), self.by_code.in_text(tokens)
        for hit in by_code:
            # A code inside of a longer name says nothing: Art in "History of Art".
            if any(_is_inside(hit, name) and not hit.keys & name.keys for name in by_name):
                continue
            yield from self._by(hit, tokens, taken, named, is_code=True)
        for hit in by_name:
            if any(_is_inside(hit, code) and not hit.keys & code.keys for code in by_code):
                continue
            yield from self._by(hit, tokens, taken, named, is_code=False)
        self._pieces(tokens, taken, named)
        self._other_spellings(tokens, taken, named)

    def _by(
        self,
        hit: Hit[K],
        tokens: tuple[Token, ...],
        taken: set[int],
        named: Named[K],
        *,
        is_code: bool,
    ) -> Iterator[int]:
        places = range(hit.first, hit.end)
        if not taken.isdisjoint(places):
            return
        words = " ".join(token.written for token in tokens[hit.first : hit.end])
        for key in hit.keys:
            is_sure = _is_alone(hit, tokens, taken) and not _is_letter_of_else(hit, tokens)
            if is_code and not _is_numbered(hit, tokens):
                is_letter = len(words) == 1 and not named.classes  # "C. Miller visits"
                is_sure = is_sure or (not is_letter and _is_distinct(self.subjects[key], words))
            if is_sure:
                named.subjects.add(key)
            else:
                named.likely.setdefault(key, words)
        yield from places

    def _pieces(self, tokens: tuple[Token, ...], taken: set[int], named: Named[K]) -> None:
        """Codes that are a piece of a word with a hyphen, such as OS-Lab, are likely."""
        for place, token in enumerate(tokens):
            if "-" in token.word and place not in taken:
                for piece, written in zip(
                    token.word.split("-"), token.written.split("-"), strict=True
                ):
                    for key in self.by_code.keys.get((piece,), ()):
                        if written == even(self.subjects[key].code):
                            named.likely.setdefault(key, token.written)

    def _other_spellings(self, tokens: tuple[Token, ...], taken: set[int], named: Named[K]) -> None:
        """CS 101 and CS101 are likely to mean CS-101."""
        for first in range(len(tokens)):
            for end in range(first + 1, min(first + MOST_PIECES, len(tokens)) + 1):
                if taken.isdisjoint(range(first, end)):
                    within = tokens[first:end]
                    words = " ".join(token.written for token in within)
                    for key in self.by_signs.get(_signs(words), ()):
                        named.likely.setdefault(key, words)

    def _strange(self, tokens: tuple[Token, ...], taken: set[int], named: Named[K]) -> None:
        for place, token in enumerate(tokens):
            if place in taken or token.word in named.classes:
                continue
            if _is_labelled_class(tokens, place) or self.shapes.is_like(token):
                named.strange_classes.append(token.written)


def _by_look(codes: Iterable[str]) -> dict[str, str]:
    """Codes of one word with letters that look like those of another script, by how they look."""
    return {look_key(code): code for code in codes if len(tokens_of(code)) == 1}


def _signs(text: str) -> str:
    """The letters and digits of a code, by which CS-101, CS 101 and CS101 are one."""
    return "".join(sign for sign in folded(text) if sign.isalnum())


def _is_inside(one: Hit[K], other: Hit[K]) -> bool:
    is_longer = other.end - other.first > one.end - one.first
    return is_longer and other.first <= one.first and one.end <= other.end


def _is_alone(hit: Hit[K], tokens: tuple[Token, ...], taken: set[int]) -> bool:
    """Whether the rest of this part of the text is a class, an activity or a number."""
    part = tokens[hit.first].part
    if _is_numbered(hit, tokens):
        return False
    return all(
        token.part != part
        or place in taken
        or hit.first <= place < hit.end
        or token.word in _SAYS_NO_NAME
        or token.word.isdigit()
        for place, token in enumerate(tokens)
    )


_LETTERED = frozenset(
    [
        "room",
        "salle",
        "raum",
        "saal",
        "hall",
        "aula",
        "zaal",
        "sal",
        "part",
        "week",
        "no",
        "nr",
        "unit",
        "module",
    ]
)
"""Words that a letter may follow to tell one from another."""


def _is_letter_of_else(hit: Hit[K], tokens: tuple[Token, ...]) -> bool:
    """Whether the one letter is an initial, as in "C. Miller", or tells rooms apart: "Room C"."""
    if hit.end - hit.first > 1 or len(tokens[hit.first].word) > 1:
        return False
    is_initial = hit.end < len(tokens) and tokens[hit.end].before.startswith(".")
    return is_initial or (hit.first > 0 and tokens[hit.first - 1].word in _LETTERED)


def _is_numbered(hit: Hit[K], tokens: tuple[Token, ...]) -> bool:
    """Whether a number follows, as in "MATH 101" or "Physics II", which are other courses."""
    if hit.end >= len(tokens) or any(sign.isdigit() for sign in tokens[hit.end - 1].word):
        return False
    after = tokens[hit.end]
    return not after.before.strip() and (after.word.isdigit() or after.word in _ROMAN)


def _is_distinct(subject: Subject[K], words: str) -> bool:
    """Whether a code cannot be an ordinary word here.

    A code with a digit or a sign cannot. One of letters alone has to be written as it is: IT is not
    in "do it again", nor is a code Physics, which is a word, in "Physics for Poets".
    """
    code = even(subject.code)
    if not code.isalpha():
        return True
    if words != code or (folded(code) == folded(subject.name) and len(code) > 2):
        return False
    return len(code) < 5 or code.isupper()


_LABELS = ({"class"}, {"class", "code"}, {"group"}, {"group", "code"}, {"klasse"}, {"classe"})


def _is_labelled_class(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether the word stands behind "Class:" or "Class code:"."""
    if place == 0 or tokens[place].before.strip() != ":":
        return False
    label = {token.word for token in tokens[max(0, place - 2) : place]}
    return {tokens[place - 1].word} in _LABELS or (len(label) == 2 and label in _LABELS)
