"""Open the dashboard "Benchmark 2024" in a real Superset on a real PostgreSQL, and hold its charts to what psql reads.

    python -m clients.superset.check [HOME] [--picture FILE.png] [--keep]

Not a test: it installs Superset (about 0.8 GB, once) and takes minutes. It publishes a copy of the home's release to a
PostgreSQL that is started here, makes two logins with the roles of the two connections, imports the bundle beside this
file, and opens the dashboard in headless Chromium. Nothing of it is left but the virtual environment, below
CLIENTS_FOLDER, by default ~/.cache/clusterbench-clients. Exit code 1 when a chart has no rows, an error or a wrong
figure, when a login sees what its role must not, or when a page loads anything from elsewhere. See docs/superset.md.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from clients.superset.figures import Fault, compare, only_cluster
from orchestration.paths import PROJECT
from tests.serving.server import Server, running

HERE = Path(__file__).parent
SLUG = "benchmark-2024"
DATABASE = "benchmarking"
PUBLIC_LOGIN, COORDINATOR_LOGIN, ANALYST_LOGIN = "superset_public", "superset_coordinator", "reader"
PATIENCE = 180  # seconds until Superset must answer


def environment() -> Path:
    """The folder of programs of Superset's virtual environment, as the lock says."""
    root = Path(os.environ.get("CLIENTS_FOLDER", Path.home() / ".cache" / "clusterbench-clients")) / "superset"
    uv, python = Path(sys.executable).with_name("uv"), root / "bin" / "python"
    if not python.exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, root], check=True)
    lock = HERE / "requirements.lock"
    subprocess.run([uv, "pip", "sync", "--quiet", "--python", python, "--require-hashes", lock], check=True)
    return root / "bin"


def publish(home: Path, server: Server) -> list[str]:
    """Publish a copy of the home and make the logins; returns the clusters that took part in 2024."""
    url = server.make_database(DATABASE)
    command = "import sys; from orchestration.command import main; sys.exit(main(sys.argv[1:]))"
    of_copy = os.environ | {"CLUSTERBENCH_HOME": str(home), "PGPASSWORD": server.password}
    subprocess.run([sys.executable, "-c", command, "publish", "--to", url], env=of_copy, cwd=PROJECT, check=True)
    server.make_login(PUBLIC_LOGIN, "bench_public")
    server.make_login(COORDINATOR_LOGIN, "bench_coordinator")
    server.make_login(ANALYST_LOGIN, "bench_analyst")
    with server.connect(database=DATABASE) as connection:
        rows = connection.execute("select cluster_id from core.dim_cluster_edition where edition_id = 2024 order by 1")
        return [cluster for (cluster,) in rows]


def map_login(server: Server, *clusters: str) -> None:
    """Make the coordinator's login that of these clusters and of no other."""
    with server.connect(database=DATABASE) as connection, connection.transaction():
        connection.execute("delete from clusterbench.coordinator_login")
        connection.execute(
            "insert into clusterbench.coordinator_login (login, cluster_id) select %s, unnest(%s::text[])",
            [COORDINATOR_LOGIN, list(clusters)],
        )


def pack(server: Server, folder: Path) -> Path:
    """The bundle as Superset takes it, with this server for the one that its connections name."""
    packed = folder / f"{SLUG}.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((HERE / "bundle").rglob("*.yaml")):
            text = path.read_text(encoding="utf-8").replace("db.example.org:5432", f"127.0.0.1:{server.port}")
            archive.writestr(f"{SLUG}/{path.relative_to(HERE / 'bundle')}", text)
    return packed


