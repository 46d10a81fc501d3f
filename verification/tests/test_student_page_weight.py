"""The student's page is light: what it needs to open fits a slow network."""

import gzip
import json
import re

from django.contrib.staticfiles import finders

COMPRESSED_MAX = 200_000
"""Bytes of all that the page may load before the readers that are compiled to WebAssembly."""


def test_the_shell_weighs_little(client):
    worker = client.get("/student/sw.js").content.decode()
    addresses = json.loads(re.search(r"const SHELL = (\[.*?\]);", worker)[1])
    weights = {address: len(gzip.compress(body_of(client, address))) for address in addresses}
    assert "/student/" in weights
    assert any(address.endswith("/app.js") for address in weights)
    assert sum(weights.values()) < COMPRESSED_MAX, weights


def body_of(client, address):
    if address.startswith("/static/"):
        with open(finders.find(address.removeprefix("/static/")), "rb") as file:
            return file.read()
    return client.get(address).content
