-- Everything that ever happened to one row of the warehouse, in order.
create or replace function audit.historico_registro(tabela text, id text)
returns table (
  quando timestamptz, evento text, ator text, regra text, divergencia_id bigint, operacao_id bigint, sessao_id bigint,
  antes jsonb, depois jsonb, motivo text, hash_regra text
)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with dito as materialized (
    select m.tabela, m.id from audit_interno.registro_dito(historico_registro.tabela, historico_registro.id) as m
  )
  select e.quando, e.evento, o.ator, coalesce(d.regra, o.regra), e.divergencia_id, o.id, o.sessao_id, e.antes, e.depois, e.motivo,
    case e.evento when 'deteccao' then o.detalhes ->> 'hash_funcao' end
  from dito m
  join audit.divergencias_processadas d on d.tabela = m.tabela and d.registro_id = m.id
  cross join lateral (
    select p.iniciada_em as quando, 'deteccao' as evento, x.divergencia_id, x.operacao_id, d.valores_originais as antes,
      d.valores_propostos as depois, d.justificativa as motivo, 1 as ordem
    from audit.deteccoes x join audit.operacoes p on p.id = x.operacao_id where x.divergencia_id = d.id
    union all
    select c.decidida_em, c.tipo, c.divergencia_id, c.operacao_id, case when c.tipo <> 'comentario' then nullif(jsonb_strip_nulls(c.antes), '{}') end,
      case c.tipo when 'adiamento' then jsonb_build_object('adiada_ate', c.ate) when 'encaminhamento' then jsonb_build_object('encaminhada_para', c.para)
        else c.valores end, c.motivo, 2
    from audit.decisoes c where c.divergencia_id = d.id
    union all
    select p.finalizada_em, case when a.reverte_operacao_id is null then 'alteracao' else 'alteracao desfeita' end, a.divergencia_id,
      a.operacao_id, a.antes, a.depois, p.motivo, 3
    from audit.alteracoes a join audit.operacoes p on p.id = a.operacao_id where a.divergencia_id = d.id
    union all
    select p.finalizada_em, 'correção desfeita fora', u.divergencia_id, u.operacao_id, u.esperado, u.agora,
      case u.situacao when 'ausente' then 'o registro não existe mais' else 'o data warehouse já não guarda a correção' end, 4
    from audit.correcoes_desfeitas u join audit.operacoes p on p.id = u.operacao_id where u.divergencia_id = d.id
    union all
    select p.finalizada_em, 'arquivamento', v.divergencia_id, v.arquivamento_id, null, null,
      format('o que veio até %s está no arquivo: trilha exportada com o SHA-256 %s', to_char((p.detalhes ->> 'mes_fim')::date, 'MM/YYYY'), p.detalhes ->> 'arquivo_sha256'), 5
    from audit_interno.divergencias_arquivadas v join audit.operacoes p on p.id = v.arquivamento_id where v.divergencia_id = d.id
  ) as e
  join audit.operacoes o on o.id = e.operacao_id
  union all
  select x.criada_em, 'excecao', x.autor, x.regra, null, x.operacao_id, null, null, jsonb_build_object('expira_em', x.expira_em), x.motivo, null
  from dito m
  join audit.excecoes x on x.tabela = m.tabela and x.registro_id = m.id
  order by 1, 6
$$;
comment on function audit.historico_registro(text, text) is
  'Everything that ever happened to one row: detections, decisions, alterations with before and after, rollbacks, corrections seen undone from outside, exceptions; and, if older facts went to an archive, that they did (arquivamento). tabela: the relation that a rule names, such as dw.lancamentos, or a table below it; id: the key as text. hash_regra: for a detection, the code that made it, in audit.codigos_regra. No rows if nothing has happened; NC004 when no rule knows such a table.';
grant execute on function audit.historico_registro(text, text) to conferente_leitor;
