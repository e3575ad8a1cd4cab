"""Who gets in at every door that names no object, ours and Wagtail's: the table of tests/access/test_plain.py.

Reviewed by hand. A door goes by the name of its route, or by the route where it has none. Lists of viewsets
stand in LISTS of tests/test_access.py.
"""

from __future__ import annotations

from portal.access import STAFF, Role

ENTER = " ".join(STAFF)
SIGNED_IN = f"{' '.join(Role.values)} applicant"
ANYONE = f"{SIGNED_IN} anonymous"
MONEY = "AUDITOR AUD_ADMIN BUREAU_FINANCE BUREAU_HEAD BUREAU_LEADER CASHIER FINANCE SUPERVISOR"
OUTSIDE = (
    "EVALUATOR EXPERT EXPERT_FIN OPERATOR ORG_ADMIN PROJECT_ACCOUNTANT PROJECT_LEAD PUBLIC SUPERVISORY_UNIT applicant"
)

PLAIN: list[tuple[str, str]] = [
    (
        ANYONE,
        "account_login account_inactive account_signup account_email_verification_sent account_reset_password "
        "account_reset_password_from_key_done account_reset_password_done jobs:healthz jobs:readyz documents:verify "
        "publicity:list needs:list api-index api:api-root api-unknown api:openapi-json api:awards home:projects home:projects_csv "
        "home:organizations home:data home:data_csv home:ledger home:search home:sitemap home: "
        "wagtailadmin_sprite wagtailadmin_javascript_catalog",
    ),
    (
        SIGNED_IN,
        "account_reauthenticate account_email account_change_password account_confirm_login_code mfa_index "
        "mfa_authenticate mfa_list_webauthn usersessions_list notices:inbox registry:mine registry:claim "
        "applications:mine review:tasks agreements:list payments:list spending:list monitoring:evaluations "
        "audits:orders needs:post",
    ),
    (OUTSIDE, "desk:start"),  # the others are sent to the admin's start
    (
        ENTER,  # what they see there is scoped: tests/access/test_rows.py
        "cms/account/ wagtailadmin_account wagtailadmin_home cms/test404/ wagtailadmin_api:pages:listing "
        "wagtailadmin_api:documents:listing wagtailadmin_api:images:listing wagtailadmin_choose_page "
        "wagtailadmin_choose_page_search wagtailadmin_choose_page_chosen_multiple "
        "wagtailadmin_choose_page_external_link wagtailadmin_choose_page_email_link "
        "wagtailadmin_choose_page_phone_link wagtailadmin_choose_page_anchor_link wagtailadmin_tag_autocomplete "
        "wagtailadmin_workflows:task_chooser wagtailadmin_workflows:task_chooser_results "
        "wagtailadmin_workflows:task_chooser_create wagtailadmin_reports:site_history "
        "wagtailadmin_reports:site_history_results wagtailadmin_dismissibles wagtailembeds:chooser "
        "wagtailembeds:chooser_upload wagtaildocs_chooser:choose wagtaildocs_chooser:choose_results "
        "wagtaildocs_chooser:chosen_multiple wagtailimages_chooser:choose wagtailimages_chooser:choose_results "
        "wagtailimages_chooser:chosen_multiple",
    ),
    (
        "BUREAU_OFFICER",
        "staff_rounds:new wagtaildocs:index wagtaildocs:index_results "
        "wagtaildocs:add wagtaildocs:add_multiple wagtaildocs_chooser:create wagtailimages:index "
        "wagtailimages:index_results wagtailimages:add wagtailimages:add_multiple wagtailimages_chooser:create",
    ),
    (
        "BUREAU_OFFICER BUREAU_HEAD",
        "wagtailadmin_explore_root wagtailadmin_pages:search wagtailadmin_pages:search_results "
        "wagtailadmin_reports:workflow wagtailadmin_reports:workflow_results wagtailadmin_reports:workflow_tasks "
        "wagtailadmin_reports:workflow_tasks_results wagtailadmin_reports:aging_pages "
        "wagtailadmin_reports:aging_pages_results wagtailforms:index wagtailforms:index_results",
    ),
    ("BUREAU_FINANCE FINANCE", "funds_ask_budget funds_ask_carry_over funds_ask_hand_back funds_ask_restore "
     "funds_ask_reverse"),
    ("BUREAU_FINANCE", "funds_new_source funds_ask_close funds_ask_reopen"),
    ("BUREAU_HEAD", "funds_ask_write_off"),
    ("AUDITOR AUD_ADMIN BUREAU_FINANCE SUPERVISOR", "funds_verify"),
    (MONEY, "funds_register funds_tasks"),
    ("BUREAU_OFFICER REGISTRAR", "registry_import registry_import_template registry_add_payee"),
    ("REGISTRAR STREET", "registry_file_group"),
    ("BUREAU_FINANCE CASHIER FINANCE", "staff_import_statement staff_statement_template"),
    ("CASHIER", "staff_create_batch"),
    (
        "AUDITOR BUREAU_FINANCE BUREAU_HEAD BUREAU_LEADER BUREAU_OFFICER CASHIER FINANCE STREET SUPERVISOR",
        "staff_board",
    ),
    (
        "AUDITOR BUREAU_FINANCE BUREAU_HEAD BUREAU_LEADER BUREAU_OFFICER CASHIER FINANCE PANEL_SECRETARY STREET "
        "SUPERVISOR",
        "staff_resolutions:meetings",
    ),
    ("PANEL_SECRETARY", "staff_panels:make"),
    ("AUDITOR BUREAU_HEAD", "staff_audit_open"),
    ("SYS_ADMIN", "accounts_create regions_load"),
    ("AUD_ADMIN SYS_ADMIN", "staff_state"),
    (
        "",  # nobody: sent elsewhere, posts only, only in the middle of a sign-in, or for a superuser
        "cms/login/ cms/password_reset/ _util/login/ wagtailadmin_login wagtailadmin_password_reset wagtailcore_login cms/reports/page-types-usage/.* "
        "wagtailadmin_api:pages:find wagtailadmin_api:documents:find wagtailadmin_api:images:find "
        "wagtailadmin_error_test wagtailadmin_collections:index wagtailadmin_collections:add "
        "wagtailadmin_workflows:index wagtailadmin_workflows:index_results wagtailadmin_workflows:add "
        "wagtailadmin_workflows:select_task_type wagtailadmin_workflows:task_index "
        "wagtailadmin_workflows:task_index_results wagtailadmin_reports:locked_pages "
        "wagtailadmin_reports:locked_pages_results wagtailadmin_reports:page_types_usage "
        "wagtailadmin_reports:page_types_usage_results wagtailadmin_block_preview wagtailredirects:index "
        "wagtailredirects:index_results wagtailredirects:add wagtailredirects:start_import "
        "wagtailredirects:process_import wagtailsnippets:index wagtailsites:index wagtailsites:index_results "
        "wagtailsites:add wagtailusers_users:index wagtailusers_users:index_results wagtailusers_users:add "
        "wagtailusers_groups:index wagtailusers_groups:index_results wagtailusers_groups:add "
        "wagtailadmin_password_reset_done wagtailadmin_password_reset_complete cms/^.*/$ account_set_password "
        "mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp mfa_view_recovery_codes "
        "mfa_generate_recovery_codes mfa_download_recovery_codes mfa_add_webauthn mfa_reauthenticate_webauthn "
        "notices:read_all applications:text_copy account_logout wagtailadmin_logout",
    ),
]  # fmt: skip

