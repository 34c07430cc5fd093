#!/usr/bin/env python3
"""Measures the rows of the goal table, interleaved over several rounds, and prints them as markdown."""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from gateways import (Direct, Haproxy, Nginx, Portkey, Process, Sluice, TLS_ANEW_PORT, TlsFront, UPSTREAM_PORT,
                      make_certificate)

GATEWAY_CORE, OTHER_CORE = "1", "0"
CHAT, FAST, PACED = "openai/gpt-6-luna", "compat/stream-100-0", "compat/stream-1000000-50"
HELD = "compat/stream-1000000-1000"
IDLE_SECONDS = 5


class Undisturbed:
    """Makes processes, and those that this one starts meanwhile, real-time ones where that is allowed. What else runs on
    two cores, the kernel's own threads too, else has them for milliseconds, and a tail shows that instead of the gateway.
    Only for loads that leave a core idle most of the time."""

    def __init__(self, pids):
        self.pids = [os.getpid()] + [int(pid) for pid in pids]

    def __enter__(self):
        try:
            self.schedule(os.SCHED_FIFO, 1)
        except PermissionError:
            print("  without real-time priority: not allowed", file=sys.stderr)

    def __exit__(self, *_):
        self.schedule(os.SCHED_OTHER, 0)

    def schedule(self, policy, priority):
        for pid in self.pids:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # one that ended is somebody else's news
                for thread in os.listdir(f"/proc/{pid}/task"):
                    os.sched_setscheduler(int(thread), policy, os.sched_param(priority))


class Row:
    """One load, and what of its result is compared. Of a tail a round has several short windows, undisturbed: what the
    machine's host does meanwhile spoils one of them instead of all."""

    def __init__(self, title, value, unit, goal, *load, targets=("nginx", "haproxy", "sluice"), stream=False,
                 pinned=True, seconds=3.0, warmup=1.0, windows=1, port="port"):
        self.title, self.value, self.unit, self.goal = title, value, unit, goal
        self.load, self.targets, self.stream, self.pinned = list(load), targets, stream, pinned
        self.port = "stream_port" if stream else port
        self.seconds, self.warmup, self.windows = seconds, warmup, windows


def chat(title, goal, size, model=CHAT, **more):
    return Row(title, "cpu_us_per_request", "us", goal, "--bytes", str(size), "--model", model, "--connections", "64", **more)


def stream(title, value, unit, goal, model, connections, **more):
    return Row(title, value, unit, goal, "--stream", "yes", "--model", model, "--connections", str(connections),
               stream=True, **more)


OWN = ("sluice",)
ROWS = [
    chat("chat, 400 B prompt", "0.9x", 400, targets=("nginx", "haproxy", "sluice", "portkey")),
    chat("chat, 16 KB prompt", "1.0x", 16384),
    chat("chat, 128 KB prompt", "1.1x", 131072),
    chat("chat to Mistral, 400 B", "2.5x", 400, "mistral/mistral-small-latest", targets=OWN),
    chat("chat to Anthropic, 400 B", "2.5x", 400, "anthropic/claude-opus-5-5", targets=OWN),
    chat("chat to Responses, 400 B", "2.5x", 400, "openai/gpt-6-pro", targets=OWN),
    chat("chat, 400 B, provider over TLS", "1.3x", 400, "tls/gpt-6-luna", targets=("nginx", "sluice"), port="tls_port"),
    Row("chat, 400 B, each over a new TLS connection", "cpu_us_per_request", "us", "1.3x", "--bytes", "400", "--model",
        "anew/gpt-6-luna", "--connections", "16", targets=("nginx", "sluice"), port="tls_anew_port"),
    stream("SSE, 16 streams at full speed, CPU per event", "cpu_us_per_event", "us", "1.2x", FAST, 16),
    stream("SSE, 500 x 20 events/s, p50", "p50_us", "us", "+20", PACED, 500, seconds=2, windows=3,
           targets=("direct", "nginx", "sluice")),
    Row("1,000 requests/s, open loop, p50", "p50_us", "us", "added 150", "--mode", "open", "--rate", "1000",
        "--model", CHAT, "--connections", "256", targets=("direct", "nginx", "haproxy", "sluice"), seconds=4),
    Row("10 clients, closed loop, nothing pinned", "requests_per_second", "1/s", "10000", "--model", CHAT,
        "--connections", "10", pinned=False, targets=("nginx", "haproxy", "sluice", "portkey")),
]
# Rows that another one measures along the way: title, of which, value, unit, goal.
ALONG = [
    ("chat, 400 B prompt, answers", "chat, 400 B prompt", "requests_per_second", "1/s", ""),
    ("SSE, 500 x 20 events/s, p99", "SSE, 500 x 20 events/s, p50", "p99_us", "us", "1.2x"),
    ("SSE, 500 x 20 events/s, CPU per event", "SSE, 500 x 20 events/s, p50", "cpu_us_per_event", "us", ""),
    ("1,000 requests/s, open loop, p99", "1,000 requests/s, open loop, p50", "p99_us", "us", "added 500"),
]


