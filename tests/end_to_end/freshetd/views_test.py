# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The views of a freshetd: pages and JSON of a run, while its tasks are there, after they were pruned, and over a
restart."""

import json
import unittest
import urllib.parse
import urllib.request

from daemon import DaemonTest, poll


class Views(DaemonTest):
    def get(self, daemon, path):
        url = f"http://127.0.0.1:{daemon.port}/{path}"
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": "text/html"}), timeout=10) as reply:
            return reply.read().decode()

    def view(self, daemon, path):
        return json.loads(self.get(daemon, "api/v1/" + path))

    def run_whole(self, daemon, number):
        """Runs Whole, which requires two parts that require the same source."""
        source, parts, whole = f"Source_{number}", [f"Part_{number}a", f"Part_{number}b"], f"Whole_{number}"
        daemon.call("add_worker", worker="W", info={"run": {"run_id": f"R{number}", "program": "p", "command": "p run"}})
        daemon.call("add_task", worker="W", task_id=whole, family="Whole", deps=parts, params={"n": str(number)})
        for part in parts:
            daemon.call("add_task", worker="W", task_id=part, family="Part", deps=[source])
        daemon.call("add_task", worker="W", task_id=source, family="Source")
        for task in [source, *parts, whole]:
            self.assertEqual(daemon.call("get_work", worker="W", current_tasks=[])["task_id"], task)
            daemon.call("add_task", worker="W", task_id=task, status="DONE")

    def counts(self, daemon, number):
        runs = self.view(daemon, "grid?root=Whole")["runs"]
        return next(run for run in runs if run["root"]["task_id"] == f"Whole_{number}")

    def test_the_grid_and_the_longest_chain_outlive_the_tasks_of_a_run(self):
        daemon = self.start(settings={"remove_delay": 1, "worker_disconnect_delay": 1, "prune_on_get_work": True})
        self.run_whole(daemon, 1)
        expected = {"Part": {"DONE": 2}, "Source": {"DONE": 1}, "Whole": {"DONE": 1}}
        run = self.counts(daemon, 1)
        self.assertEqual((run["families"], run["is_removed"]), (expected, False))
        chain = [node["task"]["task_id"] for node in self.view(daemon, "graph?run=Whole_1")["nodes"]]

        def is_pruned():
            daemon.call("prune")
            return self.counts(daemon, 1)["is_removed"]

        poll(is_pruned, "the tasks are pruned")
        for _ in range(2):
            self.assertEqual(self.counts(daemon, 1)["families"], expected)
            kept = [node["task"]["task_id"] for node in self.view(daemon, "graph?run=Whole_1")["nodes"]]
            self.assertEqual(kept, chain)
            daemon.stop()
            daemon.start()
        history = self.view(daemon, "history?family=Part")["attempts"]
        self.assertEqual([row["task_id"] for row in history], ["Part_1b", "Part_1a"])
        durations = self.view(daemon, "durations")["families"]["items"]
        self.assertEqual([(row["family"], row["attempts"]) for row in durations],
                         [("Part", 2), ("Source", 1), ("Whole", 1)])
        self.assertIn("history?family=Part", self.get(daemon, "grid?root=Whole"))
        self.assertIn("Part_1a", self.get(daemon, "run/R1"))

    def test_the_graph_leads_from_families_to_tasks_and_their_neighbours(self):
        daemon = self.start()
        self.run_whole(daemon, 1)
        graph = self.view(daemon, "graph")
        names = [node["family"] for node in graph["nodes"]]
        edges = {(names[edge["required"]], names[edge["requiring"]]): edge["count"] for edge in graph["edges"]}
        self.assertEqual(edges, {("Source", "Part"): 2, ("Part", "Whole"): 2})
        expanded = self.view(daemon, "graph?family=Part")
        self.assertEqual(sum(node["task"] is not None for node in expanded["nodes"]), 2)
        around = self.view(daemon, "graph?" + urllib.parse.urlencode({"task": "Part_1a", "depth": 1}))
        self.assertEqual({node["task"]["task_id"] for node in around["nodes"]}, {"Part_1a", "Source_1", "Whole_1"})
        below = self.view(daemon, "tasks?below=Part_1a")
        self.assertEqual({task["task_id"] for task in below["tasks"]}, {"Part_1a", "Source_1"})
        for page in ("", "grid", "tasks", "graph", "graph?family=Part", "graph?run=Whole_1", "runs", "durations",
                     "history", "workers", "resources"):
            self.assertIn("</html>", self.get(daemon, page), page)


if __name__ == "__main__":
    unittest.main()
