#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""scoring_test.py SCORING: runs the example on an S3 server; curl writes its inputs and reads its outputs."""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "support"))
from programs import ProgramTest

SCORING = sys.argv.pop(1)
BUCKET = os.environ["FRESHET_TEST_BUCKET"]
SERVER = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
DAYS = [f"2026-01-{day}" for day in range(12, 19)]


def curl(key, *options, content=""):
    digest = hashlib.sha256(content.encode()).hexdigest()
    return subprocess.run(
        ["curl", "-sS", "--fail", "--aws-sigv4", f"aws:amz:{SERVER['AWS_REGION']}:s3", "--user",
         f"{SERVER['AWS_ACCESS_KEY_ID']}:{SERVER['AWS_SECRET_ACCESS_KEY']}",
         "-H", f"x-amz-content-sha256: {digest}", f"{SERVER['AWS_ENDPOINT_URL_S3']}/{BUCKET}/{key}", *options],
        check=True, capture_output=True, text=True, timeout=60).stdout


def put(key, content):
    curl(key, "-X", "PUT", "--data-binary", content, content=content)


class Scoring(ProgramTest):
    def environment(self):
        return {**super().environment(), **SERVER}

    def scoring(self, *arguments):
        process = self.popen_text(SCORING, *arguments, "--bucket", f"s3://{BUCKET}", "--state", self.path("state.sqlite"))
        output, errors = process.communicate(timeout=60)
        return process.returncode, output + errors

    def run_week(self, model):
        status, output = self.scoring("run", "MostUrgent", *self.week(model), "--workers", "4")
        self.assertEqual(status, 0, output)
        return output

    @staticmethod
    def week(model):
        return ["--days", "2026-W03", "--count", "3", "--model", str(model)]

    def test_messages_of_a_week_are_scored_by_each_model(self):
        put("models/1.json", json.dumps({"refund": 2.5, "now": 1, "thanks": -1}))
        put("models/2.json", json.dumps({"refund": -1, "thanks": 3}))
        for number, day in enumerate(DAYS):
            messages = [{"id": f"a{number}", "text": "Refund " * number}, {"id": f"b{number}", "text": "many thanks"}]
            put(f"messages/{day}.jsonl", "".join(json.dumps(message) + "\n" for message in messages))
        self.run_week(model=1)
        self.assertEqual(curl(f"scores/1/{DAYS[2]}.csv"), "5.0,a2\n-1.0,b2\n")
        self.assertEqual(curl("urgent/1/2026-W03-3.txt"), "a6\na5\na4\n")
        self.assertIn("Did not run any tasks", self.run_week(model=1))
        self.run_week(model=2)
        self.assertEqual(curl(f"scores/2/{DAYS[2]}.csv"), "-2.0,a2\n3.0,b2\n")
        self.assertEqual(curl("urgent/2/2026-W03-3.txt"), "b0\nb1\nb2\n")

        put(f"scores/2/{DAYS[2]}.csv", "99.0,forged\n")
        status, output = self.scoring("verify", "MostUrgent", *self.week(model=2))
        self.assertEqual(status, 30, output)
        self.assertIn(f"scores/2/{DAYS[2]}.csv", output)


if __name__ == "__main__":
    unittest.main()
