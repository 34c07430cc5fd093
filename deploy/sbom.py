#!/usr/bin/env python3
"""What a built gateway consists of, as CycloneDX 1.5 in JSON: the Debian packages of the libraries it
loads and of the headers compiled into it, and the npm packages in its page. Only Debian's own metadata is
asked, so it has to run where the gateway was built.
  deploy/sbom.py --build build/release --version 1.0.0 [--output FILE]
"""

import argparse
import json
import pathlib
import platform
import re
import subprocess
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOC = pathlib.Path("/usr/share/doc")
# Debian's short names that SPDX calls otherwise, and those that are the same in both.
SPDX = {"Expat": "MIT", "BSD-2-clause": "BSD-2-Clause", "BSD-3-clause": "BSD-3-Clause", "zlib": "Zlib",
        **{name: name for name in ("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "ISC", "MIT", "X11", "Zlib")}}


def output_of(*command, **more):
    return subprocess.run(command, check=True, text=True, capture_output=True, **more).stdout


def loaded_libraries(binary):
    return sorted(set(re.findall(r"(/\S+) \(0x", output_of("ldd", binary))))


def compiled_headers(build):
    """Headers of the system that are in the objects the program is linked from, as ninja noted them."""
    inputs = output_of("ninja", "-C", str(build), "-t", "inputs", "sluice").split()
    objects = [each for each in inputs if each.endswith(".o")]
    return sorted(set(re.findall(r"^    (/usr/\S+)", output_of("ninja", "-C", str(build), "-t", "deps", *objects), re.M)))


def packages_of(files):
    """Debian package -> its files among these. The merged /usr gives a file two names."""
    names = {}
    for file in files:
        for path in (pathlib.Path(file), pathlib.Path(file).resolve()):
            text = str(path)
            for name in (text, text.removeprefix("/usr"), "/usr" + text):
                names[name] = file
    found = subprocess.run(["dpkg", "-S", *names], text=True, capture_output=True, check=False).stdout
    packages = {}
    for line in found.splitlines():
        owner, _, path = line.rpartition(": ")
        if path in names and not owner.startswith("diversion"):
            packages.setdefault(owner.split(",")[0], set()).add(names[path])
    return packages


def licences(package):
    """What the machine-readable copyright file says of the sources; of any other file nothing."""
    copyright_file = DOC / package.split(":")[0] / "copyright"
    text = copyright_file.read_text(errors="replace") if copyright_file.exists() else ""
    if not re.match(r"Format: https?://www.debian.org/doc/packaging-manuals/copyright-format/1.0", text):
        return []
    paragraphs = [each for each in re.split(r"\n\s*\n", text) if re.search(r"^Files:(?!\s*debian/)", each, re.M)]
    words = {word for each in paragraphs for word in re.findall(r"^License:[ \t]*(\S.*)$", each, re.M)}
    known = sorted({SPDX[word] for word in words if word in SPDX})
    return [{"license": {"id": word}} for word in known] + [{"license": {"name": word}} for word in sorted(words - SPDX.keys())]


def debian_components(libraries, headers):
    loaded, compiled = packages_of(libraries), packages_of(headers)
    if lost := set(libraries).difference(*loaded.values()):
        raise SystemExit(f"no Debian package has {', '.join(sorted(lost))}")
    release = platform.freedesktop_os_release()
    for package in sorted({*loaded, *compiled}):
        fields = "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}"
        name, version, architecture, source, source_version = output_of("dpkg-query", "-W", "-f", fields, package).split("\t")
        properties = [{"name": "sluice:source-package", "value": f"{source} {source_version}"},
                      {"name": "sluice:use", "value": "loaded" if package in loaded else "compiled in"}]
        properties += [{"name": "sluice:library", "value": pathlib.Path(file).name} for file in sorted(loaded.get(package, []))]
        quoted = urllib.parse.quote(version, safe="")
        purl = f"pkg:deb/debian/{urllib.parse.quote(name, safe='')}@{quoted}?arch={architecture}&distro={release['ID']}-{release['VERSION_ID']}"
        yield component(name, version, purl, licences(package), properties)


def npm_components():
    """Those that the page says it contains; ui/package-lock.json has their licences."""
    notices = ROOT / "ui/dist/THIRD_PARTY.txt"
    if not notices.exists():
        return
    packages = json.loads((ROOT / "ui/package-lock.json").read_text())["packages"]
    for name, version in re.findall(r"^(\S+) (\d\S*) \(http", notices.read_text(), re.M):
        entry = packages[f"node_modules/{name}"]
        if entry["version"] != version:
            raise SystemExit(f"{name}: {version} is in the page, {entry['version']} in its lock file")
        purl = f"pkg:npm/{urllib.parse.quote(name, safe='/')}@{version}"
        yield component(name, version, purl, [{"license": {"id": entry["license"]}}], [{"name": "sluice:use", "value": "page"}])


def component(name, version, purl, licence_list, properties):
    made = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "properties": properties}
    return {**made, "licenses": licence_list} if licence_list else made


def document(build, version):
    components = [*debian_components(loaded_libraries(build / "sluice"), compiled_headers(build)), *npm_components()]
    reference = f"pkg:generic/sluice@{version}"
    program = {"type": "application", "bom-ref": reference, "name": "sluice", "version": version, "purl": reference,
               "licenses": [{"license": {"id": "MIT"}}]}
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": program},
            "components": components,
            "dependencies": [{"ref": reference, "dependsOn": [each["bom-ref"] for each in components]}]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="directory of the build")
    parser.add_argument("--version", required=True)
    parser.add_argument("--output", type=pathlib.Path, help="else standard output")
    options = parser.parse_args()
    text = json.dumps(document(options.build, options.version), indent=2) + "\n"
    if options.output:
        options.output.write_text(text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
