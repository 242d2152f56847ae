"""The demo network: a company's stores, channels, campaigns and people, written for this product.

The content is in JSON files beside this module; ``content`` reads them into dataclasses, ``loading`` brings them into the
database. Partners, people and telephone numbers are invented; districts and streets are real.
"""
