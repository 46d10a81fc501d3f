"""A session's policy in a teacher's words.

The sentences are marked for translation here, and translated where they are shown.
"""


def gettext_noop(sentence: str) -> str:
    """A name that translation tools look for."""
    return sentence


_SENTENCES = {
    ("strict", "required"): gettext_noop("Strict: code, face and Bluetooth required"),
    ("strict", "preferred"): gettext_noop("Strict: code and face required, Bluetooth preferred"),
    ("strict", "off"): gettext_noop("Strict: code and face required"),
    ("standard", "required"): gettext_noop(
        "Standard: code and Bluetooth required, face one time in %(one_in)d"
    ),
    ("standard", "preferred"): gettext_noop(
        "Standard: code required, Bluetooth preferred, face one time in %(one_in)d"
    ),
    ("standard", "off"): gettext_noop("Standard: code required, face one time in %(one_in)d"),
    ("room", "required"): gettext_noop("Code and room only: code and Bluetooth required"),
    ("room", "preferred"): gettext_noop("Code and room only: code required, Bluetooth preferred"),
    ("room", "off"): gettext_noop("Code and room only: code required"),
}


KINDS_OF_EVIDENCE = {
    "code": gettext_noop("code"),
    "short_code": gettext_noop("short code"),
    "bluetooth": gettext_noop("Bluetooth"),
    "sound": gettext_noop("room's sound"),
    "passkey": gettext_noop("passkey"),
    "face": gettext_noop("face"),
    "first": gettext_noop("face asked: first check-in of the course"),
    "doubt": gettext_noop("face asked: after a doubt"),
    "left": gettext_noop("face asked: left when asked last time"),
    "new_phone": gettext_noop("face asked: new phone"),
    "no_passkey": gettext_noop("face asked: no passkey any more"),
    "instead": gettext_noop("face asked: in place of the passkey"),
    "lot": gettext_noop("face asked by lot"),
    "not_asked": gettext_noop("face not asked this time"),
}
"""The words for what a status rests on, by the code that is stored. The last eight say whether
and why Standard asked for the face (verification/domain/asking.py). The register's script has the
same (static/js/register.js)."""


def evidence_in_words(level: str, bluetooth: str) -> str:
    """What a check-in needs, a format with ``%(one_in)d`` where the face is asked for by lot.
    ``bluetooth`` is ``required``, ``preferred`` or ``off``."""
    return _SENTENCES[level, bluetooth]


def lateness_in_words(late_after_min: int) -> str:
    """A format with ``%(minutes)d`` where it has a number."""
    if late_after_min == 0:
        return gettext_noop("late from the start")
    return gettext_noop("late after %(minutes)d min")
