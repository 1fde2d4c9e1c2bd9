# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A mail server on a free port of 127.0.0.1, with TLS and a login if wanted, which keeps what it accepts."""
import email
import email.policy
import ssl
import subprocess

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from schedulers import free_port


class SmtpServer:
    """`answer`: what it says to a mail; it keeps one that it answers with 250. `login`: (user, password) that it
    demands, after STARTTLS. `certificate`: from make_certificate(); `implicit`: TLS from the first byte."""

    def __init__(self, login=None, certificate=None, implicit=False):
        self.answer, self.login = "250 OK", login
        self.asked = 0       # mails that were sent to it
        self.accepted = []   # EmailMessage
        self.recipients = []  # of the accepted
        self.port = free_port()
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if certificate else None
        if tls:
            tls.load_cert_chain(*certificate)
        options = {"ssl_context": tls} if implicit else {"tls_context": tls, "require_starttls": tls is not None}
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, auth_required=login is not None,
                                     auth_require_tls=not implicit, authenticator=self.authenticate if login else None,
                                     **options)

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    def authenticate(self, server, session, envelope, mechanism, auth_data):
        is_known = (auth_data.login.decode(), auth_data.password.decode()) == self.login
        return AuthResult(success=is_known, handled=False)

    async def handle_DATA(self, server, session, envelope):
        self.asked += 1
        if self.answer.startswith("250"):
            self.accepted.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            self.recipients.append(envelope.rcpt_tos)
        return self.answer

    @property
    def subjects(self):
        return [mail["Subject"] for mail in self.accepted]


def make_certificate(folder):
    """(certificate, key) of 127.0.0.1, signed by itself."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", "smtp.key", "-out", "smtp.pem", "-subj", "/CN=127.0.0.1", "-days", "2",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True, cwd=folder)
    return folder / "smtp.pem", folder / "smtp.key"
