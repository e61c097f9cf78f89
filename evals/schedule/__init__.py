"""How well a production is spread over workers: made-up work, what a user would write instead, and real Ray."""
