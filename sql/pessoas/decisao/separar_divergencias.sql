-- Locks the findings that a person decides on, in one order for everybody. Unknown ones are an error. Those for which the act is impossible
-- (somebody else was faster, it is for another person, it is not what was seen) go into pg_temp.conferente_deixada with their reasons. If
-- two people decide at once, the second waits here and then sees what the first did. Called by audit_interno.travar_divergencias, and by
-- audit.decidir_planilha for its lines.
create or replace function audit_interno.separar_divergencias(ids bigint[], ato text, de text[], visto text[] default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_fuso text := audit.fuso();
  v_pela_api boolean := audit_interno.pela_api();
  v_estranhas text;
begin
  perform audit_interno.exigir_pessoa();
  if ids is null or cardinality(ids) = 0 then
    raise exception using errcode = 'NC001', message = 'nenhuma divergência foi informada';
  end if;
  if ato = 'aprovar' and v_pela_api and separar_divergencias.visto is null then
    raise exception using errcode = 'NC001', message = 'falta visto: um para cada id, na mesma ordem',
      hint = 'É o campo visto de cada divergência nas listas: divergencias e divergenciasAbertas no GraphQL, GET /api/v1/divergencias no REST.';
  end if;
  if cardinality(separar_divergencias.visto) <> cardinality(ids) then
    raise exception using errcode = 'NC001', message = 'visto precisa ter tantos itens quanto ids, na mesma ordem',
      detail = format('%s ids, %s vistos', cardinality(ids), cardinality(separar_divergencias.visto));
  end if;
  perform from audit.divergencias_processadas d where d.id = any (separar_divergencias.ids) order by d.id for update;
  select string_agg(coalesce(i::text, 'nulo'), ', ') into v_estranhas
  from unnest(separar_divergencias.ids) as i
  where not exists (select from audit.divergencias_processadas d where d.id = i);
  if v_estranhas is not null then
    raise exception using errcode = 'NC004', message = format('divergência desconhecida: %s', v_estranhas),
      hint = 'Nada foi feito. Veja audit.vw_divergencias_abertas.';
  end if;

  perform audit_interno.criar_deixadas();
  insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
  select d.id, x.codigo, case x.codigo
      when 'NC005' then format('já está %s', d.status)
        || coalesce(' por ' || coalesce(d.decidida_por, d.proposta_por), '')
        || coalesce(to_char(d.decidida_em at time zone v_fuso, '" em "DD/MM/YYYY" às "HH24:MI'), '')
        || coalesce(': ' || d.motivo, '')
      when 'NC017' then 'a regra só aponta, sem propor valor: confirme, rejeite ou digite o valor certo'
      when 'NC022' then format('o período %s está fechado: lance o ajuste no período aberto e confirme a divergência, ou peça a um administrador que o reabra', f.periodo)
      when 'NC007' then format('a segunda aprovação precisa ser de outra pessoa: %s já propôs%s', v_ator, case when d.proposta_por <> v_ator then ' como ' || d.proposta_por end)
      else format('%s: %s%s. Para aprovar isto: visto %s',
        case when v.visto is not null then 'mudou depois de mostrada'
          when v_pela_api then 'falta o visto' else 'um valor digitado só se aprova com o visto' end,
        coalesce(d.valores_digitados, d.valores_propostos)::text, coalesce(', proposto por ' || d.proposta_por, ''),
        audit.divergencia_visto(d)) end
  from audit.divergencias_processadas d
  left join (
    select distinct on (u.id) u.id, u.visto from unnest(separar_divergencias.ids, separar_divergencias.visto) as u (id, visto)
  ) as v on v.id = d.id
  -- a person will enter something other than the proposal
  left join audit_interno.em_periodo_fechado(case when ato in ('aprovar', 'corrigir manualmente') then separar_divergencias.ids end,
    case when ato = 'corrigir manualmente' then '{}'::jsonb end) as f
    on f.divergencia_id = d.id
  cross join lateral (select case
    when d.status <> all (separar_divergencias.de) then 'NC005'
    when f.periodo is not null then 'NC022'
    when ato <> 'aprovar' then case when v.visto <> audit.divergencia_visto(d) then 'NC021' end
    when d.valores_propostos = '{}' and d.valores_digitados is null then 'NC017'
    when d.status = 'aguardando_segunda_aprovacao' and audit_interno.mesma_pessoa(d.proposta_por, v_ator) then 'NC007'
    when v.visto <> audit.divergencia_visto(d) or v.visto is null and (v_pela_api or d.valores_digitados is not null) then 'NC021'
  end as codigo) as x
  where d.id = any (separar_divergencias.ids) and x.codigo is not null;
end
$$;
comment on function audit_interno.separar_divergencias(bigint[], text, text[], text[]) is
  'Locks the findings and puts those for which the act is not possible into pg_temp.conferente_deixada. NC001 none given, NC004 unknown.';
