"""Migrations make on MongoDB the same collections and indexes as the models do.

The rest of the suite has its tables from the models, since migrations take five times as long.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from lab.with_mongod import own_replica_set

ROOT = Path(__file__).parents[2]
MIGRATE = """
from django.core.management import call_command
call_command("setup_database")
"""
MAKE_FROM_MODELS = """
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
settings.MIGRATION_MODULES = {each.label: None for each in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
"""


def make(url: str, database: str, commands: str) -> None:
    begin = "import django\ndjango.setup()\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + commands],
        cwd=ROOT,
        env=os.environ | {"MONGODB_URL": url, "MONGODB_NAME": database},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def indexes(client: MongoClient, database: str) -> dict[str, set[str]]:
    """What each collection's indexes hold: their keys in order, and for which rows they hold."""
    tables = client[database]
    return {
        name: {_described(index) for index in tables[name].list_indexes()}
        for name in tables.list_collection_names()
        if name != "django_migrations"
    }


def _described(index: dict[str, Any]) -> str:
    unique, rows = index.get("unique", False), index.get("partialFilterExpression")
    return f"{list(index['key'].items())} unique={unique} for={rows}"


@pytest.mark.slow
def test_migrations_make_what_the_models_say():
    with own_replica_set(waits_for_disk=False) as url, MongoClient(url) as client:
        make(url, "migrated", MIGRATE)
        make(url, "from_models", MAKE_FROM_MODELS)
        migrated, from_models = indexes(client, "migrated"), indexes(client, "from_models")
    assert migrated == from_models
    assert len(migrated) > 40
