"""The admin's skin and its menu."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail import hooks

from portal.components import staff

for group in staff.group_items():
    hooks.register("register_admin_menu_item", lambda group=group: group)
hooks.register("register_admin_menu_item", staff.home_item)
hooks.register(staff.hook_of("content"), staff.pages_item)
hooks.register("construct_main_menu", staff.arrange)


@hooks.register("insert_global_admin_css")
def skin() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("portal/admin/skin.css"))


@hooks.register("insert_global_admin_js")
def fields() -> SafeString:
    tag = '<script src="{}" data-pick="{}" data-none="{}" defer></script>'
    return format_html(tag, static("portal/admin/fields.js"), _("选择文件"), _("没有选择文件"))
