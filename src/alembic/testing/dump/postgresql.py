"""The schema of a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

# A percent sign is one, whatever the driver thinks of it.
AS_WRITTEN = {"no_parameters": True}

_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_TABLE = "format('%I.%I', n.nspname, c.relname)"
# Members of an extension are as its version has them.
_LOOSE = (
    "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = {0}.oid AND d.deptype = 'e'"
    " AND d.classid = '{1}'::regclass)"
)

# Each gives (kind, name, text, name of the table it belongs to).
_QUESTIONS = (
    "SELECT 'schema', n.nspname, pg_get_userbyid(n.nspowner) || ' ' || coalesce(n.nspacl::text, ''), ''"
    f" FROM pg_namespace n WHERE {_OURS}",
    f"""SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
               WHEN 'c' THEN 'type' ELSE 'table' END,
               {_TABLE},
               concat_ws(' ', pg_get_userbyid(c.relowner), c.relpersistence, c.relkind, c.reloptions,
                         c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.relreplident,
                         CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
                         CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
                         pg_get_expr(c.relpartbound, c.oid), a.amname, t.spcname,
                         obj_description(c.oid, 'pg_class'),
                         (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno)
                          FROM pg_inherits i WHERE i.inhrelid = c.oid)),
               c.relname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_am a ON a.oid = c.relam LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND {_OURS}
          AND {_LOOSE.format("c", "pg_class")}""",
    f"""SELECT 'column', {_TABLE} || '.' || a.attname,
               concat_ws(' ', a.attnum - (SELECT count(*) FROM pg_attribute g WHERE g.attrelid = a.attrelid
                                          AND g.attnum BETWEEN 1 AND a.attnum AND g.attisdropped),
                         format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                         'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
                         'identity ' || nullif(a.attidentity::text, ''),
                         'generated ' || nullif(a.attgenerated::text, ''), o.collname,
                         'storage ' || a.attstorage::text, a.attoptions, a.attacl,
                         col_description(c.oid, a.attnum)),
               c.relname
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation o ON o.oid = a.attcollation
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND {_OURS}
          AND {_LOOSE.format("c", "pg_class")}""",
    f"""SELECT 'constraint', {_TABLE} || '.' || x.conname,
               concat_ws(' ', pg_get_constraintdef(x.oid), CASE WHEN NOT x.convalidated THEN 'not valid' END,
                         obj_description(x.oid, 'pg_constraint')),
               c.relname
        FROM pg_constraint x JOIN pg_class c ON c.oid = x.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS}""",
    f"""SELECT 'index', format('%I.%I', n.nspname, i.relname),
               concat_ws(' ', pg_get_indexdef(i.oid), CASE WHEN NOT x.indisvalid THEN 'INVALID' END,
                         CASE WHEN x.indisclustered THEN 'clustered' END,
                         CASE WHEN x.indisreplident THEN 'replica identity' END,
                         obj_description(i.oid, 'pg_class')),
               c.relname
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
        JOIN pg_namespace n ON n.oid = i.relnamespace WHERE {_OURS}""",
    f"""SELECT 'sequence numbers', {_TABLE},
               concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
                         s.seqcache, s.seqcycle), coalesce(t.relname, '')
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_depend o ON o.objid = c.oid AND o.deptype IN ('a', 'i')
              AND o.classid = 'pg_class'::regclass
        LEFT JOIN pg_class t ON t.oid = o.refobjid WHERE {_OURS}""",
    f"""SELECT 'type', format('%I.%I', n.nspname, t.typname),
               concat_ws(' ', t.typtype,
                         (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                          FROM pg_enum e WHERE e.enumtypid = t.oid),
                         CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
                         CASE WHEN t.typnotnull THEN 'NOT NULL' END, t.typdefault,
                         (SELECT string_agg(pg_get_constraintdef(x.oid), ', ' ORDER BY x.conname)
                          FROM pg_constraint x WHERE x.contypid = t.oid),
                         obj_description(t.oid, 'pg_type')), ''
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typtype IN ('e', 'd', 'r') AND {_OURS} AND {_LOOSE.format("t", "pg_type")}""",
    f"""SELECT 'function',
               format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
               CASE WHEN p.prokind = 'a' THEN 'aggregate' ELSE pg_get_functiondef(p.oid) END
               || coalesce(p.proacl::text, ''), ''
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE {_OURS} AND {_LOOSE.format("p", "pg_proc")}""",
    f"""SELECT 'trigger', {_TABLE} || '.' || t.tgname,
               t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid), c.relname
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND {_OURS}""",
    f"""SELECT 'rule', {_TABLE} || '.' || r.rulename, pg_get_ruledef(r.oid), c.relname
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE r.rulename <> '_RETURN' AND {_OURS}""",
    f"""SELECT 'policy', {_TABLE} || '.' || p.polname,
               concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, c.oid),
                         pg_get_expr(p.polwithcheck, c.oid)), c.relname
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS}""",
    f"""SELECT 'statistics', format('%I.%I', n.nspname, s.stxname), pg_get_statisticsobjdef(s.oid), c.relname
        FROM pg_statistic_ext s JOIN pg_class c ON c.oid = s.stxrelid
        JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE {_OURS}""",
    "SELECT 'extension', extname, extversion, '' FROM pg_extension",
)


def schema(connection: Connection, without: Collection[str]) -> list[str]:
    """A text for each object outside of the system's schemas, in PostgreSQL's own words where it has any."""
    texts = []
    for question in _QUESTIONS:
        for kind, name, text, table in connection.exec_driver_sql(question, execution_options=AS_WRITTEN):
            if table not in without:
                texts.append(f"{kind} {name}: {text}")
    return texts
