"""The small production that is put through it: four stills from a provider and a grade of one of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..wire import KEY
from .blows import Ordeal

STILLS: Final = 4
_DEADLINE_SECONDS: Final = 1.2
"""Of one call to the provider, on a quick machine: a hung one costs no more."""

_BRIEF: Final = """
schema: brief/1
title: Far Castle
budget_usd: {budget_usd}
departments: {{architecture: {{workers: 4}}, post: {{workers: 2}}}}
tasks:
  keep: {{department: architecture, make: still, prompt: one large red castle, vary: {{time: [dawn, dusk, night]}}}}
  plate: {{department: architecture, make: still, prompt: an empty snow field}}
  grade: {{department: post, make: grade, input: keep__dusk, shot: sq010_sh010}}
shots: {{sq010_sh010: {{from: grade, seconds: 1}}}}
deliver: [contact_sheet, stills]
"""

_CREW: Final = """
schema = "crew/1"
name = "far"

[[makers]]
name = "far-image"
kind = "openai"
source = "wire-image"
makes = ["still"]
usd = 0.04
replicas_max = 4
width = 192
height = 128
[makers.settings]
base_url = "{url}/v1"
quality = "low"
sizes = "192x128"
deadline_seconds = {deadline}
sells_once = {once}

[[makers]]
name = "post"
kind = "post"
makes = ["grade"]
usd = 0.0005

[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "relation", "position", "time", "weather", "shot", "absence", "style"]
settings = {{ pass_rate = {pass_rate} }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where one production lies, and how its command is put."""

    root: Path
    """Of what belongs to the test: brief, crew, the provider's meter, what the runs print."""
    folder: Path
    """Of the production itself."""

    @property
    def meter(self) -> Path:
        """The provider's book."""
        return self.root / "meter.jsonl"

    @property
    def journal(self) -> Path:
        """The production's journal."""
        return self.folder / ".callsheet" / "journal.db"

    @property
    def assets(self) -> Path:
        """Its content-addressed files."""
        return self.folder / ".callsheet" / "assets"

    def write(self, ordeal: Ordeal, url: str, *, pace: float) -> None:
        """Write the brief and the crew; a machine that is so much slower gives the provider that much longer."""
        self._brief.write_text(_BRIEF.format(budget_usd=ordeal.budget_usd))
        deadline = round(_DEADLINE_SECONDS * pace, 3)
        once = "true" if ordeal.honours_keys else "false"
        self._crew.write_text(_CREW.format(url=url, deadline=deadline, once=once, pass_rate=ordeal.pass_rate))

    def run_command(self) -> list[str]:
        """Give the arguments of the one command that begins the production and goes on with it."""
        return ["run", str(self._brief), "--out", str(self.folder), "--crew", str(self._crew), "--yes", "--json"]

    def retake_command(self, task: str) -> list[str]:
        """Give the arguments that have a task done again."""
        return ["retake", str(self.folder), task, "--by", "Ada", "--json"]

    def environment(self, home: str, *, crash_at: str = "", clock_step_seconds: float = 0.0) -> dict[str, str]:
        """Give what a run finds in its environment."""
        return {
            "CALLSHEET_HOME": home,
            "CALLSHEET_WORKERS": "2",
            "CALLSHEET_LEARN": "false",
            "CALLSHEET_CRASH_AT": crash_at,
            "CALLSHEET_CLOCK_STEP_SECONDS": f"{clock_step_seconds:g}",
            "OPENAI_API_KEY": KEY,
        }

    @property
    def _brief(self) -> Path:
        return self.root / "brief.yaml"

    @property
    def _crew(self) -> Path:
        return self.root / "crew.toml"
