-- The door through which a rule prepares its statistics. Runs the function as conferente_regra, which can write nothing else. ajustes is
-- never given. The caller checks the path right after, and the trace (audit_interno.rastro) before and after. Only conferente_dono may call
-- it.
grant create on schema audit_interno to conferente_regra;
set local role conferente_regra;

create or replace function audit_interno.preparar(
  funcao text, janela audit.janela, ajustes jsonb default audit_interno.ajustes()
)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_user <> 'conferente_regra' then -- its owner may alter a function: foreign code that ran behind this door could have, for the next call
    raise exception using errcode = 'NC012', message = 'código do data warehouse ou de uma regra alterou as funções por onde o Conferente lê e grava',
      hint = 'Tudo o que ele fez foi desfeito.';
  end if;
  perform audit_interno.dar_ajustes(preparar.ajustes);
  execute format('select %s($1)', preparar.funcao) using preparar.janela;
  perform audit_interno.trocar_ajustes(preparar.ajustes);
  perform set_config('search_path', 'pg_catalog, pg_temp, audit', true);
end
$$;
do $$
begin
  execute (select string_agg(format('alter function audit_interno.preparar(text, audit.janela, jsonb) set %s = %L', g.nome, g.um), ';')
    from audit_interno.ajustes_guardados() g);
end
$$;
comment on function audit_interno.preparar(text, audit.janela, jsonb) is 'Runs a rule''s preparation, given as audit_interno.chamada_sql names it, as conferente_regra.';
revoke execute on function audit_interno.preparar(text, audit.janela, jsonb) from public;
grant execute on function audit_interno.preparar(text, audit.janela, jsonb) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_regra;
