"""Whether programs under test have a sanitizer in them."""


def has_sanitizer(program, *names):
    """Whether it has one of those with these names, such as "asan" or "tsan"."""
    with open(program, "rb") as file:
        content = file.read()
    return any(b"__%s_init" % name.encode() in content for name in names)


def is_sanitized(program):
    """Whether it reserves terabytes of address space for a sanitizer's tables, so that no test can limit that."""
    return has_sanitizer(program, "asan", "tsan")
