# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A file of a published cycle that is deleted or damaged is named by verify; plan and why say that one is missing."""
from pipeline import CYCLE, Folder, check, gfs, ingest_arguments, make_small_cycle


def main():
    with Folder() as work:
        make_small_cycle(work / "source", "0-2")
        root = work / "data"
        made = gfs(*ingest_arguments(work / "source", root, "0-2"))
        check(made.returncode == 0, f"the cycle is made:\n{made.stdout}{made.stderr}")
        task = ["IngestCycle", *ingest_arguments(work / "source", root, "0-2")[2:]]
        whole = gfs("verify", *task)
        check(whole.returncode == 0 and "missing" not in whole.stdout, f"it is as it was published:\n{whole.stdout}")

        folder = root / f"gfs.0p25/{CYCLE}/r1"
        file = folder / f"gfs.0p25.{CYCLE}.f001.nc"
        content = file.read_bytes()
        file.unlink()
        deleted = gfs("verify", *task)
        check(deleted.returncode == 30, f"a deleted file is no success: {deleted.returncode}")
        check(f"missing: ConvertLead(" in deleted.stdout and f"'{file}' is missing: it was published at " in deleted.stdout,
              f"the deleted file is named:\n{deleted.stdout}")
        (folder / ".freshet" / f"{file.name}.json").rename(work / "receipt")
        unlisted = gfs("verify", *task)
        check(unlisted.returncode == 30 and f"'{file}' is missing: '{folder}/" in unlisted.stdout
              and "manifest.json' lists it" in unlisted.stdout,
              f"the deleted file is named by the manifest where its receipt is gone, too:\n{unlisted.stdout}")
        for command in ("plan", "why"):
            said = gfs(command, "WriteManifest", *task[1:])
            check(f"lists '{file}', which is missing" in said.stdout, f"{command} says so:\n{said.stdout}{said.stderr}")

        (work / "receipt").rename(folder / ".freshet" / f"{file.name}.json")
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        flipped = gfs("verify", *task)
        check(flipped.returncode == 30 and "changed: ConvertLead(" in flipped.stdout, f"a flipped bit is found:\n{flipped.stdout}")
        file.write_bytes(content)
        check(gfs("verify", *task).returncode == 0, "all is well again")


main()
