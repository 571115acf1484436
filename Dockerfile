# Builds the operator's image. The executable is self-contained, trimmed and compiled ahead of its first run.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH=amd64
WORKDIR /source
COPY . .
RUN dotnet publish src/DoltDB.Operator -c Release -r linux-$([ "$TARGETARCH" = arm64 ] && echo arm64 || echo x64) \
    --self-contained -p:PublishTrimmed=true -p:PublishReadyToRun=true -o /out --nologo

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
LABEL org.opencontainers.image.title="doltdb-operator" \
      org.opencontainers.image.description="Runs DoltDB on Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /out /app
# The first generation of the heap, by default as large as the processor's cache: small keeps the process small.
ENV DOTNET_GCgen0size=0x400000
# No diagnostics sockets: the root file system is read-only.
ENV DOTNET_EnableDiagnostics=0
USER 65532:65532
ENTRYPOINT ["/app/doltdb-operator"]
CMD ["run"]
