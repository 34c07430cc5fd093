#!/usr/bin/env python3
"""Who may include whom: fails on any edge between folders that the table below does not name."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# folder -> folders it may include beside itself; "config" stands for the plain data headers.
ALLOWED = {
    "core": set(),
    "config": {"core"},
    "providers": {"core"},
    "resilience": {"core", "config-data"},
    "telemetry": {"core", "config-data"},
    "tokens": {"core"},
    "store": {"core", "config-data", "telemetry"},
    "api": {"core"},
    "admission": {"core", "config-data", "telemetry", "resilience"},
    "routing": {"core", "config-data", "telemetry", "resilience", "providers"},
    "upstream": {"core", "config-data", "telemetry"},
    "dispatch": {"core", "config-data", "telemetry", "resilience", "routing", "upstream", "providers"},
    "server": {"core", "config-data", "telemetry", "admission", "routing", "api", "dispatch", "store", "tokens"},
    "mock": {"core", "server"},
    "export": {"core", "config-data", "telemetry", "resilience", "upstream"},
    "runtime": {"core", "config-data", "telemetry", "admission", "routing", "upstream", "dispatch", "store", "tokens", "server", "mock", "export"},
    "main": {"core", "config", "config-data", "providers", "runtime", "telemetry"},
}
CONFIG_DATA = {"config/config.hpp", "config/model_table.hpp"}

# Words that only these files may use: what costs much to compile stays in few places.
CONFINED = {
    r"\bssl::stream\b": {"gateway/upstream/stream.cpp"},
    r"\bhttp::async_|<boost/beast/": {
        "gateway/core/boost_sources.cpp",
        "gateway/server/chunk_decoder.hpp",
        "gateway/upstream/response_parser.hpp",
    },
    r"<yaml-cpp/": {"config/yaml_reader.cpp"},
    r"<CLI/": {"gateway/main.cpp"},
    r"<sqlite3": {"gateway/store/sqlite.cpp"},
}


def folder_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] == "gateway":
        return parts[1] if len(parts) > 2 else "main"
    return parts[0]


def target_of(include):
    if include in CONFIG_DATA:
        return "config-data"
    return include.split("/")[0]


def findings(path):
    folder = folder_of(path)
    text = path.read_text(encoding="utf-8")
    name = str(path.relative_to(ROOT))
    for number, line in enumerate(text.splitlines(), 1):
        include = re.match(r'#include "([^"]+)"', line)
        if not include:
            continue
        target = target_of(include[1])
        own = target == folder or (target == "config-data" and folder == "config")
        if not own and target not in ALLOWED[folder]:
            yield f"{name}:{number}: {folder} may not include {include[1]}"
    for pattern, files in CONFINED.items():
        if name not in files and re.search(pattern, text):
            yield f"{name}: {pattern} belongs in {', '.join(sorted(files))}"
    if path.suffix == ".hpp" and "#pragma once" not in text:
        yield f"{name}: no #pragma once"


def main():
    sources = [p for top in ("gateway", "providers", "config") for p in sorted((ROOT / top).rglob("*.[ch]pp"))]
    found = [line for path in sources for line in findings(path)]
    print("\n".join(found))
    print(f"{len(sources)} files, {len(found)} findings")
    sys.exit(1 if found or not sources else 0)


main()
