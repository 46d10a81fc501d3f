"""Draws the codes of many new sessions at once."""

from collections.abc import Sequence

from sessions_app.imports.known import fetch
from sessions_app.models import Session, new_session_code


def give_free_codes(sessions: Sequence[Session]) -> None:
    """Draw codes that no other session has. With 5,000 new sessions beside 100,000 old ones, one
    import in nine would fail by chance (5,000 * 100,000 / 2**32)."""
    free: set[int] = set()
    while sessions:
        codes = [session.code for session in sessions]
        taken = {s.code for s in fetch(Session.objects.only("code"), "code", codes)}
        clashing = []
        for session in sessions:
            if session.code in taken or session.code in free:
                session.code = new_session_code()
                clashing.append(session)
            else:
                free.add(session.code)
        sessions = clashing
