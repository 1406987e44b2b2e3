-- Refuses to act for code of others while it writes: it would act in the name of whoever started the session. Called by everything
-- that opens an operation or a session.
create or replace function audit_interno.recusar_de_dentro()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from audit_interno.portas_abertas p where p.pid = pg_backend_pid()) then
    raise exception using errcode = 'NC012', message = 'código do armazém ou de uma regra não age em nome de quem iniciou a sessão',
      hint = 'Gatilhos e preparações leem e escrevem o que é seu; decisões e ajustes são de pessoas.';
  end if;
end
$$;
comment on function audit_interno.recusar_de_dentro() is 'NC012 when called from a trigger of the warehouse or from a rule''s preparation.';
