"""An installation as an administrator makes it, each in a folder of its own."""

import os
import sqlite3
import stat
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow


def manage(folder, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=given | {"MONGODB_URL": "", "VAR_DIR": str(folder), "DEBUG": "0"} | environment,
        capture_output=True,
        text=True,
        check=True,
        umask=0o022,
    )


def test_only_the_servers_user_reads_the_database(tmp_path):
    file = tmp_path / "attendance.sqlite3"
    sqlite3.connect(file).close()
    file.chmod(0o644)
    manage(tmp_path, "setup_database")
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.glob("*sqlite3*")} == {0o600}


def test_only_the_servers_user_reads_a_database_that_any_command_makes(tmp_path):
    manage(tmp_path, "migrate", "contenttypes", "-v", "0")
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.glob("*sqlite3*")} == {0o600}


def test_what_is_deleted_is_overwritten(tmp_path):
    ask = "from django.db import connection as c; k = c.cursor(); k.execute('PRAGMA secure_delete')"
    done = manage(tmp_path, "shell", "-v", "0", "-c", f"{ask}; print(k.fetchone()[0])")
    assert done.stdout.strip() == "1"


def test_an_https_address_leaves_nothing_for_the_deployment_check(tmp_path):
    done = manage(
        tmp_path,
        "check",
        "--deploy",
        PUBLIC_URL="https://attendance.school.test",
        SECRET_KEY="".join(map(chr, range(33, 97))),
    )
    assert "security." not in done.stdout + done.stderr
