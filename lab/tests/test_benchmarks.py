"""The measuring commands, in small: they fill, measure and clean up on either database."""

import os
import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            "bench_reports --students 4 --sessions 3 --runs 1",
            r"4 students x 3 sessions.*page \d+ ms.*ratio \d",
        ),
        (
            "bench_imports --lines 60 --runs 1",
            r"import of 60 lines, 320 rows.* \d+ ms.*bare driver \d+ ms, ratio \d",
        ),
    ],
    ids=["reports", "imports"],
)
@pytest.mark.long
def test_bench_measures_in_a_database_of_its_own(tmp_path, command, told):
    name = tmp_path / "own.sqlite3"
    secrets = {
        "SECRET_KEY": "0" * 40,
        "CODE_SECRET": "1" * 40,
        "FACE_TEMPLATE_KEYS": "A" * 43 + "=",
    }
    own = f"bench_{uuid4().hex}"  # several runs may be under way at once
    settings = {"VAR_DIR": str(tmp_path), "SQLITE_PATH": str(name), "MONGODB_NAME": own}
    done = subprocess.run(
        [sys.executable, "manage.py", *command.split()],
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
    assert re.search(told, done.stdout)
    assert not name.exists()
    assert not (tmp_path / "test.sqlite3").exists()
