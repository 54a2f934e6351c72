"""Import the bundle into a running Superset, open the dashboard in headless Chromium, and keep what it showed.

    python browser.py URL SLUG OUTPUT [--bundle FILE.zip]

Runs in Superset's own virtual environment; `check.py` calls it. The passwords are in the environment: SUPERSET_PASSWORD
of its user admin, DATABASE_PASSWORD of the logins of the bundle's connections. Writes into OUTPUT `dashboard.png`
and `charts.json`: by the name of a chart the rows that it was drawn from, beside the errors on the page and the hosts
that the page asked for anything. Judges nothing.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image
from playwright.sync_api import BrowserContext, Page, Response, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
SIZE = {"width": 1600, "height": 4400}  # all of the dashboard: a chart out of sight is not loaded
PATIENCE = 120  # seconds until every chart must have its rows
MARGIN = 30  # below the last chart, in pixels
COLOURS = 128  # of the picture, which is mostly white


def log_in(page: Page, url: str) -> None:
    """Log in as a person does."""
    page.goto(f"{url}/login/")
    page.fill("#username", "admin")
    page.fill("#password", os.environ["SUPERSET_PASSWORD"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)


def import_bundle(context: BrowserContext, url: str, bundle: Path) -> None:
    """Import it with the passwords that it leaves out, in both ways that there are. Raises SystemExit if refused.

    As the page of dashboards does, and as assets kept under version control, which replaces what is there already.
    """
    token = context.request.get(f"{url}/api/v1/security/csrf_token/").json()["result"]
    with zipfile.ZipFile(bundle) as archive:
        files = [name.partition("/")[2] for name in archive.namelist()]
    passwords = {name: os.environ["DATABASE_PASSWORD"] for name in files if name.startswith("databases/")}
    upload = {"name": bundle.name, "mimeType": "application/zip", "buffer": bundle.read_bytes()}
    for way, field in (("dashboard", "formData"), ("assets", "bundle")):
        answer = context.request.post(
            f"{url}/api/v1/{way}/import/",
            headers={"X-CSRFToken": token, "Referer": url},
            multipart={field: upload, "passwords": json.dumps(passwords), "overwrite": "true"},
        )
        if not answer.ok:
            sys.exit(f"Superset refuses the bundle, imported as {way}: {answer.text()}")


def open_dashboard(page: Page, url: str, slug: str) -> dict[str, list[dict[str, Any]]]:
    """Open it and wait until all charts are drawn; returns the results of each chart's last query by its name."""
    listed = page.context.request.get(f"{url}/api/v1/dashboard/{slug}/charts").json()["result"]
    names = {chart["id"]: chart["slice_name"] for chart in listed}
    shown: dict[str, list[dict[str, Any]]] = {}

    def keep(response: Response) -> None:
        asked = urlsplit(response.url)
        form = parse_qs(asked.query).get("form_data") if asked.path == "/api/v1/chart/data" else None
        chart = names.get(json.loads(form[0]).get("slice_id")) if form else None
        if chart is not None:
            answer = response.json()
            shown[chart] = answer.get("result") or [{"error": json.dumps(answer), "data": []}]

    page.on("response", keep)
    page.goto(f"{url}/superset/dashboard/{slug}/?standalone=1")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and (set(shown) != set(names.values()) or page.locator(".loading").count()):
        page.wait_for_timeout(250)
    page.wait_for_timeout(2000)  # bars grow
    return shown


def main() -> None:
    """Do it all, and write what was seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("slug")
    parser.add_argument("output", type=Path)
    parser.add_argument("--bundle", type=Path)
    given = parser.parse_args()
    hosts: set[str] = set()
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, headless=True, chromium_sandbox=False, args=FLAGS, viewport=SIZE
        )
        context.on("response", lambda response: hosts.add(urlsplit(response.url).hostname or ""))
        page = context.new_page()
        log_in(page, given.url)
        if given.bundle:
            import_bundle(context, given.url, given.bundle)
        began = time.monotonic()
        shown = open_dashboard(page, given.url, given.slug)
        seconds = time.monotonic() - began
        errors = page.locator(".ant-alert-error, [data-test=error-message]").all_inner_texts()
        empty = page.get_by_text("No results were returned").all_inner_texts()
        boxes = [component.bounding_box() for component in page.locator(".dashboard-component").all()]
        height = max(box["y"] + box["height"] for box in boxes if box) + MARGIN
        picture = page.screenshot(clip={"x": 0, "y": 0, "width": SIZE["width"], "height": height})
        version = context.browser.version if context.browser else playwright.chromium.name
        context.close()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS).save(given.output / "dashboard.png", optimize=True)
    seen = {
        "charts": shown,
        "errors": errors + empty,
        "hosts": sorted(hosts - {""}),
        "seconds": round(seconds, 1),
        "chromium": version,
    }
    (given.output / "charts.json").write_text(json.dumps(seen, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
