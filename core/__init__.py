"""Nouns, ports, errors, registry, settings and log."""
