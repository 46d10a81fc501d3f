"""The shell of the student's page: installable, light, and never older than its files."""

import gzip
import json
import re
import shutil
from pathlib import Path

import cv2
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import resolve

from verification.views import student as shell_of

FOLDER = Path(settings.BASE_DIR, "static/student")
PLAIN_IMPORT = re.compile(r"^import [^;]*?from \"([^\"]+)\"|^import \"([^\"]+)\"", re.MULTILINE)
WEIGHT_MAX = 200 * 1024
"""Compressed bytes of all that is fetched before any WebAssembly."""


@pytest.fixture
def copy_of_the_shell(tmp_path, monkeypatch, settings):
    """The page's files, in a folder where they can be changed."""
    folder = shutil.copytree(FOLDER, tmp_path / "student")
    monkeypatch.setattr(shell_of, "_static_path", lambda name: tmp_path / name)
    settings.DEBUG = True  # the files are read each time
    return folder


def worker(client, **headers) -> tuple[str, list[str]]:
    """Version and list of the service worker."""
    text = client.get("/student/sw.js", headers=headers).content.decode()
    version = re.search(r"^const VERSION = (.*);$", text, re.MULTILINE)
    shell = re.search(r"^const SHELL = (.*);$", text, re.MULTILINE)
    return json.loads(version[1]), json.loads(shell[1])


def test_the_manifest_makes_it_installable(client):
    answer = client.get("/student/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["start_url"].startswith(manifest["scope"])
    assert (manifest["display"], manifest["id"]) == ("standalone", "/student/")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    assert any(icon.get("purpose") == "maskable" for icon in manifest["icons"])
    for icon in manifest["icons"]:
        image = cv2.imread(finders.find(icon["src"].removeprefix("/static/")), cv2.IMREAD_UNCHANGED)
        assert "{}x{}".format(*image.shape[:2][::-1]) == icon["sizes"]


def test_the_maskable_icon_is_painted_to_its_edges(client):
    image = cv2.imread(str(FOLDER / "icons/icon-512.png"), cv2.IMREAD_UNCHANGED)
    edge = [image[0, 0], image[0, -1], image[-1, 0], image[-1, -1]]
    assert all((corner == edge[0]).all() for corner in edge)
    assert image.shape[2] == 3 or all(corner[3] == 255 for corner in edge)


def test_the_worker_keeps_every_file_and_nobodys_answers(client):
    _, shell = worker(client)
    files = {
        f"/static/student/{file.relative_to(FOLDER).as_posix()}"
        for file in FOLDER.rglob("*")
        if file.suffix in (".js", ".css", ".png") and file.name != "sw.js"
    }
    assert files <= set(shell)
    assert set(shell) - files == {"/student/", "/texts.js", "/static/img/icon.svg"}


@pytest.mark.parametrize("name", ["app.js", "student.css", "views/today.js", "sw.js"])
def test_a_file_that_changes_makes_another_version(client, copy_of_the_shell, name):
    before, _ = worker(client)
    assert worker(client)[0] == before
    file = copy_of_the_shell / name
    file.write_text(file.read_text() + "\n")
    assert worker(client)[0] != before


def test_a_file_that_comes_is_kept_too(client, copy_of_the_shell):
    before, _ = worker(client)
    (copy_of_the_shell / "views/new.js").write_text("export const x = 1;\n")
    version, shell = worker(client)
    assert version != before
    assert "/static/student/views/new.js" in shell


def test_each_language_has_a_version_of_its_own(client, settings):
    settings.LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
    german = worker(client, **{"accept-language": "de"})[0]
    assert german != worker(client, **{"accept-language": "en-gb"})[0]


def test_what_is_fetched_at_once_is_what_the_first_view_needs(client):
    needed, asked = set(), [FOLDER / "app.js", FOLDER / "views/today.js"]
    while asked:
        file = asked.pop()
        needed.add(file)
        for pair in PLAIN_IMPORT.findall(file.read_text()):
            found = (file.parent / (pair[0] or pair[1])).resolve()
            if found not in needed:
                asked.append(found)
    names = {file.relative_to(FOLDER).with_suffix("").as_posix() for file in needed}
    assert set(shell_of.FIRST_MODULES) == names
    page = client.get("/student/").content.decode()
    for name in names:
        assert f'<link rel="modulepreload" href="/static/student/{name}.js">' in page


def test_all_of_it_is_light(client, db):
    files = [file for file in FOLDER.rglob("*") if file.suffix in (".js", ".css", ".png")]
    parts = [file.read_bytes() for file in files]
    parts += [client.get(path).content for path in ("/student/", "/texts.js")]
    assert sum(len(gzip.compress(part)) for part in parts) < WEIGHT_MAX


def test_the_shell_is_the_same_for_everyone(client, student, teacher):
    pages = []
    for user in (None, student, teacher):
        if user:
            client.force_login(user)
        pages.append(client.get("/student/").content)
    assert len(set(pages)) == 1


def test_wasm_may_be_compiled_and_nothing_evaluated(client):
    policy = client.get("/student/").headers["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" in policy
    for word in ("'unsafe-eval'", "'unsafe-inline'", "http:", "https:", "*"):
        assert word not in policy
    assert resolve("/student/sw.js").url_name == "student-service-worker"
