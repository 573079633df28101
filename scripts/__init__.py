"""What developers run: checks, tests, documentation, benchmarks, training."""
