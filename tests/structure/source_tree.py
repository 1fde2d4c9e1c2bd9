# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The files that the rules look at, and C++ text without its comments and literals."""

import os
import re

OWN_FOLDERS = ["include", "src", "pipelines", "examples", "tests", "cmake", ".ci"]
CODE = (".cpp", ".hpp", ".c", ".h", ".py", ".js", ".css", ".sh", ".cmake")
CPP = (".cpp", ".hpp")

NOT_CODE = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|R"(?P<delimiter>[^()\\\s]*)\(.*?\)(?P=delimiter)"|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9A-Za-z_])'(?:[^'\\\n]|\\.)+'", re.DOTALL)


def files_of(root, folders=None, suffixes=None):
    """Our own text files as paths relative to the root."""
    for folder in folders or OWN_FOLDERS:
        for where, _, names in os.walk(os.path.join(root, folder)):
            for name in sorted(names):
                path = os.path.join(where, name)
                is_own = name == "CMakeLists.txt" or name.endswith(CODE) or is_script(path)
                if name.endswith(suffixes) if suffixes else is_own:
                    yield os.path.relpath(path, root)


def is_script(path):
    with open(path, "rb") as file:
        return file.read(2) == b"#!"


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def without_comments(text):
    """C++ text with empty literals and without comments; each line keeps its number."""
    def blank(match):
        return ("" if match["comment"] else '""') + "\n" * match[0].count("\n")
    return NOT_CODE.sub(blank, text)


def comments_of(text):
    """(line, text, is beside code) of each comment that starts with //; lines below each other are one comment."""
    found, last_place = [], None
    for match in NOT_CODE.finditer(text):
        if not (match["comment"] or "").startswith("//"):
            continue
        begin = text.rfind("\n", 0, match.start()) + 1
        line, column = text.count("\n", 0, match.start()) + 1, match.start() - begin
        beside_code = bool(text[begin:match.start()].strip())
        if last_place == (line - 1, column) and not beside_code:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{match[0]}", found[-1][2])
        else:
            found.append((line, match[0], beside_code))
        last_place = line, column
    return [comment for comment in found if "SPDX-" not in comment[1]]
