"""What can be done in teaching. Call by module: ``services.open_session(...)``."""

from sessions_app.services.codes import RotatingCode, ShortCode, current_code, short_code, url_of
from sessions_app.services.excuses import give_excuse, revoke_excuse
from sessions_app.services.keys import beacon_key, code_key, short_code_key
from sessions_app.services.lifecycle import close_session, open_session
from sessions_app.services.marks import mark_by_hand, record_mark
from sessions_app.services.planning import (
    cancel_from,
    cancel_session,
    cancellation,
    count_heads,
    plan_sessions,
    restore_session,
)
from sessions_app.services.teaching import (
    CHANGEABLE,
    add,
    change_session,
    check_times,
    create_session,
    enrol,
    find_students,
    move_attendance,
    new_session,
    repeat_course,
    withdraw,
)
from sessions_app.services.undo import UNDO_WITHIN, is_undoable, take_back, too_late, undo_mark

__all__ = [
    "CHANGEABLE",
    "UNDO_WITHIN",
    "RotatingCode",
    "ShortCode",
    "add",
    "beacon_key",
    "cancel_from",
    "cancel_session",
    "cancellation",
    "change_session",
    "check_times",
    "close_session",
    "code_key",
    "count_heads",
    "create_session",
    "current_code",
    "enrol",
    "find_students",
    "give_excuse",
    "is_undoable",
    "mark_by_hand",
    "move_attendance",
    "new_session",
    "open_session",
    "plan_sessions",
    "record_mark",
    "repeat_course",
    "restore_session",
    "revoke_excuse",
    "short_code",
    "short_code_key",
    "take_back",
    "too_late",
    "undo_mark",
    "url_of",
    "withdraw",
]
