# The first that all wheels are made for. Another one: make setup PYTHON=python3.14
PYTHON ?= $(firstword $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$name; done) python3)
VENV := .venv
BIN := $(VENV)/bin
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo -n)
# A file stays in one process: those of the browser and of the set-up share what is dear to start. Files go in their
# own order: by the number of their tests, the long stories of few would come last, with one process idle.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
CATALOGUES := $(wildcard recruitment/translations/*/LC_MESSAGES/*.po)

.PHONY: setup run test check proof bench catalogue lock clean

setup: $(VENV)/.ready

# A failed or interrupted installation leaves no .ready, so the next call starts over.
$(VENV)/.ready: requirements.lock pyproject.toml hatch_build.py $(CATALOGUES)
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	@# Debian keeps a part of Python's standard library in a package of its own.
	@package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { $(SUDO) apt-get update -qq; $(SUDO) apt-get install -qq -y $$package; } >/dev/null 2>&1 </dev/null \
		|| { echo "Python's venv is missing: apt-get install $$package" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: setup
	@exec $(BIN)/recruitment serve --demo

test: setup check
	$(BIN)/python -m tests.e2e.chromium
	$(PYTEST)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

# The long counts of the proofs; `make test` runs short ones.
proof: setup
	PROOF=full $(PYTEST)

bench: setup
	$(BIN)/python -m tests.bench

# Bring new words into the catalogues; what is then empty wants translating (docs/translation.md).
catalogue: setup
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output --project recruitment -o build/messages.pot .
	$(BIN)/pybabel -q update -i build/messages.pot -d recruitment/translations --no-fuzzy-matching --ignore-obsolete --width 110

lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --group dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build dist
