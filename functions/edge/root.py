from kalit.kit import api


@api.get("/")
def handler() -> dict[str, str]:
    """Whether the service answers, for who knocks at its bare address."""
    return {"status": "Healthy"}
