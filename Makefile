# make demo    the product, on an embedded default: centre, emulated hardware, kiosk
# make test    every check and every test
# make setup   only the environments: .venv (all), .venv-core (the kiosk without Qt), from the lock files
# make check   the checks alone: formatter, linter, types, QML
# make screens every screen in every variant as PNG, for looking at: screens-output/
# make fuzz    every parser of bytes and files from outside, a minute each, guided by coverage; SECONDS=600 for longer
# make torture the long versions of the tests of what must survive, for some nights; each alone: make torture-power-cuts
.PHONY: demo test setup check test-core test-full screens fuzz clean
.PHONY: torture torture-kills torture-power-cuts torture-disk torture-damage torture-line torture-outbox torture-simulation \
	torture-devices torture-soak

# The first Python that is new enough.
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
CORE := .venv-core/bin
# Compiled once, as an installed kiosk is: many processes are started, and each would compile all of it anew.
COMPILED := env -u PYTHONDONTWRITEBYTECODE
# Thousands of small stores are made and thrown away: in memory, where there is room and programs may be started from
# there. What must be tried on a disk goes to /var/tmp by itself.
SCRATCH := $(shell d=/dev/shm; [ -w $$d ] && [ "$$(df -Pk $$d | awk 'NR == 2 { print $$4 }')" -gt 4000000 ] && \
	! grep -q " $$d .*noexec" /proc/mounts && echo $$d || echo "$${TMPDIR:-/tmp}")
# Tests draw without a screen, and count on no locale or settings of this user's.
TEST := $(COMPILED) -u KIOSK_SETTINGS LC_ALL=C.UTF-8 QT_QPA_PLATFORM=offscreen TMPDIR=$(SCRATCH)
ON_DISK := $(TEST) TMPDIR=/var/tmp
# More at once than there are cores: much of the time goes in waiting for emulated devices, as it must; less of it where
# there are screens.
PYTEST := -m pytest --dist loadfile --no-loadscope-reorder -q

demo: .venv/.ready
	@$(COMPILED) $(BIN)/kiosk demo $(DEMO)

# The checks run while the second environment is made and devices are waited for; the screens, and what is held against a
# clock, need the cores for themselves.
test:
	@$(MAKE) --no-print-directory -j 2 check test-core
	@$(MAKE) --no-print-directory test-full

setup: .venv/.ready-for-tests .venv-core/.ready-for-tests

check: .venv/.ready-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(TEST) $(BIN)/python -m ui.check_qml

# The ground and second floors, on a Python where PySide6 is not installed.
test-core: .venv-core/.ready-for-tests
	@! $(CORE)/python -c 'import PySide6' 2>/dev/null
	$(TEST) $(CORE)/python $(PYTEST) -n 6 tests/devices tests/offline_cache tests/kiosk

test-full: .venv/.ready-for-tests
	$(TEST) $(BIN)/python $(PYTEST) -n 3 --ignore=tests/devices --ignore=tests/offline_cache --ignore=tests/kiosk tests

# One that finds something keeps back no other.
torture:
	@$(MAKE) --no-print-directory -k torture-kills torture-power-cuts torture-disk torture-damage torture-line torture-outbox \
		torture-simulation torture-devices torture-soak

torture-kills: .venv/.ready-for-tests
	KILL_STORES=500 $(ON_DISK) $(BIN)/python -m pytest -q -n 4 --timeout 0 tests/offline_cache/test_kill.py

torture-power-cuts: .venv/.ready-for-tests
	$(ON_DISK) $(BIN)/python -m tests.offline_cache.power_cut --images 1000000

torture-disk: .venv/.ready-for-tests
	$(ON_DISK) $(BIN)/python -m tests.offline_cache.disk_faults

torture-damage: .venv/.ready-for-tests
	$(ON_DISK) $(BIN)/python -m tests.offline_cache.bit_flips --images 200
	$(ON_DISK) $(BIN)/python -m tests.offline_cache.bit_flips --head --images 200
	$(ON_DISK) $(BIN)/python -m tests.offline_cache.bit_flips --block --images 200
	$(ON_DISK) $(BIN)/python -m tests.offline_cache.bit_flips --pages --images 200

torture-line: .venv/.ready-for-tests
	$(ON_DISK) $(BIN)/python -m tests.central.line_faults --rounds 2000

torture-outbox: .venv/.ready-for-tests
	OUTBOX_EXAMPLES=20000 $(ON_DISK) $(BIN)/python -m pytest -q -s --timeout 0 tests/offline_cache/test_outbox_machine.py

torture-simulation: .venv/.ready-for-tests
	$(ON_DISK) $(BIN)/python -m tests.central.simulation --seeds 2000

# Where PC/SC's readers can be tried too.
torture-devices: .venv-core/.ready-for-tests
	$(ON_DISK) $(CORE)/python -m tests.devices.hardships

torture-soak: .venv/.ready-for-tests
	$(ON_DISK) $(BIN)/python -m tests.stories.soak --visits 10000

# SECONDS for each parser, TARGETS for some of them: python -m tests.fuzz --list
fuzz: .venv/.ready-for-tests
	$(BIN)/python -c 'import atheris' 2>/dev/null || $(BIN)/pip install -q --require-hashes -r packaging/lock-fuzz.txt
	$(TEST) $(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) $(TARGETS)

screens: .venv/.ready
	$(TEST) $(BIN)/python -m ui.screenshots

# Installed in place, so a change of the code needs no set-up; only a change of what is depended on does.
.venv/.ready: packaging/lock-all.txt pyproject.toml packaging/install-system-libraries packaging/make-environment
	@$(if $(PYTHON),,echo "No Python 3.11 or newer is found here. On Debian 12 and Ubuntu 24.04: apt-get install python3"; exit 1)
	@PYTHON=$(PYTHON) packaging/install-system-libraries
	@PYTHON=$(PYTHON) packaging/make-environment .venv packaging/lock-all.txt
	@touch $@

.venv/.ready-for-tests: .venv/.ready
	@PYTHON=$(PYTHON) packaging/install-system-libraries --tests
	@touch $@

# Where pyscard cannot be built, the tests of PC/SC skip and say so.
.venv-core/.ready-for-tests: .venv-core/.ready .venv/.ready-for-tests packaging/lock-pcsc.txt packaging/install-pcsc
	@packaging/install-pcsc .venv-core || true
	@touch $@

.venv-core/.ready: packaging/lock-core.txt pyproject.toml packaging/make-environment | .venv/.ready
	@PYTHON=$(PYTHON) packaging/make-environment .venv-core packaging/lock-core.txt
	@touch $@

clean:
	rm -rf .venv .venv-core .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-output fuzz-output screens-output build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
