-- Those of some findings whose row lies in a closed month, or would be moved across by what is proposed or was typed. By what the last
-- detection saw; the statement that writes looks at the row itself once more (condicao_aberta). Called wherever corrections are chosen.
create or replace function audit_interno.em_periodo_fechado(ids bigint[])
returns table (divergencia_id bigint, periodo text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fechados jsonb := (select jsonb_agg(to_jsonb(f)) from audit_interno.meses_fechados() f);
begin
  if v_fechados is null then
    return;
  end if;
  return query
    select x.id, min(to_char(f.mes, 'MM/YYYY') || coalesce(' da filial ' || f.filial, ''))
    from (
      select d.id, l.mes, l.filial
      from audit.divergencias_processadas d
      join audit.regras r on r.nome = d.regra
      cross join lateral (select coalesce(d.valores_digitados, d.valores_propostos) as para) as p
      cross join lateral (
        select d.mes, d.filial
        union
        select case when p.para ? r.coluna_data then date_trunc('month', (p.para ->> r.coluna_data)::timestamp)::date else d.mes end,
          case when p.para ? r.coluna_filial then nullif(btrim(p.para ->> r.coluna_filial), '') else d.filial end
      ) as l
      where d.id = any (em_periodo_fechado.ids)
    ) as x
    join (
      select (f ->> 'mes')::date as mes, f ->> 'filial' as filial from jsonb_array_elements(v_fechados) as f
    ) as f on f.mes = x.mes and (f.filial is null or x.filial is null or f.filial = x.filial)
    group by x.id;
end
$$;
comment on function audit_interno.em_periodo_fechado(bigint[]) is 'Findings that lie in, or would move into or out of, a closed month, and which: 10/2026, 10/2026 da filial SP. NC022 when it cannot be known.';
