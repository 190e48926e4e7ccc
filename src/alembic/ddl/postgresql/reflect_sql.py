"""The questions that reading a PostgreSQL database comes down to: four, however many tables it has.

Each row carries one JSON document: all drivers return text alike, and decoding it is the cheapest way to many
small facts. What JSON has no word for (oid, "char", int2vector) is cast to what it has.
"""

from __future__ import annotations

from sqlalchemy import bindparam, text
from sqlalchemy.sql.elements import TextClause

# The oids of the relations that are asked about. Within a condition the text would be read for every row.
_WANTED = "CAST(CAST(:oids AS text) AS oid[])"


def survey(with_path: bool) -> TextClause:
    """Which relations, types, sequences there are. Rows: (kind, document).

    :param with_path: also what is found without naming a schema. Parameter ``schemas`` names the others.
    """
    schemas = "n.nspname IN :schemas"

    def within(visible: str) -> str:
        if not with_path:
            return schemas
        return f"({schemas} OR n.nspname <> 'pg_catalog' AND {visible}(%.oid))"

    relations = within("pg_catalog.pg_table_is_visible").replace("%", "c")
    types = within("pg_catalog.pg_type_is_visible").replace("%", "t")
    sql = _SURVEY.replace("{relations}", relations).replace("{types}", types)
    return text(sql).bindparams(bindparam("schemas", expanding=True))


def columns(version: tuple[int, ...]) -> TextClause:
    """The columns of tables. Rows: (oid, list of documents in the order of the columns)."""
    return text(columns_of(_WANTED))


def constraints(version: tuple[int, ...]) -> TextClause:
    """The constraints of tables, NOT NULL left out. Rows: (oid, list of documents)."""
    return text(constraints_of(_WANTED, version))


def indexes(version: tuple[int, ...]) -> TextClause:
    """The indexes of tables. Rows: (oid, list of documents)."""
    return text(indexes_of(_WANTED, version))


def columns_of(wanted: str) -> str:
    """:func:`columns` of the relations in this array of oids."""
    return _COLUMNS.replace("{wanted}", wanted)


def constraints_of(wanted: str, version: tuple[int, ...]) -> str:
    """:func:`constraints` of the relations in this array of oids."""
    return (
        _CONSTRAINTS.replace("{wanted}", wanted)
        .replace("{set_columns}", "con.confdelsetcols" if version >= (15,) else "CAST(NULL AS int2[])")
        .replace("{nulls}", "i.indnullsnotdistinct" if version >= (15,) else "false")
        .replace("{enforced}", "con.conenforced" if version >= (18,) else "true")
        .replace("{period}", "con.conperiod" if version >= (18,) else "false")
    )


def indexes_of(wanted: str, version: tuple[int, ...]) -> str:
    """:func:`indexes` of the relations in this array of oids."""
    nulls = "i.indnullsnotdistinct" if version >= (15,) else "false"
    return _INDEXES.replace("{wanted}", wanted).replace("{nulls}", nulls)


def _comment(catalogue: str, oid: str, number: str = "0") -> str:
    # obj_description() and col_description() start a query of their own for each row.
    return f"""(SELECT r.description FROM pg_catalog.pg_description r
           WHERE r.classoid = 'pg_catalog.{catalogue}'::regclass AND r.objoid = {oid}
             AND r.objsubid = {number})"""


_COLLATION = """json_build_array(
    CASE WHEN NOT pg_catalog.pg_collation_is_visible(co.oid) THEN cn.nspname END, co.collname)"""

_EXTENSION = """EXISTS (SELECT 1 FROM pg_catalog.pg_depend e
        WHERE e.classid = 'pg_catalog.{catalogue}'::regclass AND e.objid = {alias}.oid
          AND e.objsubid = 0 AND e.deptype = 'e')"""

