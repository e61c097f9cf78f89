"""The dailies page: one production in a browser on this machine, for one person who looks and decides."""
