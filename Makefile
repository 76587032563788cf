SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Without compiled files each of the tests' many processes would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

# Each of these may be given on the command line: make test PYTHON=python3.13
PYTHON ?= python3
PORT ?= 4010
VENV ?= .venv
MIN_COVERAGE ?= 98
FUZZ_SECONDS ?= 60
ROUNDS ?= 5
SEED ?= 1
PART ?= 1/1
NIGHTLY ?= yes
# How many processes run the tests, and how many values hypothesis tries: quick, ci or nightly.
WORKERS ?= auto
PROFILE ?= quick
# What runs on other versions of Python and of the dependencies.
SUITES ?= unit integration

PY := $(VENV)/bin/python
# What is used is compiled when it is used first, most of it never.
PIP_INSTALL := $(PY) -m pip --disable-pip-version-check install -qq --no-compile
ENV := $(VENV)/.project

# A full path: npm runs in that folder, and what starts a mock may run in any.
CONTRACT_NODE := $(CURDIR)/contract_tests/node/node_modules
PYRIGHT_NODE := $(CURDIR)/requirements/pyright/node_modules
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

# A file is run by one process, which makes its fixtures once; conftest.py says which files come first.
SPREAD = -n $(WORKERS) --dist loadfile --no-loadscope-reorder --hypothesis-profile=$(PROFILE)
DAILY = --ignore=tests/slow -m "not nightly"

CHECKED := $(wildcard wrapper tests contract_tests tools examples benchmarks conftest.py)
PYTHON_VERSIONS := 3.11 3.12 3.13 3.14

##@ See it work

.PHONY: demo
demo: $(ENV) ## Show it on a sandbox on this machine: codes, a batch, failures, receipts, a lost response
	@$(PY) -m examples.demo

.PHONY: mock
mock: $(CONTRACT_NODE)/.stamp ## Serve the contract as a mock on PORT (4010) until Ctrl-C
	@node $(CONTRACT_NODE)/.bin/prism mock --host 127.0.0.1 --port $(PORT) openapi.yaml

##@ Check it

.PHONY: test
test: $(ENV) $(CONTRACT_NODE)/.stamp $(PYRIGHT_NODE)/.stamp ## All tests but the slow ones, with branch coverage; fails below MIN_COVERAGE (98)
	@$(PY) -m coverage erase
	@$(PY) -m coverage run -m pytest $(SPREAD) $(DAILY) tests
	@$(PY) -m coverage combine -q
	@$(PY) -m pytest $(SPREAD) $(DAILY) contract_tests
	@$(PY) -m coverage report --fail-under=$(MIN_COVERAGE)

.PHONY: unit
unit: $(ENV) ## The wrapper's own tests: no socket, no process
	@$(PY) -m pytest $(SPREAD) $(DAILY) tests/unit

.PHONY: integration
integration: $(ENV) ## The wrapper on sockets, databases and processes of this machine
	@$(PY) -m pytest $(SPREAD) $(DAILY) tests/integration

.PHONY: test-slow
test-slow: $(ENV) $(CONTRACT_NODE)/.stamp ## What `make test` leaves out: tests/slow, and what is marked nightly (but not with NIGHTLY=)
	@$(PY) -m pytest $(SPREAD) tests/slow
	@[ -z "$(NIGHTLY)" ] || $(PY) -m pytest $(SPREAD) -m nightly tests/unit tests/integration contract_tests

.PHONY: contract
contract: $(ENV) $(CONTRACT_NODE)/.stamp ## The contract tests: against mock, client and the vendor's file
	@$(PY) -m pytest $(SPREAD) $(DAILY) contract_tests

# The settings go through the environment, so that no process list shows a key.
.PHONY: contract-sandbox
contract-sandbox: export CONTRACT_URL = $(URL)
contract-sandbox: export CONTRACT_KEY = $(KEY)
contract-sandbox: export CONTRACT_SUB_ACCOUNT = $(SUB_ACCOUNT)
contract-sandbox: export CONTRACT_TO = $(TO)
contract-sandbox: $(ENV) $(CONTRACT_NODE)/.stamp ## The contract on the sandbox, or on any server at URL (with KEY, SUB_ACCOUNT, TO)
	@$(PY) -m pytest $(if $(URL),-n0 contract_tests/server/test_server.py,$(SPREAD) $(DAILY) contract_tests/sandbox contract_tests/server)

.PHONY: fault-matrix
fault-matrix: $(ENV) ## Run every fault again and write docs/fault-matrix.md
	@$(PY) -m tests.integration.faults

.PHONY: chaos
chaos: $(ENV) ## Stop senders at random moments, ROUNDS (5) times each way, SEED (1); what was accepted has to be in the store
	@$(PY) -m tests.slow.chaos $(ROUNDS) $(SEED)

