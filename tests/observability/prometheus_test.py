#!/usr/bin/env python3
"""A real Prometheus, with the configuration of deploy/prometheus, scrapes a real gateway under a short load.

Needs prometheus (Debian's package) and SLUICE_BINARY. -v shows each query with its answer.
"""

import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

from expressions import PROMETHEUS, SKIPPED, as_prometheus_sees_it, dashboard_queries, items, labels_by_name

PATIENCE = 40  # seconds; a loaded machine takes what it needs, an idle one none of it
FLAGS = ["--demo", "--listen", "127.0.0.1:0", "--env-file", "/nonexistent/.env"]
CONFIGURATION = """
server: {workers: 2}
log: {format: json, level: info}
providers:
  mock:
    type: mock
    default_model: echo
    models:
      - {id: echo, input_price: 1000, output_price: 2000}
      - {id: pace-40}
    retry: {base_delay: 1ms}
  mock_failing:
    type: mock
    default_model: fail-503
    retry: {max_attempts: 2, base_delay: 1ms}
    breaker: {min_requests: 4, open_time: 120s}
routes:
  auto: {targets: [mock_failing/fail-503, mock/echo]}
  broken: {targets: [mock_failing/fail-503]}
"""
# What a short load has no series for: the mock's streams make sense.
UNSEEN = {"sluice_malformed_events_total"}


