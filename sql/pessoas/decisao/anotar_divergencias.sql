-- A decision that answers nothing: the finding keeps its status, and its rule its record. The decision keeps what the person wrote and what
-- was there before, so that it can be undone exactly. Called by audit.adiar, audit.encaminhar and audit.comentar, and by
-- audit.decidir_planilha, which gives what was seen (visto), a reason (motivos) and a day (ates) for each finding, in the order of the ids,
-- and names the file in the operation (detalhes).
create or replace function audit_interno.anotar_divergencias(
  ids bigint[], tipo text, ato text, motivo text, ate date default null, para text default null, visto text[] default null,
  motivos text[] default null, ates date[] default null, detalhes jsonb default '{}'
)
returns setof audit.resultado_decisao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_ids bigint[];
  v_operacao bigint;
begin
  select array_agg(d.id) into v_ids
  from audit_interno.travar_divergencias(anotar_divergencias.ids, ato,
    case when anotar_divergencias.tipo <> 'comentario' then audit_interno.situacoes_em_espera() end, anotar_divergencias.visto) d;
  v_operacao := audit_interno.abrir_operacao(anotar_divergencias.tipo, motivo => anotar_divergencias.motivo,
    detalhes => anotar_divergencias.detalhes || jsonb_strip_nulls(jsonb_build_object('ate', anotar_divergencias.ate, 'para', anotar_divergencias.para)));
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca, ate, para, antes)
  select v_operacao, d.id, anotar_divergencias.tipo, v_ator, coalesce(m.motivo, anotar_divergencias.motivo), d.confianca, x.ate, x.para,
    jsonb_build_object('adiada_ate', d.adiada_ate, 'encaminhada_para', d.encaminhada_para)
  from audit.divergencias_processadas d
  left join unnest(anotar_divergencias.ids, anotar_divergencias.motivos, anotar_divergencias.ates) as m (id, motivo, ate)
    on m.id = d.id and anotar_divergencias.motivos is not null
  cross join lateral (select
    case anotar_divergencias.tipo when 'adiamento' then coalesce(m.ate, anotar_divergencias.ate) when 'comentario' then d.adiada_ate end as ate,
    case anotar_divergencias.tipo when 'encaminhamento' then anotar_divergencias.para else d.encaminhada_para end as para) as x
  where d.id = any (v_ids) order by d.id;
  update audit.divergencias_processadas d
  set adiada_ate = c.ate, encaminhada_para = c.para
  from audit.decisoes c
  where d.id = any (v_ids) and c.operacao_id = v_operacao and c.divergencia_id = d.id and c.tipo <> 'comentario';
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(anotar_divergencias.ids, v_operacao, case
    when anotar_divergencias.tipo = 'comentario' then 'comentada'
    when anotar_divergencias.tipo = 'encaminhamento' then 'encaminhada para ' || anotar_divergencias.para
    when anotar_divergencias.ate = 'infinity' then 'adiada até que o registro mude'
    when anotar_divergencias.ate is null then 'de volta à fila'
    else to_char(anotar_divergencias.ate, '"adiada até "DD/MM/YYYY') end);
end
$$;
comment on function audit_interno.anotar_divergencias(bigint[], text, text, text, date, text, text[], text[], date[], jsonb) is
  'Postpones (adiamento), forwards (encaminhamento) or comments (comentario) findings. Returns each.';
