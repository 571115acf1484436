# What can be done here: `make help`.
SHELL := /bin/bash
CONFIGURATION ?= Release
RID ?= linux-$(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x64)
ARGS ?=
# The image that the chart names by default.
IMAGE ?= $(shell sed -n 's/^  repository: *//p' charts/doltdb-operator/values.yaml):$(shell sed -n 's/^appVersion: *"\(.*\)"/\1/p' charts/doltdb-operator/Chart.yaml)

.DEFAULT_GOAL := help
.PHONY: help deps build sandbox test simulate bench generate publish plugin image lint clean

help: ## Show this list.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

deps: ## Install what building, testing and the sandbox need beside the .NET SDK (Debian, as root).
	@build/install-tools.sh

build: ## Build everything; warnings are errors.
	@dotnet build --nologo -v minimal

sandbox: ## Run a DoltDB cluster on this machine, without Kubernetes: make sandbox ARGS="-f my.yaml".
	@dotnet run --project src/DoltDB.Operator -c $(CONFIGURATION) -v quiet -- sandbox $(ARGS)

test: ## Run every test; the last line counts them.
	@build/test.sh

simulate: ## Run the simulation of faults on a virtual clock: make simulate SEEDS=10000 [FIRST=1].
	dotnet build tests/Simulation -c Release -v quiet --nologo
	SIMULATION_SEEDS=$(or $(SEEDS),1000) $(if $(FIRST),SIMULATION_FIRST_SEED=$(FIRST)) tests/Simulation/bin/Release/net10.0/Simulation -method '*Whatever*' -showliveoutput

bench: ## Run the benchmarks of docs/performance.md: make bench ARGS="clusters --count 500".
	@dotnet run --project tests/Benchmarks -c Release -- $(ARGS)

generate: ## Generate the CRDs (config/crd and the chart) from the C# types.
	@dotnet run --project tools/CrdGenerator -- .

publish: ## Build the self-contained, trimmed, ReadyToRun executable into artifacts/publish.
	@dotnet publish src/DoltDB.Operator -c Release -r $(RID) --self-contained -p:PublishTrimmed=true -p:PublishReadyToRun=true -o artifacts/publish --nologo

plugin: ## Build the kubectl plugin, one file, into artifacts/kubectl-doltdb; put it on the PATH for: kubectl doltdb.
	@dotnet publish src/kubectl-doltdb -c Release -r $(RID) --self-contained -p:PublishTrimmed=true -p:PublishSingleFile=true -p:PublishReadyToRun=true -o artifacts/kubectl-doltdb --nologo

image: ## Build the container image with buildah (no daemon needed), also under the name that the chart uses: make image [IMAGE=NAME:TAG].
	@buildah bud -t doltdb-operator:dev .
	@buildah tag doltdb-operator:dev $(IMAGE)
	@echo "built doltdb-operator:dev and $(IMAGE)"

clean: ## Remove what was built.
	@rm -rf artifacts && find src tests tools -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
