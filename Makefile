# Everything a newcomer needs: `make demo`, `make test`. Python 3.11 and make are all it asks of the machine.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
APPS := hub partners referrals collective_actions volunteering notifications
# uv ignores pip's configuration, certificates included: let it trust what the machine trusts, and fall back to pip.
export UV_SYSTEM_CERTS := 1
# Every process of the product and of the tests would compile all it imports: longer than most of them live.
unexport PYTHONDONTWRITEBYTECODE
LOCK := $(BIN)/uv pip compile --quiet --no-header --generate-hashes --universal --python-version 3.11
# The development environment holds everything the demo needs: once it is there, it stays.
ENV := $(if $(wildcard .venv/.dev),.venv/.dev,.venv/.demo)

.PHONY: help demo test lint format bench lock clean

help:
	@echo "make demo [PORT=8123] [PEOPLE=30000]   the product with invented people, until Ctrl-C"
	@echo "make test [JOBS=2] [ONLY=tests/hub]    the tests; SHOTS=1 keeps their screenshots in var/shots"
	@echo "make lint | format                     what the code must look like"
	@echo "make bench [ONLY=2,7]                  the speed goals beside their peers"
	@echo "make lock                              the four lock files again, from pyproject.toml and uv.in"
	@echo "make clean                             forget environments, caches and data"

demo: $(ENV)
	@$(BIN)/python manage.py demo $(if $(PORT),--port $(PORT)) $(if $(PEOPLE),--people $(PEOPLE))

test: .venv/.dev
	@$(BIN)/python -m pytest -n $(or $(JOBS),2) --dist loadfile --no-loadscope-reorder $(ONLY)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet $(wildcard $(APPS))

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.dev
	@$(BIN)/python manage.py bench $(if $(ONLY),--only $(ONLY))

lock: .venv/.uv
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --extra embedded -c requirements.txt -o requirements-demo.txt
	$(LOCK) pyproject.toml --extra embedded --extra dev --extra bench -c requirements.txt -o requirements-dev.txt
	$(LOCK) uv.in -o requirements-uv.txt
	@! grep -nE 'https?://|--(extra-)?index-url|--find-links' requirements*.txt

# Root's engines may live outside the checkout: var/engines is then a link to them.
clean:
	@if [ -L var/engines ]; then rm -rf "$$(readlink var/engines)"; fi
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.uv: requirements-uv.txt
	@echo "Making the Python environment with $(PYTHON)"
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "Pacte needs Python 3.11")'
	@"$(PYTHON)" -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.demo .venv/.dev: .venv/.%: requirements-%.txt .venv/.uv
	@echo "Installing $<"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes $< || \
	  { echo "uv could not: trying with pip"; \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<; }
	@touch $@
