"""Every door a path or a name comes in by: from a brief, a crew file, a model, a file brought in, a store's digest."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pydantic import ValidationError

from ...agents.briefs import decode_brief, parse_brief
from ...agents.director import plan_brief
from ...agents.llm.director import SaidTask
from ...agents.llm.fault import Fault
from ...agents.llm.session import read_session
from ...core.brief import Brief, Look
from ...core.canonical import from_plain
from ...core.chat import Answer
from ...core.errors import BriefError, CrewError, NotAPicture
from ...core.wish import Ingest
from ...graphs.look_references import gathered
from ...models.catalog import load_crew
from ...models.checkpoint import check_folder
from ...tools.assets import AssetStore
from ...tools.pictures import read_picture
from . import checkpoints, pictures
from .outcomes import Outcome, Tally, payloads, throw_all

_SAID: Final = "how is it going"
_PLAIN_NAME: Final = "abcdefghijklmnopqrstuvwxyz0123456789_"


class Doors:
    """The doors, in a folder with a secret on its outside that a path must not reach."""

    def __init__(self, root: Path) -> None:
        self.root, self.brief = root, root / "work" / "brief"
        self.canary = root / "canary"
        self.brief.mkdir(parents=True)
        for place in (root / "outside", root / "work" / "outside", root / "work" / "brief_evil"):
            place.mkdir()
            (place / "secret.png").write_bytes(pictures.png())
        (self.brief / "link.png").symlink_to(root / "outside" / "secret.png")
        (self.brief / "folder").symlink_to(root / "outside", target_is_directory=True)
        (self.brief / "inside.png").write_bytes(pictures.png())
        (root / "assets").mkdir()
        (root / "assets" / "secret").write_bytes(b"secret")
        self._store = AssetStore(root / "assets")
        self._plan = plan_brief(parse_brief("A red castle at dusk.", "sentence"), load_crew(None))

    def looks_like(self, path: str) -> Outcome:
        """Have a brief's look refer to a picture."""
        brief = Brief(title="T", look=Look(references=(path,)))
        try:
            gathered(brief, self.brief)
        except BriefError:
            return "refused"
        return "escaped"

    def named(self, name: str) -> Outcome:
        """Have a brief name everything so: tasks, entities, shots, departments."""
        task = {"department": "d", "prompt": "a castle"}
        for plain in (
            {"tasks": {name: task}},
            {"tasks": {"a": {**task, "department": name}}},
            {"tasks": {"a": {**task, "entity": name}}},
            {"tasks": {"a": {"department": "d", "make": "grade", "input": name}}},
            {"entities": {name: {"kind": "prop", "is": "a cup"}}},
            {"departments": {name: {"workers": 1}}},
            {"shots": {name: {"from": "a"}}},
            {"shots": {"s": {"from": name}}},
        ):
            try:
                parse_brief(json.dumps({"title": "T", **plain}), "json")
            except BriefError:
                continue
            if not _is_plain(name):
                return "escaped"
        return "contained" if _is_plain(name) else "refused"

    def sourced(self, path: str) -> Outcome:
        """Have a crew file name its checkpoint so."""
        crew = self.root / "crew.toml"
        quoted = json.dumps(path.encode("utf-8", "replace").decode())
        block = f'[[makers]]\nname = "m"\nkind = "diffusers"\nmakes = ["still"]\nusd = 1\nsource = {quoted}\n'
        crew.write_text(f'schema = "crew/1"\nname = "c"\ncritics = []\n{block}', encoding="utf-8")
        try:
            load_crew(crew)
        except CrewError:
            return "refused"
        return "escaped"

    def brought_in_by_a_model(self, path: str) -> Outcome:
        """Have a language model's answer bring in a file that nobody named."""
        wish = {"verb": "ingest", "about": {"says": "it", "tasks": [self._plan.tasks[0].name]}, "file": path}
        answer = Answer(text=json.dumps({"wishes": [wish]}), tokens_in=1, tokens_out=1)
        found = read_session(answer, _SAID, self._plan)
        if isinstance(found, Fault):
            return "refused"
        brought = [one for one in found if isinstance(one, Ingest)]
        return "escaped" if brought and path not in _SAID else "refused"

    def planned_by_a_model(self, name: str) -> Outcome:
        """Have a language model's call sheet name a task so."""
        try:
            from_plain(SaidTask, {"name": name, "department": name, "input": name, "layers": [name]})
        except ValidationError:
            return "refused"
        return "contained" if _is_plain(name) else "escaped"

    def brought_in(self, path: str) -> Outcome:
        """Bring in what a person names: any picture of theirs, and never anything else, nor for ever."""
        try:
            read_picture(self.brief / path)
        except NotAPicture:
            return "refused"
        return "contained"

    def kept_as(self, name: str) -> Outcome:
        """Ask the store for it, by what should be a digest."""
        for digest in (name, f"sha256:{name}"):
            if self._store.has(digest):
                return "escaped"
            try:
                self._store.get(digest)
            except Exception as error:
                if type(error).__name__ != "AssetMissing":
                    raise
                continue
            return "escaped"
        return "refused"

    def said_in_yaml(self, text: str) -> Outcome:
        """Write a brief so."""
        text = text.replace("{run}", f"echo ran > {self.canary}")
        try:
            brief = decode_brief(text.encode("utf-8", "replace"), "brief.yaml")
        except BriefError:
            return self._unless_ran("refused")
        return self._unless_ran("contained" if all(ord(one) >= 32 for one in brief.title) else "escaped")

    def checkpoint_of(self, files: dict[str, bytes]) -> Outcome:
        """Check a checkpoint that holds these files beside good weights."""
        with TemporaryDirectory(dir=self.root) as place:
            folder = Path(place)
            for name, data in {"good.safetensors": checkpoints.good(), **files}.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
            try:
                check_folder(folder, "maker 'm'")
            except CrewError:
                return self._unless_ran("refused")
        return "escaped"

    def picture(self, data: bytes, name: str = "a.png") -> Outcome:
        """Bring in a file of these bytes."""
        path = self.root / name
        path.write_bytes(data)
        try:
            kept = read_picture(path)
        except NotAPicture:
            return "refused"
        return "contained" if kept.startswith(b"\x89PNG") else "escaped"

    def _unless_ran(self, outcome: Outcome) -> Outcome:
        return "escaped" if self.canary.exists() else outcome


