"""What a checkpoint's configs may not say: whose code to import, and from where to fetch more."""

import json
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_MOST_CONFIG_BYTES: Final = 8 * 1024 * 1024
_NO_CONFIG: Final = frozenset({"tokenizer.json", "vocab.json", "added_tokens.json"})
"""Tables of words, which name no code and may be long."""

_ASKS_FOR_CODE: Final = frozenset({"auto_map", "trust_remote_code", "custom_pipeline", "custom_pipelines"})
_FETCHES: Final = frozenset({"hf_model_name", "timm_model_pretrained"})
"""What has open_clip fetch a part that nobody pinned."""


def fault_of_config(path: Path) -> str:
    """Say what a JSON file of a checkpoint asks for that no checkpoint may; empty where nothing."""
    if path.name in _NO_CONFIG:
        return ""
    if path.stat().st_size > _MOST_CONFIG_BYTES:
        return f"it has more than {_MOST_CONFIG_BYTES:,} bytes"
    try:
        said = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        return f"it is no JSON ({error})"[:200]
    return fault_of_parts(said) if path.name == "model_index.json" else fault_in(said)


def fault_in(said: object) -> str:
    """Say which of a config's words would import or fetch something; empty where none does.

    >>> fault_in({"text_cfg": {"tokenizer_kwargs": {"trust_remote_code": True}}})
    "it says 'trust_remote_code': code from elsewhere would run"
    >>> fault_in({"model_type": "clip"})
    ''
    """
    for name, value in _words(said):
        if name in _ASKS_FOR_CODE and value:
            return f"it says {name!r}: code from elsewhere would run"
        if name in _FETCHES and value:
            return f"it says {name!r}: weights that nobody pinned would be fetched"
        if name == "timm_model_name" and not (isinstance(value, str) and value.replace(".", "_").isidentifier()):
            return f"it says {name!r} is {str(value)[:80]!r}, which is no model that timm itself has"
    return ""


def fault_of_parts(index: object) -> str:
    """Say which part of a diffusers checkpoint would be imported from another library; empty where none would.

    >>> fault_of_parts({"unet": ["my_unet", "Unet"]})
    "its 'unet' would be imported from 'my_unet'"
    """
    if not isinstance(index, Mapping):
        return "it is no table of parts"
    for part, home in index.items():
        is_named = isinstance(home, list) and home
        library = home[0] if is_named else None
        if (part == "_class_name" and not isinstance(home, str)) or not (library is None or _is_known(library)):
            return f"its {part!r} would be imported from {str(library)[:80]!r}"
    return fault_in(index)


def _is_known(library: object) -> bool:
    """Say whether a part's home is diffusers, one of its own pipelines, or transformers."""
    if library in ("diffusers", "transformers"):
        return True
    spec = find_spec("diffusers")  # only where it lies: nothing of it is imported
    homes = spec.submodule_search_locations if spec else None
    name = str(library)
    return name.isidentifier() and any((Path(home) / "pipelines" / name).is_dir() for home in homes or ())


def _words(said: object) -> Iterator[tuple[str, object]]:
    """Give every name of a config with its value, however deep."""
    waiting = [said]
    while waiting:
        match waiting.pop():
            case dict() as table:
                yield from table.items()
                waiting.extend(table.values())
            case list() as rows:
                waiting.extend(rows)
