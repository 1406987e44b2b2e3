-- Takes back everything one session corrected by itself and that still stands.
create or replace function audit.reverter_sessao(id bigint, motivo text)
returns setof audit.resultado_reversao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(reverter_sessao.motivo);
begin
  if not exists (select from audit.sessoes_processamento s where s.id = reverter_sessao.id) then
    raise exception using errcode = 'NC004', message = format('sessão desconhecida: %s', coalesce(reverter_sessao.id::text, 'nula'));
  end if;
  perform audit_interno.criar_reversao();
  insert into pg_temp.conferente_reversao (operacao_id, divergencia_id)
  -- a correction that was rolled back and brought back again stands by its last alteration
  select case when max(a.operacao_id) = (
      select max(c.operacao_id) from audit.alteracoes c where c.divergencia_id = a.divergencia_id and c.reverte_operacao_id is null)
    then (select max(u.operacao_id) from audit.alteracoes u where u.divergencia_id = a.divergencia_id)
    else max(a.operacao_id) end, a.divergencia_id
  from audit.operacoes o
  join audit.alteracoes a on a.operacao_id = o.id
  join audit.divergencias_processadas d on d.id = a.divergencia_id
  where o.sessao_id = reverter_sessao.id and o.tipo = 'correcao' and d.status = 'corrigida'
  group by a.divergencia_id;
  if not found then
    raise exception using errcode = 'NC017', message = format('a sessão %s não tem correção em vigor', reverter_sessao.id);
  end if;
  return query select * from audit_interno.reverter_lote(v_motivo, reverter_sessao.id);
end
$$;
comment on function audit.reverter_sessao(bigint, text) is
  'Rolls back every correction of a session that still stands. Returns one row each, as audit.reverter_divergencias. Errors: NC004 unknown, NC006 reason missing, NC017 nothing to roll back.';
grant execute on function audit.reverter_sessao(bigint, text) to conferente_revisor, conferente_operador;
