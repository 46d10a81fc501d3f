"""The parser for request bodies."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from attendance_project.refusals import Kind, Refusal

MOST_KEYS = 400
"""Keys of one object. The largest that a call knows has about 30; the names of all columns of our
tables, which a test sends with each call, are 265."""
MOST_ITEMS = 30_000
"""Keys and items of a whole body. The largest that a good phone could send is a report of 60 ids of
beacons with 200 readings and 200 times each, which are 24,000."""


class BoundedJSONParser(JSONParser):
    """Refuses JSON that is nested deeper than Python can read, and JSON of so many parts that
    checking them one by one would keep the server busy: that is the caller's mistake."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("This JSON is nested too deeply. Use fewer levels.")) from error
        refuse_crowded(body)
        return body


def refuse_crowded(body: Any) -> None:
    """Raise too_many_items for JSON with more parts than a call may have."""
    count, parts = 0, [body]
    while parts:
        part = parts.pop()
        if not isinstance(part, dict | list):
            continue
        count += len(part)
        if count > MOST_ITEMS or (isinstance(part, dict) and len(part) > MOST_KEYS):
            raise Refusal(
                "too_many_items",
                _("This call has too many parts. Send fewer keys and shorter lists."),
                Kind.TOO_COSTLY,
            )
        parts.extend(part.values() if isinstance(part, dict) else part)
