#!/bin/sh
# Installs what the live tests use, when that can be done: root, on a system with apt-get. Otherwise the tests that need
# something say themselves what they left out.
set -eu
[ "$(id -u)" = 0 ] || exit 0
command -v apt-get >/dev/null 2>&1 || exit 0
wanted="strongswan-swanctl strongswan-charon strongswan-starter libcharon-extra-plugins libstrongswan-extra-plugins
libstrongswan-standard-plugins strongswan-pki openssh-server sudo iproute2 nftables iputils-ping redis-server"
missing=""
for package in $wanted; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "installing for the live tests:$missing"
apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
