-- Puts a token on record; `conferente token` signs it afterwards. The token itself never reaches the database.
create or replace function audit.registrar_token(nome text, papel text, expira_em timestamptz)
returns audit.tokens
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select * from audit_interno.emitir_token(registrar_token.nome, registrar_token.papel, registrar_token.expira_em)
$$;
comment on function audit.registrar_token(text, text, timestamptz) is
  'Puts a token for the API on record and returns it. nome: person or tool. papel: leitor, revisor, operador or administrador. Errors: NC001 name, role or expiry not allowed.';
grant execute on function audit.registrar_token(text, text, timestamptz) to conferente_administrador;
