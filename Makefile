# `make` prints what there is. Every target does the set-up it needs.

# What `make train` hands to `apus train`: DATA EPOCHS BATCH_SIZE LR SEED THREADS OUTPUT, and ARGS as it is.
TRAIN_OPTIONS = \
	$(if $(DATA),--data "$(DATA)") $(if $(EPOCHS),--epochs "$(EPOCHS)") \
	$(if $(BATCH_SIZE),--batch-size "$(BATCH_SIZE)") $(if $(LR),--lr "$(LR)") $(if $(SEED),--seed "$(SEED)") \
	$(if $(THREADS),--threads "$(THREADS)") $(if $(OUTPUT),--output "$(OUTPUT)") $(ARGS)
MODEL ?= mnist-mlp
SOURCES = Package.swift Sources Tests $(wildcard Snippets)

.PHONY: help setup build train test test-asan test-tsan test-cpus release bench format format-check docs catalog golden verify clean

help:
	@echo "make train [DATA=dir] [EPOCHS=n] [BATCH_SIZE=n] [LR=x] [SEED=n] [THREADS=n] [OUTPUT=dir]"
	@echo "                          train an MLP on embedded digits, or on the MNIST files in DATA"
	@echo "make test [FILTER=regex]  build and run the tests"
	@echo "make bench [FILTER=text]  time Apus against PyTorch, side by side; writes bench/results/"
	@echo "make build                the release build: .build/release/apus"
	@echo "make release              the program for machines of strangers, fast on each: release-out/apus"
	@echo "make docs                 the documentation, as static pages in docs-out/"
	@echo "make format               format the Swift code (format-check: only look)"
	@echo "make test-asan test-tsan  the tests under the address or the thread sanitizer"
	@echo "make test-cpus            the tests of kernels, built for each level of x86-64 that this processor runs"
	@echo "make catalog              write the catalogue of names anew, from the documentation comments"
	@echo "make golden PYTHON=...    write the golden values anew, with PyTorch"
	@echo "make verify PYTHON=...    compare with PyTorch on its own sample inputs and on random shapes"
	@echo "make clean                remove what was built"

setup:
	@Scripts/setup.sh

build: setup
	swift build -c release --product apus

release: setup
	Scripts/build-release release-out
	Scripts/check-release release-out

train: build
	.build/release/apus train $(MODEL) $(TRAIN_OPTIONS)

test: setup
	swift test $(if $(FILTER),--filter "$(FILTER)")

test-asan: setup
	Scripts/test-sanitized address $(if $(FILTER),"$(FILTER)")

test-tsan: setup
	Scripts/test-sanitized thread $(if $(FILTER),"$(FILTER)")

test-cpus: setup
	Scripts/test-cpus $(CPUS)

bench:
	@Scripts/setup.sh bench
	bench/run $(if $(FILTER),"$(FILTER)") $(ARGS)

format:
	swift format -i -r -p $(SOURCES)

format-check:
	swift format lint --strict -r -p $(SOURCES)

docs: setup
	Scripts/build-docs docs-out

# The page is written of what the program has compiled in, so the table comes first.
catalog: setup
	APUS_WRITE_CATALOG=1 swift test --filter ModelFactsTests
	APUS_WRITE_CATALOG=1 swift test --filter DeclaredTests
	APUS_WRITE_CATALOG=1 swift test --filter CatalogPageTests

PYTHON ?= python3
golden: setup
	APUS_GOLDEN_MANIFEST=.build/golden.json swift test --filter exportManifest
	$(PYTHON) Scripts/golden.py .build/golden.json Tests/ApusTests/Golden

verify: setup
	swift build -c release --product apus-verify
	$(PYTHON) Scripts/verify.py .build/release/apus-verify $(ARGS)

clean:
	rm -rf .build .build-asan .build-tsan .build-docs .build-x86-64-v? docs-out release-out
