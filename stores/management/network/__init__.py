"""A plausible network of any size for benches and load: the demo's cities, with as many stores around them as asked for."""
