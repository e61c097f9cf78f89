"""Language models of providers and of servers of one's own; one file a language, and one that waits and tries again."""
