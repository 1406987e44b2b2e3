-- Takes back everything that one session corrected by itself and that still stands.
create or replace function audit.reverter_sessao(id bigint, motivo text, porque text default 'outra-razao')
returns setof audit.resultado_reversao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(reverter_sessao.motivo);
  v_operacoes bigint[] := array(
    select o.id from audit.operacoes o where o.sessao_id = reverter_sessao.id and o.tipo = 'correcao');
begin
  perform audit_interno.exigir_porque(reverter_sessao.porque);
  if not exists (select from audit.sessoes_processamento s where s.id = reverter_sessao.id) then
    raise exception using errcode = 'NC004', message = format('sessão desconhecida: %s', coalesce(reverter_sessao.id::text, 'nula'));
  end if;
  perform audit_interno.criar_reversao();
  insert into pg_temp.conferente_reversao (operacao_id, divergencia_id)
  -- a correction that was rolled back and brought back again stands by its last alteration
  select case when a.operacao_id = a.correcao then a.ultima else a.operacao_id end, a.divergencia_id
  from (
    select x.divergencia_id, max(x.operacao_id) as ultima, max(x.operacao_id) filter (where x.operacao_id = any (v_operacoes)) as operacao_id,
      max(x.operacao_id) filter (where x.reverte_operacao_id is null) as correcao
    from audit.alteracoes x
    where x.divergencia_id = any (array(select y.divergencia_id from audit.alteracoes y where y.operacao_id = any (v_operacoes)))
    group by x.divergencia_id
  ) as a
  -- looked up by id, whatever the statistics say about status: it has just changed for many rows
  where (select d.status from audit.divergencias_processadas d where d.id = a.divergencia_id) = 'corrigida';
  if not found then
    perform audit_interno.exigir_no_banco(f.operacao_id)
    from audit_interno.fatos_arquivados f where f.operacao_id = any (v_operacoes) and f.alteracoes is not null;
    raise exception using errcode = 'NC017', message = format('a sessão %s não tem correção em vigor', reverter_sessao.id);
  end if;
  perform audit_interno.criar_deixadas();
  return query select * from audit_interno.resultados_reversao(v_motivo, reverter_sessao.porque, reverter_sessao.id);
end
$$;
comment on function audit.reverter_sessao(bigint, text, text) is
  'Rolls back all corrections of a session that are still in force. porque and the rows returned are those of audit.reverter_divergencias. Errors: NC001 porque unknown, NC004 unknown, NC006 reason missing, NC017 nothing to roll back, NC043 its corrections are in the archive.';
grant execute on function audit.reverter_sessao(bigint, text, text) to conferente_revisor, conferente_operador;
