# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The words of comments and names: the field's terms, not a private language."""

import io
import os
import re
import tokenize

from source_tree import CPP, comments_of, files_of, read, without_comments

PARAPHRASES = {"What", "Who", "Whom", "Whether", "How", "That", "Of", "So"}
MAX_PARAPHRASES_PERCENT = 4

WORD_LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "private_words.txt")
KEPT = re.compile(r"^\| *`([^`|]+)` *\| *`([^`|]+)` *\|", re.MULTILINE)
IDENTIFIER = re.compile(r"(?<![0-9A-Za-z_'])[A-Za-z_]\w*")
INCLUDE = re.compile(r"^[ \t]*#[ \t]*include.*", re.MULTILINE)
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def paraphrases(root):
    """(number of comments, those that begin with a paraphrase where a term should stand)."""
    total, found = 0, []
    for path in files_of(root, ["include", "src", "pipelines"], CPP):
        for line, text, is_beside_code in comments_of(read(root, path)):
            total += 1
            start = re.match(r"/+[!<]*\s*([A-Za-z']*)", text)[1]
            if start in PARAPHRASES or is_beside_code and start.capitalize() in PARAPHRASES:
                found.append(f"{path}:{line}: {text.splitlines()[0]}")
    return total, found


def comments(root):
    total, found = paraphrases(root)
    if 100 * len(found) > MAX_PARAPHRASES_PERCENT * total:
        yield from found


def comments_figure(root):
    total, found = paraphrases(root)
    return (f"{len(found)} of {total} comments, {100 * len(found) / max(total, 1):.1f} %, begin with "
            f"{'/'.join(sorted(PARAPHRASES))} (at most {MAX_PARAPHRASES_PERCENT} %)")


class WordList:
    """The lines of private_words.txt by their form: names and words with [(place, new)], files with the new name."""

    def __init__(self, text):
        self.names, self.words, self.files = {}, {}, {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                old, new = (side.strip() for side in line.split("->"))
                self.add(old, new)

    def add(self, old, new):
        place, separator, name = old.rpartition(": ")
        if "/" in old and not separator:
            self.files[old] = new
        elif name.startswith("*"):
            self.words.setdefault(name.strip("*"), []).append((place, new))
        else:
            self.names.setdefault(name, []).append((place, new))

    def of_name(self, path, name):
        """(old, new) of each private word in an identifier or the stem of a file's name."""
        name = name.strip("_")
        yield from self.at_place(self.names, path, name)
        for word in PART.findall(name):
            yield from self.of_word(path, word)

    def of_word(self, path, word):
        yield from self.at_place(self.words, path, word.lower())

    @staticmethod
    def at_place(entries, path, old):
        for place, new in entries.get(old, []):
            if path.startswith(place):
                yield old, new
                break

    def of_path(self, path):
        folder, file = os.path.split(path)
        stem = re.sub(r"(_test)?(\.\w+)*$", "", file)
        if "." in file:  # others are scripts and folders of data
            yield from self.of_name(path, stem)
        folders = folder.split("/")
        for place in [f"{folder}/{stem}", *("/".join(folders[:depth + 1]) for depth in range(len(folders)))]:
            if place in self.files:
                yield place, self.files[place]


def vocabulary(root):
    kept = {row: False for row in kept_words(root)}
    for path, line, name, old, new in private_words(root):
        row = next((row for row in kept if row[0] == old and path.startswith(row[1])), None)
        if row:
            kept[row] = True
        else:
            yield f"{path}:{line}: '{name}': instead of '{old}' say '{new}'"
    for (word, place), is_used in kept.items():
        if not is_used:
            yield f"src/README.md: '{word}' need not be kept in {place}: it is not there or not in the list"


def kept_words(root):
    """(word, place) of each row of "Words kept"."""
    path = os.path.join("src", "README.md")
    if not os.path.exists(os.path.join(root, path)):
        return []
    section = read(root, path).partition("## Words kept\n")[2].partition("\n## ")[0]
    return KEPT.findall(section)


def private_words(root):
    """(file, line, text, old word, new word) of each private word in the name of a file, an identifier or a comment."""
    words = WordList(read("", WORD_LIST))
    for path in files_of(root, ["include", "src", "pipelines", "tests"]):
        for old, new in words.of_path(path):
            yield path, 1, path, old, new
        for line, name in identifiers_in(root, path):
            for old, new in words.of_name(path, name):
                yield path, line, name, old, new
        for line, text, _ in comments_of(read(root, path)) if path.endswith(CPP) else []:
            for word in re.findall("[A-Za-z]+", text):
                for old, new in words.of_word(path, word):
                    yield path, line, word, old, new


def identifiers_in(root, path):
    """(line, identifier) of a C++ or Python file."""
    text = read(root, path)
    if path.endswith(".py"):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NAME:
                yield token.start[0], token.string
    elif path.endswith(CPP):
        for number, line in enumerate(INCLUDE.sub("", without_comments(text)).split("\n"), 1):
            for name in IDENTIFIER.findall(line):
                yield number, name
