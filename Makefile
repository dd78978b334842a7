# `make up` and `make test` need only Python >= 3.11; everything else is put into .venv.
PYTHON ?= python3
BIN := .venv/bin
.DELETE_ON_ERROR:
.PHONY: up demo test lint chaos bench lock clean

up: .venv/.runtime
	@exec $(BIN)/sinergi up

demo: .venv/.runtime
	@exec $(BIN)/sinergi demo

test: lint
	$(BIN)/python -m pytest

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sinergi contracts check

chaos: .venv/.dev
	$(BIN)/python -m pytest -m long

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
	$(PYTHON) -m venv .venv

.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
