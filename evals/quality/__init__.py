"""The quality experiment: its prompts, takes, arms, figures and pictures."""
