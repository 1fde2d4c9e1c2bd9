#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""compile_snippets.py GUIDE COMPILER...: compiles the snippets marked as C++ of a Markdown file, and names what fails.
compile_snippets.py GUIDE --write HEADER: writes them to a header instead, for tests that run them.

All are one translation unit, each in a namespace of its own that knows the earlier ones, with its includes before. Of
each task class the type description is made, which checks its functions.
"""
import re
import subprocess
import sys

SNIPPET = re.compile(r"^```cpp\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
INCLUDE = re.compile(r"^#include .*$", re.MULTILINE)
TASK = re.compile(r"^struct (\w+) \{\n(.*?)^\};", re.MULTILINE | re.DOTALL)
ERROR = re.compile(r"\berror: .*")
PLACE = re.compile(r"^guide:(\d+):")


def snippets_of(text):
    """(line, code) of each."""
    return [(text.count("\n", 0, match.start(1)) + 1, match[1]) for match in SNIPPET.finditer(text)]


def heading_of(text, line):
    return [match[1] for match in HEADING.finditer("\n".join(text.split("\n")[:line]))
            if not in_snippet(text, match.start())][-1]


def in_snippet(text, offset):
    return any(match.start() <= offset < match.end() for match in SNIPPET.finditer(text))


def errors_of(messages):
    """(line of the guide, error) of each: the place is the error's own, or that of the use before it or after it."""
    lines = messages.split("\n")
    errors = [number for number, line in enumerate(lines) if ERROR.search(line)]
    for previous, error, following in zip([-1, *errors], errors, [*errors[1:], len(lines)]):
        around = [*range(error, previous, -1), *range(error + 1, following)]
        place = next((match for match in map(PLACE.match, (lines[number] for number in around)) if match), None)
        if place:
            yield int(place[1]), ERROR.search(lines[error])[0]


def program_of(snippets):
    includes = [f'#line {line + code.count(chr(10), 0, match.start())} "guide"\n{match[0]}'
                for line, code in snippets for match in INCLUDE.finditer(code)]
    parts = ["#include <chrono>", *includes, "namespace freshet {}", "using namespace freshet;"]
    for number, (line, code) in enumerate(snippets):
        parts.append(f"namespace snippet_{number} {{")
        parts += [f"using namespace snippet_{earlier};" for earlier in range(number)]
        parts += [f'#line {line} "guide"', INCLUDE.sub("", code)]
        for task in TASK.finditer(code):
            at = line + code.count("\n", 0, task.start())
            type_of = "SectionType::of" if " section = " in task[2] else "TaskType::of"
            parts.append(f'#line {at} "guide"\n[[maybe_unused]] const auto& type_of_{task[1]} = {type_of}<{task[1]}>();')
        parts.append("}")
    return "\n".join(parts) + "\n"


def main(guide, *compiler):
    with open(guide, encoding="utf-8") as file:
        text = file.read()
    snippets = snippets_of(text)
    if not snippets:
        sys.exit(f"{guide}: there is no snippet marked as C++")
    if compiler[0] == "--write":
        with open(compiler[1], "w", encoding="utf-8") as header:
            header.write("#pragma once\n" + program_of(snippets) + "".join(f"using namespace snippet_{i};\n" for i in range(len(snippets))))
        return
    result = subprocess.run([*compiler, "-x", "c++", "-"], input=program_of(snippets), capture_output=True, text=True)
    if result.returncode == 0:
        print(f"{len(snippets)} snippets compile")
        return
    for line, error in errors_of(result.stderr):
        print(f"{guide}:{line}: '{heading_of(text, line)}' does not compile: {error}")
    sys.exit(result.stderr)


main(*sys.argv[1:])
