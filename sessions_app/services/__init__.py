"""What can be done in teaching. Call by module: ``services.open_session(...)``."""

from sessions_app.services.beacons import (
    Assignment,
    assignment_of,
    beacon_with,
    beacons_in,
    issue_room_key,
    issue_room_token,
    issue_session_token,
    other_room_keys,
    revoke_beacon_token,
    room_keys,
)
from sessions_app.services.codes import RotatingCode, ShortCode, current_code, short_code, url_of
from sessions_app.services.erasing import erase_words
from sessions_app.services.excuses import give_excuse, revoke_excuse
from sessions_app.services.keys import beacon_key, beacon_nonce_key, code_key, short_code_key
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
    "Assignment",
    "RotatingCode",
    "ShortCode",
    "add",
    "assignment_of",
    "beacon_key",
    "beacon_nonce_key",
    "beacon_with",
    "beacons_in",
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
    "erase_words",
    "find_students",
    "give_excuse",
    "is_undoable",
    "issue_room_key",
    "issue_room_token",
    "issue_session_token",
    "mark_by_hand",
    "move_attendance",
    "new_session",
    "open_session",
    "other_room_keys",
    "plan_sessions",
    "record_mark",
    "repeat_course",
    "restore_session",
    "revoke_beacon_token",
    "revoke_excuse",
    "room_keys",
    "short_code",
    "short_code_key",
    "take_back",
    "too_late",
    "undo_mark",
    "url_of",
    "withdraw",
]
