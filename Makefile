# Everything happens in .venv, which is made on first use with any Python from 3.10 on.
#   make demo    a complete example on SQLite, narrated
#   make test    the whole suite, on every database this machine offers   (ARGS="-k stamp" narrows it)
#   make lint    ruff, mypy --strict and the rules of the house
#   make docs    renews the table of errors in docs/errors.md
#   make bench   ours against the genuine package, CPU time and memory    (ARGS=--quick for the short set)

PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python3.10
RECENT := 'import sys; sys.exit(sys.version_info < (3, 10))'
PYTHON ?= $(shell for p in $(PYTHONS); do $$p -c $(RECENT) 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
WORKERS ?= 2
ARGS ?=

# `docs` is a directory too, hence:
.PHONY: help demo test lint format docs bench clean

help:
	@sed -n '2,6s/^# *//p' Makefile

.venv/installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python >= 3.10 found; say where: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
		echo "could not make .venv (on Debian: apt-get install python3-venv)" >&2; rm -rf .venv; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,dev]'
	@touch $@

demo: .venv/installed
	@$(BIN)/python demo/run.py

test: .venv/installed
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/house $(ARGS)

format: .venv/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/installed
	$(BIN)/python -m tests.house.error_table

bench: .venv/installed
	@$(BIN)/python -m benchmarks $(ARGS)

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +
