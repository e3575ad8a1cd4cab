from grants.desk.queries.home import Home, home
from grants.desk.queries.organization import OrganizationFile, organization_file
from grants.desk.queries.project import LANES, ProjectFile, project_file
from grants.desk.queries.work import work_list

__all__ = [
    "LANES", "Home", "OrganizationFile", "ProjectFile", "home", "organization_file", "project_file", "work_list",
]  # fmt: skip
