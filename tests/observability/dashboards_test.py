#!/usr/bin/env python3
"""The Grafana dashboards: as their generator writes them, and every expression one that Prometheus can answer.
Grafana itself is no Debian package, so that nothing here opens them in it."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from expressions import GRAFANA, SKIPPED, as_prometheus_sees_it, dashboard_queries, dashboards, findings, labels_by_name


class Dashboards(unittest.TestCase):
    def test_are_what_the_generator_writes(self):
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run([sys.executable, GRAFANA / "dashboards.py", directory], check=True)
            written = {path.name: path.read_bytes() for path in pathlib.Path(directory).iterdir()}
        committed = {path.name: path.read_bytes() for path in (GRAFANA / "dashboards").iterdir()}
        self.assertEqual(written, committed, "run deploy/grafana/dashboards.py")

    def test_every_expression_is_accepted_by_promtool(self):
        rules = [
            {"record": f"expression:{number}", "expr": as_prometheus_sees_it(expression)}
            for number, (_, _, expression, _) in enumerate(dashboard_queries())
        ]
        self.assertGreater(len(rules), 40)
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            json.dump({"groups": [{"name": "dashboards", "rules": rules}]}, file)  # JSON is YAML too
            file.flush()
            done = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_metric_and_label_exists(self):
        known = labels_by_name()
        for dashboard, panel, expression, legend in dashboard_queries():
            with self.subTest(f"{dashboard}: {panel}"):
                self.assertEqual(list(findings(f"{expression} {legend}", known)), [])
        for dashboard in dashboards().values():
            queries = [variable["definition"] for variable in dashboard["templating"]["list"] if variable["type"] == "query"]
            self.assertEqual([found for query in queries for found in findings(query, known)], [])

    def test_panels_have_numbers_of_their_own_and_do_not_overlap(self):
        for name, dashboard in dashboards().items():
            panels = dashboard["panels"]
            self.assertEqual(len({panel["id"] for panel in panels}), len(panels), name)
            taken = set()
            for panel in panels:
                place = panel["gridPos"]
                cells = {
                    (x, y)
                    for x in range(place["x"], place["x"] + place["w"])
                    for y in range(place["y"], place["y"] + place["h"])
                }
                self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
                self.assertFalse(taken & cells, panel["title"])
                taken |= cells

    def test_ask_the_datasource_that_is_chosen(self):
        for dashboard in dashboards().values():
            for panel in dashboard["panels"]:
                if panel["type"] != "row":
                    self.assertEqual(panel["datasource"]["uid"], "$datasource", panel["title"])


if __name__ == "__main__":
    if not shutil.which("promtool"):
        print("promtool (Debian: prometheus) is not installed: the dashboards went UNCHECKED")
        sys.exit(SKIPPED)
    unittest.main()
