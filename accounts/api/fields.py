"""Input fields that accept text and nothing else."""

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.domain import names
from accounts.models import normalise_number
from attendance_project import spellings


class Text(serializers.CharField):
    """A line of text, without control characters. Numbers are not turned into text.

    CharField itself refuses NUL and lone surrogates.
    """

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if not isinstance(data, str | type(serializers.empty)) and data is not None:
            self.fail("invalid")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if any(unicodedata.category(character) == "Cc" for character in value):
            self.fail("invalid")
        return value


class Line(Text):
    """A line that others read: without marks of direction, and signs that show nothing."""

    default_error_messages = {"hidden": _("Use only visible characters.")}

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not names.is_visible_line(value):
            self.fail("hidden")
        return spellings.visible(value)


class PersonName(Line):
    """A person's name, in one spelling."""

    default_error_messages = {"letters": _("Write the name in letters.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=150, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not names.has_letter(value):
            self.fail("letters")
        return value


class Email(Text, serializers.EmailField):
    """An e-mail address, in the one spelling that is stored."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()


class Password(Text):
    """A password as typed. Its longest length keeps hashing cheap, but is no rule on strength."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            write_only=True,
            trim_whitespace=False,
            max_length=128,
            style={"input_type": "password"},
            **kwargs,
        )


class InstitutionNumber(Text):
    """A roll or staff number, in the one spelling that is stored.

    Its letters are of one alphabet, since look-alikes from another would make a second person.
    """

    default_error_messages = {
        "characters": _("Use only letters A to Z, digits, and . / _ -"),
    }
    allowed = re.compile(r"[A-Z0-9][A-Z0-9./_-]*")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data).strip().upper()
        if not self.allowed.fullmatch(value):
            self.fail("characters")
        return normalise_number(value)


class StrictBoolean(serializers.BooleanField):
    """``true`` or ``false``, but no words or numbers that look like them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
