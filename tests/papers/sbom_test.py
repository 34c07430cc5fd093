"""The list of parts that deploy/sbom.py makes, held against what the dynamic linker and dpkg say."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ["SLUICE_BINARY"])
VERSION = re.search(r"project\(sluice VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]


def made():
    command = [sys.executable, "-B", ROOT / "deploy/sbom.py", "--build", BINARY.parent, "--version", VERSION]
    with tempfile.NamedTemporaryFile() as output:
        subprocess.run([*command, "--output", output.name], check=True)
        return pathlib.Path(output.name).read_text()


def owner_of(library):
    """The package that has the library, under either of its names since /usr was merged."""
    for path in (library, os.path.realpath(library), "/usr" + library):
        done = subprocess.run(["dpkg", "-S", path], text=True, capture_output=True, check=False)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    raise AssertionError(f"no package has {library}")


def fields_of(package, *fields):
    wanted = "\t".join("${%s}" % field for field in fields)
    return subprocess.run(["dpkg-query", "-W", "-f", wanted, package], check=True, text=True, capture_output=True).stdout.split("\t")


class Sbom(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = made()
        cls.document = json.loads(cls.text)
        cls.components = {each["name"]: each for each in cls.document["components"]}

    def property_of(self, package, name):
        return [each["value"] for each in self.components[package]["properties"] if each["name"] == name]

    def test_is_cyclonedx_of_this_version(self):
        self.assertEqual((self.document["bomFormat"], self.document["specVersion"]), ("CycloneDX", "1.5"))
        self.assertEqual(self.document["metadata"]["component"]["version"], VERSION)
        references = [each["bom-ref"] for each in self.document["components"]]
        self.assertEqual(len(references), len(set(references)))
        self.assertEqual(self.document["dependencies"][0]["dependsOn"], references)

    def test_has_every_library_that_the_linker_loads(self):
        loaded = subprocess.run(["ldd", BINARY], check=True, text=True, capture_output=True).stdout
        libraries = re.findall(r"(/\S+) \(0x", loaded)
        self.assertGreater(len(libraries), 10)
        for library in libraries:
            package = owner_of(library)
            self.assertIn(package, self.components)
            self.assertEqual(self.property_of(package, "sluice:use"), ["loaded"])
            self.assertIn(os.path.basename(library), self.property_of(package, "sluice:library"))

    def test_has_the_libraries_that_are_only_headers(self):
        for package in ("libcli11-dev", "libboost1.81-dev"):
            self.assertEqual(self.property_of(package, "sluice:use"), ["compiled in"])

    def test_has_the_versions_that_dpkg_has(self):
        for name, component in self.components.items():
            if component["purl"].startswith("pkg:deb/"):
                version, architecture = fields_of(name, "Version", "Architecture")
                self.assertEqual(component["version"], version)
                self.assertRegex(component["purl"], rf"^pkg:deb/debian/[^@]+@[^?]+\?arch={architecture}&distro=debian-\d+$")

    def test_says_licences_where_debian_does(self):
        def ids(package):
            return {each["license"].get("id") for each in self.components[package].get("licenses", [])}

        self.assertIn("Apache-2.0", ids("libssl3"))
        self.assertIn("BSD-3-Clause", ids("libcli11-dev"))
        self.assertEqual(ids("libc6"), set())  # its copyright file is prose

    def test_has_what_the_page_contains(self):
        notices = (ROOT / "ui/dist/THIRD_PARTY.txt").read_text()
        packages = re.findall(r"^(\S+) (\d\S*) \(http", notices, re.M)
        self.assertTrue(packages)
        npm = {(each["name"], each["version"]) for each in self.components.values() if each["purl"].startswith("pkg:npm/")}
        self.assertEqual(npm, set(packages))

    def test_is_the_same_each_time_and_names_no_path_of_the_machine(self):
        self.assertEqual(made(), self.text)
        self.assertNotIn(str(BINARY.parent), self.text)


if __name__ == "__main__":
    unittest.main()
