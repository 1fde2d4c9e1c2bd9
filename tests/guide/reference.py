#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""reference.py DOXYGEN DOXYFILE [FOLDER]: has Doxygen read the public headers, or those of the folder, and names what is
public and has no documentation, and what Doxygen complains of.

A name needs no sentence of its own where another one is its contract: a specialisation of Codec, a task's parameter, which
has its help, the functions that the concepts of targets describe, and what makes, compares or converts a value.
"""
import glob
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

OF_TARGETS = {"address", "exists", "exist", "begin", "stage", "commit", "abort", "receipt", "content", "head", "retire"}
COMPOUNDS = {"class", "struct", "concept", "namespace"}


def is_documented(element):
    return any("".join(part.itertext()).strip() for part in
               (element.find("briefdescription"), element.find("detaileddescription")) if part is not None)


def is_described_elsewhere(member, owner, members):
    name = member.findtext("name")
    is_function = member.get("kind") == "function"
    makes_value = is_function and (name[0].isupper() or name[0] == "~" or name.startswith("operator"))
    is_task = any(other.findtext("name") == "parameters" and other.get("static") == "yes" for other in members)
    is_deleted = member.findtext("argsstring", "").endswith("=delete")
    return "Codec<" in owner or makes_value or name in OF_TARGETS or is_task or is_deleted


def undocumented_in(compound):
    owner = compound.findtext("compoundname")
    if not owner.startswith("freshet") or "detail" in owner.split("::"):
        return
    if not is_documented(compound) and "Codec<" not in owner:
        yield compound, owner
    members = compound.findall("sectiondef/memberdef")
    for member in members:
        name = f"{owner}::{member.findtext('name')}"
        if member.get("prot") != "public" or member.get("kind") == "friend":
            continue
        if not is_documented(member) and not is_described_elsewhere(member, owner, members):
            yield member, name
        for value in member.findall("enumvalue"):
            if not is_documented(value) and not is_documented(member):
                yield member, f"{name}::{value.findtext('name')}"


def main(doxygen, doxyfile, *replaced_input):
    with tempfile.TemporaryDirectory(prefix="freshet-reference-") as output, open(doxyfile, encoding="utf-8") as file:
        options = file.read() + "".join(f'INPUT = "{path}"\n' for path in replaced_input) + f"""
OUTPUT_DIRECTORY = "{output}"
GENERATE_HTML = NO
GENERATE_XML = YES
XML_PROGRAMLISTING = NO
"""
        run = subprocess.run([doxygen, "-"], input=options, capture_output=True, text=True)
        wrong = run.stderr.splitlines()
        for path in sorted(glob.glob(os.path.join(output, "xml", "*.xml"))):
            for compound in ElementTree.parse(path).getroot().findall("compounddef"):
                if compound.get("kind") in COMPOUNDS and compound.get("prot", "public") == "public":
                    for element, name in undocumented_in(compound):
                        place = element.find("location")
                        wrong.append(f"{place.get('file')}:{place.get('line')}: '{name}' has no documentation")
    print("\n".join(dict.fromkeys(wrong)) or "every public name is documented")
    sys.exit(bool(wrong))


main(*sys.argv[1:])
