"""What the programs that make pages anew have in common."""

import os


def update(page, with_tables):
    """Makes of the text of `page`, a path in the workspace, what `with_tables` makes of it; says whether it changed."""
    path = os.path.join(os.environ["BUILD_WORKSPACE_DIRECTORY"], page)
    with open(path, encoding="utf-8") as file:
        old = file.read()
    new = with_tables(old)
    if new == old:
        print(page + " is up to date")
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(new)
    print(page + " has been changed")