_SURVEY = f"""
SELECT 'relation' AS kind, json_build_array(
         c.oid::bigint, n.nspname, c.relname, c.relkind,
         CASE WHEN c.relispartition THEN 'partition'
              WHEN c.relpersistence = 't' THEN 'temporary'
              WHEN {_EXTENSION.format(catalogue="pg_class", alias="c")} THEN 'extension' END,
         c.relpersistence, {_comment("pg_class", "c.oid")}, c.reloptions,
         CASE WHEN a.amname <> pg_catalog.current_setting('default_table_access_method') THEN a.amname END,
         s.spcname,
         CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
         CASE WHEN NOT c.relispartition AND h.parents IS NOT NULL THEN h.parents END,
         json_build_array(
           EXISTS (SELECT 1 FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal),
           c.relhasrules AND c.relkind IN ('r', 'p'), c.relrowsecurity,
           EXISTS (SELECT 1 FROM pg_catalog.pg_policy y WHERE y.polrelid = c.oid),
           EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid),
           EXISTS (SELECT 1 FROM pg_catalog.pg_statistic_ext x WHERE x.stxrelid = c.oid),
           c.relacl IS NOT NULL))::text AS document
  FROM pg_catalog.pg_namespace n
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
  LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam
  LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
  LEFT JOIN (SELECT i.inhrelid, json_agg(p.relname ORDER BY i.inhseqno) AS parents
               FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
              WHERE p.relkind <> 'p' GROUP BY i.inhrelid) h ON h.inhrelid = c.oid
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {{relations}}
UNION ALL
SELECT 'sequence', json_build_array(
         n.nspname, c.relname, pg_catalog.format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement,
         q.seqmin, q.seqmax, q.seqcache, q.seqcycle)::text
  FROM pg_catalog.pg_namespace n
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
  JOIN pg_catalog.pg_sequence q ON q.seqrelid = c.oid
 WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND {{relations}}
   AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                      AND d.deptype IN ('a', 'i', 'e'))
UNION ALL
SELECT 'enum', json_build_array(
         n.nspname, t.typname, pg_catalog.pg_type_is_visible(t.oid),
         {{types}} AND NOT {_EXTENSION.format(catalogue="pg_type", alias="t")},
         (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)
            FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid))::text
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typtype = 'e'
UNION ALL
SELECT 'domain', json_build_array(
         n.nspname, t.typname, pg_catalog.pg_type_is_visible(t.oid),
         pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
         CASE WHEN t.typcollation <> b.typcollation THEN co.collname END,
         (SELECT json_agg(json_build_array(k.conname, pg_catalog.pg_get_constraintdef(k.oid, true))
                          ORDER BY k.conname)
            FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))::text
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
  LEFT JOIN pg_catalog.pg_collation co ON co.oid = t.typcollation
 WHERE t.typtype = 'd' AND n.nspname <> 'information_schema'
UNION ALL
SELECT 'here', json_build_array(pg_catalog.current_schema())::text
UNION ALL
SELECT 'opclass', json_build_array(o.oid::bigint, o.opcname)::text
  FROM pg_catalog.pg_opclass o WHERE NOT o.opcdefault
"""

# The sequences that a column of numbers owns: 'i' that of an identity, 'a' that of SERIAL.
_COLUMNS = f"""
SELECT a.attrelid::bigint AS oid, json_agg(json_build_array(
         a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
         pg_catalog.pg_get_expr(d.adbin, d.adrelid),
         a.attgenerated, a.attidentity,
         a.attcollation::bigint,
         CASE WHEN a.attcollation <> t.typcollation THEN
             (SELECT {_COLLATION} FROM pg_catalog.pg_collation co
                JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation)
         END,
         {_comment("pg_class", "a.attrelid", "a.attnum")},
         CASE WHEN a.attidentity <> '' OR a.atthasdef AND t.typcategory = 'N' THEN
             (SELECT json_agg(json_build_array(
                         s.seqrelid::regclass::text, s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
                         s.seqcache, s.seqcycle) ORDER BY o.deptype DESC, s.seqrelid)
                FROM pg_catalog.pg_depend o JOIN pg_catalog.pg_sequence s ON s.seqrelid = o.objid
               WHERE o.refclassid = 'pg_catalog.pg_class'::regclass AND o.refobjid = a.attrelid
                 AND o.refobjsubid = a.attnum AND o.classid = 'pg_catalog.pg_class'::regclass
                 AND o.deptype IN ('a', 'i'))
         END,
         NOT a.attislocal) ORDER BY a.attnum)::text AS document
  FROM unnest({{wanted}}) w (oid)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = w.oid
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped
 GROUP BY a.attrelid"""

