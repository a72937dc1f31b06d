#!/bin/sh
# Installs a package in a fresh Debian of its own, uses, upgrades and purges it: packaging/try.sh FILE.deb. Needs root, debootstrap
# and a Debian mirror; leaves nothing behind.
set -eu
deb="$(realpath "$1")"
root="$(mktemp -d)"
chmod 755 "$root"
trap 'rm -rf "$root"' EXIT

debootstrap --variant=minbase --include=adduser,ca-certificates "${SUITE:-bookworm}" "$root" ${MIRROR:-} >/dev/null
cp "$deb" "$root/postdesk.deb"
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@"; }

inside dpkg -i /postdesk.deb
inside postdesk --version
inside test -e /usr/share/man/man1/postdesk.1.gz
inside test -e /lib/systemd/system/postdesk.service -o -e /usr/lib/systemd/system/postdesk.service
cat > "$root/etc/postdesk/config.toml" <<'TOML'
[desk]
name = "Try"
address = "support@desk.test"
owner = "owner@desk.test"
data_dir = "/var/lib/postdesk"
[imap]
host = "127.0.0.1"
tls = "none"
username = "support"
password = "none"
[smtp]
host = "127.0.0.1"
tls = "none"
[[agents]]
name = "Ada"
address = "ada@desk.test"
TOML
chmod 640 "$root/etc/postdesk/config.toml"
inside chown root:postdesk /etc/postdesk/config.toml
as_desk() { inside runuser -u postdesk -- "$@"; }

# No mail server answers in there: it starts, waits for one, takes mail by pipe, and stops cleanly.
as_desk timeout -s TERM 5 postdesk run 2>/dev/null &
sleep 2
printf 'From: carol@customer.test\r\nTo: support@desk.test\r\nSubject: Lamp\r\nMessage-ID: <one@customer.test>\r\n\r\nIt is dark.\r\n' |
    as_desk postdesk deliver
wait $! || test $? = 124
as_desk postdesk list | grep -q Lamp
inside dpkg -i /postdesk.deb
as_desk postdesk list | grep -q Lamp
inside dpkg --purge postdesk
inside test -d /var/lib/postdesk
inside sh -c '! command -v postdesk'
echo "installed, used, upgraded and purged: $deb"