class Bench:
    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.gateways = {gateway.name: gateway for gateway in self.present()}
        self.results = {}  # title -> target -> list of results
        self.extra = {}    # title -> target -> list of numbers
        self.upstream = None

    def present(self):
        yield Direct(self.directory)
        yield Nginx(self.directory)
        yield Haproxy(self.directory)
        yield Sluice(self.directory, self.options.sluice)
        if self.options.portkey:
            yield Portkey(self.directory)

    def start_upstream(self, cores=OTHER_CORE):
        self.upstream = Process([self.options.upstream, "--port", str(UPSTREAM_PORT)], UPSTREAM_PORT, self.directory,
                                "upstream", cores)

    def stop(self):
        for gateway in self.gateways.values():
            gateway.stop()
        if self.upstream:
            self.upstream.stop()
        self.upstream = None

    def load(self, gateway, arguments, port=None, cores=OTHER_CORE):
        command = ["taskset", "-c", cores] if cores else []
        command += [self.options.load, "--port", str(port or gateway.port)] + arguments
        for header in gateway.headers:
            command += ["--header", header]
        for pid in gateway.pids():
            command += ["--pid", pid]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        result = json.loads(done.stdout)
        if result["errors"] or result["requests"] + result["events"] == 0:
            raise RuntimeError(f"{gateway.name}: {result['errors']} errors of {result['requests']} answers: {' '.join(command)}")
        return result

    def measure(self, row):
        for name in row.targets * row.windows:
            gateway = self.gateways.get(name)
            if not gateway:
                continue
            port = getattr(gateway, row.port)
            timing = ["--seconds", str(row.seconds * self.options.scale), "--warmup", str(row.warmup * self.options.scale)]
            quiet = Undisturbed(gateway.pids() + [self.upstream.pid]) if row.windows > 1 else contextlib.nullcontext()
            with quiet:
                result = self.load(gateway, row.load + timing, port, OTHER_CORE if row.pinned else None)
            self.results.setdefault(row.title, {}).setdefault(name, []).append(result)
            print(f"  {row.title}: {name} {result[row.value]}", file=sys.stderr, flush=True)

    def round(self, rows, cores, upstream_cores):
        self.start_upstream(upstream_cores)
        front = TlsFront(self.directory)
        front.start(upstream_cores)
        for gateway in self.gateways.values():
            gateway.start(cores)
        for row in rows:
            self.measure(row)
        self.stop()
        front.stop()
        self.count_resumed()

    def count_resumed(self):
        """The share of Sluice's new TLS connections that resumed a session; its log is that of this round."""
        path = f"{self.directory}/front.access.log"
        with open(path) as file:
            handshakes = [line.split() for line in file]
        os.truncate(path, 0)
        of_sluice = [fields[-1] == "r" for fields in handshakes
                     if fields[0] == str(TLS_ANEW_PORT) and fields[1] != "-"]
        if of_sluice:
            self.note("TLS sessions resumed", "sluice", 100 * sum(of_sluice) / len(of_sluice))

    def note(self, title, name, value):
        self.extra.setdefault(title, {}).setdefault(name, []).append(value)
        print(f"  {title}: {name} {value}", file=sys.stderr, flush=True)

    def memory_and_start(self):
        """Each gateway alone and fresh: idle, then with many open streams."""
        self.start_upstream()
        streams = 1000 if self.options.quick else 5000
        for name in ("nginx", "haproxy", "sluice"):
            gateway = self.gateways[name]
            gateway.start(GATEWAY_CORE)
            time.sleep(IDLE_SECONDS)
            idle = gateway.resident_kib()
            self.note("idle memory", name, idle / 1024)
            peak = [idle]
            watching = threading.Event()

            def watch():
                while not watching.wait(0.5):
                    peak[0] = max(peak[0], gateway.resident_kib())

            watcher = threading.Thread(target=watch)
            watcher.start()
            try:
                result = self.load(gateway, ["--stream", "yes", "--model", HELD, "--connections", str(streams),
                                             "--seconds", "5", "--warmup", "6"], gateway.stream_port)
            finally:
                watching.set()
                watcher.join()
            if result["events_per_second"] < 0.98 * streams:
                print(f"{name}: only {result['events_per_second']} events a second", file=sys.stderr)
            self.note(f"{streams:,} open streams, resident each", name, (peak[0] - idle) / streams)
            for value in ("p50", "p99", "max"):
                self.note(f"{streams:,} open streams, delay of an event, {value}", name, result[f"{value}_us"] / 1000)
            gateway.stop()
        self.cold_start()
        self.upstream.stop()

    def cold_start(self):
        gateway = self.gateways["sluice"]
        for _ in range(3 if self.options.quick else 7):
            command = [self.options.load, "--mode", "cold", "--port", str(gateway.port), "--model", CHAT]
            for header in gateway.headers:
                command += ["--header", header]
            done = subprocess.run(command + ["--"] + gateway.command(), stdout=subprocess.PIPE, text=True, check=True,
                                  cwd=self.directory)
            # The gateway's own lines stand before ours.
            self.note("cold start to first answer", "sluice", json.loads(done.stdout.splitlines()[-1])["first_answer_ms"])

    def two_workers(self):
        """CPU per request of one worker on a core against two on both, under the row where the gateway works most
        beside the load. Two cores then carry 2 / ratio as much, where nothing else runs on them."""
        self.start_upstream(None)
        for workers in (1, 2):
            gateway = Sluice(self.directory, self.options.sluice, workers)
            self.gateways["workers"] = gateway
            gateway.start(GATEWAY_CORE if workers == 1 else None)
            arguments = ["--bytes", "16384", "--model", "anthropic/claude-opus-5-5", "--connections", "64",
                         "--seconds", str(3 * self.options.scale)]
            result = self.load(gateway, arguments, cores=OTHER_CORE if workers == 1 else None)
            self.note("CPU per request, 16 KB to Anthropic", f"{workers} worker", result["cpu_us_per_request"])
            gateway.stop()
        del self.gateways["workers"]
        self.upstream.stop()

    def run(self):
        wanted = [row for row in ROWS if re.search(self.options.only, row.title)]
        pinned, free = [[row for row in wanted if row.pinned is is_pinned] for is_pinned in (True, False)]
        everything = wanted == ROWS
        if everything:
            self.memory_and_start()
        for number in range(self.options.rounds):
            print(f"round {number + 1} of {self.options.rounds}", file=sys.stderr)
            self.round(pinned, GATEWAY_CORE, OTHER_CORE)
            self.round(free, None, None)
            if everything:
                self.two_workers()


