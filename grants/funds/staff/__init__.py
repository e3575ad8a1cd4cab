from grants.funds.staff.books import AccountViewSet, FundSourceViewSet, PostingViewSet, RegisterView, VerifyView
from grants.funds.staff.entry import ASKING, EntryViewSet, NewSource, TasksView

VIEWSETS = [AccountViewSet(), PostingViewSet(), FundSourceViewSet(), EntryViewSet()]

__all__ = ["ASKING", "VIEWSETS", "NewSource", "RegisterView", "TasksView", "VerifyView"]
