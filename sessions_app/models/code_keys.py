"""Codes that are one code in whatever spelling, held apart by the database itself."""

from typing import Any

from django.db import models

from attendance_project.spellings import code_key

LONGEST = 400
"""Signs of a key. Some signs of a code stand for up to 18 others (U+FDFA)."""
APART = "#"
"""Stands between a key and the id of a row that had the same code before keys were kept."""


class CodeKeyField(models.CharField):  # type: ignore[type-arg]
    """What the row's ``code`` has in common with its other spellings: `OS` and `os` have one key.

    It follows the code at each save, also of many rows at once. Rows that had one code in two
    spellings before there were keys keep keys of their own (see the migration).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_length": LONGEST, "editable": False, "default": ""}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for given in ("max_length", "editable", "default"):
            kwargs.pop(given, None)
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = code_key(getattr(model_instance, "code"))  # noqa: B009
        kept: str = getattr(model_instance, self.attname)
        if not kept.startswith(f"{key}{APART}{model_instance.pk}"):
            setattr(model_instance, self.attname, kept := key)
        return kept
