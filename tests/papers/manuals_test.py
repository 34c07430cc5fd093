"""The manual pages: sound mdoc, and the same flags and commands as the program's own help. That
sluice.yaml(5) has every setting is tested where the settings are, in tests/unit/config."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

PAGES = pathlib.Path(__file__).resolve().parents[2] / "docs/man"
MANUAL = (PAGES / "sluice.8").read_text()
BINARY = os.environ["SLUICE_BINARY"]


def help_of(*command):
    return subprocess.run([BINARY, *command, "--help"], check=True, text=True, capture_output=True).stdout


def flags_of_help(*command):
    """-c and --config of "  -c,--config TEXT"."""
    heads = re.findall(r"^  (-\S+)", help_of(*command), re.M)
    return {flag for head in heads for flag in re.findall(r"-{1,2}[a-z][a-z-]*", head.split("=")[0])}


def subcommands_of_help():
    return set(re.findall(r"^  ([a-z]\S*) ", help_of().split("Subcommands:")[1], re.M))


def flags_of_manual(text):
    heads = re.findall(r"^\.It (Fl .*)$", text, re.M)
    return {"-" + flag for head in heads for flag in re.findall(r"Fl (\S+)", head)}


def commands_of_manual():
    """Command -> what the page says of it."""
    parts = re.split(r"^\.It Cm (\S+)$", MANUAL.split(".Sh SIGNALS")[0], flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


class Manuals(unittest.TestCase):
    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed: ITS CHECK IS LEFT OUT")
    def test_are_sound(self):
        for page in sorted(PAGES.iterdir()):
            done = subprocess.run(["mandoc", "-Tlint", page], text=True, capture_output=True, check=False)
            # Each names the other, which mandoc finds once both are installed.
            found = [line for line in done.stdout.splitlines() if "referenced manual not found: Xr sluice" not in line]
            self.assertEqual(found, [], page.name)

    def test_have_every_flag_and_no_other(self):
        general = MANUAL.split("The commands are:")[0]
        self.assertEqual(flags_of_manual(general), flags_of_help())

    def test_have_every_command_with_its_flags_and_no_other(self):
        commands = commands_of_manual()
        self.assertEqual(set(commands), subcommands_of_help())
        for command, text in commands.items():
            self.assertEqual(flags_of_manual(text), flags_of_help(command) - {"-h", "--help"}, command)


if __name__ == "__main__":
    unittest.main()
