"""Repository rules for what is installed on the system.

The compiler finds Debian's headers in /usr/include and its libraries on the default path, so these targets carry little
more than link options.
"""

def _system_library_impl(ctx):
    for binary in ctx.attr.binaries:
        path = ctx.which(binary)
        if not path:
            fail("@%s: %s was not found: apt-get install %s" % (ctx.name, binary, ctx.attr.package))
        ctx.symlink(path, "bin/" + binary)
    for path, installed in ctx.attr.files.items():
        if not ctx.path(installed).exists:
            fail("@%s: %s was not found: apt-get install %s" % (ctx.name, installed, ctx.attr.package))
        ctx.symlink(installed, path)
    ctx.symlink(ctx.attr.build_file, "BUILD")

system_library = repository_rule(
    implementation = _system_library_impl,
    doc = "An installed library: `build_file`, with `binaries` as files under bin/, and `files`.",
    local = True,
    attrs = {
        "binaries": attr.string_list(doc = "Programs on the PATH."),
        "build_file": attr.label(allow_single_file = True, mandatory = True),
        "files": attr.string_dict(doc = "Path in the repository to that of an installed file."),
        "package": attr.string(doc = "The Debian packages that hold it.", mandatory = True),
    },
)

# Bazel looks again what is installed when its server starts.
_MISSING = """\
genrule(
    name = "missing",
    outs = ["missing.h"],
    cmd = "echo '@{repository} is not installed: apt-get install {package}, and ./bazelw shutdown' >&2; exit 1",
)
"""

_MISSING_LIBRARY = _MISSING + """
cc_library(
    name = "{repository}",
    hdrs = ["missing.h"],
    visibility = ["//visibility:public"],
)
"""

_MISSING_FILES = _MISSING + """
filegroup(
    name = "{repository}",
    srcs = ["missing.h"],
    visibility = ["//visibility:public"],
)
"""

def _optional_system_library_impl(ctx):
    if ctx.path(ctx.attr.header).exists:
        ctx.symlink(ctx.attr.build_file, "BUILD")
        if ctx.attr.include_directory:
            ctx.symlink(ctx.attr.include_directory, "include")
    else:
        ctx.file("BUILD", _MISSING_LIBRARY.format(repository = ctx.name, package = ctx.attr.package))

optional_system_library = repository_rule(
    implementation = _optional_system_library_impl,
    doc = "A library that only targets with the tag `manual` need. Where it is not installed, building them fails with the " +
          "command that installs it; loading and analysing them does not.",
    local = True,
    attrs = {
        "build_file": attr.label(
            allow_single_file = True,
            doc = "Has one target, of the repository's name.",
            mandatory = True,
        ),
        "header": attr.string(doc = "An installed file that tells.", mandatory = True),
        "include_directory": attr.string(doc = "A folder of headers that is to be include/ in the repository."),
        "package": attr.string(doc = "The Debian package that holds it.", mandatory = True),
    },
)

_FILES = """\
filegroup(
    name = "{repository}",
    srcs = {files},
    visibility = ["//visibility:public"],
)
"""

def _system_files_impl(ctx):
    installed = [ctx.path(ctx.attr.directory).get_child(file) for file in ctx.attr.files]
    if all([file.exists for file in installed]):
        for file in installed:
            ctx.symlink(file, file.basename)
        ctx.file("BUILD", _FILES.format(repository = ctx.name, files = ctx.attr.files))
    else:
        ctx.file("BUILD", _MISSING_FILES.format(repository = ctx.name, package = ctx.attr.package))

system_files = repository_rule(
    implementation = _system_files_impl,
    doc = "Installed files of data, as one target of the repository's name. Where one is not installed, building what " +
          "needs them fails with the command that installs it; loading and analysing it does not.",
    local = True,
    attrs = {
        "directory": attr.string(doc = "Where they are installed.", mandatory = True),
        "files": attr.string_list(allow_empty = False, doc = "Their names.", mandatory = True),
        "package": attr.string(doc = "The Debian package that holds them.", mandatory = True),
    },
)

def _shim_repository_impl(ctx):
    ctx.file("BUILD", "")
    for label, path in ctx.attr.files.items():
        ctx.delete(path)
        ctx.symlink(label, path)

shim_repository = repository_rule(
    implementation = _shim_repository_impl,
    doc = "A repository made of a few files of this one.",
    local = True,
    attrs = {
        "files": attr.label_keyed_string_dict(allow_files = True, doc = "File to its path in the repository.", mandatory = True),
    },
)
