# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""What runs the lines of the shipped fcrontab: a real fcron, or a stand-in where the machine has none."""
import os
import pathlib
import re
import shutil
import subprocess
import time

from pipeline import BIN, check
import dockerfile

DEPLOY = pathlib.Path(__file__).resolve().parents[3] / "pipelines/gfs/deploy"
# The container's environment and volumes, without a container.
DOCKER = """#!/bin/sh
set -eu
[ "$1 $2 $3" = "run --rm -v" ] && [ "${{4#*:}}" = /data ] && [ "$5" = -v ] && [ "${{6#*:}}" = /etc/gfs:ro ] && [ "$7" = freshet-gfs ]
data=${{4%%:*}} etc=${{6%%:*}}
shift 7
export {environment} XDG_CONFIG_HOME="${{etc%/gfs}}" HOME="$data"
cd "$data"
exec {gfs} "$@"
"""
SENDMAIL = """#!/bin/sh
cat >> {mail}
"""


class Table:
    """The lines of a fcrontab: settings, options, and commands by their words."""

    def __init__(self, text):
        logical = [line.strip() for line in text.replace("\\\n", "").splitlines()]
        lines = [line for line in logical if line and not line.startswith("#")]
        self.options = dict(re.fullmatch(r"!(\w+)\((.*)\)", line).groups() for line in lines if line.startswith("!"))
        self.settings = dict(re.split(r"\s*=\s*", line, maxsplit=1) for line in lines if line[0].isalpha())
        self.entries = [line[1:].split(None, 5) for line in lines if line.startswith("&")]
        check(len(lines) == len(self.options) + len(self.settings) + len(self.entries), f"every line is understood: {lines}")

    def command(self, *words):
        """The command of the only line that has all these words and none of those that begin with '-not '."""
        [found] = [entry[5] for entry in self.entries if all(
            word[5:] not in entry[5] if word.startswith("-not ") else word in entry[5] for word in words)]
        return found


class StandIn:
    """Runs a line when the test says that its time has come, and mails as fcron does with erroronlymail."""

    def __init__(self, table, work):
        self.table, self.mail = table, work / "mail"

    def start(self, *words):
        command = self.table.command(*words)
        environment = {**self.table.settings, "USER": "gfs", "TZ": self.table.options["timezone"]}
        return subprocess.Popen([self.table.settings["SHELL"], "-c", command], env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def finish(self, process):
        output = process.communicate()[0]
        if process.returncode != 0:
            with self.mail.open("a") as mail:
                mail.write(f"exit {process.returncode}\n{output}")
        return process.returncode

    def run(self, *words):
        return self.finish(self.start(*words))

    def mails(self):
        text = self.mail.read_text() if self.mail.exists() else ""
        self.mail.unlink(missing_ok=True)
        return text


class Fcron:
    """A real fcron in the foreground with its own configuration and spool; each line's time is every minute."""

    def __init__(self, text, work):
        self.folder, self.mail, self.process = work / "fcron", work / "mail", None
        (self.folder / "spool").mkdir(parents=True)
        script(self.folder / "sendmail", SENDMAIL.format(mail=self.mail))
        (self.folder / "allow").write_text("all\n")
        (self.folder / "deny").write_text("")
        paths = {"fcrontabs": "spool", "pidfile": "pid", "suspendfile": "suspend", "fifofile": "fifo", "fcronallow": "allow",
                 "fcrondeny": "deny", "sendmail": "sendmail"}
        self.configuration = self.folder / "fcron.conf"
        self.configuration.write_text("".join(f"{key} = {self.folder / path}\n" for key, path in paths.items()) +
                                      "shell = /bin/sh\neditor = /bin/false\n")
        self.give_to_fcron(work)
        table = self.folder / "fcrontab"
        table.write_text(re.sub(r"^&(\S*) \S+ \S+ ", r"&\1 * * ", text, flags=re.MULTILINE))
        made = subprocess.run(["fcrontab", "-c", self.configuration, "-u", "root", table], stderr=subprocess.PIPE, text=True,
                              check=True)
        check(f"{table}:" not in made.stderr, f"fcrontab names no line: {made.stderr}")

    def give_to_fcron(self, work):
        """fcron ignores a configuration that is not of its group, and fcrontab enters the spool as the account fcron."""
        work.chmod(0o711)
        self.configuration.chmod(0o640)
        shutil.chown(self.configuration, "root", "fcron")
        (self.folder / "spool").chmod(0o770)
        shutil.chown(self.folder / "spool", "fcron", "fcron")

    def start(self):
        self.process = subprocess.Popen(["fcron", "-f", "-y", "-c", self.configuration], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def wait_until(self, truth, sentence):
        deadline = time.monotonic() + 300
        while not truth():
            check(time.monotonic() < deadline and self.process.poll() is None, f"under fcron {sentence}")
            time.sleep(0.5)


def is_there():
    return bool(shutil.which("fcron") and shutil.which("fcrontab"))


def script(path, text):
    path.write_text(text)
    path.chmod(0o755)


def shipped_fcrontab(work, changes):
    """The shipped fcrontab for a store and a configuration below `work`, with a `docker` that runs gfs without container."""
    text = (DEPLOY / "fcrontab").read_text()
    image = dockerfile.environment_of(dockerfile.steps_of(DEPLOY / "Dockerfile"))
    (work / "bin").mkdir()
    exports = " ".join(f"{name}={value.replace('/data', '$data')}" for name, value in image.items())
    script(work / "bin/docker", DOCKER.format(environment=exports, gfs=(pathlib.Path.cwd() / BIN / "gfs")))
    for here, there in (("/data/gfs:/data", f"{work}/data:/data"), ("/etc/gfs:/etc", f"{work}/etc/gfs:/etc"),
                        ("PATH = ", f"PATH = {work}/bin:"), *changes):
        check(here in text, f"the fcrontab has '{here}'")
        text = text.replace(here, there)
    (work / "data").mkdir()
    (work / "etc/gfs").mkdir(parents=True)
    check(os.access(work / "bin/docker", os.X_OK), "the stand-in of docker can be run")
    return text
