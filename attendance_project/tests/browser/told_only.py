"""The site as a server whose screens read the register only when they are told of a change."""

from attendance_project.asgi import application
from sessions_app import consumers

__all__ = ["application"]

consumers.REREAD_S = 3600.0
