# Perforin on a fresh Debian 12:   make demo   or   make test
# Each target installs what it lacks (and says so), builds, and runs. CMake does the work.

STUDY   ?= studies/nsclc-pembro-nk.yaml
OUT     ?= runs/demo
JOBS    ?= $(shell nproc 2>/dev/null || echo 1)

.PHONY: help demo test validate studies fit oracles bench page page-test format check tidy clean install-build install-check build-release build-dev

help:
	@echo 'make demo     build, and run $(STUDY): 200 virtual trials of 109 patients'
	@echo 'make test     build with assertions, and run all tests'
	@echo 'make validate published outcomes against the model, 200 replicates of each study that names one'
	@echo 'make studies  every study of evidence/systems.csv, two replicates each'
	@echo 'make fit      shared parameters against the outcomes that may be fitted (an hour)'
	@echo 'make oracles  independent solvers (SciPy, libRoadRunner) for tests that otherwise say they are skipped'
	@echo 'make page     the templates of the pages, from viewer/ (needs Node.js)'
	@echo 'make page-test the page in Chromium; pictures are left in build/page/screenshots'
	@echo 'make check    layers, sizes, format, evidence'
	@echo 'make bench    speed of the patient engine'
	@echo 'make tidy     clang-tidy over src/'
	@echo 'make format   clang-format over all sources'
	@echo 'make clean    remove build/'

install-build:
	@bash tools/need.sh build

install-check:
	@bash tools/need.sh check

build-release: install-build
	@[ -f build/release/build.ninja ] || cmake --preset release > /dev/null
	@cmake --build --preset release -j $(JOBS) --target perforin act18

build-dev: install-build
	@[ -f build/dev/build.ninja ] || cmake --preset dev > /dev/null
	@cmake --build --preset dev -j $(JOBS)

demo: build-release
	@build/release/perforin run $(STUDY) --out $(OUT) --force

test: build-dev
	@ctest --preset dev -j $(JOBS)

validate: build-release
	@build/release/perforin validate

studies: build-release
	@build/release/perforin systems --run --replicates 2

fit: build-release
	@python3 tools/fit.py build/release/perforin --out build/fit.json

oracles:
	@bash tests/oracles/venv.sh make

bench: build-release
	@bench/cvode.sh || true
	@cmake --preset release > /dev/null && cmake --build --preset release -j $(JOBS) --target act18
	@build/release/bench/act18
	@tests/oracles/venv.sh run bench/act18_peers.py || true
	@node bench/page.mjs build/release/perforin || true

page:
	@bash tools/need.sh page
	@bash tools/page.sh write

page-test: build-dev
	@bash tools/need.sh page
	@bash tools/page.sh ready
	@bash tests/scripts/page_browser.sh build/dev/perforin

format: install-check
	@git ls-files '*.c' '*.h' | xargs clang-format -i

check: install-check
	@python3 tools/check_layers.py
	@python3 tools/check_size.py
	@if [ -f tools/check_evidence.py ]; then python3 tools/check_evidence.py; fi
	@python3 tools/check_systems.py
	@git ls-files '*.c' '*.h' | xargs clang-format --dry-run --Werror && echo 'format: good'

# Slow, and clang's analyzer does not know that an error always comes with a code: read it, do not gate on it.
tidy: build-dev
	@git ls-files 'src/*.c' | grep -v _lanes.c | xargs -n 8 clang-tidy -p build/dev --quiet

clean:
	rm -rf build
