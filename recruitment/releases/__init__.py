"""What is decided and not yet told: its notices read, mended, tried and let go together with the outcome."""
