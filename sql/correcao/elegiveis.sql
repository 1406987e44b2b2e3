-- What auto may correct for one rule in one session: found in this session, sure enough, not so large that it needs two
-- people, and not contradicted by another finding on the same column of the same row.
create or replace function audit_interno.elegiveis(sessao_id bigint, regra audit.regras)
returns setof audit.divergencias_processadas
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select d.*
  from audit.divergencias_processadas d
  where d.regra = elegiveis.regra.nome and d.sessao_ultima_id = elegiveis.sessao_id and d.status = 'aberta'
    and d.valores_propostos <> '{}' and d.confianca >= elegiveis.regra.limiar
    and d.valores_digitados is null -- a person had typed something else
    and d.valor_em_risco < (audit_interno.configuracao('aprovacao.valor_dupla') #>> '{}')::numeric
    and not exists (
      select
      from audit.divergencias_processadas o,
        jsonb_each(d.valores_propostos) p,
        jsonb_each(o.valores_propostos) q
      where o.tabela = d.tabela and o.registro_id = d.registro_id and o.id <> d.id
        and o.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') and p.key = q.key and p.value <> q.value)
    and not exists ( -- the row holds what two people typed for this very rule
      select
      from audit.divergencias_processadas o, jsonb_each(o.valores_digitados) q
      where o.tabela = d.tabela and o.registro_id = d.registro_id and o.regra = d.regra and o.status = 'corrigida'
        and d.valores_propostos ? q.key and d.valores_originais -> q.key = q.value)
$$;
comment on function audit_interno.elegiveis(bigint, audit.regras) is 'Findings that auto mode may correct by itself.';
