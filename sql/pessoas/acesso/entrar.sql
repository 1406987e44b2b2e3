-- Somebody has signed in: from here to the end of the transaction they act under their own name, and they get a session of some hours, a
-- token like any other. Called by entrar_por_convite and entrar_por_provedor, only in a session of the API.
create or replace function audit_interno.entrar(nome text, papel text, por text, convite_id bigint default null)
returns audit.tokens
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select set_config('conferente.ator', audit_interno.nome_api(entrar.nome), true);
  select * from audit_interno.emitir_token(entrar.nome, entrar.papel,
    clock_timestamp() + make_interval(hours => (audit_interno.configuracao('acesso.sessao_horas') #>> '{}')::integer), entrar.por, entrar.convite_id)
$$;
comment on function audit_interno.entrar(text, text, text, bigint) is 'The session of somebody who has signed in, on record.';
