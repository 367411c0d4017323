# Everything a person does here. It wants bash, Go, make and git; `make setup`
# brings the rest. Alone, it prints what there is.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# The product and the tools are pure Go. A clone that another account owns, as in
# CI, must not stop the build for the sake of a stamp that we set ourselves.
export CGO_ENABLED := 0
export GOFLAGS := -buildvcs=false $(GOFLAGS)

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)

# What the tests take: real data when its folder is named, and the race detector
# where CI has the C compiler that it needs.
TEST_FLAGS := -timeout 60m
ifdef STEWARD_REAL_DATA
TEST_FLAGS += -tags realdata
endif
ifeq ($(CI),true)
ifneq ($(shell command -v gcc),)
TEST_FLAGS += -race
test: export CGO_ENABLED := 1
endif
endif

##@ To use it

help: ## print this
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

dev: setup build ## run Steward with its own Postgres, Redis and Temporal, and a stand-in for Slack
	@exec bin/steward dev

build: ## build bin/steward
	@go build -trimpath -ldflags='-s -w -X main.version=$(VERSION)' -o bin/steward ./cmd/steward

setup: ## install what is missing; says so when it cannot
	@deploy/setup/install.sh

##@ To change it

test: ## run every test on real servers, and see that those the documents name ran
	@deploy/setup/install.sh test
	@go test -json $(TEST_FLAGS) ./... | go run ./docs/ran

check: generated formatted linted deterministic vetted invulnerable ## generated code, format, lint, determinism, vet, known vulnerabilities

generate: .bin/sqlc .bin/oapi-codegen ## write the code that comes from db/queries and api/openapi.yaml
	@.bin/sqlc generate
	@.bin/oapi-codegen -config api/oapi-codegen.yaml api/openapi.yaml

bench: setup ## measure what it costs
	@go run ./bench

.PHONY: help dev build setup test check generate bench

# What check is made of. A folder that is not there yet has nothing to check.

generated: .bin/sqlc .bin/oapi-codegen # mirrors generate
	@echo 'check: generated code is current'
	@if [[ -f sqlc.yaml ]]; then .bin/sqlc diff || { echo 'db/rows is not what db/queries says: run `make generate`' >&2; exit 1; }; .bin/sqlc vet; fi
	@if [[ -f api/oapi-codegen.yaml ]]; then \
		dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
		sed "s|^output:.*|output: $$dir/openapi.gen.go|" api/oapi-codegen.yaml >"$$dir/config.yaml"; \
		.bin/oapi-codegen -config "$$dir/config.yaml" api/openapi.yaml; \
		diff -u api/openapi.gen.go "$$dir/openapi.gen.go" | head -50 \
		|| { echo 'api/openapi.gen.go is not what api/openapi.yaml says: run `make generate`' >&2; exit 1; }; fi

formatted: .bin/gofumpt
	@echo 'check: format'
	@found=$$(.bin/gofumpt -l .); \
	if [[ -n $$found ]]; then printf 'not formatted; run `.bin/gofumpt -w .`:\n%s\n' "$$found" >&2; exit 1; fi

linted: .bin/golangci-lint
	@echo 'check: lint'
	@.bin/golangci-lint run ./...

deterministic: .bin/workflowcheck
	@echo 'check: workflows are deterministic'
	@if [[ -d workflows ]]; then .bin/workflowcheck -config tools/workflowcheck/config.yaml ./workflows/...; fi

vetted:
	@echo 'check: vet'
	@go vet ./...
	@go mod tidy -diff >/dev/null || { echo 'go.mod is not what the code needs: run `go mod tidy`' >&2; exit 1; }

invulnerable: .bin/govulncheck
	@echo 'check: known vulnerabilities'
	@deploy/setup/vulnerabilities.sh

.PHONY: generated formatted linted deterministic vetted invulnerable

# A build tool is built from its own module when it is first wanted, and again
# when its pin moves.
.bin/%: tools/%/go.mod tools/%/go.sum
	@echo 'building $@' >&2
	@go build -C tools/$* -trimpath -ldflags='-s -w' -o ../../$@ tool
	@touch $@
