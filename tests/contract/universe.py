# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Random configurations, and the tasks that random workers know."""
import random

CONFIGS = {"retry_delay": (0, 5, 50, -1), "remove_delay": (20, 600), "worker_disconnect_delay": (30, 60),
           "disable_persist": (40, 86400), "retry_count": (999999999, 3, 2), "stable_done_cooldown_secs": (10, 0),
           "prune_on_get_work": (False, True), "max_shown_tasks": (100000,), "max_graph_nodes": (100000,),
           "pause_enabled": (True, True, False), "send_messages": (True, True, False),
           "disable_window": (3600, 20), "disable_hard_timeout": (999999999, 30)}
RESOURCES = ({}, {}, {"db": 1}, {"db": 2}, {"net": 1}, {"db": 1, "net": 1})
POLICIES = ({}, {}, {"retry_count": 2}, {"retry_count": 1}, {"disable_window": 20}, {"disable_hard_timeout": 30})
TASKS = 12


def config_of(chance):
    return {key: chance.choice(values) for key, values in CONFIGS.items()}


class Universe:
    """Tasks that the workers' programs know: each requires some of those before it."""

    def __init__(self, seed):
        chance = random.Random(seed)
        self.tasks = {}
        for number in range(TASKS):
            is_batched = chance.random() < 0.4
            family = "Batch" if is_batched else f"F{number % 3}"
            name = f"{family}_{number}"
            known = list(self.tasks)
            params = {"k": str(number), "x": str(number % 2)} if is_batched else {"n": str(number), "secret": "s"}
            self.tasks[name] = {
                "family": family, "module": "m", "params": params, "batchable": is_batched,
                "deps": chance.sample(known, min(len(known), chance.choice((0, 0, 0, 1) if is_batched else (0, 1, 1, 2, 3)))),
                "resources": {} if is_batched and chance.random() < 0.7 else chance.choice(RESOURCES),
                "priority": chance.choice((0, 0, 0, 1, 5, 2.5)), "accepts_messages": chance.random() < 0.5,
                "param_visibilities": {} if is_batched else {"n": 0, "secret": 1},
                "retry_policy_dict": {"retry_count": None, "disable_hard_timeout": None, "disable_window": None,
                                      **chance.choice(POLICIES)}, "owners": None}
        self.names = list(self.tasks)
