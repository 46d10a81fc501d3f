"""The measuring command, small: it must fill, fetch the page and clean up on either database."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_bench_measures_in_a_database_of_its_own(tmp_path):
    name = tmp_path / "own.sqlite3"
    secrets = {
        "SECRET_KEY": "0" * 40,
        "CODE_SECRET": "1" * 40,
        "FACE_TEMPLATE_KEYS": "A" * 43 + "=",
    }
    settings = {"VAR_DIR": str(tmp_path), "SQLITE_PATH": str(name), "MONGODB_NAME": "bench_suite"}
    command = ["manage.py", "bench_reports", "--students", "4", "--sessions", "3", "--runs", "1"]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ
        | secrets
        | settings
        | {"DJANGO_SETTINGS_MODULE": "attendance_project.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"4 students x 3 sessions.*page \d+ ms.*ratio \d", done.stdout)
    assert not name.exists()
    assert not (tmp_path / "test.sqlite3").exists()
