-- The rules of this release get auto for the code it ships: to install it is to trust it. Rules that lost auto stay without it, and the
-- business's own rules are for their administrator to look at. It comes last in each migration that touches what a rule runs.
create or replace function audit_interno.autorizar_publicadas()
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit.regras r set hash_autorizado = audit_interno.hash_regra(r)
  where r.automatica and r.funcao in ('regra_trade_marketing.detectar', 'regra_pendente_verificacao.detectar', 'regra_validacao_valores.detectar', 'regra_notas_fiscais.detectar')
    and r.hash_autorizado is distinct from audit_interno.hash_regra(r)
$$;
comment on function audit_interno.autorizar_publicadas() is 'Gives bundled rules that have auto the hash of the code as installed.';
select audit_interno.autorizar_publicadas();
