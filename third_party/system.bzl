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
    ctx.symlink(ctx.attr.build_file, "BUILD")

system_library = repository_rule(
    implementation = _system_library_impl,
    doc = "An installed library: `build_file`, with `binaries` as files under bin/.",
    local = True,
    attrs = {
        "binaries": attr.string_list(doc = "Programs on the PATH."),
        "build_file": attr.label(allow_single_file = True, mandatory = True),
        "package": attr.string(doc = "The Debian packages that hold it.", mandatory = True),
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
