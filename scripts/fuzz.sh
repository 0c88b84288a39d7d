#!/bin/sh
# Runs libFuzzer on each target that is named, two at a time, and fails if one of them broke.
# Environment: FUZZ (the program), SECONDS_EACH.
set -eu
cd "$(dirname "$0")/.."

fuzz() {
	corpus=tests/fuzz/corpus/$1
	found=target/fuzz/$1
	mkdir -p "$found"
	export FUZZ_TARGET="$1"
	# An input that takes ten seconds, or two gibibytes, counts as broken too.
	"$FUZZ" -max_total_time="$SECONDS_EACH" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
		-artifact_prefix="$found-" -print_final_stats=1 "$found" "$corpus" >"$found.log" 2>&1 || {
		echo "$1 broke; the input is in $found-*"
		tail -40 "$found.log"
		return 1
	}
	echo "$1: $(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$found.log") inputs," \
		"$(sed -n 's/.*cov: \([0-9]*\) .*/\1/p' "$found.log" | tail -1) edges"
}

pids=
while [ $# -gt 0 ]; do
	fuzz "$1" &
	first=$!
	shift
	if [ $# -gt 0 ]; then
		fuzz "$1" &
		pids=$!
		shift
	fi
	wait "$first" || failed=yes
	test -z "$pids" || wait "$pids" || failed=yes
	pids=
done
test -z "${failed:-}"