def spread(values):
    form = (lambda v: f"{v:,.0f}") if statistics.median(values) >= 1000 else (lambda v: f"{v:.2f}")
    return f"{form(statistics.median(values))} ({form(min(values))}–{form(max(values))})"


def print_table(bench):
    names = ["direct", "nginx", "haproxy", "sluice", "portkey"]
    print("| row | unit | goal | " + " | ".join(names) + " | sluice to nginx |")
    print("|---" * (len(names) + 4) + "|")

    def line(title, unit, goal, columns, base=None):
        cells = [spread(columns[name]) if name in columns else "" for name in names]
        base = base or columns.get("nginx")
        # Round by round: what disturbs one disturbs its neighbour.
        ratios = [ours / theirs for ours, theirs in zip(columns["sluice"], base)] if base else []
        compared = f"x {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})" if ratios else ""
        print(f"| {title} | {unit} | {goal} | " + " | ".join(cells) + f" | {compared} |")

    def columns_of(title, value):
        """Without those that have none: nobody books CPU where there is no gateway."""
        of_all = {name: [result[value] for result in results] for name, results in bench.results[title].items()}
        return {name: values for name, values in of_all.items() if any(values)}

    plain = columns_of(ROWS[0].title, ROWS[0].value)["nginx"] if ROWS[0].title in bench.results else None
    for row in ROWS:
        if row.title not in bench.results:
            continue
        line(row.title, row.unit, row.goal, columns_of(row.title, row.value), plain if row.targets == OWN else None)
        for title, of, value, unit, goal in ALONG:
            if of == row.title:
                line(title, unit, goal, columns_of(of, value))
    units = {"idle memory": ("MiB", "20"), "cold start to first answer": ("ms", "100"),
             "TLS sessions resumed": ("%", "95")}
    for title, columns in bench.extra.items():
        if "sluice" in columns:
            line(title, *units.get(title, ("ms", "") if "delay" in title else ("KiB", "24")), columns)
        else:
            one, two = columns["1 worker"], columns["2 worker"]
            gains = [2 * a / b for a, b in zip(one, two)]
            print(f"\n{title}: {spread(one)} us with one worker, {spread(two)} with two; two cores carry x {spread(gains)}.")


def parse():
    parser = argparse.ArgumentParser()
    for program in ("sluice", "load", "upstream"):
        parser.add_argument(f"--{program}", required=True, type=os.path.abspath)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--only", default="", help="pattern: the rows whose titles it matches")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--portkey", action="store_true")
    parser.add_argument("--results", help="file for every single result, as JSON")
    options = parser.parse_args()
    options.scale = 0.4 if options.quick else 1.0
    if options.quick:
        options.rounds = 2
    return options


def end(number, _frame):
    sys.exit(128 + number)


def main():
    options = parse()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    directory = tempfile.mkdtemp(prefix="sluice-bench-")
    os.mkdir(f"{directory}/nginx.body")
    os.mkdir(f"{directory}/front.body")
    make_certificate(directory)
    bench = Bench(options, directory)
    try:
        bench.run()
        if options.results:
            with open(options.results, "w") as file:
                json.dump({"results": bench.results, "extra": bench.extra}, file, indent=1)
        print_table(bench)
    finally:
        bench.stop()
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
