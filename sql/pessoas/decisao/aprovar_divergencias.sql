-- A person approves corrections, and they are made in the same transaction.
create or replace function audit.aprovar_divergencias(ids bigint[], motivo text, visto text[] default null)
returns setof audit.resultado_decisao
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
  select * from audit_interno.aprovar(aprovar_divergencias.ids, aprovar_divergencias.motivo, aprovar_divergencias.visto)
$$;
comment on function audit.aprovar_divergencias(bigint[], text, text[]) is
  'Approves the proposed corrections and makes them. visto: for each id, in the same order, the digest of what was seen, as every list gives it; over the API it is always needed; in psql it may be left out if the proposal is the rule''s own, but not if a person typed the values. Returns each finding: feita (status corrigida, or aguardando_segunda_aprovacao: valor_decisao is null or at least aprovacao.valor_dupla, or values were typed, so another person must approve too), sem_efeito (obsoleta: the row changed meanwhile; falha: refused by the warehouse, or undone because the rule still flags the row) or deixada (codigo and explicacao say why). Errors: NC001 none given, or no visto over the API, NC004 unknown id, NC006 reason missing; when every finding was left, NC005 not possible in its status, NC007 the same person twice, NC017 nothing proposed, NC021 not what was seen, NC022 in a closed period.';
grant execute on function audit.aprovar_divergencias(bigint[], text, text[]) to conferente_revisor;
