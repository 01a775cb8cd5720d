# Two commands do everything, installs included: `make demo` and `make test`.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen --all-extras --all-groups
# The demo needs neither Spark nor the tools of the tests: half the download.
DESK := $(UV) run --frozen --no-default-groups --extra desk

.PHONY: demo demo-once test lint types contracts tests

demo: $(UV)
	$(DESK) answerable demo --out demo

demo-once: $(UV)
	$(DESK) answerable demo --once --out demo

test: lint types contracts tests

lint: $(UV)
	$(RUN) ruff check src tests bench
	$(RUN) ruff format --check src tests bench

types: $(UV)
	$(RUN) mypy

contracts: $(UV)
	$(RUN) lint-imports

# Hundreds of processes are started: what is compiled once must be kept, whatever the surroundings say.
tests: export PYTHONDONTWRITEBYTECODE =
tests: $(UV)
	$(RUN) pytest -n auto --dist loadfile

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet uv
