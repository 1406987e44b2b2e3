-- The group that a finding would have in this situation. Its body is parsed once, at creation: readers, who may not look names up in
-- audit_interno, call it through views.
create or replace function audit_interno.grupo_em(divergencia audit.divergencias_processadas, piso numeric, situacao text, para text)
returns text
language sql
immutable parallel safe
return audit_interno.chave_grupo((divergencia).regra, (divergencia).especie, (divergencia).mudanca,
  audit_interno.faixa_confianca((divergencia).confianca), (divergencia).valores_digitados is not null, situacao,
  audit_interno.fornecedor_grupo(divergencia), para, audit_interno.e_improvavel(divergencia, piso));
comment on function audit_interno.grupo_em(audit.divergencias_processadas, numeric, text, text) is 'The group of a finding if its status were situacao and it were forwarded to para.';
grant execute on function audit_interno.grupo_em(audit.divergencias_processadas, numeric, text, text) to conferente_leitor;

-- A field of the finding: the group in which one decision covers it.
create or replace function audit.divergencia_grupo(divergencia audit.divergencias_processadas)
returns text
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when audit.aguarda_pessoa((divergencia).status) and not coalesce((divergencia).adiada_ate > audit.hoje(), false)
    then audit_interno.grupo_em(divergencia, (select r.piso from audit.regras r where r.nome = (divergencia).regra), (divergencia).status,
    (divergencia).encaminhada_para) end
$$;
comment on function audit.divergencia_grupo(audit.divergencias_processadas) is
  'The group of a finding that waits (audit.vw_grupos_abertos): findings that one decision may take together. Null when it does not wait, or is postponed.';
grant execute on function audit.divergencia_grupo(audit.divergencias_processadas) to conferente_leitor;
