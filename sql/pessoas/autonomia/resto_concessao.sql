-- What is left of an administrator's grant without proof: the grant less what was corrected under it since. Each operation of correction
-- records that under its seal. Without a grant nothing is left. A rollback gives nothing back.
create or replace function audit_interno.resto_concessao(regra audit.regras)
returns table (correcoes bigint, valor numeric)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(resto_concessao.regra.concessao_correcoes - coalesce(sum((o.detalhes #>> '{sem_prova,correcoes}')::bigint), 0), 0)::bigint,
    coalesce(resto_concessao.regra.concessao_valor - coalesce(sum((o.detalhes #>> '{sem_prova,valor}')::numeric), 0), 0)
  from audit.operacoes o
  where o.tipo = 'correcao' and o.regra = resto_concessao.regra.nome and o.iniciada_em >= resto_concessao.regra.concedida_em
    and o.detalhes ? 'sem_prova'
$$;
comment on function audit_interno.resto_concessao(audit.regras) is 'Corrections and amount in BRL that a rule may still correct without proof.';
