"""What can be done in teaching. Call by module: ``services.open_session(...)``."""

from sessions_app.services.codes import RotatingCode, ShortCode, current_code, short_code, url_of
from sessions_app.services.keys import beacon_key, code_key, short_code_key
from sessions_app.services.lifecycle import close_session, open_session
from sessions_app.services.marks import mark_by_hand, record_mark
from sessions_app.services.teaching import (
    CHANGEABLE,
    add,
    change_session,
    check_times,
    create_session,
    enrol,
    find_students,
    repeat_course,
    withdraw,
)

__all__ = [
    "CHANGEABLE",
    "RotatingCode",
    "ShortCode",
    "add",
    "beacon_key",
    "change_session",
    "check_times",
    "close_session",
    "code_key",
    "create_session",
    "current_code",
    "enrol",
    "find_students",
    "mark_by_hand",
    "open_session",
    "record_mark",
    "repeat_course",
    "short_code",
    "short_code_key",
    "url_of",
    "withdraw",
]
