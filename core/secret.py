"""Secrets: how they are known, and how they are blotted out wherever something is written down or shown."""

import re
from collections.abc import Collection, Mapping
from typing import Final

SHORTEST: Final = 8
"""Characters of a value that is blotted out; what is shorter is a word somebody put where no key is asked for."""

_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLOT: Final = "[secret]"
_LOOKS_SO: Final = re.compile(
    r"\b(?:sk|pk|rk|hf|gh[pousr]|xox[abpr]|AIza|AKIA)[-_]?[A-Za-z0-9_-]{14,}|(?i:\bbearer\s+)[A-Za-z0-9._~+/-]{14,}=*"
)
_NAMES_ONE: Final = re.compile(
    r"(?:^|_)(?:api_?key|key|token|secret|password|passwd|passphrase|credentials?)(?:_id|s)?$", re.IGNORECASE
)


def redacted(text: str) -> str:
    """Blot out what looks like a key.

    >>> redacted("my key is sk-abcdefghijklmnopqrstuv, keep it")
    'my key is [secret], keep it'
    """
    return _LOOKS_SO.sub(_BLOT, text)


def blotted(text: str, secrets: Collection[str]) -> str:
    """Blot out these very values, and what looks like a key.

    >>> blotted("401: no such key: 0123456789", ["0123456789"])
    '401: no such key: [secret]'
    """
    for secret in secrets:
        if len(secret) >= SHORTEST:
            text = text.replace(secret, _BLOT)
    return redacted(text)


def names_secret(name: str) -> bool:
    """Say whether what has this name is a secret.

    >>> [names_secret(name) for name in ("OPENAI_API_KEY", "RAY_AUTH_TOKEN_PATH", "tokens_out")]
    [True, False, False]
    """
    return _NAMES_ONE.search(name) is not None


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Give the values of variables that are named like secrets.

    >>> secrets_in({"OPENAI_API_KEY": "0123456789", "HOME": "/home/ada"})
    ('0123456789',)
    """
    found = {value for name, value in environment.items() if names_secret(name) and len(value) >= SHORTEST}
    return tuple(sorted(found, key=len, reverse=True))


def visible(text: str) -> str:
    """Leave out what moves a terminal's cursor, rings its bell or changes its colours; lines stay lines.

    >>> visible("the keep\\x1b[2J at\\tnight")
    'the keep[2J at\\tnight'
    """
    return _UNSEEN.sub("", text)
