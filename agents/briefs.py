"""Briefs as they come in: YAML, JSON, Markdown or one sentence, all into the same noun.

The Markdown form, every part optional but a title or a logline:

    # Fantasy Castle

    A fortress above the sea on the last night of winter.      (paragraphs before the first section: the logline)

    ## Look
    - time: dusk
    - palette: slate, ember, snow

    ## Entities
    - keep (place): a large red castle                         (the kind may be left out: a prop then)

    ## Departments
    - environment: 8                                           (workers)

    ## Tasks
    - sea_plate [environment]: an empty sea at dusk in fog     (the department may be left out: environment then)
    - sh010_comp [post] composite: sea_plate, keep_key         (composite: its layers; grade, crop, upscale: its input)

    ## Shots
    - sq010_sh010: sh010_comp, 3 s, slow push in               (the task, then seconds and camera move if wanted)

    ## Budget
    2.00 USD

    ## Deliver
    - contact_sheet

A fenced `yaml` block anywhere adds whole keys of the YAML form.
"""

import json
import re
from collections import Counter
from collections.abc import Hashable
from dataclasses import fields
from pathlib import PurePath
from typing import Final, Literal

import yaml
from pydantic import ValidationError
from yaml.constructor import ConstructorError

from ..core.brief import Brief, Delegation, DepartmentBrief, Entity, Look, Quality, ShotBrief, TaskBrief
from ..core.canonical import from_plain, plainly
from ..core.errors import BriefError
from .language.allowances import budget_in, deadline_in
from .planning.wiring import near

Form = Literal["yaml", "json", "markdown", "sentence"]

SUFFIXES: Final[dict[str, Form]] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
}
MOST_BYTES: Final = 4_000_000
_KEY: Final = re.compile(r"^\s*[\w-]+\s*:(\s|$)")
# Possessive, so that a line which is no item costs no more than one that is.
_ITEM: Final = re.compile(r"^\s*+[-*]\s++(?P<name>[^\s:(\[]++(?:\s++[^\s:(\[]++)*?)\s*+"
                          r"(?:\((?P<kind>[^)]*+)\)|\[(?P<team>[^\]]*+)\])?\s*+"
                          r"(?P<make>still|composite|grade|crop|upscale)?\s*+:\s*+(?P<text>.*)$")  # fmt: skip
_FENCE: Final = re.compile(r"```ya?ml")
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What moves a terminal's cursor, ends a C program's text, is half a character, or is there for no reader."""

_SECTIONS: Final = ("look", "entities", "departments", "tasks", "shots", "budget", "quality", "deliver")
_FIELDS: Final = {
    "look": Look, "quality": Quality, "entities": Entity, "departments": DepartmentBrief, "tasks": TaskBrief,
    "shots": ShotBrief, "delegate": Delegation,
}  # fmt: skip


def decode_brief(data: bytes, name: str) -> Brief:
    """Read a brief from bytes: a file of any of the four forms, or a bare sentence.

    Args:
        data: UTF-8.
        name: the file's name, whose suffix tells the form; without a telling one the text itself does.

    Raises:
        BriefError: says where and how to mend it.
    """
    place = name or "the brief"
    if len(data) > MOST_BYTES:
        raise BriefError(place, f"{len(data):,} bytes", f"keep a brief under {MOST_BYTES:,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BriefError(place, f"not UTF-8 text (byte {error.start})", "save it as UTF-8") from None
    if "\x00" in text:
        raise BriefError(place, "not a text file", "give YAML, JSON, Markdown or a sentence")
    return parse_brief(text, SUFFIXES.get(PurePath(name).suffix.lower()) or _form_of(text))


def _form_of(text: str) -> Form:
    lines = [line for line in text.splitlines() if line.strip()]
    if text.lstrip().startswith("{"):
        return "json"
    if any(re.match(r"#{1,2} \S", line) for line in lines[:1]) or any(line.startswith("## ") for line in lines):
        return "markdown"
    keys = [line.split(":")[0].strip() for line in lines if _KEY.match(line) and not line.startswith((" ", "\t"))]
    return "yaml" if set(keys) & {field.name for field in fields(Brief)} else "sentence"


def parse_brief(text: str, form: Form) -> Brief:
    """Read a brief of a known form.

    >>> parse_brief("A red castle at dusk.", "sentence").logline
    'A red castle at dusk.'

    Raises:
        BriefError: says where and how to mend it.
    """
    if not text.strip():
        raise BriefError("the brief", "empty", "write a title, a logline or a single sentence")
    match form:
        case "yaml":
            plain = _yaml(text, 0)
        case "json":
            plain = _json(text)
        case "markdown":
            plain = _markdown(text)
        case "sentence":
            plain = _prose(" ".join(text.split()))
    if not isinstance(plain, dict):
        raise BriefError("the brief", f"a {type(plain).__name__}, not fields with values", "begin with `title: ...`")
    brief = _validated(plain)
    if not (brief.title.strip() or brief.logline.strip() or brief.tasks):
        raise BriefError("the brief", "neither title nor logline", "say in `logline` what it is about")
    return brief


def _prose(text: str) -> dict[object, object]:
    """Take a text as the logline, with the money and time it allows."""
    start = text[:20_000]  # a longer one is refused
    allowed = {"budget_usd": budget_in(start), "deadline": deadline_in(start)}
    return {"logline": text} | {name: value for name, value in allowed.items() if value is not None}


def _refuse_unseen(value: object, place: str) -> None:
    """Refuse control characters wherever they stand: every door shows a brief's words."""
    match value:
        case str() if found := _UNSEEN.search(value):
            raise BriefError(place, f"the control character {found[0]!r}", "take it out")
        case dict():
            for key, one in value.items():
                _refuse_unseen(key, place)
                _refuse_unseen(one, str(key))
        case list():
            for one in value:
                _refuse_unseen(one, place)


