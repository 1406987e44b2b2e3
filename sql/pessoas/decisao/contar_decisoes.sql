-- Feeds people's word on findings into the observed precision of their rules, and takes `auto` from a rule that the record no
-- longer supports. What only flags counts too, but not at the threshold: auto never corrects it. certas: the proposals were right, wrong, or (null) the word is taken back. A finding counts once: a later
-- word replaces an earlier one. Rules are locked in one order, so that decisions at one moment are counted one after the other.
create or replace function audit_interno.contar_decisoes(ids bigint[], certas boolean)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from audit.regras r
  where r.nome in (select d.regra from audit.divergencias_processadas d where d.id = any (contar_decisoes.ids))
  order by r.nome
  for no key update;

  with alvo as (
    select d.id, d.regra, r.contagem, d.confianca >= r.limiar and d.valores_propostos <> '{}' as no_limiar
    from audit.divergencias_processadas d
    join audit.regras r on r.nome = d.regra
    where d.id = any (contar_decisoes.ids)
  ), retirado as (
    delete from audit_interno.vereditos v using alvo a where v.divergencia_id = a.id
    returning a.regra, v.certo, v.no_limiar and v.contagem = a.contagem as no_limiar, -1 as sinal
  ), dado as (
    select a.regra, contar_decisoes.certas as certo, a.no_limiar, 1 as sinal
    from alvo a where contar_decisoes.certas is not null
  ), diferenca as (
    select x.regra,
      coalesce(sum(x.sinal) filter (where x.certo), 0) as aprovadas,
      coalesce(sum(x.sinal) filter (where not x.certo), 0) as rejeitadas,
      coalesce(sum(x.sinal) filter (where x.certo and x.no_limiar), 0) as certas_no_limiar,
      coalesce(sum(x.sinal) filter (where not x.certo and x.no_limiar), 0) as erradas_no_limiar
    from (select * from retirado union all select * from dado) x
    group by x.regra
  )
  update audit.regras r
  set aprovadas = r.aprovadas + d.aprovadas, rejeitadas = r.rejeitadas + d.rejeitadas,
    certas_no_limiar = r.certas_no_limiar + d.certas_no_limiar, erradas_no_limiar = r.erradas_no_limiar + d.erradas_no_limiar
  from diferenca d
  where r.nome = d.regra;

  -- a statement of its own: the one above has deleted what a person said before
  insert into audit_interno.vereditos (divergencia_id, certo, no_limiar, contagem)
  select d.id, contar_decisoes.certas, d.confianca >= r.limiar and d.valores_propostos <> '{}', r.contagem
  from audit.divergencias_processadas d
  join audit.regras r on r.nome = d.regra
  where d.id = any (contar_decisoes.ids) and contar_decisoes.certas is not null;

  perform audit_interno.conferir_automatica(r.nome)
  from audit.regras r
  where r.nome in (select d.regra from audit.divergencias_processadas d where d.id = any (contar_decisoes.ids))
  order by r.nome;
end
$$;
comment on function audit_interno.contar_decisoes(bigint[], boolean) is
  'Counts people''s word on proposals, right, wrong or (null) taken back; a rule that no longer earns it loses auto.';
