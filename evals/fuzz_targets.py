"""What is fuzzed: everything that reads what somebody else wrote. A reader may refuse, as it promised to."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, cast

from pydantic import ValidationError

from ..agents.briefs import SUFFIXES, decode_brief
from ..agents.conversation.scene import Scene
from ..agents.conversation.understanding import understand
from ..agents.director import plan_brief
from ..agents.llm.critic import read_critic
from ..agents.llm.director import read_director
from ..agents.llm.notes import read_notes
from ..agents.llm.reviser import read_reviser
from ..agents.llm.session import read_session
from ..core.brief import Brief, Look
from ..core.canonical import from_json, to_json, to_plain
from ..core.chat import Answer
from ..core.crew import Crew
from ..core.delivery import Manifest
from ..core.errors import BriefError, MakerFailed, SetupError
from ..core.fact import AnyFact, Entry, Fact
from ..core.history import History
from ..core.plan import Plan
from ..models.catalog import load_crew
from ..models.openai_answer import answer_in
from .conformance import decided, made, planned, reserved, sent, voided
from .mutations import Json, mutated_bytes, mutated_json

ROOT: Final = Path(__file__).parents[1]
_SAYS: Final = (
    "status", "make the keep red", "retake keep", "approve edda take 2", "pause architecture", "yes", "no, cheaper",
    "three more like sea_plate at night in fog", "why was keep refused?", "what does it cost?", "deliver", "done",
    "show me the takes of sh010", "swap the dragon for a boat in shots 2 and 3", "first the keep, then the comp",
)  # fmt: skip
_WISH: Final[Json] = {
    "wishes": [{"verb": "retake", "about": {"tasks": ["keep"]}}, {"verb": "status"}],
    "unclear": [{"text": "it", "why": "?"}],
}  # fmt: skip
_SHEET: Final[Json] = {
    "title": "Castle", "logline": "A castle.", "questions": [], "assumptions": ["dusk"],
    "tasks": [{"name": "keep", "department": "architecture", "prompt": "one large red castle"}],
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reader."""

    draw: Callable[[random.Random], bytes]
    """Make an input."""
    read: Callable[[bytes], object]
    """Read it; must raise nothing but what is allowed."""
    allowed: tuple[type[Exception], ...]
    share: int = 1
    """Of the executions, beside the others."""


def targets(scratch: Path) -> Mapping[str, Target]:
    """Give the readers by name; files they read lie in a scratch folder."""
    briefs, crews, prose = _texts(("briefs/*.yaml", "tests/*.yaml")), _texts(("tests/*.toml",)), _prose()
    return {
        "brief": Target(draw=_mutating(briefs + prose), read=_brief, allowed=(BriefError,), share=1),
        "brief_json": Target(draw=_planted([_plain_brief()]), read=_brief, allowed=(BriefError,), share=3),
        "crew": Target(draw=_mutating(crews), read=_crew_reader(scratch), allowed=(SetupError,), share=2),
        "plan": Target(draw=_planted([to_plain(_plan())]), read=_reader(Plan), allowed=(ValidationError,), share=2),
        "manifest": Target(draw=_planted([_manifest()]), read=_reader(Manifest), allowed=(ValidationError,), share=2),
        "journal_row": Target(draw=_planted(_rows()), read=_row, allowed=(ValidationError,), share=40),
        "journal": Target(draw=_histories, read=_folded, allowed=(), share=6),
        "service_answer": Target(draw=_planted([_ANSWER]), read=_service, allowed=(MakerFailed,), share=20),
        "llm_director": Target(draw=_planted([_SHEET]), read=_director, allowed=(), share=3),
        "llm_session": Target(draw=_planted([_WISH]), read=_session, allowed=(), share=6),
        "llm_reviser": Target(draw=_planted([{"prompt": "one large red castle"}]), read=_reviser, allowed=(), share=4),
        "llm_critic": Target(
            draw=_mutating([b"yes", b"No.", b"unsure", b'{"a": 1}']), read=_critic, allowed=(), share=8
        ),
        "llm_note": Target(draw=_mutating([b"Two stills came. One was redone."]), read=_note, allowed=(), share=8),
        "session_line": Target(draw=_mutating([says.encode() for says in _SAYS]), read=_line, allowed=(), share=1),
    }


_ANSWER: Final[Json] = {"data": [{"b64_json": "aGVsbG8=", "revised_prompt": "a castle"}], "usage": {"input_tokens": 3}}


