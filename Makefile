# `make run` and `make test` are all that a fresh machine with Python 3.11+ needs; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Both environments are one folder: the development lock holds the runtime lock's versions and more.
INSTALLED := $(VENV)/.installed-run
INSTALLED_DEV := $(VENV)/.installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CATALOGUES := $(wildcard workflows/locales/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)
ARGS ?=

# A folder that someone starts us in must not be able to shadow our modules.
export PYTHONSAFEPATH := 1
# Containers often forbid bytecode. Without it every process that starts compiles all it imports: half of the
# time of the tests, which start hundreds, and ten seconds of each start of Prefect.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test lint bench catalogues lock

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*  ## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

run: $(INSTALLED) $(COMPILED)  ## install, then show the real plan at work: round, letters, board, window
	@$(BIN)/dondoc demo $(ARGS)

# A file stays with one worker, in the order of tests/conftest.py: the slowest first.
test: lint  ## install, lint, check types and run every test; ARGS="-k outbox" narrows
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(INSTALLED_DEV) $(COMPILED)  ## ruff, mypy --strict, import contracts, bandit, pip-audit
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --recursive plan_definitions workflows notifications web hatch_build.py
	@$(BIN)/python .ci/audit_locks.py requirements.lock requirements-dev.lock

bench: $(INSTALLED_DEV) $(COMPILED)  ## measure, each figure beside its floor
	@set -e; for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

catalogues: $(INSTALLED) $(COMPILED)  ## compile the message catalogues

# Whichever is stale, one command writes them all.
%.mo: %.po | $(INSTALLED)
	@$(BIN)/python -m workflows.catalogues

# The development lock is compiled against the runtime lock, so that both hold equal versions. Pins stay as
# they are while they satisfy pyproject.toml; `make lock ARGS=--upgrade` moves them.
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
lock: $(INSTALLED_DEV)  ## write requirements.lock and requirements-dev.lock anew
	$(LOCK) --group build $(ARGS) --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock $(ARGS) --output-file requirements-dev.lock

# The locks are complete: nothing is left for pip to look up. They have put our build backend in place, too.
$(INSTALLED): requirements.lock pyproject.toml hatch_build.py | $(BIN)/pip
	@echo "Installing what requirements.lock names ..."
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(INSTALLED_DEV): requirements-dev.lock | $(INSTALLED)
	@echo "Installing what requirements-dev.lock names ..."
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

$(BIN)/pip:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Python is missing: install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3.11" >&2; \
	  exit 3; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || { \
	  echo "`$(PYTHON) --version` does not fit: Đôn Đốc needs Python 3.11 to 3.14;" \
	    "name one: make PYTHON=/path/to/python3.11" >&2; \
	  exit 3; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "The system package python3-venv is missing: sudo apt install python3-venv" >&2; \
	  exit 3; }
	@echo "Making $(VENV) with `$(PYTHON) --version` ..."
	@$(PYTHON) -m venv $(VENV)
