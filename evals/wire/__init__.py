"""Local servers that speak the OpenAI and the Anthropic API, well or badly as told, and meter what they sold."""

from .anthropic_side import anthropic_server
from .meter import Request, sold_twice
from .openai_side import openai_server
from .replies import (
    Bloated,
    Dripped,
    Dropped,
    Good,
    Hung,
    Mistyped,
    Refused,
    Reply,
    ToolCall,
    Truncated,
    moderation_blocked,
    overloaded,
    rate_limited,
    spend_cap,
    unavailable,
)
from .server import KEY, Script, WireServer

__all__ = [
    "KEY",
    "Bloated",
    "Dripped",
    "Dropped",
    "Good",
    "Hung",
    "Mistyped",
    "Refused",
    "Reply",
    "Request",
    "Script",
    "ToolCall",
    "Truncated",
    "WireServer",
    "anthropic_server",
    "moderation_blocked",
    "openai_server",
    "overloaded",
    "rate_limited",
    "sold_twice",
    "spend_cap",
    "unavailable",
]
