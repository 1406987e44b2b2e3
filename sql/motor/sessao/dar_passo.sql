-- Does one step of a session. Each call is atomic: its findings, changes, images, counters and seal commit together. Called by
-- executar_etapa, and by processar_divergencias for the session that it has just opened.
create or replace function audit_interno.dar_passo(sessao_id bigint, etapa text, regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_status text;
begin
  update audit.sessoes_processamento s
  set status = 'em_andamento', inicio_processamento = coalesce(s.inicio_processamento, clock_timestamp())
  where s.id = dar_passo.sessao_id and s.status = 'agendada';
  if etapa in ('repartir', 'detectar', 'juntar') then
    -- a long step leaves the row to those who watch or cancel; the rule's own row decides at the end whether the step still counts
    select s.status into v_status from audit.sessoes_processamento s where s.id = dar_passo.sessao_id;
  else
    update audit.sessoes_processamento s set ultima_atividade = clock_timestamp()
    where s.id = dar_passo.sessao_id
    returning s.status into v_status;
  end if;
  if v_status is distinct from 'em_andamento' then
    raise exception using errcode = 'NC016', message = format('a sessão %s não está em andamento', sessao_id),
      detail = format('status %s', coalesce(v_status, 'desconhecido'));
  end if;
  -- whoever may take steps may still not skip the limits, correct in a manual session, or end one with rules still to run
  if (etapa in ('repartir', 'juntar', 'limitar', 'corrigir', 'finalizar') or etapa = 'detectar' and exists (
    select from audit.sessoes_processamento s where s.id = dar_passo.sessao_id and s.partes is not null)) and not exists (
    select from audit_interno.proxima_etapa(dar_passo.sessao_id) p
    where p.etapa = dar_passo.etapa and (p.regra is null or p.regra = dar_passo.regra))
  then
    raise exception using errcode = 'NC016', message = format('a etapa %s não é a próxima da sessão %s', etapa, sessao_id);
  end if;
  case dar_passo.etapa
    when 'repartir' then perform audit_interno.repartir_regra(sessao_id, regra);
    when 'juntar' then perform audit_interno.juntar_regra(sessao_id, regra);
    when 'detectar' then perform audit_interno.detectar_regra(sessao_id, regra);
    when 'limitar' then perform audit_interno.verificar_limites(sessao_id);
    when 'corrigir' then perform audit_interno.corrigir_lote(sessao_id, regra);
    when 'finalizar' then perform audit_interno.finalizar_sessao(sessao_id);
    else raise exception using errcode = 'NC001', message = format('etapa inválida: %s', coalesce(etapa, 'nula'));
  end case;
  perform audit_interno.totalizar_sessao(sessao_id);
end
$$;
comment on function audit_interno.dar_passo(bigint, text, text) is
  'Executes one step named by audit_interno.proxima_etapa. NC016 when the session is not under way or the step is not its next.';
