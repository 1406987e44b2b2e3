-- Gives somebody who signs in a role, and an address for links, or changes them.
create or replace function audit.registrar_pessoa(nome text, papel text, motivo text, endereco text default null)
returns audit.pessoas
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_endereco text := nullif(btrim(registrar_pessoa.endereco), '');
begin
  if v_endereco is not null and not audit_interno.endereco_valido(v_endereco) then
    raise exception using errcode = 'NC001', message = format('não é um endereço de e-mail: %s', left(v_endereco, 300)),
      hint = 'Informe só o endereço, por exemplo ana@empresa.com.br.';
  end if;
  return audit_interno.anotar_pessoa(audit_interno.nome_api(registrar_pessoa.nome), audit_interno.papel_api(registrar_pessoa.papel),
    v_endereco, registrar_pessoa.motivo);
end
$$;
comment on function audit.registrar_pessoa(text, text, text, text) is
  'Registers a person who signs in: papel (leitor, revisor, operador or administrador), and endereco, to which a one-time link may be mailed; null for none. This replaces what was registered before; a different role ends the person''s sessions. Errors: NC001 name, role or address not allowed, or the address is another person''s, NC006 reason missing.';
grant execute on function audit.registrar_pessoa(text, text, text, text) to conferente_administrador;
