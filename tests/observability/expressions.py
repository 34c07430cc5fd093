"""What rules, alerts and dashboards ask Prometheus, and which metrics and labels there are to ask for."""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "deploy/prometheus"
GRAFANA = ROOT / "deploy/grafana"
FROM_PROMETHEUS = {"job", "instance"}  # the labels that it adds to everything
SKIPPED = 77  # the exit status that tells ctest so


def golden_metrics():
    """{name: (type, labels)} as the gateway promises them."""
    metrics = {}
    for line in (ROOT / "tests/fixtures/metrics/names.txt").read_text(encoding="utf-8").splitlines():
        name, kind, *labels = line.split()
        metrics[name] = (kind, set(labels[0].split(",")) if labels else set())
    return metrics


def items(path, kind):
    """{name: text} of the items of a rule file; kind: record, alert."""
    text = re.sub(r"^ *#.*\n", "", path.read_text(encoding="utf-8"), flags=re.M)
    parts = re.split(rf"^ +- {kind}: (\S+).*\n", text, flags=re.M)
    return dict(zip(parts[1::2], (re.split(r"^  - name:", part, flags=re.M)[0] for part in parts[2::2])))


def labels_by_name():
    """The labels of everything that can be asked for by name."""
    known = {"up": FROM_PROMETHEUS}
    for name, (kind, labels) in golden_metrics().items():
        if kind == "histogram":
            known[name + "_bucket"] = labels | FROM_PROMETHEUS | {"le"}
            known[name + "_count"] = known[name + "_sum"] = labels | FROM_PROMETHEUS
        else:
            known[name] = labels | FROM_PROMETHEUS
    for name in items(PROMETHEUS / "rules.yml", "record"):
        known[name] = set(name.split(":")[0].split("_"))
    return known


def findings(text, known):
    """What an expression, or an item of a rule file, asks for that does not exist."""
    named = re.findall(r"\{\{ *(?:\$labels\.)?(\w+) *\}\}", text)
    text = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    used = set()
    for name, matchers in re.findall(r"(?<![\w:])(up|(?:\w+:)?(?:sluice|process)_[\w:]+)(?![\w:])(?:\{([^{}]*)\})?", text):
        if name not in known:
            yield f"no metric {name}"
            continue
        used |= known[name]
        for label in re.findall(r"(\w+) *(?:=~|!~|!=|=)", matchers):
            if label not in known[name]:
                yield f"{name} has no label {label}"
    for clause in re.findall(r"\b(?:by|on|group_left) *\(([^)]*)\)", text):
        named += [name.strip() for name in clause.split(",")]
    for label in named:
        if label not in used:
            yield f"no metric in it has the label {label}"


def dashboards():
    files = sorted((GRAFANA / "dashboards").glob("*.json"))
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in files}


def dashboard_queries():
    """(dashboard, panel, expression, legend) of every panel."""
    for name, dashboard in dashboards().items():
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                yield name, panel["title"], target["expr"], target["legendFormat"]


def as_prometheus_sees_it(expression):
    """With Grafana's variables filled in: everything chosen, five minutes."""
    for variable, value in {"__rate_interval": "5m", "__range": "1h"}.items():
        expression = expression.replace("$" + variable, value)
    return re.sub(r'"\$(job|instance|provider|model)"', '".*"', expression)
