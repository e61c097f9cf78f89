"""Form bodies with files in them, read back."""

from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP

from .meter import Request


@dataclass(slots=True)
class Form:
    """What a multipart body holds."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[bytes]] = field(default_factory=dict)
    """By name without brackets, in the order sent."""


def form_of(request: Request) -> Form:
    """Take a `multipart/form-data` body apart."""
    head = b"content-type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
    form = Form()
    for part in BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts():
        disposition = part["content-disposition"]
        name = str(disposition.params.get("name", "")).removesuffix("[]")
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes):
            continue
        if "filename" in disposition.params:
            form.files.setdefault(name, []).append(data)
        else:
            form.fields[name] = data.decode()
    return form
