# `make up` serves the product and `make test` passes the tests; each sets up what it needs first.
.DEFAULT_GOAL := help
VENV := .venv
PYTHON := $(VENV)/bin/python
# The first of these that is 3.12 or newer makes the virtual environment.
PYTHONS := python3.13 python3.14 python3.12 python3

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.installed: requirements.txt
	@sh bin/make-venv "$(VENV)" requirements.txt $(PYTHONS)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt
	@sh bin/make-venv "$(VENV)" requirements-dev.txt $(PYTHONS)
	@touch $@ $(VENV)/.installed

.PHONY: setup
setup: $(VENV)/.installed ## Make the virtual environment with pinned, hashed packages

.PHONY: setup-dev
setup-dev: $(VENV)/.installed-dev

.PHONY: up
up: setup ## Serve the product (PORT=8029, ACONTEXT_DATA_DIR=..., LLM_API_KEY=...)
	@exec $(PYTHON) manage.py up

.PHONY: key
key: setup ## Make another API key and print it
	@$(PYTHON) manage.py createkey

.PHONY: check
check: setup-dev ## Linters, types, import order, migrations and deployment checks
	@sh bin/check

.PHONY: fmt
fmt: setup-dev ## Format the code and the templates
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet . ; $(VENV)/bin/djade --target-version 6.1 $$(git ls-files 'templates/*.html') || true

.PHONY: test
test: check ## Everything: checks, then the whole test suite on real engines
	@sh bin/get-chromium
	@sh bin/get-gettext
	@sh bin/get-node-packages
	@$(PYTHON) -m pytest -n auto --dist loadgroup

.PHONY: evaluate
evaluate: setup ## Measure an extractor (DATASET=in.jsonl EXTRACTOR=offline|llm OUT=pred.jsonl WINDOWS=whole|turns)
	@LOG_LEVEL=$${LOG_LEVEL:-WARNING} $(PYTHON) manage.py evaluate "$(or $(DATASET),tests/tasks/golden)" \
	  --extractor "$(or $(EXTRACTOR),offline)" --windows "$(or $(WINDOWS),whole)" $(if $(OUT),--out "$(OUT)") $(EVALUATE_FLAGS)

.PHONY: chaos
chaos: setup-dev ## Kill, stop and garble everything, and check that nothing is lost (FAULTS=220 SECONDS=720 SEED=1)
	@FAULTS="$(FAULTS)" SECONDS="$(SECONDS)" SEED="$(SEED)" $(PYTHON) -m chaos

.PHONY: lock
lock: setup-dev ## Pin the packages of pyproject.toml again, with hashes and without hosts
	@sh bin/lock

.PHONY: messages
messages: setup-dev ## Gather and compile the translations
	@sh bin/messages

.PHONY: openapi
openapi: setup-dev ## Record the API's examples and renew the committed OpenAPI document
	@RECORD=1 $(PYTHON) -m pytest -q tests/acontext_site/test_openapi_examples.py
	@$(PYTHON) manage.py export_openapi_schema --api acontext_site.api.api --indent 2 --output tests/acontext_site/openapi.json

.PHONY: bench-traffic
bench-traffic: setup-dev ## Measure how often extraction reads, on a simulated clock (TURNS=60)
	@$(PYTHON) bench/traffic.py

.PHONY: bench-sweep
bench-sweep: setup-dev ## Measure the sweep for due sessions beside 100,000 sessions
	@$(PYTHON) bench/sweep.py

.PHONY: bench-pages
bench-pages: setup-dev ## Measure every page beside a million messages (ROUNDS=15 PAGES=search BROWSER=0; fills a folder once)
	@$(PYTHON) bench/pages.py

.PHONY: bench-ingest
bench-ingest: setup-dev ## Measure storing beside a bare app and the plain ORM (needs wrk; ROUNDS=5)
	@$(PYTHON) bench/ingest.py
