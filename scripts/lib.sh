# shellcheck shell=bash
# What the scripts share. Sourced by them, never run.
#
# Only installing packages needs root: it is done as root or through sudo, and only when something is missing. A script
# that a user started with sudo goes on as that user after that, so that no file of the clone comes to belong to root.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

if [[ -t 1 ]]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' dim='' green='' red='' plain=''
fi
export bold dim green red plain

# step WHAT TEXT…: one aligned line that says what is going on.
step() { printf '%s%-9s%s %s\n' "$bold" "$1" "$plain" "${*:2}"; }
fail() {
    printf '%s%-9s%s %s\n' "$red" "error" "$plain" "$*" >&2
    exit 1
}

# quietly LOG COMMAND…: runs it; its output goes to LOG and is shown only when it fails.
quietly() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null && return 0
    local status=$?
    cat "$log" >&2
    return "$status"
}

# packages_of GROUP…: the names of these groups in packages.txt.
packages_of() {
    local name group wanted
    while read -r name group _; do
        [[ -z $name || $name == \#* ]] && continue
        for wanted in "$@"; do [[ $group == "$wanted" ]] && printf '%s\n' "$name"; done
    done <"$root/scripts/packages.txt"
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "installing packages needs root and there is no sudo. As root, run: apt-get install ${missing[*]}"
    fi
}

# install_packages GROUP…: installs what is missing of these groups, and only that.
install_packages() {
    local -a wanted missing=()
    mapfile -t wanted < <(packages_of "$@")
    if ! command -v apt-get >/dev/null; then
        step packages "this is not Debian: have the likes of ${wanted[*]} installed"
        return
    fi
    local installed package
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
    for package in "${wanted[@]}"; do
        grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        step packages "all ${#wanted[@]} are there"
        return
    fi

    step packages "installing ${missing[*]}"
    local log started=$SECONDS
    log=$(mktemp)
    local -a apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef)
    quietly "$log" as_root "${apt[@]}" update || step packages "apt-get update failed: trying with the lists that are here"
    # Boost 1.74's headers and 1.81's exclude each other: apt replaces them, and it is said.
    local removed
    removed=$(as_root "${apt[@]}" --simulate install "${missing[@]}" 2>/dev/null </dev/null | awk '/^Remv/ {print $2}' | xargs)
    [[ -z $removed ]] || step packages "these go, because they exclude what is needed: $removed"
    quietly "$log" as_root "${apt[@]}" install "${missing[@]}" || fail "apt-get could not install: ${missing[*]}"
    rm -f "$log"
    step packages "installed in $((SECONDS - started)) s"
}

# leave_root ARGUMENT…: goes on as the user who called sudo, when the clone is that user's.
leave_root() {
    [[ $(id -u) == 0 && -n ${SUDO_UID:-} && $SUDO_UID != 0 && $(stat -c %u "$root") == "$SUDO_UID" ]] || return 0
    exec sudo -H -u "#$SUDO_UID" -- "$0" "$@"
}

# Jobs: one a processor, and a GiB of memory for each (a file that instantiates Beast takes that much).
jobs_here() {
    local cpus memory
    cpus=$(nproc)
    memory=$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null || echo "$cpus")
    ((memory < 1)) && memory=1
    echo $((cpus < memory ? cpus : memory))
}

build_environment() {
    # The same object for the same source, in whatever directory the clone is.
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=true
    # Without these ccache leaves alone what uses a precompiled header (cmake/ConfcastPrecompiled.cmake). Nothing of ours
    # names __DATE__ or __TIME__, and ccache still hashes the precompiled header itself.
    export CCACHE_SLOPPINESS=pch_defines,time_macros
    if [[ -z ${CCACHE_DIR:-} && ! -w ${HOME:-/nonexistent} ]]; then export CCACHE_DIR=$root/build/.ccache; fi
    if [[ -z ${CMAKE_GENERATOR:-} ]] && command -v ninja >/dev/null; then export CMAKE_GENERATOR=Ninja; fi
}

# configure PRESET [CMAKE ARGUMENT…]
configure() {
    local preset=$1
    shift
    build_environment
    mkdir -p "$root/build/$preset"
    (cd "$root" && quietly "build/$preset/configure.log" cmake --preset "$preset" "$@") ||
        fail "cmake --preset $preset failed (its output is above)"
}

# build PRESET [TARGET…]: configures and builds, and says how long it took.
build() {
    local preset=$1 started=$SECONDS jobs
    shift
    jobs=$(jobs_here)
    step build "$preset, $jobs jobs${*:+, $*}"
    configure "$preset"
    local -a targets=()
    (($# == 0)) || targets=(--target "$@")
    if [[ -t 1 ]]; then
        (cd "$root" && cmake --build --preset "$preset" --parallel "$jobs" "${targets[@]}" </dev/null) || fail "the build failed"
    else
        (cd "$root" && quietly "build/$preset/build.log" cmake --build --preset "$preset" --parallel "$jobs" "${targets[@]}") ||
            fail "the build failed (its output is above)"
    fi
    step build "$preset done in $((SECONDS - started)) s"
}

# sources: every C and C++ file of ours, relative to the root, one a line.
sources() {
    (cd "$root" && find app lib bench test -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.c' \) | LC_ALL=C sort)
}
