#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""check.py RULE FOLDER: prints every place below FOLDER that breaks the rule; exits 1 when there is one."""

import re
import sys

from includes import dependencies, layers, light_headers
from sizes import class_size, class_size_figure, length, small_files, small_files_figure
from source_tree import files_of, read
from words import comments, comments_figure, vocabulary

TEST_CASE = re.compile(r'^TEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?"((?:[^"\\]|\\.)*)"', re.MULTILINE)


def licence(root):
    for path in files_of(root):
        head = "\n".join(read(root, path).split("\n")[:4])
        needs_none = path.endswith((".cmake", "CMakeLists.txt"))
        if not needs_none and not ("SPDX-FileCopyrightText: " in head and "SPDX-License-Identifier: " in head):
            yield f"{path}: the two SPDX lines are missing at its start"


def test_names(root):
    """CTest hands a test's name to Catch2, which reads ';' and '\\' and a leading '-' or '[' as something else."""
    for path in files_of(root, ["tests"]):
        for name in TEST_CASE.findall(read(root, path)) if path.endswith(".cpp") else []:
            if re.search(r"[;\\]|^[-\[]", name):
                yield f"{path}: '{name}' would not be found by its name"


RULES = {
    "class_size": class_size,
    "comments": comments,
    "dependencies": dependencies,
    "layers": layers,
    "length": length,
    "licence": licence,
    "light_headers": light_headers,
    "small_files": small_files,
    "test_names": test_names,
    "vocabulary": vocabulary,
}
FIGURES = {"class_size": class_size_figure, "comments": comments_figure, "small_files": small_files_figure}


def main(rule, root):
    found = list(RULES[rule](root))
    if rule in FIGURES:
        print(FIGURES[rule](root))
    print("\n".join(found) or "nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
