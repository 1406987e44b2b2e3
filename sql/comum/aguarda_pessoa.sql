-- Which states wait for a person. Nothing else repeats this list except the indexes of audit.divergencias_processadas. The planner inlines
-- it, so those indexes can be used.
create or replace function audit_interno.situacoes_em_espera()
returns text[]
language sql
immutable parallel safe
return '{aberta,aguardando_segunda_aprovacao,falha}'::text[];
comment on function audit_interno.situacoes_em_espera() is 'Statuses of a finding that waits for a person.';
grant execute on function audit_interno.situacoes_em_espera() to conferente_leitor;

create or replace function audit.aguarda_pessoa(status text)
returns boolean
language sql
immutable parallel safe
return status = any (audit_interno.situacoes_em_espera());
comment on function audit.aguarda_pessoa(text) is 'Whether a finding of this status waits for a person: aberta, aguardando_segunda_aprovacao or falha.';
grant execute on function audit.aguarda_pessoa(text) to conferente_leitor;

create or replace function audit_interno.responde(tipo text)
returns boolean
language sql
immutable parallel safe
return tipo <> all ('{adiamento,encaminhamento,comentario,retirada,certificacao_certa,certificacao_errada}'::text[]);
comment on function audit_interno.responde(text) is
  'Whether a decision of this kind answers the finding. Postponing, forwarding, commenting and undoing one of these do not, and neither does an answer on its correction in a sample.';
grant execute on function audit_interno.responde(text) to conferente_regra;
