-- In a separate transaction, because by now the above is sealed. Every life begins in the state of this moment.
create schema life_kept;
create table life.steps (n int generated always as identity, step text not null);
create table life.start as select * from life.picture(null);
create table life.rows as select t.id, t::text as row from dw.lancamentos t;
-- deleted, not truncated: truncating would throw away every plan
insert into life.steps (step)
select format('delete from %s', c.oid::regclass)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and (n.nspname in ('audit', 'audit_interno', 'dw', 'graphile_worker') and c.relname <> 'migrations' or c.oid = 'life.log'::regclass);
do $do$
declare v_table record;
begin
  for v_table in
    select c.oid::regclass as name, format('life_kept.%I', n.nspname || '.' || c.relname) as kept, (
      select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname in ('audit', 'audit_interno', 'dw', 'graphile_worker') and c.relname <> 'migrations'
  loop
    execute format('create table %s as table %s', v_table.kept, v_table.name);
    execute format('insert into life.steps (step) select %L where exists (select from %s)',
      format('insert into %s (%s) overriding system value select %2$s from %s', v_table.name, v_table.columns, v_table.kept), v_table.kept);
  end loop;
end $do$;
insert into life.steps (step)
select format('select setval(%L, %s, %L)', format('%I.%I', s.schemaname, s.sequencename), coalesce(s.last_value, s.start_value), s.last_value is not null)
from pg_sequences s where s.schemaname in ('audit', 'audit_interno', 'graphile_worker');
create function life.begin_again() returns void language plpgsql set session_replication_role = replica as $f$
declare v_step text;
begin
  drop trigger if exists gravar on dw.lancamentos;
  for v_step in select s.step from life.steps s order by s.n loop execute v_step; end loop;
end $f$;
