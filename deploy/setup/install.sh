#!/usr/bin/env bash
# Brings what Steward runs on: PostgreSQL 15 or newer, Redis 7 or newer (or
# Valkey), the Temporal CLI, and curl to try it with; for the tests, Alertmanager too. Instant when nothing is missing. It never asks,
# starts no service, and says exactly what to install where it cannot.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

for=${1:-dev} # dev, or test, which wants a real sender of alerts besides
postgres_major=15
redis_major=7

# The server's binaries are off the PATH on Debian.
has_postgres() {
  local bin version
  for bin in /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres /opt/homebrew/opt/postgresql@*/bin/postgres "$(command -v postgres || true)"; do
    [[ -n $bin && -x $bin && -x ${bin%/*}/initdb ]] || continue
    version=$("$bin" --version)
    [[ $version =~ \(PostgreSQL\)\ ([0-9]+) ]] && ((BASH_REMATCH[1] >= postgres_major)) && return 0
  done
  return 1
}

has_redis() {
  local version
  command -v valkey-server >/dev/null && return 0
  command -v redis-server >/dev/null || return 1
  version=$(redis-server --version)
  [[ $version =~ v=([0-9]+) ]] && ((BASH_REMATCH[1] >= redis_major))
}

has_temporal() {
  local version
  command -v temporal >/dev/null || return 1
  version=$(temporal --version 2>/dev/null) || return 1
  [[ $version =~ Server\ ([0-9]+)\.([0-9]+) ]] && ((BASH_REMATCH[1] > 1 || BASH_REMATCH[2] >= 31))
}

missing() {
  has_postgres || echo postgresql
  has_redis || echo redis-server
  command -v curl >/dev/null || echo curl # the README's session asks the API with it
  if [[ $for == test ]] && ! command -v prometheus-alertmanager >/dev/null; then
    echo prometheus-alertmanager # a real sender of alerts
  fi
}

say() { echo "setup: $*" >&2; }

give_up() {
  say "PostgreSQL $postgres_major or newer, Redis $redis_major or newer and curl are needed; missing here: $*"
  say "$reason"
  exit 1
}

# as_root runs a command as root, or fails: it never asks for a password.
as_root() {
  if ((EUID == 0)); then "$@" </dev/null; else sudo -n "$@" </dev/null; fi
}

# The packages would make a database cluster and start two services on ports
# that somebody may be using. Steward wants the binaries alone.
keep_quiet='set -e
mkdir -p /etc/postgresql-common/createcluster.d
echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/zz-steward-setup.conf
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf "#!/bin/sh\n# left by steward setup; safe to remove\nexit 101\n" >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi'
speak_again='rm -f /etc/postgresql-common/createcluster.d/zz-steward-setup.conf
rmdir --ignore-fail-on-non-empty /etc/postgresql-common/createcluster.d 2>/dev/null || true
if grep -qs "left by steward setup" /usr/sbin/policy-rc.d; then rm -f /usr/sbin/policy-rc.d; fi'
stay_off='for unit in "$@"; do
  if command -v systemctl >/dev/null; then systemctl disable --quiet "$unit" 2>/dev/null || true; fi
  if command -v update-rc.d >/dev/null; then update-rc.d "$unit" disable >/dev/null 2>&1 || true; fi
done'

install_packages() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300) unit
  say "installing $* with apt"
  as_root sh -c "$keep_quiet"
  trap 'as_root sh -c "$speak_again"' EXIT
  # A package list that is a little old is no reason to stop, if the install goes through.
  as_root "${apt[@]}" update >&2 || say "apt-get update failed; trying with the package lists there are"
  as_root "${apt[@]}" install -y --no-install-recommends "$@" >&2 || give_up "$@"
  as_root sh -c "$speak_again"
  trap - EXIT
  as_root sh -c "$stay_off" sh "$@"
}

mapfile -t packages < <(missing)
if ((${#packages[@]} > 0)); then
  if ! command -v apt-get >/dev/null; then
    reason="there is no apt-get here: install them with your system's package manager, then run this again"
    give_up "${packages[@]}"
  elif ((EUID != 0)) && ! sudo -n true 2>/dev/null; then
    reason="run this, then try again:  sudo apt-get install -y ${packages[*]}"
    give_up "${packages[@]}"
  fi
  reason="apt-get install ${packages[*]} failed, as it says above"
  install_packages "${packages[@]}"
  mapfile -t packages < <(missing)
  reason="what apt offers is too old: PostgreSQL has newer packages at https://wiki.postgresql.org/wiki/Apt, Redis at https://redis.io/docs/latest/operate/oss_and_stack/install/"
  ((${#packages[@]} == 0)) || give_up "${packages[@]}"
fi

if [[ -e .bin/temporal ]] || ! has_temporal; then
  [[ -e .bin/temporal ]] || say "building the Temporal CLI with its server; the first time takes some minutes"
  make --silent --no-print-directory .bin/temporal
fi
