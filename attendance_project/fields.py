"""The one kind of primary key, for every table on every database."""

import uuid
from typing import Any

from django.db import models


class UUIDAutoField(models.AutoField):
    """A UUID primary key where Django wants an AutoField.

    DEFAULT_AUTO_FIELD must name a subclass of AutoField. ``__new__`` then returns a plain
    UUIDField, so that migrations have one type on all databases. The column is ``_id``, because
    that is the only primary key that MongoDB knows.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> models.UUIDField:  # type: ignore[misc]
        kwargs.setdefault("verbose_name", "ID")
        kwargs.pop("auto_created", None)
        return models.UUIDField(default=uuid.uuid4, editable=False, db_column="_id", **kwargs)
