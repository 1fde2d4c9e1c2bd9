# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A lost or damaged file of a published cycle is named by verify and made again, byte for byte, by `run --rerun FILE`."""
from pipeline import CYCLE, Folder, check, events, gfs, ingest_arguments, make_small_cycle, published


def flip_last_bit(file):
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def main():
    with Folder() as work:
        make_small_cycle(work / "source", "0-2")
        root = work / "data"
        ingest = ingest_arguments(work / "source", root, "0-2")
        check(gfs(*ingest).returncode == 0, "the cycle is made")
        folder = root / f"gfs.0p25/{CYCLE}/r1"
        names = (f"gfs.0p25.{CYCLE}.f001.nc", f"gfs.0p25.{CYCLE}.0-2.nc")
        announced = events(root)
        for name in names:
            file = folder / name
            content = file.read_bytes()
            for harm, word in ((file.unlink, "missing"), (lambda: flip_last_bit(file), "changed")):
                harm()
                named = gfs("verify", *ingest[1:])
                check(named.returncode == 30 and f"{word}: " in named.stdout and f"'{file}'" in named.stdout,
                      f"verify names the file:\n{named.stdout}")
                others = {path: made for path, made in published(root).items() if path.suffix == ".nc" and path.name not in names[1:] + (name,)}
                repaired = gfs(*ingest, "--rerun", file)
                check(repaired.returncode == 0, f"{word} {name} is made again:\n{repaired.stdout}{repaired.stderr}")
                check(file.read_bytes() == content, f"{word} {name} is what it was")
                check(others.items() <= published(root).items(), "no other lead is made again")
                whole = gfs("verify", *ingest[1:])
                check(whole.returncode == 0, f"the cycle is as it was published:\n{whole.stdout}{whole.stderr}")
            kept = list((folder / ".freshet/invalidated").glob(f"*/{name}"))
            check(len(kept) == 1 and kept[0].read_bytes() != content, f"the damaged file is kept aside: {kept}")
        check(events(root) == announced, "the cycle is not announced again")


main()
