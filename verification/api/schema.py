"""Error answers that every operation documents."""

from attendance_project.api_errors import ErrorSerializer

ERRORS = dict.fromkeys((400, 401, 403, 404, 409, 429), ErrorSerializer)
