"""Engagements with their samples, findings with their orders and replies."""

from grants.audits.models.engagement import (
    Engagement,
    EngagementGroupObjectPermission,
    EngagementProject,
    EngagementUserObjectPermission,
)
from grants.audits.models.finding import Entry, Finding, FindingFile, Order
from grants.audits.models.sample import Sample, SampleItem

__all__ = [
    "Engagement",
    "EngagementGroupObjectPermission",
    "EngagementProject",
    "EngagementUserObjectPermission",
    "Entry",
    "Finding",
    "FindingFile",
    "Order",
    "Sample",
    "SampleItem",
]
