# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""fcrontab_test.py lines|fcron: the shipped fcrontab through a missed slot, an overlap and a failing sink.

lines: each line when the test says so. fcron: all lines by a real fcron, each minute.
"""
import collections
import datetime
import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

import fcron
from pipeline import Folder, Mirror, check, events, make_small_cycle, newest_cycle, skip

WATCH = "-not --wait-until"  # distinguishes the second of the two lines of Contiguous


# What would take hours, or many cycles.
SHORTER = (("--wait-until 4h", "--wait-until 1s"), ("--since 3d", "--since 18h"))


def last_four_cycles():
    """Oldest first, to the newest."""
    newest = datetime.datetime.strptime(newest_cycle(), "%Y-%m-%dT%H")
    return [(newest - datetime.timedelta(hours=6 * back)).strftime("%Y-%m-%dT%H") for back in (3, 2, 1, 0)]


def publish(source, cycle):
    make_small_cycle(source, "0", cycle=cycle)


def configure(work, source, sink=""):
    (work / "etc/gfs/config.toml").write_text(
        f'[DEFAULT]\nleads = "0"\nsource = "{source}"\n[run]\nlongest-pause = 0.1\n{sink}')


def completed(work):
    return [event["data"]["cycle"] for event in events(work / "data") if event["type"].endswith(".completed.v1")]


def is_well_formed(table):
    for entry in table.entries:
        check(entry.options.get("timezone") == "UTC", f"the hours are those of the cycles: {entry}")
        check(entry.fields[2:] == ["*", "*", "*"], f"no line has both dom and dow: {entry}")
        check(re.fullmatch(r"[^-\s;|][^\s;|]*", entry.options["mailto"]), f"fcron takes the recipient: {entry}")
        check(entry.command.startswith("$GFS "), f"no command begins with the name of an account: {entry}")
        waits = "--wait-until" in entry.command
        check((entry.options["bootrun"] == "true") == waits, f"after boot, no line waits for the one that waits for data: {entry}")


def account_is_made():
    """The account that the fcrontab is of has the number of the container's user."""
    with tempfile.TemporaryDirectory() as root:
        (pathlib.Path(root) / "etc").mkdir()
        made = subprocess.run(["systemd-sysusers", f"--root={root}", str(fcron.DEPLOY / "gfs.sysusers.conf")], capture_output=True,
                              text=True, check=False)
        check(made.returncode == 0, f"the account is made: {made.stderr}")
        [account] = [line.split(":") for line in (pathlib.Path(root) / "etc/passwd").read_text().splitlines() if line.startswith("gfs:")]
        groups = (pathlib.Path(root) / "etc/group").read_text()
    check(account[2] == "10001" and account[5] == "/data/gfs", f"the account is the store's: {account}")
    check("--uid 10001" in (fcron.DEPLOY / "Dockerfile").read_text(), "it is that of the container")
    check(any(line.startswith("docker:") and line.endswith(":gfs") for line in groups.splitlines()), f"it may use docker: {groups}")


def by_lines(work):
    text = fcron.shipped_fcrontab(work, SHORTER)
    table = fcron.Table(text)
    is_well_formed(table)
    tab = fcron.StandIn(table, work)
    *old, missed, newest = last_four_cycles()
    for cycle in old:
        publish(work / "source", cycle)
    with Mirror(work / "source", work) as mirror:
        configure(work, mirror.url())
        check(tab.run("Contiguous", "--wait-until") == 0 and not tab.mails(), "cycles that are not published yet cause no mail")
        check(sorted(completed(work)) == old, f"what is published is complete: {completed(work)}")
        check(tab.run("Contiguous", WATCH) == 75, "the second line fails while a cycle is incomplete")
        header, body = tab.mails().split("\n\n", 1)
        check("not ready" in body and "To: operations@example.org\n" in header, f"the operator gets a mail of that: {header}")
        publish(work / "source", missed)  # its slot is missed
        publish(work / "source", newest)
        both = [tab.start_after_boot(), tab.start("Contiguous", WATCH)]
        check(not tab.start("Contiguous", "--wait-until"), "a line does not overlap itself")
        check([tab.finish(job) for job in both] == [0, 0] and not tab.mails(), "the lines may overlap")
        check(collections.Counter(completed(work)) == collections.Counter([*old, missed, newest]),
              f"the missed cycle is made good, each cycle is announced once: {completed(work)}")
        check(tab.run("GFS status") == 0 and not tab.mails(), "a store that is complete causes no mail")
        failing_sink(work, tab, mirror.url(), newest)
        [lost] = (work / "data/gfs.0p25" / old[0]).glob("r1/*.f000.nc")
        lost.unlink()
        check(tab.run("GFS status") in (1, 2) and lost.name in tab.mails(), "a file that is gone is mailed")


def failing_sink(work, tab, source, newest):
    """A new revision of the newest cycle is announced while a sink is away, which is there again for the next line."""
    with Receiver() as receiver:
        url = receiver.url()
    configure(work, source, f'[[sink]]\ntype = "webhook"\nurl = "{url}"\n')
    replace(work / "source", newest)
    check(tab.run("Contiguous", "--wait-until") == 0 and not tab.mails(), "a sink that is away causes no mail at once")
    check(tab.run("Contiguous", WATCH) == 36 and "webhook" in tab.mails(), "before the next cycle it does")
    with Receiver(receiver.port) as receiver:
        check(tab.run("GFS deliver") == 0 and not tab.mails(), "the line between the runs delivers")
        types = [(event["type"].split(".")[-2], event["data"]["revision"]) for event in receiver.events]
        check(types[-2:] == [("completed", 2), ("superseded", 2)], f"the sink gets what it lacks, in order: {types}")
    check(tab.run("Contiguous", WATCH) == 0 and not tab.mails(), "nothing is left")


def replace(source, cycle):
    """Makes upstream's files of a cycle anew, as another publication."""
    make_small_cycle(source, "0", "--revision", "2", cycle=cycle)


class Receiver:
    """A webhook that keeps what it gets."""

    def __init__(self, port=0):
        self.events, receiver = [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever)

    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def by_fcron(work):
    """As by_lines(); what a line runs every minute may fall into any of its states."""
    if not fcron.is_there():
        skip("there is no fcron on this machine, and Debian 12 does not package it")
    text = fcron.shipped_fcrontab(work, SHORTER)
    *old, missed, newest = last_four_cycles()
    for cycle in old:
        publish(work / "source", cycle)
    with Mirror(work / "source", work) as mirror:
        configure(work, mirror.url())
        tab = fcron.Fcron(text, work)
        tab.start()
        tab.wait_until(lambda: set(old) <= set(completed(work)), "what is published becomes complete")
        tab.wait_until(lambda: tab.mail.exists() and "not ready" in tab.mail.read_text(), "what is incomplete is mailed")
        tab.stop()
        publish(work / "source", missed)
        publish(work / "source", newest)
        tab.start()
        tab.wait_until(lambda: {missed, newest} <= set(completed(work)), "a missed cycle is made good")
        tab.stop()
        check(len(completed(work)) == len(set(completed(work))), f"each cycle is announced once: {completed(work)}")


def main():
    with Folder() as work:
        if sys.argv[1] == "fcron":
            by_fcron(work)
        else:
            account_is_made()
            by_lines(work)


main()
