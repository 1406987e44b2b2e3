-- What a rollback leaves in a session: advisory locks and statements prepared by name. Called by the doors and by rastro.
create or replace function audit_interno.ficam()
returns text
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select concat_ws(' ',
    (select string_agg(format('%s:%s:%s:%s', l.classid, l.objid, l.objsubid, l.mode), ',' order by l.classid, l.objid, l.objsubid, l.mode)
      from pg_locks l
      -- those that a statement can take: Citus has others, for its own bookkeeping
      where l.locktype = 'advisory' and l.pid = pg_backend_pid() and l.objsubid in (1, 2)),
    (select string_agg(p.name, ',' order by p.name collate "C") from pg_prepared_statements p where p.from_sql))
$$;
comment on function audit_interno.ficam() is 'This session''s advisory locks and prepared statements, as text.';
grant execute on function audit_interno.ficam() to conferente_regra, conferente_escrita;

-- Refuses a search path that foreign code has changed. Set inside a door by a plain SET, even one hidden under SET LOCAL, it would outlive
-- the door (see ajustes.sql) and decide what a name in the engine's own functions means. It is the first call after every door that keeps
-- what it did, with every name qualified: perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path')).
create or replace function audit_interno.exigir_caminho(caminho text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if replace(caminho, '"', '') is distinct from 'pg_catalog, pg_temp' then -- quote_all_identifiers keeps it quoted
    raise exception using errcode = 'NC012', message = format('código do data warehouse ou de uma regra mudou search_path para %s', caminho),
      hint = 'Tudo o que ele fez foi desfeito. O lugar de set search_path é a definição da função.';
  end if;
end
$$;
comment on function audit_interno.exigir_caminho(text) is 'NC012 unless the search path is the one that the engine''s functions pin.';

-- What foreign code, run as one of our two roles, may have left behind: objects of that role in this database (large ones too), temporary
-- ones of any owner, changed functions of the role, and settings of this session. Taken before and after such code; conferir_rastro refuses
-- a difference. proprios are the settings that this session or transaction has set itself. Reads only catalogs.
create or replace function audit_interno.rastro(papel regrole)
returns text
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with proprio as materialized ( -- by index; the catalogs of functions and tables have none by owner
    select s.classid, s.objid
    from pg_shdepend s
    where s.refclassid = 'pg_authid'::regclass and s.refobjid = rastro.papel and s.deptype = 'o'
      and s.dbid = (select d.oid from pg_database d where d.datname = current_database())
  )
  select jsonb_build_object(
    'temporarios', (
      select string_agg(format('%s %s', d.classid, d.objid), ',' order by d.classid, d.objid)
      from pg_depend d where d.refclassid = 'pg_namespace'::regclass and d.refobjid = pg_my_temp_schema()),
    'objetos', (
      select encode(sha256(convert_to(coalesce(string_agg(format('%s %s', o.classid, o.objid), ',' order by o.classid, o.objid), ''), 'UTF8')), 'hex')
      from proprio o),
    'funcoes', (
      select string_agg(format('%s %s %s', p.oid, p.xmin,
          (select count(*) from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid)), ',' order by p.oid)
      from pg_proc p where p.oid in (select o.objid from proprio o where o.classid = 'pg_proc'::regclass)),
    'ajustes', g.ajustes,
    'proprios', g.proprios,
    'direitos', (
      select jsonb_build_array(
        -- the catalog rows of the tables and their columns, and what depends on them: constraints, indexes, defaults, triggers, rules
        (select string_agg(format('%s %s %s %s', c.oid, c.xmin,
            (select string_agg(format('%s %s', a.attnum, a.xmin), ' ' order by a.attnum) from pg_attribute a where a.attrelid = c.oid),
            (select string_agg(format('%s %s', d.classid, d.objid), ' ' order by d.classid, d.objid)
              from pg_depend d where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid)), ',' order by c.oid)
          from pg_class c
          where c.oid in (select o.objid from proprio o where o.classid = 'pg_class'::regclass) and c.relkind in ('r', 'S')),
        (select string_agg(d::text, ',' order by d.oid) from pg_default_acl d where d.defaclrole = rastro.papel),
        (select string_agg(s.setconfig::text, ',' order by s.setdatabase) from pg_db_role_setting s where s.setrole = rastro.papel))::text),
    'cursores', (select string_agg(c.name, ',' order by c.name collate "C") from pg_cursors c where c.is_holdable),
    'sessao', audit_interno.ficam(),
    'ator', current_setting('conferente.ator', true))::text
  from (
    select encode(sha256(convert_to(string_agg(format('%s=%s', g.name, g.setting), ',' order by g.name collate "C"), 'UTF8')), 'hex') as ajustes,
      coalesce(jsonb_agg(g.name) filter (where g.context = 'user' and g.source = 'session'), '[]') as proprios
    from pg_settings g where g.context in ('user', 'superuser')
  ) as g
$$;
comment on function audit_interno.rastro(regrole) is 'Digest of what a role owns and of the session''s settings, to be compared by audit_interno.conferir_rastro.';

-- Refuses what foreign code left behind. The engine calls it afterwards, and knows whose code it was. A setting that became the session's
-- own with an unchanged value was set by SET LOCAL, or hides a plain SET: it is set to that value for good, so that nothing stays hidden.
-- One gap: where the caller had set a value before, a hidden one shows only for the settings listed in ajustes.sql.
create or replace function audit_interno.conferir_rastro(papel regrole, antes text, quem text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_antes jsonb := antes::jsonb;
  v_depois jsonb := audit_interno.rastro(papel)::jsonb;
begin
  if v_depois - 'proprios' = v_antes - 'proprios' then
    perform set_config(p.nome, current_setting(p.nome), false)
    from jsonb_array_elements_text(v_depois -> 'proprios') as p (nome)
    where not v_antes -> 'proprios' ? p.nome;
    return;
  end if;
  raise exception using errcode = 'NC012',
    message = format('%s deixou algo para trás: %s', quem, (
      select string_agg(case d.key when 'objetos' then 'criou ou apagou objetos' when 'temporarios' then 'criou ou apagou objetos temporários'
        when 'funcoes' then 'alterou funções do papel'
        when 'ajustes' then 'mudou parâmetros da conexão' when 'direitos' then 'deu permissões ou alterou tabelas do papel'
        when 'cursores' then 'deixou um cursor aberto' when 'sessao' then 'deixou uma trava ou um comando preparado' else 'mudou quem age' end, ', ' order by d.key)
      from jsonb_each_text(v_depois - 'proprios') d where d.value is distinct from v_antes ->> d.key)),
    hint = 'Tudo o que ele fez foi desfeito. Gatilhos, visões e regras leem e gravam as suas próprias tabelas, e mais nada.';
end
$$;
comment on function audit_interno.conferir_rastro(regrole, text, text) is 'NC012 when the trace of a role differs from the one taken before.';
