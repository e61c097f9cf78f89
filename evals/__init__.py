"""The lab: benches and the independent judge."""
