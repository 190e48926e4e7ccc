CREATE SCHEMA other;
CREATE SCHEMA "Odd Schema";
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE other.state AS ENUM ('on', 'off');
CREATE TYPE "Odd Schema"."My Enum" AS ENUM ('a', 'B''c');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE SEQUENCE free_seq;
CREATE SEQUENCE down_seq INCREMENT -1;
CREATE SEQUENCE other.odd_seq AS integer INCREMENT BY 5 START 100 CYCLE;
CREATE TABLE parent (id serial PRIMARY KEY, a int, b int, UNIQUE (a, b));
CREATE TABLE other.parent (id bigserial PRIMARY KEY);
CREATE TABLE other.child (id bigint UNIQUE CHECK (id > 0) REFERENCES other.parent, up int REFERENCES public.parent);
CREATE INDEX ix_child ON other.child (up);
CREATE TABLE kitchen (
    id integer GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 2) PRIMARY KEY,
    big bigserial NOT NULL,
    small smallint DEFAULT '-1',
    price numeric(10, 2) DEFAULT 0,
    num numeric,
    name varchar(50) DEFAULT 'x' NOT NULL,
    c char(3),
    t text COLLATE "C" DEFAULT 'it''s',
    f real,
    d double precision,
    ts timestamp(0),
    tz timestamptz DEFAULT now(),
    dt date,
    ti time,
    tiz timetz(3),
    iv interval,
    iv2 interval day to second(3),
    iv3 interval(2),
    b bit(3),
    bv bit varying(8),
    by bytea,
    bo boolean DEFAULT true,
    u uuid,
    js json,
    jb jsonb DEFAULT '{}',
    arr int[] DEFAULT '{}',
    arr2 varchar(10)[][],
    m mood DEFAULT 'ok',
    ms mood[],
    st other.state,
    odd "Odd Schema"."My Enum",
    pi positive,
    inet inet,
    cidr cidr,
    mac macaddr,
    money money,
    tsv tsvector,
    tsq tsquery,
    r int4range,
    mr tstzmultirange,
    o oid,
    rc regclass,
    nm name,
    ch "char",
    comp numeric GENERATED ALWAYS AS (price * 2) STORED,
    "Quoted Col" int,
    "order" int,
    pa int,
    pb int,
    po bigint REFERENCES other.parent ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_ab FOREIGN KEY (pa, pb) REFERENCES parent (a, b) MATCH FULL ON UPDATE CASCADE ON DELETE RESTRICT,
    CONSTRAINT u_name UNIQUE (name, "order") DEFERRABLE,
    CONSTRAINT ck_price CHECK (price > 0 AND (small < 5 OR name IN ('a', 'b'))) NO INHERIT,
    CONSTRAINT ex EXCLUDE USING gist (r WITH &&) WHERE (price > 0)
) WITH (fillfactor = 70);
ALTER TABLE kitchen ADD CONSTRAINT ck_later CHECK (num > 5) NOT VALID;
CREATE INDEX ix_expr ON kitchen (lower(name) DESC, price NULLS FIRST, (num + 1)) WHERE price > 5;
CREATE INDEX ix_ops ON kitchen (name text_pattern_ops, "Quoted Col") INCLUDE (dt) WITH (fillfactor = 50);
CREATE INDEX ix_gin ON kitchen USING gin (jb jsonb_path_ops);
CREATE INDEX ix_coll ON kitchen (name COLLATE "C", t, t COLLATE "POSIX");
CREATE UNIQUE INDEX ix_uq ON kitchen (dt DESC NULLS LAST);
COMMENT ON TABLE kitchen IS 'where';
COMMENT ON COLUMN kitchen.name IS 'who';
COMMENT ON CONSTRAINT ck_price ON kitchen IS 'why';
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER tr AFTER INSERT ON kitchen EXECUTE FUNCTION nothing();
ALTER TABLE kitchen ENABLE ROW LEVEL SECURITY;
CREATE TABLE part (id int, made date, PRIMARY KEY (id, made)) PARTITION BY RANGE (made);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE refpart (a int, b date, FOREIGN KEY (a, b) REFERENCES part);
CREATE TABLE kid (extra int) INHERITS (parent);
CREATE UNLOGGED TABLE unlogged (a int);
CREATE TABLE no_columns ();
CREATE VIEW a_view AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW stored AS SELECT 1 AS a;
CREATE TEMPORARY TABLE passing (a int);
