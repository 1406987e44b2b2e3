-- Signs in by a one-time link. If two people use it at once, the second waits here and finds it used; the table refuses a second token too.
-- A person who was shut out after the link was made does not get in.
create or replace function audit_interno.entrar_por_convite(resumo bytea)
returns audit.tokens
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_convite audit.convites;
  v_porque text;
begin
  select * into v_convite from audit.convites c where c.resumo = entrar_por_convite.resumo for update;
  v_porque := case
    when v_convite.id is null then 'este link não existe'
    when exists (select from audit.tokens t where t.convite_id = v_convite.id) then 'este link já foi usado'
    when v_convite.expira_em <= clock_timestamp() then 'este link venceu: ele vale dez minutos'
    when exists (select from audit.revogacoes r where r.nome = v_convite.nome and r.revogado_em >= v_convite.emitido_em)
      then 'este link foi revogado' end;
  if v_porque is not null then
    raise exception using errcode = 'NC025', message = v_porque, hint = 'Peça outro link a um administrador.';
  end if;
  return audit_interno.entrar(v_convite.nome, v_convite.papel, 'convite', v_convite.id);
end
$$;
comment on function audit_interno.entrar_por_convite(bytea) is
  'Uses up a one-time link and returns the session that it gives. resumo: SHA-256 of its secret. NC025 when it is unknown, used, expired or revoked.';
grant execute on function audit_interno.entrar_por_convite(bytea) to conferente_servico;
