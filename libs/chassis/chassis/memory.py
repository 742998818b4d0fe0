"""How often does Python look for what nobody refers to any more? Rarely: whole batches are alive at once, and looking at them finds nothing."""

import gc


def look_rarely() -> None:
    """What is loaded stays and is not looked at again; new objects are when there are many. A fifth of the time of a large batch."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