BORROWED = (
    "account_confirm_email account_reset_password_from_key cms/password_reset/<path:rest> media/<path:path> "
    "mfa_edit_webauthn mfa_remove_webauthn page_answer page_answer_form page_waiting wagtail_bulk_action wagtail_serve "
    "wagtailadmin_api:documents:detail wagtailadmin_api:images:detail wagtailadmin_api:pages:action "
    "wagtailadmin_api:pages:detail wagtailadmin_choose_page_child wagtailadmin_collections:delete "
    "wagtailadmin_collections:edit wagtailadmin_collections:set_privacy wagtailadmin_editing_sessions:ping "
    "wagtailadmin_editing_sessions:release wagtailadmin_explore wagtailadmin_explore_results wagtailadmin_pages:add "
    "wagtailadmin_pages:add_subpage wagtailadmin_pages:choose_parent wagtailadmin_pages:collect_workflow_action_data "
    "wagtailadmin_pages:confirm_workflow_cancellation wagtailadmin_pages:convert_alias wagtailadmin_pages:copy "
    "wagtailadmin_pages:delete wagtailadmin_pages:edit wagtailadmin_pages:history wagtailadmin_pages:history_results "
    "wagtailadmin_pages:lock wagtailadmin_pages:move wagtailadmin_pages:move_confirm "
    "wagtailadmin_pages:preview_on_add wagtailadmin_pages:preview_on_edit wagtailadmin_pages:revisions_compare "
    "wagtailadmin_pages:revisions_index wagtailadmin_pages:revisions_revert wagtailadmin_pages:revisions_unschedule "
    "wagtailadmin_pages:revisions_view wagtailadmin_pages:set_page_position wagtailadmin_pages:set_privacy "
    "wagtailadmin_pages:type_use wagtailadmin_pages:type_use_results wagtailadmin_pages:unlock "
    "wagtailadmin_pages:unpublish wagtailadmin_pages:usage wagtailadmin_pages:view_draft "
    "wagtailadmin_pages:workflow_action wagtailadmin_pages:workflow_history "
    "wagtailadmin_pages:workflow_history_detail wagtailadmin_pages:workflow_preview "
    "wagtailadmin_password_reset_confirm wagtailadmin_tag_model_autocomplete wagtailadmin_workflows:add_task "
    "wagtailadmin_workflows:disable wagtailadmin_workflows:disable_task wagtailadmin_workflows:edit "
    "wagtailadmin_workflows:edit_task wagtailadmin_workflows:enable wagtailadmin_workflows:enable_task "
    "wagtailadmin_workflows:remove wagtailadmin_workflows:task_chosen wagtailadmin_workflows:usage "
    "wagtailadmin_workflows:usage_results wagtailcore_authenticate_with_password "
    "wagtaildocs:create_multiple_from_uploaded_document wagtaildocs:delete wagtaildocs:delete_multiple "
    "wagtaildocs:delete_upload_multiple wagtaildocs:document_usage wagtaildocs:edit wagtaildocs:edit_multiple "
    "wagtaildocs_authenticate_with_password wagtaildocs_chooser:chosen wagtaildocs_serve "
    "wagtailforms:delete_submissions wagtailforms:list_submissions wagtailforms:list_submissions_results "
    "wagtailimages:create_multiple_from_uploaded_image wagtailimages:delete wagtailimages:delete_multiple "
    "wagtailimages:delete_upload_multiple wagtailimages:edit wagtailimages:edit_multiple wagtailimages:image_usage "
    "wagtailimages:preview wagtailimages:url_generator wagtailimages:url_generator_output "
    "wagtailimages_chooser:chosen wagtailimages_chooser:select_format wagtailredirects:delete wagtailredirects:edit "
    "wagtailsettings:edit wagtailsettings:preview_on_edit wagtailsites:copy wagtailsites:delete wagtailsites:edit "
    "wagtailsites:history wagtailsites:history_results wagtailsites:usage wagtailusers_groups:delete "
    "wagtailusers_groups:edit wagtailusers_groups:history wagtailusers_groups:history_results "
    "wagtailusers_groups:usage wagtailusers_users:copy wagtailusers_users:delete wagtailusers_users:edit "
    "wagtailusers_users:history wagtailusers_users:history_results wagtailusers_users:usage "
)
"""Routes with a key that Wagtail, allauth and Django bring, and ours to what is public or asked by itself.

Tried by tests/test_access.py with ids of nothing, those of pages by tests/access/test_rows.py with real ones.
"""


def plain_table(lists: dict[str, str]) -> dict[str, set[str]]:
    """Return door -> who gets in. lists: namespace of a viewset -> roles that may open it."""
    table = {name: set(who.split()) for who, names in PLAIN for name in names.split()}
    return table | {
        f"{space}:{one}": set(who.split()) for space, who in lists.items() for one in ("index", "index_results")
    }
