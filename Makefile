# `make up` and `make test` need only Python >= 3.11; everything else is put into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
# Hundreds of short processes would each compile every module again where a machine forbids this.
unexport PYTHONDONTWRITEBYTECODE
# Where .ci/prepare puts Go if there is none.
export PATH := $(PATH):$(CURDIR)/.cache/go/bin
PYTEST := $(BIN)/python -m pytest
# How many tests run at a time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(max(2, min(4, os.cpu_count() or 2)))')
SPREAD = -n $(WORKERS) --dist loadgroup --no-loadscope-reorder
.DELETE_ON_ERROR:
.PHONY: up demo test check lint seeds chaos bench lock clean

up: .venv/.runtime
	@exec $(BIN)/sinergi up

demo: .venv/.runtime
	@exec $(BIN)/sinergi demo

# Servers are built while the checks run. If a check fails, what is being built is finished for the
# next run.
test: .venv/.dev
	@mkdir -p .cache
	@echo "building the tests' servers in the background, if need be: see .cache/prepare.log"
	@$(BIN)/python -m tests.servers.prepare >.cache/prepare.log 2>&1 &
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m tests.servers.prepare servers
	$(PYTEST) -q $(SPREAD) --ignore=tests/unit

# The steps of a check run side by side, the longest first, and all of them even if one fails.
LINT := types walls contracts format lint
check: .venv/.dev
	@$(MAKE) --no-print-directory --keep-going --jobs 3 .step-unit $(LINT:%=.step-%)

lint: .venv/.dev
	@$(MAKE) --no-print-directory --keep-going --jobs 3 $(LINT:%=.step-%)

.PHONY: .step-unit $(LINT:%=.step-%)
.step-types: ; @.ci/step types $(BIN)/mypy
.step-unit: ; @.ci/step unit $(PYTEST) -q $(SPREAD) tests/unit
.step-format: ; @.ci/step format $(BIN)/ruff format --check .
.step-lint: ; @.ci/step lint $(BIN)/ruff check .
.step-walls: ; @.ci/step walls $(BIN)/lint-imports
.step-contracts: ; @.ci/step contracts $(BIN)/sinergi contracts check

# A thousand executions of the simulated world: 200 seeds of each test. Another number: SEEDS=...
SEEDS ?= 200
seeds: .venv/.dev
	SINERGI_SEEDS=$(SEEDS) $(PYTEST) -q $(SPREAD) tests/simulation

chaos: .venv/.dev
	@$(BIN)/python -m tests.servers.prepare
	$(PYTEST) -q $(SPREAD) -m long
	@$(MAKE) --no-print-directory seeds SEEDS=1000

bench: .venv/.dev
	$(BIN)/python -m bench

# The locks name packages, versions and hashes only: no registry's address.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' pyproject.toml
lock:
	$(COMPILE) --extra build -o requirements.lock
	$(COMPILE) --extra build --extra parquet --extra dev -c requirements.lock -o requirements-dev.lock
	echo pyarrow | $(COMPILE:pyproject.toml=-) --no-annotate -c requirements-dev.lock -o requirements-parquet.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sinergi needs Python 3.11 or newer")'
	@echo "making a Python environment in .venv ..."
	@$(PYTHON) -m venv .venv

.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	@echo "installing packages into .venv (about half a minute) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@echo "installing the tests' packages into .venv (about half a minute) ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
