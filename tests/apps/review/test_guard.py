"""Who may ask the dailies page anything."""

import asyncio
from pathlib import Path

import pytest

from callsheet.apps.review.guard import Asked, Guard, refusal

from .conftest import ACCESS, ORIGIN, PORT, reviewed

OURS = f"127.0.0.1:{PORT}"
VERBS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")
FOREIGN_HOSTS = (
    "evil.example",
    f"evil.example:{PORT}",
    "127.0.0.1",
    "127.0.0.1:80",
    f"127.0.0.1.evil.example:{PORT}",
    f"localhost.evil.example:{PORT}",
    f"0.0.0.0:{PORT}",
    f"[::1]:{PORT}",
    f"2130706433:{PORT}",
    f"0177.0.0.1:{PORT}",
    f"127.0.0.1:{PORT}@evil.example",
    f"{OURS}, evil.example",
    f"{OURS} ",
    "",
)
FOREIGN_ORIGINS = (
    "null",
    "http://evil.example",
    f"http://evil.example:{PORT}",
    "http://127.0.0.1",
    "http://127.0.0.1:9999",
    f"https://127.0.0.1:{PORT}",
    f"http://127.0.0.1:{PORT}.evil.example",
    f"http://127.0.0.1:{PORT}/",
    "file://",
    "",
)


def asked(method: str = "GET", *more: tuple[str, str], host: str = OURS, cookie: str = "its-token") -> Asked:
    headers = [("host", host), *more]
    if cookie:
        headers.append(("cookie", f"other=1; {ACCESS.cookie}={cookie}"))
    return Asked(method=method, path="/task/keep/decide", headers=headers)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_refused_on_every_verb(verb: str, host: str) -> None:
    refused = refusal(asked(verb, ("origin", ORIGIN), host=host), ACCESS)
    assert refused
    assert refused.status == 421


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_foreign_origin_is_refused_on_every_verb_even_with_the_cookie(verb: str, origin: str) -> None:
    refused = refusal(asked(verb, ("origin", origin)), ACCESS)
    assert refused
    assert refused.status == 403


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in ("GET", "HEAD")])
def test_who_would_change_something_must_say_from_which_page(verb: str) -> None:
    refused = refusal(asked(verb), ACCESS)
    assert refused
    assert refused.status == 403
    assert refusal(asked(verb, ("origin", ORIGIN)), ACCESS) is None


def test_two_hosts_or_a_foreign_origin_beside_ours_are_refused() -> None:
    assert refusal(asked("GET", ("host", OURS)), ACCESS)
    assert refusal(asked("GET", ("origin", ORIGIN), ("origin", "http://evil.example")), ACCESS)
    assert refusal(Asked(method="GET", path="/", headers=[]), ACCESS)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_what_another_page_embeds_is_refused(site: str) -> None:
    assert refusal(asked("GET", ("sec-fetch-site", site)), ACCESS)
    assert refusal(asked("GET", ("sec-fetch-site", "same-origin")), ACCESS) is None
    assert refusal(asked("GET", ("sec-fetch-site", "none")), ACCESS) is None


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("cookie", ["", "wrong", "its-token2", "its-toke", "é", "\udcff"])
def test_without_the_token_nothing_is_answered(verb: str, cookie: str) -> None:
    refused = refusal(asked(verb, ("origin", ORIGIN), cookie=cookie), ACCESS)
    assert refused
    assert refused.status == 401


def test_another_reviews_cookie_opens_nothing() -> None:
    headers = [("host", OURS), ("cookie", f"callsheet_review_{PORT + 1}=its-token")]
    assert refusal(Asked(method="GET", path="/", headers=headers), ACCESS)


def test_the_token_in_the_address_opens_the_front_door_only_and_only_to_look() -> None:
    def come(method: str, path: str, token: str) -> bool:
        headers = [("host", OURS), ("origin", ORIGIN)] if method == "POST" else [("host", OURS)]
        return refusal(Asked(method=method, path=path, token=token, headers=headers), ACCESS) is None

    assert come("GET", "/", "its-token")
    assert not come("GET", "/", "wrong")
    assert not come("GET", "/task/keep", "its-token")
    assert not come("POST", "/", "its-token")


async def test_the_entrance_gives_a_cookie_scripts_cannot_read_and_other_sites_cannot_send(castle: Path) -> None:
    async with reviewed(castle) as client:
        client.cookies.clear()
        entered = await client.get("/", params={"token": "its-token"})
        cookie = entered.headers["set-cookie"].lower()
        assert entered.status_code == 200
        assert "its-token" not in entered.text
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert (await client.get("/")).status_code == 200


async def test_every_answer_forbids_scripts_of_others_sniffing_storing_and_framing(castle: Path) -> None:
    async with reviewed(castle) as client:
        answers = [
            await client.get(path) for path in ("/", "/task/keep", "/task/none", "/nowhere", "/static/review.js")
        ]
        answers += [await client.get("/", headers={"host": "evil.example"}), await client.post("/task/keep/decide")]
        for answer in answers:
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-frame-options"] == "DENY"
            assert "access-control-allow-origin" not in answer.headers


async def test_a_refusal_says_why_in_a_sentence(castle: Path) -> None:
    async with reviewed(castle) as client:
        answer = await client.get("/", headers={"host": "evil.example"})
        assert answer.status_code == 421
        assert f"open it as {OURS}" in answer.text
        client.cookies.clear()
        answer = await client.get("/")
        assert answer.status_code == 401
        assert "the address `callsheet review` printed" in answer.text


async def test_a_web_socket_is_closed_unheard() -> None:
    sent: list[dict[str, object]] = []

    async def nothing(*_: object) -> None:
        raise AssertionError("the application was asked")

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    await Guard(nothing, ACCESS)({"type": "websocket"}, asyncio.sleep, send)  # type: ignore[arg-type]
    assert [one["type"] for one in sent] == ["websocket.close"]
