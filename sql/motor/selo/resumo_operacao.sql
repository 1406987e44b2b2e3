-- Digest of an operation and of every fact that carries its id. The settings pinned here make the text of each value, and so the digest,
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
    sha256(convert_to(row(o.id, o.tipo, o.status, o.sessao_id, o.regra, o.ator, o.motivo, o.iniciada_em, o.finalizada_em,
      o.linhas, o.detalhes)::text, 'UTF8'))
    || coalesce((
      select sha256(string_agg(sha256(convert_to(row(d.divergencia_id, d.confianca, d.resumo)::text, 'UTF8')), '' order by d.divergencia_id))
      from (select x.* from audit.deteccoes x where x.operacao_id = o.id offset 0) as d), f.deteccoes, sha256(''))
    || coalesce((
      select sha256(string_agg(sha256(convert_to(row(a.divergencia_id, a.reverte_operacao_id, a.antes, a.depois)::text, 'UTF8')), ''
        order by a.divergencia_id))
      from (select x.* from audit.alteracoes x where x.operacao_id = o.id offset 0) as a), f.alteracoes, sha256(''))
    || sha256(coalesce((
      select string_agg(sha256(convert_to(row(c.id, c.divergencia_id, c.tipo, c.ator, c.motivo, c.valores, c.ate, c.para, c.antes, c.confianca,
        c.decidida_em)::text, 'UTF8')), '' order by c.id)
      from (select x.* from audit.decisoes x where x.operacao_id = o.id offset 0) as c), ''))
    || sha256(coalesce((
      select string_agg(sha256(convert_to(row(e.id, e.regra, e.tabela, e.registro_id, e.entrada, e.motivo, e.autor, e.criada_em,
        e.expira_em)::text, 'UTF8')), '' order by e.id)
      from audit.excecoes e where e.operacao_id = o.id), ''))
    || coalesce((
      select sha256(string_agg(sha256(convert_to(row(u.divergencia_id, u.correcao_operacao_id, u.situacao, u.esperado, u.agora,
        u.carregado_em)::text, 'UTF8')), '' order by u.divergencia_id))
      from (select x.* from audit.correcoes_desfeitas x where x.operacao_id = o.id offset 0) as u), f.correcoes_desfeitas, sha256(''))
    || coalesce((
      select sha256(string_agg(sha256(convert_to(row(s.id, s.tabela, s.chaves, s.resumos, s.autor)::text, 'UTF8')), '' order by s.id))
      from (select x.* from audit_interno.estados x where x.operacao_id = o.id offset 0) as s), f.estados, sha256(''))
  )
  from audit.operacoes o
  left join audit_interno.fatos_arquivados f on f.operacao_id = o.id
  where o.id = resumo_operacao.operacao_id
$$;
comment on function audit_interno.resumo_operacao(bigint) is
  'SHA-256 over the operation and, for each kind in this order, SHA-256 over its detections, alterations, decisions, exceptions, corrections seen undone, and states of rows that changed.';
