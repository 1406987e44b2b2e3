-- What a group is told by that is no column: whether it is probably no error, and the supplier of a finding without a correction; and whether
-- a correction needs two people. Inlined.
create or replace function audit_interno.pede_duas(divergencia audit.divergencias_processadas, dupla numeric)
returns boolean
language sql
immutable parallel safe
as $$
  select (divergencia).mudanca is not null and ((divergencia).valores_digitados is not null or coalesce((divergencia).valor_decisao >= dupla, true))
$$;
comment on function audit_interno.pede_duas(audit.divergencias_processadas, numeric) is 'Whether approving it takes two people; dupla is the setting aprovacao.valor_dupla.';
grant execute on function audit_interno.pede_duas(audit.divergencias_processadas, numeric) to conferente_leitor;

create or replace function audit_interno.fornecedor_grupo(divergencia audit.divergencias_processadas)
returns text
language sql
immutable parallel safe
as $$
  select case when (divergencia).mudanca is null
    then coalesce(nullif((divergencia).entrada ->> 'fornecedor_id', ''), (divergencia).entrada ->> 'fornecedor') end
$$;
comment on function audit_interno.fornecedor_grupo(audit.divergencias_processadas) is 'The supplier of a finding that proposes nothing, else null.';
grant execute on function audit_interno.fornecedor_grupo(audit.divergencias_processadas) to conferente_leitor;

create or replace function audit_interno.e_improvavel(divergencia audit.divergencias_processadas, piso numeric)
returns boolean
language sql
immutable parallel safe
as $$
  select (divergencia).mudanca is not null and (divergencia).valores_digitados is null and (divergencia).confianca <= piso
$$;
comment on function audit_interno.e_improvavel(audit.divergencias_processadas, numeric) is 'Whether the proposal is probably not an error; piso is the rule''s.';
grant execute on function audit_interno.e_improvavel(audit.divergencias_processadas, numeric) to conferente_leitor;
