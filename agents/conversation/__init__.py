"""What a director says in a session, understood by rules alone: words, references, wishes. Pure."""
