"""Demo counties that are kept between runs: a million firms take ten minutes to invent."""

import re
import statistics
import time
from collections.abc import Mapping
from pathlib import Path

from flask.testing import FlaskClient

from config import Testing
from crm import clock, create_app
from crm.actions.demo import DEMO_PASSWORD, is_empty, load_demo
from crm.extensions import db

KEPT_IN = Path(__file__).resolve().parents[1] / "build" / "counties"


def visitor(firms: int, folder: Path = KEPT_IN) -> FlaskClient:
    """An officer who has signed in, before a county of so many firms; the county is invented when it is not there."""
    place = folder / str(firms)
    place.mkdir(parents=True, exist_ok=True)

    class ForThisRun(Testing):
        INSTANCE = place

    app = create_app(ForThisRun)
    with app.app_context():
        db.create_all()
        if is_empty():
            print(f"inventing {firms:,} firms …", flush=True)
            load_demo(firms, 1, clock.today())
    return _signed_in(app.test_client())


def _signed_in(client: FlaskClient) -> FlaskClient:
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/sign-in").text)
    assert token
    form = {"csrf_token": token[1], "account": "keyuan1", "password": DEMO_PASSWORD, "next": ""}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def milliseconds(
    visitors: dict[int, FlaskClient], address: str, rounds: int, headers: Mapping[str, str] | None = None
) -> dict[int, float]:
    """Median CPU time of a page before each county, taken in turns."""
    taken: dict[int, list[float]] = {firms: [] for firms in visitors}
    for _ in range(rounds):
        for firms, client in visitors.items():
            begun = time.process_time()
            answer = client.get(address, headers=headers)
            taken[firms].append((time.process_time() - begun) * 1000)
            assert answer.status_code == 200, address
    return {firms: statistics.median(times) for firms, times in taken.items()}
