-- Of some findings, those whose row lies in a closed month, or would move into or out of one by the proposed or entered values (with
-- valores, by those). Based on what the last detection saw; the statement that writes checks the row itself once more (condicao_aberta).
-- Called wherever corrections are chosen.
create or replace function audit_interno.em_periodo_fechado(ids bigint[], valores jsonb default null)
returns table (divergencia_id bigint, periodo text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fechados jsonb := (select jsonb_agg(to_jsonb(f) || jsonb_build_object('dobrada', audit_interno.dobrar_filial(f.filial))) from audit_interno.meses_fechados() f);
  v_fuso text := audit.fuso();
begin
  if v_fechados is null then
    return;
  end if;
  return query
    with regra as materialized (
      select r.nome, r.coluna_data, r.coluna_filial,
        audit_interno.tipo_base(audit_interno.relacao(r.tabela), r.coluna_data) = 'timestamptz'::regtype as instante
      from audit.regras r
    ), lugar as (
      select d.id, l.mes, nullif(audit_interno.dobrar_filial(l.filial), '') as filial
      from audit.divergencias_processadas d
      join regra r on r.nome = d.regra
      cross join lateral (select coalesce(em_periodo_fechado.valores, d.valores_digitados, d.valores_propostos) as para) as p
      cross join lateral (
        select d.mes, d.filial
        union
        select
          case when not p.para ? r.coluna_data then d.mes
            when r.instante then date_trunc('month', (p.para ->> r.coluna_data)::timestamptz at time zone v_fuso)::date
            else date_trunc('month', (p.para ->> r.coluna_data)::timestamp)::date end,
          case when p.para ? r.coluna_filial then p.para ->> r.coluna_filial else d.filial end
      ) as l
      where d.id = any (em_periodo_fechado.ids)
    )
    select x.id, min(to_char(f.mes, 'MM/YYYY') || coalesce(' da filial ' || f.filial, ''))
    from lugar x
    join (
      select (f ->> 'mes')::date as mes, f ->> 'filial' as filial, f ->> 'dobrada' as dobrada from jsonb_array_elements(v_fechados) as f
    ) as f on f.mes = x.mes and (f.dobrada is null or x.filial is null or f.dobrada = x.filial)
    group by x.id;
end
$$;
comment on function audit_interno.em_periodo_fechado(bigint[], jsonb) is 'Findings that lie in, or would move into or out of, a closed month, and which: 10/2026, 10/2026 da filial SP. NC022 when it cannot be known.';
