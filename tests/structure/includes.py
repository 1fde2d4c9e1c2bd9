# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Who may include whom."""

import os
import re

from source_tree import files_of, read

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)

# A part may include itself and what stands before it; parts of one row never include each other.
LAYERS = [
    {"base"},
    {"task", "net"},
    {"target", "store", "rpc"},
    {"scheduler", "worker", "event", "observe"},
    {"api", "process"},
    {"slurm"},
    {"dashboard", "notify"},
    {"run"},
    {"cli"},
    {"operate"},
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
    "zlib.h": ("src/base/gzip.cpp",),
    "zstd.h": ("src/target/",),
    "sqlite3.h": ("src/store/",),
    "librdkafka/": ("src/event/",),
    "pqxx/": ("src/target/",),
    "libpq-fe.h": ("src/target/",),
    "openssl/": ("src/base/",),
    "toml++/": ("src/base/",),
    "rapidjson/": ("src/base/",),
    "eccodes.h": ("pipelines/gfs/grib/",),
    "ncFile.h": ("pipelines/gfs/netcdf/",),
    "netcdf": ("pipelines/gfs/netcdf/",),
    "hdf5": ("pipelines/gfs/netcdf/",),
    "H5": ("pipelines/gfs/netcdf/",),
    "libdeflate.h": ("pipelines/gfs/netcdf/",),
    "isa-l/": ("pipelines/gfs/netcdf/deflate.cpp",),
    "tmmintrin.h": ("pipelines/gfs/netcdf/deflate.cpp",),
    "immintrin.h": ("pipelines/gfs/grib/packed_numbers.cpp",),
    "grib2.h": ("pipelines/gfs/simulator/",),
    "fmt/": ("src/", "pipelines/", "examples/"),
}
SYSTEM = re.compile(r"(arpa|linux|net|netinet|sys)/\w+\.h|[a-z_]+")  # C++ headers have no suffix
POSIX = {name + ".h" for name in "dirent fcntl fnmatch ifaddrs netdb poll pthread pwd sched signal spawn stdio strings termios unistd".split()}


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


# Of the standard library, what takes the longest to compile and no public header needs: every file of every pipeline
# includes these. A stream is known by <iosfwd>.
HEAVY = {"algorithm", "execution", "fstream", "future", "iomanip", "iostream", "istream", "numeric", "ostream", "random",
         "ranges", "regex", "sstream", "thread"}


def light_headers(root):
    for path, name, quoted in includes_of(root, ["include"]):
        if not quoted and name in HEAVY:
            yield f"{path}: '{name}' would be compiled in every file of a pipeline"


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
