.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# What Prefect needs to stay quiet and offline (it phones home and prompts by default).
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export PREFECT_CLI_PROMPT := false
export PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS := 120
# Container images like to set this; every process would compile Prefect and pandas anew.
unexport PYTHONDONTWRITEBYTECODE

setup: .venv/ready  ## Everything pinned, into .venv
# uv takes seconds where pip takes minutes; pip knows the mirrors and certificates of a machine that uv may not.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) uv && $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python -r requirements.lock \
		|| $(PIP) -r requirements.lock
	$(PIP) --no-deps --editable .
	touch .venv/ready

demo: setup  ## The main job on the bundled pages
	$(BIN)/storywire run

demo-web: setup  ## A fetch from a web of invented outlets on this machine, then a run over what came
	$(BIN)/python -m benchmarks.demoweb

test: setup  ## All tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-fast: setup  ## The tests that need no Prefect
	$(BIN)/python -m pytest -n 2 -q -m "not slow" tests/storywire storywire

check: setup  ## Lint, format, types, import direction, stale documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.build --check

docs: setup  ## Write the generated documents anew
	$(BIN)/python -m docs.build

lock: setup  ## Take newer versions into the lock file
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --group dev pyproject.toml --no-emit-index-url --upgrade -o requirements.lock

clean:  ## Remove what runs leave behind, but no captures
	rm -rf data/interim data/processed/* .mypy_cache .ruff_cache .pytest_cache

help:  ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/	/'

.PHONY: setup demo demo-web test test-fast check docs lock clean help
