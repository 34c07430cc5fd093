#!/usr/bin/env python3
"""What a request costs, in instructions, allocations and system calls, held against limits.json.

A real gateway runs under callgrind between a client and a provider over loopback sockets. Counts do
not depend on how fast or how busy the machine is. --update writes what was counted as the limits.

Needs valgrind (Debian's package) and SLUICE_BINARY, not optimized: what its build puts where is no
matter, what the code does is.
"""

import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).parent
LIMITS = HERE / "limits.json"
SKIPPED = 77
KEY = "sk-cost-0123456789abcdef"
# How much dearer a request may become before the test fails. Threads and timers move the count by
# less than one part in a hundred.
SHARE = 0.03  # of instructions
MORE = {"allocations": 0.5, "system calls": 0.7}
ALLOCATING = re.compile(r"^(operator new|malloc|calloc|realloc|aligned_alloc|posix_memalign)\b")
MOST_COUNTS = 5
KEPT_RECORDS = 200  # of the last requests, for the page: until it has them, each request makes a record of its own
LINES_GATHER = 0.3  # seconds, after which the log's thread has written what the requests left behind
# Not epoll_wait: how much one wait brings is the scheduler's affair.
SYSTEM_CALLS = {"syscall", "send", "sendmsg", "recv", "recvmsg", "read", "write", "writev", "epoll_ctl", "socket",
                "connect", "close", "timerfd_settime", "setsockopt", "getsockopt"}

CONFIGURATION = """
server: {{listen: ["127.0.0.1:0"], workers: 1, drain_delay: 0s}}
auth:
  keys:
    - {{name: cost, tenant: cost, sha256: {digest}, requests_per_minute: 1000000, burst: 1000000, max_concurrency: 100}}
log: {{format: json, level: info}}
state: {{store: memory}}
providers:
  same: {{type: openai_compatible, base_url: "http://127.0.0.1:{port}/v1", api_key: sk-upstream}}
  other: {{type: anthropic, base_url: "http://127.0.0.1:{port}", api_key: sk-upstream}}
"""

WORDS = "The quick brown fox jumps over the lazy dog, and says: \"why not?\" It is half past three. "


