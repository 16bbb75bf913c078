# Every command a person needs. `make` alone lists them. The work is done in scripts/, by Python's standard library.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo reset services services-stop services-status test check requirements

# The first Python of 3.11 or newer on this machine.
PYTHON := $(shell for python in python3 python3.11 python3.12 python3.13 python3.14; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$python; break; fi; done)

# The one line for a machine without it.
needs-python = @test -n '$(PYTHON)' || { echo 'make $@: Python 3.11 or newer is needed: install it (on Debian: apt install \
	python3 python3-venv), then run make $@ again.' | tr -d '\t' >&2; exit 1; }

# For every platform and Python, with hashes, and without the address of any index.
COMPILE = .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url $(if $(UPGRADE),--upgrade)

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

demo: ## Set everything up and serve the portal with its starter content (PORT=8000)
	$(needs-python)
	@$(PYTHON) scripts/demo.py serve

reset: ## Delete what the demo made, after asking (YES=1: without asking)
	$(needs-python)
	@$(PYTHON) scripts/demo.py reset

services: ## Start PostgreSQL, Redis and Elasticsearch on this machine, without Docker
	$(needs-python)
	@$(PYTHON) scripts/services.py start

services-stop: ## Stop them; their data stays
	$(needs-python)
	@$(PYTHON) scripts/services.py stop

services-status: ## Say which of them run, and where
	$(needs-python)
	@$(PYTHON) scripts/services.py status

test: ## Run every check and every test; ends with one summary
	$(needs-python)
	@$(PYTHON) scripts/run_tests.py test

check: ## The quick inner loop: lint, types, layers, migrations, fast tests of what changed (ALL=1: of all)
	$(needs-python)
	@$(PYTHON) scripts/run_tests.py check

requirements: ## Compile the lock files from pyproject.toml (UPGRADE=1: to the newest versions)
	$(needs-python)
	@$(PYTHON) scripts/environment.py dev
	@$(COMPILE) --output-file requirements/base.txt
	@$(COMPILE) --group dev --constraint requirements/base.txt --output-file requirements/dev.txt
