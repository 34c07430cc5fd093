#!/usr/bin/env python3
"""docs/operations.md names every metric, alert and log line, and none that is not there."""

import re
import unittest

from expressions import PROMETHEUS, ROOT, dashboards, golden_metrics, items

TEXT = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
ACCESS_LOG = (ROOT / "gateway/telemetry/access_log.cpp").read_text(encoding="utf-8")


def section(title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, flags=re.M | re.S)[1]


def tables(text):
    """The cells of each table's rows, without the heads."""
    found = re.findall(r"^\|[-|]+\|\n((?:\|.*\n)+)", text, flags=re.M)
    return [[[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()] for table in found]


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


def log_lines():
    """{(level, message): fields} of what the gateway may write beside request lines."""
    found = {}
    for path in sorted((ROOT / "gateway").rglob("*.cpp")):
        source = path.read_text(encoding="utf-8")
        lines = re.findall(r'LogLine\(LogLevel::(\w+), "([^"]+)"\)(.*?)\.write\(\)', source, flags=re.S)
        for level, message, rest in lines:
            fields = re.findall(r'\.(?:text|word|number|flag|json)\(\s*"(\w+)"', rest)
            found.setdefault((level, message), set()).update(fields)
    return found


class Operations(unittest.TestCase):
    maxDiff = None

    def test_every_metric_is_told_with_its_type_and_labels(self):
        (rows,) = tables(section("Metrics"))
        told = {quoted(name)[0]: (kind, set(quoted(labels))) for name, kind, labels, _ in rows}
        self.assertEqual(told, golden_metrics())

    def test_every_alert_is_told_with_its_severity(self):
        told = dict(re.findall(r"^### (\w+)\n(\w+) ·", section("Alerts"), flags=re.M))
        alerts = items(PROMETHEUS / "alerts.yml", "alert")
        self.assertEqual(told, {name: re.search(r"severity: (\w+)", text)[1] for name, text in alerts.items()})

    def test_every_alert_says_what_to_look_at_and_what_to_do(self):
        for part in re.split(r"^### ", section("Alerts"), flags=re.M)[1:]:
            self.assertRegex(part, r"\*\*Look\*\*", part)
            self.assertRegex(part, r"\*\*[Dd]o\*\*", part)

    def test_panels_that_it_names_are_there(self):
        titles = {panel["title"] for dashboard in dashboards().values() for panel in dashboard["panels"]}
        named = re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", re.sub(r"\s+", " ", section("Alerts")))
        self.assertTrue(named)
        self.assertEqual(set(named) - titles, set())

    def test_every_field_of_a_request_line_is_told(self):
        fields, _ = tables(section("Log"))
        writer = ACCESS_LOG[ACCESS_LOG.index("void write_access_line") :]
        written = re.findall(r'\.(?:text|word|number|flag|json)\("(\w+)"', writer)
        self.assertEqual([quoted(name)[0] for name, _ in fields], written)
        attempts = next(meaning for name, meaning in fields if name == "`attempts`")
        self.assertEqual(quoted(attempts), re.findall(r'[{,]"(\w+)":', ACCESS_LOG))

    def test_every_other_line_is_told_with_its_fields(self):
        _, rows = tables(section("Log"))
        told = {(level, quoted(message)[0]): set(quoted(fields)) for level, message, fields, _ in rows}
        self.assertEqual(told, log_lines())


if __name__ == "__main__":
    unittest.main()
