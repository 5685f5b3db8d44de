# One environment, made once, from the locked versions only.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SEAL := $(VENV)/.installed-
PIP := $(BIN)/pip --disable-pip-version-check --quiet

.PHONY: demo test check bench lock screenshots clean

demo: $(SEAL)run  ## the sample newspaper, the service and a Stripe sandbox, on this machine
	@exec $(BIN)/honestybox demo

PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest
test: $(SEAL)dev  ## every test; browser and Redis 7 tests run where Chromium and redis-server are found
	$(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder --max-worker-restart 1 --ignore tests/faults
	$(PYTEST) tests/faults  # alone: whether a failover is noticed is a matter of milliseconds

check: $(SEAL)dev  ## style, types, and the import rule
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest tests/test_architecture.py

bench: $(SEAL)dev  ## what a decision costs, beside its own limit, in one run
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.results
	$(BIN)/python -m benchmarks.decisions
	$(BIN)/python -m benchmarks.decisions --cluster --rounds 3

screenshots: $(SEAL)dev  ## every placement on phone and desktop, in four languages, and the picture in the README
	$(BIN)/python -m tests.browser.screenshots $(FOLDER)

lock: $(SEAL)dev  ## write both lock files anew from pyproject.toml
	$(PIP) install uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade --extra install pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade --extra install --extra dev pyproject.toml -c requirements.lock -o tests/requirements.lock

$(SEAL)run: requirements.lock pyproject.toml
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (first time: about a minute) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(SEAL)dev: tests/requirements.lock pyproject.toml
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (first time: about a minute) ..."
	@$(PIP) install --require-hashes -r tests/requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache
