# 解纷 Jiefen. `make help` says what there is. Two commands matter: `make run` and `make test`.
SHELL := bash
.DEFAULT_GOAL := help
APP := .venv/bin/python
BOT := bot/.venv/bin/python
export PYTHONPATH := $(CURDIR)

.PHONY: help run test chat setup setup-dev lint types web-test unit stack-test train evaluate bench-classifier bench-dialogue bench-intake soak settings lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

run: setup ## set up what changed, start Rasa + actions + backend, print addresses and logins; Ctrl-C stops all
	@$(APP) scripts/stack.py

chat: ## the same conversation in a terminal (needs `make run` in another window)
	@$(APP) -m backend.cli chat

setup: ## both environments, web pages, dialogue model (only what changed)
	@python=$$(scripts/find_python.sh 3.11 3.12 3.13) && scripts/find_python.sh 3.10 >/dev/null && "$$python" scripts/setup.py app bot web dialogue

setup-dev:
	@python=$$(scripts/find_python.sh 3.11 3.12 3.13) && scripts/find_python.sh 3.10 >/dev/null && "$$python" scripts/setup.py --dev app bot web dialogue

test: setup-dev ## set-up, lint, types (both Pythons), web checks, all tests on the real stack
	@scripts/ensure_chromium.sh
	@$(MAKE) --no-print-directory lint types web-test
	$(APP) -m pytest -q --durations=12

lint: ## ruff, formatting, import rules
	$(APP) -m ruff check .
	$(APP) -m ruff format --check .
	.venv/bin/lint-imports

types: ## mypy --strict on both Pythons
	$(APP) -m mypy common knowledge intake classifier actions backend scripts
	$(APP) -m mypy --config-file bot/mypy.ini --python-executable $(BOT) bot

web-test:
	@path="$$PATH"; [ -x .cache/node/bin/npm ] && path="$(CURDIR)/.cache/node/bin:$$path"; PATH="$$path" npm --prefix web run lint && PATH="$$path" npm --prefix web run test

unit: ## the quick tests only (no processes, no browser)
	$(APP) -m pytest -q -m "not stack and not browser"

stack-test: ## conversations and browser tests on the real stack
	$(APP) -m pytest -q -m "stack or browser"

train: ## train the classifier again (installs torch; CPU build from a local wheel folder)
	@python=$$(scripts/find_python.sh 3.11 3.12 3.13) && "$$python" scripts/setup.py --dev app
	$(APP) scripts/install_torch.py
	$(APP) -m classifier.training $(ARGS)

evaluate: ## print the classifier's table beside the linear baseline
	$(APP) -m backend.cli evaluate $(ARGS)

bench-classifier: ## latency and throughput of the shipped model beside the baseline
	$(APP) -m classifier.bench $(ARGS)

bench-dialogue: ## turn latency and messages per conversation on the real stack
	$(APP) scripts/bench_dialogue.py

bench-intake: ## milliseconds a text of the safety screen and the extractor
	$(APP) scripts/bench_intake.py

soak: ## 500 simulated residents with interruptions against the engine, seeds fixed
	JIEFEN_SOAK_SEEDS=500 JIEFEN_MONKEY_SEEDS=500 $(APP) -m pytest -q tests/intake/test_engine_soak.py tests/intake/test_engine_monkey.py

settings: ## every setting with default and meaning
	@$(APP) -m backend.cli settings

lock: ## compile the pinned requirement files again (needs uv)
	uv pip compile --generate-hashes --python-version 3.10 -q bot/requirements.in -o bot/requirements.txt
	for name in base dev node train; do uv pip compile --generate-hashes --python-version 3.11 -q requirements/$$name.in -o requirements/$$name.txt || exit 1; done

clean: ## remove environments and build outputs; data/ stays
	rm -rf .venv bot/.venv .stamps .cache models web/node_modules web/dist web/*/node_modules web/*/dist
