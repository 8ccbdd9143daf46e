# make demo    the product, on an embedded default: centre, emulated hardware, kiosk
# make test    every check and every test
# make setup   only the environment: .venv (all), .venv-core (the kiosk without Qt), from the lock files
# make check   the checks alone: formatter, linter, types, QML
.PHONY: demo test setup check test-core test-full screens clean

# The first Python that is new enough.
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
CORE := .venv-core/bin
PIP := -m pip install --quiet --disable-pip-version-check --no-input
# Tests draw without a screen and count on no user's settings.
export QT_QPA_PLATFORM ?= offscreen
TESTS := -n 2 --dist loadfile -q

setup: .venv/.ready .venv-core/.ready

demo: .venv/.ready
	@QT_QPA_PLATFORM= $(BIN)/kiosk demo $(DEMO)

test: check test-core test-full

check: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" ui/check-qml

# The ground and second floors, on a Python where PySide6 is not installed.
test-core: .venv-core/.ready
	@! $(CORE)/python -c 'import PySide6' 2>/dev/null
	$(CORE)/python -m pytest $(TESTS) tests/devices tests/offline_cache tests/kiosk

test-full: .venv/.ready
	$(BIN)/python -m pytest $(TESTS) --ignore=tests/devices --ignore=tests/offline_cache --ignore=tests/kiosk tests

# Every screen in every variant as PNG, for looking at: screens-output/
screens: .venv/.ready
	$(BIN)/python -m ui.screenshots

.venv/.ready: packaging/lock-all.txt pyproject.toml packaging/install-system-libraries
	@$(if $(PYTHON),,echo "No Python 3.11 or newer found. On Debian 12 or Ubuntu 24.04: apt-get install python3"; exit 1)
	@PYTHON=$(PYTHON) packaging/install-system-libraries --tests
	@echo "setting up .venv (about a minute, once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP) --require-hashes -r packaging/lock-all.txt
	@$(BIN)/python $(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/pyside6-lrelease -silent ui/translations/kiosk_en.ts -qm ui/translations/kiosk_en.qm
	@touch $@

.venv-core/.ready: packaging/lock-core.txt pyproject.toml | .venv/.ready
	@echo "setting up .venv-core (the same without Qt, once)"
	@$(PYTHON) -m venv .venv-core
	@$(CORE)/python $(PIP) --require-hashes -r packaging/lock-core.txt
	@$(CORE)/python $(PIP) --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv .venv-core .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-output screens-output build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
