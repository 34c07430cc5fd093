#!/usr/bin/env python3
"""Writes the Grafana dashboards of Sluice: dashboards/*.json beside this file."""

import json
import pathlib
import sys

OF_INSTANCE = 'job=~"$job", instance=~"$instance"'
OF_TARGET = OF_INSTANCE + ', provider=~"$provider", model=~"$model"'
REQUESTS = OF_INSTANCE + ', surface!="operations"'
ANSWERED = REQUESTS + ', outcome="ok"'


def rate(metric, labels, by):
    return f"sum by ({by}) (rate({metric}{{{labels}}}[$__rate_interval]))"


def quantile(q, histogram, labels, by=""):
    groups = f"{by}, le" if by else "le"
    return f"histogram_quantile({q}, {rate(histogram + '_bucket', labels, groups)})"


def legend(by):
    return " ".join(f"{{{{{label}}}}}" for label in by.split(", ") if label)


def percentiles(histogram, labels, by="", of=("0.5", "0.95", "0.99")):
    """One query for each percentile; the legend names it, and what the series are by."""
    return [(quantile(q, histogram, labels, by), f"{legend(by)} p{float(q) * 100:g}".strip()) for q in of]


def overview():
    duration, overhead = "sluice_request_duration_seconds", "sluice_overhead_seconds"
    first_token = "sluice_time_to_first_token_seconds"
    return [
        row("Now"),
        stat("Requests", "reqps", rate("sluice_requests_total", REQUESTS, "job")),
        stat("Failed, not by callers", "percentunit", 'job:sluice_requests_failed:ratio_rate5m{job=~"$job"}'),
        stat("First token, p95", "s", quantile("0.95", first_token, OF_INSTANCE)),
        stat("Cost of the last hour", "currencyUSD", 'job:sluice_cost_usd:increase1h{job=~"$job"}'),
        stat("In flight", "none", f"sum(sluice_in_flight_requests{{{REQUESTS}}})"),
        stat("Instances", "none", 'sum(up{job=~"$job"})'),
        row("Traffic"),
        rates("Requests by surface", "sluice_requests_total", REQUESTS, "surface"),
        rates("Requests that did not end well", "sluice_requests_total", REQUESTS + ', outcome!="ok"', "outcome"),
        series(
            "Share failed, not by callers",
            "percentunit",
            *[
                (f'job:sluice_requests_failed:ratio_rate{window}{{job=~"$job"}}', f"{{{{job}}}} {window}")
                for window in ("5m", "1h", "6h")
            ],
        ),
        rates("Turned away before a target was chosen", "sluice_rejected_total", OF_INSTANCE, "reason"),
        row("Latency"),
        series("Whole answers", "s", *percentiles(duration, ANSWERED)),
        series("Whole answers by surface", "s", *percentiles(duration, ANSWERED, "surface", ["0.95"])),
        series("First token", "s", *percentiles(first_token, OF_INSTANCE)),
        series("The gateway's own share", "s", *percentiles(overhead, REQUESTS)),
        row("Load"),
        series(
            "In flight",
            "none",
            (f"sum by (surface) (sluice_in_flight_requests{{{OF_INSTANCE}}})", "{{surface}}"),
            width=8,
        ),
        series(
            "Streams and queue",
            "none",
            (f"sum(sluice_open_streams{{{OF_INSTANCE}}})", "open streams"),
            (f"sum(sluice_queue_depth{{{OF_INSTANCE}}})", "waiting to be admitted"),
            width=8,
        ),
        series("Connections of callers", "none", (f"sluice_connections{{{OF_INSTANCE}}}", "{{instance}}"), width=8),
        row("Process"),
        series(
            "CPU",
            "none",
            (f"rate(process_cpu_seconds_total{{{OF_INSTANCE}}}[$__rate_interval])", "{{instance}} cores"),
        ),
        series("Memory", "bytes", (f"process_resident_memory_bytes{{{OF_INSTANCE}}}", "{{instance}} resident")),
        series(
            "File descriptors",
            "percentunit",
            (f"process_open_fds{{{OF_INSTANCE}}} / process_max_fds{{{OF_INSTANCE}}}", "{{instance}}"),
        ),
        series(
            "Dropped",
            "none",
            (f"increase(sluice_log_dropped_total{{{OF_INSTANCE}}}[$__rate_interval])", "{{instance}} log lines"),
            (f"increase(sluice_series_dropped_total{{{OF_INSTANCE}}}[$__rate_interval])", "{{instance}} series"),
            (f"increase(sluice_traces_dropped_total{{{OF_INSTANCE}}}[$__rate_interval])", "{{instance}} spans"),
        ),
        states(
            "Configuration",
            (f"sluice_config_last_reload_successful{{{OF_INSTANCE}}}", "{{instance}}"),
            {0: ("refused", "red"), 1: ("loaded", "green")},
        ),
        states(
            "Store",
            (f"sluice_store_up{{{OF_INSTANCE}}}", "{{instance}} {{store}}"),
            {0: ("down", "red"), 1: ("up", "green")},
        ),
        series(
            "Age of the configuration",
            "s",
            (f"time() - sluice_config_last_reload_success_timestamp_seconds{{{OF_INSTANCE}}}", "{{instance}}"),
        ),
        series(
            "Age of the process",
            "s",
            (
                f"(time() - process_start_time_seconds{{{OF_INSTANCE}}})"
                " * on (job, instance) group_left (version) sluice_build_info",
                "{{instance}} {{version}}",
            ),
        ),
    ]


