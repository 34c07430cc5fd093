"""Builds the image of deploy/Dockerfile and the Debian package in bare Debian roots, and tries both."""

import ctypes
import hashlib
import os
import pathlib
import subprocess
import sys
import time

import dockerfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
WORK = SOURCE / "build/deploy"
MOST_OVER_BASE = 60e6
CLONE_NEWNET = 0x40000000


def content_size(root):
    """Bytes of what is in the files below `root`, each counted once."""
    seen = {}
    for directory, _, names in os.walk(root):
        for name in names:
            status = os.lstat(os.path.join(directory, name))
            seen[status.st_ino] = status.st_size
    return sum(seen.values())


def check(fact, words):
    print(("ok       " if fact else "NOT OK   ") + words, flush=True)
    if not fact:
        sys.exit(1)


def within(root, script, **more):
    """The end of a shell script in `root`; its output is caught."""
    return subprocess.run(["chroot", root, "sh", "-c", script], text=True, capture_output=True, **more)


def check_binary(program):
    headers = subprocess.run(["readelf", "-lWd", program], text=True, capture_output=True, check=True).stdout
    check("GNU_RELRO" in headers and "NOW" in headers, "the program has read-only relocations")
    check("PIE" in headers, "the program is position-independent")
    text = program.read_bytes()
    check(b"__stack_chk_fail" in text and b"_chk\0" in text, "the program guards its stack and buffers")
    check(b"/src/gateway" not in text, "the program does not tell where it was built")


def check_image(image, base):
    over = content_size(image.root) - content_size(base)
    print(f"content of the second stage over its base: {over / 1e6:.1f} MB "
          f"(program {(image.root / 'usr/bin/sluice').stat().st_size / 1e6:.1f} MB)")
    for line in within(image.root, "dpkg-query -W -f '${Installed-Size} ${Package}\\n' "
                       "$(cat /usr/share/sluice/runtime-packages) ca-certificates openssl | sort -rn").stdout.splitlines():
        kilobytes, name = line.split()
        print(f"   {int(kilobytes) / 1e3:7.1f} MB  {name}")
    check(over < MOST_OVER_BASE, f"that is under {MOST_OVER_BASE / 1e6:.0f} MB")
    check(within(image.root, "! dpkg-query -W -f '${Package}\\n' | grep -E -- '-dev$|^clang|^gcc-12$|^cmake'").returncode == 0,
          "no compiler and no header came along")


def check_running(image):
    """Starts the image as compose.yaml would: read-only, unprivileged, a network of its own."""
    root = image.root
    if ctypes.CDLL(None).unshare(CLONE_NEWNET) != 0:
        sys.exit("no network namespace of our own")
    for command in (["mount", "--bind", root, root], ["mount", "-t", "proc", "proc", root / "proc"], ["mount", "-o", "remount,bind,ro", root],
                    ["mount", "-t", "tmpfs", "tmpfs", root / "tmp"],
                    ["mount", "-t", "tmpfs", "-o", "uid=10001,gid=10001,mode=0700", "tmpfs", root / "var/lib/sluice"],
                    ["mount", "--bind", SOURCE / "deploy/config", root / "etc/sluice"],
                    ["ip", "link", "set", "lo", "up"]):
        subprocess.run(command, check=True)

    def start(command):
        uid, gid = image.user.split(":")
        settings = [f"{name}={value}" for name, value in image.environment.items()]
        return subprocess.Popen(["chroot", root, "setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--bounding-set=-all",
                                 "--no-new-privs", "env", "-i", f"--chdir={image.directory}", *settings, *command])

    gateway = start(image.entrypoint)
    began = time.monotonic()
    while not (healthy := start(image.healthcheck).wait() == 0) and time.monotonic() - began < 10:
        time.sleep(0.1)
    check(healthy, f"the image's own health check passes {time.monotonic() - began:.2f} s after the start")
    status = pathlib.Path(f"/proc/{gateway.pid}/status").read_text()
    check("Uid:\t10001" in status and "CapEff:\t0000000000000000" in status, "it runs as 10001 without any capability")
    health = subprocess.run(["curl", "-fsS", "http://127.0.0.1:8006/health"], text=True, capture_output=True).stdout
    check('"status":' in health and '"openai_configured":false' in health, "without a key it runs and says so: " + health[:90])
    check((root / "var/lib/sluice/sluice.db").exists(), "its state is in the volume")
    gateway.terminate()
    check(gateway.wait(timeout=80) == 0, "SIGTERM ends it with 0")
    check(start(image.healthcheck).wait() == 1, "and its health check then fails")


def check_refusal(image):
    """Without gateway keys it must not be reachable from outside unless the configuration says so."""
    settings = " ".join(f"{name}={value}" for name, value in image.environment.items())
    ended = within(image.root, f"{settings} sluice --check-config")
    check(ended.returncode == 78 and "allow_insecure_listen" in ended.stderr, "without keys the bare image refuses, with the reason")


