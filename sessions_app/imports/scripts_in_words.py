"""Says of which scripts the letters of a text are, for people who cannot see that."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance_project.look_alikes import scripts_of

_NAMES = {
    "LATIN": gettext_lazy("Latin"),
    "GREEK": gettext_lazy("Greek"),
    "CYRILLIC": gettext_lazy("Cyrillic"),
}


def with_scripts(text: str) -> str:
    """The text with its scripts: “ОS” (Cyrillic, Latin). Without letters it stands alone."""
    scripts = [str(_NAMES.get(name, name.title())) for name in scripts_of(text)]
    told = _("“%(text)s” (%(scripts)s)")
    return told % {"text": text, "scripts": ", ".join(scripts)} if scripts else f"“{text}”"
