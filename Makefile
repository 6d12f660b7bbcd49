# Docket: who did what inside Claude, and the proof of it.

SWIFT ?= swift
DATA ?= data
STRICT = --explicit-target-dependency-import-check error

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: deps
deps: ## Install the Debian packages and the query engine; quiet when there is nothing to do
	@scripts/deps/packages.sh run
	@scripts/deps/duckdb.sh

.PHONY: deps-test
deps-test: deps ## The same, with what only the tests need
	@scripts/deps/packages.sh test
	@scripts/deps/shippers.sh

.PHONY: build
build: deps ## Build the commands, optimized
	@$(SWIFT) build -c release --product docket $(STRICT)
	@$(SWIFT) build -c release --product docket-verify $(STRICT)

.PHONY: run
run: build ## Build and serve on ./data (DATA=DIR for another folder)
	@.build/release/docket serve --data $(DATA)

.PHONY: demo
demo: build ## Build, serve a week of an organization that does not exist, and let it go on living
	@scripts/demo.sh .build/release/docket

.PHONY: test
test: deps-test ## Run all tests
	$(SWIFT) test $(STRICT)

.PHONY: format
format: ## Format all sources
	@$(SWIFT) format -i -r Package.swift Sources Tests Benchmarks

.PHONY: lint
lint: ## Check the format of all sources
	$(SWIFT) format lint --strict -r Package.swift Sources Tests Benchmarks

.PHONY: check
check: deps-test lint ## Everything that must hold: format, build with warnings as errors, tests, real clients, any bytes
	$(SWIFT) build --build-tests $(STRICT)
	timeout -k 10 2400 $(SWIFT) test --skip-build # a test that hangs must not take the whole hour with it
	@$(MAKE) --no-print-directory integration
	@$(MAKE) --no-print-directory fuzz-short

.PHONY: integration
integration: deps-test ## Run the command against real clients
	$(SWIFT) build --product docket $(STRICT)
	$(SWIFT) build --product docket-verify $(STRICT)
	Tests/Integration/run.sh .build/debug/docket

.PHONY: differential
differential: build deps-test ## Map 200,000 random inputs a stream twice, with the reference too (DIFFERENTIAL_INPUTS=N, DIFFERENTIAL_SEED=N)
	@export DIFFERENTIAL_INPUTS=$${DIFFERENTIAL_INPUTS:-200000} DIFFERENTIAL_SEED=$${DIFFERENTIAL_SEED:-$$(date +%s)}; \
	echo "seed $$DIFFERENTIAL_SEED"; Tests/Integration/run.sh .build/release/docket -k normalize_test

.PHONY: simulate
simulate: deps-test ## The long form of the crash tests: 100,000 simulated power losses
	SIMULATE_SEEDS=100000 $(SWIFT) test --filter JournalTests

.PHONY: powercut
powercut: deps-test build ## Cut the power 200 times under load (CUTS=N, CUTS_SEED=N); needs root for loop images
	CUTS=$${CUTS:-200} Tests/Integration/run.sh .build/release/docket -s -k journal_power

.PHONY: faults
faults: deps-test build ## Let each system call of the journal fail, its first 50 times each (FAULTS=N)
	FAULTS=$${FAULTS:-50} Tests/Integration/run.sh .build/release/docket -k journal_faults

.PHONY: feed-crashes
feed-crashes: deps-test build ## Kill a server that reads a feed with every fault 20 times (FEED_CRASHES=N, FEED_SEED=N)
	FEED_CRASHES=$${FEED_CRASHES:-20} Tests/Integration/run.sh .build/release/docket -k coverage_test

.PHONY: store-crashes
store-crashes: deps-test build ## Kill a server 100 times while it seals, merges and deletes (STORE_CRASHES=N, STORE_SEED=N)
	STORE_CRASHES=$${STORE_CRASHES:-100} Tests/Integration/run.sh .build/release/docket -k store_test

.PHONY: flips
flips: deps-test ## Flip every bit of a journal and its logs, and see that docket verify finds each
	EVIDENCE_FLIPS=0 $(SWIFT) test --filter EvidenceTests

.PHONY: fuzz
fuzz: deps-test ## Give the decoders 10 million inputs each (FUZZ_RUNS=N, FUZZ_SECONDS=N, FUZZ_SEED=N)
	@Tests/Fuzz/run.sh

.PHONY: fuzz-short
fuzz-short: deps-test ## The same for 20 seconds each of those that anybody can reach, ten seconds each of the others
	@FUZZ_SEED=$${FUZZ_SEED:-1} FUZZ_SECONDS=$${FUZZ_SECONDS:-20} Tests/Fuzz/run.sh compression http1 http2 otlp-json otlp-protobuf
	@FUZZ_SEED=$${FUZZ_SEED:-1} FUZZ_SECONDS=$${FUZZ_SECONDS:-10} Tests/Fuzz/run.sh archive audit-log directory eql esql events json kql notes patterns python redact user-agents yaml zip

.PHONY: docs
docs: deps ## Write docs/fields.md anew from the catalog
	$(SWIFT) build --product docket $(STRICT)
	.build/debug/docket fields --markdown > docs/fields.md

.PHONY: golden
golden: deps-test ## Write the expected files of the golden cases anew; read the diff
	GOLDEN=write $(SWIFT) test --filter QueryTests --filter PipelineTests --filter FormatTests || true

.PHONY: bench
bench: deps ## Measure; see Benchmarks/RESULTS.md
	$(SWIFT) build -c release --product docket $(STRICT)
	$(SWIFT) build -c release --product docket-bench $(STRICT)
	.build/release/docket-bench

.PHONY: bench-console
bench-console: deps-test build ## Measure the console's pages in a browser (DATA_TO_SHOW=DIR for a data directory)
	@.deps/python/bin/python Benchmarks/Console/measure.py .build/release/docket $(DATA_TO_SHOW)

.PHONY: pictures
pictures: deps-test ## Take the guides' pictures of the console anew
	$(SWIFT) build --product docket $(STRICT)
	DOCKET_PICTURES=$(CURDIR)/docs/guides/images Tests/Integration/run.sh .build/debug/docket -q -k test_a_picture

.PHONY: clean
clean: ## Remove what was built
	@rm -rf .build
