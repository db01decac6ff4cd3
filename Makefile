# Two commands are all the set-up there is: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test bench spark lint types contracts unit smoke clean lock

demo: $(VENV)/.runtime
	$(BIN)/claimwise library build
	$(BIN)/claimwise report

test: $(VENV)/.dev lint types contracts unit smoke

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	$(BIN)/python -m pytest

# Builds the wheel, installs it away from the checkout without development tools, and runs it there.
smoke: $(VENV)/.dev
	$(BIN)/python tests/smoke_wheel.py

# Beside other checkers of prose in a place of their own; BENCH=--quick takes about three minutes (docs/benchmarks.md).
bench: $(VENV)/.dev
	$(BIN)/python bench/run.py $(BENCH)

# Apache Spark is half a gigabyte and needs Java, so its tests are run when asked for, not with the others.
spark: $(VENV)/.dev
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-spark.in
	$(BIN)/python -m pytest tests/test_corpus_spark.py
	$(BIN)/python bench/corpus.py

# Pinned and hashed, without naming any package index.
lock: $(VENV)/.dev
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml requirements-build.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements.txt pyproject.toml requirements-build.in requirements-dev.in -o requirements-dev.txt
	echo lxml | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements-dev.txt - -o requirements-docx.txt
	echo onnxruntime | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements-dev.txt - -o requirements-model.txt
	echo pypdfium2 | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements-dev.txt - -o requirements-pdf.txt

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.12, say")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q evidence claims cli.py
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
