-- Records that a step failed and was rolled back. The rule fails alone and the session goes on, unless the fault is the session's or the
-- server's. Called by registrar_falha_etapa in a transaction of its own, and by processar_divergencias after the step's subtransaction.
create or replace function audit_interno.anotar_falha(sessao_id bigint, etapa text, regra text, codigo text, mensagem text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  -- what the connection to a node says does not name it
  v_no text := case when to_regclass('pg_catalog.pg_dist_node') is not null and codigo ~ '^(08|XX000)'
    and mensagem ~ 'EOF detected|closed the connection|invalid socket|remote node|connection establishment for node|marked as essential' then 'um nó do Citus não responde: ' end;
  v_mensagem text := concat_ws('; ', concat(v_no, audit_interno.sem_segredos(mensagem)), (
    select audit_interno.remedio_falha(codigo, r) from audit.regras r where r.nome = anotar_falha.regra));
begin
  if regra is null or audit_interno.falha_de_quem(codigo) in ('sessao', 'servidor') then
    update audit.sessoes_processamento s
    set status = 'falhou', fim_processamento = clock_timestamp(), mensagem = format('%s: %s', codigo, v_mensagem)
    where s.id = anotar_falha.sessao_id and s.status in ('agendada', 'em_andamento');
    if found then
      update audit.execucoes_regra e set status = 'pulada', motivo = 'a sessão falhou' || coalesce(' ao ' || etapa, '')
      where e.sessao_id = anotar_falha.sessao_id and e.status in ('pendente', 'detectada');
      perform audit_interno.totalizar_sessao(anotar_falha.sessao_id);
      perform audit_interno.notificar('falha', anotar_falha.sessao_id);
    end if;
  else
    update audit.execucoes_regra e
    set status = 'falhou', erro_codigo = codigo, erro_mensagem = v_mensagem, inicio = coalesce(e.inicio, clock_timestamp()),
      fim = clock_timestamp(), motivo = format('falhou ao %s', etapa)
    where e.sessao_id = anotar_falha.sessao_id and e.regra = anotar_falha.regra and e.status in ('pendente', 'detectada');
  end if;
end
$$;
comment on function audit_interno.anotar_falha(bigint, text, text, text, text) is
  'Records that a step failed, for its rule; for the whole session if no rule is given, or audit_interno.falha_de_quem(codigo) is sessao or servidor.';
