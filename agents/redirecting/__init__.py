"""Notes become work: what a director says of a production becomes a change of its plan."""
