-- Records what an administrator says of a person. A person whose role changes or ends is shut out first: a session keeps the role with
-- which it began. Called by registrar_pessoa and remover_pessoa.
create or replace function audit_interno.anotar_pessoa(nome text, papel text, endereco text, motivo text)
returns audit.pessoas
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(anotar_pessoa.motivo);
  v_papel text;
  v_operacao bigint;
  v_pessoa audit.pessoas;
begin
  lock table audit.pessoas in share row exclusive mode; -- one at a time: an address belongs to one person
  if exists (select from audit.vw_pessoas p where lower(p.endereco) = lower(anotar_pessoa.endereco) and p.nome <> anotar_pessoa.nome) then
    raise exception using errcode = 'NC001', message = 'este endereço já é de outra pessoa';
  end if;
  select p.papel into v_papel from audit.vw_pessoas p where p.nome = anotar_pessoa.nome;
  if v_papel is distinct from anotar_pessoa.papel and v_papel is not null then
    perform audit.revogar_acesso(v_motivo, nome => anotar_pessoa.nome);
  end if;
  v_operacao := audit_interno.abrir_operacao('acesso', motivo => v_motivo);
  insert into audit.pessoas (operacao_id, nome, papel, endereco, registrada_por)
  values (v_operacao, anotar_pessoa.nome, anotar_pessoa.papel, anotar_pessoa.endereco, audit_interno.ator())
  returning * into v_pessoa;
  -- everybody reads operations, so only the address's digest goes in
  perform audit_interno.fechar_operacao(v_operacao, 1, detalhes => jsonb_strip_nulls(jsonb_build_object(
    'ato', case when v_pessoa.papel is null then 'pessoa removida' else 'pessoa registrada' end, 'pessoa', v_pessoa.id, 'nome', v_pessoa.nome,
    'papel', v_pessoa.papel, 'endereco', encode(sha256(convert_to(v_pessoa.endereco, 'UTF8')), 'hex'))));
  return v_pessoa;
end
$$;
comment on function audit_interno.anotar_pessoa(text, text, text, text) is 'The row that is now in force for the person. NC001 when the address is another person''s, NC006 reason missing.';
