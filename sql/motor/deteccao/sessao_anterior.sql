-- The session at whose end a rule's next incremental window begins. Called by criar_sessao and abrir_contagens.
create or replace function audit_interno.sessao_anterior(regra text, modo text)
returns table (id bigint, ate timestamptz, corte timestamptz)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- a limit that stopped corrections leaves the window where it was;
  -- a manual session looks further for no auto one: auto must see again, itself, what it may correct
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
  'The session, the end of its window, and the load time from which it left rows to the next (null where loads are not counted); no row before the first.';
