# The two commands of the README are `make run` and `make test`; both set up everything they need.
PY ?= python3
V  := .venv
PIP := $(V)/bin/pip install -q --disable-pip-version-check
FLASK := OMP_NUM_THREADS=1 $(V)/bin/flask --app wsgi

run: $(V)/run.stamp            ## the demo county, the web and the clock, on http://127.0.0.1:8000
	@$(FLASK) up

demo: $(V)/run.stamp           ## the main job once, in a folder of its own, then a table
	@CRM_INSTANCE=instance/demo $(FLASK) demo

test: $(V)/dev.stamp           ## arrows, lint, types, all tests; the data layer once more on PostgreSQL
	$(V)/bin/pytest -n 2
	$(V)/bin/pytest -n 2 --postgres tests/crm/actions tests/crm/queries tests/crm/models

test-postgres: $(V)/dev.stamp  ## every test on PostgreSQL, pages and commands included; the long way of `make test`
	$(V)/bin/pytest -n 2 --postgres tests

lint: $(V)/dev.stamp           ## what tests/house runs too, on its own
	$(V)/bin/ruff check .
	$(V)/bin/mypy
	$(V)/bin/lint-imports --no-cache

e2e: $(V)/e2e.stamp            ## the pages in a real Chromium
	$(V)/bin/pytest -n 2 -m browser tests/browser

screenshots: $(V)/e2e.stamp   ## the pictures of the READMEs, anew
	$(V)/bin/python -m docs.screenshots

dictionary: $(V)/run.stamp     ## docs/DATA_DICTIONARY.md, out of the models
	$(V)/bin/python -m docs.data_dictionary

bench: $(V)/dev.stamp          ## ratios, printed; no test has a time limit in it
	for program in $(wildcard benchmarks/[a-z]*.py); do \
	  OMP_NUM_THREADS=1 $(V)/bin/python $$program || exit 1; done

wheelhouse: $(V)/bin/pip       ## on a machine with internet: all wheels of the lock into build/wheelhouse
	$(V)/bin/pip download -q --require-hashes --only-binary :all: -r requirements.lock -d build/wheelhouse $(WHEELS)
	@ls build/wheelhouse | wc -l | xargs printf '%s wheels in build/wheelhouse: carry it over beside the program\n'

install-offline:               ## on the machine without: the environment out of build/wheelhouse and nothing else
	$(PY) -m venv $(V)
	$(PIP) --no-index --find-links build/wheelhouse --require-hashes -r requirements.lock
	@touch $(V)/run.stamp

lock: $(V)/bin/pip             ## requirements.lock anew, when requirements.txt has changed
	$(PIP) uv
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(V)/bin/uv pip compile -q --universal --python-version 3.11 \
	  --generate-hashes --no-annotate requirements.txt requirements-postgres.txt -o requirements.lock

drills: $(V)/dev.stamp         ## faults against real processes, see docs/DRILLS.md; two hours, as root on Linux
	for drill in kill_import stop_import kill_upgrade garbled troubles uploads; do \
	  $(V)/bin/python -m tests.drills.$$drill || exit 1; done
	for asked in "" "--postgres" "--clocks 3 --kills 60 --mails 1000 --unkind" "--clocks 2 --kills 60 --mails 1000 --unkind --postgres"; do \
	  $(V)/bin/python -m tests.drills.kill_mail $$asked || exit 1; done

$(V)/bin/pip:
	$(PY) -m venv $(V)

$(V)/run.stamp: requirements.txt | $(V)/bin/pip
	$(PIP) -r requirements.txt
	@touch $@

$(V)/dev.stamp: requirements-dev.txt requirements-postgres.txt requirements.txt | $(V)/bin/pip
	$(PIP) -r requirements-dev.txt
	@touch $@ $(V)/run.stamp

$(V)/e2e.stamp: requirements-e2e.txt $(V)/dev.stamp | $(V)/bin/pip
	$(PIP) -r requirements-e2e.txt
	command -v chromium >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk; }
	fc-list :lang=zh family 2>/dev/null | grep -q . || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq fonts-noto-cjk fontconfig
	@touch $@

.PHONY: run demo test test-postgres lint e2e screenshots dictionary bench wheelhouse install-offline lock drills
