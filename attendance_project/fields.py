"""One kind of primary key for every table on every database."""

import uuid
from typing import Any

from django.db import models


class UUIDAutoField(models.AutoField):
    """A UUID primary key where Django asks for an AutoField.

    Django insists that DEFAULT_AUTO_FIELD names an AutoField subclass; ``__new__`` then
    hands out a plain UUIDField, so that migrations hold one type on all databases. The
    column is ``_id`` because that is the only primary key MongoDB knows.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> models.UUIDField:  # type: ignore[misc]
        kwargs.setdefault("verbose_name", "ID")
        kwargs.pop("auto_created", None)
        return models.UUIDField(default=uuid.uuid4, editable=False, db_column="_id", **kwargs)
