-- The window of one rule in one session. Called by the steps of detection.
create or replace function audit_interno.janela_execucao(sessao_id bigint, nome_regra text)
returns audit.janela
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select row(s.data_inicio, s.data_fim, e.carregado_desde, e.carregado_ate, null)::audit.janela
  from audit.execucoes_regra e join audit.sessoes_processamento s on s.id = e.sessao_id
  where e.sessao_id = janela_execucao.sessao_id and e.regra = janela_execucao.nome_regra
$$;
comment on function audit_interno.janela_execucao(bigint, text) is 'Booking dates of the session and load times of the rule; null when the session does not run the rule.';
