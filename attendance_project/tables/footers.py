"""Recognises lines of a file that are no data: totals, footers, repeated headers, rules."""

import re
from collections.abc import Sequence

from attendance_project.spellings import visible

_TOTAL = re.compile(
    r"""(?:grand\s+|sub[\s-]?)?totals?\b.*|(?:total|head)?\s*count\b.*|sum(?:mary)?\b.*
    |(?:average|mean|median|minimum|maximum|std\.?\s*dev)\b.*
    |(?:number|no\.?|\#)\s+of\s+.*|\(?\d+\s+(?:students?|records?|rows?|entries|participants?|
    members?|people|persons?|users?)\b.*|(?:students?|records?|rows?|entries|participants?)\s*:\s*\d+
    |end\s+of\s+.*|page\s+\d+.*|(?:report|printed|generated|exported|created|produced|run|as)\s+
    (?:on|by|at|date|time|of|from|generated|run|created|produced|id)\b.*
    |gesamt(?:zahl|summe)?\b.*|summe\b.*|anzahl\b.*|total(?:e|en)?\b.*|nombre\s+(?:de|d')\b.*
    |somme\b.*|points?\s+possible\b.*|max(?:imum)?\s+(?:points|marks?|grade)\b.*|©.*|copyright\b.*
    |confidential\b.*|overall\b.*|totaa?l\b.*|aantal\b.*|suma\b.*|razem\b.*|celkem\b.*|součet\b.*
    |összesen\b.*|toplam\b.*|yhteensä\b.*|summa\b.*|antal\b.*|i\s+alt\b.*|итого\b.*|всего\b.*|разом\b.*
    |усього\b.*|σύνολο\b.*|סה["״]כ.*|المجموع.*|الإجمالي.*|(?:合计|合計|总计|總計|小计|小計|总数|計).*
    |합계.*|총계.*""",
    re.I | re.X,
)
_SIGNED = re.compile(
    r"""hod|head\s+of\s+(?:the\s+)?department|principal|dean|registrar|director
    |(?:(?:teacher|student|staff|faculty)(?:'s)?\s+)?sign(?:ature|ed)?\b.*
    |(?:prepared|verified|checked|approved)\s+by\b.*
    |class\s+(?:teacher|advisor|adviser|tutor|in-?charge)|unterschrift\b.*|(?:ort,?\s+)?datum
    |υπογραφή.*|ο\s+διδάσκων|ο\s+πρόεδρος|التوقيع.*|توقيع.*|عميد.*|رئيس\s+القسم""",
    re.I | re.X,
)
"""What stands under a list that people sign."""
_RULE = re.compile(r"[-=_*+|.~#\s–—]+")


def is_rule(cells: Sequence[str]) -> bool:
    """Whether the line only draws a line, as databases do under a header."""
    filled = [cell for cell in cells if cell.strip()]
    long = any(len(cell.strip()) > 1 for cell in filled)
    return long and all(_RULE.fullmatch(cell) for cell in filled)


def is_footer(cells: Sequence[str], identities: Sequence[str]) -> bool:
    """Whether the line sums up, is for signatures, or says something about the file.

    ``identities`` are its cells in columns of numbers, codes and addresses. A line with an address
    is somebody's, whatever their name.
    """
    filled = [visible(cell) for cell in cells if cell.strip()]
    if filled and all(_SIGNED.fullmatch(cell.strip("*:-_. ")) for cell in filled):
        return True
    if not filled or any("@" in cell for cell in identities):
        return False
    others = [text for cell in identities if (text := visible(cell)) != filled[0]]
    if _TOTAL.fullmatch(filled[0].strip("*:- ")) and all(map(_is_figure, others)):
        return len(filled) <= 2 + sum(map(_is_figure, filled))
    return len(filled) == 1 and len(cells) > 1 and _is_sentence(filled[0], identities)


def _is_figure(cell: str) -> bool:
    """Whether the cell is a small number, as of a sum. A roll number is longer."""
    return bool(re.fullmatch(r"[\d.,%/\s]{1,6}", cell))


def _is_sentence(text: str, identities: Sequence[str]) -> bool:
    """Whether the only text of a line is words where a number should be: the title of a part."""
    where_numbers_are = any(visible(cell) == text for cell in identities)
    return where_numbers_are and len(text.split()) > 1 and not re.fullmatch(r"[\d\s.,']+", text)
