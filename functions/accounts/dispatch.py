from kalit.accounts import reset_store
from kalit.kit import streams
from kalit.kit.resources import Table
from kalit.kit.streams import Change


@streams.of(Table.ACCOUNTS, uses=reset_store.SEND)
def handler(change: Change) -> None:
    """Send the link or the code for a new password."""
    reset_store.send(reset_store.row_of(change.row))
