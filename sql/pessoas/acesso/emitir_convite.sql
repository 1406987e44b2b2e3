-- Puts a one-time link on record; its secret is drawn outside and never reaches the database. Called by criar_convite and pedir_convite.
create or replace function audit_interno.emitir_convite(nome text, papel text, resumo bytea, endereco text)
returns audit.convites
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operacao bigint;
  v_convite audit.convites;
begin
  if length(emitir_convite.resumo) is distinct from 32 then
    raise exception using errcode = 'NC001', message = 'resumo deve ser o SHA-256 do segredo do link';
  end if;
  v_operacao := audit_interno.abrir_operacao('acesso');
  insert into audit.convites (operacao_id, nome, papel, resumo, endereco, emitido_em, emitido_por, expira_em)
  select v_operacao, emitir_convite.nome, emitir_convite.papel, emitir_convite.resumo, emitir_convite.endereco, a.agora, audit_interno.ator(),
    a.agora + interval '10 minutes'
  from clock_timestamp() as a (agora)
  returning * into v_convite;
  perform audit_interno.fechar_operacao(v_operacao, 1, detalhes => jsonb_strip_nulls(jsonb_build_object('ato', 'convite emitido',
    'convite', v_convite.id, 'nome', v_convite.nome, 'papel', v_convite.papel, 'expira_em', v_convite.expira_em,
    'resumo', encode(v_convite.resumo, 'hex'), 'endereco', encode(sha256(convert_to(v_convite.endereco, 'UTF8')), 'hex'))));
  return v_convite;
end
$$;
comment on function audit_interno.emitir_convite(text, text, bytea, text) is 'Puts a one-time link on record and returns it. NC001 when resumo is not a digest.';