def chat(model, size, **more):
    text = (WORDS * (size // len(WORDS) + 1))[:size]
    return json.dumps({"model": model, "messages": [{"role": "user", "content": text}], **more})


class Case:
    """functions: those whose own price is held too, with all that they call, for one call."""

    def __init__(self, name, body, count, functions, events=1):
        self.name, self.body, self.count, self.functions, self.events = name, body, count, functions, events


CASES = [
    Case("chat of 400 bytes", chat("same/m", 400), 40, [
        "check_head", "Authenticator::authenticate", "parse_chat_request", "Router::plan", "format_request_head",
        "openai_dialect::decode_chat", "native_completion", "Account::append_answer_headers"]),
    Case("chat of 16 KB", chat("same/m", 16384), 20, ["parse_chat_request"]),
    Case("chat of 400 bytes to Anthropic", chat("other/claude-haiku-4-5", 400, max_tokens=100), 20, [
        "anthropic::Translator::encode"]),
    Case("event of a stream", chat("same/m", 400, stream=True), 5, [
        "SseParser::next", "openai_dialect::ChatStreamDecoder::on_event", "append_native_chunk"], events=100),
]

ANSWER = json.dumps({
    "id": "chatcmpl-C0sT", "object": "chat.completion", "created": 1790000000, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": WORDS * 3, "refusal": None},
                 "logprobs": None, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 90, "completion_tokens": 60, "total_tokens": 150,
              "prompt_tokens_details": {"cached_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 0}}})
MESSAGE = json.dumps({
    "id": "msg_C0sT", "type": "message", "role": "assistant", "model": "claude-haiku-4-5",
    "content": [{"type": "text", "text": WORDS * 3}], "stop_reason": "end_turn", "stop_sequence": None,
    "usage": {"input_tokens": 90, "output_tokens": 60}})


def chunk(delta, finish=None):
    return "data: " + json.dumps({
        "id": "chatcmpl-C0sT", "object": "chat.completion.chunk", "created": 1790000000, "model": "m",
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
        "usage": None, "obfuscation": "x9Zk"}) + "\n\n"


STREAM = (chunk({"role": "assistant", "content": ""}) + "".join(chunk({"content": " word"}) for _ in range(98)) +
          chunk({}, "stop") + "data: [DONE]\n\n")


class Provider:
    """Answers on kept-alive connections, each answer in one write."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = connection.makefile("rb")
        while line := stream.readline():
            path = line.split()[1]
            length = 0
            while (field := stream.readline()) not in (b"\r\n", b""):
                if field.lower().startswith(b"content-length:"):
                    length = int(field.split(b":")[1])
            body = json.loads(stream.read(length))
            kind, text = "application/json", MESSAGE if path.endswith(b"/messages") else ANSWER
            if body.get("stream"):
                kind, text = "text/event-stream", STREAM
            connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())


class Gateway:
    """The gateway under callgrind; its cost is dumped case by case."""

    def __init__(self, binary, provider, directory):
        self.directory = pathlib.Path(directory)
        stripped = self.directory / "sluice"  # Debian's valgrind cannot read clang's debug information
        subprocess.run(["llvm-strip-19", "--strip-debug", "-o", stripped, binary], check=True)
        configuration = self.directory / "sluice.yaml"
        digest = hashlib.sha256(KEY.encode()).hexdigest()
        configuration.write_text(CONFIGURATION.format(digest=digest, port=provider.port))
        self.log = open(self.directory / "log", "w+")
        self.process = subprocess.Popen(
            ["valgrind", "--tool=callgrind", "--compress-strings=no", "--compress-pos=no",
             f"--callgrind-out-file={self.directory}/out", stripped, "--config", configuration, "--env-file", "/nonexistent/.env"],
            stderr=self.log, stdout=self.log, env={"PATH": os.environ["PATH"]})
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=120)

    def port(self):
        give_up = time.monotonic() + 120
        while time.monotonic() < give_up and self.process.poll() is None:
            found = re.search(r'"msg":"listening"[^\n]*127\.0\.0\.1:(\d+)', (self.directory / "log").read_text())
            if found:
                return int(found[1])
            time.sleep(0.05)
        raise RuntimeError("the gateway did not start:\n" + (self.directory / "log").read_text())

    def ask(self, body):
        self.connection.request("POST", "/v1/chat/completions", body,
                                {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {text[:500]}")

    def dump(self):
        """What was spent since the last dump, as the file that callgrind wrote."""
        time.sleep(LINES_GATHER)
        before = set(self.directory.glob("out.*"))
        subprocess.run(["vgdb", f"--pid={self.process.pid}", "dump"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=60)
        give_up = time.monotonic() + 60
        while not (new := set(self.directory.glob("out.*")) - before) and time.monotonic() < give_up:
            time.sleep(0.02)
        return new.pop()

    def stop(self):
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Spent:
    """What one dump tells: instructions in all; calls of each function, and what they cost with all below them."""

    def __init__(self, dump):
        self.instructions = 0
        self.calls, self.inclusive = {}, {}
        called = None
        calls = None  # else the next line has what the call cost, which is counted where it was spent
        for line in dump.read_text(errors="replace").splitlines():
            if line.startswith("cfn="):
                called = line[4:]
            elif line.startswith("calls="):
                calls = int(line[6:].split()[0])
            elif line[:1].isdigit() or line[:1] in "+-*":
                numbers = line.split()
                cost = int(numbers[1]) if len(numbers) > 1 else 0
                if calls is not None:  # 0: a call that had begun before
                    self.calls[called] = self.calls.get(called, 0) + calls
                    self.inclusive[called] = self.inclusive.get(called, 0) + cost
                else:
                    self.instructions += cost
                calls = None

    def number_of(self, wanted):
        return sum(number for name, number in self.calls.items() if wanted(name))

    def price_of(self, function):
        """Of one call; a function is named as in the source, without its namespace sluice."""
        begin = f"sluice::{function}("
        names = [name for name in self.calls if name.replace("[abi:cxx11]", "").startswith(begin)]
        if not names:
            raise RuntimeError(f"{function} was not called")
        return round(sum(self.inclusive[name] for name in names) / sum(self.calls[name] for name in names))


def is_system_call(name):
    return name.split("@")[0].lstrip("_").removeprefix("libc_") in SYSTEM_CALLS


def count(case, gateway):
    for _ in range(case.count):
        gateway.ask(case.body)
    spent = Spent(gateway.dump())
    each = case.count * case.events
    return {"instructions": round(spent.instructions / each),
            "allocations": round(spent.number_of(ALLOCATING.match) / each, 2),
            "system calls": round(spent.number_of(is_system_call) / each, 2),
            "instructions of a call": {name: spent.price_of(name) for name in case.functions}}


def least(counted, again):
    return {what: least(number, again[what]) if isinstance(number, dict) else min(number, again[what])
            for what, number in counted.items()}


def measure(case, gateway, limits):
    """The least of some counts. What happens beside the requests only adds: a thread that comes late, a timer, a record
    whose buffers have yet to grow. limits: where they hold, no further count is needed; None: all are made."""
    count(case, gateway)  # connections, buffers and empty records are there after this
    counted = count(case, gateway)
    for _ in range(MOST_COUNTS - 1):
        if limits and not any(breaches(counted, limits)):
            break
        counted = least(counted, count(case, gateway))
    return counted


def breaches(counted, limits, path=""):
    for what, limit in limits.items():
        where, number = f"{path}{what}", counted[what]
        if isinstance(limit, dict):
            yield from breaches(number, limit, f"{where}: ")
        elif number > (limit + MORE[what] if what in MORE else limit * (1 + SHARE)):
            yield f"{where}: {number}; the limit is {limit}"


def main():
    for tool in ("valgrind", "vgdb", "llvm-strip-19"):
        if not shutil.which(tool):
            print(f"SKIPPED: {tool} is not installed")
            return SKIPPED
    limits = {} if "--update" in sys.argv else json.loads(LIMITS.read_text())
    provider = Provider()
    counted = {}
    with tempfile.TemporaryDirectory() as directory:
        gateway = Gateway(os.environ["SLUICE_BINARY"], provider, directory)
        try:
            for _ in range(KEPT_RECORDS):
                gateway.ask(CASES[0].body)
            for case in CASES:
                counted[case.name] = measure(case, gateway, limits[case.name] if limits else None)
        finally:
            gateway.stop()
    print(json.dumps(counted, indent=2))
    if not limits:
        LIMITS.write_text(json.dumps(counted, indent=2) + "\n")
        return 0
    found = list(breaches(counted, limits))
    for breach in found:
        print("TOO DEAR", breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
