"""The published JSON Schemas are those of the nouns."""

from callsheet.core.json_schemas import FOLDER, schema_texts


def test_every_published_schema_is_up_to_date() -> None:
    on_disk = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert on_disk == schema_texts(), "run `make schemas`"
