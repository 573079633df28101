"""The developers' tools: checks, tests, documentation, benchmarks, training."""
