# Two commands on a fresh machine: `make run`, `make test`. Everything else wraps `rapport`.
PYTHON ?= python3
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE

# Parse, architecture and unit tests that need no built warehouse.
FAST := tests/test_architecture.py tests/test_orchestration.py tests/deliveries/test_registry.py tests/deliveries/test_json.py \
	tests/deliveries/test_jsonl.py tests/deliveries/test_ledger.py tests/identity/test_clustering.py \
	tests/traps/test_traps.py::test_every_listed_trap_has_a_fixture_or_says_why_no_delivery_can_show_it

.PHONY: run test validate dev check

run: $(BIN)/rapport
	@$(BIN)/rapport run

test: $(BIN)/rapport
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# The large studies on planted truth: figures in the terminal, an error if a gate fails. Too long for `make test`.
STUDIES := studies.identity studies.erasure studies.consents

validate: $(BIN)/rapport
	@for study in $(STUDIES); do $(BIN)/python -m $$study || exit 1; done

dev: $(BIN)/rapport
	@$(BIN)/rapport dev

check: $(BIN)/rapport
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q $(FAST)

$(BIN)/rapport: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
