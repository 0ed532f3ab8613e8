"""What an operator can mend: said in words at the command line, without a traceback."""


class OperatorFault(Exception):
    """Something is not as it must be. Its text says what, and what to do; it holds no secret and nothing personal."""
