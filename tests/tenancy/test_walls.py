"""The second wall, read from PostgreSQL's own catalogue: a tenant table without its walls fails the build."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError, ProgrammingError

from okno.people.models import Contact, Organization
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel
from okno.tenancy.scope import NoScope, scope
from tests.conftest import Shop, make_shop

# Tables that know no workspace's rows, or only route to one.
GLOBAL_TABLES = {
    "tenancy_workspace",
    "tenancy_workspacehost",
    "accounts_user",
    "accounts_keyhash",
    "accounts_session",
    "email_mailroute",
    "django_session",
    "django_migrations",
    "django_content_type",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "cache",
}


def rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def tenant_models() -> Iterator[type[TenantModel]]:
    for model in apps.get_models():
        if issubclass(model, TenantModel):
            yield model


@pytest.mark.django_db
def test_every_table_is_global_by_decision_or_has_forced_row_security() -> None:
    tables = rows(
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    bare = {name for name, is_enabled, is_forced in tables if not (is_enabled and is_forced)}
    assert bare <= GLOBAL_TABLES, f"without walls: {sorted(bare - GLOBAL_TABLES)}"


@pytest.mark.django_db
def test_every_tenant_model_has_its_policies_with_a_check() -> None:
    found = {
        (table, policy, has_check)
        for table, policy, has_check in rows(
            "SELECT c.relname, p.polname, p.polwithcheck IS NOT NULL "
            "FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        )
    }
    for model in tenant_models():
        table = model._meta.db_table
        assert (table, "okno_workspace", True) in found, table
        assert (table, "okno_system", False) in found, table


@pytest.mark.django_db
def test_every_tenant_key_is_composite() -> None:
    keys = {
        (table, columns)
        for table, columns in rows(
            "SELECT c.relname, (SELECT string_agg(a.attname, ',' ORDER BY k.n) "
            "  FROM unnest(o.conkey) WITH ORDINALITY AS k(attnum, n) "
            "  JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.attnum) "
            "FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid WHERE o.contype = 'f'"
        )
    }
    for model in tenant_models():
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                assert (model._meta.db_table, f"workspace_id,{field.column}") in keys, f"{model} {field.name}"
            elif field.is_relation and field.name != "workspace":
                assert not issubclass(field.related_model, TenantModel), (
                    f"{model} {field.name} is a plain key"
                )


@pytest.mark.django_db
def test_unique_constraints_of_tenant_tables_begin_with_the_workspace() -> None:
    for model in tenant_models():
        for constraint in model._meta.constraints:
            fields = getattr(constraint, "fields", ())
            if type(constraint).__name__ == "UniqueConstraint":
                assert fields[0] == "workspace", f"{model}: {constraint.name} tells of other workspaces"


@pytest.mark.django_db
def test_the_app_role_owns_nothing_and_is_no_superuser() -> None:
    [(is_super, may_bypass, owned)] = rows(
        "SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_class WHERE relowner = r.oid) "
        "FROM pg_roles r WHERE rolname = current_user"
    )
    assert (is_super, may_bypass, owned) == (False, False, 0)
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows("CREATE TABLE mine (id int)")


@pytest.mark.django_db
def test_system_functions_are_these_and_only_for_the_app() -> None:
    found = rows(
        "SELECT p.proname, r.rolname, p.proconfig::text, has_function_privilege('public', p.oid, 'EXECUTE') "
        "FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.prosecdef"
    )
    assert {name for name, *_rest in found} == {
        "okno_create_number_sequence",
        "okno_due_email_mailboxlookup",
        "okno_due_email_outgoingmail",
        "okno_due_email_rawmail",
        "okno_due_samples_samplework",
        "okno_due_spine_reaction",
        "okno_due_spine_timer",
        "okno_due_tickets_tagwork",
        "okno_due_webhooks_webhookdelivery",
        "okno_events_after",
        "okno_next_numbers",
        "okno_works_elsewhere",
    }
    for name, owner, settings, is_public in found:
        assert owner == "okno_system", name
        assert "search_path=pg_catalog, public, pg_temp" in str(settings), name
        assert not is_public, name


def test_events_cannot_be_changed_or_deleted(shop: Shop) -> None:
    shop.ticket()
    for sql in ("UPDATE spine_event SET type = 'x'", "DELETE FROM spine_event", "TRUNCATE spine_event"):
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows(f"{sql} RETURNING 1" if "TRUNCATE" not in sql else sql)


@pytest.mark.django_db
def test_without_a_scope_there_is_nothing(now: object) -> None:
    shop = make_shop(now)  # type: ignore[arg-type]
    with scope(shop.workspace):  # type: ignore[arg-type]
        shop.contact()
    with pytest.raises(NoScope):
        Contact.objects.count()
    assert rows("SELECT count(*) FROM people_contact") == [(0,)]


@pytest.mark.django_db
def test_when_code_forgets_to_filter_row_security_holds(now: object) -> None:
    first, second = make_shop(now), make_shop(now)  # type: ignore[arg-type]
    for shop in (first, second):
        with scope(shop.workspace):  # type: ignore[arg-type]
            shop.contact(f"only-{shop.serial}")
    with scope(first.workspace):  # type: ignore[arg-type]
        assert rows("SELECT DISTINCT workspace_id FROM people_contact") == [(first.workspace.pk,)]  # type: ignore[attr-defined]
        assert Contact._base_manager.filter(name__startswith="Only").count() == 1
        with pytest.raises(ProgrammingError), transaction.atomic():
            Contact._base_manager.create(
                workspace_id=second.workspace.pk,
                name="smuggled",
                created_at=now,
                updated_at=now,  # type: ignore[attr-defined]
            )


@pytest.mark.django_db
def test_a_key_into_another_workspace_is_refused(now: object) -> None:
    first, second = make_shop(now), make_shop(now)  # type: ignore[arg-type]
    with scope(second.workspace):  # type: ignore[arg-type]
        foreign = Organization.objects.create(name="Foreign")
    with pytest.raises(IntegrityError), transaction.atomic(), scope(first.workspace):  # type: ignore[arg-type]  # noqa: PT012 (the scope has to be left by the error)
        contact = first.contact()
        Contact.objects.filter(pk=contact.pk).update(organization_id=foreign.pk)  # type: ignore[attr-defined]
        rows("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_setting_does_not_outlive_its_transaction(open_shop: Shop) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert rows("SELECT current_setting('okno.workspace_id', true)") == [(str(open_shop.workspace.pk),)]  # type: ignore[attr-defined]
    assert rows("SELECT coalesce(current_setting('okno.workspace_id', true), '')") == [("",)]
    assert rows("SELECT count(*) FROM team_desk") == [(0,)]


def test_the_owner_is_held_by_the_walls_too(open_shop: Shop) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM team_desk")
        assert cursor.fetchone() == (0,)


def test_the_system_role_cannot_sign_in() -> None:
    from django.conf import settings

    parameters = settings.DATABASES["default"]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            host=parameters["HOST"],
            port=parameters["PORT"],
            dbname=parameters["NAME"],
            user="okno_system",
            password="x",
        )
