import pytest
from rest_framework.test import APIClient


@pytest.fixture
def api() -> APIClient:
    """A client with which nobody is logged in."""
    return APIClient()
