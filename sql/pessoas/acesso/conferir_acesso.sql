-- Is this token still good? Called for every request in the request's own transaction. A token of ours must be on record as it
-- presents itself, so that somebody who learns the secret still cannot invent a person or a role.
create or replace function audit_interno.conferir_acesso(nome text, papel text, token_id text, emitido_em timestamptz, de_fora boolean)
returns void
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_emitido timestamptz := conferir_acesso.emitido_em;
begin
  if conferir_acesso.papel is null or conferir_acesso.papel not in (
    'conferente_leitor', 'conferente_revisor', 'conferente_operador', 'conferente_administrador'
  ) then
    raise exception using errcode = 'NC020', message = 'o token não dá um papel do Conferente';
  end if;
  if not conferir_acesso.de_fora then
    -- to the microsecond, which the token itself does not carry
    select k.emitido_em into v_emitido
    from audit.tokens k
    where k.id = conferir_acesso.token_id and k.nome = conferir_acesso.nome and k.papel = conferir_acesso.papel
      and k.expira_em > clock_timestamp();
    if not found then
      raise exception using errcode = 'NC020', message = 'token desconhecido',
        hint = 'Emita um com conferente token.';
    end if;
  end if;
  if exists (
    select from audit.revogacoes r where r.token_id = conferir_acesso.token_id
    union all
    select from audit.revogacoes r
    where r.nome = conferir_acesso.nome and coalesce(v_emitido <= r.revogado_em, true)
  ) then
    raise exception using errcode = 'NC020', message = 'token revogado', hint = 'Peça outro a um administrador.';
  end if;
end
$$;
comment on function audit_interno.conferir_acesso(text, text, text, timestamptz, boolean) is
  'NC020 unless the token may be used: de_fora (single sign-on) needs no record, others must be on record with this name and role; revoked ones are refused.';
