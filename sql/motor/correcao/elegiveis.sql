-- Findings that auto may correct for one rule in one session, each judged on its own: found in this session, sure enough, too small to need
-- two people, not undone from outside again and again. Others filter further: contestadas what another finding contradicts, desconhecidas
-- values unknown to the ledger, em_periodo_fechado closed months. No settings of its own, so that the planner inlines it.
create or replace function audit_interno.elegiveis(sessao_id bigint, regra audit.regras)
returns setof audit.divergencias_processadas
language sql
stable
as $$
  select d.*
  from audit.divergencias_processadas d
  where d.regra = elegiveis.regra.nome and d.sessao_ultima_id = elegiveis.sessao_id and d.status = 'aberta'
    and d.valores_propostos <> '{}' and d.confianca >= elegiveis.regra.limiar
    and d.vezes_desfeita < (select (audit_interno.configuracao('sessao.desfeitas_maximo') #>> '{}')::bigint)
    and d.hash_regra = elegiveis.regra.hash_autorizado -- found by the code that has auto
    -- where a person last entered their own value, or took a correction back, the finding waits for a person
    and not coalesce((
      select c.valores is not null or c.tipo in ('correcao_manual', 'reversao', 'desfazimento')
      -- looked up by the finding: a planner that knows nothing of the decisions would walk through all of them, from the last
      from (select x.id, x.valores, x.tipo from audit.decisoes x where x.divergencia_id = d.id offset 0) as c
      where audit_interno.responde(c.tipo) order by c.id desc limit 1), false)
    and d.adiada_ate is null and d.encaminhada_para is null -- a person is dealing with it
    -- A subquery, or the setting would be read for each row. Written as a difference, or a planner without statistics would search by
    -- amount, in divergencias_processadas_valor: through everything that waits, again for each batch.
    and d.valor_decisao - (select (audit_interno.configuracao('aprovacao.valor_dupla') #>> '{}')::numeric) < 0
$$;
comment on function audit_interno.elegiveis(bigint, audit.regras) is 'Findings that auto mode may correct by itself, except contested ones.';
