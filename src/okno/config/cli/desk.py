"""The desk from the terminal: workspaces, sign-in links, tokens."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from okno.config.cli.parser import Commands, Parser, installation_options, json_option
from okno.config.errors import CommandError
from okno.config.installation import locate, reached
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid

if TYPE_CHECKING:  # Models can only be imported once the application is loaded.
    from okno.tenancy.models import Workspace


def add_commands(commands: Commands) -> None:
    """Add the commands about workspaces and people."""
    parents = [installation_options(), json_option()]
    workspace = commands.add_parser("workspace", help="workspaces of this installation")
    workspaces = workspace.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    create = workspaces.add_parser("create", parents=parents, help="make a workspace that answers on a host")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--host", required=True, help="host name in the browser's address line")
    create.add_argument("--language", default="en", choices=["en", "ru"])
    create.set_defaults(run=run_workspace_create)

    login = commands.add_parser(
        "login-link", parents=parents, help="print a link that signs a member in once"
    )
    login.add_argument("email", metavar="EMAIL")
    login.add_argument("--workspace", metavar="HOST", help="host of the workspace, if there are several")
    login.set_defaults(run=run_login_link)

    token = commands.add_parser("token", help="tokens for the API")
    tokens = token.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    issue = tokens.add_parser("create", parents=parents, help="make a token and print it once")
    issue.add_argument("--member", required=True, metavar="EMAIL", help="member in whose name it acts")
    issue.add_argument(
        "--scope", required=True, metavar="SCOPES", help="with commas: tickets:read,people:write or *"
    )
    issue.add_argument("--name", default="okno token create", help="what it is for")
    issue.add_argument(
        "--network", default="", metavar="CIDR", help="where it works from, with commas; everywhere without"
    )
    issue.add_argument("--workspace", metavar="HOST", help="host of the workspace, if there are several")
    issue.set_defaults(run=run_token_create)


def run_workspace_create(arguments: argparse.Namespace) -> int:
    """Make a workspace."""
    with reached(locate(arguments.data)), refusals_as_lines():
        from okno.team.commands.first import first_link_path  # noqa: PLC0415 - needs the application
        from okno.tenancy.commands import create_workspace  # noqa: PLC0415
        from okno.tenancy.hosts import public_url  # noqa: PLC0415
        from okno.tenancy.scope import scope  # noqa: PLC0415

        now = current_time()
        workspace = create_workspace(
            name=arguments.name, host=arguments.host, language=arguments.language, now=now
        )
        with scope(workspace):
            link = public_url(workspace, first_link_path(workspace=workspace, now=now))
        answer = {"id": workspace.pk, "name": workspace.name, "host": arguments.host, "link": link}
        words = f"Workspace {workspace.name} answers on {arguments.host}. Its first administrator comes in by"
        report(arguments, answer, f"{words}\n  {link}")
    return 0


def run_login_link(arguments: argparse.Namespace) -> int:
    """Print a sign-in link."""
    with reached(locate(arguments.data)), refusals_as_lines(), _workspace(arguments) as workspace:
        from okno.accounts.commands import login_link  # noqa: PLC0415 - needs the application
        from okno.team.queries import member_by_address  # noqa: PLC0415

        member = member_by_address(arguments.email)
        if member is None or member.user is None:
            raise CommandError(f"No active member with an account has the address {arguments.email}.")
        link = login_link(user=member.user, workspace=workspace, now=current_time())
    report(arguments, {"link": link}, link)
    return 0


def run_token_create(arguments: argparse.Namespace) -> int:
    """Print a token."""
    with reached(locate(arguments.data)), refusals_as_lines(), _workspace(arguments):
        from okno.spine.actor import SYSTEM  # noqa: PLC0415 - needs the application
        from okno.team.commands.tokens import create_token_for_cli  # noqa: PLC0415

        token = create_token_for_cli(
            actor=SYSTEM,
            address=arguments.member,
            scopes=arguments.scope,
            networks=arguments.network,
            name=arguments.name,
            now=current_time(),
        )
    report(arguments, {"token": token}, token)
    return 0


def report(arguments: argparse.Namespace, answer: dict[str, object], words: str) -> None:
    """Print an answer as the command line asked for it."""
    print(json.dumps(answer, ensure_ascii=False) if arguments.json else words)


@contextmanager
def _workspace(arguments: argparse.Namespace) -> Iterator[Workspace]:
    """Enter the scope of the workspace that was named by its host, or of the only one."""
    from okno.tenancy.scope import scope  # noqa: PLC0415 - needs the application

    workspace = named_workspace(arguments)
    with scope(workspace):
        yield workspace


def named_workspace(arguments: argparse.Namespace) -> Workspace:
    """Return the workspace that was named by its host, or the only one."""
    from okno.tenancy.queries import all_workspaces, workspace_for_host  # noqa: PLC0415 - needs the application

    if arguments.workspace:
        workspace = workspace_for_host(arguments.workspace)
        if workspace is None:
            raise CommandError(f"No workspace answers on {arguments.workspace}.")
        return workspace
    workspaces = list(all_workspaces())
    if len(workspaces) != 1:
        problem = "There are several workspaces" if workspaces else "There is no workspace yet"
        raise CommandError(
            f"{problem}: name one with --workspace HOST, or make it by “okno workspace create”."
        )
    return workspaces[0]


@contextmanager
def refusals_as_lines() -> Iterator[None]:
    """Let a refusal of the domain end the command with its own words; nonsense has status 2, as in all commands."""
    try:
        yield
    except DomainError as error:
        raise CommandError(str(error.message), status=2 if isinstance(error, Invalid) else 1) from error
