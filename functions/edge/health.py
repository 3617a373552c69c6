from kalit.kit import api


@api.get("/health/")
def handler() -> dict[str, str]:
    """Whether the service answers."""
    return {"status": "healthy", "service": "kalit", "version": "1.0.0"}
