-- What the chain does not hold itself but its operations tell: which exceptions were taken back and by whom, which tokens
-- were issued, and who was shut out. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_acesso()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select 'excecao_alterada', o.elo, o.id, format('audit.excecoes %s: revogada_por', coalesce(e.id::text, o.excecao)),
    coalesce(o.ator, 'em vigor'), coalesce(e.revogada_por, 'em vigor')
  from (
    select p.id, p.elo, p.ator, p.detalhes ->> 'revogada' as excecao
    from audit.operacoes p where p.tipo = 'excecao' and p.detalhes ? 'revogada'
  ) as o
  full join (select r.* from audit.excecoes r where r.revogada_em is not null) as e on e.id::text = o.excecao
  where e.revogada_por is distinct from o.ator
  union all
  select 'acesso_alterado', o.elo, coalesce(o.id, t.operacao_id), format('audit.tokens %s', coalesce(t.id, o.detalhes ->> 'token')),
    case when o.id is null then 'nenhum token'
      else format('%s, %s, até %s, emitido por %s', o.detalhes ->> 'nome', o.detalhes ->> 'papel', o.detalhes ->> 'expira_em', o.ator) end,
    case when t.id is null then 'nenhum token'
      else format('%s, %s, até %s, emitido por %s', t.nome, t.papel, to_jsonb(t.expira_em) #>> '{}', t.emitido_por) end
  from (
    select p.id, p.elo, p.ator, p.detalhes,
      -- a text that is no time is not what was sealed, and quebras_cadeia says so
      case when p.detalhes ->> 'expira_em' ~ '^\d{4}-(0\d|1[0-2])-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?[+-]\d\d(:\d\d)?$'
        then (p.detalhes ->> 'expira_em')::timestamptz end as expira_em
    from audit.operacoes p where p.tipo = 'acesso' and p.detalhes ->> 'ato' = 'token emitido'
  ) as o
  full join audit.tokens t on t.operacao_id = o.id and t.id = o.detalhes ->> 'token'
  where o.id is null or t.id is null or t.nome <> o.detalhes ->> 'nome' or t.papel <> o.detalhes ->> 'papel'
    or t.emitido_por <> o.ator or t.expira_em <> o.expira_em
  union all
  select 'acesso_alterado', o.elo, coalesce(o.id, r.operacao_id), format('audit.revogacoes %s', coalesce(r.id::text, 'da operação ' || o.id)),
    case when o.id is null then 'nenhuma revogação'
      else format('token %s, nome %s, por %s: %s', o.token, o.nome, o.ator, o.motivo) end,
    case when r.id is null then 'nenhuma revogação'
      else format('token %s, nome %s, por %s: %s', r.token_id, r.nome, r.revogado_por, r.motivo) end
  from (
    select p.id, p.elo, p.ator, p.motivo, p.detalhes ->> 'token' as token, p.detalhes ->> 'nome' as nome
    from audit.operacoes p where p.tipo = 'acesso' and p.detalhes ->> 'ato' = 'acesso revogado'
  ) as o
  full join audit.revogacoes r on r.operacao_id = o.id
  where (o.id, o.token, o.nome, o.ator, o.motivo) is distinct from (r.operacao_id, r.token_id, r.nome, r.revogado_por, r.motivo)
$$;
comment on function audit_interno.quebras_acesso() is 'excecao_alterada, acesso_alterado.';
