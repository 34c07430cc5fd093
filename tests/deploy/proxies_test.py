"""nginx and Caddy with the samples of deploy/ in front of a running gateway: each event of a stream
must arrive within 50 ms of being sent. The provider is one of our own, which writes into each event
when it sent it. Needs the Debian packages nginx and caddy; SLUICE_BINARY is the gateway."""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
SLUICE = os.environ["SLUICE_BINARY"]
EVENTS = 10
APART = 0.06
AT_MOST = 0.05
TRIES = 4  # a busy machine may be late once; a proxy that buffers is late each time

MESSAGES = [{"role": "user", "content": "What time is it?"}]
STREAMS = {
    "/api/v1/clock/chat/stream": {"messages": MESSAGES},
    "/v1/chat/completions": {"model": "clock/any", "messages": MESSAGES, "stream": True},
    "/v1/messages": {"model": "clock/any", "messages": MESSAGES, "stream": True, "max_tokens": 99},
    "/api/chat/stream": {"messages": MESSAGES},
}


class Clock(http.server.BaseHTTPRequestHandler):
    """A provider whose words are the times at which it says them."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for _ in range(EVENTS):
            self.event({"choices": [{"index": 0, "delta": {"content": f"<{time.monotonic():.6f}>"}}]})
            time.sleep(APART)
        self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def event(self, chunk):
        chunk |= {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "any"}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, *_):
        pass


def stream(port, path, encoding="gzip"):
    headers = {"content-type": "application/json", "accept-encoding": encoding}
    return answer(port, "POST", path, json.dumps(STREAMS[path]), headers)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on port {port}")


@contextlib.contextmanager
def answer(port, method, path, *rest):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, *rest)
        yield connection.getresponse()


def delays(response):
    """How long after it was sent each word of a stream arrived."""
    text, found = "", []
    while piece := response.read1(65536):
        now = time.monotonic()
        text += piece.decode()
        *words, text = re.split(r"(?<=>)", text.replace("\\u003c", "<").replace("\\u003e", ">"))
        found += [now - float(word.rsplit("<", 1)[1][:-1]) for word in words]
    return found


@contextlib.contextmanager
def running(command, port, **more):
    process = subprocess.Popen(command, **more)
    try:
        wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(10)


def with_ports(text, front, back, www):
    """A sample with ports of ours; each place must be there."""
    for old, new in (("8080", str(front)), ("127.0.0.1:8006", f"127.0.0.1:{back}"), ("/var/www/sluice", str(www))):
        assert old in text, f"the sample does not say {old}"
        text = text.replace(old, new)
    return text


class Proxies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.scratch = pathlib.Path(cls.stack.enter_context(tempfile.TemporaryDirectory()))
        provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Clock)
        threading.Thread(target=provider.serve_forever, daemon=True).start()
        cls.stack.callback(provider.server_close)
        cls.stack.callback(provider.shutdown)
        cls.gateway = free_port()
        config = cls.scratch / "sluice.yaml"
        config.write_text(json.dumps({
            "server": {"listen": [f"127.0.0.1:{cls.gateway}"], "drain_delay": "0s"}, "state": {"store": "memory"},
            "providers": {"clock": {"type": "openai_compatible", "base_url": f"http://127.0.0.1:{provider.server_port}/v1",
                                    "default_model": "any", "dialect": {"require_key": False}}}}))
        cls.stack.enter_context(running([SLUICE, "--config", config, "--env-file", ""], cls.gateway,
                                        stderr=subprocess.DEVNULL))

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def nginx(self, edit=lambda text: text):
        """nginx with the sample as Debian's own configuration would include it, gzip on."""
        if not shutil.which("nginx"):
            self.skipTest("nginx is not installed: THE SAMPLE IS UNCHECKED")
        port = free_port()
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        sample = (DEPLOY / "nginx/upstream.conf").read_text() + (DEPLOY / "nginx/sluice.conf").read_text()
        (folder / "site.conf").write_text(edit(with_ports(sample, port, self.gateway, DEPLOY / "nginx/www")))
        bodies = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.getuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"daemon off; {user} pid {folder}/pid; error_log stderr; events {{}}\n"
            f"http {{ {bodies} access_log off; gzip on; gzip_types *; include /etc/nginx/mime.types; include {folder}/site.conf; }}\n")
        return port, running(["nginx", "-p", folder, "-c", folder / "nginx.conf"], port, stderr=subprocess.DEVNULL)

    def caddy(self):
        if not shutil.which("caddy"):
            self.skipTest("caddy is not installed: THE SAMPLE IS UNCHECKED")
        port = free_port()
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        options = "{\n\tadmin off\n}\n"
        (folder / "Caddyfile").write_text(
            options + with_ports((DEPLOY / "Caddyfile").read_text(), port, self.gateway, DEPLOY / "nginx/www"))
        home = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        return port, running(["caddy", "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"], port,
                             env=home, stderr=subprocess.DEVNULL)

    def passes_each_event_at_once(self, name, port):
        for path in STREAMS:
            worst = AT_MOST
            for _ in range(TRIES):
                with stream(port, path) as response:
                    self.assertEqual(response.status, 200, path)
                    self.assertIsNone(response.getheader("content-encoding"), path)
                    found = delays(response)
                self.assertEqual(len(found), EVENTS, path)
                worst = max(found)
                if worst < AT_MOST:
                    break
            print(f"{name} {path}: each of {EVENTS} events within {worst * 1000:.1f} ms", flush=True)
            self.assertLess(worst, AT_MOST, path)

    def serves_the_page(self, port):
        def get(path):
            with answer(port, "GET", path) as response:
                return response.status, response.read().decode()

        page = (DEPLOY / "nginx/www/index.html").read_text()
        self.assertEqual(get("/"), (200, page))
        self.assertEqual(get("/some/place/of/the/page"), (200, page))
        self.assertIn('"status":', get("/api/health")[1])
        self.assertEqual(get("/metrics"), (200, page), "numbers stay inside")

    def test_nginx(self):
        port, server = self.nginx()
        with server:
            self.passes_each_event_at_once("nginx", port)
            self.serves_the_page(port)

    def test_an_nginx_that_buffers_is_noticed(self):
        """What the sample is there against: by its own defaults nginx holds events back, or compresses them."""
        def by_default(text):
            for line in ("proxy_http_version 1.1;", 'proxy_set_header Connection "";', "proxy_buffering off;", "gzip off;"):
                self.assertIn(line, text)
                text = text.replace(line, "")
            return text.replace("proxy_pass", "proxy_ignore_headers X-Accel-Buffering; proxy_pass")

        port, server = self.nginx(by_default)
        with server:
            with stream(port, "/v1/chat/completions") as response:
                self.assertEqual(response.getheader("content-encoding"), "gzip")
            with stream(port, "/v1/chat/completions", "identity") as response:
                self.assertGreater(max(delays(response)), AT_MOST)

    def test_caddy(self):
        port, server = self.caddy()
        with server:
            self.passes_each_event_at_once("caddy", port)
            self.serves_the_page(port)


if __name__ == "__main__":
    unittest.main()
