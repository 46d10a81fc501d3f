"""A session's policy in a teacher's words.

The sentences are marked for translation here, and translated where they are shown.
"""


def gettext_noop(sentence: str) -> str:
    """A name that translation tools look for."""
    return sentence


_SENTENCES = {
    ("required", "required"): gettext_noop("Code, face and Bluetooth required"),
    ("required", "preferred"): gettext_noop("Code and face required, Bluetooth preferred"),
    ("required", "off"): gettext_noop("Code and face required"),
    ("preferred", "required"): gettext_noop("Code and Bluetooth required, face preferred"),
    ("preferred", "preferred"): gettext_noop("Code required, face and Bluetooth preferred"),
    ("preferred", "off"): gettext_noop("Code required, face preferred"),
    ("off", "required"): gettext_noop("Code and Bluetooth required"),
    ("off", "preferred"): gettext_noop("Code required, Bluetooth preferred"),
    ("off", "off"): gettext_noop("Code required"),
}


KINDS_OF_EVIDENCE = {
    "code": gettext_noop("code"),
    "short_code": gettext_noop("short code"),
    "bluetooth": gettext_noop("Bluetooth"),
    "sound": gettext_noop("room's sound"),
    "face": gettext_noop("face"),
}
"""The words for what a status rests on, by the code that is stored. The register's script has the
same (static/js/register.js)."""


def evidence_in_words(face: str, bluetooth: str) -> str:
    """What a check-in needs. Each argument is ``required``, ``preferred`` or ``off``."""
    return _SENTENCES[face, bluetooth]


def lateness_in_words(late_after_min: int) -> str:
    """A format with ``%(minutes)d`` where it has a number."""
    if late_after_min == 0:
        return gettext_noop("late from the start")
    return gettext_noop("late after %(minutes)d min")
