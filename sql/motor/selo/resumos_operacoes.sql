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
      select c.operacao_id, c.id, sha256(convert_to(row(c.id, c.divergencia_id, c.tipo, c.ator, c.motivo, c.valores, c.ate, c.para, c.antes, c.confianca,
        c.decidida_em)::text, 'UTF8')) as resumo
      from audit.decisoes c
    ) as x
    group by x.operacao_id
  ), excecao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.id)) as resumo
    from (
      select e.operacao_id, e.id, sha256(convert_to(row(e.id, e.regra, e.tabela, e.registro_id, e.entrada, e.motivo, e.autor, e.criada_em,
        e.expira_em)::text, 'UTF8')) as resumo
      from audit.excecoes e
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
    select s.operacao_id, sha256(string_agg(sha256(convert_to(row(s.id, s.tabela, s.chaves, s.resumos, s.autor)::text, 'UTF8')), '' order by s.id)) as resumo
    from audit_interno.estados s
    group by s.operacao_id
  )
  select o.id, coalesce(d.fatos, 0), coalesce(a.fatos, 0), coalesce(c.fatos, 0), coalesce(e.fatos, 0), sha256(
    sha256(convert_to(row(o.id, o.tipo, o.status, o.sessao_id, o.regra, o.ator, o.motivo, o.iniciada_em, o.finalizada_em,
      o.linhas, o.detalhes)::text, 'UTF8'))
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
  where o.elo is not null or exists (select from audit_interno.fila_selos f where f.operacao_id = o.id)
$$;
comment on function audit_interno.resumos_operacoes() is
  'For each operation that is sealed, or waits for its seal, how many facts carry its id, and its digest as audit_interno.resumo_operacao computes it.';
