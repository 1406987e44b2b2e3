-- Whether a living connection holds something for itself.
create or replace function audit_interno.possuida(nome text)
returns boolean
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from audit_interno.posses p where p.nome = possuida.nome and audit_interno.marcada(p.pid, p.numero))
$$;
comment on function audit_interno.possuida(text) is 'True while a living connection holds it.';
