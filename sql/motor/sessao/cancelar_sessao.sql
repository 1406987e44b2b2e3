-- Stops a session: a worker gives up its current detection, anything else ends after the current step. What was committed stands and can be
-- rolled back.
create or replace function audit.cancelar_sessao(id bigint, motivo text)
returns audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(cancelar_sessao.motivo);
  update audit.sessoes_processamento s
  set status = 'cancelada', fim_processamento = clock_timestamp(),
    mensagem = format('cancelada por %s: %s', audit_interno.ator(), btrim(cancelar_sessao.motivo))
  where s.id = cancelar_sessao.id and s.status in ('agendada', 'em_andamento')
  returning * into v_sessao;
  if not found then
    select * into v_sessao from audit.sessoes_processamento s where s.id = cancelar_sessao.id;
    if not found then
      raise exception using errcode = 'NC004', message = format('sessão desconhecida: %s', coalesce(cancelar_sessao.id::text, 'nula'));
    end if;
    raise exception using errcode = 'NC005', message = format('a sessão %s já terminou', v_sessao.id),
      detail = format('status %s', v_sessao.status);
  end if;
  update audit.execucoes_regra e set status = 'pulada', motivo = 'a sessão foi cancelada'
  where e.sessao_id = v_sessao.id and e.status in ('pendente', 'detectada');
  perform audit_interno.totalizar_sessao(v_sessao.id);
  v_operacao := audit_interno.abrir_operacao('sessao', v_sessao.id, motivo => btrim(cancelar_sessao.motivo),
    detalhes => jsonb_build_object('status', 'cancelada'));
  perform audit_interno.fechar_operacao(v_operacao);
  select * into v_sessao from audit.sessoes_processamento s where s.id = v_sessao.id;
  return v_sessao;
end
$$;
comment on function audit.cancelar_sessao(bigint, text) is
  'Cancels a session that is agendada or em_andamento. Errors: NC004 unknown, NC005 already ended, NC006 reason missing.';
grant execute on function audit.cancelar_sessao(bigint, text) to conferente_operador;
