# make demo, make test: the two commands. They need Python 3.11+, make and the package index that pip is set up for.
PY ?= python3
BIN := .venv/bin
DEMO ?=
TESTS ?=

.PHONY: demo test check bench lock clean

demo: .venv/.ok
	@$(BIN)/tokenwise demo $(DEMO)

test: .venv/.dev
	@$(BIN)/pytest -q -n 2 --hypothesis-profile ci $(TESTS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.dev
	@for bench in benchmarks/[!_]*.py; do $(BIN)/python $$bench || exit 1; done

clean:
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# an environment of exactly the locked files, by their hashes; the newer lock or pyproject.toml rebuilds it
.venv/.ok: pyproject.toml requirements.lock
	@$(call install,requirements.lock)
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . && touch $@

.venv/.dev: .venv/.ok requirements-dev.lock
	@$(call install,requirements-dev.lock)
	@touch $@

# uv where the machine has one, else fetched by pip; uv reads no pip configuration, so the index that pip
# is set up for reaches it through the environment, as does the machine's own certificate store
UV = UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 \
     UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PY) -m pip config get global.index-url 2>/dev/null)}}" \
     $$(command -v uv || echo $(BIN)/uv)

define install
set -e; if [ ! -x $(BIN)/python ] || ! $(BIN)/python -c ''; then $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tokenwise needs Python 3.11 or newer: make $(MAKECMDGOALS) PY=python3.11")'; $(PY) -m venv .venv; fi; \
command -v uv >/dev/null || [ -x $(BIN)/uv ] || $(BIN)/python -m pip install -q --disable-pip-version-check uv; \
$(UV) pip install -q --python $(BIN)/python --require-hashes -r $(1)
endef

lock: .venv/.ok
	@$(UV) lock --upgrade
	@$(UV) export -q --frozen --no-emit-project --no-default-groups --group build --format requirements.txt --no-header --no-annotate -o requirements.lock
	@$(UV) export -q --frozen --no-emit-project --all-extras --all-groups --format requirements.txt --no-header --no-annotate -o requirements-dev.lock
