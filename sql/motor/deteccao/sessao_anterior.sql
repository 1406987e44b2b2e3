-- The session whose end is the start of a rule's next incremental window. Called by criar_sessao and abrir_contagens.
create or replace function audit_interno.sessao_anterior(regra text, modo text)
returns table (id bigint, ate timestamptz, corte timestamptz)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- After a session that a limit stopped, the next window begins where that session's began. A manual session does not move the window of
  -- auto ones: auto must see for itself what it may correct.
  select e.sessao_id, e.carregado_ate, c.corte
  from audit.execucoes_regra e
  join audit.sessoes_processamento s on s.id = e.sessao_id
  left join audit_interno.contagens_carga c on c.sessao_id = e.sessao_id and c.regra = e.regra
  where e.regra = sessao_anterior.regra and e.status = 'concluida' and e.motivo is null and s.incremental
    and s.status in ('concluida', 'concluida_com_falhas') and (sessao_anterior.modo = 'manual' or s.modo = 'auto')
  order by e.carregado_ate desc
  limit 1
$$;
comment on function audit_interno.sessao_anterior(text, text) is
  'The previous session, the end of its window, and the load time from which on it left rows to the next (null if loads are not counted); no row for the first.';
