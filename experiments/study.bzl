"""digit_pairs_study: a study of which Bazel runs every round as an action.

Bazel's caches, scheduler and Remote Execution then serve rounds as they serve object files: see docs/DISTRIBUTED.md.

    digit_pairs_study(
        name = "my_study",
        study = "studies/my.textproto",
        architectures = ["architectures/one.textproto", "architectures/two.textproto"],
        variants = ["two_wide"],
        rounds = 10,
    )
"""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")

def _declare(ctx, suffix):
    return ctx.actions.declare_file(ctx.label.name + suffix)

def _names(ctx):
    """What the study's architectures and then its variants are called: in files, and by Bazel."""
    names = [file.basename[:-len(file.extension) - 1] for file in ctx.files.architectures] + ctx.attr.variants
    for i, name in enumerate(names):
        if name in names[:i]:
            fail("two architectures or variants have the name %s, which that of an architecture's file counts as" % name)
    return names

def _configurations(ctx, rounds_flag):
    """Checks the study; from the name of each architecture and variant to the file that its rounds depend on."""
    configurations = {
        name: _declare(ctx, "_rounds/%s/configuration.textproto" % name)
        for name in _names(ctx)
    }
    args = ctx.actions.args()
    args.add("--study", ctx.file.study)
    args.add("--data_set", ctx.attr.data_set)
    args.add_joined("--variants", ctx.attr.variants, join_with = ",")
    args.add_joined("--variant_architectures", ctx.files.variant_architectures, join_with = ",")
    args.add("--output", configurations.values()[0].dirname.rpartition("/")[0])
    if not rounds_flag:
        args.add("--rounds", ctx.attr.rounds)
    seed = ctx.attr._seed[BuildSettingInfo].value
    if seed:
        args.add("--seed", seed)
    args.add_all(ctx.files.architectures)
    ctx.actions.run(
        mnemonic = "DigitPairsSettings",
        progress_message = "Checking the study of %s" % ctx.label,
        executable = ctx.executable._study_settings,
        arguments = [args],
        inputs = [ctx.file.study] + ctx.files.architectures + ctx.files.variant_architectures,
        outputs = configurations.values(),
    )
    return configurations

def _round(ctx, name, configuration, number):
    """The record file of one round. Neither the other configurations nor how many rounds there are may come into it."""
    record = _declare(ctx, "_rounds/%s/%d.tfrecord" % (name, number))
    args = ctx.actions.args()
    args.add("--configuration", configuration)
    args.add("--mnist_dir", ctx.files.data[0].dirname)
    args.add("--round", number)
    args.add("--output", record)
    ctx.actions.run(
        mnemonic = "DigitPairsRound",
        progress_message = "Training %s, round %d" % (name, number),
        # Not ctx.executable, which would bring what the program has among its runfiles: MNIST, packed.
        executable = ctx.file._run_round,
        arguments = [args],
        inputs = [configuration] + ctx.files.data,
        outputs = [record],
    )
    return record

def _merge(ctx, records):
    """The file of all records."""
    merged = _declare(ctx, ".tfrecord")
    files = ctx.actions.args()
    files.add_all(records)
    files.use_param_file("@%s", use_always = True)
    files.set_param_file_format("multiline")
    ctx.actions.run_shell(
        mnemonic = "DigitPairsMerge",
        progress_message = "Merging %d records of %s" % (len(records), ctx.label),
        # What it says is of interest only if it fails.
        command = 'words=$("$1" merge --output="$2" "$3" 2>&1) || { echo "$words" >&2; exit 1; }',
        arguments = [ctx.executable._records.path, merged.path, files],
        tools = [ctx.executable._records],
        inputs = records,
        outputs = [merged],
        # The files are named one by one, and a sandbox of ten thousand links takes longer than to merge what they lead to.
        execution_requirements = {"no-sandbox": "1"},
    )
    return merged

def _report(ctx, merged):
    """The statistics as text and as JSON, and the page."""
    text = _declare(ctx, ".txt")
    json = _declare(ctx, ".json")
    html = _declare(ctx, ".html")
    ctx.actions.run_shell(
        mnemonic = "DigitPairsReport",
        progress_message = "Comparing the architectures of %s" % ctx.label,
        command = '"$1" "$2" >"$3" && "$1" --format=json --html="$5" "$2" >"$4"',
        arguments = [ctx.executable._stats.path, merged.path, text.path, json.path, html.path],
        tools = [ctx.executable._stats],
        inputs = [merged],
        outputs = [text, json, html],
    )
    return text, json, html

