# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""fault_test.py NAME: what becomes of a run whose upstream goes wrong in that way."""
import sys
import time

from faults import GRIB, INDEX, LEAD, Rehearsal, fault, grib_path, is_recovered, netcdf, recovers, refuses
from pipeline import check


def on_each_request(kind, **more):
    """Once at the inventory, once when the file is looked at, once at its bytes."""
    return (fault(kind, INDEX, method="GET", times=1, **more), fault(kind, GRIB, method="HEAD", times=1, **more),
            fault(kind, GRIB, method="GET", times=1, **more))


def on_each_body(kind, **more):
    return fault(kind, INDEX, method="GET", times=1, **more), fault(kind, GRIB, method="GET", times=1, **more)


def server_errors():
    recovers(*(fault("status", GRIB, method="GET", status=status, times=1) for status in (500, 502, 503, 504)))
    recovers(*on_each_request("status", status=503))


def server_down():
    refuses(fault("status", status=503), code=30, sentence="status 503, the server failed")


def throttled():
    recovers(*on_each_request("status", status=302))
    recovers(*on_each_request("status", status=429))


def told_to_wait():
    for status in (429, 503):
        with Rehearsal() as rehearsal:
            rehearsal.set_faults(fault("status", INDEX, status=status, retry_after=1, times=1))
            began = time.monotonic()
            result = rehearsal.run()
            check(time.monotonic() - began >= 1, f"a second was waited after {status}, as asked for")
            is_recovered(rehearsal, result)


def forbidden():
    refuses(fault("status", status=403), code=30,
            sentence="status 403, it is too old to be kept there, or this client is blocked")


def not_yet():
    refuses(fault("absent"), code=75, sentence="status 404, it is not there yet")


def index_first():
    refuses(fault("absent", GRIB), code=75, sentence="status 404, it is not there yet")
    recovers(fault("absent", GRIB, times=3), more=("--wait-until", "1m"))


def appearing():
    with Rehearsal("1-3") as rehearsal:
        rehearsal.set_faults(fault("absent", "*.f002*", times=2), fault("absent", "*.f003*"))
        result = rehearsal.run()
        check(result.returncode == 75, f"lead 3 is not there yet:\n{result.stdout}{result.stderr}")
        check("f001" in netcdf(rehearsal.work / "data"), "lead 1 did not wait for the others")
        rehearsal.set_faults(fault("absent", "*.f002*", times=2), fault("absent", "*.f003*", times=4))
        is_recovered(rehearsal, rehearsal.run("data", "--wait-until", "1m"))


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
    refuses(fault("truncated", GRIB, bytes=50_000), code=30, sentence="but the file has only 50000 bytes")


def left_alone():
    """What was replaced upstream after its completion is not looked at by a plain run."""
    with Rehearsal() as rehearsal:
        is_recovered(rehearsal, rehearsal.run())
        before = rehearsal.mirror.statistics()["requests"]
        rehearsal.set_faults(fault("replaced", GRIB, by=grib_path(LEAD) + ".idx"))
        is_recovered(rehearsal, rehearsal.run())
        check(rehearsal.mirror.statistics()["requests"] == before, "no request was made")


globals()[sys.argv[1]]()
