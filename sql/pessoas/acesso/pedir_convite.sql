-- A link for a person who asks by address. Nothing if nobody has that address, or if its owner was sent three links in ten minutes. The API
-- answers the same either way, so nobody learns who is registered.
create or replace function audit_interno.pedir_convite(
  endereco text, resumo bytea, out nome text, out endereco_registrado text, out expira_em timestamptz, out pagina text, out remetente text
)
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_pessoa audit.vw_pessoas;
  v_convite audit.convites;
begin
  select p.* into v_pessoa from audit.vw_pessoas p where lower(p.endereco) = lower(btrim(pedir_convite.endereco));
  if v_pessoa.nome is null or 3 <= (
    select count(*) from audit.convites c
    where c.nome = v_pessoa.nome and c.endereco is not null and c.emitido_em > clock_timestamp() - interval '10 minutes'
  ) then
    return;
  end if;
  v_convite := audit_interno.emitir_convite(v_pessoa.nome, v_pessoa.papel, pedir_convite.resumo, v_pessoa.endereco);
  nome := v_convite.nome;
  endereco_registrado := v_convite.endereco;
  expira_em := v_convite.expira_em;
  pagina := audit_interno.pagina();
  remetente := audit_interno.configuracao('correio.remetente') #>> '{}';
end
$$;
comment on function audit_interno.pedir_convite(text, bytea) is 'The one-time link to be mailed, the page that it leads to and the sender; nulls for none. resumo: SHA-256 of its secret.';
grant execute on function audit_interno.pedir_convite(text, bytea) to conferente_servico;
