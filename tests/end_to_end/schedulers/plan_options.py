# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the options of `plan`; for every_option_test.py."""


class PlanOptions:
    def test_of_plan_state(self):
        root, state = self.new_root(), self.path("fragile.sqlite")
        self.run_toys("run", "Fragile", "--root", root, "--state", state)
        plan = ("plan", "Fragile", "--root", root)
        self.assertIn("1 of 1 tasks would run", self.run_toys(*plan)[1])
        self.assertIn("0 of 1 tasks would run", self.run_toys(*plan, "--state", state)[1])

    def test_of_plan_scheduler(self):
        config = self.path("scales.toml", "[resources]\nscales = 0\n")
        plan = ("plan", "Weigh", "--root", self.new_root(), "--config", config)
        self.assertIn("can never run", self.run_toys(*plan)[1])
        self.assertIn("1 of 1 tasks would run", self.run_toys(*plan, "--scheduler", "http://127.0.0.1:9")[1])

    def test_of_plan_json(self):
        self.check_json("planned", "plan", "Chapter", "--root", self.new_root())
