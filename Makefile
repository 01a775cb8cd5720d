# Two commands do everything, installs included: `make demo` and `make test`.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen --all-extras --all-groups

.PHONY: demo demo-once test lint types contracts tests

demo: $(UV)
	$(RUN) answerable demo --out demo

demo-once: $(UV)
	$(RUN) answerable demo --once --out demo

test: lint types contracts tests

lint: $(UV)
	$(RUN) ruff check src tests
	$(RUN) ruff format --check src tests

types: $(UV)
	$(RUN) mypy

contracts: $(UV)
	$(RUN) lint-imports

tests: $(UV)
	$(RUN) pytest -n auto --dist loadfile

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet uv
