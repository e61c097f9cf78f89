"""A small production broken at every write, every fsync and every named point, and gone on with."""
