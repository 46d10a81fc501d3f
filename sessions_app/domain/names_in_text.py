"""Finds names in texts, word by word."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sessions_app.domain.words import Token, tokens_of

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Hit(Generic[K]):
    """Words of the text that are one of the names looked for."""

    keys: frozenset[K]
    first: int
    end: int


class Names(Generic[K]):
    """Finds names in texts, the longest first. One name may stand for several keys."""

    def __init__(self, names: Iterable[tuple[str, K]]) -> None:
        self.keys: dict[tuple[str, ...], set[K]] = {}
        for name, key in names:
            if words := tuple(token.word for token in tokens_of(name)):
                self.keys.setdefault(words, set()).add(key)
        self.lengths: dict[str, list[int]] = {}
        for words in self.keys:
            self.lengths.setdefault(words[0], []).append(len(words))
        for lengths in self.lengths.values():
            lengths[:] = sorted(set(lengths), reverse=True)

    def in_text(self, tokens: tuple[Token, ...]) -> list[Hit[K]]:
        found, place = [], 0
        while place < len(tokens):
            hit = self._at(tokens, place)
            if hit:
                found.append(hit)
            place = hit.end if hit else place + 1
        return found

    def _at(self, tokens: tuple[Token, ...], place: int) -> Hit[K] | None:
        for length in self.lengths.get(tokens[place].word, ()):
            words = tuple(token.word for token in tokens[place : place + length])
            if words in self.keys:
                return Hit(frozenset(self.keys[words]), place, place + length)
        return None
