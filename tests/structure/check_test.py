#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A rule that finds nothing in a broken tree would be worth nothing: each must find a fault that is planted."""

import os
import tempfile
import unittest

import check


class PlantedFaults(unittest.TestCase):
    def found(self, rule, path, text):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, os.path.dirname(path)))
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
            return list(check.RULES[rule](root))

    def test_a_part_may_not_include_a_higher_one(self):
        self.assertTrue(self.found("layers", "src/base/a.cpp", '#include "task/b.hpp"\n'))
        self.assertFalse(self.found("layers", "src/task/a.cpp", '#include "base/b.hpp"\n'))

    def test_a_part_may_not_include_its_sibling(self):
        self.assertTrue(self.found("layers", "src/scheduler/a.cpp", '#include "worker/b.hpp"\n'))

    def test_a_part_must_stand_in_a_layer(self):
        self.assertTrue(self.found("layers", "src/util/a.cpp", "#include <vector>\n"))

    def test_a_public_header_may_not_include_src(self):
        self.assertTrue(self.found("layers", "include/freshet/a.hpp", '#include "base/b.hpp"\n'))

    def test_a_pipeline_may_not_include_src(self):
        self.assertTrue(self.found("layers", "pipelines/gfs/grib/a.cpp", '#include "base/files.hpp"\n'))
        self.assertFalse(self.found("layers", "pipelines/gfs/grib/a.cpp", '#include "grib/a.cpp"\n'))

    def test_a_library_may_not_leave_its_home(self):
        for name in ["sqlite3.h", "boost/graph/a.hpp", "boost/any.hpp", "nlohmann/json.hpp", "zlib.h"]:
            self.assertTrue(self.found("dependencies", "src/worker/a.cpp", f"#include <{name}>\n"), name)
        self.assertFalse(self.found("dependencies", "src/store/a.cpp", "#include <sqlite3.h>\n"))

    def test_a_public_header_may_only_include_the_standard_library(self):
        self.assertTrue(self.found("dependencies", "include/freshet/a.hpp", "#include <fmt/format.h>\n"))
        self.assertFalse(self.found("dependencies", "include/freshet/a.hpp", "#include <string_view>\n"))

    def test_a_file_may_not_grow_beyond_500_lines(self):
        self.assertTrue(self.found("length", "src/base/a.cpp", "\n" * 501))
        self.assertFalse(self.found("length", "src/base/a.cpp", "\n" * 500))

    def test_a_file_says_under_which_licence_it_is(self):
        self.assertTrue(self.found("licence", "src/base/a.cpp", "#include <vector>\n"))
        self.assertTrue(self.found("licence", "tests/run", "#!/bin/sh\n"))

    def test_a_test_has_a_name_that_catch_finds(self):
        for name in ["a;b", "--flag works", "[tag]"]:
            self.assertTrue(self.found("test_names", "tests/base/a.cpp", f'TEST_CASE("{name}", "[base]") {{\n'), name)
        self.assertFalse(self.found("test_names", "tests/base/a.cpp", 'TEST_CASE("the flag --x", "[base]") {\n'))


if __name__ == "__main__":
    unittest.main()
