# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""How long files are, and how many private functions classes have."""

import re

from source_tree import CPP, files_of, read, without_comments

MAX_LINES = 500
SMALL_LINES = 50
MAX_SMALL_PERCENT = 20  # below this
MAX_PRIVATE_FUNCTIONS = 25

DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
TOKEN = re.compile(r"[A-Za-z_]\w*|::|->|\[\[|\S")
CLOSING = {"(": ")", "{": "}", "[[": "]"}
TYPES = {"class", "struct", "union", "enum"}
NO_FUNCTIONS = TYPES | {"using", "typedef", "static_assert"}
NO_PARAMETERS = re.compile(r"alignas|decltype|explicit|requires|[A-Z][A-Z_0-9]+")  # upper case: a macro


def length(root):
    for path in files_of(root):
        lines = read(root, path).count("\n")
        if lines > MAX_LINES:
            yield f"{path}: {lines} lines are more than {MAX_LINES}"


def cpp_lengths(root):
    for path in files_of(root, ["include", "src", "pipelines", "examples"], CPP):
        yield path, read(root, path).count("\n")


def small_share(root):
    """(small files with their lines, number of files, percentage)."""
    lengths = list(cpp_lengths(root))
    small = [(path, lines) for path, lines in lengths if lines < SMALL_LINES]
    return small, len(lengths), 100 * len(small) / max(len(lengths), 1)


def small_files(root):
    small, _, percent = small_share(root)
    if percent >= MAX_SMALL_PERCENT:
        for path, lines in small:
            yield f"{path}: {lines} lines"


def small_files_figure(root):
    small, total, percent = small_share(root)
    return (f"{len(small)} of {total} files, {percent:.1f} %, have fewer than {SMALL_LINES} lines "
            f"(must be below {MAX_SMALL_PERCENT} %)")


def class_size(root):
    for path, name, count in class_sizes(root):
        if count > MAX_PRIVATE_FUNCTIONS:
            yield f"{path}: {name} has {count} private functions, more than {MAX_PRIVATE_FUNCTIONS}"


def class_size_figure(root):
    largest = sorted(class_sizes(root), key=lambda size: -size[2])[:5]
    return "most private functions: " + ", ".join(f"{name} {count} ({path})" for path, name, count in largest)


def class_sizes(root):
    """(file, class, number of private functions) of each class that is defined."""
    for path in files_of(root, ["include", "src", "pipelines"], CPP):
        tokens = TOKEN.findall(DIRECTIVE.sub("", without_comments(read(root, path))))
        for at, token in enumerate(tokens):
            if token in ("class", "struct") and not {"enum", "<", ",", "friend"} & set(tokens[max(at - 1, 0):at]):
                name, body = class_head(tokens, at + 1)
                if body:
                    yield path, name, private_functions(tokens, body, is_private=token == "class")


def class_head(tokens, at):
    """The name behind `class`, and where the body begins; None when this is no definition."""
    name = []
    while at < len(tokens) and tokens[at] not in ("{", ":", ";"):
        if tokens[at] == "[[" or tokens[at] == "alignas":
            at = behind(tokens, at if tokens[at] == "[[" else at + 1)
        elif tokens[at] == "<":
            at = behind_template(tokens, at)
        elif tokens[at] == "::" or tokens[at] == "final" or not name or name[-1] == "::":
            name += [] if tokens[at] == "final" else [tokens[at]]
            at += 1
        else:
            return "", None  # a variable or a function of this type
    while at < len(tokens) and tokens[at] not in ("{", ";"):  # the bases
        at = behind_template(tokens, at) if tokens[at] == "<" else at + 1
    is_definition = at < len(tokens) and tokens[at] == "{"
    return "".join(name), at + 1 if is_definition else None


def private_functions(tokens, at, is_private):
    count = 0
    while at < len(tokens) and tokens[at] != "}":
        if tokens[at] in ("public", "protected", "private") and tokens[at + 1] == ":":
            is_private = tokens[at] == "private"
            at += 2
        else:
            is_function, at = member(tokens, at)
            count += is_function and is_private
    return count


def member(tokens, at):
    """(is it a function of this class, where the next member begins)."""
    while tokens[at] == "template":
        at = behind_template(tokens, at + 1)
    if tokens[at] in NO_FUNCTIONS:
        return False, behind_declaration(tokens, at)
    counts = tokens[at] != "friend"
    is_function = has_initialisers = False
    while at < len(tokens) and tokens[at] not in (";", "}"):
        token = tokens[at]
        if token == "operator":
            is_function, at = True, tokens.index("(", at + 1 + 2 * (tokens[at + 1] == "("))
        elif token == "{" and is_function and not (has_initialisers and re.match(r"\w|>", tokens[at - 1])):
            at = behind(tokens, at)
            return counts, at + (tokens[at:at + 1] == [";"])
        elif token == "=":
            return is_function and counts, behind_declaration(tokens, at)
        elif token == "(" and not is_function:
            if tokens[at + 1] == "*":  # a pointer to a function
                return False, behind_declaration(tokens, at)
            is_function = not NO_PARAMETERS.fullmatch(tokens[at - 1])
            at = behind(tokens, at)
        elif token in CLOSING:
            at = behind(tokens, at)
        elif token == "<":
            at = behind_template(tokens, at)
        else:
            has_initialisers = has_initialisers or token == ":" and is_function
            at += 1
    return is_function and counts, at + (tokens[at:at + 1] == [";"])


def behind(tokens, at):
    """Behind the bracket that closes the one here."""
    opening, closing, depth = tokens[at], CLOSING[tokens[at]], 0
    while at < len(tokens):
        depth += (tokens[at] == opening) * (2 if opening == "[[" else 1) - (tokens[at] == closing)
        at += 1
        if depth == 0:
            break
    return at


def behind_template(tokens, at):
    depth = 0
    while at < len(tokens):
        if tokens[at] in ("(", "{"):
            at = behind(tokens, at)
            continue
        depth += (tokens[at] == "<") - (tokens[at] == ">")
        at += 1
        if depth == 0:
            break
    return at


def behind_declaration(tokens, at):
    while at < len(tokens) and tokens[at] != ";":
        at = behind(tokens, at) if tokens[at] in ("(", "{") else at + 1
    return at + 1
