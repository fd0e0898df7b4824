# The front door. `make` lists what there is.

CARGO ?= cargo
# How many seeds of random faults the simulation runs through in `make soak`.
SEEDS ?= 1000000
# Seconds for each fuzz target.
FUZZ_SECONDS ?= 60
DEMO_DATA ?= $(CURDIR)/demo-data
# Nextest runs each test in a process of its own and ends those that hang.
NEXTEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo yes)

# One set of features for everything, so that nothing is compiled twice. The fail points that come with
# it do nothing unless an environment variable asks for them.
BUILD := $(CARGO) build --locked --package plimsoll --all-features

# The crates whose comments hold examples; the others have nothing to run.
DOCTESTED := $(shell grep -rlE '^ *//[/!] ```(rust)?$$' crates/*/src | cut -d/ -f2 | sort -u)

.DEFAULT_GOAL := help
.PHONY: help setup build demo planet4 datahub test lint fmt bench docs fuzz pages soak clean-demo

help: ## lists what there is
	@printf 'plimsoll: a release gate and promotion controller\n\n'
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## installs what the demo and the tests need and this machine lacks (apt-get)
	@scripts/setup.sh test

build: ## builds the binary: target/debug/plimsoll
	@scripts/setup.sh build
	$(BUILD)

demo: ## a release goes from staging to production and back, on twelve real web sites
	@scripts/setup.sh demo
	$(BUILD)
	@examples/line/demo.sh "$(DEMO_DATA)"

planet4: ## an outage that happened, caught at three places, on php-fpm, nginx and composer; then 51 cases
	@scripts/setup.sh planet4
	$(CARGO) build --release --locked --package plimsoll
	@PLIMSOLL=$${PLIMSOLL:-$(CURDIR)/target/release/plimsoll} examples/planet4/story.sh "$(CURDIR)/planet4-data/story"
	@PLIMSOLL=$${PLIMSOLL:-$(CURDIR)/target/release/plimsoll} examples/planet4/cases.sh "$(CURDIR)/planet4-data/cases"

datahub: ## another one: a hub that dies without a word, and the merge that took it along, on JupyterHub
	@scripts/setup.sh datahub
	$(CARGO) build --release --locked --package plimsoll
	@PLIMSOLL=$${PLIMSOLL:-$(CURDIR)/target/release/plimsoll} examples/datahub/story.sh "$(CURDIR)/datahub-data/story"

test: setup ## every test, with real nginx and PostgreSQL
ifeq ($(NEXTEST),yes)
	$(CARGO) nextest run --locked --workspace --all-features --profile ci
else
	@echo 'cargo-nextest is not installed: cargo test does instead, without time limits. To have it:'
	@echo '  $(CARGO) install --locked cargo-nextest'
	$(CARGO) test --locked --workspace --all-features --lib --bins --tests --no-fail-fast
endif
	$(CARGO) test --locked --all-features --doc --quiet $(addprefix --package plimsoll-,$(DOCTESTED))

lint: ## formatting, clippy, floors, sizes, words
	$(CARGO) fmt --all --check
	$(CARGO) xtask check
	$(CARGO) clippy --locked --workspace --all-features --all-targets --quiet -- -D warnings

fmt: ## formats everything
	$(CARGO) fmt --all

bench: ## measures what docs/benchmarks.md says; release build, about ten minutes, a quiet machine
	@scripts/setup.sh bench
	$(CARGO) build --locked --release --package plimsoll --package plimsoll-store --package plimsoll-adapters --bins --examples
	python3 bench/run.py $(BENCH)

docs: ## writes docs/configuration.md and docs/cli.md anew, from the code
	UPDATE=1 $(CARGO) test --locked --quiet --package plimsoll-config reference
	UPDATE=1 $(CARGO) test --locked --quiet --package plimsoll --all-features --bins documents

fuzz: ## fuzzes configuration, JUnit, conditions and pictures, FUZZ_SECONDS each (not part of CI)
	scripts/fuzz.sh $(FUZZ_SECONDS)

pages: ## five hundred pages in one browser: no zombies, bounded memory (not part of CI)
	$(CARGO) test --locked --package plimsoll-adapters --all-features --test page -- --ignored --nocapture

soak: ## the simulation with SEEDS seeds of random faults (not part of CI)
	PLIMSOLL_SEEDS=$(SEEDS) $(CARGO) test --locked --package plimsoll-sim -- --nocapture

clean-demo: ## stops the demo's web sites and deletes its folder
	@if [ -e "$(DEMO_DATA)/.plimsoll-demo" ]; then \
	  examples/line/world.sh stop "$(DEMO_DATA)" && rm -rf "$(DEMO_DATA)" && echo "deleted $(DEMO_DATA)"; \
	elif [ -e "$(DEMO_DATA)" ]; then \
	  echo "$(DEMO_DATA) was not made by the demo; it is left alone" >&2; exit 1; \
	else echo "there is no $(DEMO_DATA)"; fi
