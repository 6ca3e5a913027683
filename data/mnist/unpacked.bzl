"""unpacked_mnist: the four files of a data set in MNIST's format, unpacked."""

_FILES = [
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
]

def unpacked_mnist(name, src, **kwargs):
    """For programs that start often: unpacking takes longer than reading.

    Args:
      name: name of the target, and of the folder that the files are in.
      src: target of the four files, which end in .gz.
      **kwargs: as of every target.
    """
    native.genrule(
        name = name,
        srcs = [src],
        outs = [name + "/" + file for file in _FILES],
        cmd = """
            for file in $(SRCS); do
                gzip -cd "$$file" >"$(RULEDIR)/%s/$$(basename "$$file" .gz)"
            done
        """ % name,
        **kwargs
    )
