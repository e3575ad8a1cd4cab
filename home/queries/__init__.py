"""What the public screens show. Everything here is public: no user is asked for."""

from home.queries.data import Chosen, chosen
from home.queries.front import Account, Call, Front, calls, front, notices
from home.queries.library import PublicProject, by_year, directory, library, progress, public_project, tally
from home.queries.search import Answer, answer

__all__ = [
    "Account", "Answer", "Call", "Chosen", "Front", "PublicProject", "answer", "by_year", "calls", "chosen", "directory",
    "front", "library", "notices", "progress", "public_project", "tally",
]  # fmt: skip
