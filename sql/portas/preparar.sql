-- The door through which a rule prepares its statistics: runs the function as conferente_regra, which can write nothing else.
-- The caller looks at its trace (audit_interno.rastro) before and after. Only conferente_dono may call it.
grant create on schema audit_interno to conferente_regra;
set local role conferente_regra;

create or replace function audit_interno.preparar(funcao text, janela audit.janela)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('select %s($1)', preparar.funcao) using preparar.janela;
end
$$;
comment on function audit_interno.preparar(text, audit.janela) is 'Runs a rule''s preparation, given as audit_interno.chamada_sql names it, as conferente_regra.';
revoke execute on function audit_interno.preparar(text, audit.janela) from public;
grant execute on function audit_interno.preparar(text, audit.janela) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_regra;
