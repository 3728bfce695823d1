# Two commands do everything on a fresh machine:  make demo   and   make test
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.PHONY: demo test check bench lock clean system-packages

demo: $(READY)
	@$(BIN)/ipsecbot lab demo

test: $(READY) system-packages
	@$(BIN)/pytest -q -n 4 --dist worksteal $(PYTEST_ARGS)

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(READY)
	@$(BIN)/python -m bench

# What the live tests use; only root on Debian or Ubuntu can have it installed here.
system-packages:
	@tests/system-packages.sh

$(READY): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then echo "ipsecbot needs Python 3.11 or newer with its venv module (Debian, Ubuntu: apt install python3-venv)" >&2; exit 2; fi
	@echo "setting up $(VENV) with $(PYTHON) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517 --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

# New pins, with hashes and without registry addresses (needs uv).
lock:
	uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 pyproject.toml --group dev -o requirements.lock --no-header --no-emit-index-url --no-annotate

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
