"""One spelling for what people are found by: numbers, codes and addresses.

Two texts that look alike on a screen must not become two people. What a keyboard, a spreadsheet or
a copied web page puts between the signs is therefore taken out, and signs that stand for the same
letter or digit are written as one.
"""

import re
import unicodedata
from typing import Literal

import idna

from attendance_project.combining_marks import LONG_RUN, MOST_IN_A_ROW

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Signs that show nothing, although Unicode counts them among letters and symbols."""
_JOINERS = frozenset("\u200c\u200d")
"""They change how letters of Persian and Indic scripts are drawn, so names need them."""
_BLANKS = re.compile(r"[\s\u0085\u180e]+")
_LONGEST_HOST = 253
"""Signs in the name of a host (RFC 1035), so that a longer text is not examined at all."""


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """``unicodedata.normalize`` in a time that grows with the length of the text alone.

    That function sorts the marks above and below a letter, in a time that grows with the square of
    their number and in which no other call is answered: 20,000 of them in a name took 5 s. A letter
    keeps MOST_IN_A_ROW of them.
    """
    bounded = text if text.isascii() else LONG_RUN.sub(lambda run: run[0][:MOST_IN_A_ROW], text)
    return unicodedata.normalize(form, bounded)


def is_invisible(sign: str) -> bool:
    """Whether the sign shows nothing and is no blank: a mark of direction, a soft hyphen."""
    return (
        unicodedata.category(sign) == "Cf"
        or sign in _FILLERS
        or "\ufe00" <= sign <= "\ufe0f"  # variation selectors
        or "\U000e0000" <= sign <= "\U000e01ef"  # tags, and further selectors
    )


def visible(text: str) -> str:
    """A text for people, without what says nothing: composed letters, single blanks.

    The joiners of Persian and Indic names stay where they stand between two letters.
    """
    if text.isascii():
        return _BLANKS.sub(" ", text).strip()
    composed = normalized("NFC", text)
    kept = "".join(
        sign for at, sign in enumerate(composed) if not is_invisible(sign) or _joins(composed, at)
    )
    return normalized("NFC", _BLANKS.sub(" ", kept).strip())


def hides_signs(text: str) -> bool:
    """Whether the text has signs that nobody sees, which `visible` and `plain` take out."""
    if text.isascii():
        return False
    composed = normalized("NFC", text)
    return any(is_invisible(sign) and not _joins(composed, at) for at, sign in enumerate(composed))


def _joins(text: str, at: int) -> bool:
    return text[at] in _JOINERS and 0 < at < len(text) - 1 and ord(text[at - 1]) > 0x590


def plain(text: str) -> str:
    """A number or a code in one spelling.

    Wide letters become narrow, digits of every script become 0 to 9, all dashes become ``-``,
    invisible signs go and blanks become single. Upper and lower case stay.
    """
    if text.isascii():
        return _BLANKS.sub(" ", text).strip()
    folded = normalized("NFKC", text)
    kept = "".join(_plain_sign(sign) for sign in folded if not is_invisible(sign))
    return normalized("NFKC", _BLANKS.sub(" ", kept).strip())


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    digit = unicodedata.decimal(sign, None)
    if digit is not None:
        return str(digit)
    return "-" if sign == "\u2212" or unicodedata.category(sign) == "Pd" else sign


def code_key(text: str) -> str:
    """What two spellings of one code have in common, to compare them by."""
    return normalized("NFC", plain(text).casefold())


def plain_address(text: str) -> str:
    """An e-mail address in one spelling: small letters, and the host as people write it.

    ``ANN@xn--bcher-kva.example`` and ``ann@Bücher.example.`` are one address.
    """
    local, at, host = plain(text).lower().rpartition("@")
    return f"{local}{at}{_readable(host)}" if at else host


def _readable(host: str) -> str:
    host = host.strip().rstrip(".\u3002")
    if len(host) > _LONGEST_HOST or (host.isascii() and "xn--" not in host):
        return host
    try:
        ascii_host = host if host.isascii() else idna.encode(host, uts46=True).decode()
        return idna.decode(ascii_host)
    except (idna.IDNAError, UnicodeError):
        return host
