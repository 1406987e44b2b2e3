-- Digest of an operation and of every fact that carries its id. Who acted and why, and the details, go in as digests of their own, with a
-- salt (audit_interno.sais): what was sealed still follows once a name in them is gone (audit_interno.fatos_esquecidos). The settings pinned here make the text of each value, and so the digest,
-- the same in every session. With offset 0 facts are looked up by operation and then sorted; the planner would rather walk a whole table in
-- the order of its key.
create or replace function audit_interno.resumo_operacao(operacao_id bigint)
returns bytea
language sql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
  select sha256(
    sha256(sha256(convert_to(row(o.id, o.tipo, o.status, o.sessao_id, o.regra, o.iniciada_em, o.finalizada_em, o.linhas)::text, 'UTF8'))
      || case when qa.agora = p.autoria then qa.resumo else p.autoria end || case when qd.agora = p.detalhes then qd.resumo else p.detalhes end)
    || coalesce((
      select sha256(string_agg(sha256(convert_to(row(d.divergencia_id, d.confianca, d.resumo)::text, 'UTF8')), '' order by d.divergencia_id))
      from (select x.* from audit.deteccoes x where x.operacao_id = o.id offset 0) as d), f.deteccoes, sha256(''))
    || coalesce((
      select sha256(string_agg(sha256(convert_to(row(a.divergencia_id, a.reverte_operacao_id, a.antes, a.depois)::text, 'UTF8')), ''
        order by a.divergencia_id))
      from (select x.* from audit.alteracoes x where x.operacao_id = o.id offset 0) as a), f.alteracoes, sha256(''))
    || sha256(coalesce((
      select string_agg(sha256(c.fato || case when q.agora = c.autoria then q.resumo else c.autoria end), '' order by c.id)
      from (
        select x.id, sha256(convert_to(row(x.id, x.divergencia_id, x.tipo, x.valores, x.ate, x.confianca, x.decidida_em)::text, 'UTF8')) as fato,
          sha256(p.sal || convert_to(row(x.ator, x.motivo, x.para, x.antes)::text, 'UTF8')) as autoria
        from audit.decisoes x where x.operacao_id = o.id offset 0
      ) as c
      left join audit_interno.fatos_esquecidos q on q.operacao_id = o.id and q.parte = 'decisao' and q.fato_id = c.id), ''))
    || sha256(coalesce((
      select string_agg(sha256(e.fato || case when q.agora = e.autoria then q.resumo else e.autoria end), '' order by e.id)
      from (
        select x.id, sha256(convert_to(row(x.id, x.regra, x.tabela, x.registro_id, x.entrada, x.criada_em, x.expira_em)::text, 'UTF8')) as fato,
          sha256(p.sal || convert_to(row(x.motivo, x.autor)::text, 'UTF8')) as autoria
        from audit.excecoes x where x.operacao_id = o.id offset 0
      ) as e
      left join audit_interno.fatos_esquecidos q on q.operacao_id = o.id and q.parte = 'excecao' and q.fato_id = e.id), ''))
    || coalesce((
      select sha256(string_agg(sha256(convert_to(row(u.divergencia_id, u.correcao_operacao_id, u.situacao, u.esperado, u.agora,
        u.carregado_em)::text, 'UTF8')), '' order by u.divergencia_id))
      from (select x.* from audit.correcoes_desfeitas x where x.operacao_id = o.id offset 0) as u), f.correcoes_desfeitas, sha256(''))
    || coalesce((
      select sha256(string_agg(sha256(convert_to(row(s.id, s.tabela, s.chaves, s.resumos,
        case when s.sal is null then coalesce(s.autoria, convert_to(s.autor, 'UTF8')) else sha256(s.sal || convert_to(s.autor, 'UTF8')) end)::text, 'UTF8')), '' order by s.id))
      from (select x.* from audit_interno.estados x where x.operacao_id = o.id offset 0) as s), f.estados, sha256(''))
  )
  from audit.operacoes o
  left join audit_interno.fatos_arquivados f on f.operacao_id = o.id
  left join audit_interno.sais l on l.operacao_id = o.id
  cross join lateral (
    select coalesce(l.autoria, '') as sal, sha256(coalesce(l.autoria, '') || convert_to(row(o.ator, o.motivo)::text, 'UTF8')) as autoria,
      sha256(coalesce(l.detalhes, '') || convert_to(o.detalhes::text, 'UTF8')) as detalhes
  ) as p
  left join audit_interno.fatos_esquecidos qa on qa.operacao_id = o.id and qa.parte = 'autoria' and qa.fato_id = o.id
  left join audit_interno.fatos_esquecidos qd on qd.operacao_id = o.id and qd.parte = 'detalhes' and qd.fato_id = o.id
  where o.id = resumo_operacao.operacao_id
$$;
comment on function audit_interno.resumo_operacao(bigint) is
  'SHA-256 over the operation and, for each kind in this order, SHA-256 over its detections, alterations, decisions, exceptions, corrections seen undone, and states of rows that changed.';
