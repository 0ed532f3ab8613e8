# `make demo` shows the bot, `make test` tests it, `make help` lists the rest.
# Each sets up what it needs in .venv, once, and again when requirements/ changes. Needed: Python 3.11 or newer, and make.

PORT ?= 8044
JOBS ?= auto
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
UV_LOCK = $(BIN)/uv --quiet pip compile --no-config --universal --generate-hashes --python-version 3.11 \
	--no-header --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)
CHECK_DB := -x url=sqlite+aiosqlite:///var/check.db
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: demo install test check format bench chaos coverage screenshots lock clean help

demo: .venv/run.stamp ## Show the bot with its sample commune (PORT=8044; RESET=1 starts over)
	@exec $(BIN)/python bot.py demo --port $(PORT)$(if $(filter-out 0,$(RESET)), --reset)

install: .venv/run.stamp ## Set up .venv for `.venv/bin/python bot.py run` (docs/operator.md)

test: .venv/dev.stamp ## Run the tests (ARGS="tests/domain -k Tết" for some of them; JOBS=0 for one process)
	@$(BIN)/python -m pytest -n $(JOBS) --maxprocesses 4 --inline-snapshot=disable $(ARGS)

check: .venv/dev.stamp ## Lint, types, the floors of the house, migrations against tables
	@$(BIN)/ruff check --quiet && echo "ruff: fine"
	@$(BIN)/ruff format --check --quiet && echo "format: fine" || { echo "format: run \`make format\`"; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/mypy bot.py
	@$(BIN)/lint-imports --no-logo
	@mkdir -p var && rm -f var/check.db
	@$(BIN)/alembic --quiet $(CHECK_DB) upgrade head && $(BIN)/alembic $(CHECK_DB) check && rm -f var/check.db

format: .venv/dev.stamp ## Format the code, and mend what the linter can mend
	@$(BIN)/ruff check --quiet --fix-only
	@$(BIN)/ruff format --quiet

bench: .venv/dev.stamp .venv-bench/stamp ## Measure, against the goals and the peers (ONLY=webhook, MINUTES=10, ALONE=1, PROFILE=1)
	@$(BIN)/python -m bench $(if $(ONLY),--only "$(ONLY)") $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(filter-out 0,$(ALONE)),--alone) $(if $(filter-out 0,$(PROFILE)),--profile) $(ARGS)

chaos: .venv/dev.stamp ## Kill it, cut its power, fill its disk, storm it (LONG=1: for an hour; SEED=1 repeats; ONLY="kills power")
	@$(BIN)/python -m chaos $(if $(filter-out 0,$(LONG)),--long) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only "$(ONLY)") $(ARGS)

coverage: .venv/dev.stamp ## Say which lines and branches no test reaches
	@$(BIN)/coverage run -m pytest -q $(ARGS)
	@$(BIN)/coverage report

screenshots: .venv/dev.stamp ## Take the pictures of docs/images anew (needs Chromium, LibreOffice, poppler, pngquant)
	@$(BIN)/python -m tests.page.screenshots

lock: .venv/dev.stamp ## Make requirements/*.txt from requirements/*.in (UPGRADE=1 takes newer versions)
	@cd requirements && ../$(UV_LOCK) run.in -o run.txt >/dev/null
	@cd requirements && ../$(UV_LOCK) dev.in -o dev.txt >/dev/null
	@cd requirements && ../$(UV_LOCK) bench.in -o bench.txt >/dev/null
	@! grep -nE '://|^--|^ *@' requirements/*.txt || { echo "a lock names an address"; exit 1; }
	@echo "requirements/run.txt, dev.txt and bench.txt are made"

clean: ## Remove .venv and the caches (not var/, where the data is)
	@rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	@find bot handlers storage tests -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /|/' | awk -F'|' '{ printf "  make %-11s %s\n", $$1, $$2 }'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Bốn Tốt needs Python 3.11 or newer. Where is it? make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

.venv/run.stamp: requirements/run.txt | $(BIN)/python
	@echo "Setting up what the bot needs in .venv (once; about half a minute) …"
	@$(PIP) --requirement requirements/run.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt | $(BIN)/python
	@echo "Setting up what the tests need in .venv (once; about a minute) …"
	@$(PIP) --requirement requirements/dev.txt
	@touch .venv/run.stamp $@

.venv-bench/stamp: requirements/bench.txt
	@echo "Setting up the peers of the bench in .venv-bench (once; about half a minute) …"
	@test -n "$(PYTHON)" && $(PYTHON) -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
		--requirement requirements/bench.txt
	@touch $@
