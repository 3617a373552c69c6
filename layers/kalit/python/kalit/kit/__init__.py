"""How a door is declared and served.

A *door* is one file below `functions/`, one Lambda, one trigger. The modules `api`, `queues`,
`schedules`, `topics`, `streams` and `steps` each declare one kind of trigger; `doors` is what
they share.
"""

import gc

# A start makes a quarter of a million objects, and they stay: to look through them for garbage took a twelfth of it.
gc.set_threshold(100_000)
