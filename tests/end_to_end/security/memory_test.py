# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""How much memory a freshetd gives to a thousand clients that send it long requests, on a real one."""

import contextlib
import pathlib
import re
import resource
import select
import socket
import unittest

from peer import TOKENS, bearer, freshetd, freshetd_with_tokens, post

CLIENTS = 1000
ANNOUNCED = 16_000_000
SENT = 200_000  # by each client, where it is read
LIMIT = 50 << 20

PIECE = b"x" * 65536
POST = f"POST /api/add_task HTTP/1.1\r\nHost: localhost\r\nContent-Length: {ANNOUNCED}\r\n\r\n".encode()
HEADERS = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 60_000  # without an end
LINES = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"a:\r\n" * 15_000


def peak_memory(process):
    """The most resident bytes that it has had."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status)[1])


class Client:
    """Sends a start, and then more as long as the other side takes it."""

    def __init__(self, port, start):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setblocking(False)
        self.left = memoryview(start + PIECE * (SENT // len(PIECE)) if start is POST else start)

    def fileno(self):
        return self.socket.fileno()

    def send(self):
        try:
            self.left = self.left[self.socket.send(self.left):]
        except BlockingIOError:
            return
        except OSError:
            self.left = self.left[:0]  # refused


@contextlib.contextmanager
def crowd(port, start):
    """A thousand clients that have sent what is taken from them, and stay."""
    clients = [Client(port, start) for _ in range(CLIENTS)]
    try:
        poller = select.poll()
        by_number = {client.fileno(): client for client in clients}
        for number in by_number:
            poller.register(number, select.POLLOUT)
        while ready := poller.poll(1000):
            for number, _ in ready:
                by_number[number].send()
                if not by_number[number].left:
                    poller.unregister(number)
        yield clients
    finally:
        for client in clients:
            client.socket.close()


class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def assert_bounded(self, running, start, headers=None):
        with running as scheduler:
            before = peak_memory(scheduler.process)
            with crowd(scheduler.port, start):
                self.assertEqual(post(scheduler.port, "ping", {"worker": "w"}, headers)[0], 200)
                more = peak_memory(scheduler.process) - before
            self.assertLess(more, LIMIT, f"{more >> 20} MB more for {CLIENTS} clients")

    def test_long_bodies_without_a_token_are_not_kept(self):
        self.assert_bounded(freshetd_with_tokens(), POST, bearer(TOKENS["work"]))

    def test_long_bodies_of_anybody_share_a_budget(self):
        self.assert_bounded(freshetd(), POST)

    def test_long_headers_share_a_budget(self):
        self.assert_bounded(freshetd(), HEADERS)

    def test_many_short_headers_are_refused(self):
        self.assert_bounded(freshetd(), LINES)


if __name__ == "__main__":
    unittest.main()
