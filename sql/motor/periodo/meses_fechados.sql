-- All months that are closed now: ours, and those of the warehouse's own list, read as conferente_regra. When that list cannot be read,
-- nobody knows what is closed and nothing is written. Called wherever something may be written or shown.
create or replace function audit_interno.meses_fechados()
returns table (mes date, filial text, da_fonte boolean)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fonte text := audit_interno.fonte_periodos();
begin
  return query select p.mes, p.filial, false from audit.periodos p where p.reaberto_em is null;
  if v_fonte is null then
    return;
  end if;
  begin
    return query
      -- an infinite day has no month, and fails here
      select distinct make_date(extract(year from f.mes)::integer, extract(month from f.mes)::integer, 1),
        case when audit_interno.dobrar_filial(f.filial) <> '' then f.filial end, true
      from audit_interno.ler(v_fonte) as f (mes date, filial text);
  exception when assert_failure or others then
    if audit_interno.falha_de_quem(sqlstate) in ('sessao', 'servidor') then
      raise;
    end if;
    raise exception using errcode = 'NC022',
      message = format('não se sabe quais períodos estão fechados: %s: %s', audit_interno.configuracao('periodos.fonte') #>> '{}',
        sqlerrm),
      hint = case when sqlstate = '42501' then 'Dê a permissão a conferente_regra: grant usage on schema …, grant select (ou execute) on … to conferente_regra.'
        else 'periodos.fonte é uma tabela, visão ou função sem argumentos com as colunas mes (date) e, se for o caso, filial (text).' end;
  end;
end
$$;
comment on function audit_interno.meses_fechados() is
  'First day of each closed month, its branch (null: the whole company) and whether it comes from the warehouse''s own list (periodos.fonte). NC022 when the warehouse''s list cannot be read.';
