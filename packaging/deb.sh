#!/bin/sh
# Builds the Debian package: packaging/deb.sh [profile]; its path is the last line. Needs cargo-deb (`cargo install cargo-deb`).
set -eu
cd "$(dirname "$0")/.."

profile="${1:-dist}"
cargo build --locked --profile "$profile"
target="${CARGO_TARGET_DIR:-target}"
"$target/$profile/postdesk" pages "$target/pages" >&2
cargo deb --no-build --profile "$profile"