def _is_plain(name: str) -> bool:
    return 0 < len(name) <= 64 and name[0] in _PLAIN_NAME[:26] and set(name) <= set(_PLAIN_NAME)


@contextmanager
def doors() -> Iterator[Doors]:
    """Give the doors, in a folder of their own."""
    with TemporaryDirectory(prefix="callsheet-hostile-") as place:
        yield Doors(Path(place).resolve())


def throw_paths(tally: Tally, at: Doors) -> None:
    """Throw every path at every door."""
    paths = payloads("paths")
    throw_all(tally, "paths in a brief's look", [*paths, "link.png", "folder/secret.png"], at.looks_like)
    throw_all(tally, "names in a brief", paths, at.named)
    throw_all(tally, "paths in a crew file", paths, at.sourced)
    throw_all(tally, "files a model names", paths, at.brought_in_by_a_model)
    throw_all(tally, "names a model gives", paths, at.planned_by_a_model)
    throw_all(tally, "files a person names", paths, at.brought_in)
    throw_all(tally, "digests", paths, at.kept_as)
    throw_all(tally, "YAML", payloads("yaml"), at.said_in_yaml)


def throw_files(tally: Tally, at: Doors, *, damaged: int, seed: int) -> None:
    """Throw every picture, other file and checkpoint."""
    for name, data in pictures.bombs().items():
        tally.throw("picture bombs", name, lambda data=data: at.picture(data))  # type: ignore[misc]
    for name, data in pictures.strangers():
        for called in ("a.png", f"a.{name.split()[0].lower()}"):
            tally.throw("other files", f"{name} as {called}", lambda data=data, called=called: at.picture(data, called))  # type: ignore[misc]
    for name, data in pictures.curious().items():
        tally.throw("pictures with more in them", name, lambda data=data: at.picture(data))  # type: ignore[misc]
    for number, data in enumerate(pictures.damaged(damaged, seed)):
        tally.throw("damaged pictures", str(number), lambda data=data: at.picture(data))  # type: ignore[misc]
    for name, data in checkpoints.headers().items():
        tally.throw("headers", name, lambda data=data: at.checkpoint_of({"model.safetensors": data}))  # type: ignore[misc]
    for name, data in checkpoints.files_that_run(at.canary).items():
        tally.throw("files that run", name, lambda name=name, data=data: at.checkpoint_of({name: data}))  # type: ignore[misc]
    for name, (file, said) in checkpoints.configs(at.canary).items():
        body = json.dumps(said).encode()
        tally.throw("configs", name, lambda file=file, body=body: at.checkpoint_of({file: body}))  # type: ignore[misc]
