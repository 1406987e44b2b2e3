-- Reads one setting. Called by rules and by the engine.
create or replace function audit_interno.configuracao(chave text)
returns jsonb
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_valor jsonb;
begin
  select c.valor into v_valor from audit.configuracoes_sistema c where c.chave = configuracao.chave;
  if not found then
    raise exception using errcode = 'NC008', message = format('configuração desconhecida: %s', chave);
  end if;
  return v_valor;
end
$$;
comment on function audit_interno.configuracao(text) is 'Value of a setting as JSON. NC008 when there is no such setting.';
grant execute on function audit_interno.configuracao(text) to conferente_regra;
