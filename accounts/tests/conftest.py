import pytest
from rest_framework.test import APIClient


@pytest.fixture
def api() -> APIClient:
    """A client that nobody is logged in with."""
    return APIClient()
