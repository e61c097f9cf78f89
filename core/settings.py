"""Settings, read once at a door: environment `CALLSHEET_*` first, then `callsheet.toml`, then these defaults."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from .canonical import first_fault
from .errors import SetupError
from .money import Caps

FILE = "callsheet.toml"


class SettingsWrong(SetupError):
    """A setting has a value it cannot have, or the settings file cannot be read."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(place, what)
        self.place, self.what = place, what

    def __str__(self) -> str:
        if self.place == FILE:
            return f"{FILE} {self.what}"
        return f"setting {self.place!r}: {self.what}; mend CALLSHEET_{self.place.upper()} or {FILE}"


class Settings(BaseSettings):
    """How this installation behaves. Defaults run on a laptop with no GPU and no key."""

    model_config = SettingsConfigDict(
        env_prefix="CALLSHEET_", toml_file=FILE, frozen=True, extra="forbid", str_strip_whitespace=True
    )

    crew: Path | None = None
    """Crew file; none means the embedded sketch crew."""
    workers: int | None = Field(default=None, ge=1, le=1024)
    """Workers that run at once; none means one per CPU core."""
    home: Literal["ray", "inprocess"] = "ray"
    """Where workers live: `ray`, or `inprocess` for one process without a cluster."""
    call_seconds: float = Field(default=120.0, gt=0)
    """Deadline of one call; past it the worker is replaced."""
    start_seconds: float = Field(default=300.0, gt=0)
    """Deadline for a worker to load its model."""
    heartbeat_seconds: float = Field(default=10.0, gt=0)
    """How often a worker is asked for a sign of life; one that gives none three times running is replaced."""
    idle_seconds: float = Field(default=300.0, gt=0)
    """After so long without work a worker goes home, as far as more are up than must stay."""
    call_tries: int = Field(default=3, ge=1, le=10)
    """Tries of one call when workers are lost under it; failures of the cluster never use up a task's rounds."""
    patience_seconds: float = Field(default=86_400.0, ge=0)
    """So long a full disk, a store that is away or a service that cannot be reached is waited for."""
    assets: str = Field(default="", pattern="^$|^[a-z][a-z0-9]*://.+")
    """Where new productions keep their pictures: empty for each one's own folder, `file:///mnt/studio/assets` for a
    shared mount, `s3://bucket/prefix?endpoint=https://...&region=...` for a bucket; keys come from the `AWS_*`
    variables. A production remembers where its own are."""
    ray_address: str = ""
    """An existing Ray cluster instead of the crew file's; empty and none there starts one on this machine."""
    learn: bool = True
    """Whether the router learns from the studio's history; without it nothing is read from it or written to it. What is
    planned already keeps the odds it was planned with."""
    history: Path = Path("~/.callsheet/history.sqlite")
    """The studio's history, one for all its productions."""
    most_call_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """What one call may cost at most, in every production; a brief's `caps` may say less."""
    most_day_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """What a production may spend in one day, by its name in UTC."""
    most_production_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """What a production may spend in all, whatever its budget says."""
    stop_file: Path = Path("~/.callsheet/stop")
    """As long as it is there, no production of this machine reserves anything that costs: `callsheet stop`."""
    log_level: str = Field(default="warning", pattern="^(debug|info|warning|error)$")

    @property
    def learns_from(self) -> Path | None:
        """The studio's history where the router learns from it."""
        return self.history if self.learn else None

    @property
    def caps(self) -> Caps:
        """What every production of this machine may spend at most."""
        return Caps(call_usd=self.most_call_usd, day_usd=self.most_day_usd, production_usd=self.most_production_usd)

    @property
    def stop_place(self) -> Path:
        """Where the word to stop lies, in full."""
        try:
            return self.stop_file.expanduser()
        except RuntimeError:  # nobody's home
            return self.stop_file

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings() -> Settings:
    """Read the settings, or raise `SettingsWrong` naming the one to mend, or the line of the file."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsWrong(*first_fault(error)) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsWrong(FILE, f"is not TOML: {error}; mend that line") from None
    except UnicodeDecodeError:
        raise SettingsWrong(FILE, "is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise SettingsWrong(FILE, f"cannot be read ({error.strerror}); check its permissions") from None
