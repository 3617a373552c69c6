# Kalit. `make` alone lists the commands; every one installs what it needs.
.DEFAULT_GOAL := help
.PHONY: help install up lock test proof bench check lint types pictures routes invoke derived synth bootstrap deploy locks clean

export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
python := .venv/bin/python
uv := .venv/bin/uv
STAGE ?= dev

help: ## list the commands
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

install: ## make the environments that the other commands run in
	@./install.sh

up: install ## serve the whole system on http://localhost:8000 until Ctrl-C
	@exec $(python) -m infra.local.up

lock: install ## a virtual lock in the foreground: make lock NAME=LOCK_0001 ARGS="--battery 15 --flaky 0.1"
	@exec $(python) -m infra.local.lock $(NAME) $(if $(CREDENTIALS),--credentials $(CREDENTIALS)) $(ARGS)

test: install ## the tests that take six minutes; with those that take longer, as CI does: make test ALL=1
	@$(if $(ARGS),,./.ci/chromium)
	@$(python) -m pytest $(or $(ARGS),-n 3 --no-loadscope-reorder $(if $(ALL),,-m "not long"))

proof: install ## what holds whatever dies, repeats or comes at once, as a table; in full length: make proof FULL=1
	@SHORT=1 FULL=$(FULL) $(python) -m pytest tests/proof $(or $(ARGS),-n 3 --no-loadscope-reorder)

# Beside peers, then a catalogue (PRODUCTS=10000), a campaign (RECIPIENTS=100000), a fleet (LOCKS=1000 SECONDS=60).
bench: install .venv-peers/installed ## measure speed and cost anew, see docs/speed.md: make bench ROUNDS=9
	@$(python) -m tests.speed.beside
	@$(python) -m tests.speed.catalogue
	@$(python) -m tests.speed.campaign
	@$(python) -m tests.speed.fleet

check: ALL := 1
check: lint types test ## lint, types and all tests: what a change must pass

lint: install
	@$(python) -m ruff check . && $(python) -m ruff format --check .

types: install
	@$(python) -m mypy

pictures: install ## take the README's pictures of our pages anew
	@KALIT_PICTURES=docs/pictures $(python) -m pytest tests/browser

routes: install ## print every door with its trigger, rights and memory
	@$(python) -m infra.routes

invoke: install ## run one door with its sample event: make invoke F=tasks/create
	@$(python) -m infra.local.invoke $(F)

derived: install ## write anew what is derived from the doors: schema, sample events, who may what, every role's rights
	@for what in openapi events access rights; do $(python) -m infra.$$what || exit 1; done

synth: install node_modules ## synthesize a stage's templates, with all checks: make synth STAGE=dev
	@npx cdk synth --quiet -c stage=$(STAGE)

bootstrap: install node_modules ## prepare an account and region for deployments, once: make bootstrap STAGE=dev
	@npx cdk bootstrap -c stage=$(STAGE)

deploy: install node_modules ## deploy a stage to AWS: make deploy STAGE=dev
	@$(python) -m infra.deploy $(STAGE)

.venv-peers/installed: requirements/peers.lock | install
	@echo "  installing the peers into .venv-peers ..."
	@rm -rf .venv-peers && $(uv) venv --quiet --python "$$($(python) -c 'import sys; print(sys._base_executable)')" .venv-peers
	@PYC_INVALIDATION_MODE=UNCHECKED_HASH $(uv) pip install --no-config --quiet --require-hashes --compile-bytecode \
	  --python .venv-peers/bin/python -r requirements/peers.lock
	@touch $@

node_modules: package-lock.json
	@npm ci --no-audit --no-fund --loglevel=error && touch node_modules

# Our configuration leaves Django out, which one of the peers is.
locks: install ## resolve requirements/*.in anew
	@for name in runtime dev engine uv peers; do \
	  $(uv) pip compile $$([ $$name = peers ] && echo --no-config) --quiet --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make locks' \
	    requirements/$$name.in -o requirements/$$name.lock || exit 1; done

clean: ## drop the local system's state and everything built
	@rm -rf $${KALIT_STATE:-.kalit} .venv-peers build cdk.out .pytest_cache .mypy_cache .ruff_cache .hypothesis
