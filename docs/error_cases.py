"""What can go wrong, and how to make it go wrong: the cases of ERRORS.md.

A case is a command line in a directory of its own, in which are the files that it needs.
"""

import gzip
import json
import os
import struct
from typing import NamedTuple

from records import tfrecord

STUDY_FILE = "small.textproto"


class Case(NamedTuple):
    """One row of a table."""
    situation: str
    command: list  # The program, and its arguments; {top} is where it runs.
    advice: str
    files: dict = {}  # What is in the directory: bytes, or text, by name.
    before: list = []  # A command that is run first, and works.


def idx(sizes, contents, byte_order=">", kind=8):
    return struct.pack("BBBB", 0, 0, kind, len(sizes)) + struct.pack("%s%dI" % (byte_order, len(sizes)), *sizes) + contents


IMAGES = idx([60, 28, 28], bytes(60 * 28 * 28))
LABELS = idx([60], bytes(i % 10 for i in range(60)))

ARCHITECTURE = """name: "small"
branches: SHARED
branch { flatten {} }
branch { linear { out_features: 10 } }
head { linear { out_features: 2 } }
"""

STUDY = """name: "study"
architecture_files: "small_architecture.textproto"
seed: 1
rounds: 2
train_pairs: 20
test_pairs: 20
training {
  epochs: 1
  batch_size: 10
  sgd { learning_rate: 0.1 }
  input_normalization: NONE
}
"""

GOOD = {
    "mnist/train-images-idx3-ubyte": IMAGES,
    "mnist/train-labels-idx1-ubyte": LABELS,
    "mnist/t10k-images-idx3-ubyte": IMAGES,
    "mnist/t10k-labels-idx1-ubyte": LABELS,
    "small_architecture.textproto": ARCHITECTURE,
    STUDY_FILE: STUDY,
}

RUN = ["experiments/digit_pairs", "--study=" + STUDY_FILE, "--mnist_dir=mnist", "--jobs=1"]
OUT = "--output=out.tfrecord"


def write_files(files, directory):
    for name, contents in files.items():
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(contents if isinstance(contents, bytes) else contents.encode())


def flag(situation, argument, advice):
    """A mistake on digit_pairs' command line."""
    return Case(situation, [*RUN, *argument.split()], advice, GOOD)


def study(situation, old, new, advice):
    """A study that has `new` in place of `old`."""
    assert old in STUDY, old
    return Case(situation, [*RUN, OUT], advice, {**GOOD, STUDY_FILE: STUDY.replace(old, new)})


def architecture(situation, old, new, advice):
    """The same of an architecture."""
    assert old in ARCHITECTURE, old
    return Case(situation, ["tools/summary", "--study=" + STUDY_FILE, "small_architecture.textproto"], advice,
                {**GOOD, "small_architecture.textproto": ARCHITECTURE.replace(old, new)})


def data(situation, name, contents, advice):
    """A data set one of whose files has other contents; without contents it is not there."""
    files = {**GOOD, "mnist/" + name: contents}
    if contents is None:
        del files["mnist/" + name]
    return Case(situation, [*RUN, OUT], advice, files)


def varint(value):
    data = b""
    while value >= 0x80:
        data += bytes([value & 0x7F | 0x80])
        value >>= 7
    return data + bytes([value])


