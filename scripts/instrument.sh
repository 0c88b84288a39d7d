#!/bin/sh
# Compiles our own crates so that libFuzzer sees which of their code an input reaches. Cargo calls it as
# RUSTC_WORKSPACE_WRAPPER, so dependencies stay as they are built for everything else. The options are
# those of cargo-fuzz, which needs no nightly compiler without sanitizers.
exec "$@" --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
	-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Copt-level=2 -Cdebug-assertions
