from wagtail import hooks

from portal.trail.staff import events


@hooks.register("register_admin_viewset")
def register_events():
    return events
