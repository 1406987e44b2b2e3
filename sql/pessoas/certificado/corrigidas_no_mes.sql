-- Everything that auto corrected in a month, with the number that decides the draw: -ln(u) / amount, smallest first. That draws each
-- correction with a chance in proportion to its amount among what is left. u comes from SHA-256 of the session's seal (of its last
-- correction in the chain) and the finding's number, so nobody can choose it, and whoever holds the mail with the seal can repeat the draw
-- (docs/examples/sorteio.mjs). A correction made again counts once, as it was last made. Sessions under way, and unsealed corrections,
-- wait.
create or replace function audit.corrigidas_no_mes(mes date default null)
returns table (sessao_id bigint, selo text, divergencia_id bigint, operacao_id bigint, regra text, valor numeric, relogio float8)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with periodo as (
    select x.inicio::timestamp at time zone audit.fuso() as desde, (x.inicio + interval '1 month') at time zone audit.fuso() as ate
    from (select date_trunc('month', coalesce(corrigidas_no_mes.mes, audit.hoje()))::date as inicio) as x
  ), operacao as (
    select o.id, o.sessao_id, o.regra, o.elo, o.selo
    from periodo p join audit.operacoes o on o.tipo = 'correcao' and o.iniciada_em >= p.desde and o.iniciada_em < p.ate
      -- an archived month is certified by the operation that archived it
      and case when o.tipo = 'correcao' and o.iniciada_em >= p.desde and o.iniciada_em < p.ate then audit_interno.exigir_no_banco(o.id) end
  ), sessao as (
    select o.sessao_id, (array_agg(o.selo order by o.elo desc))[1] as selo
    from operacao o join audit.sessoes_processamento s on s.id = o.sessao_id and s.fim_processamento is not null
    group by o.sessao_id having bool_and(o.selo is not null)
  ), corrigida as (
    select distinct on (a.divergencia_id) a.divergencia_id, o.id as operacao_id, o.regra, o.sessao_id, s.selo
    from operacao o join sessao s on s.sessao_id = o.sessao_id join audit.alteracoes a on a.operacao_id = o.id
    order by a.divergencia_id, o.id desc
  )
  select c.sessao_id, encode(c.selo, 'hex'), c.divergencia_id, c.operacao_id, c.regra, v.valor,
    -ln((('x' || left(encode(sha256(c.selo || convert_to(c.divergencia_id::text, 'UTF8')), 'hex'), 13))::bit(52)::bigint + 0.5::float8) / 4503599627370496)
      / v.valor::float8
  from corrigida c
  join audit.divergencias_processadas d on d.id = c.divergencia_id
  cross join lateral (select greatest(d.valor_em_risco, d.valor_decisao) as valor) as v
  where v.valor > 0
$$;
comment on function audit.corrigidas_no_mes(date) is
  'What auto corrected in a month (any day of it; this month by default), each finding once: session, its seal in hexadecimal, finding, operation, rule, amount in BRL and relogio, by which the sample is drawn, smallest first. Corrections without an amount are left out. Errors: NC043 the month is in the archive.';
grant execute on function audit.corrigidas_no_mes(date) to conferente_leitor;
