# Clusterbench: everything a newcomer, a developer or a scheduler needs is one of these.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
export CLUSTERBENCH_HOME ?= $(CURDIR)/data

.DEFAULT_GOAL := help
.PHONY: help run test faults dev lint format lock interface benchmark serving superset clean

help: ## list these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

# uv installs the locked packages in seconds and compiles them, which every later start gains from.
$(INSTALLED): requirements/clusterbench.lock requirements/uv.lock pyproject.toml
	@echo "Installing into $(VENV) (once, about a minute)"
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" || \
		{ echo "Python 3.11 is needed: make run PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements/clusterbench.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

run: $(INSTALLED) ## install, write the sample exports into the inbox, load, build, check, publish
	$(BIN)/clusterbench run --sample

# Files in the order of tests/conftest.py, not by their number of tests: what takes longest is not what has the most.
test: $(INSTALLED) ## the test suite; with ALL=1 also what takes longer, as .ci/run calls it
	$(BIN)/python -m pytest -m "not slow$(if $(ALL),, and not long)" -n auto --dist loadfile --no-loadscope-reorder

faults: $(INSTALLED) ## the fault tests with more points: docs/reliability.md
	FAULT_POINTS=50 $(BIN)/python -m pytest tests/faults

dev: $(INSTALLED) ## Dagster's web UI on http://localhost:3000
	$(BIN)/clusterbench dev

lint: $(INSTALLED) ## style of Python (ruff) and SQL (sqlfluff)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/sqlfluff lint --processes 2 dbt_project

format: $(INSTALLED) ## apply the style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

benchmark: $(INSTALLED) ## time the pipeline and the transformation, as ratios
	$(BIN)/python benchmarks/pipeline.py

serving: $(INSTALLED) ## read PostgreSQL and the DuckDB file with fifty readers while releases are published
	$(BIN)/python -m benchmarks.serving

superset: $(INSTALLED) ## open the dashboard in a real Superset, hold it to what psql reads; PICTURE=FILE takes its picture
	$(BIN)/python -m clients.superset.check $(CLUSTERBENCH_HOME) $(if $(PICTURE),--picture $(PICTURE))

lock: $(INSTALLED) ## resolve the dependencies anew into the lock
	$(BIN)/uv pip compile --quiet --no-emit-index-url --no-header --generate-hashes --no-strip-extras --extra dev \
		pyproject.toml --output-file requirements/clusterbench.lock

interface: $(INSTALLED) ## describe the published tables anew, when dbt_project.yml has the version it takes
	$(BIN)/python -m orchestration.interface

clean: ## remove the virtual environment and what tools left behind (your data stay)
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
