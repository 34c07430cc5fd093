#!/usr/bin/env python3
"""The rules and alerts of deploy/prometheus: they work, and ask for what there is."""

import re
import shutil
import subprocess
import sys
import unittest

from expressions import PROMETHEUS, ROOT, SKIPPED, findings, items, labels_by_name

RULES, ALERTS = PROMETHEUS / "rules.yml", PROMETHEUS / "alerts.yml"
# Outcomes that are the caller's doing, or wish; every other one but "ok" spends the error budget.
CALLERS = {
    "malformed_request",
    "invalid_request",
    "unauthorized",
    "not_found",
    "method_not_allowed",
    "unknown_provider",
    "payload_too_large",
    "unsupported_by_target",
    "cancelled",
    "limit_exceeded",
    "upstream_rejected",
    "unsupported_parameter",
    "context_length_exceeded",
    "content_filtered",
    "model_not_found",
}


def promtool(*arguments):
    done = subprocess.run(["promtool", *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Rules(unittest.TestCase):
    def test_promtool_accepts_the_configuration(self):
        code, output = promtool("check", "config", "prometheus.yml")
        self.assertEqual(code, 0, output)

    def test_rules_and_alerts_do_what_their_tests_say(self):
        tests = sorted(path.name for path in PROMETHEUS.glob("*_test.yml"))
        self.assertTrue(tests)
        code, output = promtool("test", "rules", *tests)
        self.assertEqual(code, 0, output)

    def test_every_alert_has_a_case_where_it_fires_and_one_where_it_is_silent(self):
        text = (PROMETHEUS / "alerts_test.yml").read_text(encoding="utf-8")
        cases = re.findall(r"alertname: (\w+)(\}?)(?:\n +exp_alerts:\n +- exp_labels:)?", text)
        firing = set(re.findall(r"alertname: (\w+)\n +exp_alerts:\n +- exp_labels:", text))
        silent = {name for name, closed in cases if closed}
        alerts = set(items(ALERTS, "alert"))
        self.assertEqual(firing, alerts)
        self.assertEqual(silent, alerts)

    def test_recording_rules_are_named_level_metric_operation(self):
        for name in items(RULES, "record"):
            self.assertRegex(name, r"^[a-z_]+:sluice_[a-z_]+:[a-z0-9_]+$")

    def test_every_metric_and_label_exists(self):
        known = labels_by_name()
        for path, kind in ((RULES, "record"), (ALERTS, "alert")):
            for name, text in items(path, kind).items():
                with self.subTest(name):
                    self.assertEqual(list(findings(text, known)), [])

    def test_every_outcome_is_either_the_callers_or_spends_the_error_budget(self):
        source = (ROOT / "gateway/core/error.cpp").read_text(encoding="utf-8")
        names = source[source.index("code_of(") : source.index("status_of(")]
        outcomes = set(re.findall(r'return "(\w+)";', names))
        counted = items(RULES, "record")["job:sluice_requests_failed:rate5m"]
        failures = set(re.search(r'outcome=~"([^"]+)"', counted)[1].split("|"))
        self.assertEqual(failures & CALLERS, set())
        self.assertEqual(failures | CALLERS, outcomes)


if __name__ == "__main__":
    if not shutil.which("promtool"):
        print("promtool (Debian: prometheus) is not installed: rules and alerts went UNCHECKED")
        sys.exit(SKIPPED)
    unittest.main()
