-- Checks what is not in the chain itself but recorded by its operations: which exceptions were revoked and by whom, who may sign in,
-- which links and tokens were issued, and who was shut out. Changes nothing. Called by verificar_integridade.
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
      -- a text that is not a time is not what was sealed, which quebras_cadeia reports
      case when p.detalhes ->> 'expira_em' ~ '^\d{4}-(0\d|1[0-2])-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?[+-]\d\d(:\d\d)?$'
        then (p.detalhes ->> 'expira_em')::timestamptz end as expira_em
    from audit.operacoes p where p.tipo = 'acesso' and p.detalhes ->> 'ato' = 'token emitido'
  ) as o
  full join audit.tokens t on t.operacao_id = o.id and t.id = o.detalhes ->> 'token'
  where o.id is null or t.id is null or t.nome <> o.detalhes ->> 'nome' or t.papel <> o.detalhes ->> 'papel'
    or t.emitido_por <> o.ator or t.expira_em <> o.expira_em
    or t.convite_id::text is distinct from o.detalhes ->> 'convite'
  union all
  select 'acesso_alterado', o.elo, coalesce(o.id, c.operacao_id), format('audit.convites %s', coalesce(c.id::text, o.detalhes ->> 'convite')),
    coalesce(o.dito, 'nenhum convite'), coalesce(c.dito, 'nenhum convite')
  from (
    select p.id, p.elo, p.detalhes, format('%s, %s, %s, %s, por %s', p.detalhes ->> 'nome', p.detalhes ->> 'papel', p.detalhes ->> 'resumo',
      p.detalhes ->> 'endereco', p.ator) as dito
    from audit.operacoes p where p.tipo = 'acesso' and p.detalhes ->> 'ato' = 'convite emitido'
  ) as o
  full join (
    select x.id, x.operacao_id, format('%s, %s, %s, %s, por %s', x.nome, x.papel, encode(x.resumo, 'hex'),
      encode(sha256(convert_to(x.endereco, 'UTF8')), 'hex'), x.emitido_por) as dito
    from audit.convites x
  ) as c on c.operacao_id = o.id and c.id::text = o.detalhes ->> 'convite'
  where o.dito is distinct from c.dito
  union all
  select 'acesso_alterado', o.elo, coalesce(o.id, e.operacao_id), format('audit.pessoas %s', coalesce(e.id::text, o.detalhes ->> 'pessoa')),
    coalesce(o.dito, 'nenhuma pessoa'), coalesce(e.dito, 'nenhuma pessoa')
  from (
    select p.id, p.elo, p.detalhes, format('%s, %s, %s, por %s', p.detalhes ->> 'nome', p.detalhes ->> 'papel', p.detalhes ->> 'endereco',
      p.ator) as dito
    from audit.operacoes p where p.tipo = 'acesso' and p.detalhes ->> 'ato' in ('pessoa registrada', 'pessoa removida')
  ) as o
  full join (
    select x.id, x.operacao_id, format('%s, %s, %s, por %s', x.nome, x.papel, encode(sha256(convert_to(x.endereco, 'UTF8')), 'hex'),
      x.registrada_por) as dito
    from audit.pessoas x
  ) as e on e.operacao_id = o.id and e.id::text = o.detalhes ->> 'pessoa'
  where o.dito is distinct from e.dito
  union all
  select 'acesso_alterado', o.elo, coalesce(o.id, e.operacao_id), format('audit.identidades %s', coalesce(e.id::text, o.detalhes ->> 'identidade')),
    coalesce(o.dito, 'nenhuma identidade'), coalesce(e.dito, 'nenhuma identidade')
  from (
    select p.id, p.elo, p.detalhes, format('%s é %s, por %s', p.detalhes ->> 'nome', p.detalhes ->> 'pessoa', p.ator) as dito
    from audit.operacoes p where p.tipo = 'acesso' and p.detalhes ->> 'ato' in ('identidade ligada', 'identidade desligada')
  ) as o
  full join (
    select x.id, x.operacao_id, format('%s é %s, por %s', x.nome, x.pessoa, x.registrada_por) as dito from audit.identidades x
  ) as e on e.operacao_id = o.id and e.id::text = o.detalhes ->> 'identidade'
  where o.dito is distinct from e.dito
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
