"""Runs files of tests against MongoDB servers other than the suite's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.with_mongod import own_replica_set, own_standalone

ROOT = Path(__file__).parents[2]


def run_tests(url: str, *files: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *files],
        cwd=ROOT,
        env=os.environ | {"MONGODB_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.long
def test_a_connection_that_breaks_while_a_whole_is_kept_is_told_apart():
    settings = ("enableTestCommands=1", "transactionLifetimeLimitSeconds=1")  # it cleans up soon
    options = [word for setting in settings for word in ("--setParameter", setting)]
    with own_replica_set(*options) as url:
        run_tests(url, "attendance_project/tests/on_breaking_commits.py")


@pytest.mark.slow
@pytest.mark.long
def test_without_transactions_imports_are_refused_and_all_else_works():
    others = ("test_marks.py", "test_course_pages.py")
    with own_standalone() as url:
        run_tests(url, *(f"sessions_app/tests/{name}" for name in ("on_standalone.py", *others)))
