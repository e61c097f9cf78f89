"""Who made a picture, written into the picture: an XMP packet with IPTC's words for AI-made, in an iTXt chunk of a PNG.

Prompts are not written: they may be confidential. They stay in the JSON sidecar.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Literal

from PIL import Image

from ...core.errors import Bug

Source = Literal["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"]
"""IPTC's digital source types: made by a model, or made from such pictures."""
SOURCES: tuple[Source, ...] = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")

_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_KEYWORD = b"XML:com.adobe.xmp"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FIELDS = ("DigitalSourceType", "AISystemUsed", "AISystemVersionUsed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a delivered picture says about its making."""

    source: Source
    system: str
    """The AI system or systems that made it."""
    version: str
    """Their versions, in the same order."""


def with_provenance(png: bytes, provenance: Provenance) -> bytes:
    """Give the PNG with the statement written in, replacing an earlier XMP packet; pixels and other chunks stay."""
    if not png.startswith(_SIGNATURE):
        raise Bug("provenance is written into PNG pictures only")
    text = _packet(provenance).encode()
    body = _KEYWORD + b"\0" + b"\0\0" + b"\0" + b"\0" + text  # not compressed, no language, no translated keyword
    kept = [chunk for kind, chunk in _chunks(png) if not (kind == b"iTXt" and chunk[8:].startswith(_KEYWORD + b"\0"))]
    return b"".join([_SIGNATURE, kept[0], _chunk(b"iTXt", body), *kept[1:]])


def read_provenance(path: Path) -> Provenance | None:
    """Read the statement of a delivered picture; None when it makes none."""
    with Image.open(path, formats=("PNG",)) as picture:
        picture.load()
        packet = picture.info.get("xmp") or picture.info.get(_KEYWORD.decode()) or ""
    text = packet.decode() if isinstance(packet, bytes) else str(packet)
    found = {name: _field(text, name) for name in _FIELDS}
    said = found["DigitalSourceType"].removeprefix(_SOURCES)
    source = next((known for known in SOURCES if known == said), None)
    if source is None:
        return None
    return Provenance(source=source, system=found["AISystemUsed"], version=found["AISystemVersionUsed"])


def _field(packet: str, name: str) -> str:
    match = re.search(rf'Iptc4xmpExt:{name}="([^"]*)"', packet)
    return unescape(match.group(1)) if match else ""


def _packet(provenance: Provenance) -> str:
    values = (_SOURCES + provenance.source, provenance.system, provenance.version)
    fields = "\n".join(f'    Iptc4xmpExt:{name}="{escape(value)}"' for name, value in zip(_FIELDS, values, strict=True))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '  <rdf:Description rdf:about=""\n'
        '    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"\n'
        f"{fields}/>\n"
        " </rdf:RDF>\n"
        "</x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give each chunk's kind and all of its bytes, length and checksum included."""
    place = len(_SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        end = place + 12 + length
        yield png[place + 4 : place + 8], png[place:end]
        place = end


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
