"""The form in which a person says what the statuses of a file mean."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sessions_app.imports import FoundWord

HERE, GONE = "here", "gone"
_INITIAL = {True: GONE, False: HERE, None: ""}


class WordsForm(forms.Form):
    """One choice for each word of the file. For those that nobody knows, none is chosen yet."""

    def __init__(self, *args: Any, words: Sequence[FoundWord], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        for at, word in enumerate(words):
            lines = ngettext("%(n)d line", "%(n)d lines", len(word.lines))
            self.fields[f"word-{at}"] = forms.ChoiceField(
                label=format_html("<code>{}</code>", word.word),
                choices=[
                    ("", _("Choose what it means")),
                    (HERE, _("Still there: on the list")),
                    (GONE, _("Gone: left out")),
                ],
                initial=_INITIAL[word.is_gone],
                help_text=lines % {"n": len(word.lines)},
            )

    @property
    def choice(self) -> dict[str, bool]:
        """For the key of each word whether it says that somebody is gone."""
        return {
            word.key: self.cleaned_data[f"word-{at}"] == GONE for at, word in enumerate(self.words)
        }
