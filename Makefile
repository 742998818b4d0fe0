# `make` lists the commands. `make demo` and `make test` are the two commands of a fresh machine: each sets up what it needs.
UV_VERSION := 0.13.9
UV := .local/uv/bin/uv
BIN := .venv/bin
SEEDS := 3
ONLY :=
MINUTES := 30

.DEFAULT_GOAL := help
.PHONY: help setup machine demo check test faults drill soak mutants bench review loads requests log inquiries memory desk pictures sbom docs clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(BIN)/kokunen ## install the Python packages of the lock file into .venv

$(UV):
	python3 -m venv .local/uv
	.local/uv/bin/pip install --quiet uv==$(UV_VERSION)

$(BIN)/kokunen: $(UV) uv.lock pyproject.toml $(wildcard libs/*/pyproject.toml services/*/pyproject.toml)
	$(UV) sync --frozen --compile-bytecode --quiet
	@touch $@

machine: ## install Java, Maven and a Japanese font with apt-get, or name the command that does
	@deploy/local/machine.sh

demo: machine setup ## a synthetic ward, two years of events, a summary (KEEP=1 leaves it running)
	$(BIN)/kokunen demo

check: setup ## lint, types and pure tests: no Kafka, no PostgreSQL
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --exclude quix_step tests/load tests/drill.py
	$(BIN)/pytest -n auto -m "not system" --cov=eligibility.rules --cov-branch --cov-report= --cov-fail-under=100

PROMTOOL := $(or $(shell command -v promtool),.local/prometheus/usr/bin/promtool)

.local/prometheus/usr/bin/promtool:
	@mkdir -p .local/prometheus
	cd .local/prometheus && { apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; } || \
	    { echo "Install promtool, Prometheus' tester of alarms, so that it is found by its name." >&2; exit 1; } } && \
	    dpkg -x prometheus_*.deb . && rm prometheus_*.deb

test: machine check $(PROMTOOL) ## everything, on Apache Kafka and PostgreSQL, pages in a browser
	@deploy/local/machine.sh chromium
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/pytest -n 2 --dist worksteal -m "system and not long" --durations=15
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/pytest -n 2 --dist worksteal -m long tests/faults --rows F06,F13 --seeds 3 --residents 60

faults: machine setup ## the fault matrix: SEEDS=3 a row or SEEDS=10-19, ONLY=F09,F13 for some rows; what passed is not run again (a quarter of an hour a seed)
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || deploy/local/machine.sh postgresql
	@failed=0; KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/pytest -n 2 --dist worksteal -m long tests/faults tests/system --seeds $(SEEDS) --rows "$(ONLY)" || failed=$$?; \
	$(BIN)/python -m tests.faults.report && { [ $$failed = 0 ] || [ $$failed = 5 ]; }  # 5: everything had passed before

drill: machine setup ## the database server lost for good, and back from the sealed copies of a second site: RPO, RTO (two minutes)
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/python tests/drill.py

soak: machine setup ## everything at once for half an hour (MINUTES=30), then quiet
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/pytest -m long tests/faults --rows F45 --minutes $(MINUTES) -s
	$(BIN)/python -m tests.faults.report

mutants: setup ## would a test notice if a rule said something else? the share that one does (a quarter of an hour)
	$(BIN)/python tests/mutants.py

.local/quix: tests/load/quix.txt
	python3 -m venv $@
	$@/bin/pip install --quiet --requirement $<
	@touch $@

bench: machine setup .local/quix ## throughput, latency and memory beside the usual way and the bare ceiling; the audit log (a quarter of an hour)
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/python tests/load/bench.py
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/python tests/load/log.py

review: machine setup ## a July's review of 30,000 and of 300,000 persons (a quarter of an hour, 5 GB of disk)
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/python tests/load/review.py

loads: machine setup ## 300,000 addressees and the year's tax of 200,000 through all running services (a quarter of an hour, 8 GB of disk)
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/python tests/load/loads.py

requests: machine setup ## a list of the pension service with 300,000 rows, matched and answered (a quarter of an hour, 10 GB of disk)
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/python tests/load/requests.py

log: machine setup ## the audit log: records a second, proofs at ten million leaves, a million checked by an auditor (three minutes, 4 GB of disk)
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/python tests/load/log.py

inquiries: machine setup ## the sheet of a person for a hundred users, at rest and under five hundred events a second (five minutes)
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/python tests/load/inquiry.py

desk: machine setup ## the pages of the desk: a hundred clerks, 300,000 residents, a hundred events a second (a quarter of an hour, 5 GB of disk)
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/python tests/load/desk.py

pictures: machine setup ## the pictures of the handbooks (docs/images), out of the desk's own tests
	KOKUNEN_PICTURES=$(CURDIR)/docs/images KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/pytest -q -n 2 -m "system and not long" tests/system/test_desk.py tests/system/test_desk_day.py tests/system/test_desk_rooms.py

memory: machine setup ## memory of two services, and the cost of an event, over a million events (some minutes, 5 GB of disk)
	KOKUNEN_REQUIRE_APACHE_KAFKA=1 $(BIN)/python tests/load/memory.py

sbom: setup ## what is in a release, as CycloneDX (kokunen.cdx.json)
	.local/uv/bin/uv export --frozen --no-dev --all-packages --format cyclonedx1.5 --preview-features sbom-export --quiet > kokunen.cdx.json

docs: setup ## write the schemas, the AsyncAPI document, the pages of the law, of the record, of rights and of metrics, the dashboard, the topics and users of a cluster from the code
	$(BIN)/python -m contracts.snapshots
	$(BIN)/kokunen law pages
	$(BIN)/python -c 'import contracts.record_items as r; print(r.page(), end="")' > docs/record-items.md
	$(BIN)/python -c 'import cli.access_matrix as a; print(a.page(), end="")' > docs/access-matrix.md
	$(BIN)/python -c 'import cli.assessment as a; print(a.page(), end="")' > docs/assessment.md
	$(BIN)/python -c 'import cli.metrics as m; print(m.page(), end="")' > docs/metrics.md
	$(BIN)/python -c 'import cli.metrics as m; print(m.dashboard(), end="")' > deploy/grafana/kokunen.json
	$(BIN)/python -c 'import cli.strimzi as s; print(s.topics_file(), end="")' > deploy/k8s/base/topics.yaml
	$(BIN)/python -c 'import cli.strimzi as s; print(s.users_file(), end="")' > deploy/k8s/base/users.yaml
	$(BIN)/python -m cli.workloads

clean: ## stop everything local and remove its data
	-$(BIN)/kokunen down
	-$(BIN)/kokunen stack reset
	rm -rf .venv .local
