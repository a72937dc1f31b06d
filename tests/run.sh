#!/bin/sh
# Installs what the tests need and runs them: tests/run.sh [arguments of cargo test]
#
# The tests start real servers on loopback, without privileges and in temporary directories: Dovecot as the mailbox and
# Exim as the mail server, an authorization server on Authlib for tokens; an agent sits at neomutt, on a terminal of tmux. Only missing packages are installed; with all of them there, neither network nor sudo is used.
# The packages' own services are not started.
set -eu
cd "$(dirname "$0")/.."

packages="ca-certificates dovecot-imapd dovecot-submissiond exim4-daemon-light gcc libc6-dev neomutt procps python3-authlib python3-flask tmux"
missing=""
for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

policy=/usr/sbin/policy-rc.d
if [ -n "$missing" ]; then
    echo "installing:$missing" >&2
    placed=no
    # Debian asks this file before it starts a service; one that is there already is the machine owner's and stays.
    if [ ! -e "$policy" ]; then
        placed=yes
        # shellcheck disable=SC2064
        trap "as_root rm -f $policy" EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    as_root apt-get update -q
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
    if [ "$placed" = yes ]; then
        as_root rm -f "$policy"
        trap - EXIT
    fi
fi

exec cargo test --locked "$@"
