#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""sensors_test.py SENSORS: runs the example, kills it, and asks the servers with psql and kcat."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "support"))
from programs import ProgramTest

SENSORS = sys.argv.pop(1)
BROKERS = os.environ["KAFKA_BROKERS"]
DAY = "2026-01-01"
STATIONS = [17, 23, 42]
ROWS = 500


def psql(statement):
    return subprocess.run(["psql", "-At", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement], check=True,
                          capture_output=True, text=True, timeout=60).stdout.strip()


def messages(topic):
    return subprocess.run(["kcat", "-q", "-b", BROKERS, "-t", topic, "-C", "-o", "beginning", "-e", "-f", "%s\n"],
                          check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()


class Sensors(ProgramTest):
    def environment(self):
        server = {name: os.environ[name] for name in ("PGHOST", "PGUSER", "PGDATABASE")}
        return {**super().environment(), **server}

    def send(self, station, day):
        folder = pathlib.Path(self.folder, "inbox", str(station))
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"t{row % 5},{day} {row // 60:02}:{row % 60:02}:00+00,{20 + row % 3}\n" for row in range(ROWS)]
        (folder / f"{day}.csv").write_text("sensor,taken_at,value\n" + "".join(lines) + f"t0,{day} 23:00:00+00,-9999\n")

    def start(self, command="run"):
        return self.popen_text(SENSORS, command, "DaySummary", "--day", DAY, "--state", self.path("state.sqlite"),
                               "--config", self.path("sensors.toml"), *(["--workers", "3"] if command == "run" else []))

    def finish(self, process, expected=0):
        output, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, expected, output + errors)
        return output + errors

    def test_a_day_is_loaded_once_and_announced_whatever_is_killed(self):
        inbox = self.path("inbox")
        pathlib.Path(self.path("sensors.toml")).write_text(f"""
            [DEFAULT]
            database = "dbname=postgres"
            stations = "{STATIONS}"
            inbox = "{inbox}"
            [[sink]]
            type = "kafka"
            brokers = "{BROKERS}"
            topic = "weather.days"
            """)
        for station in STATIONS[1:]:
            self.send(station, DAY)
        self.assertIn("StationFile", self.finish(self.start(), expected=20))  # one station has not sent its file
        self.assertEqual(psql("SELECT count(*) FROM days"), "0")

        self.send(STATIONS[0], DAY)
        for lines in (1, 3, 5):  # the output of a run is the measure of its progress
            process = self.start()
            for _ in range(lines):
                process.stderr.readline()
            process.send_signal(signal.SIGKILL)
            process.communicate()
        self.finish(self.start())
        self.assertEqual(psql("SELECT station, count(*) FROM readings GROUP BY 1 ORDER BY 1").split(),
                         [f"{station}|{ROWS}" for station in STATIONS])
        self.assertEqual(psql("SELECT station, readings, round(average::numeric, 3) FROM days ORDER BY 1").split(),
                         [f"{station}|{ROWS}|20.998" for station in STATIONS])
        events = {event for event in messages("weather.days")}
        self.assertEqual([json.loads(event) for event in events], [{"day": DAY}])

        self.assertIn("Did not run any tasks", self.finish(self.start()))
        psql("UPDATE readings SET value = 0 WHERE station = 23 AND taken_at = (SELECT min(taken_at) FROM readings)")
        self.assertIn("readings/23/", self.finish(self.start("verify"), expected=30))


if __name__ == "__main__":
    unittest.main()
