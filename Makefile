# Doorstep's commands for people. `make` alone lists them.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2

BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
TESTING := $(VENV)/.testing-installed
SOURCES := setup.cfg pyproject.toml requirements/build.txt

.DEFAULT_GOAL := help
.PHONY: help demo test check check-format check-lint check-types check-arrows check-purity check-docs \
	reference docs screenshots simulate mutants mutmut faults kills fuzz bench bench-store bench-web \
	wheel-check lock audit clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(RUNTIME) ## Play the story, then serve it; with ONCE=1: play, check and stop
	$(BIN)/doorstep demo $(if $(ONCE),--once)

test: $(TESTING) ## Run every test, with the coverage that each room owes
	rm -f .coverage coverage.json
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report= --cov-report=json:coverage.json
	$(BIN)/python tools/coverage_gates.py coverage.json

check: check-format check-lint check-types check-arrows check-purity check-docs ## Run every check that needs no test

check-format: $(TESTING)
	$(BIN)/ruff format --check .

check-lint: $(TESTING)
	$(BIN)/ruff check .

check-types: $(TESTING)
	$(BIN)/mypy
	$(BIN)/mypy tools

check-arrows: $(TESTING)
	$(BIN)/lint-imports

check-purity: $(TESTING)
	$(BIN)/python tools/purity.py

check-docs: $(TESTING)
	$(BIN)/python tools/reference.py --check
	$(BIN)/sphinx-build -W --keep-going -q docs docs/_build

reference: $(TESTING) ## Write docs/reference/ anew from the code
	$(BIN)/python tools/reference.py --write
	$(BIN)/python -m tests.casework.declared

docs: $(TESTING) ## Build the documentation into docs/_build/
	$(BIN)/sphinx-build -W --keep-going -q docs docs/_build

wheel-check: $(TESTING) ## Install the built wheel alone, outside this folder, and play the story there
	$(BIN)/python tools/wheel_alone.py

screenshots: $(TESTING) ## Take a picture of each page of the web into docs/images/ (needs chromium)
	$(BIN)/python tools/screenshots.py

SEEDS ?= 300
FROM ?= 0
# Each seed that this divides runs on PostgreSQL, the others on SQLite in memory; 0 for none.
POSTGRESQL ?= 50

simulate: $(TESTING) ## Try to lose somebody's work: SEEDS=1000 [FROM=0], or one SEED=n
	$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(SEEDS) --from $(FROM)) \
		--processes $(WORKERS) --postgresql $(POSTGRESQL)

mutants: $(TESTING) ## Plant defects one by one; the laws or the simulator must see each
	$(BIN)/python -m tests.mutants --workers $(WORKERS)

mutmut: $(TESTING) ## Change every line of sync and casework; docs/explanation/mutants.md says what survives
	$(BIN)/mutmut run --max-children $(WORKERS)

faults: $(TESTING) ## Play every real fault between real processes
	$(BIN)/python -m tests.faults

kills: $(TESTING) ## Kill tablet and server 200 times each, at drawn moments
	$(BIN)/python -m tests.faults.kill_tablet --times 200 --seed 1
	$(BIN)/python -m tests.faults.kill_server --times 200 --seed 1

fuzz: $(TESTING) ## Let atheris mutate what every decoder reads
	$(BIN)/python -m tests.hostile.fuzz

bench: $(TESTING) ## Measure the exchange against its bars
	$(BIN)/python -m bench

bench-web: $(TESTING) ## Measure the pages at 100,000 records
	$(BIN)/python -m bench.web

bench-store: $(TESTING) ## Measure the tablet's store against plain sqlite3
	$(BIN)/python -m bench.store

audit: $(TESTING) ## Ask the advisory database about the locked packages (needs a network)
	$(BIN)/pip-audit --requirement requirements/runtime.txt --no-deps

COMPILE := $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --no-header --annotation-style=line \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

lock: $(TESTING) ## Compile requirements/ anew; with UPGRADE=1 to the newest releases
	$(COMPILE) $(if $(UPGRADE),--upgrade) --only-build-deps --all-build-deps -o requirements/build.txt pyproject.toml
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra server,client,dev -o requirements/test.txt setup.cfg
	$(COMPILE) --constraint requirements/test.txt --extra server,client -o requirements/runtime.txt setup.cfg

clean: ## Remove what was made here, the environment included
	rm -rf $(VENV) build dist docs/_build .demo .coverage coverage.json *.egg-info \
		.mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis mutants

# The environment is made anew whenever what it was made from has changed. setuptools warns of editable
# installations as such, which is what a clone is for.
EDITABLE := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--no-deps --no-build-isolation --editable .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Doorstep needs Python 3.11 or newer, this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): $(SOURCES) requirements/runtime.txt | $(BIN)/python
	@echo "Installing Doorstep into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/build.txt -r requirements/runtime.txt
	@$(EDITABLE)
	@touch $@

$(TESTING): $(SOURCES) requirements/test.txt | $(BIN)/python
	@echo "Installing Doorstep and its test tools into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/build.txt -r requirements/test.txt
	@$(EDITABLE)
	@touch $@
