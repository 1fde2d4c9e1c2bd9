#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""kafka_test.py DELIVER_EVENTS: delivers events to a real broker and reads them back with kcat."""
import json
import os
import pathlib
import subprocess
import sys

BROKERS = os.environ["KAFKA_BROKERS"]
TOPIC = "cycles"
BROKER_SCRIPT = pathlib.Path(__file__).parents[2] / "support" / "kafka_broker"
TRIES = 20  # a broker that has just come back may need some


def event(number):
    return {
        "specversion": "1.0",
        "id": f"2f1c6a3e-5d0b-5c8e-9a41-00000000000{number}",
        "source": "/freshet/gfs",
        "type": "dev.freshet.dataset.cycle.completed.v1",
        "subject": "gfs.0p25/2026-08-21T06Z",
        "time": "2026-08-21T10:31:02.500Z",
        "partitionkey": "gfs.0p25",
        "datacontenttype": "application/json",
        "data": {"dataset": "gfs.0p25", "files": number, "name": "Zürich"},
    }


def expected(sent):
    return {
        "key": sent["partitionkey"],
        "headers": {
            "content-type": "application/json",
            "ce_specversion": "1.0",
            "ce_id": sent["id"],
            "ce_source": sent["source"],
            "ce_type": sent["type"],
            "ce_subject": sent["subject"],
            "ce_time": sent["time"],
        },
        "data": sent["data"],
    }


def read_back():
    """Returns all messages of the topic as read by kcat."""
    out = subprocess.run(
        ["kcat", "-q", "-b", BROKERS, "-t", TOPIC, "-C", "-o", "beginning", "-e", "-f", "%k\n%h\n%s\n"],
        check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()
    messages = zip(out[0::3], out[1::3], out[2::3])
    return [{"key": key, "headers": dict(pair.split("=", 1) for pair in headers.split(",")), "data": json.loads(body)}
            for key, headers, body in messages]


def broker(action):
    subprocess.run([BROKER_SCRIPT, action, os.environ["KAFKA_DIR"]], check=True, timeout=120, stdout=subprocess.DEVNULL)


def main(deliver_events):
    process = subprocess.Popen([deliver_events, BROKERS, TOPIC], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True, encoding="utf-8")

    def deliver(number):
        process.stdin.write(json.dumps(event(number)) + "\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    def deliver_at_last(number):
        results = []
        while len(results) < TRIES and "delivered" not in results:
            results.append(deliver(number))
        assert results[-1] == "delivered", results

    deliver_at_last(1)
    assert read_back() == [expected(event(1))], read_back()

    broker("kill")
    result = deliver(2)
    assert result.startswith(f"delayed: deliver event '{event(2)['id']}' to kafka {BROKERS} {TOPIC}: "), result
    broker("start")
    deliver_at_last(2)
    messages = read_back()
    assert messages[0] == expected(event(1)), messages
    # At least once: a try that counted as failed may have arrived, but with the same id.
    assert messages[1:] and all(message == expected(event(2)) for message in messages[1:]), messages

    process.stdin.close()
    assert process.wait(timeout=60) == 0


main(sys.argv[1])
