-- A field of the finding: what an approving person saw. Created before everything that lists findings.
create or replace function audit.divergencia_visto(divergencia audit.divergencias_processadas)
returns text
language sql
stable parallel safe
as $$
  select left(encode(sha256((divergencia).identidade || (divergencia).impressao
    || convert_to(concat_ws(' ', (divergencia).status, (divergencia).valores_digitados::text), 'UTF8')), 'hex'), 16)
$$;
comment on function audit.divergencia_visto(audit.divergencias_processadas) is
  'Digest of what a person is shown of a finding: the proposal, the values typed instead, the row it is based on and the status. audit.aprovar_divergencias takes it, so that only what was seen is approved.';
grant execute on function audit.divergencia_visto(audit.divergencias_processadas) to conferente_leitor;
