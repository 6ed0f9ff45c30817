# Everything a person types. `make` alone lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run dev test test-quick test-browser check fix bench clean

PYTHON := .venv/bin/python
# Quiet, because uv warns of every odd Python on the machine; errors are still shown.
SYNC := .ci/uv sync --quiet --locked
QUICK := not browser and not slow and not sweep
LOCKED := pyproject.toml uv.lock .python-version

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

run: .venv/ready-to-run ## Start the demonstration on http://localhost:8000 (PORT=… for another)
	@exec $(PYTHON) -m meducation.launch

dev: .venv/ready-to-work ## The same with automatic reload, for working on the code
	@exec $(PYTHON) -m meducation.launch --dev

test: .venv/ready-to-work ## Every test, the browser's included
	@$(PYTHON) -m tests.chromium
	@echo "Quick tests:"
	@$(PYTHON) -m pytest -q -n 2 --create-db --reuse-db -m "$(QUICK)"
	@echo "Sweeps over every address, box and framework (in the database that the quick ones made):"
	@$(PYTHON) -m pytest -q -n 2 --reuse-db -m "sweep and not slow"
	@echo "Slow tests, and journeys in the browser:"
	@$(PYTHON) -m pytest -q -n 2 --reuse-db --dist worksteal -m "browser or slow"

test-quick: .venv/ready-to-work ## The tests that need no browser and no patience
	@$(PYTHON) -m pytest -q -n 2 -m "$(QUICK)"

test-browser: .venv/ready-to-work ## The journeys in a real Chromium
	@$(PYTHON) -m tests.chromium
	@$(PYTHON) -m pytest -q -n 2 --dist worksteal -m browser

check: .venv/ready-to-work ## Lint, types, templates, migrations, framework files
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@.venv/bin/djangofmt check templates
	@$(PYTHON) -m mypy .
	@MEDUCATION_MODE=test $(PYTHON) manage.py makemigrations --check --dry-run
	@MEDUCATION_MODE=test $(PYTHON) manage.py check_frameworks
	@echo "All checks passed."

fix: .venv/ready-to-work ## Put right what the checks can put right themselves
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .
	@.venv/bin/djangofmt check --fix templates

bench: .venv/ready-to-work ## Measure requests a second beside bare yardsticks (some minutes)
	@$(PYTHON) -m bench.run

clean: ## Remove what was built; your data in var/ stays
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps, so that the second start asks nobody. The demonstration leaves the developer's packages alone.
.venv/ready-to-run: $(LOCKED)
	@$(SYNC) --no-dev --group embedded --inexact
	@touch $@

.venv/ready-to-work: $(LOCKED)
	@$(SYNC)
	@touch $@ .venv/ready-to-run
