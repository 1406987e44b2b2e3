-- The digests of all operations that are sealed or wait for their seal, at once, by the formula and the settings of
-- audit_interno.resumo_operacao, which computes one. Reads each table of facts once. Changes nothing. Called by quebras_cadeia.
create or replace function audit_interno.resumos_operacoes()
returns table (operacao_id bigint, deteccoes bigint, alteracoes bigint, decisoes bigint, excecoes bigint, resumo bytea)
language sql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
  with deteccao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.divergencia_id)) as resumo
    from (
      select d.operacao_id, d.divergencia_id, sha256(convert_to(row(d.divergencia_id, d.confianca, d.resumo)::text, 'UTF8')) as resumo
      from audit.deteccoes d
    ) as x
    group by x.operacao_id
  ), alteracao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.divergencia_id)) as resumo
    from (
      select a.operacao_id, a.divergencia_id,
        sha256(convert_to(row(a.divergencia_id, a.reverte_operacao_id, a.antes, a.depois)::text, 'UTF8')) as resumo
      from audit.alteracoes a
    ) as x
    group by x.operacao_id
  ), decisao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.id)) as resumo
    from (
      select c.operacao_id, c.id, sha256(c.fato || case when q.agora = c.autoria then q.resumo else c.autoria end) as resumo
      from (
        select x.operacao_id, x.id, sha256(convert_to(row(x.id, x.divergencia_id, x.tipo, x.valores, x.ate, x.confianca, x.decidida_em)::text, 'UTF8')) as fato,
          sha256(coalesce(l.autoria, '') || convert_to(row(x.ator, x.motivo, x.para, x.antes)::text, 'UTF8')) as autoria
        from audit.decisoes x
        left join audit_interno.sais l on l.operacao_id = x.operacao_id
      ) as c
      left join audit_interno.fatos_esquecidos q on q.operacao_id = c.operacao_id and q.parte = 'decisao' and q.fato_id = c.id
    ) as x
    group by x.operacao_id
  ), excecao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.id)) as resumo
    from (
      select e.operacao_id, e.id, sha256(e.fato || case when q.agora = e.autoria then q.resumo else e.autoria end) as resumo
      from (
        select x.operacao_id, x.id, sha256(convert_to(row(x.id, x.regra, x.tabela, x.registro_id, x.entrada, x.criada_em, x.expira_em)::text, 'UTF8')) as fato,
          sha256(coalesce(l.autoria, '') || convert_to(row(x.motivo, x.autor)::text, 'UTF8')) as autoria
        from audit.excecoes x
        left join audit_interno.sais l on l.operacao_id = x.operacao_id
      ) as e
      left join audit_interno.fatos_esquecidos q on q.operacao_id = e.operacao_id and q.parte = 'excecao' and q.fato_id = e.id
    ) as x
    group by x.operacao_id
  ), desfeita as (
    select x.operacao_id, sha256(string_agg(x.resumo, '' order by x.divergencia_id)) as resumo
    from (
      select u.operacao_id, u.divergencia_id, sha256(convert_to(row(u.divergencia_id, u.correcao_operacao_id, u.situacao, u.esperado,
        u.agora, u.carregado_em)::text, 'UTF8')) as resumo
      from audit.correcoes_desfeitas u
    ) as x
    group by x.operacao_id
  ), estado as (
    select s.operacao_id, sha256(string_agg(sha256(convert_to(row(s.id, s.tabela, s.chaves, s.resumos,
        case when s.sal is null then coalesce(s.autoria, convert_to(s.autor, 'UTF8')) else sha256(s.sal || convert_to(s.autor, 'UTF8')) end)::text, 'UTF8')), '' order by s.id)) as resumo
    from audit_interno.estados s
    group by s.operacao_id
  )
  select o.id, coalesce(d.fatos, 0), coalesce(a.fatos, 0), coalesce(c.fatos, 0), coalesce(e.fatos, 0), sha256(
    sha256(sha256(convert_to(row(o.id, o.tipo, o.status, o.sessao_id, o.regra, o.iniciada_em, o.finalizada_em, o.linhas)::text, 'UTF8'))
      || case when qa.agora = p.autoria then qa.resumo else p.autoria end || case when qd.agora = p.detalhes then qd.resumo else p.detalhes end)
    || coalesce(d.resumo, f.deteccoes, sha256('')) || coalesce(a.resumo, f.alteracoes, sha256('')) || coalesce(c.resumo, sha256(''))
    || coalesce(e.resumo, sha256('')) || coalesce(u.resumo, f.correcoes_desfeitas, sha256('')) || coalesce(s.resumo, f.estados, sha256('')))
  from audit.operacoes o
  left join deteccao d on d.operacao_id = o.id
  left join alteracao a on a.operacao_id = o.id
  left join decisao c on c.operacao_id = o.id
  left join excecao e on e.operacao_id = o.id
  left join desfeita u on u.operacao_id = o.id
  left join estado s on s.operacao_id = o.id
  left join audit_interno.fatos_arquivados f on f.operacao_id = o.id
  left join audit_interno.sais l on l.operacao_id = o.id
  cross join lateral (
    select sha256(coalesce(l.autoria, '') || convert_to(row(o.ator, o.motivo)::text, 'UTF8')) as autoria,
      sha256(coalesce(l.detalhes, '') || convert_to(o.detalhes::text, 'UTF8')) as detalhes
  ) as p
  left join audit_interno.fatos_esquecidos qa on qa.operacao_id = o.id and qa.parte = 'autoria' and qa.fato_id = o.id
  left join audit_interno.fatos_esquecidos qd on qd.operacao_id = o.id and qd.parte = 'detalhes' and qd.fato_id = o.id
  where o.elo is not null or exists (select from audit_interno.fila_selos f where f.operacao_id = o.id)
$$;
comment on function audit_interno.resumos_operacoes() is
  'For each operation that is sealed, or waits for its seal, how many facts carry its id, and its digest as audit_interno.resumo_operacao computes it.';
