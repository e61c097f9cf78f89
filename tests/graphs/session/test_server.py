"""A conversation through LangGraph's own development server and client.

The server has a licence of its own and is no dependency of ours: where its command is not on the path, this is skipped.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

HERE = Path(__file__).parents[2]
COMMAND = shutil.which("langgraph")
_STARTS_WITHIN_SECONDS = 120

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(COMMAND is None, reason="`langgraph` is not installed: pip install 'langgraph-cli[inmem]'"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the graphs of `langgraph.json` with the fake crew; give the address."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = {"HOME": "inprocess", "CREW": str(HERE / "fake_crew.toml"), "WORKERS": "2", "LEARN": "false"}
    env = os.environ | {f"CALLSHEET_{name}": value for name, value in ours.items()}
    env |= {"LANGGRAPH_NO_VERSION_CHECK": "true", "LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGSMITH_TRACING": "false"}
    options = ["--no-browser", "--no-reload", "--allow-blocking", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        started = subprocess.Popen(
            [str(COMMAND), "dev", *options, "--config", str(HERE.parent / "langgraph.json")],
            cwd=folder, env=env, stdout=log, stderr=log,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, started, folder / "log")
        yield address
    finally:
        started.terminate()
        started.wait(30)


def _wait_for(address: str, started: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(_STARTS_WITHIN_SECONDS * 2):
        try:
            if httpx.get(f"{address}/ok").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.5)
        if started.poll() is not None:
            break
    pytest.fail(f"the server did not start: {log.read_text()[-2000:]}")


@pytest.fixture
async def client(server: str) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=server, api_key=None) as found:
        yield found


async def test_a_conversation_is_held_through_the_server(client: LangGraphClient, tmp_path: Path) -> None:
    thread = (await client.threads.create())["thread_id"]
    context = {"folder": str(tmp_path / "castle"), "director": "Mara", "seed": 7, "waits": True}

    async def say(text: str) -> str:
        messages = {"messages": [{"role": "user", "content": text}]}
        state = await client.runs.wait(thread, "director", input=messages, context=context)
        return state["messages"][-1]["content"]  # type: ignore[call-overload, index, return-value]

    assert "Small Castle" in await say(str(HERE / "small_brief.yaml"))
    assert "Shall I?" in await say("go")
    (asked,) = (await client.threads.get_state(thread))["interrupts"]
    assert asked["value"]["action_requests"][0]["name"] == "roll"
    told = [
        part.data["text"]
        async for part in client.runs.stream(
            thread, "director", command={"resume": {"decisions": [{"type": "approve"}]}}, context=context,
            stream_mode="custom",
        )
        if part.event == "custom"
    ]  # fmt: skip
    assert "keep/t01 is made" in told
    assert "5 of 5 tasks accepted" in told[-1]
    assert "1 of 1 accepted" in await say("where are we?")
    assert (tmp_path / "castle" / "index.html").exists()


async def test_a_production_is_greenlit_through_the_server(client: LangGraphClient, tmp_path: Path) -> None:
    thread = (await client.threads.create())["thread_id"]
    order = {"brief": str(HERE / "small_brief.yaml"), "out": str(tmp_path / "castle"), "seed": 7}
    await client.runs.wait(thread, "production", input=order)
    (asked,) = (await client.threads.get_state(thread))["interrupts"]
    assert asked["response_schema"]["required"] == ["decisions"]
    decisions = {"resume": {"decisions": [{"type": "approve"}]}}
    result = await client.runs.wait(thread, "production", command=decisions)
    assert result["status"] == "delivered"  # type: ignore[call-overload, index]
