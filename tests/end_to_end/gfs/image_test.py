# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""image_test.py here|clean_root: the container image.

here: with the image's environment, root and configuration hold for every task and command; its packages suffice for
gfs, and its build needs neither Python nor Catch2. clean_root: all steps of the Dockerfile are carried out, and gfs runs
in the result.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import dockerfile
from pipeline import BIN, CYCLE, Folder, Mirror, check, events, gfs, make_small_cycle, skip

SOURCE = pathlib.Path(__file__).resolve().parents[3]
STEPS = dockerfile.steps_of(SOURCE / "pipelines/gfs/deploy/Dockerfile")
CONFIGURATION = """[DEFAULT]
leads = "0-1"
source = "{source}"
public_url = "https://data.example.org/gfs"
[run]
workers = 2
"""


def succeeds(run, sentence):
    check(run.returncode == 0, f"{sentence}:\n{run.stdout}{run.stderr}")
    return run.stdout


def operate(start, data, source, configuration):
    """Operates one store: `start` runs gfs in the image's way, without a word on the command line of where the store is."""
    configuration.parent.mkdir(parents=True, exist_ok=True)
    configuration.write_text(CONFIGURATION.format(source=source))
    succeeds(start("run", "Contiguous", "--since", CYCLE, "--cycle", CYCLE), "Contiguous makes the cycle complete")
    check((data / "gfs.0p25/latest").exists(), f"the store is below /data: {list(data.iterdir())}")
    [event] = events(data)
    check(event["data"]["manifest_url"].startswith("https://data.example.org/gfs/gfs.0p25/"), f"the manifest has a public address: {event}")
    complete = succeeds(start("plan", "IngestCycle", "--cycle", CYCLE), "plan finds the store")
    check(complete.startswith("0 of "), f"IngestCycle finds the cycle complete:\n{complete}")
    succeeds(start("watch", "--cycle", CYCLE), "watch succeeds")
    succeeds(start("verify", "IngestCycle", "--cycle", CYCLE), "verify finds the files")
    history = succeeds(start("history"), "history finds the state")
    check("Contiguous" in history and "Watch" in history, f"all runs are of one state:\n{history}")
    roots = start("roots", source)
    check("healthy" in succeeds(roots, "roots finds the store") and not roots.stderr, f"the mirrors' records are the store's: {roots}")


def configured_for_every_task():
    with Folder() as work:
        make_small_cycle(work / "source", "0-1")
        data = work / "data"
        data.mkdir()
        image = {name: value.replace("/data", str(data)) for name, value in dockerfile.environment_of(STEPS).items()}
        check(image, "the image has an environment")
        environment = {**os.environ, **image, "XDG_CONFIG_HOME": str(work), "HOME": str(data)}
        with Mirror(work / "source", work) as mirror:
            operate(lambda *arguments: gfs(*arguments, env=environment, cwd=data), data, mirror.url(), work / "gfs/config.toml")


def configuration_is_known():
    """The shipped configuration with everything in it uncommented."""
    shipped = (SOURCE / "pipelines/gfs/deploy/config.toml").read_text()
    with Folder() as work:
        file = work / "config.toml"
        file.write_text(re.sub(r"(?m)^# (?=\[|[\w-]+ = |\")", "", shipped))
        shown = succeeds(gfs("config", "--config", file, cwd=work), "each key of the shipped configuration is known")
        check(shown.count(f"{file}:") > 50, f"its values count:\n{shown}")
        succeeds(gfs("plan", "Contiguous", "--config", file, cwd=work), "each value is one")


def packages_of(libraries):
    paths = {str(pathlib.Path(library).resolve()) for library in libraries}
    listed = subprocess.run(["dpkg-query", "-S", *paths], capture_output=True, text=True, check=False).stdout
    return {line.split(":")[0] for line in listed.splitlines()}


def with_dependencies(packages):
    """The installed packages that these draw in."""
    listed = subprocess.run(["dpkg-query", "-W", "-f", "${Package}|${Depends}, ${Pre-Depends}|${Provides}\n"], capture_output=True,
                            text=True, check=True).stdout
    rows = [line.split("|", 1) for line in listed.splitlines()]
    names = lambda text: [word.split("(")[0].split(":")[0].strip() for word in re.split("[,|]", text)]
    needs = {name: names(rest.rsplit("|", 1)[0]) for name, rest in rows}
    found, pending = set(), list(packages)
    while pending:
        name = pending.pop()
        if name in found or name not in needs:
            continue
        found.add(name)
        pending += needs[name]
    return found


def packages_suffice():
    [install] = [text for name, text in dockerfile.last_stage(STEPS) if name == "RUN"]
    installed = [word for word in shlex.split(install.split("install -y", 1)[1].split("&&")[0]) if not word.startswith("-")]
    loaded = subprocess.run(["ldd", BIN / "gfs"], capture_output=True, text=True, check=True).stdout
    needed = packages_of(re.findall(r"=> (/\S+)", loaded))
    check(len(needed) > 20, f"the packages of gfs's libraries are known: {needed}")
    missing = needed - with_dependencies([*installed, "libc6"])
    check(not missing, f"the image installs the packages of each library that gfs loads; missing: {missing}")


def configures_without(*packages):
    [build] = [text for name, text in STEPS if name == "RUN" and "cmake --preset" in text]
    [configure] = [step.strip() for step in build.split("&&") if "cmake --preset" in step]
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([*shlex.split(configure), "-B", folder, *[f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in packages]],
                             cwd=SOURCE, capture_output=True, text=True, check=False)
    check(run.returncode == 0 and "pipelines/gfs is left out" not in run.stdout,
          f"the image's build is configured without {packages}:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")


def in_a_clean_root():
    if os.geteuid() != 0:
        skip("chroot is for root")
    with tempfile.TemporaryDirectory(prefix="freshet-image-") as folder, Folder() as work:
        image = dockerfile.build(STEPS, SOURCE, pathlib.Path(folder))
        data = work / "data"
        data.mkdir()
        work.chmod(0o755)
        os.chown(data, 10001, 10001)
        make_small_cycle(work / "source", "0-1")
        with Mirror(work / "source", work) as mirror:
            operate(lambda *arguments: image.start(*arguments, mount=(str(data), "data")), data, mirror.url(),
                    image.place("/etc/gfs/config.toml"))
        owners = {path.stat().st_uid for path in data.rglob("*")}
        check(owners == {10001}, f"the store belongs to the image's user: {owners}")


if sys.argv[1] == "here":
    configured_for_every_task()
    configuration_is_known()
    packages_suffice()
    configures_without("Python3", "Catch2")
else:
    in_a_clean_root()
