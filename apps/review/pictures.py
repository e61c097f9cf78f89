"""The pictures a review shows: takes of this production, by digest, and nothing else its store holds."""

import asyncio
from collections import OrderedDict
from typing import Final

from ...core.errors import AssetMissing
from ...graphs.desk import Onlooker
from ...tools.pictures import as_png, open_picture, thumbnail
from .guard import is_name_of_picture

THUMBNAIL_PX: Final = 320
"""The longer side: twice what the page shows, for screens with fine pixels."""
_MOST_BYTES: Final = 64 * 1024 * 1024
_AT_ONCE: Final = 4


class Pictures:
    """Reads pictures, verified by their digest, and keeps the small ones at hand."""

    def __init__(self, onlooker: Onlooker) -> None:
        self._onlooker = onlooker
        self._known: set[str] = set()
        self._known_at = -1
        self._small: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def full(self, name: str) -> bytes:
        """Give a take's picture as PNG, byte for byte.

        Raises:
            AssetMissing: that is no take's picture.
            AssetDamaged, StoreAway: it cannot be read.
        """
        self._check(name)
        return await asyncio.to_thread(self._onlooker.standing.store.get, f"sha256:{name}")

    async def small(self, name: str) -> bytes:
        """Give a take's picture no larger than the grid shows it; raises as `full` does."""
        self._check(name)
        if name in self._small:
            self._small.move_to_end(name)
            return self._small[name]
        async with self._places:
            data = await asyncio.to_thread(self._shrink, name)
        self._keep(name, data)
        return data

    def _check(self, name: str) -> None:
        if not is_name_of_picture(name) or name not in self._takes():
            raise AssetMissing(name[:80])

    def _takes(self) -> set[str]:
        if self._known_at != self._onlooker.revision:
            records = self._onlooker.standing.history.tasks.values()
            self._known = {take.digest.removeprefix("sha256:") for record in records for take in record.takes}
            self._known_at = self._onlooker.revision
        return self._known

    def _shrink(self, name: str) -> bytes:
        data = self._onlooker.standing.store.get(f"sha256:{name}")
        picture = open_picture(data, name)
        if max(picture.size) <= THUMBNAIL_PX:
            return data
        return as_png(thumbnail(picture, THUMBNAIL_PX, THUMBNAIL_PX))

    def _keep(self, name: str, data: bytes) -> None:
        if name not in self._small:
            self._small[name] = data
            self._bytes += len(data)
        while self._bytes > _MOST_BYTES:
            _, oldest = self._small.popitem(last=False)
            self._bytes -= len(oldest)
