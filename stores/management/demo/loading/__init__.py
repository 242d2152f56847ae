"""Brings the demo network into the database, topic by topic. Every function adds what is missing and touches nothing else:
a network that somebody has worked on keeps that work when the load is repeated."""
