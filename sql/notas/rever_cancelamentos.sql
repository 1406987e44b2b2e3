-- The list of NFS-e signers has changed: judges their cancellations again at once, as the notes themselves are. The result is an operation
-- of its own, beside the change of the setting.
create or replace function audit_interno.rever_cancelamentos() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_notas bigint;
begin
  select c.quantas into v_notas
  from audit_interno.cancelar_notas(array(
    select x.chave from audit_interno.cancelamentos_notas x join audit.notas n on n.chave = x.chave where n.tipo = 'nfse')) as c;
  if v_notas > 0 then
    perform audit_interno.fechar_operacao(audit_interno.abrir_operacao('notas', motivo => 'notas.assinantes_nfse mudou'), v_notas);
  end if;
  return null;
end
$$;
comment on function audit_interno.rever_cancelamentos() is 'Checks cancellations of NFS-e again.';
create or replace trigger rever_cancelamentos after update of valor on audit.configuracoes_sistema
  for each row when (new.chave = 'notas.assinantes_nfse' and new.valor <> old.valor)
  execute function audit_interno.rever_cancelamentos();
