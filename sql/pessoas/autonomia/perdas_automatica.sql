-- Rules that lost auto by an act and are still without it. The loss is an operation of its own, by the same person, within the time of the
-- act, while the rule was locked. Writes nothing.
create or replace function audit_interno.perdas_automatica(operacao_id bigint)
returns table (regra text, aviso text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select r.nome, format('a regra %s %s', r.nome, r.automatica_perdida)
  from audit.regras r
  where r.automatica_perdida is not null and exists (
    select
    from audit.operacoes o
    join audit.operacoes p on p.tipo = 'regra' and p.id > o.id and p.ator = o.ator and p.iniciada_em >= o.iniciada_em
      and p.iniciada_em <= coalesce(o.finalizada_em, 'infinity')
    where o.id = perdas_automatica.operacao_id and p.regra = r.nome and p.motivo = r.automatica_perdida)
$$;
comment on function audit_interno.perdas_automatica(bigint) is 'Rules that lost auto through this operation, each with a sentence that says so and how to give it back.';
