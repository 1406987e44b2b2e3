-- Takes back everything one operation changed. Of a rollback, that brings the corrections back.
create or replace function audit.reverter_operacao(id bigint, motivo text)
returns setof audit.resultado_reversao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(reverter_operacao.motivo);
  v_tipo text;
begin
  select o.tipo into v_tipo from audit.operacoes o where o.id = reverter_operacao.id;
  if not found then
    raise exception using errcode = 'NC004', message = format('operação desconhecida: %s', coalesce(reverter_operacao.id::text, 'nula')),
      hint = 'Veja audit.vw_operacoes_resumo.';
  end if;
  perform audit_interno.criar_reversao();
  insert into pg_temp.conferente_reversao (operacao_id, divergencia_id)
  select a.operacao_id, a.divergencia_id from audit.alteracoes a
  where a.operacao_id = reverter_operacao.id and not exists (
    select from audit.alteracoes p where p.divergencia_id = a.divergencia_id and p.reverte_operacao_id = a.operacao_id offset 0);
  if not found then
    raise exception using errcode = 'NC017', message = format('a operação %s não tem alteração em vigor', reverter_operacao.id),
      detail = format('tipo %s; nada alterou, ou já foi revertida', v_tipo);
  end if;
  return query select * from audit_interno.reverter_lote(v_motivo);
end
$$;
comment on function audit.reverter_operacao(bigint, text) is
  'Rolls back everything that one operation changed; a rollback is an operation too. Returns one row each, as audit.reverter_divergencias. Errors: NC004 unknown, NC006 reason missing, NC017 it changed nothing or is already rolled back.';
grant execute on function audit.reverter_operacao(bigint, text) to conferente_revisor, conferente_operador;
