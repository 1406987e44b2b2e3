-- What code of others that ran as one of our two roles may have left behind: objects that the role owns in this database
-- (temporary and large ones too), functions of the role that were touched, and settings of this session. Taken before and after
-- such code; conferir_rastro refuses a difference. Reads catalogs, changes nothing.
create or replace function audit_interno.rastro(papel regrole)
returns text
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'objetos', (
      select encode(sha256(convert_to(coalesce(string_agg(format('%s %s', s.classid, s.objid), ',' order by s.classid, s.objid), ''), 'UTF8')), 'hex')
      from pg_shdepend s
      where s.refclassid = 'pg_authid'::regclass and s.refobjid = rastro.papel and s.deptype = 'o'
        and s.dbid = (select d.oid from pg_database d where d.datname = current_database())),
    'funcoes', (select string_agg(format('%s %s', p.oid, p.xmin), ',' order by p.oid) from pg_proc p where p.proowner = rastro.papel),
    'ajustes', (
      select encode(sha256(convert_to(string_agg(format('%s=%s', g.name, g.setting), ',' order by g.name collate "C"), 'UTF8')), 'hex')
      from pg_settings g where g.context in ('user', 'superuser')),
    'ator', current_setting('conferente.ator', true))::text
$$;
comment on function audit_interno.rastro(regrole) is 'Digest of what a role owns and of the session''s settings, to be compared by audit_interno.conferir_rastro.';

-- Refuses what code of others left behind. Called after it by the engine, which knows whose it was.
create or replace function audit_interno.conferir_rastro(papel regrole, antes text, quem text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_depois text := audit_interno.rastro(papel);
begin
  if v_depois = antes then
    return;
  end if;
  raise exception using errcode = 'NC012',
    message = format('%s deixou algo para trás: %s', quem, (
      select string_agg(case d.key when 'objetos' then 'criou ou apagou objetos' when 'funcoes' then 'mexeu nas funções do papel'
        when 'ajustes' then 'mudou ajustes da sessão' else 'mudou quem age' end, ', ' order by d.key)
      from jsonb_each_text(v_depois::jsonb) d where d.value is distinct from antes::jsonb ->> d.key)),
    hint = 'Nada do que fez vale. Código do armazém e de regras lê e escreve o que é seu, e mais nada.';
end
$$;
comment on function audit_interno.conferir_rastro(regrole, text, text) is 'NC012 when the trace of a role differs from the one taken before.';
