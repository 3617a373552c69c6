from kalit.campaigns import opt_out_page, opt_out_store
from kalit.campaigns.opt_outs import LinkNotValid
from kalit.kit import api
from kalit.kit.html import Html
from kalit.kit.request import Request


@api.get("/u/{link}/", besides=[404], uses=opt_out_store.READ)
def handler(link: str, request: Request) -> Html:
    """The page behind the link in a message: a button that ends all messages to that phone."""
    try:
        stopped = opt_out_store.is_stopped(link)
    except LinkNotValid as error:
        return opt_out_page.not_valid(error, request.language)
    return opt_out_page.stopped(request.language) if stopped else opt_out_page.form(request.language)
