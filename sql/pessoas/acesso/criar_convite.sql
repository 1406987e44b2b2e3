-- Makes a one-time link of ten minutes for signing in; `conferente convite` draws its secret and hands the link over.
create or replace function audit.criar_convite(nome text, papel text, resumo bytea, enviar boolean default false)
returns audit.convites
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_api(criar_convite.nome);
  v_pessoa audit.vw_pessoas;
begin
  select * into v_pessoa from audit.vw_pessoas p where p.nome = v_nome;
  if criar_convite.papel is null and v_pessoa.papel is null then
    raise exception using errcode = 'NC026', message = format('%s ainda não tem um papel aqui', v_nome),
      hint = 'Informe o papel, ou registre antes a pessoa com conferente pessoas.';
  end if;
  if criar_convite.enviar and v_pessoa.endereco is null then
    raise exception using errcode = 'NC001', message = format('%s não tem endereço registrado', v_nome),
      hint = 'Registre-o antes: conferente pessoas --nome … --papel … --endereco … --motivo …';
  end if;
  return audit_interno.emitir_convite(v_nome, audit_interno.papel_api(coalesce(criar_convite.papel, v_pessoa.papel)),
    criar_convite.resumo, case when criar_convite.enviar then v_pessoa.endereco end);
end
$$;
comment on function audit.criar_convite(text, text, bytea, boolean) is
  'Makes a one-time link of ten minutes and returns it. papel: null for the registered one. resumo: SHA-256 of its secret. enviar: it is mailed to the person''s registered address, returned in endereco. Errors: NC001 name, role or digest not allowed, or no address, NC026 no role.';
grant execute on function audit.criar_convite(text, text, bytea, boolean) to conferente_administrador;
