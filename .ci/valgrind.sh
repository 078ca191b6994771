#!/usr/bin/env bash
# The kernels for x86-64-v3 under valgrind, over the small cases of the sanitized test: it sees the use of memory that nobody wrote, which
# AddressSanitizer does not. Of AVX-512 Debian's valgrind knows nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! grep -qw avx2 /proc/cpuinfo; then
  echo 'ci: valgrind is left out, this processor has no AVX2'
  exit 0
fi
if ! { command -v valgrind && command -v g++; } >/dev/null; then
  apt-get install -y -q --no-install-recommends g++ libc6-dbg valgrind >/dev/null
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
g++ -O1 -g -std=c++17 -ffp-contract=off -march=x86-64-v3 -Ilearning/engine/native test/fixtures/kernel/harness.cc -o "$folder/harness"
said=$(valgrind --quiet --error-exitcode=1 --leak-check=full "$folder/harness")
[[ $said == *clean ]]
