# To be sourced by the scripts at the root: finds the tools that they need on this machine and installs those that are missing.
# Quiet when nothing is missing. Also runs in the bash 3.2 of macOS.
# shellcheck shell=bash

oldest_java=17
oldest_maven=3.8.6
oldest_postgres=14
newest_postgres=18

# The command that runs Maven, set by find_maven: the mvn on the PATH, or the wrapper of this repository.
# shellcheck disable=SC2034 # used by the scripts that source this
maven=()

# A line on stderr, so that a script's own output stays clean.
say() { printf '%s\n' "$*" >&2; }

# --- looking ---------------------------------------------------------------------------------------------------------

# The major version of the JDK in a folder; nothing when there is no compiler in it.
jdk_major() {
  [ -x "$1/bin/javac" ] && "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9][0-9]*\).*/\1/p'
}

jdk_is_new_enough() {
  local major
  major=$(jdk_major "$1") && [ "${major:-0}" -ge "$oldest_java" ]
}

# Sets JAVA_HOME and puts its programs first on the PATH: what JAVA_HOME says, else the javac on the PATH, else the usual places.
find_jdk() {
  local place
  if [ -n "${JAVA_HOME:-}" ]; then
    if jdk_is_new_enough "$JAVA_HOME"; then
      export JAVA_HOME PATH="$JAVA_HOME/bin:$PATH"
      return 0
    fi
    say "JAVA_HOME is $JAVA_HOME, which is no JDK $oldest_java or newer; looking for another"
  fi
  for place in \
    "$(home_of_javac)" \
    /usr/lib/jvm/*/ \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    place=${place%/}
    if [ -n "$place" ] && jdk_is_new_enough "$place"; then
      export JAVA_HOME="$place" PATH="$place/bin:$PATH"
      return 0
    fi
  done
  return 1
}

# The JDK that the javac on the PATH belongs to, through its symbolic links.
home_of_javac() {
  local file link
  file=$(command -v javac) || return 0
  while link=$(readlink "$file"); do
    case "$link" in
      /*) file=$link ;;
      *) file=$(dirname "$file")/$link ;;
    esac
  done
  (cd "$(dirname "$file")/.." && pwd)
}

# Whether the first version is at least the second, both as numbers with dots.
at_least() {
  local -a have want
  local i
  IFS=. read -r -a have <<<"$1"
  IFS=. read -r -a want <<<"$2"
  for i in 0 1 2; do
    [ "${have[i]:-0}" -gt "${want[i]:-0}" ] && return 0
    [ "${have[i]:-0}" -lt "${want[i]:-0}" ] && return 1
  done
  return 0
}

# Sets $maven: the mvn on the PATH when it is new enough, else the wrapper, which fetches one at its first use.
find_maven() {
  local root version
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  if command -v mvn >/dev/null 2>&1; then
    version=$(mvn -B -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    if at_least "${version:-0}" "$oldest_maven"; then
      maven=(mvn)
      return 0
    fi
  fi
  if [ -x "$root/mvnw" ]; then
    # shellcheck disable=SC2034 # used by the scripts that source this
    maven=("$root/mvnw")
    return 0
  fi
  return 1
}

# The library takes the newest supported version in the usual places (PostgresInstallation.find), so that one is looked at.
find_postgres() {
  local version folder program
  for ((version = newest_postgres; version >= oldest_postgres; version--)); do
    for folder in "/usr/lib/postgresql/$version/bin" "/opt/homebrew/opt/postgresql@$version/bin" "/usr/local/opt/postgresql@$version/bin"; do
      [ -x "$folder/postgres" ] || continue
      for program in initdb pg_ctl pg_basebackup pg_rewind pg_controldata pg_waldump; do
        [ -x "$folder/$program" ] || return 1
      done
      return 0
    done
  done
  return 1
}

# Debian keeps it in /usr/sbin, which is not on every user's PATH.
find_haproxy() {
  local place
  command -v haproxy >/dev/null 2>&1 && return 0
  for place in /usr/sbin /usr/local/sbin /opt/homebrew/bin /usr/local/bin; do
    if [ -x "$place/haproxy" ]; then
      export PATH="$PATH:$place"
      return 0
    fi
  done
  return 1
}

# Checks the alert rules; comes with Prometheus, which itself is not run.
find_promtool() {
  local place
  command -v promtool >/dev/null 2>&1 && return 0
  for place in /opt/homebrew/bin /usr/local/bin; do
    if [ -x "$place/promtool" ]; then
      export PATH="$PATH:$place"
      return 0
    fi
  done
  return 1
}

# For the console's tests alone. Debian's is called so; Ubuntu's package of that name would bring a snap.
find_chromium() {
  local place
  for place in /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    [ ! -x "$place" ] || return 0
  done
  return 1
}

# Only for the example of a strategy of one's own.
find_redis() { command -v redis-server >/dev/null 2>&1 || [ -x /opt/homebrew/bin/redis-server ]; }

# What makes hosts of network namespaces, for the fault runs; Linux alone has them, so nothing is missing elsewhere.
find_namespaces() {
  local program
  [ "$(uname -s)" = Linux ] || return 0
  for program in ip tc nft unshare nsenter setpriv; do
    command -v "$program" >/dev/null 2>&1 || [ -x "/usr/sbin/$program" ] || [ -x "/sbin/$program" ] || return 1
  done
}

# --- installing ------------------------------------------------------------------------------------------------------

# As root: directly, or by sudo, which asks for a password only where somebody can answer.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

may_become_root() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1; }

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@"; }

# Runs a command a second time when it failed: a mirror that did not answer mostly does then.
twice() { "$@" || { sleep 3 && "$@"; }; }

# Packages must start nothing, since the scripts start their own servers on ports and in folders of their own: while they are installed a
# policy forbids it, and postgresql-common makes no cluster. Both files go away again, whatever happens; what was there before stays.
policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.d
install_with_apt() (
  ours=()
  # shellcheck disable=SC2317 # called by the trap
  clean_up() {
    [ "${#ours[@]}" -eq 0 ] || as_root rm -f "${ours[@]}"
    [ "$made_folder" = no ] || as_root rmdir "$clusters" "${clusters%/*}" 2>/dev/null || true
  }
  made_folder=no
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if [ ! -e "$policy" ]; then
    ours+=("$policy")
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  if [ ! -e "${clusters%/*}" ]; then
    made_folder=yes
    as_root mkdir -p "$clusters"
    ours+=("$clusters/prontuario-ha.conf")
    echo 'create_main_cluster = false' | as_root tee "$clusters/prontuario-ha.conf" >/dev/null
  fi
  new_services=()
  find_haproxy || new_services+=(haproxy)
  find_promtool || new_services+=(prometheus)
  find_redis || new_services+=(redis-server)
  twice apt install --no-install-recommends "$@" || exit 1
  # Not at the next boot either: the packages' own services have no part in this.
  for package in "$@"; do
    case " ${new_services[*]:-} " in
      *" $package "*) [ ! -d /run/systemd/system ] || as_root systemctl disable "$package" || true ;;
    esac
  done
)

# The newest of Debian's or Ubuntu's packages in this range that apt knows; nothing when there is none. Arguments: from, to, format.
newest_package() {
  local version name
  for ((version = $2; version >= $1; version--)); do
    # shellcheck disable=SC2059 # the third argument is a format
    name=$(printf "$3" "$version")
    if apt-cache show --no-all-versions "$name" >/dev/null 2>&1; then
      printf '%s\n' "$name"
      return 0
    fi
  done
  return 1
}

# Arguments: the names of tools, as in ensure_prerequisites. Answers false after saying what to do by hand.
install_on_debian() {
  local log package tool
  local packages=()
  if ! may_become_root; then
    say "cannot install as $(id -un) without sudo: ask an administrator for $(in_words "$@"), or run this once as root"
    return 1
  fi
  log=$(mktemp)
  say "missing here: $(in_words "$@"); asking apt for it"
  if ! twice apt update >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    say "apt-get update failed (above); going on with the lists that are here"
  fi
  for tool in "$@"; do
    case "$tool" in
      jdk) package=$(newest_package 17 25 'openjdk-%d-jdk-headless') ;;
      maven) package=maven ;;
      postgres) package=$(newest_package "$oldest_postgres" "$newest_postgres" 'postgresql-%d') ;;
      haproxy) package=haproxy ;;
      promtool) package=prometheus ;;
      redis) package=redis-server ;;
      chromium) package=chromium ;;
      namespaces)
        packages+=(iproute2 nftables)
        package=util-linux
        ;;
    esac || {
      rm -f "$log"
      say "apt has no package for $(in_words "$tool"): add a source that has (for PostgreSQL its own apt repository) and run this again"
      return 1
    }
    packages+=("$package")
  done
  say "installing ${packages[*]}; none of their services is started"
  if ! install_with_apt "${packages[@]}" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    say "apt-get could not install ${packages[*]} (above): install them by hand and run this again"
    return 1
  fi
  rm -f "$log"
}

install_with_brew() {
  local tool
  local formulas=()
  for tool in "$@"; do
    case "$tool" in
      jdk) formulas+=(openjdk@17) ;;
      maven) formulas+=(maven) ;;
      postgres) formulas+=(postgresql@15) ;;
      haproxy) formulas+=(haproxy) ;;
      promtool) formulas+=(prometheus) ;;
      redis) formulas+=(redis) ;;
      chromium) formulas+=(chromium) ;;
    esac
  done
  say "missing here: $(in_words "$@"); installing ${formulas[*]} by brew; none of their services is started"
  twice brew install "${formulas[@]}" >&2 || {
    say "brew could not install ${formulas[*]} (above): install them by hand and run this again"
    return 1
  }
}

in_words() {
  local tool text=""
  for tool in "$@"; do
    case "$tool" in
      jdk) tool="a JDK (with javac), $oldest_java or newer" ;;
      maven) tool="Maven $oldest_maven or newer" ;;
      postgres) tool="a PostgreSQL server with its programs, $oldest_postgres to $newest_postgres" ;;
      haproxy) tool="HAProxy" ;;
      promtool) tool="promtool (of Prometheus)" ;;
      redis) tool="Redis" ;;
      chromium) tool="Chromium" ;;
      namespaces) tool="iproute2, nftables and util-linux (for network namespaces)" ;;
    esac
    text="$text${text:+; }$tool"
  done
  printf '%s' "$text"
}

# --- what scripts call -----------------------------------------------------------------------------------------------

# Puts those of these tools that are not here into $missing; sets JAVA_HOME, PATH and $maven for those that are.
look_for() {
  local tool
  missing=()
  for tool in "$@"; do
    "find_$tool" || missing+=("$tool")
  done
}

# Makes sure of the tools named (of jdk, maven, postgres, haproxy, promtool, redis, chromium, namespaces; without arguments the first four), in this order. Sets JAVA_HOME, PATH and $maven.
ensure_prerequisites() {
  local missing
  [ "$#" -gt 0 ] || set -- jdk maven postgres haproxy
  look_for "$@"
  [ "${#missing[@]}" -gt 0 ] || return 0
  if command -v apt-get >/dev/null 2>&1; then
    install_on_debian "${missing[@]}" || return 1
  elif command -v brew >/dev/null 2>&1; then
    install_with_brew "${missing[@]}" || return 1
  else
    say "missing here: $(in_words "${missing[@]}"). There is neither apt-get nor brew: install it by hand and run this again"
    return 1
  fi
  look_for "$@"
  if [ "${#missing[@]}" -gt 0 ]; then
    say "installed, but not found where it is looked for: $(in_words "${missing[@]}"). See find_${missing[0]} in scripts/prerequisites.sh for the places"
    return 1
  fi
}
