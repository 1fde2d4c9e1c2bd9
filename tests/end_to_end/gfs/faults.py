# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the fault tests: a small synthetic cycle, a simulated mirror with faults, and a clean run to compare."""
import functools
import json
import pathlib
import urllib.request

from pipeline import CYCLE, Folder, Mirror, check, events, gfs, ingest_arguments, make_small_cycle

LEAD = 1
GRIB = f"*.f{LEAD:03}"
INDEX = GRIB + ".idx"
SHORT_PAUSES = ("--longest-pause", "0.01")  # does not shorten a server's Retry-After


def fault(kind, path="*", **more):
    return {"kind": kind, "path": path, **more}


def grib_path(lead=LEAD):
    date, hour = CYCLE.replace("-", "").split("T")
    return f"gfs.{date}/{hour}/atmos/gfs.t{hour}z.pgrb2.0p25.f{lead:03}"


def netcdf(root):
    """The finished files of this cycle in a store: lead to content."""
    return {path.name.split(".")[-2]: path.read_bytes() for path in pathlib.Path(root).glob(f"*/{CYCLE}/r*/*.nc")}


@functools.cache
def clean(leads=str(LEAD), *how):
    """The output of a run without faults."""
    with Folder() as work:
        make_small_cycle(work / "source", leads, *how)
        result = gfs(*ingest_arguments(work / "source", work / "data", leads))
        check(result.returncode == 0, f"a run without faults completes:\n{result.stdout}{result.stderr}")
        return netcdf(work / "data")


class Rehearsal:
    """A simulated mirror of a small cycle with faults, and runs of gfs against it into one store."""

    def __init__(self, leads=str(LEAD)):
        self.leads, self.folder = leads, Folder()

    def __enter__(self):
        self.work = self.folder.__enter__()
        self.source, self.store = self.work / "source", self.work / "data"
        make_small_cycle(self.source, self.leads)
        self.mirror = Mirror(self.source, self.work).start()
        return self

    def __exit__(self, *reason):
        self.mirror.__exit__()
        self.folder.__exit__(*reason)

    def set_faults(self, *faults):
        self.mirror.set_faults(*faults)

    def met(self):
        """The number of requests that each fault affected."""
        with urllib.request.urlopen(self.mirror.url() + "_mirror/faults") as answer:
            return [one["met"] for one in json.load(answer)["faults"]]

    def run(self, *more, source=None):
        return gfs(*ingest_arguments(source or self.mirror.url(), self.store, self.leads, *SHORT_PAUSES, *more), timeout=60)

    def is_complete(self, result, wanted=None):
        """Checks that the run made the same bytes as one without faults."""
        check(result.returncode == 0, f"the run completes (exit {result.returncode}):\n{result.stdout}{result.stderr}")
        made, wanted = netcdf(self.store), wanted or clean(self.leads)
        check(made.keys() == wanted.keys(), f"all leads are there: {sorted(made)}")
        check(made == wanted, "every byte is as in a run without faults")
        check(len([event for event in events(self.store) if CYCLE in event["subject"]]) == 1, "it was announced once")

    def is_refused(self, result, code, sentence):
        """Checks the exit code and the reason, and that there is no output."""
        check(result.returncode == code, f"exit {code}, not {result.returncode}:\n{result.stdout}{result.stderr}")
        check(sentence in result.stdout, f"the summary says '{sentence}':\n{result.stdout}")
        check(not netcdf(self.store), "there is no output")
        check(not [event for event in events(self.store) if CYCLE in event["subject"]], "nothing was announced")


def recovers(*faults, more=()):
    """Checks that each fault occurs and the output is complete and unchanged."""
    with Rehearsal() as rehearsal:
        rehearsal.set_faults(*faults)
        result = rehearsal.run(*more)
        check(all(rehearsal.met()), f"each fault was met: {rehearsal.met()}\n{result.stderr}")
        rehearsal.is_complete(result)


def refuses(*faults, code, sentence):
    """Checks that the run reports the fault, and that the next run without it completes."""
    with Rehearsal() as rehearsal:
        rehearsal.set_faults(*faults)
        rehearsal.is_refused(rehearsal.run(), code, sentence)
        rehearsal.set_faults()
        rehearsal.is_complete(rehearsal.run())
