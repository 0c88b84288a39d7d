# `make run` sends a campaign on this machine, `make test` checks everything.
# Needed: Rust (rust-toolchain.toml), Python 3.11, make and a C compiler.

CONTACTS ?= 2000
PYTHON ?= python3
# End-to-end tests wait more than they work.
TESTS_AT_ONCE ?= 8
# Runs of the torture; one that failed is run again by its SEED; as many as fit in MINUTES.
SEEDS ?= 120
SEED ?=
MINUTES ?=
FROM ?=
# `make run PROFILE=dist` runs the functions built as they are deployed, which takes minutes longer.
PROFILE ?= release
# Audiences that `make bench` measures; `make bench BENCH=--write-docs` renews docs/performance.md.
SIZES ?= 1000,10000,100000,1000000
BENCH ?=

FUNCTIONS := api send dispatch poll-status webhooks
LOCAL := target/release/local

.PHONY: run up down test torture bench check build deploy
.DEFAULT_GOAL := run

run: build
	@$(LOCAL) run --contacts $(CONTACTS)

up: build
	@$(LOCAL) up

down:
	@test ! -x $(LOCAL) || $(LOCAL) down

test: check build .venv/conformance/npm/ready
	RUST_TEST_THREADS=$(TESTS_AT_ONCE) $(LOCAL) with -- cargo test --workspace --locked

# Faults: see tests/torture.
torture: build .venv/faketime/ready
	cargo build --release --locked --package torture
	@target/release/torture $(if $(SEED),--seed $(SEED),$(if $(MINUTES),--minutes $(MINUTES),--seeds $(SEEDS))) $(if $(FROM),--from $(FROM))

check: .venv/sam/ready
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- --deny warnings
	SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 .venv/sam/bin/sam validate --lint --template template.yaml

# The functions where the template looks for them, for this machine's own processor.
build: .venv/emulator/ready .venv/sam/ready
	cargo build --release --locked $(FUNCTIONS:%=--package %) --package simulator --package local
	$(if $(filter-out release,$(PROFILE)),cargo build --profile $(PROFILE) --locked $(FUNCTIONS:%=--package %))
	@for function in $(FUNCTIONS); do \
		mkdir -p target/lambda/$$function && \
		cp -f target/$(PROFILE)/$$function target/lambda/$$function/bootstrap || exit 1; \
	done

# The functions for AWS (arm64), and the stack in your account.
deploy: .venv/cargo-lambda/ready .venv/sam/ready
	PATH="$(CURDIR)/.venv/cargo-lambda/bin:$$PATH" cargo lambda build --profile dist --arm64 $(FUNCTIONS:%=--package %)
	.venv/sam/bin/sam deploy --guided

# What the functions take, built as they are deployed, for this machine's own processor.
bench:
	cargo build --profile dist --locked $(FUNCTIONS:%=--package %)
	cargo build --release --locked --package bench
	target/release/bench --functions target/dist --sizes $(SIZES) $(BENCH)

# What the programs that judge ours need: Twilio's SDK, Node.js, and npm packages pinned by their
# integrity.
.venv/conformance/npm/ready: tests/conformance/fetch.py tests/conformance/npm.json .venv/conformance/ready
	.venv/conformance/bin/python tests/conformance/fetch.py .venv/conformance/npm
	@touch $@

.venv/%/ready: tests/local/python/%.txt
	$(PYTHON) -m venv .venv/$*
	.venv/$*/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
