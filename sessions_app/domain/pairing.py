"""Gives each of some things one of its choices, so that as few as possible go without."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)


def pair(choices: Mapping[K, Sequence[V]], held: Mapping[K, V]) -> dict[K, V]:
    """Each key's value, no value twice, for as many keys as there can be.

    Who has one in ``held`` keeps it, or is given another one of its choices. It is a maximum
    matching, found by augmenting paths (Berge 1957).
    """
    pairs = dict(held)
    holder = {value: key for key, value in held.items()}
    for key in choices:
        if key not in pairs:
            _augment(key, choices, pairs, holder)
    return pairs


def _augment(
    key: K, choices: Mapping[K, Sequence[V]], pairs: dict[K, V], holder: dict[V, K]
) -> None:
    """Find the key a value, for which others move on to their next choice where they can."""
    asked_by: dict[V, K] = {}
    waiting = [key]
    for one in waiting:
        for value in choices.get(one, ()):
            if value in asked_by:
                continue
            asked_by[value] = one
            if value not in holder:
                _move_on(value, key, asked_by, pairs, holder)
                return
            waiting.append(holder[value])


def _move_on(
    free: V, key: K, asked_by: Mapping[V, K], pairs: dict[K, V], holder: dict[V, K]
) -> None:
    value, one = free, asked_by[free]
    while one != key:
        left = pairs[one]
        pairs[one], holder[value] = value, one
        value, one = left, asked_by[left]
    pairs[key], holder[value] = value, key
