"""How a door is declared and served.

A *door* is one file below `functions/`, one Lambda, one trigger. The modules `api`, `queues`,
`schedules`, `topics`, `streams` and `steps` each declare one kind of trigger; `doors` is what
they share.
"""
