# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the options that choose a part of the graph, or run a part of it again; for every_option_test.py."""

import os

from support.schedulers import poll


class SelectionOptions:
    def test_of_run_fail_fast(self):
        for options, written in ([], True), (["--fail-fast"], False):
            with self.subTest(options=options):
                self.assertEqual(self.run_root("Mixed", *options)[0], 30)
                self.assertEqual(os.path.exists(os.path.join(self.folder, f"root{self.roots}", "chapter3")), written)

    def slow_root(self):
        """A folder in which AfterSlow is complete, and a command for it there."""
        root = self.new_root()
        open(os.path.join(root, "go"), "w", encoding="utf-8").close()
        command = ["run", "AfterSlow", "--root", root, "--state", root + ".sqlite"]
        self.assertEqual(self.run_toys(*command)[0], 0)
        return root, command

    @staticmethod
    def made(root, name):
        return os.stat(os.path.join(root, name)).st_ino

    def test_of_run_rerun(self):
        """Also where the scheduler's state has just seen the task done."""
        root, command = self.slow_root()
        slow, after = self.made(root, "slow"), self.made(root, "after-slow")
        self.run_toys(*command)
        self.assertEqual(self.made(root, "slow"), slow)
        self.assertEqual(self.run_toys(*command, "--rerun", "Slow")[0], 0)
        self.assertNotEqual(self.made(root, "slow"), slow)
        self.assertEqual(self.made(root, "after-slow"), after)

    def test_of_run_downstream(self):
        root, command = self.slow_root()
        after = self.made(root, "after-slow")
        self.assertEqual(self.run_toys(*command, "--rerun", "Slow", "--downstream")[0], 0)
        self.assertNotEqual(self.made(root, "after-slow"), after)

    def test_of_run_until(self):
        root = self.new_root()
        open(os.path.join(root, "go"), "w", encoding="utf-8").close()
        self.assertEqual(self.run_toys("run", "AfterSlow", "--root", root, "--until", "Slow")[0], 0)
        self.assertEqual([os.path.exists(os.path.join(root, name)) for name in ("slow", "after-slow")], [True, False])

    def test_of_run_except(self):
        self.assertEqual([self.run_root("Mixed")[0], self.run_root("Mixed", "--except", "Broken,Flaky,Refine")[0]], [30, 0])
        self.assertTrue(os.path.exists(os.path.join(self.folder, f"root{self.roots}", "chapter3")))

    # invalidate

    def invalidated(self, *options):
        """The outputs that are not there any more, of two that were."""
        root, command = self.slow_root()
        status, said, _ = self.run_toys("invalidate", *command[1:], *options)
        gone = [name for name in ("slow", "after-slow") if not os.path.exists(os.path.join(root, name))]
        self.assertEqual((status, said.count("was moved to")), (0, len(gone)))
        return gone

    def test_of_invalidate_task(self):
        self.assertEqual([self.invalidated(), self.invalidated("--task", "Slow")], [["after-slow"], ["slow"]])

    def test_of_invalidate_downstream(self):
        self.assertEqual(self.invalidated("--task", "Slow", "--downstream"), ["slow", "after-slow"])

    def test_of_invalidate_dry_run(self):
        self.assertEqual(self.invalidated("--dry-run"), [])

    def test_of_invalidate_state(self):
        root = self.new_root()
        self.start("run", "Slow", "--root", root, "--state", root + ".sqlite")
        poll(lambda: os.path.exists(os.path.join(root, "diary")), "a task that runs")
        invalidate = ["invalidate", "Slow", "--root", root]
        self.assertEqual([self.run_toys(*invalidate)[0], self.run_toys(*invalidate, "--state", root + ".sqlite")[0]], [0, 10])
