"""The processes behind ``manage.py up``: start, watch, restart and stop them, and show what they say."""
