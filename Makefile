# The commands that people type; CI runs the same ones. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ORACLE := $(VENV)/oracle/.installed
DATA ?= .callward
JOBS ?= 2

.PHONY: help demo up doctor test lint types bench bench-ingest bench-governance bench-corpus bench-speech bench-redaction-sound eval-redaction lock oracle clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(STAMP): requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Callward needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Run: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@echo "setting up $(VENV) (once; about 1.3 GB with the models)…"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/python -m uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements/dev.txt \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP) ## sample calls in, redacted results out (demo-output/)
	@$(BIN)/callward demo --data $(DATA)/demo --output demo-output

up: $(STAMP) ## the same stack, kept running: prints the API's address and keys
	@$(BIN)/callward up --data $(DATA)/up

$(ORACLE): requirements/oracle.txt $(STAMP)
	@echo "setting up the environment of pycanon, which k-anonymity is tested against (once; about 300 MB)…"
	@$(BIN)/python -m uv venv --quiet --clear $(VENV)/oracle
	@$(BIN)/python -m uv pip install --quiet --require-hashes --python $(VENV)/oracle/bin/python -r requirements/oracle.txt
	@touch $(ORACLE)

oracle: $(ORACLE) ## k-anonymity and l-diversity beside pycanon, in its own environment
	@$(BIN)/python -m pytest -q -n 0 tests/unit/test_deid_oracle.py

doctor: $(STAMP) ## what is missing or broken, and what to do
	@$(BIN)/callward doctor --data $(DATA)/up

test: $(STAMP) $(ORACLE) ## every test, on real MongoDB, S3 and broker
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup

lint: $(STAMP) ## ruff and the import contract
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

types: $(STAMP) ## mypy, strict
	@$(BIN)/mypy

bench: $(STAMP) ## benchmarks, each against a plain peer in the same run
	@for bench in bench/bench_*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done
	@$(BIN)/python -m bench.redaction_eval $(REDACTION)

bench-ingest: $(STAMP) ## of these the ways in: parsing, call-log batches, CDR files
	@for bench in bench/bench_parse.py bench/bench_call_logs.py bench/bench_cdrs.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

bench-governance: $(STAMP) ## of these the law of the house: what is due and when, the sweep beside running ingest
	@for bench in bench/bench_due.py bench/bench_sweep.py bench/bench_erasure.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

bench-corpus: $(STAMP) ## of these the training corpus: building beside a plain loop (CORPUS="--calls 8000")
	@$(BIN)/python bench/bench_corpus.py $(CORPUS)

bench-speech: $(STAMP) ## of these speech: calls made here, our way beside plain faster-whisper (long; SPEECH=--quick)
	@$(BIN)/python bench/bench_transcription.py $(SPEECH)

eval-redaction: $(STAMP) ## how much personal data stays readable, beside stock Presidio (REDACTION="--heard 24" for spoken calls)
	@$(BIN)/python -m bench.redaction_eval $(REDACTION)

bench-redaction-sound: $(STAMP) ## from sound to sound: what can still be read and heard (SOUND="--seeds 100 --calls 24 --again")
	@$(BIN)/python -m bench.redaction_sound $(DATA)/bench-sound $(SOUND)

lock: ## resolve requirements/*.txt anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements/app.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --extra local --extra dev pyproject.toml -o requirements/dev.txt
	echo 'pycanon' | uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 - -o requirements/oracle.txt
	echo 'uv' | uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 - -c requirements/dev.txt -o requirements/bootstrap.txt

clean: ## remove the environment and all local data
	rm -rf $(VENV) $(DATA) demo-output
