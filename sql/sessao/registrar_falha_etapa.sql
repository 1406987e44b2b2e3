-- A step failed and was rolled back: the rule fails alone and the session goes on, unless it is the session's or the server's
-- fault. Called in a transaction of its own, or after the subtransaction of the step.
create or replace function audit_interno.registrar_falha_etapa(sessao_id bigint, etapa text, regra text, codigo text, mensagem text)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if regra is null or audit_interno.falha_de_quem(codigo) in ('sessao', 'servidor') then
    update audit.sessoes_processamento s
    set status = 'falhou', fim_processamento = clock_timestamp(), mensagem = format('%s: %s', codigo, registrar_falha_etapa.mensagem)
    where s.id = registrar_falha_etapa.sessao_id and s.status in ('agendada', 'em_andamento');
    if found then
      update audit.execucoes_regra e set status = 'pulada', motivo = format('a sessão falhou ao %s', etapa)
      where e.sessao_id = registrar_falha_etapa.sessao_id and e.status in ('pendente', 'detectada');
      perform audit_interno.totalizar_sessao(registrar_falha_etapa.sessao_id);
      perform audit_interno.notificar('falha', registrar_falha_etapa.sessao_id);
    end if;
  else
    update audit.execucoes_regra e
    set status = 'falhou', erro_codigo = codigo, erro_mensagem = registrar_falha_etapa.mensagem, inicio = coalesce(e.inicio, clock_timestamp()),
      fim = clock_timestamp(), motivo = format('falhou ao %s', etapa)
    where e.sessao_id = registrar_falha_etapa.sessao_id and e.regra = registrar_falha_etapa.regra and e.status in ('pendente', 'detectada');
  end if;
end
$$;
comment on function audit_interno.registrar_falha_etapa(bigint, text, text, text, text) is
  'Records that a step failed: of its rule alone; of the whole session where no rule is given, or audit_interno.falha_de_quem(codigo) is sessao or servidor.';
grant execute on function audit_interno.registrar_falha_etapa(bigint, text, text, text, text) to conferente_operador;
