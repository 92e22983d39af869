# Two commands matter: `make app` serves the workbench, `make test` runs every test.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PORT   ?= 8866
# Files of tests that run side by side.
JOBS   ?= 2

.PHONY: app test lint lab runs stop pictures bench bench-chip bench-cluster clean

app: $(STAMP)
	$(BIN)/python -m widgets.serve --port $(PORT)

runs: $(STAMP)
	$(BIN)/python -m pnas_kit runs

stop: $(STAMP)
	$(BIN)/python -m pnas_kit stop

lab: $(STAMP)
	$(BIN)/jupyter lab notebooks/index.ipynb

test: $(STAMP)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile

# Every state of every page as a PNG in ./pictures, and the pictures of the README.
pictures: $(STAMP)
	PNAS_SHOTS=pictures $(BIN)/python -m pytest tests/browser
	$(BIN)/python benchmarks/act_as_user.py digits --trials 200 --epochs 20 --pictures docs

bench: $(STAMP)
	$(BIN)/python benchmarks/search_speed.py digits
	$(BIN)/python benchmarks/search_speed.py hapt
	$(BIN)/python benchmarks/search_speed.py photos32
	$(BIN)/python benchmarks/search_speed.py photos128
	$(BIN)/python benchmarks/proxy_speed.py hapt
	$(BIN)/python benchmarks/trial_speed.py
	$(BIN)/python benchmarks/subset.py
	$(BIN)/python benchmarks/training_speed.py

bench-cluster: $(STAMP)
	$(BIN)/python benchmarks/cluster_overhead.py

bench-chip: $(STAMP)
	$(BIN)/python benchmarks/chip_memory.py
	$(BIN)/python benchmarks/chip_kernels.py
	$(BIN)/python benchmarks/chip_emulators.py
	$(BIN)/python benchmarks/latency_validation.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --editable '.[cluster,emulate,test]'
	touch $(STAMP)

clean:
	rm -rf $(VENV) build *.egg-info
