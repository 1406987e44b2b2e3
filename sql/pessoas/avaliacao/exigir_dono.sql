-- Refuses a function whose owner could not have registered it. A back-test runs it as conferente_regra, which writes nothing but reads what
-- any rule reads, more than a reviewer may; and an error message could carry that out. It checks the owner and not the body, which the
-- owner may replace at any time. Called by audit.avaliar_regra.
create or replace function audit_interno.exigir_dono(funcao text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dono oid;
begin
  select p.proowner into v_dono from pg_proc p where p.oid = audit_interno.funcao_da_janela(exigir_dono.funcao);
  -- a superuser is a member of every role
  if (pg_has_role(v_dono, 'conferente_dono', 'member') or pg_has_role(v_dono, 'conferente_administrador', 'member')) is not true then
    raise exception using errcode = 'insufficient_privilege',
      message = format('a função %s é de %s, que não poderia registrá-la como regra', exigir_dono.funcao, pg_get_userbyid(v_dono)),
      detail = 'Uma avaliação roda a função com os direitos de conferente_regra, que lê o que as regras leem.',
      hint = format('Ela pode ser de um superusuário ou de um membro de conferente_dono ou conferente_administrador: alter function %s(audit.janela) owner to conferente_dono.',
        audit_interno.chamada_sql(exigir_dono.funcao));
  end if;
end
$$;
comment on function audit_interno.exigir_dono(text) is 'Refuses (42501) a function whose owner is neither a superuser nor a member of conferente_dono or conferente_administrador.';
