-- SQL that reads the closed months from the warehouse's own list: mes and filial, from the table, view or function without arguments that
-- the setting periodos.fonte names. Null where it names none. NC022 when the source cannot be found.
create or replace function audit_interno.fonte_periodos()
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.configuracao('periodos.fonte') #>> '{}';
  v_relacao regclass;
  v_funcao regprocedure;
begin
  if v_nome is null then
    return null;
  end if;
  if audit_interno.nome_qualificado(v_nome) then
    v_relacao := audit_interno.relacao(v_nome);
    select p.oid::regprocedure into v_funcao
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where array[n.nspname::text, p.proname::text] = parse_ident(v_nome) and p.pronargs = 0 and p.proretset and p.prokind = 'f';
  end if;
  if v_relacao is null and v_funcao is null then
    raise exception using errcode = 'NC022', message = format('não se sabe quais períodos estão fechados: %s não existe', v_nome),
      hint = 'periodos.fonte é uma tabela, uma visão, ou uma função sem argumentos, com o esquema, como dw.periodos_fechados, com as colunas mes (date) e, se for o caso, filial (text).';
  end if;
  return format('select x.mes::date, %s from %s as x where x.mes is not null',
    -- a list without branches applies to the whole company
    case when exists (
      select from pg_attribute a
      where a.attrelid = coalesce(v_relacao, (select t.typrelid from pg_proc p join pg_type t on t.oid = p.prorettype where p.oid = v_funcao))
        and a.attname = 'filial' and a.attnum > 0 and not a.attisdropped)
      or exists (select from pg_proc p where p.oid = v_funcao and 'filial' = any (p.proargnames))
      then 'nullif(btrim(x.filial::text), '''')' else 'null::text' end,
    case when v_relacao is not null then audit_interno.nome_sql(v_relacao) else v_funcao::text end);
end
$$;
comment on function audit_interno.fonte_periodos() is 'SQL text with the columns mes and filial; null when no source is set. NC022 when it does not exist.';
