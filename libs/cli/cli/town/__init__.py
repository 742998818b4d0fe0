"""What does a ward send in two years?

A made-up town: people and households, their lives, and what the register, the tax office, the counters, the welfare
office and the pension service say about them, in the order in which it arrives.
"""

from cli.town.command import town
from cli.town.life import write_town

__all__ = ["town", "write_town"]
