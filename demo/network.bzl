"""trained_network: the network of a study's only round, for use elsewhere."""

# The record is the same on every machine without what is of the run alone.
_COMMAND = """\
set -euo pipefail
digit_pairs=$1 records=$2 export_model=$3 study=$4 mnist=$5 name=$6 model=$7 onnx=$8 record=$9
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
{
    "$digit_pairs" --study="$study" --mnist_dir="$mnist" --models="$scratch" --output="$scratch/all.tfrecord" &&
    mv "$scratch/$name-0.model" "$model" &&
    "$export_model" --onnx="$onnx" "$model" &&
    "$records" merge --without=environment,mistakes --output="$scratch/merged.tfrecord" "$scratch/all.tfrecord" &&
    "$records" export --format=jsonl --output="$record" "$scratch/merged.tfrecord"
} >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 1; }
"""

def _trained_network_impl(ctx):
    outputs = [
        ctx.actions.declare_file(ctx.label.name + suffix)
        for suffix in [".model", ".onnx", ".json"]
    ]
    programs = [ctx.executable._digit_pairs, ctx.executable._records, ctx.executable._export_model]
    ctx.actions.run_shell(
        mnemonic = "TrainNetwork",
        progress_message = "Training %s" % ctx.label,
        command = _COMMAND,
        arguments = [program.path for program in programs] +
                    [ctx.file.study.path, ctx.files.data[0].dirname, ctx.attr.architecture_name] +
                    [file.path for file in outputs],
        # As files, without what they have among their runfiles: MNIST, packed.
        inputs = programs + ctx.files.data + [ctx.file.study, ctx.file.architecture],
        outputs = outputs,
    )
    return [DefaultInfo(files = depset(outputs), runfiles = ctx.runfiles(outputs))]

trained_network = rule(
    implementation = _trained_network_impl,
    doc = "Trains the network of a study that has one round and one architecture: NAME.model, the same as NAME.onnx, and " +
          "NAME.json, the round's record. Tag it `manual`, so that `bazel build //...` trains nothing.",
    attrs = {
        "architecture": attr.label(
            allow_single_file = [".textproto"],
            doc = "The file that the study names.",
            mandatory = True,
        ),
        "architecture_name": attr.string(
            doc = "What the file calls the architecture.",
            mandatory = True,
        ),
        "data": attr.label(
            default = "//data/mnist:unpacked",
            doc = "The data set's four files.",
        ),
        "study": attr.label(
            allow_single_file = [".textproto"],
            mandatory = True,
        ),
        # Built as `bazel run` builds them, not a second time for the host.
        "_digit_pairs": attr.label(
            cfg = "target",
            default = "//experiments:digit_pairs",
            executable = True,
        ),
        "_export_model": attr.label(
            cfg = "target",
            default = "//tools:export_model",
            executable = True,
        ),
        "_records": attr.label(
            cfg = "target",
            default = "//tools:records",
            executable = True,
        ),
    },
)
