-- Takes away a person's role and address, with every session and link that the person has.
create or replace function audit.remover_pessoa(nome text, motivo text)
returns audit.pessoas
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_pessoa(remover_pessoa.nome);
begin
  if not exists (select from audit.vw_pessoas p where p.nome = v_nome) then
    raise exception using errcode = 'NC004', message = format('pessoa desconhecida: %s', coalesce(left(v_nome, 200), 'nula')),
      hint = 'select nome, papel from audit.vw_pessoas';
  end if;
  return audit_interno.anotar_pessoa(v_nome, null, null, remover_pessoa.motivo);
end
$$;
comment on function audit.remover_pessoa(text, text) is
  'Removes a registered person, and ends the person''s sessions and links. Errors: NC004 not registered, NC006 reason missing.';
grant execute on function audit.remover_pessoa(text, text) to conferente_administrador;
