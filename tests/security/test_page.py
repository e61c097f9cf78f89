"""The dailies page as strangers ask for it: every host, origin and path of the corpora."""

import time
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from callsheet.apps.review.app import Review, review_app
from callsheet.apps.review.guard import Access, Asked, refusal
from callsheet.core.settings import Settings
from callsheet.evals.hostile.outcomes import payloads
from callsheet.evals.hostile.page import VERBS
from callsheet.graphs import desk

TESTS = Path(__file__).parents[1]
SETTINGS = Settings(home="inprocess", learn=False)
ACCESS = Access(port=8321, token="its-token")
ORIGIN = "http://127.0.0.1:8321"
LEAKS = (b"root:", b"SQLite", b"use strict", b"\x89PNG", b"Traceback")


def asked(verb: str, *headers: tuple[str, str]) -> Asked:
    return Asked(method=verb, path="/", headers=[*headers, ("cookie", f"{ACCESS.cookie}={ACCESS.token}")])


@pytest.mark.parametrize("verb", VERBS)
def test_no_other_name_of_this_machine_is_answered_to_whoever_has_the_cookie(verb: str) -> None:
    for host in payloads("hosts"):
        refused = refusal(asked(verb, ("host", host.replace("{port}", "8321")), ("origin", ORIGIN)), ACCESS)
        assert refused, host
        assert refused.status == 421


@pytest.mark.parametrize("verb", VERBS)
def test_no_other_page_is_answered_whatever_it_calls_itself(verb: str) -> None:
    for origin in payloads("origins"):
        sent = [("host", "127.0.0.1:8321"), ("origin", origin.replace("{port}", "8321"))]
        for more in ([], [("origin", ORIGIN)]):
            refused = refusal(asked(verb, *sent, *more), ACCESS)
            assert refused, origin
            assert refused.status == 403


def test_what_a_proxy_says_of_the_host_is_not_believed() -> None:
    for name in ("x-forwarded-host", "x-host", "x-original-host", "forwarded", "x-http-host-override"):
        assert refusal(asked("GET", ("host", "evil.example"), (name, "127.0.0.1:8321")), ACCESS)


@pytest.mark.slow
async def test_no_address_leads_to_a_file_and_no_range_costs_time(tmp_path: Path) -> None:
    folder = tmp_path / "castle"
    await desk.produce(TESTS / "small_brief.yaml", out=folder, crew=TESTS / "fake_crew.toml", seed=7, settings=SETTINGS)
    async with desk.look_on(folder, SETTINGS) as onlooker:
        app = review_app(Review(onlooker=onlooker, access=ACCESS, by="ada", settings=SETTINGS))
        transport, cookies = httpx.ASGITransport(app=app), {ACCESS.cookie: ACCESS.token}
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies) as client:
            for path in payloads("paths")[::4]:  # `bench_corpora` asks for all of them, over a socket
                for place in ("/picture/", "/thumb/", "/static/", "/task/"):
                    name = quote(path.encode("utf-8", "surrogatepass")[:8000], safe="")
                    answer = await client.get(place + name)
                    assert answer.status_code < 500, path
                    assert answer.status_code != 200 or not any(leak in answer.content for leak in LEAKS), path
            many = ",".join(f"{one}-{one}" for one in range(0, 40_000, 2))
            for ranges in (f"bytes={many}", "bytes=" + "-1," * 20_000, "bytes=0-" + "9" * 20_000):
                began = time.perf_counter()
                answer = await client.get("/animatic.mp4", headers={"range": ranges})
                assert time.perf_counter() - began < 2
                assert answer.status_code < 500
