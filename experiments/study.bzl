"""digit_pairs_study: a study of which Bazel runs every round as an action.

Bazel's caches, scheduler and Remote Execution then serve rounds as they serve object files: see docs/DISTRIBUTED.md.

    digit_pairs_study(
        name = "my_study",
        study = "studies/my.textproto",
        architectures = ["architectures/one.textproto", "architectures/two.textproto"],
        rounds = 10,
    )
"""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")

def _declare(ctx, suffix):
    return ctx.actions.declare_file(ctx.label.name + suffix)

def _settings(ctx, rounds_flag):
    """Checks the study; the file with what all of its rounds depend on."""
    settings = _declare(ctx, "_rounds/settings.textproto")
    args = ctx.actions.args()
    args.add("--study", ctx.file.study)
    args.add("--output", settings)
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
        inputs = [ctx.file.study] + ctx.files.architectures,
        outputs = [settings],
    )
    return settings

def _round(ctx, settings, architecture, name, number):
    """The record file of one round. Neither the other architectures nor how many rounds there are may come into it."""
    record = _declare(ctx, "_rounds/%s/%d.tfrecord" % (name, number))
    args = ctx.actions.args()
    args.add("--study", settings)
    args.add("--architecture", architecture)
    args.add("--mnist_dir", ctx.files._mnist[0].dirname)
    args.add("--round", number)
    args.add("--output", record)
    ctx.actions.run(
        mnemonic = "DigitPairsRound",
        progress_message = "Training %s, round %d" % (name, number),
        # Not ctx.executable, which would bring what the program has among its runfiles: MNIST, packed.
        executable = ctx.file._run_round,
        arguments = [args],
        inputs = [settings, architecture] + ctx.files._mnist,
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

    settings = _settings(ctx, rounds_flag)
    architectures = {}
    for file in ctx.files.architectures:
        name = file.basename[:-len(file.extension) - 1]
        if name in architectures:
            fail("two architectures are in files of the name %s" % file.basename, attr = "architectures")
        architectures[name] = file

    # Round by round, so that what is interrupted leaves whole comparisons.
    records = [
        _round(ctx, settings, file, name, number)
        for number in range(rounds_flag or ctx.attr.rounds)
        for name, file in architectures.items()
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
            records = depset(records),
            settings = depset([settings]),
        ),
    ]

_digit_pairs_study = rule(
    implementation = _digit_pairs_study_impl,
    executable = True,
    attrs = {
        "architectures": attr.label_list(
            allow_empty = False,
            allow_files = [".textproto"],
            mandatory = True,
        ),
        "rounds": attr.int(mandatory = True),
        "study": attr.label(
            allow_single_file = [".textproto"],
            mandatory = True,
        ),
        "_mnist": attr.label(default = "//data/mnist:unpacked"),
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

def digit_pairs_study(name, study, architectures, rounds, tags = [], **kwargs):
    """Every round of a study of digit pairs as an action, and what its records say.

    `bazel build` makes NAME.tfrecord (all records, without what differs from run to run), NAME.txt and NAME.json
    (statistics) and NAME.html (the page); `bazel run` prints the statistics. Each record is a file of its own in
    NAME_rounds/ (--output_groups=records).

    The target is tagged `manual`, so that `bazel build //...` trains nothing.

    Args:
      name: name of the target.
      study: the file of the study.
      architectures: the files that the study names. The build fails if they are others: Bazel must know them without
        reading the study.
      rounds: how many rounds; the same as in the study. --//experiments:rounds takes the place of both.
      tags: as of every target.
      **kwargs: as of every target.
    """
    _digit_pairs_study(
        name = name,
        architectures = architectures,
        rounds = rounds,
        study = study,
        tags = tags + ["manual"],
        **kwargs
    )