class Program:
    """A child process whose output is read as it comes; ended when it is left."""

    def __init__(self, *command):
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={}
        )
        self.output = []
        self.ended = False
        self.arrived = threading.Condition()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.arrived:
                self.output.append(line)
                self.arrived.notify_all()
        with self.arrived:
            self.ended = True
            self.arrived.notify_all()

    def port(self, pattern):
        """The port in the first line that fits."""

        def find():
            return next((found for found in map(re.compile(pattern).search, self.output) if found), None)

        with self.arrived:
            found = self.arrived.wait_for(lambda: find() or self.ended, PATIENCE) and find()
        if not found:
            raise RuntimeError(f"no line like {pattern}:\n" + "".join(self.output))
        return int(found[1])

    def end(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()


def post(port, path, body, headers=()):
    """Status and body of an answer, read to its end."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("POST", path, json.dumps(body), {"content-type": "application/json", **dict(headers)})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.configuration = cls.directory / "sluice.yaml"
        cls.configuration.write_text(CONFIGURATION, encoding="utf-8")
        cls.sluice = Program(os.environ["SLUICE_BINARY"], *FLAGS, "--config", cls.configuration)
        cls.addClassCleanup(cls.sluice.end)
        cls.port = cls.sluice.port(r'"msg":"listening".*"address":"127\.0\.0\.1:(\d+)"')
        cls.prometheus = Program(
            shutil.which("prometheus"),
            f"--config.file={cls.prometheus_configuration()}",
            f"--storage.tsdb.path={cls.directory / 'data'}",
            "--web.listen-address=127.0.0.1:0",
        )
        cls.addClassCleanup(cls.prometheus.end)
        cls.api = cls.prometheus.port(r'msg="Listening on".*address=127\.0\.0\.1:(\d+)')
        cls.put_under_load()

    @classmethod
    def prometheus_configuration(cls):
        """As shipped, but every second, and of this gateway."""
        for name in ("rules.yml", "alerts.yml"):
            shutil.copy(PROMETHEUS / name, cls.directory)
        text = (PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8")
        changed = text.replace("_interval: 15s", "_interval: 1s").replace("sluice:8006", f"127.0.0.1:{cls.port}")
        path = cls.directory / "prometheus.yml"
        path.write_text(changed, encoding="utf-8")
        return path

    @classmethod
    def put_under_load(cls):
        """Once a little, so that all series begin, and once more when Prometheus has seen them."""
        cls.chats("mock/echo", 2, 200)
        cls.chats("mock/pace-40", 2, 200, stream=True)
        cls.chats("mock/flaky", 1, 200)
        cls.chats("auto", 10, 200)
        cls.chats("broken", 1, 503)
        cls.chats("mock/echo", 1, 400, messages=[])
        cls.bad_framing()
        cls.wait_for('sum(sluice_requests_total{surface!="operations"})', 17)
        cls.chats("mock/echo", 58, 200)
        cls.chats("mock/pace-40", 10, 200, stream=True)
        cls.chats("mock/flaky", 2, 200)
        cls.chats("broken", 4, 503)
        cls.chats("mock/echo", 4, 400, messages=[])
        cls.wait_for('sum(sluice_requests_total{surface!="operations"})', 95)
        cls.wait_for("sum(sluice_attempts_total)", 92)
        cls.wait_for('min(count_over_time(sluice_requests_total{outcome="ok",surface="openai"}[1m])) >= bool 3', 1)

    @classmethod
    def chats(cls, model, count, status, **more):
        body = {"model": model, "messages": [{"role": "user", "content": "one two three four five"}], **more}
        at_once = 1 if model in ("auto", "mock/flaky") else 8  # who fails there depends on the order
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            for got, text in pool.map(lambda _: post(cls.port, "/v1/chat/completions", body), range(count)):
                if got != status or (more.get("stream") and not text.endswith("data: [DONE]\n\n")):
                    raise AssertionError(f"{model}: {got} {text}")

    @classmethod
    def bad_framing(cls):
        got, text = post(cls.port, "/v1/chat/completions", {}, {"transfer-encoding": "chunked", "content-length": "9"})
        if got != 400:
            raise AssertionError(f"{got} {text}")

    @classmethod
    def ask(cls, path, **parameters):
        url = f"http://127.0.0.1:{cls.api}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return json.load(answer)["data"]

    @classmethod
    def query(cls, expression):
        """[(labels, number)]"""
        found = cls.ask("query", query=expression)["result"]
        return [(each["metric"], float(each["value"][1])) for each in found]

    @classmethod
    def wait_for(cls, expression, expected):
        until = time.monotonic() + PATIENCE
        while [number for _, number in cls.query(expression)] != [expected]:
            if time.monotonic() > until:
                raise AssertionError(f"{expression} is {cls.query(expression)}, not {expected}")
            time.sleep(0.1)

    @classmethod
    def answer(cls, expression):
        """The first that is not empty: rules are evaluated a moment after the scrape."""
        until = time.monotonic() + PATIENCE
        while not (found := cls.query(expression)) and time.monotonic() < until:
            time.sleep(0.1)
        return found

    def number(self, expression):
        found = self.answer(expression)
        self.assertEqual(len(found), 1, f"{expression}: {found}")
        self.show(expression, found[0][1])
        return found[0][1]

    def by(self, label, expression):
        found = {labels[label]: number for labels, number in self.answer(expression)}
        self.show(expression, found)
        return found

    @staticmethod
    def show(expression, answer):
        if "-v" in sys.argv:
            print(f"\n  {expression}\n    -> {answer}", flush=True)

    def test_requests_are_counted_exactly(self):
        self.assertEqual(
            self.by("outcome", 'sum by (outcome) (sluice_requests_total{surface="openai"})'),
            {"ok": 85, "circuit_open": 5, "invalid_request": 5},
        )
        self.assertEqual(
            self.by("model", 'sum by (model) (sluice_requests_total{surface="openai",outcome="ok"})'),
            {"echo": 70, "pace-40": 12, "other": 3},
        )
        self.assertEqual(self.number('sum(sluice_request_duration_seconds_count{surface="openai"})'), 95)
        self.assertEqual(self.by("reason", "sluice_rejected_total"), {"bad_framing": 1})

    def test_attempts_retries_and_fallbacks_are_counted_exactly(self):
        bad = '{provider="mock_failing",model="fail-503"}'
        self.assertEqual(self.by("outcome", "sluice_attempts_total" + bad), {"upstream_overloaded": 4})
        self.assertEqual(self.by("reason", "sluice_retries_total" + bad), {"upstream_overloaded": 2})
        self.assertEqual(self.by("reason", "sluice_fallbacks_total" + bad), {"upstream_overloaded": 2})
        flaky = '{provider="mock",model="other"}'
        self.assertEqual(self.by("outcome", "sluice_attempts_total" + flaky), {"upstream_overloaded": 3, "ok": 3})
        self.assertEqual(self.by("reason", "sluice_retries_total" + flaky), {"upstream_overloaded": 3})
        self.assertEqual(self.number('sluice_attempts_total{provider="mock",model="echo",outcome="ok"}'), 70)

    def test_tokens_and_cost_are_exact(self):
        echo = '{provider="mock",model="echo"}'
        self.assertEqual(self.by("kind", "sluice_tokens_total" + echo), {"input": 350, "output": 350})
        cost = self.by("kind", "sluice_cost_usd_total" + echo)
        self.assertAlmostEqual(cost["input"], 0.35)
        self.assertAlmostEqual(cost["output"], 0.70)

    def test_the_breaker_is_seen_open_and_routes_tell_what_is_left(self):
        self.assertEqual(
            self.by("state", 'sluice_breaker_state{provider="mock_failing",model="fail-503"}'),
            {"open": 1, "half_open": 0, "closed": 0},
        )
        self.assertEqual(
            self.by("route", 'sluice_route_targets{state="closed"}'), {"auto": 1, "broken": 0}
        )
        waiting = 'count by (route) (ALERTS{alertname="SluiceRouteAllTargetsOpen"})'
        self.assertEqual(self.by("route", waiting), {"broken": 1})

    def test_percentiles_are_sane(self):
        paced = 'rate(sluice_request_duration_seconds_bucket{model="pace-40"}[5m])'
        p50, p95, p99 = (self.number(f"histogram_quantile({q}, sum by (le) ({paced}))") for q in (0.5, 0.95, 0.99))
        self.assertGreaterEqual(p50, 0.16)  # four pauses of 40 ms: the bucket from 0.16 to 0.32 s
        self.assertLessEqual(p50, 1.28)
        self.assertLessEqual(p50, p95)
        self.assertLessEqual(p95, p99)
        first = self.number('job_provider_model:sluice_time_to_first_token_seconds:p95_rate5m{model="pace-40"}')
        self.assertGreater(first, 0)
        self.assertLess(first, p99)
        token = self.number('job_provider_model:sluice_time_per_output_token_seconds:p95_rate5m{model="pace-40"}')
        self.assertGreaterEqual(token, 0.025)  # 40 ms are in the bucket from 25 to 50 ms
        self.assertLessEqual(token, 0.25)
        overhead = self.number("job:sluice_overhead_seconds:p99_rate5m")
        self.assertGreater(overhead, 0)
        self.assertLessEqual(overhead, 0.1)

    def test_rules_evaluate(self):
        groups = self.ask("rules")["groups"]
        rules = {rule["name"]: rule for group in groups for rule in group["rules"]}
        expected = set(items(PROMETHEUS / "rules.yml", "record")) | set(items(PROMETHEUS / "alerts.yml", "alert"))
        self.assertEqual(set(rules), expected)
        self.assertEqual({name: rule.get("lastError", "") for name, rule in rules.items() if rule["health"] != "ok"}, {})
        for name, rule in rules.items():
            if rule["type"] == "recording":
                self.assertNotEqual(self.answer(name), [], name)
        self.assertGreater(self.number("job:sluice_requests:rate5m"), 0)
        # Of the 78 requests that came when all series had begun, four failed; the callers' four mistakes do not count.
        self.assertAlmostEqual(self.number("job:sluice_requests_failed:ratio_rate5m"), 4 / 78, delta=0.02)

    def test_series_have_the_labels_that_are_promised(self):
        known = labels_by_name()
        seen = set()
        for labels in self.ask("series", **{"match[]": '{job="sluice",__name__=~".*(sluice|process)_.*"}'}):
            name = labels.pop("__name__")
            seen.add(name)
            self.assertEqual(set(labels), known.get(name), name)
        self.assertEqual(set(known) - seen, UNSEEN | {"up"})

    def test_every_panel_of_the_dashboards_has_an_answer(self):
        for dashboard, panel, expression, _ in dashboard_queries():
            with self.subTest(f"{dashboard}: {panel}"):
                expression = as_prometheus_sees_it(expression)
                if any(name in expression for name in UNSEEN):
                    self.assertEqual(self.query(expression), [])
                else:
                    self.assertNotEqual(self.answer(expression), [])

    def test_x_a_refused_configuration_is_seen(self):
        self.configuration.write_text("nonsense: 1\n", encoding="utf-8")
        self.sluice.process.send_signal(signal.SIGHUP)
        self.wait_for("sluice_config_last_reload_successful", 0)
        self.wait_for('count(ALERTS{alertname="SluiceReloadFailed"})', 1)
        self.number("sluice_config_last_reload_successful")


if __name__ == "__main__":
    if not shutil.which("prometheus"):
        print("prometheus (Debian's package) is not installed: the scrape went UNCHECKED")
        sys.exit(SKIPPED)
    unittest.main()
