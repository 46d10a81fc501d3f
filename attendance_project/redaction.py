"""What may be stored of an exception: where it happened, and its message without values."""

import re
from pathlib import Path
from types import TracebackType

FRAMES_KEPT = 5
MESSAGE_LENGTH = 300
HIDDEN = "[…]"

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|‘[^’]*’|“[^”]*”|(?<!\w)['\"`].*")
# A message is mostly prose. Whatever does not look like a word counts as a value. Words are short,
# of one case and without digits, which a token, a key, an address or an id never all are.
_WORD = re.compile(r"\(?(?:[a-z]{1,16}|[A-Z]?[a-z]{1,16}|[A-Z]{1,8}|\d{1,3})[).,:;?!]*")


def redact(message: str) -> str:
    """The message, with all that is quoted or is no plain word hidden.

    It rather hides too much: an exception is found by its class and place, not by its values.
    """
    words = _QUOTED.sub(f" {HIDDEN} ", message[: 10 * MESSAGE_LENGTH]).split()
    kept = [word if word == HIDDEN or _WORD.fullmatch(word) else HIDDEN for word in words]
    return " ".join(_without_repeats(kept))[:MESSAGE_LENGTH]


def _without_repeats(words: list[str]) -> list[str]:
    return [w for i, w in enumerate(words) if w != HIDDEN or i == 0 or words[i - 1] != HIDDEN]


def own_frames(trace: TracebackType | None, *, root: Path) -> list[str]:
    """``file:line function`` of the last frames in our own code, innermost last, without values."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        path = Path(code.co_filename)
        if path.is_relative_to(root) and "site-packages" not in path.parts:
            places.append(f"{path.relative_to(root)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-FRAMES_KEPT:]
