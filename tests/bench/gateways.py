"""The gateways that are compared: how each is configured, started, watched and stopped."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
UPSTREAM_PORT = 18601
# The same provider behind TLS: one port for connections that are kept, one for those that are not.
TLS_PORT, TLS_ANEW_PORT = 18602, 18603
KEY = "sk-bench-0123456789abcdef0123456789abcdef"

NGINX = """
{user}worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/nginx.error.log warn;
worker_rlimit_nofile 20000;
events {{ worker_connections 15000; }}
http {{
    access_log {directory}/nginx.access.log combined;
    client_body_temp_path {directory}/nginx.body;
    proxy_temp_path {directory}/nginx.proxy;
    fastcgi_temp_path {directory}/nginx.unused;
    uwsgi_temp_path {directory}/nginx.unused;
    scgi_temp_path {directory}/nginx.unused;
    client_max_body_size 32m;
    client_body_buffer_size 256k;
    keepalive_requests 1000000000;
    upstream provider {{
        server 127.0.0.1:{upstream};
        keepalive 1024;
        keepalive_requests 1000000000;
    }}
    upstream provider_tls {{
        server 127.0.0.1:{tls_upstream};
        keepalive 1024;
        keepalive_requests 1000000000;
    }}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_read_timeout 600s;
    proxy_ssl_protocols TLSv1.2 TLSv1.3;
    proxy_ssl_trusted_certificate {directory}/certificate.pem;
    proxy_ssl_verify on;
    proxy_ssl_name localhost;
    proxy_ssl_server_name on;
    server {{
        listen 127.0.0.1:{tls_port} backlog=4096;
        location / {{ proxy_pass https://provider_tls; }}
    }}
    server {{
        listen 127.0.0.1:{tls_anew_port} backlog=4096;
        location / {{ proxy_pass https://127.0.0.1:{tls_anew_upstream}; }}
    }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{ proxy_pass http://provider; }}
    }}
    server {{
        listen 127.0.0.1:{stream_port} backlog=4096;
        location / {{ proxy_pass http://provider; proxy_buffering off; }}
    }}
}}
"""

# What a provider has before it: TLS, with tickets. The log tells which handshakes resumed a
# session; of the gateways compared over it only Sluice sends a request id.
TLS_FRONT = """
{user}worker_processes 1;
daemon off;
pid {directory}/front.pid;
error_log {directory}/front.error.log warn;
worker_rlimit_nofile 20000;
events {{ worker_connections 15000; }}
http {{
    log_format reuse "$server_port $http_x_request_id $connection_requests $ssl_session_reused";
    access_log {directory}/front.access.log reuse buffer=64k flush=1s;
    client_body_temp_path {directory}/front.body;
    proxy_temp_path {directory}/front.proxy;
    fastcgi_temp_path {directory}/front.unused;
    uwsgi_temp_path {directory}/front.unused;
    scgi_temp_path {directory}/front.unused;
    client_body_buffer_size 256k;
    keepalive_requests 1000000000;
    upstream provider {{
        server 127.0.0.1:{upstream};
        keepalive 1024;
        keepalive_requests 1000000000;
    }}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    ssl_certificate {directory}/certificate.pem;
    ssl_certificate_key {directory}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    server {{
        listen 127.0.0.1:{tls_upstream} ssl backlog=4096;
        location / {{ proxy_pass http://provider; }}
    }}
    server {{
        listen 127.0.0.1:{tls_anew_upstream} ssl backlog=4096;
        keepalive_timeout 0;
        location / {{ proxy_pass http://provider; }}
    }}
}}
"""

HAPROXY = """
global
    nbthread 1
    maxconn 9000
    log stdout format raw local0
defaults
    mode http
    log global
    option httplog
    option http-keep-alive
    option http-no-delay
    http-reuse always
    backlog 4096
    timeout connect 5s
    timeout client 600s
    timeout server 600s
frontend clients
    bind 127.0.0.1:{port}
    default_backend provider
backend provider
    server provider 127.0.0.1:{upstream}
"""

SLUICE = """
server:
  listen: ["127.0.0.1:{port}"]
  workers: {workers}
  max_connections: 12000
  max_concurrency: 12000
  drain_delay: 0s
  drain_timeout: 1s
auth:
  keys:
    - name: bench
      tenant: bench
      sha256: {digest}
      requests_per_minute: 1000000
      burst: 1000000
      max_concurrency: 100000
log: {{level: info, format: json}}
state: {{path: {directory}/sluice.db}}
providers:
  openai: {{type: openai, base_url: "http://127.0.0.1:{upstream}/v1", api_key: sk-upstream, pool: {{max_idle: 1024}}}}
  compat: {{type: openai_compatible, base_url: "http://127.0.0.1:{upstream}/v1", api_key: sk-upstream, pool: {{max_idle: 1024}}}}
  tls: {{type: openai_compatible, base_url: "https://localhost:{tls_upstream}/v1", ca_file: {directory}/certificate.pem, api_key: sk-upstream, pool: {{max_idle: 1024}}}}
  anew: {{type: openai_compatible, base_url: "https://localhost:{tls_anew_upstream}/v1", ca_file: {directory}/certificate.pem, api_key: sk-upstream}}
  mistral: {{type: mistral, base_url: "http://127.0.0.1:{upstream}/v1", api_key: sk-upstream, pool: {{max_idle: 1024}}}}
  anthropic: {{type: anthropic, base_url: "http://127.0.0.1:{upstream}", api_key: sk-upstream, pool: {{max_idle: 1024}}}}
"""


def children(pid):
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            found += file.read().split()
    return found


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def wait_for(port):
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"nobody listens on {port}")


class Process:
    """A program in a process group of its own, so that all of it can be stopped."""

    def __init__(self, command, port, directory, name, cores=None, environment=None):
        pinned = ["taskset", "-c", cores] if cores else []
        self.output = open(f"{directory}/{name}.log", "ab")
        self.process = subprocess.Popen(
            pinned + command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
            cwd=directory, env=environment, start_new_session=True)
        try:
            wait_for(port)
        except BaseException:
            self.stop()
            raise
        self.pid = self.process.pid

    def stop(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(5)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self.output.close()


def nginx_binary():
    return shutil.which("nginx", path="/usr/sbin:" + os.environ["PATH"])


def nginx_user():
    return "user root;\n" if os.geteuid() == 0 else ""


def make_certificate(directory):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", f"{directory}/key.pem", "-out", f"{directory}/certificate.pem"],
                   check=True, stderr=subprocess.DEVNULL)


class Gateway:
    name = ""
    port = stream_port = tls_port = tls_anew_port = 0
    headers = (f"Authorization: Bearer {KEY}",)
    streams = True

    def __init__(self, directory):
        self.directory = directory
        self.running = None

    def start(self, cores=None):
        self.running = Process(self.command(), self.port, self.directory, self.name, cores, self.environment())

    def stop(self):
        if self.running:
            self.running.stop()
        self.running = None

    def environment(self):
        return None

    def pids(self):
        return [str(self.running.pid)] + children(self.running.pid)

    def resident_kib(self):
        return sum(resident_kib(pid) for pid in self.pids())

    def write(self, name, template, **values):
        path = f"{self.directory}/{name}"
        with open(path, "w") as file:
            file.write(template.format(
                directory=self.directory, upstream=UPSTREAM_PORT, tls_upstream=TLS_PORT, tls_anew_upstream=TLS_ANEW_PORT,
                port=self.port, **values))
        return path


class Nginx(Gateway):
    name = "nginx"
    port, stream_port, tls_port, tls_anew_port = 18610, 18611, 18612, 18613

    def command(self):
        path = self.write("nginx.conf", NGINX, stream_port=self.stream_port, tls_port=self.tls_port,
                          tls_anew_port=self.tls_anew_port, user=nginx_user())
        return [nginx_binary(), "-p", self.directory, "-c", path]


class TlsFront(Gateway):
    """Not compared: it stands between the gateways and the provider where a row wants TLS."""
    port = TLS_PORT

    def command(self):
        path = self.write("front.conf", TLS_FRONT, user=nginx_user())
        return [nginx_binary(), "-p", self.directory, "-c", path]


class Haproxy(Gateway):
    name = "haproxy"
    port = stream_port = 18620

    def command(self):
        path = self.write("haproxy.cfg", HAPROXY)
        return [shutil.which("haproxy", path="/usr/sbin:" + os.environ["PATH"]), "-db", "-f", path]


class Sluice(Gateway):
    name = "sluice"
    port = stream_port = tls_port = tls_anew_port = 18630

    def __init__(self, directory, binary, workers=1):
        super().__init__(directory)
        self.binary = binary
        self.workers = workers

    def command(self):
        digest = hashlib.sha256(KEY.encode()).hexdigest()
        path = self.write("sluice.yaml", SLUICE, digest=digest, workers=self.workers)
        return [self.binary, "--config", path]


class Portkey(Gateway):
    name = "portkey"
    port = stream_port = 18640
    headers = Gateway.headers + ("x-portkey-provider: openai",
                                 f"x-portkey-custom-host: http://127.0.0.1:{UPSTREAM_PORT}/v1")

    def command(self):
        server = f"{HERE}/node_modules/@portkey-ai/gateway/build/start-server.js"
        return ["node", server, f"--port={self.port}", "--headless"]

    def environment(self):
        return dict(os.environ, NODE_ENV="production", TRUSTED_CUSTOM_HOSTS="127.0.0.1,localhost")


class Direct(Gateway):
    """No gateway: what the two programs of the bench and the kernel take by themselves."""
    name = "direct"
    port = stream_port = UPSTREAM_PORT

    def start(self, cores=None):
        pass

    def pids(self):
        return []
