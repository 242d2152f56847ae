"""The import wizard: a list is uploaded, its columns are mapped, what would change is looked at, and then it is applied."""
