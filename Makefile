# One definition of every check: pre-commit, .ci/run and the hosted CI call these targets.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

VENV ?= .venv
BIN := $(VENV)/bin
STATE ?= .state
ARGS ?=
UV_INSTALL := VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet
SUITES := tests/unit tests/contract tests/integration
CORE := $(STATE)/core
CONNECTORS := $(STATE)/connectors
NODE_CLIENT := tests/contract/emulator/node_quickbooks

# A name on the PATH proves nothing (pyenv's shims exist for versions that are not chosen): each candidate is run.
PYTHON ?= $(shell for candidate in python3.13 python3.12 python3.11 python3 \
	/usr/local/bin/python3 /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11 /usr/bin/python3; do \
	$$candidate -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	>/dev/null 2>&1 && echo $$candidate && break; done)

help:  ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  %-15s %s\n", $$1, $$2 }'

venv: $(BIN)/uv  ## Make the virtual environment (.venv), empty but for uv

install: $(VENV)/.installed  ## Install what the product and the demo need, from the lock file

install-dev: $(VENV)/.installed-dev  ## Install what the checks need as well

lock: $(BIN)/uv  ## Write requirements*.txt anew from the ranges in pyproject.toml
	$(LOCK) --extra airflow --extra demo --extra test -o requirements.txt
	$(LOCK) --extra airflow --extra demo --extra test --extra dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) --extra airflow --extra celery -c requirements.txt -o requirements-celery.txt

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" pyproject.toml

demo: install  ## Run the whole system here: make demo ARGS="--once --summary FILE.json"
	$(BIN)/python -m demo --state $(STATE) $(ARGS)

lint: install-dev  ## Check format and lint rules, and that no code is dead
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/vulture

format: install-dev  ## Format the code and apply the safe fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

type: install-dev  ## Check types (mypy, strict)
	$(BIN)/mypy

contracts: install-dev  ## Check which package may import which
	$(BIN)/lint-imports

test-unit: install-dev  ## Run the unit tests: seconds, no Airflow, no sockets
	$(BIN)/pytest tests/unit $(ARGS)

test-core: $(BIN)/uv  ## Run the unit tests on the package without its Airflow extra, installed by itself
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(CORE)
	VIRTUAL_ENV=$(abspath $(CORE)) $(BIN)/uv pip install --quiet -c requirements.txt -e '.[test]'
	! $(CORE)/bin/python -c 'import airflow' 2>/dev/null
	$(CORE)/bin/pytest tests/unit $(ARGS)

clients: $(NODE_CLIENT)/package-lock.json  ## Install node-quickbooks, which some contract tests drive the emulator with
	@if ! command -v npm >/dev/null; then echo "npm was not found: the tests with node-quickbooks need it."; \
	elif ! [ $(NODE_CLIENT)/node_modules/.package-lock.json -nt $< ]; then npm ci --silent --prefix $(NODE_CLIENT); fi

# The tracer nearly doubles the processor's time: a job of its own.
coverage: install-dev clients  ## Measure which branches the tests take, and hold the floor in pyproject.toml
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --cov --cov-branch --cov-report=term \
		$(SUITES) $(ARGS)

check: lint type contracts test-unit  ## Run what is quick: lint, types, import contracts, unit tests

# Each of the two leaves a core idle at times. The patches come when one has ended.
test: lint type contracts clients  ## Run every check and every test, and one patch for each rule of the promise
	@$(MAKE) --no-print-directory -j2 test-suites test-airflow test-mutations

test-suites: install-dev
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile $(SUITES) $(ARGS)

test-airflow: install-dev
	@mkdir -p $(STATE)
	@echo "tests/airflow runs beside the other suites; what it says comes when it has ended ($(STATE)/test-airflow.log)."
	@$(BIN)/pytest tests/airflow $(ARGS) >$(STATE)/test-airflow.log 2>&1; status=$$?; cat $(STATE)/test-airflow.log; exit $$status

test-mutations: install-dev
	$(BIN)/python tests/mutations/run.py --short

# Each in an environment of its own; Airbyte's needs Python 3.11.
$(CONNECTORS)/tap-quickbooks/.installed: PACKAGE := tap-quickbooks==2.5.0
$(CONNECTORS)/source-quickbooks/.installed: PACKAGE := airbyte-source-quickbooks==4.0.4
$(CONNECTORS)/%/.installed: | $(BIN)/uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)
	VIRTUAL_ENV=$(abspath $(@D)) $(BIN)/uv pip install --quiet '$(PACKAGE)'
	@touch $@

connectors: install-dev $(CONNECTORS)/tap-quickbooks/.installed $(CONNECTORS)/source-quickbooks/.installed  ## Read the emulator through tap-quickbooks and Airbyte's source: minutes
	CONNECTORS=$(CONNECTORS) $(BIN)/pytest tests/connectors $(ARGS)

bench: install  ## Time a first sync from nothing, and a second one that finds nothing to do
	rm -rf $(STATE)/bench
	$(BIN)/python -m demo --once --state $(STATE)/bench --summary $(STATE)/bench/first.json $(ARGS)
	$(BIN)/python -m demo --once --state $(STATE)/bench --summary $(STATE)/bench/second.json $(ARGS)
	@grep -H '"seconds"' $(STATE)/bench/first.json $(STATE)/bench/second.json

mutations: install-dev  ## Break each rule of the promise in a copy, and see its test notice: make mutations ARGS="r8"
	$(BIN)/python tests/mutations/run.py $(ARGS)

chaos: install-dev  ## Run the randomised model test: make chaos ARGS="--steps 2000 --seed 7 --realms 2"
	$(BIN)/python -m tests.chaos $(ARGS)

docs: install-dev  ## Check the documents: links and the commands they name
	$(BIN)/pytest tests/unit/docs $(ARGS)

compose-check: install-dev  ## Check docker-compose.yaml
	$(BIN)/pytest tests/integration/demo/test_compose.py $(ARGS)

clean:  ## Remove the demo's state and every cache (the virtual environment stays)
	@if [ -s $(STATE)/lock ] && kill -0 "$$(cat $(STATE)/lock)" 2>/dev/null; then \
		echo "The demo is running as process $$(cat $(STATE)/lock): stop it first (Ctrl-C)." >&2; exit 1; fi
	@for place in $$(cat $(STATE)/postgres/location $(STATE)/*/postgres/location 2>/dev/null); do rm -rf "$$place"; done
	rm -rf $(STATE) $(NODE_CLIENT)/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find $(wildcard src emulator plugins dags demo config tests) -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "No usable Python was found: this needs Python 3.11, 3.12 or 3.13 with its venv" \
		"module (Debian and Ubuntu: apt install python3-venv). Name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/uv
	@echo "Installing what the product and the demo need; the first time this takes a minute."
	$(UV_INSTALL) --compile-bytecode -r requirements.txt
	$(UV_INSTALL) --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the checks need."
	$(UV_INSTALL) --compile-bytecode -r requirements-dev.txt
	@touch $@

.PHONY: help venv install install-dev lock demo lint format type contracts test-unit test-core clients coverage check test test-suites test-airflow test-mutations connectors bench mutations chaos docs compose-check clean
