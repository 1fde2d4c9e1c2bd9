#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""completion_test.py TOYS FRESHETD: the completion scripts in real shells, and the manual pages."""

import os
import re
import shutil
import subprocess
import sys
import unittest

from operator_test import FRESHET, TOYS, OperatorTest, Terminal


def needs(program):
    return unittest.skipUnless(shutil.which(program), f"skipped: there is no {program}")


class Completion(OperatorTest):
    def script(self, program, shell):
        status, script = self.run_program(program, "completion", shell)
        self.assertEqual(status, 0, self.said)
        name = f"_{os.path.basename(program)}" if shell == "zsh" else f"{os.path.basename(program)}.{shell}"
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        return path

    def check(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""), command)

    @needs("shellcheck")
    def test_shellcheck_finds_nothing_in_the_script_for_bash(self):
        for program in (FRESHET, TOYS):
            self.check("shellcheck", self.script(program, "bash"))

    def in_bash(self, script, *words):
        """What bash offers for the last word."""
        line = f'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _{words[0]}; printf "%s\\n" "${{COMPREPLY[@]}}"'
        done = subprocess.run(["bash", "-c", line, script, *words], capture_output=True, text=True, timeout=60, check=True,
                              cwd=self.folder)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_bash_completes_commands_options_values_tasks_and_parameters(self):
        script = self.script(FRESHET, "bash")
        self.assertEqual(self.in_bash(script, "freshet", "ret"), ["retry"])
        self.assertIn("--error", self.in_bash(script, "freshet", "tasks", ""))
        self.assertEqual(self.in_bash(script, "freshet", "workers", "dr"), ["drain"])
        self.assertEqual(self.in_bash(script, "freshet", "tasks", "--limit", ""), [])
        self.assertEqual(self.in_bash(script, "freshet", "status", "--state", "fresh"), ["freshet.bash"])
        script = self.script(TOYS, "bash")
        self.assertEqual(self.in_bash(script, "toys", "run", "Chap"), ["Chapter"])
        self.assertEqual(self.in_bash(script, "toys", "run", "Chapter", "--num"), ["--number"])
        self.assertEqual(self.in_bash(script, "toys", "run", "--log-format", ""), ["plain", "json"])

    @needs("zsh")
    def test_zsh_completes_on_a_terminal(self):
        self.script(FRESHET, "zsh")
        self.script(TOYS, "zsh")
        shell = Terminal(["zsh", "-f", "-i"], self.folder)
        self.addCleanup(shell.close)
        shell.send("PS1='ready> '; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -d dump; setopt nolistbeep\n")
        shell.send("echo be''gun\n")
        shell.wait_for("begun")
        for typed, completed in (("freshet ret\t", "freshet retry"), ("freshet tasks --lim\t", "freshet tasks --limit"),
                                 ("freshet workers dr\t", "freshet workers drain"), ("toys run Chap\t", "toys run Chapter"),
                                 ("toys run Chapter --num\t", "toys run Chapter --number")):
            shell.send(typed)
            shell.wait_for(completed)
            shell.send("\x15")  # Ctrl-U clears the line

    @needs("fish")
    def test_fish_completes(self):
        for program, line, offered in ((FRESHET, "freshet ret", "retry"), (TOYS, "toys run Chap", "Chapter"),
                                       (TOYS, "toys run Chapter --num", "--number")):
            script = self.script(program, "fish")
            self.check("fish", "--no-execute", script)
            done = subprocess.run(["fish", "-c", f"source {script}; complete -C '{line}'"], capture_output=True, text=True,
                                  timeout=60, env={**self.environment(), "XDG_CONFIG_HOME": self.folder})
            self.assertEqual([offer.split("\t")[0] for offer in done.stdout.splitlines()], [offered], done.stderr)

    def test_an_unknown_shell_is_refused(self):
        self.freshet("completion", "tcsh", status=64)


class ManualPages(OperatorTest):
    @needs("man")
    def test_man_shows_them_without_a_warning(self):
        for name in ("freshet", "freshetd"):
            page = self.path(f"{name}.page")
            with open(page, "w", encoding="utf-8") as file:
                file.write(self.freshet("man-page", name))
            done = subprocess.run(["man", "--warnings=w", "-l", page], capture_output=True, text=True, timeout=60,
                                  env={**self.environment(), "MANWIDTH": "120", "LC_ALL": "C.UTF-8"})
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(name.upper(), done.stdout)

    def test_they_name_every_command_and_option_of_the_help(self):
        page = self.freshet("man-page", "freshet").replace("\\-", "-")
        for line in self.freshet("--help").splitlines():
            if line.startswith("  ") and (word := line.split()[0])[0].isalpha():
                self.assertIn(f".B {word}", page)
                for option in re.findall(r"^  (--[a-z-]+)", self.freshet("help", word), re.MULTILINE):
                    self.assertIn(f".B {option}", page)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
