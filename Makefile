# Two commands matter: « make demo » and « make test ». Both work on a bare machine with Python >= 3.11.
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
ARGS ?=

.PHONY: help demo test lint bench accessibility features translations assets clean

help: ## List these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: .venv/installed static/vendor/installed ## Start the whole product with a demo company, and stay until Ctrl-C
	@$(PYTHON) -m shared.engines.supervising

test: .venv/installed static/vendor/installed ## Run every test (ARGS="-k name" for some)
	@chromium=$$(.ci/browser) && tools=$$(.ci/tools) && PATH="$$tools:$$PATH" GUICHET_CHROMIUM=$$chromium \
		$(PYTHON) -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv/installed ## Check style, types, imports, templates and migrations
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m djlint --quiet --lint templates
	$(PYTHON) -m pytest -q tests/house/test_migrations.py

bench: .venv/installed static/vendor/installed ## Measure; each line is a ratio to a limit measured in the same run
	@.ci/benches $(ARGS)

accessibility: .venv/installed static/vendor/installed ## Run axe on every page and write what the accessibility declaration says
	@chromium=$$(.ci/browser) && GUICHET_DECLARE=1 GUICHET_CHROMIUM=$$chromium \
		$(PYTHON) -m pytest -q tests/journeys/test_every_page.py -k accessible

features: .venv/installed ## Write docs/features.md: each feature and the tests that hold it
	.ci/features

translations: .venv/installed ## Bring shared/translations/ up to date with the texts of the code
	$(PYTHON) .ci/translations

assets: .venv/installed ## Copy the browser libraries into static/vendor/
	@.ci/assets && touch static/vendor/installed

clean: ## Remove what the commands above installed (never var/, which holds your data)
	rm -rf .venv .cache node_modules static/vendor .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

.venv/installed: requirements.lock .ci/uv.txt .ci/venv
	@.ci/venv

static/vendor/installed: package.json package-lock.json .ci/assets | .venv/installed
	@.ci/assets && touch $@
