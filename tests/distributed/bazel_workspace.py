"""A workspace of a small study, in which a Bazel of its own runs rounds.

It has this repository's .bazelrc, study.bzl and MNIST, and the programs that the test's own Bazel has built, so that it
compiles nothing.
"""

import glob
import json
import os
import shutil
import signal
import subprocess
import time

_SKYLIB = "/usr/share/bazel/tools/skylib"
_PROGRAMS = ["experiments/run_round", "experiments/study_settings", "tools/records", "tools/stats"]
_COPIED = [".bazelrc", "BUILD", "data/mnist/BUILD", "data/mnist/unpacked.bzl", "experiments/study.bzl"]

STUDY = """
name: "tiny"
description: "For tests."
architecture_files: "architectures/convnet.textproto"
architecture_files: "architectures/convnet_aux.textproto"
seed: 1
rounds: 2
train_pairs: 100
test_pairs: 100
data_set: "mnist"
training {
  epochs: 1
  batch_size: 50
  adam { learning_rate: 0.01 }
  schedule: ONE_CYCLE
  input_normalization: MEAN_AND_DEVIATION
}
"""

_BUILD = """
load("@bazel_skylib//rules:common_settings.bzl", "int_flag", "string_flag")
load(":study.bzl", "digit_pairs_study")

digit_pairs_study(
    name = "study",
    architectures = ["architectures/convnet.textproto", "architectures/convnet_aux.textproto"],
    rounds = 2,
    study = "tiny.textproto",
)

int_flag(name = "rounds", build_setting_default = 0)

string_flag(name = "seed", build_setting_default = "")
"""


class BazelWorkspace:
    """The workspace in `directory`, with the target //experiments:study.

    Bazels of several output bases can build it: to a remote cache, they are users on several machines.
    """

    def __init__(self, directory):
        self.directory = directory
        self._bases = set()
        for path in _COPIED:
            self._copy(path)
        for name in os.listdir("data/mnist"):
            if name.endswith(".gz"):
                self._copy("data/mnist/" + name)
        for name in ["convnet", "convnet_aux"]:
            self._copy(f"experiments/architectures/{name}.textproto")
        self.write("experiments/tiny.textproto", STUDY)
        packages = {"experiments": _BUILD, "tools": ""}
        for path in _PROGRAMS:
            self._copy(path, path + ".program")
            package, name = path.split("/")
            packages[package] += f"""
filegroup(name = "{name}", srcs = ["{name}.program"], visibility = ["//visibility:public"])
"""
        for package, text in packages.items():
            self.write(package + "/BUILD", text)
        self.write("WORKSPACE", f"""
workspace(name = "minidl")
local_repository(name = "bazel_skylib", path = "{_SKYLIB}")
""")

    def path(self, name):
        return os.path.join(self.directory, "workspace", name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def replace(self, name, old, new):
        text = self.read(name).decode()
        if old not in text:
            raise ValueError(f"{name} has no {old!r}")
        self.write(name, text.replace(old, new))

    def _copy(self, source, target=None):
        target = self.path(target or source)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(source, target)

    def start(self, command, *arguments, base="base"):
        """Starts `bazel COMMAND ARGUMENT...`. No cache but those that the arguments name."""
        self._bases.add(base)
        log = os.path.join(self.directory, base + ".log")
        if os.path.exists(log):
            os.remove(log)
        flags = [] if command == "shutdown" else ["--disk_cache=", "--color=no", "--curses=no"]
        if command in ("build", "run"):
            flags.append("--execution_log_json_file=" + log)
        return subprocess.Popen(
            [
                "bazel",
                "--output_base=" + os.path.join(self.directory, base),
                "--nohome_rc",
                "--host_jvm_args=-Xmx300m",
                "--max_idle_secs=60",
                command,
                *flags,
                *arguments,
            ],
            cwd=self.path(""),
            env={"HOME": self.directory, "PATH": "/usr/local/bin:/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, command, *arguments, base="base"):
        """As `start`, to its end: the exit code, and what it printed to stdout and stderr."""
        process = self.start(command, *arguments, base=base)
        stdout, stderr = process.communicate(timeout=250)
        return process.returncode, stdout, stderr

    def output(self, name, base="base"):
        """The contents of "study.html"."""
        with open(self._output_path(name, base), "rb") as file:
            return file.read()

    def record(self, name, base="base"):
        """The record file of "convnet/0"."""
        with open(self._record_path(name, base), "rb") as file:
            return file.read()

    def num_records(self, base="base"):
        """How many rounds have been run, or taken from a remote cache, so far."""
        return len(glob.glob(self._record_path("*/*", base)))

    def wait_for_records(self, number, base="base"):
        """Returns when `number` rounds have been run."""
        deadline = time.monotonic() + 100
        while self.num_records(base) < number:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.num_records(base)} of {number} records")
            time.sleep(0.05)

    def make_rounds_long(self):
        """A second or so, so that something can happen while they run."""
        self.replace("experiments/tiny.textproto", "epochs: 1", "epochs: 500")

    def kill(self, base="base"):
        """Kills the Bazel of `base` at once, as a lack of memory does."""
        with open(os.path.join(self.directory, base, "server/server.pid.txt"), encoding="utf-8") as file:
            os.kill(int(file.read()), signal.SIGKILL)

    def _record_path(self, name, base):
        return self._output_path(f"study_rounds/{name}.tfrecord", base)

    def _output_path(self, name, base):
        directory = os.path.join(self.directory, base, "execroot/minidl/bazel-out/k8-opt/bin")
        return os.path.join(directory, "experiments", name)

    def spawns(self, base="base"):
        """What the last Bazel of `base` executed or took from a remote cache: its execution log's entries."""
        with open(os.path.join(self.directory, base + ".log"), encoding="utf-8") as file:
            text = file.read()
        decoder = json.JSONDecoder()
        result = []
        position = 0
        while position < len(text):
            entry, position = decoder.raw_decode(text, position)
            result.append(entry)
            while text[position:position + 1].isspace():
                position += 1
        return result

    def rounds(self, base="base"):
        """Of `spawns`, the rounds: from "convnet/0" to where it was run."""
        result = {}
        for entry in self.spawns(base):
            if entry["mnemonic"] == "DigitPairsRound":
                (output,) = entry["listedOutputs"]
                name = output.split("_rounds/")[1][:-len(".tfrecord")]
                if name in result:
                    raise ValueError(name + " was run twice")
                result[name] = entry["runner"]
        return result

    def close(self):
        for base in self._bases:
            self.start("shutdown", base=base).communicate(timeout=60)
        # Bazel leaves directories that may not be written to.
        subprocess.run(["chmod", "-R", "u+w", self.directory], check=True)
