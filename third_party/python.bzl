"""python3_test: a test that Debian's Python runs."""

def python3_test(name, src, data = [], **kwargs):
    """A test in Python. Modules are imported by their path from the top of this repository.

    Bazel 4.2's own py_test starts with `#!/usr/bin/env python`, which Debian does not have.

    Args:
      name: name of the test.
      src: the program, executable, with `#!/usr/bin/python3`.
      data: the modules that it imports, and what else it reads or runs.
      **kwargs: as of every test.
    """

    # buildifier: disable=native-sh-test
    native.sh_test(
        name = name,
        srcs = [src],
        data = data,
        # Tests start at the top of their runfiles.
        env = {"PYTHONPATH": "."},
        **kwargs
    )
