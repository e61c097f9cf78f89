"""What a production keeps and touches."""
