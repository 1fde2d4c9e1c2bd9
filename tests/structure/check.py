#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""check.py RULE FOLDER: prints every place below FOLDER that breaks the rule; exits 1 when there is one."""

import os
import re
import sys

OWN_FOLDERS = ["include", "src", "pipelines", "examples", "tests", "cmake", ".ci"]
CODE = (".cpp", ".hpp", ".c", ".h", ".py", ".js", ".css", ".sh", ".cmake")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)

TEST_CASE = re.compile(r'^TEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?"((?:[^"\\]|\\.)*)"', re.MULTILINE)

# A part may include itself and what stands before it; parts of one row never include each other.
LAYERS = [
    {"base"},
    {"task", "net"},
    {"target", "store", "rpc"},
    {"scheduler", "worker", "event", "observe"},
    {"api", "process"},
    {"dashboard", "run"},
    {"cli"},
    {"daemon"},
]

# The one place where a library's headers may be included. The longest fitting name counts.
HOMES = {
    "boost/": (),
    "boost/graph/": ("src/task/graph.cpp",),
    "boost/range/": ("src/task/graph.cpp",),
    "boost/filesystem": ("src/base/",),
    "boost/uuid/": ("src/base/",),
    "boost/asio": ("src/net/",),
    "boost/beast": ("src/net/", "tests/fuzz/"),
    "curl/": ("src/net/",),
    "zlib.h": ("src/net/",),
    "sqlite3.h": ("src/store/",),
    "librdkafka/": ("src/event/",),
    "openssl/": ("src/base/",),
    "toml++/": ("src/base/",),
    "rapidjson/": ("src/base/",),
    "eccodes.h": ("pipelines/gfs/grib/",),
    "ncFile.h": ("pipelines/gfs/netcdf/",),
    "netcdf": ("pipelines/gfs/netcdf/",),
    "hdf5": ("pipelines/gfs/netcdf/",),
    "H5": ("pipelines/gfs/netcdf/",),
    "libdeflate.h": ("pipelines/gfs/netcdf/",),
    "grib2.h": ("pipelines/gfs/simulator/",),
    "fmt/": ("src/", "pipelines/", "examples/"),
}
SYSTEM = re.compile(r"(arpa|linux|net|netinet|sys)/\w+\.h|[a-z_]+")  # C++ headers have no suffix
POSIX = {name + ".h" for name in "dirent fcntl fnmatch ifaddrs netdb poll pthread pwd sched signal spawn stdio strings termios unistd".split()}


def files_of(root, folders=None):
    """Our own text files as paths relative to the root."""
    for folder in folders or OWN_FOLDERS:
        for where, _, names in os.walk(os.path.join(root, folder)):
            for name in sorted(names):
                path = os.path.join(where, name)
                if name == "CMakeLists.txt" or name.endswith(CODE) or is_script(path):
                    yield os.path.relpath(path, root)


def is_script(path):
    with open(path, "rb") as file:
        return file.read(2) == b"#!"


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def includes_of(root, folders):
    """(file, name, is quoted) of each #include."""
    for path in files_of(root, folders):
        if path.endswith((".cpp", ".hpp", ".c", ".h")):
            for bracket, name in INCLUDE.findall(read(root, path)):
                yield path, name, bracket == '"'


def layers(root):
    rank = {part: i for i, row in enumerate(LAYERS) for part in row}
    for path, name, quoted in includes_of(root, ["src"]):
        part, wanted = path.split(os.sep)[1], name.split("/")[0]
        if part not in rank:
            yield f"{path}: the folder src/{part} stands in no layer"
        elif quoted and wanted in rank and wanted != part and rank[wanted] >= rank[part]:
            yield f"{path}: src/{part} may not include '{name}': it does not stand below"
        elif quoted and wanted not in rank and wanted != "freshet":
            yield f"{path}: '{name}' is neither freshet/... nor of a part of src"
    for path, name, quoted in includes_of(root, ["include"]):
        if quoted and not name.startswith("freshet/"):
            yield f"{path}: a public header may not include '{name}'"
    for path, name, quoted in includes_of(root, ["pipelines", "examples"]):
        if quoted and not name.startswith("freshet/") and not is_own(root, path, name):
            yield f"{path}: '{name}' is neither freshet/... nor a file of its own project"


def is_own(root, path, name):
    """Found in the including file's folder or one above it, up to the pipeline or the examples."""
    parts = path.split(os.sep)
    project = 2 if parts[0] == "pipelines" else 1
    folders = [os.path.join(root, *parts[:depth]) for depth in range(project, len(parts))]
    return any(os.path.exists(os.path.join(folder, name)) for folder in folders)


def dependencies(root):
    for path, name, quoted in includes_of(root, ["include", "src", "pipelines", "examples"]):
        if quoted:
            continue
        fitting = [library for library in HOMES if name.startswith(library)]
        if not fitting and (SYSTEM.fullmatch(name) or name in POSIX):
            continue
        homes = HOMES[max(fitting, key=len)] if fitting else ()
        if not path.startswith(homes):
            yield f"{path}: '{name}' may only be included in {' '.join(homes) or 'a home that architecture names'}"


def length(root):
    for path in files_of(root):
        lines = read(root, path).count("\n")
        if lines > 500:
            yield f"{path}: {lines} lines are more than 500"


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
    "dependencies": dependencies,
    "layers": layers,
    "length": length,
    "licence": licence,
    "test_names": test_names,
}


def main(rule, root):
    found = list(RULES[rule](root))
    print("\n".join(found) or "nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