@contextmanager
def superset(programs: Path, folder: Path, password: str) -> Iterator[str]:
    """A Superset of its own with the user admin, for as long as the block lasts; its URL. Raises Fault."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    own = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": str(folder),
        "FLASK_APP": "superset",
        "SUPERSET_HOME": str(folder),
        "SUPERSET_CONFIG_PATH": str(HERE / "configuration.py"),
        "SUPERSET_SECRET_KEY": secrets.token_hex(32),
        "SCARF_ANALYTICS": "false",
        "FLASK_FAB_CREATE_ADMIN_PASSWORD": password,
    }
    user = ("--username", "admin", "--firstname", "Clusterbench", "--lastname", "Admin", "--email", "admin@example.org")
    with (folder / "superset.log").open("w") as log:
        quiet: dict[str, Any] = {"env": own, "cwd": folder, "stdout": log, "stderr": log}
        for step in (("db", "upgrade"), ("init",), ("fab", "create-admin", *user)):
            if subprocess.run([programs / "superset", *step], **quiet, check=False).returncode != 0:
                raise Fault(f"superset {step[0]} failed:\n{(folder / 'superset.log').read_text()[-2000:]}")
        threads = ("--worker-class", "gthread", "--threads", "8", "--timeout", "120")
        command = [programs / "gunicorn", "--bind", address, *threads, "superset.app:create_app()"]
        process = subprocess.Popen(command, **quiet, start_new_session=True)
        try:
            _wait(f"http://{address}/health", process)
            yield f"http://{address}"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(timeout=60)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise Fault("Superset does not start.")


def look(programs: Path, url: str, passwords: dict[str, str], folder: Path, *bundle: str | Path) -> dict[str, Any]:
    """What the dashboard shows to a browser; its picture is in `folder`.

    Raises Fault for an error, a chart without rows, and anything loaded from another host.
    """
    given = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **passwords}
    command = [programs / "python", HERE / "browser.py", url, SLUG, folder, *bundle]
    subprocess.run(command, env=given, check=True)
    seen: dict[str, Any] = json.loads((folder / "charts.json").read_text(encoding="utf-8"))
    names = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (HERE / "bundle/charts").glob("*")}
    wrong = list(seen["errors"])
    for chart in names.values():
        for result in seen["charts"].get(chart["slice_name"], [{"error": "was not asked for", "data": []}]):
            if result.get("error") or not result["data"]:
                wrong.append(f"{chart['slice_name']}: {result.get('error') or 'no rows'}")
    if seen["hosts"] != ["127.0.0.1"]:
        wrong.append(f"loaded from {', '.join(seen['hosts'])}, expected 127.0.0.1 only")
    if wrong:
        raise Fault("\n".join(wrong))
    seen["rows"] = {stem: seen["charts"][chart["slice_name"]][0]["data"] for stem, chart in names.items()}
    return seen


def main() -> int:
    """Do all of it; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, nargs="?", default=os.environ.get("CLUSTERBENCH_HOME", "data"))
    parser.add_argument("--picture", type=Path, help="where to put the screenshot")
    parser.add_argument("--keep", action="store_true", help="leave Superset open until Enter is pressed")
    given = parser.parse_args()
    if not (Path(given.home) / "published").exists():
        parser.error(f"nothing is published in {given.home}: `make run` first, or name another home")
    began = time.monotonic()

    def tell(text: str) -> None:
        print(f"[{time.monotonic() - began:5.1f} s] {text}", flush=True)

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        home, folder_of_server = folder / "data", folder / "server"
        folder_of_server.mkdir()
        programs = environment()
        tell(f"Superset is installed: {programs.parent}")
        shutil.copytree(given.home, home, symlinks=True)  # a publication is written down in the home's ledger
        password = secrets.token_urlsafe(16)
        try:
            with running(folder_of_server) as server:
                first, second, third, *_ = publish(home, server)
                tell("the release is published to PostgreSQL")
                passwords = {"SUPERSET_PASSWORD": password, "DATABASE_PASSWORD": server.password}
                with superset(programs, folder, password) as url:
                    tell("Superset answers")
                    # Of several clusters the dashboard shows one at a time, at first the first.
                    for mapped in ((first,), (second, third)):
                        cluster = mapped[0]
                        map_login(server, *mapped)
                        bundle = ("--bundle", pack(server, folder)) if cluster == first else ()
                        seen = look(programs, url, passwords, folder, *bundle)
                        n = sum(map(len, seen["rows"].values()))
                        tell(f"{len(seen['rows'])} charts with {n} rows, drawn in {seen['seconds']} s")
                        only_cluster(seen["rows"], cluster)
                        for line in compare(seen["rows"], cluster, server, DATABASE):
                            tell(line)
                        if given.picture and cluster == first:
                            shutil.copyfile(folder / "dashboard.png", given.picture)
                    if given.keep:
                        map_login(server, first)
                        input(f"{url}/superset/dashboard/{SLUG}/  user admin, password {password}  (Enter ends it)\n")
        except Fault as fault:
            tell(f"FAULT: {fault}")
            return 1
    tell("Superset shows what psql reads, and each login its own.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
