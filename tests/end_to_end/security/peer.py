# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the security tests: a freshetd, and requests sent byte for byte."""

import contextlib
import hashlib
import json
import os
import pathlib
import socket
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from schedulers import Freshetd, poll  # noqa: E402,F401

TOKENS = {role: f"canary-{role}-" + hashlib.sha256(role.encode()).hexdigest() for role in ("view", "work", "operate")}


@contextlib.contextmanager
def freshetd(*options):
    """A running freshetd in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="freshet-security-") as folder:
        with Freshetd(folder, os.environ["FRESHET_BIN"] + "/freshetd", options=options) as scheduler:
            yield scheduler


@contextlib.contextmanager
def freshetd_with_tokens(*options):
    """A freshetd that requires a token of TOKENS; its token file has their digests."""
    with tempfile.NamedTemporaryFile("w", suffix=".tokens") as file:
        for role, token in TOKENS.items():
            file.write(f"{role}er {role} sha256:{hashlib.sha256(token.encode()).hexdigest()}\n")
        file.flush()
        with freshetd("--token-file", file.name, *options) as scheduler:
            yield scheduler


def talk(port, data, seconds=10):
    """Sends the bytes and returns the output until the peer closes or is silent for so many seconds."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        with contextlib.suppress(OSError):  # it may refuse before all was sent
            connection.sendall(data)
        received = b""
        with contextlib.suppress(OSError):
            while piece := connection.recv(65536):
                received += piece
        return received


def status_of(answer):
    """Returns the status of the first response; 0 when there was none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def request(port, method, path, headers=None, body=b""):
    """Sends one request and returns status, headers and body. Adds Host, Connection and Content-Length only."""
    headers = {"Host": f"127.0.0.1:{port}", "Connection": "close", **(headers or {})}
    if body:
        headers["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    answer = talk(port, f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body, seconds=60)
    top, _, rest = answer.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in top.decode("latin-1").split("\r\n")[1:])
    return status_of(answer), {name.lower(): value for name, value in fields.items()}, rest


def form(arguments):
    return urllib.parse.urlencode({"data": json.dumps(arguments)}).encode()


def post(port, method, arguments=None, headers=None):
    """Sends an RPC as workers do and returns status and JSON."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
    status, _, body = request(port, "POST", f"/api/{method}", headers, form(arguments or {}))
    return status, json.loads(body)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}
