#!/usr/bin/env bash
# The kernels for arm64, cross-compiled and run by an emulator: over the small cases of the sanitized test they stay finite and give the
# sum that this machine's own give, to the digits that are printed.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! { command -v aarch64-linux-gnu-g++ && command -v qemu-aarch64 && command -v g++; } >/dev/null; then
  apt-get install -y -q --no-install-recommends g++ g++-aarch64-linux-gnu qemu-user >/dev/null
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
options=(-O2 -std=c++17 -ffp-contract=off -static -Ilearning/engine/native test/fixtures/kernel/harness.cc)
aarch64-linux-gnu-g++ -march=armv8-a "${options[@]}" -o "$folder/arm64"
g++ -march=native "${options[@]}" -o "$folder/native"
emulated=$(qemu-aarch64 "$folder/arm64")
native=$("$folder/native")
if [ "$emulated" != "$native" ] || [[ $native != *clean ]]; then
  printf 'arm64:\n%s\nhere:\n%s\n' "$emulated" "$native" >&2
  exit 1
fi
