"""What a caller of the services did wrong; the API answers it with the code and the status."""


class Refusal(Exception):
    """A call that cannot be served. ``code`` is stable, ``str()`` is a sentence for people."""

    def __init__(self, code: str, sentence: str, *, status: int = 409) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status
