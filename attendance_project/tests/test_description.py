"""The description of the API, which anybody may ask for and nobody can make costly."""

import json

import pytest

from attendance_project import description

SCHEMA = "/api/v1/schema"


@pytest.fixture
def makings(monkeypatch) -> list[str]:
    """What the description was made for, one entry each time."""
    made: list[str] = []
    generator = description.SchemaGenerator.get_schema

    def counted(self, **about):
        made.append(description.translation.get_language())
        return generator(self, **about)

    monkeypatch.setattr(description.SchemaGenerator, "get_schema", counted)
    description._made.cache_clear()
    return made


def test_it_is_made_once_whoever_asks_and_however_often(client, makings):
    first = client.get(SCHEMA, {"format": "json"})
    for more in ("", "&page=1", "&lang=xx", "&version=7", "&lang=%00"):
        answer = client.get(f"{SCHEMA}?format=json{more}")
        assert (answer.status_code, answer.content) == (200, first.content)
    assert len(makings) == 1


def test_it_comes_as_json_and_as_yaml(client):
    as_json = client.get(SCHEMA, {"format": "json"})
    assert json.loads(as_json.content)["info"]["title"] == "Attendance API"
    assert as_json.headers["Content-Type"].startswith("application/vnd.oai.openapi+json")
    as_yaml = client.get(SCHEMA)
    assert as_yaml.text.startswith("openapi: 3.")
    assert "attendance-api" in as_yaml.headers["Content-Disposition"]


def test_a_format_that_there_is_not_is_refused(db, client):
    assert client.get(SCHEMA, {"format": "exe"}).status_code == 404
