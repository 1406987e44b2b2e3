-- Only a person decides. Called by everything that decides; a program's token belongs to somebody, who answers for it.
create or replace function audit_interno.exigir_pessoa()
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
begin
  if audit_interno.nome_do_sistema(v_ator) or audit_interno.pela_api() and nullif(current_setting('conferente.ator', true), '') is null then
    raise exception using errcode = '42501', message = format('só uma pessoa pode decidir, e %s é um login do próprio sistema', v_ator),
      hint = 'Entre com o login, ou com o token, de quem decide.';
  end if;
end
$$;
comment on function audit_interno.exigir_pessoa() is '42501 when the system itself is acting.';
