"""fuzz_target: a fuzzer, and a test of what it has found so far."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

def fuzz_target(name, corpus, data = [], deps = []):
    """A fuzzer whose code is NAME_fuzzer.cc, which defines LLVMFuzzerTestOneInput.

    NAME_fuzzer looks for inputs that break it:

        ./bazelw run --config=fuzz //tests/fuzz:NAME_fuzzer -- -max_total_time=3600

    NAME_corpus_test, of every compiler and configuration, runs the inputs in `corpus`.

    Args:
      name: what is fuzzed.
      corpus: its inputs, files of corpora/NAME.
      data: what the code reads beside its input.
      deps: of the code.
    """
    cc_library(
        name = name + "_fuzzed",
        testonly = True,
        srcs = [name + "_fuzzer.cc"],
        data = data,
        deps = deps,
    )
    cc_binary(
        name = name + "_fuzzer",
        testonly = True,
        srcs = ["fuzz_initialize.cc"],
        data = corpus,
        linkopts = select(
            {":fuzz": ["-fsanitize=fuzzer"]},
            no_match_error = "fuzzers need ./bazelw run --config=fuzz",
        ),
        local_defines = ['CORPUS=\\"tests/fuzz/corpora/%s\\"' % name],
        tags = ["manual"],
        deps = [":" + name + "_fuzzed"],
    )
    cc_test(
        name = name + "_corpus_test",
        size = "small",
        srcs = ["corpus_test_main.cc"],
        args = ["$(rootpaths :%s_corpus)" % name],
        data = [":%s_corpus" % name],
        deps = [
            ":" + name + "_fuzzed",
            "//base:file",
            "@com_google_absl//absl/status:statusor",
        ],
    )
    native.filegroup(
        name = name + "_corpus",
        srcs = corpus,
    )
