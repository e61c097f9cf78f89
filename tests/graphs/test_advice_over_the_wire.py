"""A whole production whose language models answer over the wire: made, billed, and without a trace of the key."""

import json
from pathlib import Path

import pytest

from callsheet.core.settings import Settings
from callsheet.evals import wire
from callsheet.graphs.advice import direct_in
from callsheet.graphs.planning import read_brief
from callsheet.graphs.running import produce
from callsheet.models.catalog import load_crew
from callsheet.tools.fsck import check_production

from .test_advice import CREW, NOTES, PROSE, SHEET

CANARY = wire.KEY


def answered(request: wire.Request) -> wire.Reply:
    """Answer as each agent needs it; now and then the server is busy."""
    if request.number % 7 == 0:
        return wire.overloaded()
    asked = json.loads(request.body)
    system = asked["messages"][0]["content"]
    if "first assistant director" in system:
        return wire.Good(text=json.dumps(SHEET))
    if "You look at one picture" in system:
        return wire.Good(text="yes", top_logprobs={"yes": -0.05, "no": -3.0})
    return wire.Good(text=NOTES)


def all_of(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())


async def test_a_production_with_models_over_the_wire_is_delivered_billed_and_keeps_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STUDIO_KEY", CANARY)
    settings, out = Settings(home="inprocess", learn=False), tmp_path / "out"
    with wire.openai_server(answered) as server:
        path = tmp_path / "crew.toml"
        path.write_text(f"""{CREW.replace('"existence", ', "")}
[[chats]]
name = "openai:wire-vl"
base_url = "{server.base_url}/v1"
key_env = "STUDIO_KEY"
usd_per_million_in = 0.1
usd_per_million_out = 0.4
tokens_out = 2000
sees = true
logprobs = true

[agents]
director = "openai:wire-vl"
critic = "openai:wire-vl"
notes = "openai:wire-vl"
share = 0.5
""")
        thought = await direct_in(out, read_brief(PROSE), load_crew(path), settings=settings)
        assert thought.found is not None, thought.why
        made = await produce(thought.found.brief, out=out, crew=path, settings=settings)
    assert made.status == "delivered"
    assert made.cost.thinking is not None
    assert made.cost.thinking.asked == len(server.sold)
    assert set(made.cost.thinking.usd_by_agent) == {"director", "critic", "notes"}
    assert made.cost.thinking.fallbacks == ()
    assert check_production(out) == ()
    said = [one for opinions in made.history.scores.values() for one in opinions if one.critic == "chat"]
    assert said
    assert {round(one.value, 2) for one in said} == {0.95}  # type: ignore[union-attr]
    assert CANARY.encode() not in all_of(tmp_path)
    assert CANARY not in "".join(capfd.readouterr())
