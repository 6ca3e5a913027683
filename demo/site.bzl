"""static_site: files from here and there as one folder that any web server can serve."""

def _static_site_impl(ctx):
    site = ctx.actions.declare_directory(ctx.label.name)
    by_path = {}
    for target, path in ctx.attr.files.items():
        files = target.files.to_list()
        if len(files) > 1 and not path.endswith("/"):
            fail("files: %s has %d files; expected a path that ends in /" % (target.label, len(files)))
        for file in files:
            by_path[path + file.basename if path.endswith("/") or not path else path] = file
    args = ctx.actions.args()
    args.add(site.path)
    for path, file in by_path.items():
        args.add(path)
        args.add(file)
    ctx.actions.run_shell(
        mnemonic = "StaticSite",
        progress_message = "Putting together %s" % ctx.label,
        command = """\
set -eu
site=$1
shift
while [ $# -gt 0 ]; do
    mkdir -p "$(dirname "$site/$1")"
    cp -L "$2" "$site/$1"
    chmod 644 "$site/$1"
    shift 2
done
""",
        arguments = [args],
        inputs = by_path.values(),
        outputs = [site],
    )
    return [DefaultInfo(files = depset([site]), runfiles = ctx.runfiles([site]))]

static_site = rule(
    implementation = _static_site_impl,
    doc = "A folder NAME with copies of files.",
    attrs = {
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Targets, and what the file of each is to be called in the folder; of a target of several files, the " +
                  "folder in it, which ends in /.",
            mandatory = True,
        ),
    },
)
