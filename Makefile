# Guanxi. `make` alone prints what there is.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv/bin
# Processes the tests are divided among.
JOBS ?= 2
export PATH := $(CURDIR)/$(VENV):$(PATH)

.DEFAULT_GOAL := help

.PHONY: help
help: ## Print this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

.PHONY: install
install: ## Install or update the environment and the front-end files
	@$(PYTHON) tools/environment.py
	@$(VENV)/python tools/assets.py
	@$(VENV)/python tools/i18n.py compile

.PHONY: up
up: install ## Start everything and stay (PORT, DATA_DIR, DATABASE_URL, DEMO=0); Ctrl-C stops it
	@exec $(VENV)/guanxi up

.PHONY: test
test: install ## All that CI runs, browser journeys included
	@$(PYTHON) tools/browser.py
	@$(MAKE) --no-print-directory check
	@STOP_TEST_SERVER=1 $(VENV)/pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder

.PHONY: soak
soak: install ## The long forms of the checks: more kills, more examples, more conflicts (hours)
	@$(PYTHON) tools/browser.py
	@STOP_TEST_SERVER=1 $(VENV)/pytest -m soak

.PHONY: check
check: install ## Lint, formatting, types, floors, catalogues, migrations
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python tools/i18n.py check
	$(VENV)/python tools/migrations.py

.PHONY: fix
fix: install ## Repair what a machine can: lint, formatting, catalogue entries
	$(VENV)/ruff check --fix-only
	$(VENV)/ruff format
	$(VENV)/python tools/i18n.py extract

.PHONY: bench
bench: install ## Speed beside hand-written SQL (SIZE=1m for ten times the data)
	@$(VENV)/python -m bench

.PHONY: bill
bill: install ## The bill of materials (build/guanxi.cdx.json)
	@$(VENV)/python -m tools.supply bill

.PHONY: licences
licences: install ## Write the list of licences; fails on one that may not be shipped
	@$(VENV)/python -m tools.supply licences

.PHONY: advisories
advisories: install ## Compare the locks with what is known against them (SNAPSHOT="files of the OSV database")
	@$(VENV)/python -m tools.supply advisories $(SNAPSHOT)

.PHONY: lock
lock: install ## Resolve the dependencies anew and write the lock files
	@for name in app dev uv node; do \
	  $(VENV)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links \
	    requirements/$$name.in -o requirements/$$name.txt; done
	@npm install --package-lock-only --no-progress
