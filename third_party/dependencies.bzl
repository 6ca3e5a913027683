"""minidl_dependencies: the libraries, rules and data that minidl is built with, from Debian 12 but for one.

A workspace of its own that uses @minidl calls this too.
"""

load("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")
load(":abseil.bzl", "abseil_system_repository")
load(":system.bzl", "optional_system_library", "shim_repository", "system_files", "system_library")

def minidl_dependencies():
    """Declares every external repository, unless the workspace has one of that name already."""
    _maybe(
        shim_repository,
        name = "rules_cc",
        files = {
            Label("//third_party/rules_cc:cc.BUILD"): "cc/BUILD",
            Label("//third_party/rules_cc:defs.bzl"): "cc/defs.bzl",
        },
    )
    _maybe(
        shim_repository,
        name = "remote_coverage_tools",
        files = {
            Label("//third_party/remote_coverage_tools:lcov_merger.py"): "lcov_merger.py",
            Label("//third_party/remote_coverage_tools:tools.BUILD"): "BUILD",
        },
    )
    for name, path in {
        "bazel_skylib": "tools/skylib",
        "platforms": "tools/platforms",
        "rules_java": "rules/java",
        "rules_proto": "rules/proto",
    }.items():
        _maybe(native.local_repository, name = name, path = "/usr/share/bazel/" + path)

    _maybe(abseil_system_repository, name = "com_google_absl")
    _maybe(
        system_library,
        name = "com_google_protobuf",
        binaries = ["protoc"],
        build_file = Label("//third_party:protobuf.BUILD"),
        package = "libprotobuf-dev protobuf-compiler",
    )
    _maybe(
        system_library,
        name = "onnx",
        build_file = Label("//third_party:onnx.BUILD"),
        files = {"onnx/onnx.proto": "/usr/include/onnx/onnx.proto"},
        package = "libonnx-dev",
    )
    for name, build_file, package in [
        ("boost", "boost.BUILD", "libboost-dev"),
        ("com_github_gflags_gflags", "gflags.BUILD", "libgflags-dev"),
        ("com_github_google_benchmark", "benchmark.BUILD", "libbenchmark-dev"),
        ("com_google_googletest", "googletest.BUILD", "libgmock-dev libgtest-dev"),
        ("com_google_highway", "highway.BUILD", "libhwy-dev"),
        ("libpng", "libpng.BUILD", "libpng-dev"),
        ("libzip", "libzip.BUILD", "libzip-dev"),
        ("nlohmann_json", "nlohmann_json.BUILD", "nlohmann-json3-dev"),
        ("zlib", "zlib.BUILD", "zlib1g-dev"),
    ]:
        _maybe(
            system_library,
            name = name,
            build_file = Label("//third_party:" + build_file),
            package = package,
        )

    _maybe(
        system_files,
        name = "fashion_mnist",
        directory = "/usr/share/datasets/fashion-mnist",
        files = [
            "t10k-images-idx3-ubyte.gz",
            "t10k-labels-idx1-ubyte.gz",
            "train-images-idx3-ubyte.gz",
            "train-labels-idx1-ubyte.gz",
        ],
        package = "dataset-fashion-mnist",
    )

    # What runs networks in the page of //demo. Only targets with the tag `manual` need it, so that all others are built
    # without a network. `npm view onnxruntime-web@1.30.0 dist` prints the address, and a SHA-512 that the archive has too.
    _maybe(
        http_archive,
        name = "onnxruntime_web",
        build_file = Label("//third_party/onnxruntime_web:onnxruntime_web.BUILD"),
        sha256 = "d2228df7e4616bc3348bf504ee888f3bec43789a273f0a63f3e68d203ce3bf71",
        strip_prefix = "package",
        urls = ["https://registry.npmjs.org/onnxruntime-web/-/onnxruntime-web-1.30.0.tgz"],
    )

    # What the comparisons of //benchmarks need, and nothing else.
    _maybe(
        optional_system_library,
        name = "libtorch",
        build_file = Label("//third_party:libtorch.BUILD"),
        header = "/usr/include/torch/csrc/api/include/torch/torch.h",
        include_directory = "/usr/include/torch/csrc/api/include",
        package = "libtorch-dev",
    )
    _maybe(
        optional_system_library,
        name = "onednn",
        build_file = Label("//third_party:onednn.BUILD"),
        header = "/usr/include/oneapi/dnnl/dnnl.hpp",
        package = "libdnnl-dev",
    )

def _maybe(rule, name, **kwargs):
    if not native.existing_rule(name):
        rule(name = name, **kwargs)
