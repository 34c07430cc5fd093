# Sourced by the scripts that build: the Debian packages they need and how to get them.
# shellcheck shell=sh

# shellcheck disable=SC2034  # read by the scripts that source this
build_packages="clang-19 lld-19 llvm-19 cmake ninja-build pkg-config libboost1.81-dev libboost-json1.81-dev
    libboost-url1.81-dev libssl-dev libyaml-cpp-dev prometheus-cpp-dev libcurl4-openssl-dev
    libcli11-dev zlib1g-dev libjemalloc-dev libsqlite3-dev libicu-dev"

# need_packages YES NAME...: installs what is missing, after a question unless YES is "yes" or nobody
# is there to be asked.
need_packages() {
    answer=$1
    shift
    missing=
    servers=
    for package in "$@"; do
        if dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then continue; fi
        missing="$missing $package"
        case $package in nginx | caddy | haproxy | prometheus) servers="$servers $package" ;; esac
    done
    [ -n "$missing" ] || return 0
    echo "These Debian packages are needed and missing:$missing"
    [ -z "$servers" ] || echo "Debian starts servers as it installs them (ports 80, 9090). Not needed here: sudo systemctl disable --now$servers"
    if [ "$answer" != yes ] && [ -t 0 ]; then
        printf 'Install them now? [y/N] '
        read -r reply
        case $reply in [yY]*) ;; *) echo "Nothing was installed."; exit 1 ;; esac
    fi
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "Run this as root, or install sudo."; exit 1; }
        as_root=sudo
    fi
    $as_root apt-get update -qq
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
