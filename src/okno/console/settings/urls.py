"""Addresses of the settings, below `/settings/`; names are in the namespace `console`."""

from __future__ import annotations

from django.urls import URLPattern, path

from okno.console.settings import fields, mailboxes, members, profile, senders, teams, tokens, workspace

urlpatterns: list[URLPattern] = [
    path("", workspace.index, name="settings"),
    path("profile/", profile.profile, name="profile"),
    path("profile/notifications/", profile.notifications, name="profile_notifications"),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/<int:token_id>/revocation/", tokens.revocation, name="token_revocation"),
    path("members/", members.member_list, name="members"),
    path("members/new/", members.invite, name="member_new"),
    path("members/<int:member_id>/", members.member, name="member"),
    path("members/<int:member_id>/invitation/", members.invitation_again, name="member_invitation"),
    path("members/<int:member_id>/roles/", members.role_given, name="member_roles"),
    path(
        "members/<int:member_id>/roles/<int:grant_id>/revocation/",
        members.role_taken,
        name="member_role_revocation",
    ),
    path("members/<int:member_id>/deactivation/", members.deactivation, name="member_deactivation"),
    path("members/<int:member_id>/activation/", members.activation, name="member_activation"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/new/", teams.team_new, name="team_new"),
    path("teams/<int:team_id>/", teams.team, name="team"),
    path("teams/desks/new/", teams.desk_new, name="desk_new"),
    path("teams/desks/<int:desk_id>/", teams.desk, name="desk"),
    path("mailboxes/", mailboxes.mailbox_list, name="mailboxes"),
    path("mailboxes/new/", mailboxes.mailbox_new, name="mailbox_new"),
    path("mailboxes/test/", mailboxes.connection_test, name="mailbox_test"),
    path("mailboxes/<int:mailbox_id>/", mailboxes.mailbox, name="mailbox"),
    path("mailboxes/<int:mailbox_id>/switch/", mailboxes.switch, name="mailbox_switch"),
    path("mailboxes/<int:mailbox_id>/test/", mailboxes.connection_test, name="mailbox_test_saved"),
    path("senders/", senders.sender_list, name="senders"),
    path("senders/forget/", senders.forget, name="sender_forget"),
    path("senders/limits/", senders.limits, name="sender_limits"),
    path("fields/", fields.field_list, name="fields"),
    path("fields/new/", fields.field_new, name="field_new"),
    path("fields/<int:field_id>/", fields.field, name="field"),
    path("workspace/", workspace.workspace, name="workspace"),
    path("modules/", workspace.modules, name="modules"),
]
