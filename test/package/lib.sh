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