def providers():
    first_token, per_token = "sluice_time_to_first_token_seconds", "sluice_time_per_output_token_seconds"
    target = "provider, model"
    name = legend(target)
    failed = OF_TARGET + ', outcome!~"ok|cancelled"'
    in_state = {
        state: f'max by ({target}) (sluice_breaker_state{{{OF_TARGET}, state="{state}"}})'
        for state in ("open", "half_open")
    }
    return [
        row("Attempts"),
        rates("Attempts by target", "sluice_attempts_total", OF_TARGET, target),
        rates("Attempts that failed", "sluice_attempts_total", failed, target + ", outcome"),
        rates("Retries, by the failure before", "sluice_retries_total", OF_TARGET, target + ", reason"),
        rates("Left for the next target, by the failure", "sluice_fallbacks_total", OF_TARGET, target + ", reason"),
        states(
            "Breakers",
            (f"2 * {in_state['open']} + {in_state['half_open']}", name),
            {0: ("closed", "green"), 1: ("half open", "yellow"), 2: ("open", "red")},
            width=12,
        ),
        series(
            "Targets left to a route",
            "none",
            (f'min by (route) (sluice_route_targets{{{OF_INSTANCE}, state="closed"}})', "{{route}}"),
            width=12,
        ),
        row("Latency"),
        series(
            "Attempts that answered",
            "s",
            *percentiles("sluice_attempt_duration_seconds", OF_TARGET + ', outcome="ok"', target, ["0.5", "0.95"]),
            width=8,
        ),
        series("First token", "s", *percentiles(first_token, OF_TARGET, target), width=8),
        series("Time per output token", "s", *percentiles(per_token, OF_TARGET, target, ["0.5", "0.95"]), width=8),
        row("Tokens and cost"),
        rates("Tokens a second, by target", "sluice_tokens_total", OF_TARGET, target, "none"),
        rates("Tokens a second, by kind", "sluice_tokens_total", OF_TARGET, "kind", "none"),
        *[
            series(
                f"Cost an hour, by {what}",
                "currencyUSD",
                (f"3600 * {rate('sluice_cost_usd_total', OF_TARGET, by)}", legend(by)),
            )
            for what, by in (("target", target), ("kind of token", "kind"))
        ],
        bars("Tokens in the time shown", "short", "sluice_tokens_total", target),
        bars("Cost in the time shown", "currencyUSD", "sluice_cost_usd_total", target),
        row("Connections and streams"),
        series(
            "Pools",
            "none",
            (
                f'sum by (provider, state) (sluice_pool_connections{{{OF_INSTANCE}, provider=~"$provider"}})',
                legend("provider, state"),
            ),
            width=12,
        ),
        rates("Events that made no sense", "sluice_malformed_events_total", OF_TARGET, target, width=12),
    ]


