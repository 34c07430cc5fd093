"""The files of deploy/ held against the tools that read them, and against each other: times to stop,
ports, names. SLUICE_BINARY is the gateway. A tool that is missing is a test skipped, loudly."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml  # python3-yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
LAST_WORDS = 2 + 2  # seconds that what still runs, then a collector of spans, get at the end


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(s|m)?", str(text)).groups()
    return int(number) * (60 if unit == "m" else 1)


def read(path):
    return yaml.safe_load(path.read_text())


def drain(config):
    server = read(config)["server"]
    return seconds(server["drain_delay"]) + seconds(server["drain_timeout"])


def image_variable(name):
    return re.search(rf"^ENV .*\b{name}=(\S+)", (DEPLOY / "Dockerfile").read_text(), re.M)[1]


class FileTest(unittest.TestCase):
    def passes(self, *command, **more):
        if not shutil.which(command[0]):
            self.skipTest(f"{command[0]} is not installed: ITS CHECK IS LEFT OUT")
        done = subprocess.run(command, text=True, capture_output=True, **more)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr


class Files(FileTest):
    def test_yaml_is_well_kept(self):
        self.passes("yamllint", "-s", "-c", ROOT / "tests/deploy/yamllint.yaml", DEPLOY / "compose.yaml", DEPLOY / "config/sluice.yaml", KUBERNETES)

    def test_scripts_are_sound(self):
        self.passes("shellcheck", "-x", *DEPLOY.glob("*.sh"), *DEPLOY.glob("debian/p*"), *(ROOT / "tests/deploy").glob("*.sh"), cwd=ROOT)

    def test_every_configuration_is_accepted_by_the_gateway_where_it_listens(self):
        for config in (DEPLOY / "config/sluice.yaml", KUBERNETES / "sluice.yaml"):
            self.passes(os.environ["SLUICE_BINARY"], "--check-config", "--config", config, "--env-file", "",
                        "--listen", image_variable("SLUICE_LISTEN"))


class Compose(FileTest):
    services = read(DEPLOY / "compose.yaml")["services"]

    def test_its_schema_is_kept(self):
        profiles = ["--profile", "observability", "--profile", "proxy"]
        self.passes("docker-compose", "-f", DEPLOY / "compose.yaml", *profiles, "config", "-q")

    def test_every_service_is_bounded_and_has_no_privileges(self):
        for name, service in self.services.items():
            self.assertEqual(service["cap_drop"], ["ALL"], name)
            self.assertEqual(service["security_opt"], ["no-new-privileges:true"], name)
            self.assertLessEqual({"mem_limit", "cpus", "logging", "restart"}, set(service), name)
            for port in service["ports"]:
                self.assertTrue(port.startswith(("127.0.0.1:", "${SLUICE_PUBLISH:-127.0.0.1}:")), port)

    def test_the_gateway_is_found_at_both_ports_and_may_write_only_its_state(self):
        gateway = self.services["sluice"]
        self.assertEqual([port.rsplit(":", 2)[1:] for port in gateway["ports"]], [["8006", "8006"], ["8005", "8006"]])
        self.assertEqual(image_variable("SLUICE_LISTEN"), "0.0.0.0:8006")
        self.assertTrue(gateway["read_only"])
        self.assertEqual(gateway["user"], "10001:10001")
        self.assertEqual(gateway["healthcheck"]["test"], ["CMD", "sluice", "healthcheck"])
        self.assertEqual([v for v in gateway["volumes"] if not v.endswith(":ro")], ["state:" + image_variable("STATE_DIRECTORY")])
        self.assertGreater(seconds(gateway["stop_grace_period"]), drain(DEPLOY / "config/sluice.yaml") + LAST_WORDS)

    def test_what_it_mounts_is_there(self):
        for service in self.services.values():
            for volume in service["volumes"]:
                source = volume.split(":")[0]
                if source.startswith("."):
                    self.assertTrue((DEPLOY / source).exists(), source)

    def test_prometheus_scrapes_the_service_of_that_name(self):
        targets = read(DEPLOY / "prometheus/prometheus.yml")["scrape_configs"][0]["static_configs"][0]["targets"]
        self.assertEqual(targets, ["sluice:8006"])
        self.assertIn("sluice", self.services)

    def test_its_nginx_notices_a_gateway_made_anew(self):
        upstream = (DEPLOY / "nginx/upstream_compose.conf").read_text()
        for line in ("zone ", "resolver 127.0.0.11 ", "server sluice:8006 resolve;"):
            self.assertIn(f"\n    {line}", upstream)
        tag = self.services["proxy"]["image"].rpartition(":")[2]
        self.assertGreaterEqual([int(part) for part in tag.split(".")], [1, 27, 3], "`resolve` came with nginx 1.27.3")

    def test_nothing_of_the_secrets_is_ever_committed(self):
        if not (ROOT / ".git").exists():
            self.skipTest("no checkout of git")
        self.passes("git", "check-ignore", "-q", "deploy/secrets/openai_api_key", cwd=ROOT)


class Unit(FileTest):
    text = (DEPLOY / "sluice.service").read_text()

    def test_systemd_understands_every_line(self):
        with tempfile.TemporaryDirectory() as scratch:
            unit = pathlib.Path(scratch) / "sluice.service"
            unit.write_text(self.text.replace("/usr/bin/sluice", os.environ["SLUICE_BINARY"]))
            self.assertEqual(self.passes("systemd-analyze", "verify", "--man=no", unit), "")

    def test_its_exposure_is_below_2(self):
        self.passes("systemd-analyze", "security", "--offline=true", "--threshold=20", DEPLOY / "sluice.service")

    def test_it_waits_until_the_gateway_has_drained(self):
        stop = seconds(re.search(r"^TimeoutStopSec=(\w+)$", self.text, re.M)[1])
        self.assertGreater(stop, drain(ROOT / "config/sluice.yaml") + LAST_WORDS)


class Kubernetes(FileTest):
    """What a schema cannot say; tests/deploy/run.sh holds the manifests against Kubernetes' types."""

    resources = {name: read(KUBERNETES / name) for name in read(KUBERNETES / "kustomization.yaml")["resources"]}
    pod = resources["deployment.yaml"]["spec"]["template"]
    container = pod["spec"]["containers"][0]

    def test_every_file_is_a_resource_of_its_own(self):
        files = {path.name for path in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml", "sluice.yaml"}
        self.assertEqual(files, set(self.resources))

    def test_selectors_find_the_pods(self):
        labels = self.pod["metadata"]["labels"]
        selectors = [
            self.resources["deployment.yaml"]["spec"]["selector"]["matchLabels"],
            self.resources["service.yaml"]["spec"]["selector"],
            self.resources["disruption.yaml"]["spec"]["selector"]["matchLabels"],
            self.resources["network.yaml"]["spec"]["podSelector"]["matchLabels"],
            *(rule["labelSelector"]["matchLabels"] for rule in self.pod["spec"]["topologySpreadConstraints"]),
        ]
        for selector in selectors:
            self.assertLessEqual(selector.items(), labels.items())
        target = self.resources["autoscaler.yaml"]["spec"]["scaleTargetRef"]
        self.assertEqual((target["kind"], target["name"]), ("Deployment", self.resources["deployment.yaml"]["metadata"]["name"]))

    def test_ports_are_where_the_gateway_listens(self):
        ports = {port["name"]: port["containerPort"] for port in self.container["ports"]}
        self.assertEqual(image_variable("SLUICE_LISTEN"), f"0.0.0.0:{ports['http']}")
        for port in self.resources["service.yaml"]["spec"]["ports"]:
            self.assertIn(port["targetPort"], ports)
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            self.assertIn(self.container[probe]["httpGet"]["port"], ports)
        self.assertEqual(self.resources["network.yaml"]["spec"]["ingress"][0]["ports"][0]["port"], ports["http"])

    def test_mounts_are_of_volumes(self):
        self.assertEqual({mount["name"] for mount in self.container["volumeMounts"]}, {volume["name"] for volume in self.pod["spec"]["volumes"]})

    def test_a_pod_has_time_to_drain_and_is_out_of_the_service_before_it_stops_listening(self):
        config = KUBERNETES / "sluice.yaml"
        self.assertEqual(self.pod["spec"]["terminationGracePeriodSeconds"], drain(config) + 15)
        ready = self.container["readinessProbe"]
        self.assertLess(ready["periodSeconds"] * ready["failureThreshold"], seconds(read(config)["server"]["drain_delay"]))

    def test_it_runs_under_the_restricted_standard(self):
        pod, container = self.pod["spec"]["securityContext"], self.container["securityContext"]
        self.assertTrue(pod["runAsNonRoot"])
        self.assertEqual(pod["seccompProfile"], {"type": "RuntimeDefault"})
        self.assertFalse(container["allowPrivilegeEscalation"])
        self.assertTrue(container["readOnlyRootFilesystem"])
        self.assertEqual(container["capabilities"], {"drop": ["ALL"]})

    def test_it_scales_by_a_metric_that_the_gateway_has(self):
        metric = self.resources["autoscaler.yaml"]["spec"]["metrics"][0]["pods"]["metric"]["name"]
        self.assertIn(f"{metric} gauge", (ROOT / "tests/fixtures/metrics/names.txt").read_text())


if __name__ == "__main__":
    unittest.main()
