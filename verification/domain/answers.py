"""What a beacon answered to a check-in's nonce: whether it did, when, and for whom."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from beacon import protocol
from beacon.protocol import Answer
from verification.domain.policy import Policy


@dataclass(frozen=True)
class Nonces:
    """The nonces that the server gave out.

    ``own_earlier`` and ``of_others`` take a while to derive, so they are asked for only where an
    answer is good for no other nonce.
    """

    this: bytes
    own_earlier: Callable[[], Iterable[bytes]] = tuple
    of_others: Callable[[], Iterable[bytes]] = tuple


@dataclass(frozen=True)
class SortedAnswers:
    fresh_slots: tuple[int, ...] = ()
    stale: int = 0
    """Answers that are good, but of a slot that is over or for an earlier try of this student."""
    foreign: int = 0
    """Answers that are good for another student's check-in."""
    invented: int = 0
    """Answers that no beacon of this installation gave."""


NO_ANSWERS = SortedAnswers()


def sort_answers(
    answers: Sequence[Answer],
    *,
    nonces: Nonces,
    keys: Collection[bytes],
    other_keys: Collection[bytes],
    now_slot: int,
    policy: Policy,
) -> SortedAnswers:
    """Sort the answers by what they are good for. ``keys`` are this session's; an answer by the
    beacon next door counts for nothing."""
    fresh: set[int] = set()
    stale = foreign = invented = 0
    for answer in answers:
        if _is_good(answer, keys, (nonces.this,)):
            age = now_slot - answer.slot
            if -policy.bt_slots_ahead <= age <= policy.bt_slots_back:
                fresh.add(answer.slot)
            else:
                stale += 1
        elif _is_good(answer, other_keys, (nonces.this,)):
            continue
        elif _is_good(answer, keys, nonces.own_earlier()):
            stale += 1
        elif _is_good(answer, keys, nonces.of_others()):
            foreign += 1
        else:
            invented += 1
    return SortedAnswers(tuple(sorted(fresh)), stale, foreign, invented)


def _is_good(answer: Answer, keys: Collection[bytes], nonces: Iterable[bytes]) -> bool:
    # The tag is the nonce's beginning, and leaves few to be tried.
    meant = [nonce for nonce in nonces if nonce.startswith(answer.tag)]
    return any(protocol.is_authentic(key, nonce, answer) for nonce in meant for key in keys)
