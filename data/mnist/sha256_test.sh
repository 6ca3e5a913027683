#!/bin/bash
# sha256_test.sh SUMS FILE.gz...: checks that what the four files hold is what SUMS says of their names without .gz.
set -euo pipefail

sums=$1
shift

failed=0
for file; do
  name=$(basename "$file" .gz)
  expected=$(grep " $name\$" "$sums") || true
  if ! found=$(gzip -dc "$file" | sha256sum); then
    echo "FAILED: $file cannot be decompressed" >&2
    failed=$((failed + 1))
  elif [[ ${found%% *} != "${expected%% *}" ]]; then
    echo "FAILED: $file holds ${found%% *}, expected ${expected%% *}" >&2
    failed=$((failed + 1))
  fi
done

listed=$(wc -l <"$sums")
if (($# != 4 || listed != 4)); then
  echo "FAILED: $sums lists $listed files, there are $#, expected 4" >&2
  exit 1
fi
((failed == 0)) || exit 1
echo "All $# files are the original ones."
