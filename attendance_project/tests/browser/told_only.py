"""The site as a server whose watchers read the register only when told of a change."""

from attendance_project.asgi import application
from sessions_app import consumers

__all__ = ["application"]

consumers.REREAD_S = 3600.0
