"""Whether programs under test have a sanitizer in them."""


def has_sanitizer(program, name):
    """Whether it has the one of this name, "asan" or "tsan"."""
    with open(program, "rb") as file:
        return b"__%s_init" % name.encode() in file.read()


def is_sanitized(program):
    """Whether it reserves terabytes of address space for a sanitizer's tables, so that no test can limit that."""
    return has_sanitizer(program, "asan") or has_sanitizer(program, "tsan")
