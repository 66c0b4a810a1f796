"""Every SECURITY DEFINER function of Okno, in one file so that it can be reviewed at a glance.

They run as the system role, which sees all workspaces. Each must therefore either work on the workspace of the
transaction's own setting, or give out nothing but ids. None takes a workspace as an argument.
"""

from __future__ import annotations

CREATE_NUMBER_SEQUENCE = """okno_create_number_sequence() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    workspace bigint := NULLIF(current_setting('okno.workspace_id', true), '')::bigint;
BEGIN
    IF workspace IS NULL THEN
        RAISE EXCEPTION 'okno: no workspace';
    END IF;
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS public.okno_number_%s START 1001', workspace);
END $$"""

NEXT_NUMBERS = """okno_next_numbers(how_many integer) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
    workspace bigint := NULLIF(current_setting('okno.workspace_id', true), '')::bigint;
BEGIN
    IF workspace IS NULL THEN
        RAISE EXCEPTION 'okno: no workspace';
    END IF;
    RETURN QUERY EXECUTE format(
        'SELECT nextval(%L::regclass) FROM generate_series(1, $1)', format('public.okno_number_%s', workspace)
    ) USING how_many;
END $$"""

# Rows that became visible since a follower's cursor. Ordering by (xid, id) below the snapshot's xmin is what makes
# the cursor safe: `id > last` would pass over a transaction that commits late.
EVENTS_AFTER = """okno_events_after(after_xid text, after_id bigint, how_many integer)
RETURNS TABLE (xid text, id bigint, workspace_id bigint) LANGUAGE sql STABLE AS $$
    SELECT e.xid::text, e.id, e.workspace_id
    FROM public.spine_event e
    WHERE (e.xid, e.id) > (after_xid::xid8, after_id) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY e.xid, e.id
    LIMIT least(how_many, 5000)
$$"""


def due_rows(table: str) -> str:
    """Return the function `okno_due_<table>` that lists claimable rows of a ledger, oldest due first, by id only."""
    return f"""okno_due_{table}(how_many integer)
RETURNS TABLE (workspace_id bigint, id bigint) LANGUAGE sql STABLE AS $$
    SELECT t.workspace_id, t.id FROM public.{table} t
    WHERE t.state = 'due' AND t.due_at <= statement_timestamp()
        AND (t.lease_until IS NULL OR t.lease_until < statement_timestamp())
    ORDER BY t.due_at
    LIMIT least(how_many, 1000)
$$"""  # noqa: S608 (the table is named by a migration)


def due_rows_of_released(table: str) -> str:
    """Return `okno_due_<table>` for a ledger whose work leaves the house: a quiet workspace's rows wait."""
    quiet = "NOT EXISTS (SELECT FROM public.tenancy_workspace w WHERE w.id = t.workspace_id AND w.is_quiet)"
    return due_rows(table).replace("    ORDER BY t.due_at", f"        AND {quiet}\n    ORDER BY t.due_at")


# Not simply the oldest: a receiver that takes its time, or one with a thousand rows, must not stand before the others.
DUE_WEBHOOK_DELIVERIES = """okno_due_webhooks_webhookdelivery(how_many integer)
RETURNS TABLE (workspace_id bigint, id bigint) LANGUAGE sql STABLE AS $$
    SELECT d.workspace_id, d.id
    FROM public.webhooks_webhook w
    CROSS JOIN LATERAL (
        SELECT t.workspace_id, t.id, t.due_at FROM public.webhooks_webhookdelivery t
        WHERE t.webhook_id = w.id AND t.state = 'due' AND t.due_at <= statement_timestamp()
            AND (t.lease_until IS NULL OR t.lease_until < statement_timestamp())
        ORDER BY t.due_at
        LIMIT greatest(0, 2 - (
            SELECT count(*) FROM public.webhooks_webhookdelivery b
            WHERE b.webhook_id = w.id AND b.state = 'due' AND b.lease_until >= statement_timestamp()
        ))
    ) d
    WHERE w.is_active
        AND NOT EXISTS (SELECT FROM public.tenancy_workspace q WHERE q.id = w.workspace_id AND q.is_quiet)
    ORDER BY d.due_at
    LIMIT least(how_many, 1000)
$$"""

# Whether somebody works in other workspaces too: then no single one may decide on what protects his account.
WORKS_ELSEWHERE = """okno_works_elsewhere(who bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM public.team_member m
        WHERE m.user_id = who AND m.is_active
            AND m.workspace_id IS DISTINCT FROM NULLIF(current_setting('okno.workspace_id', true), '')::bigint
    )
$$"""
