"""What an attacker would send: pictures, checkpoints, paths, YAML and requests, and what becomes of them here."""
