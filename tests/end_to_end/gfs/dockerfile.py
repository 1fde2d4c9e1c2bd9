# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a Dockerfile and carries out its steps in clean roots of Debian, by chroot: what `docker build` and `docker run`
do, without a daemon and without images from elsewhere."""
import json
import pathlib
import shlex
import shutil
import subprocess
import tempfile

from pipeline import check, skip

ENTER = """mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" || exit 1
if [ -n "$3" ]; then mount --bind "$3" "$0/$4" || exit 1; fi
exec chroot --userspec="$1" "$0" /bin/sh -c "$2\""""


def steps_of(path):
    """The instructions and their arguments, continued lines joined."""
    lines = [line for line in pathlib.Path(path).read_text().splitlines() if not line.startswith("#")]
    text = "\n".join(lines).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def last_stage(steps):
    """The steps from the last FROM on."""
    first = max(number for number, step in enumerate(steps) if step[0] == "FROM")
    return steps[first:]


def environment_of(steps):
    return dict(word.split("=", 1) for name, text in last_stage(steps) if name == "ENV" for word in shlex.split(text))


def make_clean_root(folder):
    """A minimal Debian 12 as `folder`, with this machine's way to Debian's packages."""
    if not shutil.which("mmdebstrap"):
        skip("mmdebstrap makes the clean root")
    options = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as ways:
        ways.write("".join(line + "\n" for line in options.splitlines() if line.startswith("Acquire::")))
        ways.flush()
        made = subprocess.run(["mmdebstrap", "--variant=minbase", "--mode=root", f"--aptopt={ways.name}", "bookworm", folder],
                              capture_output=True, text=True, check=False)
    if made.returncode != 0:
        skip(f"Debian's packages cannot be reached: {made.stderr[-300:]}")
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")


class Container:
    """One stage: a root that grows by the steps, and what they say of the processes in it."""

    def __init__(self, root):
        self.root, self.folder, self.user, self.entry = root, "/", "root", []
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

    def run(self, command, mount=("", ""), **options):
        """Runs a command of the shell; `mount` is a folder here and its place in the root."""
        inside = f"cd {shlex.quote(self.folder)} && {command}"
        return subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, self.root, self.user, inside,
                               *mount], env=self.environment, text=True, check=False, **options)

    def start(self, *arguments, mount):
        return self.run(shlex.join([*self.entry, *map(str, arguments)]), mount, capture_output=True)

    def place(self, path):
        return self.root / path.lstrip("/")


def copy(arguments, source, stages, container):
    """COPY [--from=STAGE] FROM TO, of a file, or of the project's files that git knows."""
    words = shlex.split(arguments)
    if words[0].startswith("--from="):
        shutil.copy2(stages[words[0][7:]].place(words[1]), container.place(words[2]))
        return
    target = container.place(words[1])
    target.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=source, check=True,
                            capture_output=True).stdout
    packed = subprocess.Popen(["tar", "-c", "--null", "-T", "-"], cwd=source, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    unpacked = subprocess.Popen(["tar", "-x", "-C", target], stdin=packed.stdout)
    packed.stdin.write(listed)
    packed.stdin.close()
    check(packed.wait() == 0 and unpacked.wait() == 0, "the project is copied")


def build(steps, source, work):
    """Carries out the steps and returns the last stage. Ends the test where one fails."""
    make_clean_root(work / "base")
    stages, container = {}, None
    for name, arguments in steps:
        print(f"{name} {arguments[:100]}", flush=True)
        if name == "FROM":
            words = arguments.split()
            check(words[0] == "debian:12-slim", f"a stage begins with Debian 12: {words[0]}")
            container = Container(work / f"stage{len(stages)}")
            subprocess.run(["cp", "-a", work / "base", container.root], check=True)
            stages[words[2] if len(words) == 3 else ""] = container
        elif name == "COPY":
            copy(arguments, source, stages, container)
        elif name == "RUN":
            check(container.run(arguments).returncode == 0, f"the step succeeds: RUN {arguments}")
        elif name == "ENV":
            container.environment.update(word.split("=", 1) for word in shlex.split(arguments))
        elif name in ("WORKDIR", "VOLUME"):
            container.place(arguments).mkdir(parents=True, exist_ok=True)
            container.folder = arguments if name == "WORKDIR" else container.folder
        elif name == "USER":
            container.user = arguments
        elif name == "ENTRYPOINT":
            container.entry = json.loads(arguments)
        else:
            check(name == "STOPSIGNAL", f"a step of a known kind: {name}")
    return container
