"""`bot.py doctor`: is the installation well, and if not, what is it, why, and what is to be done.

It reads and changes nothing, whether the program runs or not. `facts` gathers, `judge` finds, `tell` says it in words
or as JSON. Nothing of a person is in what it says.
"""

from bot.doctor.facts import gather
from bot.doctor.finding import Finding
from bot.doctor.judge import judge
from bot.doctor.tell import as_json, as_text, is_well

__all__ = ["Finding", "as_json", "as_text", "gather", "is_well", "judge"]
