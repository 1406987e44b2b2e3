-- The person behind a name: the one to whom an administrator tied it, or the name itself. Reads one index entry.
create or replace function audit_interno.pessoa_de(nome text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.chave_pessoa(coalesce((
    select i.pessoa from audit.identidades i
    where audit_interno.chave_pessoa(i.nome) = audit_interno.chave_pessoa(pessoa_de.nome) order by i.id desc limit 1), pessoa_de.nome))
$$;
comment on function audit_interno.pessoa_de(text) is 'Key of the person with this name.';

-- Two names of one person do not make two people. Called wherever a second person is needed, or an act must be one's own.
create or replace function audit_interno.mesma_pessoa(uma text, outra text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.pessoa_de(uma) = audit_interno.pessoa_de(outra)
$$;
comment on function audit_interno.mesma_pessoa(text, text) is 'Whether two names, as recorded in decisions, belong to one person. Null when one is null.';

-- No person has a name under which the system itself acts, nor one that stands for somebody who was forgotten (audit.esquecer_pessoa).
create or replace function audit_interno.nome_do_sistema(nome text)
returns boolean
language sql
immutable parallel safe
return audit_interno.chave_pessoa(nome) = 'conferente' or pg_catalog.starts_with(audit_interno.chave_pessoa(nome), 'conferente_')
  or audit_interno.chave_pessoa(nome) ~ '^pessoa-[0-9a-f]{12}$';
comment on function audit_interno.nome_do_sistema(text) is 'Whether a name is one of the system''s own, or a pseudonym.';
