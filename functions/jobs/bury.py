from kalit.jobs import dead_store
from kalit.kit import clock, queues
from kalit.kit.queues import Letter


@queues.dead_letters(uses=dead_store.BURY)
def handler(letter: Letter) -> None:
    """Keep what nobody could do as a dead job, which can be sent again."""
    dead_store.bury(letter, clock.now())
