"""How pages name a room."""

from django import template
from django.utils.translation import gettext as _

from sessions_app.domain.rooms import is_bare

register = template.Library()


@register.filter
def room_in_words(room: str) -> str:
    """“Room 4.12” for 4.12. A text that says itself what it is stays: “Hall 2”, “Room 4.12”."""
    return _("Room %(room)s") % {"room": room} if is_bare(room) else room
