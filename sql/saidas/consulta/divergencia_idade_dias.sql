-- A field of the finding in the API: how long it has waited, or did wait.
create or replace function audit.divergencia_idade_dias(divergencia audit.divergencias_processadas)
returns integer
language sql
stable
as $$
  select (case when audit.aguarda_pessoa((divergencia).status) then now()
      else coalesce((divergencia).decidida_em, (divergencia).ultima_deteccao) end at time zone f.fuso)::date
    - ((divergencia).detectada_em at time zone f.fuso)::date
  from (select audit.fuso() as fuso) as f
$$;
comment on function audit.divergencia_idade_dias(audit.divergencias_processadas) is
  'Days from the first detection until now, or until it was decided if it no longer waits for a person. Days are those of the zone agenda.fuso.';
grant execute on function audit.divergencia_idade_dias(audit.divergencias_processadas) to conferente_leitor;
