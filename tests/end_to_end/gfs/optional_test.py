# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A pattern that matches no message of a lead fails it, or with --optional stands in manifest, event and `why`."""
import json

from pipeline import CYCLE, Folder, check, events, gfs, ingest_arguments, make_small_cycle

VARIABLES = "TMP:2 m above ground;APCP:surface:acc;TMPP:2 m above ground"


def main():
    with Folder() as work:
        make_small_cycle(work / "source", "0-1")
        root = work / "data"
        arguments = ingest_arguments(work / "source", root, "0-1", "--variables", VARIABLES, "--dataset", "mine")
        refused = gfs(*arguments)
        said = refused.stdout + refused.stderr
        check(refused.returncode == 30, f"a typo is a failure:\n{said}")
        for lead in (0, 1):
            check(f"select from lead {lead}: none of its " in said, f"the summary names lead {lead}:\n{said}")
        check("messages matches 'TMPP:2 m above ground'; pass --optional" in said, f"only the typo is named:\n{said}")
        check(not events(root), "nothing is announced")

        accepted = gfs(*arguments, "--optional")
        check(accepted.returncode == 0, f"--optional publishes without it:\n{accepted.stdout}{accepted.stderr}")
        manifest = json.loads((root / f"mine/{CYCLE}/r1/mine.{CYCLE}.0-1.manifest.json").read_text())
        check([file["unmatched"] for file in manifest["files"]] == [["TMPP:2 m above ground"]] * 2,
              f"the manifest names the pattern: {manifest['files']}")
        data = events(root)[-1]["data"]
        check(data["unmatched"] == [{"lead": lead, "patterns": ["TMPP:2 m above ground"]} for lead in (0, 1)],
              f"the event names it: {data}")
        why = gfs("why", "ConvertLead", *arguments[2:4], "--lead", "1", "--root", root, "--variables", VARIABLES, "--dataset", "mine")
        check("no message matches 'TMPP:2 m above ground'" in why.stdout, f"why names it: {why.stdout}{why.stderr}")

        complete = gfs(*ingest_arguments(work / "source", work / "portal", "0-1"))
        check(complete.returncode == 0, f"the portal's fields are all there:\n{complete.stdout}{complete.stderr}")
        check("unmatched" not in events(work / "portal")[-1]["data"], "an event of a complete selection has no such member")


main()
