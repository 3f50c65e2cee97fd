# shellcheck shell=bash
# What the tests of the packages share. Sourced by them.

# Arguments of the tests: the build tree, cmake, a directory to work in.
# shellcheck disable=SC2034
build=$1 cmake=$2 work=$3
cpack=$(dirname "$cmake")/cpack

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}
skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}
has() { command -v "$1" >/dev/null; }

# expect WHAT COMMAND…: the command ends well.
expect() {
    local what=$1 output
    shift
    output=$("$@" 2>&1) || fail "$what: $* ended with $?
$output"
    printf 'ok: %s\n' "$what"
}

# make_packages RELEASE DIRECTORY [COMPONENTS]
make_packages() {
    mkdir -p "$2"
    (cd "$build" && "$cpack" -G DEB -D "CPACK_DEBIAN_PACKAGE_RELEASE=$1" ${3:+-D "CPACK_COMPONENTS_ALL=$3"} -B "$2") >"$2.log" 2>&1 ||
        fail "cpack: $(tail -n 30 "$2.log")"
    rm -rf "$2/_CPack_Packages"
}

# Whether a Debian like this one can be made here; skips the test when not.
can_make_system() {
    [[ $(id -u) == 0 ]] || skip "a system of its own needs root"
    for tool in debootstrap dpkg-shlibdeps; do has "$tool" || skip "no $tool here"; done
    # shellcheck source=/dev/null
    codename=$(source /etc/os-release && echo "${VERSION_CODENAME:-}")
    [[ $codename == bookworm ]] || skip "the packages are of ${codename:-another system}, the test is for bookworm"
    # shellcheck disable=SC2016  # apt fills it in
    site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
    [[ -n $site ]] || skip "apt names no mirror"
}

# make_system DIRECTORY [PACKAGES]: the smallest Debian, that finds packages where this one does. After can_make_system.
make_system() {
    debootstrap --variant=minbase ${2:+--include="$2"} "$codename" "$1" "$site" >"$work/debootstrap.log" 2>&1 ||
        skip "debootstrap could not make a system: $(tail -n 1 "$work/debootstrap.log")"
    rm -f "$1/etc/apt/sources.list"
    cp -a /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf.d "$1/etc/apt/" 2>/dev/null || true
    cp -a /usr/share/keyrings/. "$1/usr/share/keyrings/"
    cp /etc/resolv.conf /etc/hosts "$1/etc/"
}
