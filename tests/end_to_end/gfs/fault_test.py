# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""fault_test.py NAME: runs gfs against a simulated mirror with the named fault and checks the result."""
import sys
import time

from faults import GRIB, INDEX, Rehearsal, clean, fault, grib_path, netcdf, recovers, refuses
from pipeline import check, gfs, ingest_arguments, make_small_cycle

REPLACEMENT = "replacement/" + grib_path()


def on_each_request(kind, **more):
    """The fault once at HEAD, once at the inventory and once at the bytes."""
    return fault(kind, GRIB, method="HEAD", times=1, **more), *on_each_body(kind, **more)


def on_each_body(kind, **more):
    return fault(kind, INDEX, method="GET", times=1, **more), fault(kind, GRIB, method="GET", times=1, **more)


def server_errors():
    recovers(*(fault("status", GRIB, method="GET", status=status, times=1) for status in (500, 502, 503, 504)))
    recovers(*on_each_request("status", status=503))


def server_down():
    refuses(fault("status", status=503), code=30, sentence="status 503, server error")


def throttled():
    for status in (302, 429):
        with Rehearsal() as rehearsal:
            rehearsal.set_faults(fault("status", status=status))
            result = rehearsal.run(source=f"{rehearsal.mirror.url()},{rehearsal.source}")
            check(rehearsal.met() == [1], f"a mirror that answers {status} is skipped: {rehearsal.met()}")
            rehearsal.is_complete(result)


def told_to_wait():
    for status in (429, 503):
        with Rehearsal() as rehearsal:
            rehearsal.set_faults(fault("status", GRIB, status=status, retry_after=1, times=1))
            began = time.monotonic()
            result = rehearsal.run()
            check(time.monotonic() - began >= 1, f"Retry-After was honoured after {status}")
            rehearsal.is_complete(result)


def forbidden():
    refuses(fault("status", status=403), code=30,
            sentence="status 403, no longer kept there, or this client is blocked")


def second_mirror():
    for broken in (fault("absent"), fault("status", status=403), fault("status", status=503), fault("html"),
                   fault("truncated", GRIB, bytes=50_000), fault("ignore_range", GRIB)):
        with Rehearsal() as rehearsal:
            rehearsal.set_faults(broken)
            result = rehearsal.run(source=f"{rehearsal.mirror.url()},{rehearsal.source}")
            check(all(rehearsal.met()), "the first mirror was asked")
            rehearsal.is_complete(result)


def not_yet():
    refuses(fault("absent"), code=75, sentence="status 404, not published yet")


def index_first():
    refuses(fault("absent", GRIB), code=75, sentence="status 404, not published yet")
    recovers(fault("absent", GRIB, times=3), more=("--wait-until", "1m"))


def appearing():
    with Rehearsal("1-3") as rehearsal:
        rehearsal.set_faults(fault("absent", "*.f002*", times=2), fault("absent", "*.f003*"))
        result = rehearsal.run()
        check(result.returncode == 75, f"lead 3 is not there yet:\n{result.stdout}{result.stderr}")
        check("f001" in netcdf(rehearsal.store), "lead 1 did not wait for the others")
        rehearsal.set_faults(fault("absent", "*.f002*", times=2), fault("absent", "*.f003*", times=4))
        rehearsal.is_complete(rehearsal.run("--wait-until", "1m"))


def empty():
    recovers(*on_each_request("empty"))


def html():
    recovers(*on_each_body("html"))
    refuses(fault("html", method="GET"), code=30, sentence="but the body is a web page")


def cut():
    recovers(*on_each_body("cut"))


def slow():
    recovers(fault("slow", INDEX, rate=100_000), fault("slow", GRIB, method="GET", rate=500_000))


def range_ignored():
    recovers(fault("ignore_range", GRIB, method="GET", times=1))
    refuses(fault("ignore_range", GRIB, method="GET"), code=30, sentence="the server ignored the range")


def wrong_range():
    recovers(fault("wrong_range", GRIB, method="GET", shift=16, times=1))
    refuses(fault("wrong_range", GRIB, method="GET", shift=16), code=30, sentence="the server sent another range")


def truncated():
    recovers(fault("truncated", GRIB, bytes=50_000, times=2))
    refuses(fault("truncated", GRIB, bytes=50_000), code=30, sentence="message 18 at byte 46744: it is truncated")


def index_cut():
    recovers(fault("truncated", INDEX, messages=20))
    recovers(fault("truncated", INDEX, bytes=500))


def index_missing():
    recovers(fault("absent", INDEX))


def index_stale():
    recovers(fault("stale_index", INDEX, shift=100))
    recovers(fault("stale_index", INDEX, shift=-100))
    recovers(fault("stale_index", INDEX, shift=1_000_000))


def cut_together():
    """A file truncated after a whole message together with its inventory is consistent in itself."""
    with Rehearsal() as rehearsal:
        make_small_cycle(rehearsal.source, rehearsal.leads, cycle="2026-08-21T00")
        earlier = gfs(*ingest_arguments(rehearsal.mirror.url(), rehearsal.store, rehearsal.leads, cycle="2026-08-21T00"))
        check(earlier.returncode == 0, f"an earlier cycle completes:\n{earlier.stdout}{earlier.stderr}")
        rehearsal.set_faults(fault("truncated", GRIB + "*", messages=20))
        rehearsal.is_refused(rehearsal.run(), 30, "looks truncated")
        rehearsal.set_faults()
        rehearsal.is_complete(rehearsal.run())


def replaced_meanwhile():
    """The result is that of the new file, whichever request meets it first."""
    wanted = clean("1", "--revision", "2")
    for spared in range(4):
        with Rehearsal() as rehearsal:
            make_small_cycle(rehearsal.source / "replacement", rehearsal.leads, "--revision", "2")
            rehearsal.set_faults(fault("replaced", GRIB, after=spared, by=REPLACEMENT),
                                 fault("replaced", INDEX, after=1, by=REPLACEMENT + ".idx"))
            rehearsal.is_complete(rehearsal.run(), wanted)


def left_alone():
    """A plain run does not check complete files for replacement."""
    with Rehearsal() as rehearsal:
        rehearsal.is_complete(rehearsal.run())
        before = rehearsal.mirror.statistics()["requests"]
        make_small_cycle(rehearsal.source, rehearsal.leads, "--revision", "2")
        rehearsal.is_complete(rehearsal.run())
        check(rehearsal.mirror.statistics()["requests"] == before, "no request was made")


globals()[sys.argv[1]]()