_SCRIPT = """\
#!/bin/sh
# Prints the statistics, and where the other files are.
set -e
cd "$0.runfiles/{workspace}"
cat {text}
echo
echo "records: $(readlink -f {records})"
echo "page: $(readlink -f {page})"
"""

def _digit_pairs_study_impl(ctx):
    rounds_flag = ctx.attr._rounds[BuildSettingInfo].value
    for what, rounds in [("rounds", ctx.attr.rounds), ("--%s" % ctx.attr._rounds.label, rounds_flag)]:
        if rounds < 0:
            fail("%s is %d; expected at least 1" % (what, rounds))

    configurations = _configurations(ctx, rounds_flag)

    # Round by round, so that what is interrupted leaves whole comparisons.
    records = [
        _round(ctx, name, configuration, number)
        for number in range(rounds_flag or ctx.attr.rounds)
        for name, configuration in configurations.items()
    ]
    merged = _merge(ctx, records)
    text, json, html = _report(ctx, merged)

    script = _declare(ctx, "")
    ctx.actions.write(script, _SCRIPT.format(
        workspace = ctx.workspace_name,
        text = text.short_path,
        records = merged.short_path,
        page = html.short_path,
    ), is_executable = True)
    files = [merged, text, json, html]
    return [
        DefaultInfo(
            executable = script,
            files = depset(files),
            runfiles = ctx.runfiles(files = files),
        ),
        OutputGroupInfo(
            configurations = depset(configurations.values()),
            records = depset(records),
        ),
    ]

_digit_pairs_study = rule(
    implementation = _digit_pairs_study_impl,
    executable = True,
    attrs = {
        "architectures": attr.label_list(
            allow_files = [".textproto"],
            mandatory = True,
        ),
        "data": attr.label(mandatory = True),
        "data_set": attr.string(mandatory = True),
        "rounds": attr.int(mandatory = True),
        "study": attr.label(
            allow_single_file = [".textproto"],
            mandatory = True,
        ),
        "variant_architectures": attr.label_list(
            allow_files = [".textproto"],
        ),
        "variants": attr.string_list(),
        "_records": attr.label(
            cfg = "target",
            default = "//tools:records",
            executable = True,
        ),
        "_rounds": attr.label(default = ":rounds"),
        # Programs are built as `bazel run` builds them, not a second time for the host: the machines that run rounds
        # are of the kind that the programs are for.
        "_run_round": attr.label(
            allow_single_file = True,
            default = ":run_round",
        ),
        "_seed": attr.label(default = ":seed"),
        "_stats": attr.label(
            cfg = "target",
            default = "//tools:stats",
            executable = True,
        ),
        "_study_settings": attr.label(
            cfg = "target",
            default = ":study_settings",
            executable = True,
        ),
    },
)

# From what a study calls its data set to the files.
_DATA_SETS = {
    "fashion_mnist": Label("//data/fashion_mnist:unpacked"),
    "mnist": Label("//data/mnist:unpacked"),
}

def digit_pairs_study(
        name,
        study,
        architectures,
        rounds,
        variants = [],
        variant_architectures = [],
        data_set = "mnist",
        tags = [],
        **kwargs):
    """Every round of a study of digit pairs as an action, and what its records say.

    `bazel build` makes NAME.tfrecord (all records, without what differs from run to run), NAME.txt and NAME.json
    (statistics) and NAME.html (the page); `bazel run` prints the statistics. Each record is a file of its own in
    NAME_rounds/ (--output_groups=records), in the folder of its architecture's file or of its variant.

    Bazel must know all of this without reading the study; the build fails if the study says something else.

    The target is tagged `manual`, so that `bazel build //...` trains nothing.

    Args:
      name: name of the target.
      study: the file of the study.
      architectures: the study's architecture_files.
      rounds: how many rounds. --//experiments:rounds takes the place of the study's number too.
      variants: the names of the study's variants.
      variant_architectures: the architecture files that only variants name.
      data_set: "mnist" or "fashion_mnist".
      tags: as of every target.
      **kwargs: as of every target.
    """
    if data_set not in _DATA_SETS:
        fail("data_set is \"%s\"; expected %s" % (data_set, " or ".join(_DATA_SETS)))
    _digit_pairs_study(
        name = name,
        architectures = architectures,
        data = _DATA_SETS[data_set],
        data_set = data_set,
        rounds = rounds,
        study = study,
        tags = tags + ["manual"],
        variant_architectures = variant_architectures,
        variants = variants,
        **kwargs
    )
