# Two commands do everything: `make run` and `make test`. Both set up .venv themselves.

fits = -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	if $$p $(fits) >/dev/null 2>&1; then echo $$p; break; fi; done)
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help setup run test lint types fast verify verify-laws verify-faults slow mutants coverage \
	proof history claims bench lock clean

help:                ## what there is
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/: .*## /\t/' | expand -t 18

setup: $(VENV)/ready ## a virtual environment with everything, and compiled kernels

$(VENV)/ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; none was found."; exit 1; }
	@$(PYTHON) $(fits) || { echo "$(PYTHON) is not Python 3.11 to 3.13."; exit 1; }
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo; \
		echo "Python cannot make virtual environments; on Debian: apt install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps -e .
	@echo "Compiling the kernels, once: half a minute."
	@$(BIN)/python -c "import sim; sim.run(region='teaching', days=40)"
	@touch $@

run: setup           ## the main job: the base year and three reforms, with a report
	$(BIN)/kezek demo

test: setup lint types fast ## what every change must pass

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/codespell -D - -D .british.txt

types: setup
	$(BIN)/mypy sim

fast: setup
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not slow"

verify: test verify-laws verify-faults slow ## the long battery

verify-laws: setup   ## engines, chance, identities, exact laws, with ten times the examples
	KEZEK_HYPOTHESIS=ci $(BIN)/pytest -q tests/engine tests/model tests/unit/chance
	NUMBA_DISABLE_JIT=1 $(BIN)/pytest -q -W "ignore:overflow encountered" tests/engine
	$(BIN)/kezek laws tests/laws/analytic_cases.csv

verify-faults: setup ## kills, torn files, full disks, bad input: 2,400 faults (20 minutes)
	$(BIN)/pytest -q tests/faults tests/studies

slow: setup          ## long tests, but for those of verify-faults
	$(BIN)/pytest -q -m slow --ignore=tests/faults --ignore=tests/studies

mutants: setup       ## plant faults one by one: do the tests notice? (half an hour on two free cores)
	$(BIN)/python -m tests.mutants.run --workers 2

coverage: setup      ## branches of sim/ that tests reach; kernels are hidden from it
	$(BIN)/pytest -q -n 2 --dist loadfile --cov --cov-report=term:skip-covered

proof: setup         ## try every exact law, live both engines; keep page and figures (20 minutes)
	$(BIN)/kezek validate run.days=60 --study=proof
	cp outputs/proof/validation.html docs/validation.html
	cp outputs/proof/proof.json sim/report/proof.json

history: setup       ## live 2019 to 2024 a hundred times, fit it; keep page and figures (two hours)
	$(BIN)/kezek calibrate --study=history
	cp outputs/history/history.html docs/history.html
	cp outputs/history/calibration.json sim/report/history.json

claims: setup        ## try the claims of the papers on 24 draws; keep the page (two hours)
	$(BIN)/kezek claims --study=claims
	cp outputs/claims/claims.html outputs/claims/claims.csv docs/

bench: setup         ## both engines, and both against other tools (some minutes)
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/against_peers.py

lock:                ## resolve requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --no-header --no-emit-index-url -o requirements.lock

clean:               ## forget .venv, caches and compiled kernels
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find sim tests experiments benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
