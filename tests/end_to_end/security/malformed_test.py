# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Malformed, oversized and slow HTTP is rejected without effect, while other clients are served."""

import json
import socket
import time
import unittest

from peer import form, freshetd, post, status_of, talk

HOST = b"Host: localhost\r\n"
PAUSE = b"POST /api/pause HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
POST = b"POST /api/is_paused HTTP/1.1\r\n" + HOST

# Request smuggling: a proxy and freshetd would disagree about the request; the hidden one is a change.
SMUGGLED = {
    "length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + PAUSE,
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + PAUSE,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 6\r\n\r\n" + PAUSE,
    "a list of lengths": POST + b"Content-Length: 0, 6\r\n\r\n" + PAUSE,
    "a length with a sign": POST + b"Content-Length: +0\r\n\r\n" + PAUSE,
    "a negative length": POST + b"Content-Length: -1\r\n\r\n" + PAUSE,
    "a hexadecimal length": POST + b"Content-Length: 0x0\r\n\r\n" + PAUSE,
    "an enormous length": POST + b"Content-Length: 18446744073709551616\r\n\r\n" + PAUSE,
    "a space before the colon": POST + b"Content-Length : 0\r\n\r\n" + PAUSE,
    "a folded header": POST + b"X-A: b\r\n Content-Length: 9\r\nContent-Length: 0\r\n\r\n" + PAUSE,
    "bare line feeds": b"POST /api/pause HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n",
    "a bare line feed in a header": POST + b"X-A: b\nContent-Length: 0\r\n\r\n" + PAUSE,
    "a bare carriage return": POST + b"X-A: b\rContent-Length: 0\r\n\r\n" + PAUSE,
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + PAUSE,
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + PAUSE,
    "chunked not last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + PAUSE,
    "a chunk that is longer than it says": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n" + PAUSE,
    "a chunk with a sign": POST + b"Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n" + PAUSE,
    "an enormous chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" + PAUSE,
    "no digits of a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n\r\n\r\n" + PAUSE,
    "a zero in a header": POST + b"X-A: \0\r\nContent-Length: 0\r\n\r\n" + PAUSE,
    "a header without a name": POST + b": b\r\nContent-Length: 0\r\n\r\n" + PAUSE,
    "a header without a colon": POST + b"nothing\r\n\r\n" + PAUSE,
}
REFUSED = {
    "no host": b"POST /api/pause HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "two hosts": b"POST /api/pause HTTP/1.1\r\n" + HOST + HOST + b"Content-Length: 0\r\n\r\n",
    "no version": b"GET /api/pause\r\n\r\n",
    "version 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no words": b"\r\n\r\n\r\n\0\0\0",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    "an authority": b"CONNECT evil.example:80 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
    "another scheme": b"POST file:///api/pause HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Length: 0\r\n\r\n",
    "a long target": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long header": POST + b"X-A: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": POST + b"X-A: b\r\n" * 20_000 + b"\r\n",
    "a long body": POST + b"Content-Length: 99999999999\r\n\r\n",
    "long chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"ffffffff\r\n" + b"a" * 100_000,
}
ARGUMENTS = {
    "deep": "[" * 1_000_000,
    "deep objects": '{"a":' * 100_000,
    "not closed": '{"worker": "',
    "a number without end": '{"worker": ' + "9" * 100_000 + "}",
    "an exponent without end": '{"worker": 1e999999999}',
    "half a surrogate": '{"worker": "\\ud800"}',
    "a list": "[]",
    "nothing": "",
    "zeroes": "\0" * 1000,
    "no UTF-8": b"data=%ff%fe%80",
}


class Malformed(unittest.TestCase):
    def setUp(self):
        self.running = freshetd()
        self.port = self.running.__enter__().port
        self.addCleanup(self.running.__exit__, None, None, None)

    def assert_unharmed(self):
        self.assertEqual(post(self.port, "is_paused"), (200, {"response": {"paused": False}}))

    def test_request_smuggling_is_rejected(self):
        for name, data in SMUGGLED.items():
            with self.subTest(name):
                answer = talk(self.port, data, seconds=3)
                self.assertIn(status_of(answer), (400, 413, 501))
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)
                self.assert_unharmed()

    def test_malformed_and_oversized_requests_are_rejected(self):
        for name, data in REFUSED.items():
            with self.subTest(name):
                self.assertIn(status_of(talk(self.port, data, seconds=3)), (0, 400, 404, 405, 413, 431, 501, 505))
                self.assert_unharmed()

    def test_invalid_arguments_are_rejected(self):
        for name, data in ARGUMENTS.items():
            with self.subTest(name):
                body = data if isinstance(data, bytes) else b"data=" + data.encode()
                head = b"POST /api/get_work HTTP/1.1\r\n" + HOST + b"Connection: close\r\n" \
                    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body)
                answer = talk(self.port, head + body)
                self.assertTrue(status_of(answer) == 500 or name == "half a surrogate" and status_of(answer) == 200, answer)
                self.assert_unharmed()

    def test_clients_that_do_not_finish_a_request_block_nobody(self):
        halves = [b"POST /api/pi", POST + b"X-A", POST + b"Content-Length: 100\r\n\r\nda",
                  POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nda"]
        slow = []
        try:
            for i in range(400):
                slow.append(socket.create_connection(("127.0.0.1", self.port), timeout=10))
                slow[-1].sendall(halves[i % len(halves)])
            begin = time.monotonic()
            for _ in range(20):
                self.assert_unharmed()
            self.assertLess(time.monotonic() - begin, 10)
        finally:
            for connection in slow:
                connection.close()

    def test_clients_that_do_not_read_a_response_block_nobody(self):
        for i in range(200):
            post(self.port, "add_task", {"worker": "w", "task_id": f"A_{i}", "family": "A", "params": {"p": "x" * 5000}})
        ask = b"GET /api/task_list HTTP/1.1\r\n" + HOST + b"\r\n"
        deaf = [socket.create_connection(("127.0.0.1", self.port), timeout=10) for _ in range(20)]
        try:
            for connection in deaf:
                connection.sendall(ask * 20)
            begin = time.monotonic()
            self.assert_unharmed()
            self.assertLess(time.monotonic() - begin, 10)
        finally:
            for connection in deaf:
                connection.close()

    def test_pipelined_requests_are_answered_in_order(self):
        first = b"GET /api/is_paused HTTP/1.1\r\n" + HOST + b"\r\n"
        last = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
        answer = talk(self.port, first * 50 + last)
        self.assertEqual(answer.count(b'{"response": {"paused": false}}'), 50)
        self.assertTrue(answer.endswith(b'{"status": "ok"}'))

    def test_a_large_call_within_the_limit_is_accepted(self):
        tasks = [{"worker": "w", "task_id": f"A_{i}", "family": "A", "params": {"p": "x" * 1000}} for i in range(5000)]
        status, answer = post(self.port, "register_tasks", {"tasks": tasks})
        self.assertEqual((status, len(answer["response"])), (200, 5000))
        self.assertEqual(len(form({"tasks": tasks})) > 5_000_000, True)
        self.assertEqual(json.loads(json.dumps(post(self.port, "count_pending", {"worker": "w"})[1]))["response"][
            "n_pending_tasks"], 5000)


if __name__ == "__main__":
    unittest.main()