def field(number, value):
    """A field of a protobuf message, in its wire format."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def run_record(name="convnet", version=1, number=0, wrong=160):
    """A RunRecord, by the field numbers of run_record.proto."""
    return (field(1, version) + field(2, "study") + field(4, number) + field(5, field(1, name)) + field(12, 1) +
            field(14, field(2, field(1, wrong) + field(2, 1000))))


def record_file(*payloads):
    return b"".join(map(tfrecord.frame, payloads))


FIRST = record_file(run_record())
RECORDS = FIRST + record_file(run_record(number=1, wrong=170))
BROKEN = RECORDS[:-1] + bytes([RECORDS[-1] ^ 1])


def records(situation, arguments, contents, advice):
    """A mistake of or in files of records."""
    files = contents if isinstance(contents, dict) else {"a.tfrecord": contents}
    return Case(situation, ["tools/" + arguments.split()[0], *arguments.split()[1:]], advice, files)


MODEL = "models/small-0.model"
MAKE_MODEL = [*RUN, OUT, "--models=models", "--rounds=1"]


def predict(situation, arguments, files, advice):
    """A mistake in what `predict` reads, where there is a good model."""
    return Case(situation, ["tools/predict", *arguments.split()], advice, {**GOOD, **files}, before=MAKE_MODEL)


def export(situation, arguments, files, advice):
    """A mistake with `export_model`, where there is a good model."""
    return Case(situation, ["tools/export_model", *arguments.split()], advice, {**GOOD, **files}, before=MAKE_MODEL)


def tensors(header, size):
    """A safetensors file with so many bytes of data."""
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(size)


def tensor(shape, begin, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def import_(situation, contents, advice, flags="--architecture=small_architecture.textproto --input_mean=0 "
            "--input_deviation=1"):
    """A mistake in a safetensors file, or in what `import_model` is told of it."""
    return Case(situation, ["tools/import_model", *flags.split(), "a.safetensors", "a.model"], advice,
                {**GOOD, "a.safetensors": contents})


def pgm(side):
    return b"P5 %d %d 255\n" % (side, side) + bytes(side * side)


DOWNLOAD = "copy or download the file again"
CORRECT = "correct the file"
DIGITS = "see the program's `--help`"
FREE = "name another file, or free space; then `--resume`"

SECTIONS = [
    ("Command lines", "Of every program; these are `digit_pairs`'s.", [
        flag("A flag that is not there", "--round=3", DIGITS),
        flag("A flag of another program", "--lr=nan", "set `learning_rate` in the study"),
        flag("No number", "--rounds=many", DIGITS),
        flag("A number out of range", "--rounds=0", DIGITS),
        flag("A negative number", "--rounds=-1", DIGITS),
        flag("A number that is too large", "--rounds=1000000000000", DIGITS),
        flag("No such round", "--only_round=2", "name one of those"),
        flag("More than anyone waits for", "--epochs=2000000000", DIGITS),
        flag("An argument that is no flag", "rounds=3", DIGITS),
        flag("An unknown architecture", "--architectures=smal", "name one of those"),
        flag("An architecture named twice", "--architectures=small,small", "name it once"),
        flag("An unknown data set", "--data_set=cifar", "name one of those"),
        flag("An unknown choice", "--on_divergence=explode", "choose one of those"),
        flag("`--resume` of no file", "--resume", "name the `--output` of the run to go on with"),
    ]),
    ("Studies and architectures", "Every message has the file, the line and the column.", [
        flag("No such study", "--study=none.textproto", "name a file that is there"),
        flag("A file without an end", "--study=/dev/zero", "name a study"),
        study("A misspelt field", "rounds:", "round:", CORRECT),
        study("A value that is missing", "  batch_size: 10\n", "", CORRECT),
        study("A batch larger than the set", "batch_size: 10", "batch_size: 21", "choose a smaller one"),
        study("A learning rate that is no number", "learning_rate: 0.1", "learning_rate: nan", CORRECT),
        study("A name that could be a path", 'name: "study"', 'name: "../study"', CORRECT),
        study("No such architecture", "small_arch", "larger_arch", CORRECT),
        study("The same architecture twice", "seed:", 'architecture_files: "small_architecture.textproto"\nseed:',
              "remove one, or give it another name"),
        study("More pairs than images", "train_pairs: 20", "train_pairs: 40", "draw fewer pairs"),
        architecture("A name that could be a path", '"small"', '"../small"', CORRECT),
        architecture("A layer that is too large", "out_features: 10", "out_features: 1000000000", "choose fewer units"),
        architecture("A network that is too large", "branch { linear { out_features: 10 } }\nhead {",
                     "branch { linear { out_features: 60000 } }\nhead { linear { out_features: 60000 } } head {",
                     "choose fewer units"),
        architecture("Layers that do not fit", "branch { flatten {} }\n", "", "put `flatten {}` between them"),
        architecture("A network that answers something else", "out_features: 2", "out_features: 3", CORRECT),
        architecture("Layers in layers without an end", "branch { flatten {} }",
                     "branch { " + 1000 * "sequential { layers { " + 1000 * "} } " + "}", CORRECT),
    ]),
    ("Data sets", "Files may be gzipped or not, whatever their names say.", [
        flag("No such directory", "--mnist_dir=none", "name the directory with the four files, or leave the flag out"),
        data("A file that is missing", "t10k-labels-idx1-ubyte", None, DOWNLOAD),
        data("An empty file", "train-labels-idx1-ubyte", b"", DOWNLOAD),
        data("A file that is cut short", "train-labels-idx1-ubyte", LABELS[:-10], DOWNLOAD),
        data("A gzipped file that is cut short", "train-images-idx3-ubyte", gzip.compress(IMAGES, mtime=0)[:-10],
             DOWNLOAD),
        data("More than its header says", "train-labels-idx1-ubyte", LABELS + b"more", DOWNLOAD),
        data("A web page in its place", "train-images-idx3-ubyte", "<!DOCTYPE html><title>Not Found</title>", DOWNLOAD),
        data("Gzipped twice", "train-labels-idx1-ubyte", gzip.compress(gzip.compress(LABELS, mtime=0), mtime=0),
             "`gunzip` it once"),
        data("Numbers in the other byte order", "train-labels-idx1-ubyte", idx([60], LABELS[8:], "<"), DOWNLOAD),
        data("Numbers of another type", "train-labels-idx1-ubyte", idx([60], LABELS[8:], kind=13), DOWNLOAD),
        data("Labels in place of images", "train-images-idx3-ubyte", LABELS, "give the files their own names"),
        data("Images in place of labels", "train-labels-idx1-ubyte", IMAGES, "give the files their own names"),
        data("Counts that disagree", "train-labels-idx1-ubyte", idx([59], LABELS[9:]), DOWNLOAD),
        data("A label out of range", "train-labels-idx1-ubyte", LABELS[:-1] + b"\n", "use a data set of ten classes"),
        data("Images of another size", "train-images-idx3-ubyte", idx([60, 32, 32], bytes(60 * 32 * 32)),
             "use images of 28×28 pixels"),
    ]),
    ("Results", "Mistakes are found before the first round, and what is there stays as it is.", [
        Case("An output that is there", [*RUN, OUT], "one of the two", {**GOOD, "out.tfrecord": RECORDS}),
        flag("No such directory", "--output=none/out.tfrecord", "make it, or name another"),
        flag("A file in place of a directory", "--output=%s/out.tfrecord" % STUDY_FILE, "name another"),
        flag("A full device", "--output=/dev/full", FREE),
        Case("The record file of another study", [*RUN, OUT, "--resume", "--seed=2"], "one of the two", GOOD,
             before=[*RUN, OUT]),
        Case("A damaged record file", [*RUN, OUT, "--resume"],
             "`records repair`, then `--resume` with what that has written", {**GOOD, "out.tfrecord": BROKEN}),
        flag("A page in place of the records", "--output=a --html=a", "name two files"),
        Case("A page in place of another file", [*RUN, OUT, "--html=mine.html"], "name another file",
             {**GOOD, "mine.html": "mine"}),
        Case("Models that are there", [*RUN, "--output=other.tfrecord", "--models=models", "--rounds=1"],
             "one of the two", GOOD, before=MAKE_MODEL),
        Case("Training that diverges, with `--on_divergence=stop`", [*RUN, OUT, "--on_divergence=stop"],
             "choose a smaller learning rate", {**GOOD, STUDY_FILE: STUDY.replace("0.1", "1e38").replace(
                 "NONE", "NONE\n max_gradient_norm: 0")}),
    ]),
    ("Record files", "Of `stats` and `records`.", [
        records("No file", "stats", {}, "name one"),
        records("A file that is missing", "stats none.tfrecord", {}, "name one that is there"),
        records("An empty file", "stats a.tfrecord", b"", "name one with records"),
        records("Another kind of file", "records list a.tfrecord", "<!DOCTYPE html><title>Not Found</title>",
                "name a record file"),
        records("A record that is cut short: a warning", "records list a.tfrecord", RECORDS[:-1],
                "nothing; `--resume` runs that round again"),
        records("A record that is damaged", "stats a.tfrecord", BROKEN, "`records repair`"),
        records("Records of something else", "stats a.tfrecord", record_file(b"something else"), "name a record file"),
        records("Records of another version", "stats a.tfrecord", record_file(run_record(version=2)),
                "use the program that wrote them"),
        records("A round that is there twice, differently", "records merge --output=b a.tfrecord",
                FIRST + record_file(run_record(wrong=161)), "leave out the file with the wrong one"),
        records("An unknown format", "stats --format=pdf a.tfrecord", RECORDS, "choose one of those"),
        records("An unknown architecture", "stats --architectures=convnot a.tfrecord", RECORDS, "name one of those"),
        records("An unknown baseline", "stats --baseline=convnot a.tfrecord", RECORDS, "name one of those"),
        records("An unknown subcommand", "records lst a.tfrecord", RECORDS, "choose one of those"),
        records("A flag of another subcommand", "records list --output=b a.tfrecord", RECORDS, "leave it out"),
        records("An output that is there", "records merge --output=b a.tfrecord", {"a.tfrecord": RECORDS, "b": "mine"},
                "one of the two"),
        records("A name that could be a path", "records export --format=tensorboard --output=b a.tfrecord",
                record_file(run_record("../convnet")), "nothing is written; do not trust the file"),
        records("Characters that control a terminal", "records export --format=tensorboard --output=b a.tfrecord",
                record_file(run_record("\x1b[2J\u202e")), "nothing is written; do not trust the file"),
        records("A record that no round can leave", "records replay a.tfrecord", RECORDS, "name another file"),
        records("`verify` of files that are not good", "records verify a.tfrecord", BROKEN, "`records repair`"),
    ]),
    ("Models and images", "Of `predict`.", [
        predict("No such model", "none.model a.pgm b.pgm", {}, "name one that is there"),
        predict("An empty model", "empty.model a.pgm b.pgm", {"empty.model": ""}, "copy it again"),
        predict("An image in its place", "a.pgm a.pgm b.pgm", {"a.pgm": pgm(28)}, "name the model first"),
        predict("A record file in its place", "out.tfrecord a.pgm b.pgm", {}, "name a file from `--models`"),
        predict("A model that is cut short", "cut.model a.pgm b.pgm", {"cut.model": record_file(bytes(1000))[:500]},
                "copy it again"),
        predict("An odd number of images", MODEL + " a.pgm", {"a.pgm": pgm(28)}, "name two for each pair"),
        predict("An image of another size", MODEL + " a.pgm a.pgm", {"a.pgm": pgm(15)}, "scale it"),
        predict("An image of another format", MODEL + " a.jpg a.jpg", {"a.jpg": b"\xff\xd8\xff\xe0"},
                "convert it to PNG"),
        predict("An image that is cut short", MODEL + " a.pgm a.pgm", {"a.pgm": pgm(28)[:-1]}, "copy it again"),
        predict("An archive that is none", MODEL + " a.npz", {"a.npz": b"PK\3\4 and no more"}, "write it again"),
    ]),
    ("Models for other software and from it", "Of `export_model` and `import_model`.", [
        export("No file to write", MODEL, {}, "name one"),
        export("A file that is there already", MODEL + " --onnx=a.onnx", {"a.onnx": "mine"},
               "name another file, or move this one away"),
        export("A full disk", MODEL + " --onnx=/dev/full", {}, "name another file, or free space"),
        import_("A file that does not say its architecture", tensors({}, 0), "name the architecture's file", flags=""),
        import_("A file that does not say what was done to the inputs", tensors({}, 0), "name mean and deviation",
                flags="--architecture=small_architecture.textproto"),
        import_("Half of what was done to the inputs", tensors({}, 0), "name both", flags="--input_mean=33"),
        import_("A file that is cut short", tensors({"w": tensor([1], 0, 4)}, 3), "copy it again"),
        import_("A file of another kind", b"PK\3\4\0\0\0\0 a zip archive", "save as safetensors"),
        import_("A tensor that is missing", tensors({}, 0), "write it too, or name the architecture that it is of"),
        import_("A tensor of half precision", tensors({"branch.1.weight": tensor([10, 196], 0, 3920, "F16")}, 3920),
                "write `network.float()`"),
        import_("A tensor of another shape", tensors({"branch.1.weight": tensor([196, 10], 0, 7840)}, 7840),
                "name the architecture that it is of"),
        import_("Tensors that overlap", tensors({"a": tensor([2], 0, 8), "b": tensor([2], 4, 12)}, 12),
                "do not trust the file"),
        import_("A size that no file has", tensors({"a": tensor([1 << 60], 0, 1 << 62)}, 0), "do not trust the file"),
    ]),
]
