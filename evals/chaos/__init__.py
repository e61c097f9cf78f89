"""Real productions hit on purpose: killed, stopped, starved of disk and lied to, then held against their promises.

Every production runs through `callsheet run` in a process of its own, against a provider in another process that keeps
its own fsynced meter. What came of it is read from outside: the journal's rows as SQLite holds them, the files on disk,
the provider's meter, and what the runs had said on their standard output before they were hit.
"""
