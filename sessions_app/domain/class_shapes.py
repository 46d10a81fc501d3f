"""What codes of classes look like, so that the code of a class that is none of ours is noticed."""

import re
from collections.abc import Iterable

from sessions_app.domain.words import Token, folded


class Shapes:
    """What codes of classes look like: their beginnings, and letters and digits in a row."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.ends: dict[str, set[tuple[str, int]]] = {}
        self.forms: set[str] = set()
        for code in codes:
            word = folded(code)
            stem, last = _halves(word)
            if stem:
                self.ends.setdefault(stem, set()).add((_kind(last), len(last)))
                self.forms.add(_form(word))

    def is_like(self, token: Token) -> bool:
        stem, last = _halves(token.word)
        if not stem:
            return False
        for kind, length in self.ends.get(stem, ()):
            if kind == _kind(last) and len(last) <= length + 1:
                return True
        return token.written.isupper() and _form(token.word) in self.forms


def _halves(word: str) -> tuple[str, str]:
    """CSE-A as CSE- and A, and 10B as 10 and B. The first is empty where there is no seam."""
    found = re.fullmatch(r"(.*(?:[^\w]|_))([^\W_]+)", word) or re.fullmatch(
        r"(.*\D)(\d+)|(.*\d)(\D+)", word
    )
    halves = [half for half in found.groups() if half is not None] if found else []
    return (halves[0], halves[1]) if len(halves) == 2 else ("", "")


def _kind(text: str) -> str:
    return "9" if text.isdigit() else "a"


def _form(word: str) -> str:
    """CSE-A and MECH-B are of one form: letters, a hyphen and one letter."""
    stem, last = _halves(word)
    return re.sub(r"[^\W\d_]+", "a", stem) + ("9" if last.isdigit() else "a") * len(last)
