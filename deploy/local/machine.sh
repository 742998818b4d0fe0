#!/bin/sh
# Is everything on this machine that Python packages can't bring? Installs it where that is allowed, else names the command.
# Java runs Apache Kafka, Maven fetches its jars, the fonts print Japanese. What is named as arguments is wanted besides.
set -eu
missing=""
command -v java >/dev/null 2>&1 || [ -n "${KOKUNEN_KAFKA:-}" ] || missing="$missing openjdk-17-jre-headless"
command -v mvn >/dev/null 2>&1 || [ -n "${KOKUNEN_KAFKA:-}${KOKUNEN_MAVEN_URL:-}" ] || missing="$missing maven"
find /usr/share/fonts "${HOME:-/root}/.fonts" "${HOME:-/root}/.local/share/fonts" -iname 'ipaexg.ttf' 2>/dev/null | grep -q . ||
    missing="$missing fonts-ipaexfont-gothic"
find /usr/share/fonts "${HOME:-/root}/.fonts" "${HOME:-/root}/.local/share/fonts" -iname 'ipamjm.ttf' 2>/dev/null | grep -q . ||
    missing="$missing fonts-ipamj-mincho"
for more in "$@"; do
    command -v "$more" >/dev/null 2>&1 || missing="$missing $more"
done
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$missing"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "This machine lacks$missing. Install with: sudo apt-get install -y$missing" >&2
    exit 1
fi
