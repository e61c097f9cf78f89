"""Reads a crew file: who is hired, checked before anybody is called or asked. Imports no model library."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from ..core.canonical import first_fault, from_plain
from ..core.chat import Agents, ChatSpec
from ..core.crew import CHAT_CHECKS, Crew, CriticSpec, MakerSpec
from ..core.errors import CrewError
from ..core.registry import Home, Registry
from ..core.secret import names_secret
from .checkpoint import check_folder, digest_of_folder, drawn_side_px, words_of

MAKERS = Registry(
    what="maker kind",
    group="callsheet.makers",
    homes={
        "sketch": Home(path="callsheet.models.sketching:SketchMaker", extra="local"),
        "diffusers": Home(path="callsheet.models.diffusion:DiffusersMaker", extra="local"),
        "openai": Home(path="callsheet.models.openai_images:OpenAIImages"),
        "post": Home(path="callsheet.models.post:PostMaker"),
        "fake": Home(path="callsheet.models.fake:FakeMaker"),
    },
)
CRITICS = Registry(
    what="critic kind",
    group="callsheet.critics",
    homes={
        "clip": Home(path="callsheet.models.critics.clip:ClipCritic", extra="local"),
        "aesthetic": Home(path="callsheet.models.critics.aesthetic:AestheticCritic", extra="local"),
        "continuity": Home(path="callsheet.models.critics.continuity:ContinuityCritic", extra="local"),
        "technical": Home(path="callsheet.models.critics.technical:TechnicalCritic"),
        "look": Home(path="callsheet.models.critics.look:LookCritic"),
        "fake": Home(path="callsheet.models.fake:FakeCritic"),
    },
)
CHATS = Registry(
    what="chat provider",
    group="callsheet.chats",
    homes={
        "openai": Home(path="callsheet.models.chat.openai:openai_chat"),
        "anthropic": Home(path="callsheet.models.chat.anthropic:anthropic_chat"),
        "scripted": Home(path="callsheet.models.scripted_chat:chat_by_script"),
    },
)
HOUSE_CREW = Path(__file__).with_name("crew.toml")

T = TypeVar("T")

_READ_APART = frozenset({"name", "makers", "critics", "cores", "extends", "chats", "agents"})
_NEEDS_CHECKPOINT = frozenset({"sketch", "diffusers", "clip", "aesthetic"})
_CALLS_A_SERVICE = frozenset({"openai"})
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def load_crew(path: Path | None, *, cores: int | None = None) -> Crew:
    """Read a crew file into a checked crew.

    Args:
        path: the file; None is the embedded sketch crew. Relative sources are looked up beside it. A file that says
            `extends = "house"` borrows the house makers of all it makes nothing of, and the house's critics
            that need no checkpoint for all that its own do not check.
        cores: workers that run at once; None takes the file's, or one per CPU core of this machine.

    Raises:
        CrewError: the file cannot be read or names what is not there; says where, and what to do.
    """
    path = path or HOUSE_CREW
    table = _read(path)
    makers = [_maker(path, row, number) for number, row in enumerate(_rows(path, table, "makers"))]
    critics = [_critic(path, row, number) for number, row in enumerate(_rows(path, table, "critics"))]
    chats = [_chat(path, row, number) for number, row in enumerate(_rows(path, table, "chats"))]
    agents = _validated(Agents, table.get("agents", {}), f"{path}: agents")
    critics += _watching_chat(agents, critics)
    _check_asked(path, agents, critics, chats)
    if _extends_house(path, table):
        house = load_crew(None)
        made = {make for maker in makers for make in maker.makes}
        makers += [maker for maker in house.makers if not made.intersection(maker.makes)]
        critics += [critic for critic in house.critics if _is_borrowed(critic, critics)]
    _refuse_twins(path, [maker.name for maker in makers])
    _refuse_twins(path, [critic.name for critic in critics])
    _refuse_twins(path, [chat.name for chat in chats])
    name = table.get("name", path.stem)
    rest = {key: value for key, value in table.items() if key not in _READ_APART}
    fields = {**rest, "name": name, "makers": (), "critics": (), "cores": cores or table.get("cores") or _cores()}
    crew = _validated(Crew, fields, str(path))
    return replace(crew, makers=tuple(makers), critics=tuple(critics), chats=tuple(chats), agents=agents)


def _read(path: Path) -> dict[str, object]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CrewError(str(path), error.strerror or "cannot be read", "give the path of a crew file") from None
    except UnicodeDecodeError:
        raise CrewError(str(path), "is not UTF-8 text", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise CrewError(str(path), f"is not TOML: {error}", "mend that line") from None
    except ValueError:  # tomllib lets Python's own word about thousands of digits through
        raise CrewError(str(path), "holds a number with too many digits", "write a number that can be meant") from None
    if not table.get("makers"):
        raise CrewError(str(path), "names no maker", "add a [[makers]] block")
    return table


def _extends_house(path: Path, table: Mapping[str, object]) -> bool:
    extends = table.get("extends")
    if extends not in (None, "house"):
        raise CrewError(str(path), f"extends {extends!r}", 'write extends = "house", or leave it out')
    return extends == "house"


def _is_borrowed(critic: CriticSpec, own: Sequence[CriticSpec]) -> bool:
    """Say whether another crew takes a house critic: one of arithmetic alone, for what its own do not check."""
    checked = {check for one in own for check in one.checks}
    return not critic.source and not checked.intersection(critic.checks)


def _rows(path: Path, table: Mapping[str, object], key: str) -> list[dict[str, object]]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CrewError(str(path), f"`{key}` is not a list of tables", f"write [[{key}]] above each block")
    return rows


def _maker(path: Path, row: dict[str, object], number: int) -> MakerSpec:
    place = _place(path, "makers", row, number)
    _check_kind(MAKERS, row, place)
    spec = _validated(MakerSpec, {"device": "api", **row} if row["kind"] in _CALLS_A_SERVICE else row, place)
    if spec.usd is None:
        raise CrewError(
            place, "has no price, and an unpriced maker is never called", "add usd = 0.04 (0 is a price too)"
        )
    if secret := next(filter(names_secret, spec.settings), ""):
        what = f"holds a secret, its setting {secret!r}: crew files are copied and shown"
        raise CrewError(place, what, "put it into an environment variable")
    if spec.replicas_min > spec.replicas_max:
        what = f"replicas_min is {spec.replicas_min}, above replicas_max {spec.replicas_max}"
        raise CrewError(place, what, "make replicas_max the larger")
    if spec.kind == "diffusers" and spec.references and not spec.settings.get("ip_adapter"):
        what = "takes references, and its settings name no `ip_adapter` that could"
        raise CrewError(place, what, "name one, or leave `references` out")
    if spec.kind in _CALLS_A_SERVICE:
        _check_service(spec, place)
    if spec.is_service or (spec.kind not in _NEEDS_CHECKPOINT and not spec.source):
        return spec
    if spec.kind != "sketch" and _is_hub_id(path, spec.source):
        _check_pinned(spec, place)
        return spec
    folder = _folder(path, spec.source, place)
    digest = _digest(folder, spec.weights_digest, place)
    spec = replace(spec, folder=str(folder), weights_digest=digest)
    if spec.kind != "sketch":
        return spec
    side = drawn_side_px(folder, place)
    return replace(spec, words=spec.words or words_of(folder), width=side, height=side)


def _critic(path: Path, row: dict[str, object], number: int) -> CriticSpec:
    place = _place(path, "critics", row, number)
    if row.get("kind") == "chat":
        return _validated(CriticSpec, row, place)
    _check_kind(CRITICS, row, place)
    spec = _validated(CriticSpec, row, place)
    if spec.kind not in _NEEDS_CHECKPOINT and not spec.source:
        return spec
    folder = _folder(path, spec.source, place)
    digest = _digest(folder, spec.weights_digest, place)
    return replace(spec, folder=str(folder), weights_digest=digest, words=spec.words or words_of(folder))


def _chat(path: Path, row: dict[str, object], number: int) -> ChatSpec:
    place = _place(path, "chats", row, number)
    spec = _validated(ChatSpec, row, place)
    if spec.provider not in CHATS.names():
        what = f"no {CHATS.what} named {spec.provider!r}"
        raise CrewError(place, what, f"known: {', '.join(CHATS.names())}; for a server of your own openai:<its model>")
    if spec.usd_per_million_in is None or spec.usd_per_million_out is None:
        fix = "add usd_per_million_in = 0.25 and usd_per_million_out = 2.0 (0 is a price too)"
        raise CrewError(place, "has no price, and an unpriced chat is never asked", fix)
    if "@" in urlsplit(spec.base_url).netloc:
        raise CrewError(place, "its base_url holds a name or a password", "name the key's variable in `key_env`")
    if spec.is_key_in_the_clear:
        what = f"would send the key of {spec.key_env} to {spec.base_url} unencrypted"
        raise CrewError(place, what, "give an https address, or leave `key_env` out")
    return spec


def _watching_chat(agents: Agents, critics: Sequence[CriticSpec]) -> list[CriticSpec]:
    """Seat the chat that is named as critic, unless a block of its own already does."""
    if not agents.critic or any(critic.is_chat for critic in critics):
        return []
    return [CriticSpec(name="chat", kind="chat", checks=CHAT_CHECKS, settings={"chat": agents.critic})]


def _check_asked(path: Path, agents: Agents, critics: Sequence[CriticSpec], chats: Sequence[ChatSpec]) -> None:
    """Refuse agents and critics that ask a chat nobody hired, and eyes that cannot see."""
    known = {chat.name: chat for chat in chats}
    asked = {f"agents.{agent}": name for agent, name in agents.named.items()}
    watching = {f"critics {one.name!r}": str(one.settings.get("chat", "")) for one in critics if one.is_chat}
    for place, name in (asked | watching).items():
        if name not in known:
            what = f"asks {name!r}, and no [[chats]] block has that name"
            raise CrewError(f"{path}: {place}", what, f"known: {', '.join(known) or 'none'}")
    for place, name in watching.items():
        if not known[name].sees:
            what = f"asks {name!r}, which cannot be shown pictures"
            raise CrewError(f"{path}: {place}", what, "say sees = true where that model can")
        if name != agents.critic:
            what = f"asks {name!r}, agents.critic says {agents.critic!r}"
            raise CrewError(f"{path}: {place}", what, "name the same chat in both")


def _place(path: Path, key: str, row: Mapping[str, object], number: int) -> str:
    return f"{path}: {key}[{number}] {row.get('name', 'without a name')!r}"


def _check_kind(registry: Registry, row: Mapping[str, object], place: str) -> None:
    kind = row.get("kind")
    if not registry.knows(kind):
        what = f"no {registry.what} named {kind!r}" if kind else f"says no {registry.what}"
        raise CrewError(place, what, f"known: {', '.join(registry.names())}")


def _validated(noun: type[T], row: object, place: str) -> T:
    try:
        return from_plain(noun, row)
    except ValidationError as error:
        field, what = first_fault(error)
        raise CrewError(f"{place}: {field}", what, f"mend `{field}`") from None


def _check_service(spec: MakerSpec, place: str) -> None:
    if not spec.is_service:
        raise CrewError(place, f"device is {spec.device!r}, and a {spec.kind} maker calls a service", "leave it out")
    if not spec.source:
        raise CrewError(place, "names no model", 'add source = the service\'s name for it, such as "gpt-image-2"')


def _is_hub_id(path: Path, source: str) -> bool:
    return _HUB_ID.fullmatch(source) is not None and not (path.parent / source).exists()


def _check_pinned(spec: MakerSpec, place: str) -> None:
    if not _COMMIT.fullmatch(spec.revision):
        what = f"source {spec.source!r} is no folder here, and as a hub id its revision {spec.revision!r} is no commit"
        raise CrewError(place, what, "pin revision = the 40 hex digits of a commit (a branch or tag can move)")


def _folder(path: Path, source: str, place: str) -> Path:
    """Find a source's folder on this machine, checked."""
    if not source:
        raise CrewError(place, "names no checkpoint", "add `source`: a folder, or a hub id with its revision")
    try:
        folder = (path.parent / Path(source).expanduser()).resolve()
        check_folder(folder, place)
    except (OSError, ValueError, RuntimeError) as error:  # a name no folder can have, a folder nobody may look into
        raise CrewError(place, f"source {source[:200]!r} cannot be looked into ({error})"[:500], "mend it") from None
    return folder


def _digest(folder: Path, stated: str, place: str) -> str:
    digest = digest_of_folder(folder)
    if stated and stated != digest:
        what = f"weights_digest is {stated!r}, but the files in {str(folder)!r} hash to {digest!r}"
        raise CrewError(place, what, "bring the old weights back, or take the new digest over")
    return digest


def _refuse_twins(path: Path, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise CrewError(str(path), f"{names.count(name)} blocks are named {name!r}", "give each its own name")


def _cores() -> int:
    return os.cpu_count() or 1
