# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""concurrency_test.py: a run without --workers downloads two leads at a time, and converts others meanwhile.

The receipts tell when each attempt began and ended.
"""
import json
import os

from pipeline import Folder, Mirror, check, gfs, ingest_arguments, make_small_cycle

RATE = 100_000  # bytes a second of each response: more than a second for the messages of a lead


def attempts(root):
    """Family to the set of its attempts, as pairs of times."""
    found = {}
    for path in root.rglob(".freshet/*.json"):
        receipt = json.loads(path.read_text())
        if "family" in receipt:
            found.setdefault(receipt["family"], set()).add((receipt["started"], receipt["ended"]))
    return found


def most_at_once(spans):
    return max(sum(began <= instant < ended for began, ended in spans) for instant, _ in spans)


def main():
    with Folder() as work:
        make_small_cycle(work / "source", "1-4")
        with Mirror(work / "source", work) as mirror:
            mirror.set_faults({"kind": "slow", "path": "*.f00?", "rate": RATE})
            done = gfs(*ingest_arguments(mirror.url(), work / "root", "1-4", "--keep-grib"))
        check(done.returncode == 0, f"the cycle is ingested: {done.stderr}")
        ran = attempts(work / "root")
        check(len(ran["FetchMessages"]) == len(ran["ConvertLead"]) == 4, f"each lead has its attempts: {ran}")
        check(most_at_once(ran["FetchMessages"]) == 2, f"two leads are downloaded at a time: {ran['FetchMessages']}")
        check(most_at_once(ran["FetchInventory"]) <= 1, f"one inventory is read at a time: {ran['FetchInventory']}")
        check(sorted(ran["FetchInventory"])[2][1] < min(end for _, end in ran["FetchMessages"]),
              f"the third inventory is there before a download has ended: {ran}")
        conversions = max(2, os.cpu_count() // 8)
        check(most_at_once(ran["ConvertLead"]) <= conversions, f"so many leads are converted at a time: {ran['ConvertLead']}")
        check(min(ran["ConvertLead"])[0] < max(end for _, end in ran["FetchMessages"]),
              f"a lead is converted before the download of the last one has ended: {ran}")
        check("FetchSums" not in ran, "what the lead before has anyway is not downloaded a second time")


main()
