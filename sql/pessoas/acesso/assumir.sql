-- The one door of the API: checks the caller's token, then becomes the caller for the rest of the transaction. Runs with the rights of
-- the API's login, because a definer function may not change the role. Called after audit_interno.limpar_conexao.
create or replace function audit_interno.assumir(nome text, papel text, token_id text, emitido_em timestamptz, de_fora boolean)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_pessoa(assumir.nome);
begin
  if coalesce(v_nome, '') = '' then
    raise exception using errcode = 'NC020', message = 'o token não diz de quem é';
  end if;
  if audit_interno.nome_do_sistema(v_nome) then
    raise exception using errcode = 'NC020', message = format('%s é um nome reservado ao sistema', v_nome);
  end if;
  perform audit_interno.conferir_acesso(v_nome, assumir.papel, assumir.token_id, assumir.emitido_em, assumir.de_fora);
  perform set_config('conferente.ator', v_nome, true), set_config('role', assumir.papel, true);
  perform set_config('timezone', audit.fuso(), true); -- times are shown in it, and read in it where they name no zone
  return v_nome;
end
$$;
comment on function audit_interno.assumir(text, text, text, timestamptz, boolean) is
  'Becomes the person and the role of a token until the transaction ends. Returns the name as it is recorded. NC020 when the token may not be used.';
grant execute on function audit_interno.nome_pessoa(text), audit_interno.nome_do_sistema(text), audit_interno.chave_pessoa(text), audit_interno.conferir_acesso(text, text, text, timestamptz, boolean),
  audit_interno.assumir(text, text, text, timestamptz, boolean) to conferente_servico;