def _texts(patterns: tuple[str, ...]) -> list[bytes]:
    found = [path.read_bytes() for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return found or [b"title: x\n", b'name = "x"\n']


def _prose() -> list[bytes]:
    return [path.read_bytes() for path in sorted(ROOT.glob("evals/briefs/*.txt"))[:20]] or [b"A red castle."]


def _mutating(seeds: list[bytes]) -> Callable[[random.Random], bytes]:
    return lambda dice: mutated_bytes(seeds, dice)


def _planted(seeds: list[object]) -> Callable[[random.Random], bytes]:
    return lambda dice: mutated_json(seeds, dice)  # type: ignore[arg-type]


def _reader(kind: type[object]) -> Callable[[bytes], object]:
    """Read JSON of a kind; what was read once must be written and read again the same."""

    def read(data: bytes) -> object:
        noun: object = from_json(kind, data)
        again: object = from_json(kind, to_json(noun))
        if again != noun:
            raise AssertionError(f"read back as something else: {noun!r}"[:300])
        return noun

    return read


def _brief(data: bytes) -> object:
    suffix = ("", *SUFFIXES)[len(data) % (len(SUFFIXES) + 1)] if not data.startswith(b"{") else ".json"
    brief = decode_brief(data, f"brief{suffix}")
    if from_json(Brief, to_json(brief)) != brief:
        raise AssertionError("a brief was read back as another")
    return brief


def _crew_reader(scratch: Path) -> Callable[[bytes], object]:
    path = scratch / "crew.toml"

    def read(data: bytes) -> object:
        path.write_bytes(data)
        return load_crew(path)

    return read


@cache
def _sound_brief() -> Brief:
    return decode_brief((ROOT / "briefs" / "fantasy_castle.yaml").read_bytes(), "castle.yaml")


def _plain_brief() -> object:
    return to_plain(_sound_brief())


@cache
def _crew() -> Crew:
    return load_crew(None, cores=2)


@cache
def _plan() -> Plan:
    return plan_brief(_sound_brief(), _crew())


def _manifest() -> object:
    return from_plain_json(ROOT / "examples" / "castle" / "manifest.json")


def from_plain_json(path: Path) -> object:
    """Read a file of ours as plain values."""
    return to_plain(from_json(Manifest, path.read_bytes()))


def _facts() -> list[Fact]:
    return [planned(1.0), reserved(1), sent(1), voided(1), made(1), decided("mara")]


def _rows() -> list[object]:
    return [to_plain(fact, AnyFact) for fact in _facts()]


def _row(data: bytes) -> object:
    fact: Fact = from_json(AnyFact, data)
    if from_json(AnyFact, to_json(fact, AnyFact)) != fact:
        raise AssertionError("a fact was read back as another")
    return fact


def _histories(dice: random.Random) -> bytes:
    """Shuffle facts that each make sense into histories that need not."""
    return bytes(dice.randrange(256) for _ in range(dice.randint(1, 24)))


def _folded(data: bytes) -> object:
    """Fold facts the journal would take, in any order, twice: the same comes of them, and no money of nowhere."""
    entries, calls = [Entry(seq=1, at="2026-01-01T00:00:00.000+00:00", fact=planned(1.0))], dict[int, str]()
    for byte in data:
        number, what = byte % 3, byte // 3 % 4
        state, fact = calls.get(number, ""), cast("Fact | None", None)
        if what == 0 and state in ("", "void"):
            fact, calls[number] = reserved(number, token=f"{len(entries)}"), "reserved"
        elif what == 1 and state == "reserved":
            fact, calls[number] = sent(number), "sent"
        elif what == 2 and state in ("reserved", "sent"):
            fact, calls[number] = voided(number), "void"
        elif what == 3 and state in ("reserved", "sent"):
            fact, calls[number] = made(number), "settled"
        else:
            continue
        entries.append(Entry(seq=len(entries) + 1, at=entries[0].at, fact=fact))
    history = History.of(entries)
    assert history == History.of(entries)
    states = {name: call.state for name, call in history.calls.items()}
    assert states == {f"call{number}": state for number, state in calls.items()}
    assert sum(len(record.takes) for record in history.tasks.values()) == list(calls.values()).count("settled")
    return history


def _answer(data: bytes) -> Answer:
    return Answer(text=data.decode("utf-8", "surrogateescape"), tokens_in=1, tokens_out=1)


def _service(data: bytes) -> object:
    return answer_in(data, "gpt")


def _director(data: bytes) -> object:
    return read_director(_answer(data), _sound_brief(), _crew())


def _session(data: bytes) -> object:
    return read_session(_answer(data), "retake keep_near", _plan())


def _reviser(data: bytes) -> object:
    return read_reviser(_answer(data), _plan().tasks[0], Look())


def _critic(data: bytes) -> object:
    return read_critic(_answer(data), _plan().tasks[0].requirements[0])


def _note(data: bytes) -> object:
    return read_notes(_answer(data), "redone: 1")


@cache
def _scene() -> Scene:
    return Scene(plan=_plan(), brief=_sound_brief(), makers=("sketch-s", "sketch-l"))


def _line(data: bytes) -> object:
    return understand(data.decode("utf-8", "replace"), _scene())
