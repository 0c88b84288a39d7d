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
# How long `make fuzz` looks for inputs that break a parser, for each of them, and which.
SECONDS ?= 20
TARGETS ?= csv cursor event jsonl keyword phone segment template webhook
# `make run PROFILE=dist` runs the functions as they are deployed, which take minutes longer to build and
# less processor time to run.
PROFILE ?= release
# Audiences that `make bench` measures; `make bench BENCH=--write-docs` renews docs/performance.md.
SIZES ?= 1000,10000,100000,1000000
BENCH ?=
# `make deploy STACK=volley-prod PARAMS=prod.env`: see docs/deploy.md. TAGS="team=crm stage=prod" tags
# every resource; ARCHITECTURE=x86_64 builds for Intel.
STACK ?=
PARAMS ?=
TAGS ?=
REGION ?= $(or $(AWS_REGION),$(AWS_DEFAULT_REGION))
ARCHITECTURE ?= arm64
GUIDED ?=
# Deploys to the emulator that AWS_ENDPOINT_URL names, with functions built for this machine.
EMULATOR ?=

TARGET := $(or $(CARGO_TARGET_DIR),target)
FUNCTIONS := api send dispatch poll-status webhooks notify console-files
PACKAGES := $(FUNCTIONS:%=--package %) --package simulator --package contacts --package local
LOCAL := target/release/local
TRIPLE = $(if $(filter x86_64,$(ARCHITECTURE)),x86_64,aarch64)-unknown-linux-gnu
DEPLOY = .venv/sam/bin/python scripts/deploy.py --stack '$(STACK)' --params '$(PARAMS)' --region '$(REGION)' \
	--tags '$(TAGS)' --architecture '$(ARCHITECTURE)' $(if $(GUIDED),--guided) $(if $(EMULATOR),--emulator)

# What the console is made of, and the Node.js that builds it.
CONSOLE := $(shell find console/src console/public console/local console/index.html console/vite.config.ts console/package-lock.json -type f)
UV = .venv/uv/bin/uv --system-certs --no-python-downloads
NODE = PATH="$(CURDIR)/.venv/node/bin:$$PATH"

# Compares what the functions did in the tests with what they may do.
PERMISSIONS = .venv/emulator/bin/python tools/python/permissions.py volley target/local/actions.jsonl
# Compares what the API responded with in the tests with what its document lists.
CODES = $(PYTHON) tools/python/codes.py docs/openapi.json target/local/functions.log

.PHONY: cli run up down test torture releases load fuzz bench check build engine programs functions functions-for-aws deploy
.DEFAULT_GOAL := run

# It needs no console.
run: engine
	@$(LOCAL) run --contacts $(CONTACTS)

up: build
	@$(LOCAL) up

down:
	@test ! -x $(LOCAL) || $(LOCAL) down

# The browser's tests follow on the same stack.
test: check build .venv/conformance/npm/ready .venv/schemathesis/ready tests/console/node_modules/.ready
	RUST_TEST_THREADS=$(TESTS_AT_ONCE) $(NODE) $(LOCAL) with -- sh -ec \
		'cargo test --release --workspace --locked; npm --prefix tests/console test --silent; $(PERMISSIONS); $(CODES)'

# Faults: see tests/torture.
torture: engine .venv/faketime/ready
	cargo build --release --locked $(PACKAGES) --package torture
	@target/release/torture $(if $(SEED),--seed $(SEED),$(if $(MINUTES),--minutes $(MINUTES),--seeds $(SEEDS))) $(if $(FROM),--from $(FROM))

# Goes back to an earlier release and forward again in the middle of campaigns: see tests/e2e/tests/deploy.
releases: build
	$(LOCAL) with -- cargo test --release --workspace --locked --test deploy -- --ignored

# Two organizations that do everything at once: see tests/e2e/tests/load.
load: engine
	MINUTES=$(or $(MINUTES),10) $(LOCAL) with -- cargo test --release --workspace --locked --test load

# Parsers of outside input: see tests/fuzz. What reaches new code is kept in target/fuzz for the next time.
fuzz:
	RUSTC_WORKSPACE_WRAPPER=$(CURDIR)/scripts/instrument.sh cargo build --release --locked --workspace --bin fuzz --features fuzz/libfuzzer
	@SECONDS_EACH=$(SECONDS) FUZZ=$(TARGET)/release/fuzz scripts/fuzz.sh $(TARGETS)