def row(title):
    return {"type": "row", "title": title, "collapsed": False, "panels": []}


def panel(kind, title, queries, width, height, defaults, options):
    return {
        "type": kind,
        "title": title,
        "datasource": {"type": "prometheus", "uid": "$datasource"},
        "gridPos": {"w": width, "h": height},
        "targets": [
            {"refId": chr(ord("A") + number), "expr": expr, "legendFormat": name, "range": True}
            for number, (expr, name) in enumerate(queries)
        ],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
    }


def stat(title, unit, expr):
    options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "none", "graphMode": "area"}
    return panel("stat", title, [(expr, "")], 4, 4, {"unit": unit}, options)


def series(title, unit, *queries, width=6):
    options = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}
    custom = {"fillOpacity": 10, "showPoints": "never"}
    return panel("timeseries", title, queries, width, 8, {"unit": unit, "min": 0, "custom": custom}, options)


def bars(title, unit, metric, by):
    query = (f"sum by ({by}) (increase({metric}{{{OF_TARGET}}}[$__range]))", legend(by))
    options = {"orientation": "horizontal", "reduceOptions": {"calcs": ["lastNotNull"]}, "displayMode": "basic"}
    return panel("bargauge", title, [query], 12, 8, {"unit": unit, "min": 0}, options)


def rates(title, metric, labels, by, unit="reqps", width=6):
    return series(title, unit, (rate(metric, labels, by), legend(by)), width=width)


def states(title, query, names, width=6):
    """names: what each value is called, and its colour."""
    mapped = {str(value): {"text": text, "color": color, "index": value} for value, (text, color) in names.items()}
    defaults = {"mappings": [{"type": "value", "options": mapped}], "custom": {"fillOpacity": 80}}
    return panel("state-timeline", title, [query], width, 8, defaults, {"showValue": "never", "mergeValues": True})


def laid_out(panels):
    """Panels from left to right, a new line where one does not fit or a row begins."""
    x = y = height = 0
    for number, each in enumerate(panels, 1):
        place = each.setdefault("gridPos", {"w": 24, "h": 1})
        if x + place["w"] > 24:
            x, y = 0, y + height
        place["x"], place["y"] = x, y
        x, height = x + place["w"], place["h"]
        each["id"] = number
    return panels


def choice(name, query):
    return {
        "type": "query",
        "name": name,
        "label": name,
        "datasource": {"type": "prometheus", "uid": "$datasource"},
        "query": {"query": query, "refId": name},
        "definition": query,
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def dashboard(uid, title, panels, choices):
    datasource = {"type": "datasource", "name": "datasource", "label": "datasource", "query": "prometheus"}
    return {
        "uid": uid,
        "title": title,
        "tags": ["sluice"],
        "editable": True,
        "schemaVersion": 38,
        "version": 1,
        "refresh": "15s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "browser",
        "links": [{"type": "dashboards", "tags": ["sluice"], "title": "Sluice", "keepTime": True, "includeVars": True}],
        "templating": {"list": [datasource, *choices]},
        "panels": laid_out(panels),
    }


def dashboards():
    instances = [
        choice("job", "label_values(sluice_build_info, job)"),
        choice("instance", 'label_values(sluice_build_info{job=~"$job"}, instance)'),
    ]
    targets = [
        choice("provider", f"label_values(sluice_breaker_state{{{OF_INSTANCE}}}, provider)"),
        choice("model", f'label_values(sluice_breaker_state{{{OF_INSTANCE}, provider=~"$provider"}}, model)'),
    ]
    return {
        "sluice.json": dashboard("sluice", "Sluice", overview(), instances),
        "sluice-providers.json": dashboard("sluice-providers", "Sluice: providers", providers(), instances + targets),
    }


def main():
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "dashboards")
    for name, content in dashboards().items():
        (directory / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
