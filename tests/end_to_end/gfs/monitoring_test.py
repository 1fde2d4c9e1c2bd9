# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A real run is monitored: gfs status tells how the store is, and a real Prometheus that scrapes the metrics of the run
answers every query of the dashboard and evaluates every alert rule. The queries name no series that does not exist."""
import datetime
import http.server
import json
import pathlib
import shutil
import socket
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

from pipeline import Folder, check, gfs, ingest_arguments, make_small_cycle, skip

DEPLOY = pathlib.Path(__file__).resolve().parents[3] / "pipelines/gfs/deploy"
MAX_SCRAPES = 60  # of a second each


def newest_cycle():
    """The newest cycle of which upstream usually has the first leads."""
    now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=3, minutes=36)
    return f"{now:%Y-%m-%d}T{now.hour // 6 * 6:02}"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Exporter:
    """Serves a metrics file as node_exporter does, and tells when it was scraped."""

    def __init__(self, file):
        self.scrapes = threading.Semaphore(0)
        exporter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = file.read_bytes()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                exporter.scrapes.release()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()

    def wait(self):
        check(self.scrapes.acquire(timeout=60), "Prometheus scrapes the metrics")


class Prometheus:
    def __init__(self, folder, exporter):
        self.exporter, self.port = exporter, free_port()
        config = folder / "prometheus.yml"
        config.write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(DEPLOY / "prometheus/gfs.rules.yaml")],
            "scrape_configs": [{"job_name": "node", "static_configs": [{"targets": [f"127.0.0.1:{exporter.port}"]}]}]}))
        self.log = open(folder / "prometheus.log", "w")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}",
             f"--web.listen-address=127.0.0.1:{self.port}"], stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def get(self, path, **parameters):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}") as answer:
            return json.load(answer)["data"]

    def query(self, expression):
        return self.get("query", query=expression)["result"]

    def wait_for(self, expression):
        """Returns the result of a query once it is not empty."""
        return self.wait_until(lambda: self.query(expression))

    def wait_until(self, question):
        """Asks after each scrape; returns the first true answer."""
        for _ in range(MAX_SCRAPES):
            try:
                if answer := question():
                    return answer
            except urllib.error.URLError:
                pass  # it does not listen yet
            self.exporter.wait()
        return None


def check_status(root):
    ok = gfs("status", "--root", root)
    check(ok.returncode == 0 and ok.stdout.startswith("GFS OK - gfs.0p25: the newest complete cycle is "),
          f"the store is fine, with an event for less than an hour:\n{ok.stdout}{ok.stderr}")
    check(" events_pending=1;" in ok.stdout.splitlines()[0], f"the event that waits is counted:\n{ok.stdout}")
    check(gfs("status", "--root", root, "--events-warning", "0s").returncode == 1, "the thresholds are options")
    told = json.loads(gfs("status", "--root", root, "--json").stdout)
    check(told["status"] == "ok" and [each["pending"] for each in told["events"] if "webhook" in each["sink"]] == [1],
          f"JSON tells the same: {told}")


def check_dashboard(prometheus):
    dashboard = json.loads((DEPLOY / "grafana/gfs.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    check(len(queries) > 15 and len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"]),
          "the dashboard has panels of their own")
    for query in queries:
        check(prometheus.wait_for(query.replace("$dataset", ".+")), f"the query has a result: {query}")
    used = "\n".join(queries) + (DEPLOY / "prometheus/gfs.rules.yaml").read_text()
    unused = [name for name in prometheus.get("label/__name__/values") if name.startswith("freshet_") and name not in used]
    check(unused == [], f"every metric has a panel or a rule: {unused}")
    check(any("freshet_outbox_dead" in query for query in queries), "dead events have a panel")
    datasets = prometheus.get("label/dataset/values")
    check(datasets == ["gfs.0p25"], f"the dataset can be chosen: {datasets}")


def check_rules(prometheus):
    def rules():
        return [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]

    check(len(rules()) > 10, "the rules are loaded")
    check(prometheus.wait_until(lambda: all(rule["health"] == "ok" for rule in rules())),
          f"every rule can be evaluated: {rules()}")
    alerts = prometheus.get("alerts")["alerts"]
    check(all(alert["labels"]["alertname"] == "BatchJobFailed" for alert in alerts),
          f"nothing is late, missing or stuck: {alerts}")


def main():
    if not shutil.which("prometheus") or not shutil.which("promtool"):
        skip("prometheus is not installed")
    rules = subprocess.run(["promtool", "check", "rules", DEPLOY / "prometheus/gfs.rules.yaml"], capture_output=True, text=True)
    check(rules.returncode == 0, f"promtool accepts the rules:\n{rules.stdout}{rules.stderr}")
    tested = subprocess.run(["promtool", "test", "rules", DEPLOY / "prometheus/gfs.rules_test.yaml"], capture_output=True, text=True)
    check(tested.returncode == 0, f"the rules pass their tests:\n{tested.stdout}{tested.stderr}")

    with Folder() as work:
        cycle, root, metrics = newest_cycle(), work / "data", work / "metrics/gfs.prom"
        make_small_cycle(work / "source", "0-2", cycle=cycle)
        config = work / "gfs.toml"
        config.write_text(f'[[sink]]\ntype = "webhook"\nurl = "http://127.0.0.1:{free_port()}/"\n')
        made = gfs(*ingest_arguments(work / "source", root, "0-2", "--config", config, "--metrics-file", metrics, cycle=cycle))
        check(made.returncode in (0, 36) and metrics.exists(), f"the cycle is made:\n{made.stdout}{made.stderr}")
        check_status(root)
        checked = subprocess.run(["promtool", "check", "metrics"], input=metrics.read_text(), capture_output=True, text=True)
        check(checked.returncode == 0, f"promtool accepts the metrics:\n{checked.stdout}{checked.stderr}")
        with Exporter(metrics) as exporter, Prometheus(work, exporter) as prometheus:
            exporter.wait()
            check(prometheus.wait_for("dataset:freshet_dataset_next_due_timestamp_seconds:max"), "the rules are evaluated")
            check_dashboard(prometheus)
            check_rules(prometheus)

        lead = root / f"gfs.0p25/{cycle}/r1/gfs.0p25.{cycle}.f001.nc"
        lead.unlink()
        damaged = gfs("status", "--root", root)
        check(damaged.returncode == 2 and f"CRITICAL: gfs.0p25: '{lead}' is gone" in damaged.stdout,
              f"a published file that is gone is critical:\n{damaged.stdout}")


main()
