"""What AWS is asked for. `app.py` is the entry; `local/` runs the same templates on a laptop."""
