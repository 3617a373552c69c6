from kalit.campaigns import opt_out_page, opt_out_store
from kalit.campaigns.opt_outs import LinkNotValid
from kalit.kit import api, clock
from kalit.kit.doors import Host
from kalit.kit.html import Html
from kalit.kit.request import Request


@api.post("/u/{link}/", besides=[404], uses=opt_out_store.STOP, host=Host(timeout=25))
def handler(link: str, request: Request) -> Html:
    """End all messages to the phone behind the link, and say so."""
    try:
        opt_out_store.stop_link(link, clock.now())
    except LinkNotValid as error:
        return opt_out_page.not_valid(error, request.language)
    return opt_out_page.stopped(request.language)
