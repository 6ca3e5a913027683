#!/bin/bash
# Checks that what the four .gz files hold is what SHA256SUMS says: the original files of MNIST.
set -euo pipefail

cd data/mnist

checked=0
failed=0
while read -r expected name; do
  checked=$((checked + 1))
  if ! found=$(gzip -dc "$name.gz" | sha256sum); then
    echo "FAILED: data/mnist/$name.gz cannot be decompressed" >&2
    failed=$((failed + 1))
  elif [[ ${found%% *} != "$expected" ]]; then
    echo "FAILED: data/mnist/$name.gz holds ${found%% *}, expected $expected" >&2
    failed=$((failed + 1))
  fi
done <SHA256SUMS

archives=(*.gz)
if ((checked != 4 || ${#archives[@]} != 4)); then
  echo "FAILED: SHA256SUMS lists $checked files, there are ${#archives[@]}, expected 4" >&2
  exit 1
fi
((failed == 0)) || exit 1
echo "All $checked files of MNIST are the original ones."
