-- SQL condition that a row t of a rule's relation lies in no closed month, and that writing l.para to colunas moves it into none; null
-- where nothing is closed. For a row whose branch is unknown, a month counts as closed if any branch has closed it. The condition stands in
-- the guard of the very statement that writes. Called by aplicar_grupo.
create or replace function audit_interno.condicao_aberta(regra audit.regras, colunas text[])
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relacao regclass := audit_interno.relacao(regra.tabela);
  v_tem_filial boolean := audit_interno.tipo_coluna(v_relacao, regra.coluna_filial) is not null;
  v_gerais integer[];
  v_quaisquer integer[];
  v_filiais text[];
begin
  select coalesce(array_agg(f.mes) filter (where f.filial is null or not v_tem_filial), '{}'), coalesce(array_agg(f.mes), '{}'),
    coalesce(array_agg(f.mes || ' ' || f.filial) filter (where f.filial is not null), '{}')
  into v_gerais, v_quaisquer, v_filiais
  from (
    select (extract(year from m.mes) * 100 + extract(month from m.mes))::integer as mes, audit_interno.dobrar_filial(m.filial) as filial
    from audit_interno.meses_fechados() m
  ) as f;
  if v_quaisquer = '{}' then
    return null;
  end if;
  return (
    select string_agg(
      case when v_filiais = '{}' or not v_tem_filial then format('coalesce(%s <> all (%L::integer[]), true)', x.mes, v_gerais)
        else format('case when coalesce(%1$s <> all (%3$L::integer[]), true) then true
          when coalesce(audit_interno.dobrar_filial(%2$s), '''') = '''' then false
          else %1$s <> all (%4$L::integer[]) and %1$s::text || '' '' || audit_interno.dobrar_filial(%2$s) <> all (%5$L::text[]) end',
          x.mes, x.filial, v_quaisquer, v_gerais, v_filiais) end, ' and ')
    from (
      -- decided here and not by the planner: a later plan of the same connection evaluates both branches, even for a rule without a branch
      -- column
      select audit_interno.expressao_mes(regra) as mes, case when v_tem_filial then format('t.%I::text', regra.coluna_filial) end as filial
      union all
      select audit_interno.expressao_mes(regra, regra.coluna_data = any (colunas)),
        case when regra.coluna_filial = any (colunas) then format('(l.para ->> %L)', regra.coluna_filial)
          when v_tem_filial then format('t.%I::text', regra.coluna_filial) end
      where regra.coluna_data = any (colunas) or regra.coluna_filial = any (colunas)
    ) as x
    where x.mes is not null);
end
$$;
comment on function audit_interno.condicao_aberta(audit.regras, text[]) is
  'SQL condition over t and l: a write to these columns touches no closed month. Null when none is closed, or the rule has no booking date.';
