# The one list of tasks. `make demo` and `make test` set up what they need from the lock files.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
PEERS ?= /tmp/peers
# Tests run in so many processes; each takes up to 2 GB.
JOBS ?= 2
CASES := examples/aleppo-2016 examples/khan-shaykhun-2017

.PHONY: demo docs sizes test pages lint types contracts gate bench lock vendor clean help

help:            ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

# uv goes into the environment it then fills; both come from files with hashes.
$(VENV)/.uv: requirements/uv.lock.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "contested needs Python 3.11 or newer; set PYTHON=python3.12 (or another) and run make again")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock.txt
	touch $@

$(VENV)/.demo: $(VENV)/.uv requirements/demo.lock pyproject.toml
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/demo.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.demo requirements/dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.lock
	touch $@

demo: $(VENV)/.demo  ## build both example cases and print what they found
	$(BIN)/contested build $(CASES)

test: $(VENV)/.dev   ## all tests; page tests skip, saying so, where no Chromium is found
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

pages: $(VENV)/.dev  ## only the page tests, in a real browser
	$(BIN)/python -m pytest -m pages

lint: $(VENV)/.dev   ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## mypy --strict
	$(BIN)/mypy

contracts: $(VENV)/.dev  ## imports run one way
	PYTHONPATH=src $(BIN)/lint-imports

gate: $(VENV)/.dev   ## quality floors, on the data beside the project where it is there
	$(BIN)/python -m gate.run

bench: $(VENV)/.dev  ## reading beside its peers: make bench DATA=FILE.jsonl (benchmarks/README.md); sets up the peers
	$(PYTHON) -m venv $(PEERS) && $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	PYTHONPATH=src $(BIN)/python benchmarks/reading.py --data $(DATA) --peers $(PEERS)/bin/python --out $(PEERS)/reading

docs: $(VENV)/.dev   ## write the generated pages of docs/ anew
	$(BIN)/python scripts/write_docs.py

sizes: $(VENV)/.dev  ## megabytes of each installed package
	@$(BIN)/python scripts/package_sizes.py

lock: $(VENV)/.uv    ## resolve the lock files anew
	$(UV) pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra all --group build -o requirements/demo.lock
	$(UV) pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra all --group dev -c requirements/demo.lock -o requirements/dev.lock

vendor: $(VENV)/.dev ## fetch what the browser loads, at pinned versions and hashes
	$(BIN)/python scripts/vendor_static.py

clean:           ## remove the environment and everything derived
	rm -rf $(VENV) examples/*/.contested examples/*/dossier
