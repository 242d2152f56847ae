"""Benchmarks: what Meridian costs beside the least that the same work could cost on the same machine, in the same minute."""
