# Builds the operator's image. The executable is self-contained, trimmed and compiled ahead of its first run.
# The SDK runs on the machine that builds and compiles for the target, also without emulation of it.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# Set by BuildKit and buildah; a builder that sets none builds for its own machine.
ARG TARGETARCH
WORKDIR /source
COPY . .
# Warnings and analyzers are for those who change the code: a newer SDK may know more of them.
RUN case "${TARGETARCH:-$(uname -m)}" in \
      amd64|x86_64) rid=linux-x64 ;; \
      arm64|aarch64) rid=linux-arm64 ;; \
      *) echo "no build for ${TARGETARCH:-$(uname -m)}" >&2; exit 1 ;; \
    esac && \
    dotnet publish src/DoltDB.Operator -c Release -r "$rid" --self-contained -p:PublishTrimmed=true -p:PublishReadyToRun=true \
      -p:TreatWarningsAsErrors=false -p:RunAnalyzers=false -o /out --nologo

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
LABEL org.opencontainers.image.title="doltdb-operator" \
      org.opencontainers.image.description="Runs DoltDB on Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /out /app
WORKDIR /app
# Nothing reads settings files, so nothing needs to watch them.
ENV DOTNET_hostBuilder__reloadConfigOnChange=false
# The first generation of the heap, by default as large as the processor's cache: small keeps the process small.
ENV DOTNET_GCgen0size=0x400000
# No diagnostics sockets: the root file system is read-only.
ENV DOTNET_EnableDiagnostics=0
USER 65532:65532
ENTRYPOINT ["/app/doltdb-operator"]
CMD ["run"]
