-- A field of the finding in the API: how long it has waited, or did.
create or replace function audit.divergencia_idade_dias(divergencia audit.divergencias_processadas)
returns integer
language sql
stable
as $$
  select case when (divergencia).status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') then current_date
    else coalesce((divergencia).decidida_em, (divergencia).ultima_deteccao)::date end - (divergencia).detectada_em::date
$$;
comment on function audit.divergencia_idade_dias(audit.divergencias_processadas) is
  'Days from the first detection until now; of a finding that waits for nobody any more, until it was decided.';
grant execute on function audit.divergencia_idade_dias(audit.divergencias_processadas) to conferente_leitor;
