-- Rolls back pg_temp.conferente_reversao and reports what became of the rows, their findings and the rules, and of the findings that were
-- left aside (pg_temp.conferente_deixada). Called by the three ways to roll back, and by audit.desfazer.
create or replace function audit_interno.resultados_reversao(motivo text, porque text, sessao_id bigint default null)
returns setof audit.resultado_reversao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.conferente_resultado;
  -- stored first, so that the next statement sees what became of findings and rules
  create temp table conferente_resultado on commit drop as
  select l.* from audit_interno.reverter_lote(resultados_reversao.motivo, resultados_reversao.sessao_id, porque = 'erradas') l;
  return query
    select l.divergencia_id, l.tabela, l.registro_id, case when l.resultado = 'fechada' then 'recusada' else l.resultado end, l.antes, l.depois, l.agora, d.status,
      case
        when l.explicacao is not null then l.explicacao
        when l.resultado = 'conflito' then 'o registro não tem mais o valor gravado, ou a divergência mudou depois; nada foi mudado'
        when l.resultado = 'ausente' then 'o registro não existe mais'
        when l.resultado = 'recusada' then 'o data warehouse recusou'
        when d.status = 'corrigida' then 'a correção vale de novo'
        when porque = 'erradas' then 'não volta à fila enquanto o registro não mudar'
        else 'volta à fila quando uma sessão a encontrar de novo, e espera por uma pessoa' end,
      l.operacao_id, p.aviso
    from pg_temp.conferente_resultado l
    join audit.divergencias_processadas d on d.id = l.divergencia_id
    left join audit_interno.perdas_automatica((select min(x.operacao_id) from pg_temp.conferente_resultado x)) p
      on p.regra = d.regra and l.resultado in ('revertida', 'ja_revertida')
    union all
    select d.id, d.tabela, d.registro_id, case when x.codigo = 'aguarda' then 'aguardando_segunda_aprovacao' else 'deixada' end,
      null, null, null, d.status, x.explicacao, null, null
    from pg_temp.conferente_deixada x join audit.divergencias_processadas d on d.id = x.divergencia_id
    order by 1;
end
$$;
comment on function audit_interno.resultados_reversao(text, text, bigint) is 'Rolls back pg_temp.conferente_reversao; returns what became of each row and finding.';
