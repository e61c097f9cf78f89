"""Faults planted in the product itself, so that the checks are seen to fail: each is done in a run before it begins."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from ...core.canonical import digest_of_bytes
from ...core.take import Made, Recipe
from ...models.openai_images import OpenAIImages
from ...tools.assets import AssetStore

_PNG: Final = b"\x89PNG"


def double_charge() -> None:
    """Have every picture bought twice, once of them as other work, and told of once."""
    make = OpenAIImages.make

    def make_twice(self: OpenAIImages, recipe: Recipe, ingredients: Mapping[str, bytes]) -> Made:
        make(self, replace(recipe, seed=recipe.seed + 1), ingredients)
        return make(self, recipe, ingredients)

    OpenAIImages.make = make_twice  # type: ignore[method-assign]


def lost_take() -> None:
    """Have a killed process lose what its journal had acknowledged and not yet moved out of its write-ahead log."""
    kill, folder = os.kill, Path(sys.argv[sys.argv.index("--out") + 1])

    def lose_and_kill(pid: int, signal: int) -> None:
        (folder / ".callsheet" / "journal.db-wal").unlink()
        kill(pid, signal)

    os.kill = lose_and_kill


def broken_reference() -> None:
    """Have pictures named in the journal and never written."""
    put = AssetStore.put

    def put_all_but_pictures(self: AssetStore, data: bytes) -> str:
        return digest_of_bytes(data) if data.startswith(_PNG) else put(self, data)

    AssetStore.put = put_all_but_pictures  # type: ignore[method-assign]


PLANTS: Final[Mapping[str, Callable[[], None]]] = {
    plant.__name__: plant for plant in (double_charge, lost_take, broken_reference)
}
