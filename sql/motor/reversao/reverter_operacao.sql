-- Takes back everything that one operation changed. For a rollback this brings the corrections back, which only reviewers may do.
create or replace function audit.reverter_operacao(id bigint, motivo text, porque text default 'outra-razao')
returns setof audit.resultado_reversao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(reverter_operacao.motivo);
  v_tipo text;
begin
  perform audit_interno.exigir_porque(reverter_operacao.porque);
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
    perform audit_interno.exigir_no_banco(f.operacao_id)
    from audit_interno.fatos_arquivados f where f.operacao_id = reverter_operacao.id and f.alteracoes is not null;
    raise exception using errcode = 'NC017', message = format('a operação %s não tem alteração em vigor', reverter_operacao.id),
      detail = format('tipo %s; não alterou nada, ou já foi revertida', v_tipo);
  end if;
  perform audit_interno.criar_deixadas();
  perform audit_interno.exigir_revisores(v_motivo);
  return query select * from audit_interno.resultados_reversao(v_motivo, reverter_operacao.porque);
end
$$;
comment on function audit.reverter_operacao(bigint, text, text) is
  'Rolls back everything that one operation changed. A rollback is an operation too: rolling it back brings the corrections into force again, which needs a reviewer, and above aprovacao.valor_dupla or for typed values a second one (those come back as aguardando_segunda_aprovacao). porque and the rows returned are those of audit.reverter_divergencias. Errors: NC001 porque unknown, NC004 unknown, NC006 reason missing, NC017 it changed nothing or is already rolled back, NC043 it is in the archive, 42501 an operator may not bring corrections back.';
grant execute on function audit.reverter_operacao(bigint, text, text) to conferente_revisor, conferente_operador;
