"""The product, played in two minutes on the running demo: real approvals, real shops, a real ``kill -9``."""
