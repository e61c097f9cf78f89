"""JSON Schemas of what the world reads and writes: brief, crew, plan, manifest, journal entries and progress.

`python -m callsheet.core.json_schemas` writes them to `core/schemas/`; a test holds the files to the nouns.
"""

import json
from pathlib import Path

from .brief import Brief
from .canonical import adapter_of
from .certificate import Certificate
from .crew import Crew
from .delivery import Manifest
from .fact import AnyFact
from .plan import Plan
from .progress import Progress

FOLDER = Path(__file__).parent / "schemas"

_PUBLISHED: dict[str, object] = {
    "brief-1": Brief,
    "certificate-1": Certificate,
    "crew-1": Crew,
    "delivery-1": Manifest,
    "event-1": AnyFact,
    "plan-1": Plan,
    "progress-1": Progress,
}
_STAMP = {"seq": {"type": "integer", "minimum": 1}, "at": {"type": "string", "format": "date-time"}}
"""What `--json` puts beside a fact's own fields: its place in the journal and its time, in UTC."""


def schema_texts() -> dict[str, str]:
    """Give each published schema as the text of its file, by file name."""
    texts = {}
    for name, noun in _PUBLISHED.items():
        schema = adapter_of(noun).json_schema(by_alias=True)
        if noun is AnyFact:
            _stamp_facts(schema)
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        texts[f"{name}.json"] = json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return texts


def _stamp_facts(schema: dict[str, object]) -> None:
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    for definition in definitions.values():
        if "event" in definition.get("properties", {}):
            definition["properties"] |= _STAMP
            definition["required"] = sorted({*definition.get("required", []), "event", "seq", "at"})


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in schema_texts().items():
        (FOLDER / file).write_text(text)