def _validated(plain: dict[object, object]) -> Brief:
    _refuse_unseen(plain, "the brief")
    if isinstance(plain.get("budget_usd"), bool):
        raise BriefError("budget_usd", "true and false are no amounts", "give US dollars")
    try:
        return from_plain(Brief, plain)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        # Quality is a name or fields: of the two refusals, the one about what was written is the one to show.
        fault = next(
            (one for one in faults if "Quality" in one["loc"] and isinstance(plain.get("quality"), dict)), faults[0]
        )
        loc = [str(part) for part in fault["loc"] if part not in ("Quality", "[key]") and "literal[" not in str(part)]
        place = ".".join(loc) or "the brief"
        if fault["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
            raise BriefError(place, "no such field", near(loc[-1], _known_fields(loc))) from None
        got = repr(fault["input"])
        what = f"{plainly(fault['msg'])} (got {got[:80]}{'...' if len(got) > 80 else ''})"
        raise BriefError(place, what[0].lower() + what[1:], "mend the value") from None


def _known_fields(loc: list[str]) -> list[str]:
    noun = _FIELDS.get(loc[0]) if len(loc) > 1 else Brief
    return [field.name.removesuffix("_") for field in fields(noun or Brief)]


# -- YAML and JSON


class _Loader(yaml.SafeLoader):
    """YAML as briefs use it: no key twice, no tags, no aliases, and `16:9` is text, not the number 969."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not taken")
        if tag := getattr(self.peek_event(), "tag", None):  # type: ignore[no-untyped-call]  # its stub gives no types
            raise yaml.YAMLError(f"tags (!name) are not taken, and {tag[:80]!r} is one")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ConstructorError(None, None, "a key that is no word", key.start_mark)
            if key.value in seen:
                raise ConstructorError(None, None, f"the key {key.value!r} twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.inf$|^\.nan$", "-+0123456789."),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _yaml(text: str, first_line: int) -> object:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with fewer powers
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1 + first_line}, column {mark.column + 1}" if mark else "the brief"
        raise BriefError(place, error.problem or "malformed YAML", "mend the YAML there") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BriefError("the brief", f"malformed YAML: {error}"[:200], "mend the YAML") from None


def _json(text: str) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = Counter(key for key, _ in pairs)
        twice = next((key for key, times in keys.items() if times > 1), None)
        if twice is not None:
            raise BriefError(twice, "the key stands there twice", "keep one of them")
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise BriefError(f"line {error.lineno}, column {error.colno}", error.msg, "mend the JSON there") from None
    except RecursionError:
        raise BriefError("the brief", "nested too deep", "write it flat") from None
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise BriefError("the brief", "a number with too many digits", "write a smaller one") from None


# -- Markdown


def _markdown(text: str) -> dict[object, object]:
    text, plain = _fenced(text)
    section, logline = "", list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"line {number}"
        if line.startswith("# ") and not plain.get("title"):
            plain["title"] = line[2:].strip()
        elif line.startswith("## "):
            section = line[3:].strip().lower()
            if section not in _SECTIONS:
                raise BriefError(place, f"no section named {line[3:].strip()!r}", near(section, _SECTIONS))
        elif line.strip() and not section:
            logline.append(line.strip())
        elif line.strip():
            _add_item(plain, section, line, place)
    if logline:
        plain.setdefault("logline", " ".join(logline))
    return plain


def _fenced(text: str) -> tuple[str, dict[object, object]]:
    """Take the fenced yaml blocks out, leaving blank lines so that line numbers stay true."""
    plain: dict[object, object] = {}
    outside, block, first = list[str](), list[str](), 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not first:
            is_fence = _FENCE.fullmatch(line) is not None
            first = number if is_fence else 0
            outside.append("" if is_fence else line)
        elif line.rstrip(" \t") == "```":
            plain.update(_block(block, first))
            outside += [""] * (len(block) + 1)
            block, first = [], 0
        else:
            block.append(line)
    if first:
        raise BriefError(f"line {first}", "a fence that nothing closes", "write ``` below the block")
    return "\n".join(outside), plain


def _block(lines: list[str], first: int) -> dict[object, object]:
    found = _yaml("\n".join(lines), first)
    if not isinstance(found, dict):
        raise BriefError("the yaml block", "holds no fields", "write keys with values in it")
    return found


def _add_item(plain: dict[object, object], section: str, line: str, place: str) -> None:
    if section == "budget":
        amount = re.search(r"-?\d+(?:\.\d+)?", line)
        if not amount:
            raise BriefError(place, "no amount", "write a number of US dollars")
        plain["budget_usd"] = float(amount[0])
        return
    if section == "quality" and ":" not in line:
        plain["quality"] = line.strip(" -*")
        return
    if section == "deliver":
        plain["deliver"] = [*_list(plain.get("deliver")), line.strip(" -*")]
        return
    item = _ITEM.match(line)
    if not item:
        raise BriefError(place, f"{line.strip()!r} is no item of a list", "write `- name: text`")
    name = item["name"].strip().lower().replace(" ", "_")
    found = plain.setdefault(section, {})
    if not isinstance(found, dict) or name in found:
        raise BriefError(place, f"{name!r} stands there twice", "keep one of them")
    found[name] = _value(section, item, place)


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _value(section: str, item: re.Match[str], place: str) -> object:
    text = item["text"].strip()
    match section:
        case "entities":
            return {"kind": item["kind"] or "prop", "is": text}
        case "tasks":
            return _task(item, text)
        case "departments":
            return {"workers": _yaml(text, 0)}
        case "shots":
            return _shot(text, place)
        case "look":
            return (
                [part.strip() for part in text.split(",")]
                if item["name"] in ("palette", "references", "like")
                else _scalar(text)
            )
        case _:
            return _yaml(text, 0)


def _scalar(text: str) -> object:
    return float(text) if re.fullmatch(r"\d*\.\d+", text) else int(text) if re.fullmatch(r"\d{1,18}", text) else text


def _task(item: re.Match[str], text: str) -> dict[str, object]:
    make = item["make"] or "still"
    task: dict[str, object] = {"department": (item["team"] or "environment").strip(), "make": make}
    if make == "still":
        return task | {"prompt": text}
    if make == "composite":
        return task | {"layers": [part.strip() for part in text.split(",")]}
    return task | {"input": text}


def _shot(text: str, place: str) -> dict[str, object]:
    parts = [part.strip() for part in text.split(",")]
    shot: dict[str, object] = {"from": parts[0]}
    for part in parts[1:]:
        seconds = re.fullmatch(r"(\d+(?:\.\d+)?) ?(?:s|sec|seconds)", part)
        if seconds:
            shot["seconds"] = float(seconds[1])
        elif "move" in shot:
            raise BriefError(
                place, f"{part!r} is neither seconds nor a move", "write `- code: task, 3 s, slow push in`"
            )
        else:
            shot["move"] = part
    return shot
