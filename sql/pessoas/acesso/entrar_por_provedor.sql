-- Signs in the person whom the provider of single sign-on named. The role comes from a claim, or from what administrators registered.
create or replace function audit_interno.entrar_por_provedor(nome text, papel text default null)
returns audit.tokens
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_api(entrar_por_provedor.nome);
  v_papel text := coalesce(entrar_por_provedor.papel, (select p.papel from audit.vw_pessoas p where p.nome = v_nome));
begin
  if v_papel is null then
    raise exception using errcode = 'NC026', message = format('%s ainda não tem um papel aqui', v_nome),
      hint = format('Peça a um administrador: conferente pessoas --nome "%s" --papel revisor --motivo …', v_nome);
  end if;
  return audit_interno.entrar(v_nome, v_papel, 'login único');
end
$$;
comment on function audit_interno.entrar_por_provedor(text, text) is
  'The session of a person whom single sign-on has named. papel: as a claim gives it, null to look it up in audit.vw_pessoas. NC026 when the person has no role.';
grant execute on function audit_interno.entrar_por_provedor(text, text) to conferente_servico;
