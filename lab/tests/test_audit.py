"""`make audit` says what the services said, and is clean only where they answered for all."""

import json

from lab import audit


def of_pip_audit(*rows: dict) -> audit.Said:
    return audit.of_pip_audit(json.dumps({"dependencies": rows}), "")


def test_packages_without_known_weaknesses_are_clean():
    said = of_pip_audit({"name": "django", "version": "5.2", "vulns": []})
    assert said.is_clean
    assert "1 packages checked, 0 known weaknesses" in audit.in_words(said)


def test_a_weakness_is_named():
    said = of_pip_audit({"name": "django", "version": "1.0", "vulns": [{"id": "CVE-1"}]})
    assert not said.is_clean
    assert "django 1.0: CVE-1" in audit.in_words(said)


def test_packages_that_the_service_does_not_know_are_not_clean():
    said = of_pip_audit({"name": "django", "skip_reason": "not found"})
    assert not said.is_clean
    assert "does not know 1 packages" in audit.in_words(said)


def test_a_service_that_cannot_be_reached_is_told_and_not_clean():
    said = audit.of_pip_audit("", "Traceback\nConnectionError: no route")
    assert not said.is_clean
    assert "could not be asked: ConnectionError: no route" in audit.in_words(said)
    said = audit.of_npm(json.dumps({"message": "405 Method Not Allowed"}), "")
    assert "could not be asked: 405 Method Not Allowed" in audit.in_words(said)
    assert not audit.of_npm("", "").is_clean


def test_what_npm_found_is_named():
    found = {"vulnerabilities": {"chart.js": {"severity": "high"}}}
    total = {"metadata": {"dependencies": {"total": 9}}}
    said = audit.of_npm(json.dumps(found | total), "")
    assert "chart.js: high" in audit.in_words(said)
    assert audit.of_npm(json.dumps({"vulnerabilities": {}} | total), "").is_clean


def test_a_program_that_is_not_there_is_told():
    assert audit.main("/nowhere/pip-audit", "/nowhere/npm") == 1
