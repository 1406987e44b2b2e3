-- Everything that waits for a person now, whichever session found it. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_espera(fuso text)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'total', count(*),
    'valor', audit_interno.centavos(coalesce(sum(d.valor_em_risco), 0)),
    'adiadas', count(*) filter (where d.adiada),
    'segunda', count(*) filter (where d.status = 'aguardando_segunda_aprovacao'),
    'mais_antiga_dias', max(d.idade),
    'mediana_dias', percentile_disc(0.5) within group (order by d.idade),
    'dias_vencimento', max(v.dias),
    'vencidas', count(*) filter (where d.idade > v.dias and not d.adiada),
    'valor_vencidas', audit_interno.centavos(coalesce(sum(d.valor_em_risco) filter (where d.idade > v.dias and not d.adiada), 0)))
  from (select (audit_interno.configuracao('correio.dias_vencimento') #>> '{}')::integer as dias) as v
  left join lateral (
    select d.status, d.valor_em_risco, coalesce(d.adiada_ate > h.dia, false) as adiada,
      h.dia - (d.detectada_em at time zone conteudo_espera.fuso)::date as idade
    from audit.divergencias_processadas d
    cross join (select (now() at time zone conteudo_espera.fuso)::date as dia) as h
    where audit.aguarda_pessoa(d.status)
  ) as d on true
  where d.status is not null
$$;
comment on function audit_interno.conteudo_espera(text) is
  'JSON object: count, amount and ages in days of what waits for a person, how much of it is postponed and how much of the rest is overdue.';
