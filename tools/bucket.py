"""Content-addressed files in an S3 bucket: written once under the name of their content, verified on every read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from ..core.canonical import digest_of_bytes
from ..core.errors import AssetDamaged, AssetMissing, OutputError, StoreAway
from ..core.settings import SettingsWrong
from .assets import is_digest, place_of

if TYPE_CHECKING:
    from obstore.store import S3Config  # it exists for type checkers only

_OPTIONS = ("endpoint", "region")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_NO_CREDENTIALS = re.compile(r"169\.254\.169\.254|Missing(SecretAccessKey|AccessKeyId)")
"""Where no key is set the library asks the machine it runs on for one, at this address of every cloud."""


@dataclass(frozen=True)
class BucketStore:
    """Objects in a bucket, each at `<prefix>/sha256/ab/cd/<64 hex digits>`; safe for any number of writers at once.

    Credentials come from the `AWS_*` environment variables or from the machine's role, and are kept nowhere.
    """

    bucket: str
    prefix: str = ""
    options: dict[str, str] = field(default_factory=dict)
    """`endpoint` and `region`, where they differ from what the `AWS_*` variables say."""
    patience_seconds: float = 60.0
    """For how long a request is tried again while the network or the server fails."""

    def put(self, data: bytes) -> str:
        """Keep bytes durably and give their digest; idempotent, and mends a damaged copy of the same bytes.

        Raises:
            StoreAway: nobody answered in time; the bytes may have arrived.
            OutputError: there is no such bucket, or it may not be written.
        """
        digest = digest_of_bytes(data)
        try:
            with self._named_faults():
                obstore.put(self._objects, place_of(digest), data, mode="create")
        except AlreadyExistsError:
            self._mend(digest, data)
        return digest

    def get(self, digest: str) -> bytes:
        """Read bytes back, verified.

        Raises:
            AssetMissing: nothing is kept under that digest.
            AssetDamaged: what is kept no longer hashes to it.
            StoreAway, OutputError: as for `put`.
        """
        place = place_of(digest)
        try:
            with self._named_faults():
                data = obstore.get(self._objects, place).bytes().to_bytes()
        except FileNotFoundError:
            raise AssetMissing(digest) from None
        if digest_of_bytes(data) != digest:
            raise AssetDamaged(digest)
        return data

    def address_of(self, digest: str) -> str:
        """Say where a digest lives, kept or not; raises `AssetMissing` for what is no digest."""
        return "/".join(part for part in (f"s3://{self.bucket}", self.prefix, place_of(digest)) if part)

    def digests(self) -> Iterator[str]:
        """List what is kept, in order."""
        with self._named_faults():
            for page in obstore.list(self._objects, "sha256"):
                for one in page:
                    digest = "sha256:" + str(one["path"]).rpartition("/")[2]
                    if is_digest(digest):
                        yield digest

    @cached_property
    def _objects(self) -> S3Store:
        is_plain = self.options.get("endpoint", "").startswith("http://")
        with self._named_faults():
            return S3Store(
                self.bucket,
                config=cast("S3Config", self.options),
                prefix=self.prefix or None,
                client_options={"allow_http": True} if is_plain else None,
                retry_config={"retry_timeout": timedelta(seconds=self.patience_seconds)},
            )

    def _mend(self, digest: str, data: bytes) -> None:
        try:
            self.get(digest)
        except (AssetDamaged, AssetMissing):
            with self._named_faults():
                obstore.put(self._objects, place_of(digest), data)

    @contextmanager
    def _named_faults(self) -> Iterator[None]:
        place = f"s3://{self.bucket}"
        try:
            yield
        except AlreadyExistsError:
            raise
        except (PermissionDeniedError, UnauthenticatedError) as error:
            fix = "give this key or role s3:GetObject, s3:PutObject and s3:ListBucket there, or set another AWS_* key"
            raise OutputError(place, "refuses these credentials", fix) from error
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise _no_bucket(place) from error
            raise
        except BaseError as error:
            if "NoSuchBucket" in str(error):
                raise _no_bucket(place) from error
            if _NO_CREDENTIALS.search(str(error)):
                fix = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role gives them"
                raise OutputError(place, "has no credentials to open it with", fix) from error
            raise StoreAway(place, str(error).partition("\n")[0][:300]) from error


def bucket_at(address: str) -> BucketStore:
    """Open `s3://bucket/prefix?endpoint=https://...&region=...`; talks to nobody yet.

    Raises:
        SettingsWrong: the address names no bucket, or says what does not belong there.
    """
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if strange := [name for name in options if name not in _OPTIONS]:
        raise SettingsWrong("assets", f"knows no option {strange[0]!r}, only {' and '.join(_OPTIONS)}")
    if "@" in parts.netloc:
        raise SettingsWrong("assets", "holds credentials, and they would be recorded; give them as AWS_* variables")
    if not _BUCKET.fullmatch(parts.netloc):
        raise SettingsWrong("assets", f"{parts.netloc!r} is no name of a bucket; write s3://bucket/prefix")
    return BucketStore(bucket=parts.netloc, prefix=parts.path.strip("/"), options=options)


def _no_bucket(place: str) -> OutputError:
    return OutputError(place, "there is no such bucket", "make it, or mend the setting `assets`")
