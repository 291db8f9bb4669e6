# To be sourced by the scripts at the root: makes sure that what they need is on this machine.
# shellcheck shell=bash

# Says a line on stderr, so that a script's own output stays clean.
say() { printf '%s\n' "$*" >&2; }

have_jdk() {
  command -v javac >/dev/null 2>&1 || return 1
  local major
  major=$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  [ "${major:-0}" -ge 17 ]
}

have_maven() { command -v mvn >/dev/null 2>&1; }

have_haproxy() {
  local place
  for place in $(printf '%s' "$PATH" | tr ':' ' ') /usr/sbin /usr/local/sbin /opt/homebrew/bin; do
    [ -x "$place/haproxy" ] && return 0
  done
  return 1
}

have_postgres() {
  local folder
  for folder in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_rewind" ] && [ -x "$folder/pg_basebackup" ]; then
      return 0
    fi
  done
  return 1
}

# As root, or by sudo; says what to do by hand when neither goes.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    say "cannot install as user $(id -un) without sudo. Run as root: $*"
    return 1
  fi
}

# While packages are installed no service is started by them: the scripts start their own servers. A policy that is there is left alone.
install_with_apt() {
  local policy=/usr/sbin/policy-rc.d ours=no status=0
  if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null ||
    { sleep 5 && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null; } ||
    status=$?
  if [ "$ours" = yes ]; then
    as_root rm -f "$policy"
  fi
  return "$status"
}

# Installs what is missing, after saying so; quiet when nothing is.
ensure_prerequisites() {
  local debian=() brew=() missing=()
  have_jdk || { missing+=("a JDK, 17 or newer"); debian+=(openjdk-17-jdk-headless); brew+=(openjdk@17); }
  have_maven || { missing+=("Maven"); debian+=(maven); brew+=(maven); }
  have_postgres || { missing+=("a PostgreSQL server, 14 to 18"); debian+=(postgresql); brew+=(postgresql@15); }
  have_haproxy || { missing+=("HAProxy"); debian+=(haproxy); brew+=(haproxy); }
  [ "${#missing[@]}" -eq 0 ] && return 0
  local list
  list=$(printf '%s; ' "${missing[@]}")
  if command -v apt-get >/dev/null 2>&1; then
    say "missing here: ${list%; }. Installing by apt-get: ${debian[*]}"
    install_with_apt "${debian[@]}" || { say "apt-get could not install ${debian[*]}: install them by hand and run this again"; return 1; }
  elif command -v brew >/dev/null 2>&1; then
    say "missing here: ${list%; }. Installing by brew: ${brew[*]}"
    brew install "${brew[@]}" >/dev/null || { say "brew could not install ${brew[*]}: install them by hand and run this again"; return 1; }
  else
    say "missing here: ${list%; }. There is neither apt-get nor brew: install them by hand and run this again"
    return 1
  fi
  if ! { have_jdk && have_maven && have_postgres && have_haproxy; }; then
    say "installed, but not found where it is looked for; see scripts/prerequisites.sh for the places"
    return 1
  fi
}
