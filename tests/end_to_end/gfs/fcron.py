# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""What runs the lines of the shipped fcrontab: a real fcron, or a stand-in where the machine has none."""
import collections
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


Entry = collections.namedtuple("Entry", "options fields command")
Job = collections.namedtuple("Job", "entry environment process")
OPTION = r"([a-z]\w*)(?:\(([^()\s]*)\))?"
DEFAULTS = {"mailto": "gfs", "erroronlymail": "false", "bootrun": "false", "exesev": "false"}


def options_of(text):
    """The options of a declaration like `bootrun,nice(10)`; one without an argument is true."""
    check(re.fullmatch(f"(?:{OPTION}(?:,{OPTION})*)?", text), f"the options can be read: '{text}'")
    return {option[1]: "true" if option[2] is None else option[2] for option in re.finditer(OPTION, text)}


class Table:
    """The lines of a fcrontab: settings, which hold for the whole, and entries with the options that hold for each: its own,
    and those declared above it."""

    def __init__(self, text):
        self.settings, self.entries, declared = {}, [], DEFAULTS
        for line in (line.strip() for line in text.replace("\\\n", "").splitlines()):
            if line.startswith("!"):
                declared = {**declared, **options_of(line[1:])}
            elif line.startswith("&"):
                own, *fields, command = re.fullmatch(r"&(\S*)" + 5 * r"\s+(\S+)" + r"\s+(.+)", line).groups()
                self.entries.append(Entry({**declared, **options_of(own)}, fields, command))
            elif line and not line.startswith("#"):
                setting = re.fullmatch(r"(\w+)\s*=\s*([^'\"].*)", line)
                check(setting and setting[1] not in ("USER", "LOGNAME"), f"every line is understood, and heeded: {line}")
                self.settings[setting[1]] = setting[2]

    def entry(self, *words):
        """The only line whose command has all these words and none of those that begin with '-not '."""
        [found] = [entry for entry in self.entries if all(
            word[5:] not in entry.command if word.startswith("-not ") else word in entry.command for word in words)]
        return found


class StandIn:
    """Runs a line when the test says that its time has come, and mails, as fcron does."""

    def __init__(self, table, work):
        self.table, self.mail, self.home, self.running = table, work / "mail", work / "data", []

    def start(self, *words):
        """Starts the line; nothing if it still runs, for then it loses this time."""
        return self.start_entry(self.table.entry(*words))

    def start_after_boot(self):
        """Starts the line that a boot finds to be missed. There must not be two: the second would wait for the first."""
        [entry] = [entry for entry in self.table.entries if entry.options["bootrun"] == "true"]
        return self.start_entry(entry)

    def start_entry(self, entry):
        if entry.options["exesev"] == "false" and any(job.entry is entry for job in self.running):
            return None
        # Nothing else: a job inherits neither the environment nor the input of fcron, and starts in its account's home.
        environment = {"USER": "gfs", "LOGNAME": "gfs", "HOME": str(self.home), "PATH": "/usr/bin:/bin",
                       "TZ": entry.options["timezone"], **self.table.settings}
        process = subprocess.Popen([environment["SHELL"], "-c", entry.command], env=environment, cwd=environment["HOME"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   start_new_session=True)
        self.running.append(Job(entry, environment, process))
        return self.running[-1]

    def finish(self, job):
        output = job.process.communicate()[0]
        self.running.remove(job)
        status = job.process.returncode
        if status != 0 or (output and job.entry.options["erroronlymail"] == "false"):
            self.send(job, output if status == 0 else f"{output}exit status {status}\n")
        return status

    def send(self, job, body):
        header = "".join(f"X-Cron-Env: <{name}={value}>\n" for name, value in job.environment.items())
        with self.mail.open("a") as mail:
            mail.write(f"To: {job.entry.options['mailto']}\nSubject: fcron <gfs> {job.entry.command}\n{header}\n{body}")

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
