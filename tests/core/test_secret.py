"""Secrets in logs and on terminals: blotted out, in messages, values and tracebacks."""

import pytest
import structlog

from callsheet.apps.tables import people
from callsheet.core.log import set_up_log
from callsheet.core.secret import blotted, names_secret, secrets_in, visible

KEY = "canary-0123456789"


def test_a_line_of_the_log_repeats_no_secret_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_log("debug", secrets=[KEY])
    log = structlog.get_logger()
    log.warning("asked", why=f"Bearer {KEY} is wrong", headers={"authorization": f"Bearer {KEY}"}, place=[KEY])
    log.bind(token=KEY).error(f"event_{KEY}")
    log.info("looks_like_one", key="sk-abcdefghijklmnopqrstuvwxyz")
    said = capsys.readouterr().err
    assert KEY not in said
    assert "sk-abcdef" not in said
    assert said.count("[secret]") >= 5


def test_a_traceback_in_the_log_shows_no_values_and_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_log("debug", secrets=[KEY])
    held = "another-value-in-a-frame"
    try:
        raise ValueError(f"refused {KEY}")
    except ValueError:
        structlog.get_logger().error("broke", exc_info=True)
    said = capsys.readouterr().err
    assert "ValueError: refused [secret]" in said
    assert KEY not in said
    assert held not in said.replace(f'held = "{held}"', "")


def test_what_a_log_line_quotes_begins_no_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_log("debug")
    structlog.get_logger().warning("noted", text="a\n2026-01-01 [info] money_paid usd=0\x1b[2J")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "\x1b[2J" not in said


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("OPENAI_API_KEY", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("AWS_ACCESS_KEY_ID", True),
        ("AWS_SESSION_TOKEN", True),
        ("HF_TOKEN", True),
        ("DB_PASSWORD", True),
        ("api_key", True),
        ("RAY_AUTH_TOKEN_PATH", False),
        ("key_env", False),
        ("KEYBOARD", False),
        ("TOKENIZERS_PARALLELISM", False),
        ("HOME", False),
    ],
)
def test_secrets_are_known_by_their_names(name: str, is_one: bool) -> None:
    assert names_secret(name) is is_one
    assert secrets_in({name: KEY, "SHORT_KEY": "x"}) == ((KEY,) if is_one else ())


def test_a_word_that_is_no_secret_stays() -> None:
    assert blotted("none of it", ["none"]) == "none of it"


def test_a_terminal_is_moved_by_nobodys_words(capsys: pytest.CaptureFixture[str]) -> None:
    people().print("title \x1b[2J\x1b]0;owned\x07 of \x9b2J a brief")
    people(stderr=True).print("line\rover")
    out, err = capsys.readouterr()
    assert not {"\x1b", "\x07", "\x9b"} & set(out)
    assert "\r" not in err.replace("\r\n", "")
    assert visible("a\tb\nc") == "a\tb\nc"