# conparentid: what PostgreSQL adds by itself for the partitions of a table that is referred to.
_CONSTRAINTS = f"""
SELECT con.conrelid::bigint AS oid, json_agg(json_build_array(
         con.contype, con.conname, con.conkey,
         CASE WHEN con.contype IN ('c', 'x') THEN pg_catalog.pg_get_constraintdef(con.oid, true) END,
         {_comment("pg_constraint", "con.oid")},
         con.condeferrable, con.condeferred, con.convalidated, con.connoinherit, NOT con.conislocal,
         {{enforced}}, {{period}},
         CASE con.contype WHEN 'f' THEN json_build_array(
             fn.nspname, fc.relname, pg_catalog.pg_table_is_visible(fc.oid),
             (SELECT json_agg(a.attname ORDER BY k.position)
                FROM unnest(con.confkey) WITH ORDINALITY k (number, position)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.number),
             con.confupdtype, con.confdeltype, con.confmatchtype, {{set_columns}})
         WHEN 'c' THEN NULL
         ELSE json_build_array(i.indkey::int2[], i.indnkeyatts, {{nulls}}, ic.reloptions, ts.spcname)
         END) ORDER BY con.conname)::text AS document
  FROM unnest({{wanted}}) w (oid)
  JOIN pg_catalog.pg_constraint con ON con.conrelid = w.oid
  LEFT JOIN pg_catalog.pg_class fc ON fc.oid = con.confrelid AND con.contype = 'f'
  LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = fc.relnamespace
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = con.conindid AND con.contype IN ('p', 'u', 'x')
  LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = ic.reltablespace
 WHERE con.contype IN ('p', 'u', 'f', 'c', 'x') AND con.conparentid = 0
 GROUP BY con.conrelid"""

_INDEXES = f"""
SELECT i.indrelid::bigint AS oid, json_agg(json_build_array(
         ic.relname, i.indisunique, i.indisvalid, k.contype,
         CASE WHEN am.amname <> 'btree' THEN am.amname END,
         i.indkey::int2[], i.indnkeyatts, i.indoption::int2[],
         i.indclass::oid[]::bigint[], i.indcollation::oid[]::bigint[],
         CASE WHEN NOT i.indcollation::oid[] <@ CAST('{{0,100}}' AS oid[]) THEN
             (SELECT json_agg({_COLLATION} ORDER BY l.position)
                FROM unnest(i.indcollation::oid[]) WITH ORDINALITY l (oid, position)
                LEFT JOIN pg_catalog.pg_collation co ON co.oid = l.oid
                LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace) END,
         CASE WHEN i.indexprs IS NOT NULL THEN
             (SELECT json_agg(CASE WHEN p.number = 0
                                   THEN pg_catalog.pg_get_indexdef(i.indexrelid, p.position::int, true) END
                              ORDER BY p.position)
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY p (number, position)) END,
         CASE WHEN i.indpred IS NOT NULL THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END,
         {{nulls}}, ic.reloptions, ts.spcname, {_comment("pg_class", "ic.oid")})
         ORDER BY ic.relname)::text AS document
  FROM unnest({{wanted}}) w (oid)
  JOIN pg_catalog.pg_index i ON i.indrelid = w.oid
  JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  JOIN pg_catalog.pg_am am ON am.oid = ic.relam
  LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = ic.reltablespace
  LEFT JOIN pg_catalog.pg_constraint k
    ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('u', 'x')
 WHERE NOT i.indisprimary
 GROUP BY i.indrelid"""
