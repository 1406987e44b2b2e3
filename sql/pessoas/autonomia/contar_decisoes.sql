-- Enters people's decisions on findings into the record of their rules, and takes `auto` from a rule that the record no longer supports.
-- certas: the proposals were right, wrong, or (null) the decision is undone. A finding counts once: a later decision replaces an
-- earlier one. prova says whether this proves anything about auto. A finding that only flags is never corrected by auto, and one that a
-- person dealt with elsewhere says nothing about the values proposed. Rules are locked in one order, so simultaneous decisions are counted
-- one after the other.
create or replace function audit_interno.contar_decisoes(ids bigint[], certas boolean, prova boolean default true)
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

  with retirado as (
    delete from audit_interno.vereditos v where v.divergencia_id = any (contar_decisoes.ids)
    returning v.regra, v.certo, -1 as sinal
  ), dado as (
    select d.regra, contar_decisoes.certas as certo, 1 as sinal
    from audit.divergencias_processadas d where d.id = any (contar_decisoes.ids) and contar_decisoes.certas is not null
  ), diferenca as (
    select x.regra,
      coalesce(sum(x.sinal) filter (where x.certo), 0) as aprovadas,
      coalesce(sum(x.sinal) filter (where not x.certo), 0) as rejeitadas
    from (select * from retirado union all select * from dado) x
    group by x.regra
  )
  update audit.regras r
  set aprovadas = r.aprovadas + d.aprovadas, rejeitadas = r.rejeitadas + d.rejeitadas
  from diferenca d
  where r.nome = d.regra;

  -- a separate statement: the one above has deleted the earlier decisions
  insert into audit_interno.vereditos (divergencia_id, regra, hash_regra, confianca, sessao_id, fornecedor, certo, ordem)
  select d.id, d.regra, d.hash_regra, d.confianca, d.sessao_id, coalesce(regras.raiz_fornecedor(d.entrada ->> 'fornecedor_id'), d.entrada ->> 'fornecedor'), contar_decisoes.certas,
    case when contar_decisoes.prova and d.valores_propostos <> '{}' then (
      select max(c.id) from audit.decisoes c where c.divergencia_id = d.id) end
  from audit.divergencias_processadas d
  where d.id = any (contar_decisoes.ids) and contar_decisoes.certas is not null;

  perform audit_interno.conferir_automatica(r.nome)
  from audit.regras r
  where r.nome in (select d.regra from audit.divergencias_processadas d where d.id = any (contar_decisoes.ids))
  order by r.nome;
end
$$;
comment on function audit_interno.contar_decisoes(bigint[], boolean, boolean) is
  'Counts people''s answers on proposals: right, wrong or (null) withdrawn; a rule that no longer earns it loses auto.';
