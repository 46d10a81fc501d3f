"""Reads times of day as tables write them: one time, or from one to another."""

import re
from datetime import time

from attendance_project.spellings import plain

END_OF_DAY = time.max
"""What 24:00 is read as, which Python's clock does not have."""
_BEFORE_NOON = r"a\.?\s?m\.?|صباحا|صباحًا|ص|π\.?\s?μ\.?|上午|午前|오전"
_AFTER_NOON = r"p\.?\s?m\.?|مساء|مساءً|م|μ\.?\s?μ\.?|下午|午後|오후"
_HALF = rf"(?:(?P<am{{n}}>{_BEFORE_NOON})|(?P<pm{{n}}>{_AFTER_NOON}))"
_IN_FRONT = r"(?:(?P<early{n}>上午|午前|오전)|(?P<late{n}>下午|午後|오후))"
_ONE = (
    rf"{_IN_FRONT}?\s*(?:(?P<h{{n}}>\d{{{{1,2}}}})"
    r"(?:\s*(?:[:.h時点點시]|uhr)\s*(?P<m{n}>\d{{2}})?分?(?:[:.]\d{{2}}(?:\.\d+)?)?)?"
    r"|(?P<hm{n}>\d{{3,4}}))"
    rf"\s*(?:uhr|h|hrs|o'clock)?\s*{_HALF}?"
)
_TO = r"\s*(?:-|~|/|to|until|till|bis|à|a|au|al|hasta|até|às|tot|til|do|до|إلى|الى|至|から)\s*"
_TIMES = re.compile(
    rf"(?:um|at|from|von|ab|de|da|dalle|das|des|desde|kl\.?|с|من)?\s*{_ONE.format(n=1)}"
    rf"(?:{_TO}{_ONE.format(n=2)})?",
    re.I,
)
_FRACTION = re.compile(r"0?[.,](\d|75|\d{3,})")
"""A time as a spreadsheet keeps it: a fraction of a day. 0.4375 is 10:30. Two digits are minutes,
but for 75."""


def times_of(text: str) -> tuple[time, ...]:
    """The time in a text such as ``10:30``, ``10h30`` or ``2 pm``, or both of ``10:00-11:30``.

    24:00 is END_OF_DAY. Empty where the text is anything else than times.
    """
    text = plain(text).casefold()
    if fraction := _FRACTION.fullmatch(text):
        return _of_day(float(f"0.{fraction[1]}"))
    match = _TIMES.fullmatch(text)
    if not match:
        return ()
    last = _time(match, 2) if match["h2"] or match["hm2"] else None
    first = _time(match, 1, before=last if _half(match, 2) else None)
    if first is None or (last is None and (match["h2"] or match["hm2"])):
        return ()
    return (first, last) if last is not None else (first,)


def _of_day(fraction: float) -> tuple[time, ...]:
    minutes = round(fraction * 24 * 60)
    return (time(minutes // 60, minutes % 60),) if minutes < 24 * 60 else ()


def _half(match: "re.Match[str]", n: int) -> str:
    if match[f"am{n}"] or match[f"early{n}"]:
        return "a"
    return "p" if match[f"pm{n}"] or match[f"late{n}"] else ""


def _time(match: "re.Match[str]", n: int, before: time | None = None) -> time | None:
    """The n-th time of the text. ``before`` is the second of a pair whose half of the day counts
    for both, as in "2-4 pm"."""
    if digits := match[f"hm{n}"]:
        hour, minute = int(digits[:-2]), int(digits[-2:])
    else:
        hour, minute = int(match[f"h{n}"]), int(match[f"m{n}"] or 0)
    half = _half(match, n)
    if half and hour <= 12:
        return _made(hour % 12 + (12 if half == "p" else 0), minute)
    if before is not None and hour <= 12:
        choices = (_made(hour % 12 + more, minute) for more in (12, 0))
        return next((at for at in choices if at is not None and at < before), None)
    return _made(hour, minute)


def _made(hour: int, minute: int) -> time | None:
    if (hour, minute) == (24, 0):
        return END_OF_DAY
    return time(hour, minute) if hour < 24 and minute < 60 else None
