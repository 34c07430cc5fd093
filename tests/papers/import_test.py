"""sluice import as people run it: a file for each tool, its exit codes, and the page that explains it."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests/fixtures/import"
BINARY = os.environ["SLUICE_BINARY"]
TOOLS = ("litellm", "portkey", "bifrost")


def run(*command, **environment):
    return subprocess.run([BINARY, *command], text=True, capture_output=True, check=False, env=environment)


def values_for(yaml):
    """A value for each variable that the result says it needs."""
    names = re.findall(r"^#   (\w+)$", yaml, re.M)
    return {name: f"{index:064x}" if name.endswith("_SHA256") else f"https://{index}.example" for index, name in enumerate(names)}


class Import(unittest.TestCase):
    def test_result_passes_check_config(self):
        for tool in TOOLS:
            for source in FIXTURES.glob(f"{tool}/*/input.*"):
                done = run("import", "--from", tool, source)
                self.assertEqual(done.returncode, 0, source)
                self.assertEqual(done.stderr, (source.parent / "report.txt").read_text())
                with tempfile.NamedTemporaryFile("w", suffix=".yaml") as result:
                    result.write(done.stdout)
                    result.flush()
                    checked = run("--check-config", "--config", result.name, "--env-file", "", **values_for(done.stdout))
                self.assertEqual((checked.returncode, checked.stdout), (0, "configuration is valid\n"), checked.stderr)

    def test_what_cannot_be_read_exits_78_and_prints_nothing(self):
        sources = [*FIXTURES.glob("*/broken/*"), FIXTURES / "litellm/no_such_file", FIXTURES]
        for source in sources:
            tool = source.parent.parent.name
            done = run("import", "--from", tool if tool in TOOLS else "litellm", source)
            self.assertEqual((done.returncode, done.stdout), (78, ""), source)
            self.assertTrue(done.stderr.startswith("sluice import: "), done.stderr)

    def test_wrong_flags_exit_2(self):
        for flags in (["--from", "nginx", "x"], ["--from", "litellm"], ["x"]):
            self.assertEqual(run("import", *flags).returncode, 2, flags)

    def test_the_page_shows_a_real_report(self):
        page = (ROOT / "docs/migrating.md").read_text()
        self.assertIn((FIXTURES / "litellm/team/report.txt").read_text(), page)


if __name__ == "__main__":
    unittest.main()
