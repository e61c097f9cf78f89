"""Crew files that hold secrets: refused, and not repeated in the refusal."""

from pathlib import Path

import pytest

from callsheet.core.crew import MakerSpec
from callsheet.core.errors import CrewError
from callsheet.models.catalog import load_crew
from callsheet.models.openai_images import OpenAIImages

KEY = "canary-0123456789abcdef"
MAKER = '[[makers]]\nname = "m"\nkind = "{kind}"\nmakes = ["still"]\nusd = 1\n{more}\n'
CHAT = '[[chats]]\nname = "openai:m"\nusd_per_million_in = 1.0\nusd_per_million_out = 1.0\n{more}\n'


def refused(folder: Path, *blocks: str) -> str:
    path = folder / "crew.toml"
    path.write_text('schema = "crew/1"\nname = "c"\ncritics = []\n' + "".join(blocks))
    with pytest.raises(CrewError) as caught:
        load_crew(path)
    return str(caught.value)


@pytest.mark.parametrize("name", ["api_key", "apikey", "key", "auth_token", "token", "secret", "password", "HF_TOKEN"])
def test_a_secret_in_a_crew_file_is_refused_and_not_repeated(name: str, tmp_path: Path) -> None:
    said = refused(tmp_path, MAKER.format(kind="fake", more=f'settings = {{ {name} = "{KEY}" }}'))
    assert KEY not in said
    assert "environment variable" in said
    said = refused(tmp_path, MAKER.format(kind="fake", more=f'{name} = "{KEY}"'))
    assert KEY not in said


@pytest.mark.parametrize(
    "more",
    [
        f'base_url = "https://ada:{KEY}@evil.example/v1"',
        f'base_url = "https://{KEY}@evil.example/v1"',
        f'base_url = "http://127.0.0.1:80@evil.example/{KEY}"',
        f'key_env = "{KEY}"',
        f'api_key = "{KEY}"',
    ],
)
def test_a_chat_whose_address_or_key_is_a_secret_is_refused_and_not_repeated(more: str, tmp_path: Path) -> None:
    said = refused(tmp_path, MAKER.format(kind="fake", more=""), CHAT.format(more=more))
    assert KEY not in said


@pytest.mark.parametrize("settings", [{"base_url": f"https://ada:{KEY}@h/v1"}, {"key_env": KEY}, {"api_key": KEY}])
def test_an_image_service_is_given_its_key_by_name_alone(settings: dict[str, str]) -> None:
    spec = MakerSpec(name="m", kind="openai", makes=("still",), source="x", usd=1, device="api", settings=settings)
    with pytest.raises(CrewError) as caught:
        OpenAIImages(spec)
    assert KEY not in str(caught.value)
