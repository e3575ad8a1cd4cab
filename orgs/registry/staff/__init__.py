"""Registry screens under /cms/."""
