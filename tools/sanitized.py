"""Whether programs under test have a sanitizer in them."""


def is_sanitized(program):
    """Whether it reserves terabytes of address space for a sanitizer's tables, so that no test can limit that."""
    with open(program, "rb") as file:
        code = file.read()
    return b"__asan_init" in code or b"__tsan_init" in code
