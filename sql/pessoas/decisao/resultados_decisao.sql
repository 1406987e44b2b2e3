-- What an act did to each of its findings, including those it left, and what it cost their rules.
create or replace function audit_interno.resultados_decisao(ids bigint[], operacao_id bigint, feito text default null)
returns setof audit.resultado_decisao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select d.id,
      case when x.divergencia_id is not null then 'deixada' when resultados_decisao.feito is not null then 'feita' when d.status in ('obsoleta', 'falha') then 'sem_efeito' else 'feita' end,
      x.codigo,
      case
        when x.divergencia_id is not null then x.explicacao
        when resultados_decisao.feito is not null then resultados_decisao.feito
        when d.status in ('obsoleta', 'falha') then d.motivo
        when d.status = 'aguardando_segunda_aprovacao' then 'outra pessoa ainda precisa aprovar'
        when d.status in ('rejeitada', 'resolvida') then 'não volta à fila enquanto o registro não mudar'
        when d.status = 'aberta' then 'volta à fila' end,
      d.status, d.regra, d.tabela, d.registro_id, d.valores_originais, d.valores_propostos, d.valores_digitados, d.confianca::numeric,
      d.justificativa, d.valor_em_risco, d.proposta_por, d.decidida_em, d.decidida_por, d.motivo, audit.divergencia_visto(d),
      case when x.divergencia_id is null then resultados_decisao.operacao_id end, p.aviso
    from audit.divergencias_processadas d
    left join pg_temp.conferente_deixada x on x.divergencia_id = d.id
    left join audit_interno.perdas_automatica(resultados_decisao.operacao_id) p on p.regra = d.regra and x.divergencia_id is null
    where d.id = any (resultados_decisao.ids)
    order by d.id;
end
$$;
comment on function audit_interno.resultados_decisao(bigint[], bigint, text) is 'Results of an act, one for each finding, in the order of their ids. feito: what was done, for an act that does not change the status.';
