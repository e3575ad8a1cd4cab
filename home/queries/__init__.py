"""What the public screens show. Everything here is public: no user is asked for."""

from home.queries.data import Chosen, chosen
from home.queries.front import Account, Call, Front, calls, front, notices
from home.queries.library import PublicProject, by_year, directory, library, public_project, tally
from home.queries.search import hits

__all__ = [
    "Account", "Call", "Chosen", "Front", "PublicProject", "by_year", "calls", "chosen", "directory", "front", "hits",
    "library", "notices", "public_project", "tally",
]  # fmt: skip
