"""Clients for people with roles, and sessions in every state."""

import pytest
from rest_framework.test import APIClient

from sessions_app.models import Session


@pytest.fixture
def api_as():
    """``api_as(user)`` is an API client of that user, and ``api_as(None)`` is anonymous."""

    def client(user) -> APIClient:
        api = APIClient()
        if user is not None:
            api.force_authenticate(user)
        return api

    return client


@pytest.fixture
def people(student, classmate, outsider, teacher, colleague, admin_user) -> dict:
    return {
        "anonymous": None,
        "student": student,
        "outsider": outsider,
        "teacher": teacher,
        "colleague": colleague,
        "admin": admin_user,
    }


@pytest.fixture
def closed_session(open_session) -> Session:
    Session.objects.filter(pk=open_session.pk).update(
        state="closed", closed_at=open_session.ends_at
    )
    open_session.refresh_from_db()
    return open_session
