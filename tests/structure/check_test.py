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
        return self.found_in(rule, {path: text})

    def found_in(self, rule, files):
        return self.in_tree(files, lambda root: list(check.RULES[rule](root)))

    def figure(self, rule, files):
        return self.in_tree(files, check.FIGURES[rule])

    def in_tree(self, files, look):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            return look(root)

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

    def test_a_public_header_may_not_include_what_takes_long_to_compile(self):
        self.assertTrue(self.found("light_headers", "include/freshet/a.hpp", "#include <algorithm>\n"))
        self.assertFalse(self.found("light_headers", "include/freshet/a.hpp", "#include <iosfwd>\n"))
        self.assertFalse(self.found("light_headers", "src/base/a.cpp", "#include <algorithm>\n"))

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

    def test_fewer_than_a_fifth_of_the_files_are_small(self):
        files = {f"src/base/{i}.cpp": "\n" * 50 for i in range(8)}
        small = {"include/freshet/a.hpp": "\n" * 49}
        self.assertFalse(self.found_in("small_files", files | small))
        small["pipelines/gfs/main.cpp"] = "\n"
        self.assertEqual(self.found_in("small_files", files | small),
                         ["include/freshet/a.hpp: 49 lines", "pipelines/gfs/main.cpp: 1 lines"])
        self.assertTrue(self.figure("small_files", files | small).startswith("2 of 10 files, 20.0 %"))

    def test_a_class_has_at_most_25_private_functions(self):
        for head in ["class A final : public B<int> {\n", "class A { public: void b(); private:\n",
                     "struct A { private:\n"]:
            self.assertTrue(self.found("class_size", "src/base/a.hpp", head + "void f();\n" * 26 + "};\n"), head)
            self.assertFalse(self.found("class_size", "src/base/a.hpp", head + "void f();\n" * 25 + "};\n"), head)
        for head in ["struct A {\n", "class A { public:\n", "class A { private: int a_; protected:\n", "class A;\n"]:
            self.assertFalse(self.found("class_size", "src/base/a.hpp", head + "void f();\n" * 26 + "};\n"), head)

    def test_only_functions_of_the_class_itself_count(self):
        for line in ["int a_ = f();", "std::function<void(int)> a_;", "A* (*a_)(int);",
                     "friend bool operator==(A, A) { return f(); }", "using F = void(int);", "static_assert(f());",
                     "enum class E { a, b };", "// void f();", "int a_{f()};", "struct N { int g(); void h() {} };",
                     "int a_ GUARDED_BY(b_);", 'const char* a_ = "void f(){";',
                     "alignas(8) int a_;", "static constexpr auto f = [](int i) { return i; };",
                     "\n#define F void f();\n"]:
            self.assertIn("A 0 ", self.figure("class_size", {"src/base/a.hpp": f"class A {{\n{line}\n}};\n"}), line)

    def test_all_kinds_of_functions_count(self):
        for line in ["A() = default;", "A(int i) : a_{i}, b_(i) { f(); }", "~A();",
                     "bool operator()(int) const { return b; }",
                     "bool operator<(A) const;", "template <class T> T f(T t) { return {t}; }", "void f(int i = g());",
                     "virtual int f() const = 0;", "auto f() -> std::vector<int>;", "[[nodiscard]] int f() noexcept;",
                     "explicit operator bool() const { return a_; }", "void f() { if (a) { b(); } }", "operator int();",
                     "std::map<int, std::function<int()>> f(std::pair<int, int>);"]:
            text = f"class A {{\n{line}\nint c_ = 0;\n}};\n"
            self.assertIn("A 1 ", self.figure("class_size", {"src/base/a.hpp": text}), line)

    def test_comments_begin_with_a_term(self):
        paraphrases = ["/// What it is.\n", "// Whether so.\n", "int a;  ///< of the first\n", "f();  // Who asks\n"]
        terms = ["/// Returns what it is.\n", "int a;  ///< the offset\n", "// Whose\n", "/// Text\n/// What of it.\n",
                 'auto a = "// What";\n', "int a;  // first\n        // that of it\n",
                 "// SPDX-License-Identifier: What\n"]
        for comment in paraphrases:
            self.assertTrue(self.found("comments", "src/base/a.hpp", comment), comment)
        for comment in terms:
            self.assertFalse(self.found("comments", "src/base/a.hpp", comment), comment)
        self.assertFalse(self.found("comments", "src/base/a.hpp", "// What\n" + "\n// A term\n" * 24))
        self.assertTrue(self.found("comments", "src/base/a.hpp", "// What\n" + "\n// A term\n" * 23))

    def test_a_private_word_is_no_name(self):
        for path, text in [("src/a/b.cpp", "Board board;"), ("src/a/b.cpp", "class WorkerCrew;"),
                           ("tests/a/b.py", "crew_of()"),
                           ("src/a/crew_test.cpp", ""), ("src/base/form.cpp", ""), ("src/page/a.cpp", ""),
                           ("pipelines/a.cpp", "// the crew"), ("src/scheduler/a.cpp", "State next_;")]:
            self.assertTrue(self.found("vocabulary", path, text + "\n"), text or path)
        for path, text in [("src/a/b.cpp", '#include "Board"'), ("src/a/b.cpp", "dashboard; Scoreboard;"),
                           ("src/a/b.cpp", '"crew"'),
                           ("tests/a/b.py", "'crew'  # crew"), ("src/a/screw.cpp", ""), ("tests/api/form.cpp", ""),
                           ("src/pages/a.cpp", ""), ("src/a/b.cpp", "// the board"), ("src/net/a.cpp", "State next_;")]:
            self.assertFalse(self.found("vocabulary", path, text + "\n"), text or path)

    def test_a_word_is_kept_for_a_reason_only(self):
        readme = "## Words kept\n\n| `crew` | `src/a` | ships have one |\n\n## Next\n\n| `Board` | `src` | no |\n"
        self.assertFalse(self.found_in("vocabulary", {"src/README.md": readme, "src/a/a.cpp": "Crew crew;\n"}))
        self.assertTrue(self.found_in("vocabulary", {"src/README.md": readme, "src/a/a.cpp": "Crew board;\n"}))
        self.assertTrue(self.found_in("vocabulary", {"src/README.md": readme, "src/b/a.cpp": "Crew crew;\n"}))
        self.assertIn("need not be kept", self.found_in("vocabulary", {"src/README.md": readme})[0])


if __name__ == "__main__":
    unittest.main()
