# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""golden_test.py FRESHETD: calls of real Luigi workers, replayed byte for byte over HTTP at the instants they were made.

Every answer must equal luigid's, except for instants, random ids and the order of Luigi's sets.
"""
import json
import os
import pathlib
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from support.schedulers import Freshetd  # noqa: E402

# The configuration of the recorded luigid.
CONFIG = {"retry_delay": 1.0, "prune_on_get_work": True, "record_task_history": False, "stable_done_cooldown_secs": 10}
RESOURCES = {"db": 2}
BEGAN = 1_795_299_361.0

CHANCE = {"time_running", "start_time", "last_updated", "last_active", "started", "message_id"}
SETS = {"deps", "running_tasks"}


def recordings():
    told = os.environ.get("FRESHET_REFERENCE")
    folder = pathlib.Path(told or pathlib.Path(__file__).parents[3] / "../shared/reference") / "luigi_golden"
    if not (folder / "calls.jsonl").exists():
        print("skipped: there are no recorded calls; FRESHET_REFERENCE names their folder")
        sys.exit(77)
    lines = [line for name in ("calls.jsonl", "calls_extra.jsonl") for line in (folder / name).read_text().splitlines()]
    return sorted(map(json.loads, lines), key=lambda call: call["seq"])


def comparable(value, name=""):
    if isinstance(value, dict):
        return {key: comparable(item, key) for key, item in value.items() if key not in CHANCE or item is None}
    if isinstance(value, list):
        items = [comparable(item) for item in value]
        return sorted(items, key=json.dumps) if name in SETS else items
    return value


def replay(url, call):
    request = urllib.request.Request(f"{url}/api/{call['method']}", call["request_body"].encode(), {
        "Content-Type": "application/x-www-form-urlencoded", "X-Debug-Now": repr(BEGAN + call["t"])})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status, answer.headers["Content-Type"], json.load(answer)


def main():
    calls, wrong = recordings(), 0
    with tempfile.TemporaryDirectory() as folder, Freshetd(folder, sys.argv[1], options=["--test-instances"]) as daemon:
        asked = json.dumps({"config": CONFIG, "resources": RESOURCES}).encode()
        made = urllib.request.Request(f"{daemon.url}/debug/new", asked, {"Content-Type": "application/json"})
        with urllib.request.urlopen(made, timeout=30) as answer:
            url = f"{daemon.url}/i/{json.load(answer)['id']}"
        for call in calls:
            status, kind, answer = replay(url, call)
            expected = json.loads(call["response_body"])
            same = comparable(answer) == comparable(expected)
            if (status, kind) == (call["status"], "application/json; charset=UTF-8") and same:
                continue
            wrong += 1
            print(f"call {call['seq']} {call['method']} {call['request_json']}\n  luigid: {json.dumps(expected)}\n"
                  f"  freshetd: {status} {kind} {json.dumps(answer)}")
    print(f"{len(calls)} recorded calls, {wrong} answered otherwise")
    sys.exit(1 if wrong or len(calls) != 204 else 0)


main()
