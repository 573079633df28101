"""Benchmarks: every published number is a row of `results/*.csv`, written by a command anyone can run again."""
