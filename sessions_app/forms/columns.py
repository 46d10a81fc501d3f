"""The form in which a person says which column of a file is which."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from attendance_project.tables import Layout
from attendance_project.tables.headers import Header


class ColumnsForm(forms.Form):
    """One choice for each column of the file, with some of its cells beside it."""

    def __init__(
        self,
        *args: Any,
        layout: Layout,
        header: Header,
        samples: Sequence[Sequence[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.header = header
        choices = [("", _("Leave out")), *((c.name, c.label) for c in layout.columns)]
        for at, name in enumerate(header.names):
            if not name:
                continue  # a column without a name cannot be remembered
            cells = ", ".join(filter(None, (row[at] for row in samples)))
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=format_html("<code>{}</code>", name),
                choices=choices,
                required=False,
                initial=header.columns[at],
                help_text=_("In the file: %(cells)s") % {"cells": cells} if cells else "",
            )

    @property
    def choice(self) -> dict[str, str]:
        """The chosen column for the key of each name."""
        keys = self.header.keys
        return {
            keys[at]: self.cleaned_data[f"column-{at}"]
            for at in range(len(keys))
            if f"column-{at}" in self.cleaned_data
        }
