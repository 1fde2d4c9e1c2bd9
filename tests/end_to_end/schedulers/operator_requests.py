# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""What operators ask of workers through a freshetd, and see of their runs."""

import html
import os
import re
import urllib.request

from support.schedulers import poll, task_id


class OperatorRequests:
    def test_an_attempt_that_an_operator_cancels_is_stopped_and_runs_when_it_is_retried(self):
        id = task_id("Slow", {"root": self.root})
        with self.freshetd() as scheduler:
            run = self.start("run", "Slow", "--root", self.root, scheduler=scheduler)
            poll(lambda: "slow begins" in self.diary(), "the run begins")
            scheduler.call("cancel_task", task_id=id)
            status, out = self.end(run)
            self.assertEqual(status, 30, out + self.said)
            self.assertEqual(self.diary(), ["slow begins", "slow stops"])
            self.go()
            self.assertEqual(self.run_root("Slow", scheduler=scheduler)[0], 0, self.said)

    def test_a_worker_runs_done_tasks_again_when_an_operator_asks(self):
        outputs = [os.path.join(self.root, name) for name in ("chapter1", "book", "chapter2")]
        with self.freshetd() as scheduler:
            self.run_root("Book", scheduler=scheduler)
            before = [os.stat(output).st_mtime_ns for output in outputs]
            work = self.start("work", "--idle", "600", scheduler=scheduler)
            chapter = task_id("Chapter", {"root": self.root, "number": "1"})
            ask = lambda: scheduler.call("rerun_task", task_id=chapter, downstream=True)["tasks"]
            self.assertEqual(poll(ask, "a worker is asked"), 2)
            for output, made in zip(outputs[:2], before):
                poll(lambda: os.path.exists(output) and os.stat(output).st_mtime_ns > made, f"{output} is made again", 60)
            self.assertEqual(os.stat(outputs[2]).st_mtime_ns, before[2])
            work.terminate()
            self.assertEqual(self.end(work)[0], 0, self.said)

    def page(self, scheduler, path):
        with urllib.request.urlopen(f"{scheduler.url}/{path}", timeout=30) as page:
            return html.unescape(page.read().decode())

    def test_runs_are_listed_with_their_results_and_attempts(self):
        with self.freshetd(settings={"worker_disconnect_delay": 1}) as scheduler:
            self.run_root("Broken", scheduler=scheduler)
            self.run_root("Book", scheduler=scheduler)
            killed = self.start("run", "Slow", "--root", self.root, scheduler=scheduler)
            poll(lambda: "slow begins" in self.diary(), "the run begins")
            killed.kill()
            killed.communicate(timeout=60)
            poll(lambda: "was silent for more than 1 s" in self.page(scheduler, "runs"), "the run is given up")
            runs = self.page(scheduler, "runs")
            self.assertIn("3 tasks: 3 ran", runs)
            self.assertIn("EXIT 30", runs)
            broken = re.search(r'href="(run/[^"]*)">[^<]* run Broken ', runs).group(1)
            details = self.page(scheduler, broken)
            self.assertIn("mend it: it is beyond repair", details)
            self.assertNotIn("Chapter", details)
