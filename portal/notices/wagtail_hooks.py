from wagtail import hooks

from portal.notices.staff import letters


@hooks.register("register_admin_viewset")
def register_letters():
    return letters
