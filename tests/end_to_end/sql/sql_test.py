#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""sql_test.py READINGS: runs a pipeline whose outputs are rows of a PostgreSQL database, and counts them with psql."""
import os
import pathlib
import random
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "support"))
from programs import ProgramTest

READINGS = sys.argv.pop(1)
DAYS = 12
KILLS = 6


def psql(statement):
    return subprocess.run(["psql", "-At", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement], check=True,
                          capture_output=True, text=True, timeout=60).stdout.strip()


class SqlPipeline(ProgramTest):
    def setUp(self):
        super().setUp()
        psql("DROP TABLE IF EXISTS freshet_targets, readings, totals")
        psql("CREATE TABLE readings (day int, id int, value float8, PRIMARY KEY (day, id))")
        psql("CREATE TABLE totals (readings int)")

    def environment(self):
        server = {name: os.environ[name] for name in ("PGHOST", "PGUSER", "PGDATABASE")}
        return {**super().environment(), **server}

    def start(self):
        return self.popen_text(READINGS, "run", "LoadAll", "--days", str(DAYS), "--workers", "3",
                               "--state", self.path("state.sqlite"))

    def assert_loaded(self):
        self.assertEqual(psql("SELECT count(*), count(DISTINCT day) FROM readings"), f"{DAYS * 1000}|{DAYS}")
        self.assertEqual(psql("SELECT readings FROM totals"), str(DAYS * 1000))
        self.assertEqual(psql("SELECT count(*) FROM freshet_targets WHERE done"), str(DAYS + 1))

    def test_process_attempts_load_after_the_plan_has_asked_the_database(self):
        for _ in range(2):  # the second run finds everything there
            process = self.start()
            output, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, output + errors)
            self.assert_loaded()

    def test_killed_runs_neither_lose_nor_double_rows(self):
        seed = random.randrange(10 ** 6)
        print(f"seed {seed}")
        chance = random.Random(seed)
        for _ in range(KILLS):
            process = self.start()
            # The output of a run is the measure of its progress.
            for _ in range(chance.randrange(1, 12)):
                if not process.stderr.readline():
                    break
            process.send_signal(signal.SIGKILL)
            process.communicate()
        process = self.start()
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, output + errors)
        self.assert_loaded()


if __name__ == "__main__":
    unittest.main()