.PHONY: test-all-pythons
test-all-pythons: ## SUITES (unit integration) on every CPython from 3.11 on this machine (PATH, pyenv), but those in SKIP
	@passed=(); failed=(); \
	for version in $(filter-out $(SKIP),$(PYTHON_VERSIONS)); do \
	  for python in "python$$version" "$$HOME"/.pyenv/versions/"$$version".*/bin/python; do \
	    "$$python" -c 'import sys; sys.exit(sys.implementation.name != "cpython")' 2>/dev/null || continue; \
	    echo "== CPython $$version"; \
	    if $(MAKE) $(SUITES) PYTHON="$$python" VENV=".venv-$$version"; then passed+=($$version); else failed+=($$version); fi; \
	    break; \
	  done; \
	done; \
	echo "Tests passed on CPython: $${passed[*]:-none}. Failed: $${failed[*]:-none}."; \
	[ $${#failed[@]} -eq 0 ]

.PHONY: test-oldest
test-oldest: .venv-oldest/.oldest ## SUITES (unit integration) with the oldest versions that pyproject.toml lets users have
	@$(MAKE) $(SUITES) VENV=.venv-oldest

.PHONY: lint
lint: $(ENV) ## Ruff: rules and format
	@$(VENV)/bin/ruff check $(CHECKED)
	@$(VENV)/bin/ruff format --check $(CHECKED)

.PHONY: types
types: $(ENV) $(PYRIGHT_NODE)/.stamp ## mypy --strict and pyright
	@$(PY) -m mypy $(CHECKED)
	@node $(PYRIGHT_NODE)/.bin/pyright --pythonpath $(PY)

.PHONY: format
format: $(ENV) ## Let ruff format the code and fix what it safely can
	@$(VENV)/bin/ruff format $(CHECKED)
	@$(VENV)/bin/ruff check --fix $(CHECKED)

.PHONY: fuzz
fuzz: .venv-fuzz/.stamp ## Post whatever reaches new code to a receiver, for FUZZ_SECONDS (60); Linux
	@.venv-fuzz/bin/python tests/slow/fuzz/receipts.py -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=.venv-fuzz/

.PHONY: mutants
mutants: $(ENV) $(CONTRACT_NODE)/.stamp ## Seed one defect at a time; the tests must catch each (PART=2/3: a third of them)
	@MUTANTS_PART=$(PART) $(PY) -m tools.mutants

.PHONY: bench
bench: .venv-bench/.stamp $(CURDIR)/benchmarks/segments/node_modules/.stamp ## Measure beside other SDKs, all against one server on this machine (PARTS: some of it)
	@.venv-bench/bin/python -m benchmarks $(PARTS)

##@ The contract

.PHONY: regenerate
regenerate: $(ENV) ## Write generated/ again from openapi.yaml
	@$(PY) -m tools.regenerate

.PHONY: drift
drift: $(ENV) ## Fail if generated/ is not exactly what openapi.yaml gives
	@$(PY) -m tools.drift

.PHONY: vendor-drift
vendor-drift: $(ENV) ## Fail if 8x8's own file differs from openapi.yaml in what is not recorded (REQUIRE=1: or is absent)
	@$(PY) -m contract_tests.vendor_drift $(if $(REQUIRE),--require)

##@ Housekeeping

.PHONY: clean
clean: ## Remove environments, installed tools, caches and build output
	@rm -rf .venv .venv-*
	@rm -rf build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis
	@find . -type d \( -name __pycache__ -o -name node_modules \) -prune -exec rm -rf {} +

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

# Set-up: every target above makes what it needs, once, and again when its lock changes.

.PHONY: check-python
check-python:
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "$(PYTHON) was not found. Install CPython 3.11 or newer, or say which: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is $$("$(PYTHON)" --version 2>&1); CPython 3.11 or newer is needed: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make environments. On Debian: apt-get install python3-venv" >&2; exit 1; }

.PHONY: check-node
check-node:
	@command -v node >/dev/null && command -v npm >/dev/null || { \
	  echo "node and npm were not found. The mock and pyright need Node 20.19 or newer." >&2; exit 1; }
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a * 100 + +b < 2019 ? 1 : 0)' || { \
	  echo "node is $$(node --version); Node 20.19 or newer is needed." >&2; exit 1; }

$(VENV)/.tools: requirements/tools.txt | check-python
	@echo "Setting up $(VENV) (about a minute, once)" >&2
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(PIP_INSTALL) --require-hashes -r requirements/tools.txt
	@touch $@

$(ENV): $(VENV)/.tools pyproject.toml
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv-oldest/.oldest: requirements/oldest.txt requirements/tools.txt pyproject.toml
	@$(MAKE) VENV=.venv-oldest .venv-oldest/.project
	@.venv-oldest/bin/python -m pip --disable-pip-version-check install -qq --no-compile --require-hashes -r requirements/oldest.txt
	@touch $@

.venv-bench/.stamp: requirements/bench.txt pyproject.toml | check-python
	@echo "Setting up .venv-bench (about a minute, once)" >&2
	@"$(PYTHON)" -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check install -qq --require-hashes -r requirements/bench.txt
	@.venv-bench/bin/python -m pip --disable-pip-version-check install -qq --no-deps --no-build-isolation --editable .
	@touch $@

.venv-fuzz/.stamp: requirements/fuzz.txt pyproject.toml | check-python
	@echo "Setting up .venv-fuzz (once)" >&2
	@"$(PYTHON)" -m venv --clear .venv-fuzz
	@.venv-fuzz/bin/python -m pip --disable-pip-version-check install -qq --require-hashes -r requirements/fuzz.txt
	@.venv-fuzz/bin/python -m pip --disable-pip-version-check install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(CURDIR)/%/node_modules/.stamp: $(CURDIR)/%/package-lock.json | check-node
	@echo "Setting up $*/node_modules (once)" >&2
	@cd $(CURDIR)/$* && $(NPM_CI) >/dev/null
	@touch $@