def package(build_root):
    """The Debian package, made in the root where the program was compiled."""
    dockerfile.mount_system(build_root)
    try:
        made = within(build_root, "apt-get update -qq && apt-get install -y -qq --no-install-recommends dpkg-dev file gzip "
                      ">/dev/null && cd /src && SOURCE_DATE_EPOCH=1767225600 cpack --preset deb")
    finally:
        dockerfile.unmount_system(build_root)
    check(made.returncode == 0, "cpack makes the Debian package" + ("" if made.returncode == 0 else made.stdout + made.stderr))
    return next((build_root / "src/build/release").glob("sluice_*.deb"))


def check_package(deb, base):
    lint = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", deb], text=True, capture_output=True)
    print(lint.stdout, end="")
    check(lint.returncode == 0, "lintian finds no error")

    root = WORK / "installed"
    subprocess.run(["rm", "-rf", "--one-file-system", root], check=True)
    subprocess.run(["cp", "-a", base, root], check=True)
    subprocess.run(["cp", deb, root / "tmp/sluice.deb"], check=True)
    dockerfile.mount_system(root)
    try:
        installed = within(root, "apt-get update -qq && apt-get install -y -qq --no-install-recommends /tmp/sluice.deb")
        check(installed.returncode == 0, "it installs into a bare Debian" + ("" if installed.returncode == 0 else installed.stderr))
        version = within(root, "sluice --version").stdout.strip()
        check(version.startswith("sluice "), "its program starts there: " + version)
        config = within(root, "sluice --config /etc/sluice/sluice.yaml --check-config")
        check(config.returncode == 0, "its configuration is valid: " + config.stdout.strip())
        check(within(root, "test -e /lib/systemd/system/sluice.service && dpkg-query -W -f '${Conffiles}' sluice | "
                     "grep -q /etc/sluice/sluice.yaml").returncode == 0, "unit and conffile are there")
        check_unit(root)
        check(within(root, "echo '# mine' >>/etc/sluice/sluice.yaml && apt-get remove -y -qq sluice && "
                     "grep -q mine /etc/sluice/sluice.yaml && dpkg --purge sluice && test ! -e /etc/sluice").returncode == 0,
              "removing leaves the configuration, purging takes it")
    finally:
        dockerfile.unmount_system(root)


def check_unit(root):
    """Boots a real systemd in `root`, in namespaces of its own, and asks it about the service."""
    made = within(root, "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends systemd systemd-sysv dbus curl && "
                  "mkdir -p /etc/credstore && echo sk-1 >/etc/credstore/sluice.openai_api_key && chmod 600 /etc/credstore/*")
    check(made.returncode == 0, "systemd is installed beside it" + ("" if made.returncode == 0 else made.stderr))
    subprocess.run(["cp", HERE / "booted.sh", root / "booted.sh"], check=True)
    subprocess.run(["unshare", "--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "--kill-child", "sh", HERE / "boot.sh", root],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=False)
    said = (root / "booted.txt").read_text()
    for line, words in (("started active", "systemd starts the service, which says that it is ready"),
                        ("openai_configured true", "its key comes from the credential store, missing ones do not matter"),
                        ("unprivileged", "it runs under a user of its own, filtered and without capabilities"),
                        ("sign of life", "the watchdog hears from it"),
                        ("reloaded active", "systemctl reload works"),
                        ("stopped success 0", "systemctl stop ends it in order")):
        check(line in said, words + ("" if line in said else ":\n" + said))


def check_same_bytes(build_root):
    """A second compilation below another path."""
    dockerfile.mount_system(build_root)
    try:
        again = within(build_root, "rm -rf /elsewhere && mkdir -p /elsewhere && cp -a /src /elsewhere/sluice && cd /elsewhere/sluice && "
                       "rm -rf build && cmake --preset release && cmake --build --preset release && "
                       "DESTDIR=/elsewhere/image cmake --install build/release --prefix /usr --strip")
    finally:
        dockerfile.unmount_system(build_root)
    check(again.returncode == 0, "the second compilation succeeds")
    sums = [hashlib.sha256((build_root / place / "usr/bin/sluice").read_bytes()).hexdigest() for place in ("image", "elsewhere/image")]
    print("   " + "\n   ".join(sums))
    check(sums[0] == sums[1], "two compilations below two paths give the same bytes")


def main():
    base = WORK / "base"
    began = time.monotonic()
    stages = dockerfile.build(SOURCE / "deploy/Dockerfile", SOURCE, base, WORK)
    print(f"the Dockerfile's instructions took {time.monotonic() - began:.0f} s")
    image = stages["last"]
    check_binary(image.root / "usr/bin/sluice")
    check_image(image, base)
    check_refusal(image)
    check_package(package(stages["build"].root), base)
    if "--twice" in sys.argv:
        check_same_bytes(stages["build"].root)
    check_running(image)


main()
