# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""An event reaches a real Kafka broker that was down when the cycle completed.

The run reports the undelivered event and exits with 36; the next run delivers it with the same id, as read by kcat.
"""
import json
import os
import pathlib
import subprocess

from pipeline import CYCLE, Folder, Mirror, check, events, gfs, ingest_arguments, make_small_cycle

BROKERS = os.environ["KAFKA_BROKERS"]
BROKER = pathlib.Path("tests/support/kafka_broker")


def broker(action):
    subprocess.run([BROKER, action, os.environ["KAFKA_DIR"]], check=True, timeout=120, stdout=subprocess.DEVNULL)


def read_back():
    """The messages of the topic as read by kcat: key, headers and body."""
    out = subprocess.run(["kcat", "-q", "-b", BROKERS, "-t", "cycles", "-C", "-o", "beginning", "-e", "-f", "%k\n%h\n%s\n"],
                         check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()
    return [{"key": key, "headers": dict(pair.split("=", 1) for pair in headers.split(",")), "data": json.loads(body)}
            for key, headers, body in zip(out[0::3], out[1::3], out[2::3])]


def main():
    with Folder() as work:
        config = work / "config.toml"
        config.write_text(f'[[sink]]\ntype = "kafka"\nbrokers = "{BROKERS}"\ntopic = "cycles"\n')
        make_small_cycle(work / "source", "0")
        with Mirror(work / "source", work) as mirror:
            arguments = ingest_arguments(mirror.url(), work / "data", "0", "--config", config)
            broker("kill")
            first = gfs(*arguments)
        check(first.returncode == 36, f"a broker that is down fails no task, but is not passed over:\n{first.stdout}{first.stderr}")
        check("not delivered" in first.stdout, f"the run reports the undelivered event:\n{first.stdout}")
        broker("start")
        tries = 0
        while not (second := gfs(*arguments)).stdout or "not delivered" in second.stdout:
            tries += 1
            check(tries < 10, f"the next runs deliver it:\n{second.stdout}{second.stderr}")
        check(second.returncode == 0, f"a run that only delivers succeeds:\n{second.stdout}{second.stderr}")
        [message] = read_back()
        [written] = events(work / "data")
        check(message["headers"]["ce_id"] == written["id"], "broker and file have the same event id")
        check(message["headers"]["ce_type"] == "dev.freshet.dataset.cycle.completed.v1", "the type is the documented one")
        check(message["headers"]["ce_subject"] == f"gfs.0p25/{CYCLE}Z", "the subject is dataset and cycle")
        check(message["key"] == "gfs.0p25", "the key is the dataset")
        check(message["data"] == written["data"], "the body is the event's data")


main()