check: .venv/sam/ready .venv/review/ready console/dist/index.html console/node_modules/.check tests/console/node_modules/.ready tests/client/node_modules/.ready
	$(NODE) npm --prefix console run --silent check
	$(NODE) npm --prefix tests/console run --silent check
	$(NODE) npm --prefix tests/client run --silent check
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets --locked -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --release --workspace --no-deps --document-private-items --locked
	$(PYTHON) scripts/licenses.py
	$(PYTHON) scripts/prose.py
	SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 .venv/sam/bin/sam validate --template template.yaml
	.venv/sam/bin/cfn-lint
	.venv/review/bin/python scripts/review.py

# Only the local stack's console can be opened by a link that carries a key, and only its webhooks can be
# on this machine.
engine functions torture: export CONSOLE_SIGN_IN_BY_LINK = on
engine functions torture: export WEBHOOKS_TO_THIS_MACHINE = on

build: console/dist/index.html
	@$(MAKE) --no-print-directory engine

# The emulator is installed while the programs are built.
engine:
	@$(MAKE) --no-print-directory --jobs 3 .venv/emulator/ready .venv/sam/ready programs
	@$(MAKE) --no-print-directory functions

programs:
	cargo build --release --locked $(PACKAGES)

# The functions where the template looks for them, for this machine's processor. The same packages as
# above are selected, so that dependencies are built once, with the same features.
functions:
	cargo build --profile $(PROFILE) --locked $(if $(filter release,$(PROFILE)),$(PACKAGES),$(FUNCTIONS:%=--package %)) $(FUNCTIONS:%=--bin %)
	@for function in $(FUNCTIONS); do \
		mkdir -p target/lambda/$$function && \
		cp -f $(TARGET)/$(PROFILE)/$$function target/lambda/$$function/bootstrap || exit 1; \
	done

# The same for AWS.
functions-for-aws: .venv/cargo-lambda/ready console/dist/index.html
	PATH="$(CURDIR)/.venv/cargo-lambda/bin:$$PATH" cargo lambda build --profile dist --target $(TRIPLE) \
		--lambda-dir target/lambda $(FUNCTIONS:%=--package %)
	@$(PYTHON) scripts/sbom.py $(TRIPLE) $(FUNCTIONS)

# The command line, in the folder of cargo's programs.
cli:
	cargo install --locked --profile dist --path cli

# The stack in your account.
deploy: .venv/sam/ready console/dist/index.html
	@$(DEPLOY) --check
	@$(MAKE) --no-print-directory $(if $(EMULATOR),functions,functions-for-aws)
	@$(DEPLOY)

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

# The built console. Its packages are installed only if it has to be built again.
console/dist/index.html: $(CONSOLE) .venv/node/ready
	@$(MAKE) --no-print-directory console/node_modules/.build
	$(NODE) npm --prefix console run --silent build

console/node_modules/.build: console/package-lock.json
	$(NODE) npm --prefix console ci --silent --omit=dev
	@touch $@

# What checks the console's source is not needed to build it.
console/node_modules/.check: console/package-lock.json .venv/node/ready
	$(NODE) npm --prefix console ci --silent
	@touch console/node_modules/.build $@

tests/console/node_modules/.ready: tests/console/package-lock.json .venv/node/ready
	$(NODE) npm --prefix tests/console ci --silent
	@touch $@

tests/client/node_modules/.ready: tests/client/package-lock.json .venv/node/ready
	$(NODE) npm --prefix tests/client ci --silent
	@touch $@

.venv/%/ready: tools/python/%.txt .venv/uv/ready
	$(UV) venv --quiet --clear --python $(PYTHON) .venv/$*
	$(UV) pip install --quiet --no-deps --require-hashes --python .venv/$* --requirement $<
	@touch $@

# Installs Python packages in seconds.
.venv/uv/ready: tools/python/uv.txt
	$(PYTHON) -m venv .venv/uv
	.venv/uv/bin/pip install --quiet --disable-pip-version-check --no-deps --requirement $<
	@touch $@
