-- Takes a part that nobody works on, for as long as the caller's transaction lasts: the row's lock is the claim, so a dead worker's part is
-- free at once. Called by the process that conducts the session (any part) and by jobs (one).
create or replace function audit_interno.tomar_parte(sessao_id bigint, nome_regra text default null, numero integer default null)
returns table (regra text, ordem bigint, total bigint, tempo_limite_ms bigint)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select p.regra, p.parte::bigint, (select count(*) from audit_interno.partes_sessao o where o.sessao_id = p.sessao_id and o.regra = p.regra),
    (extract(epoch from r.tempo_limite) * 1000)::bigint
  from audit_interno.partes_sessao p
  join audit.sessoes_processamento s on s.id = p.sessao_id
  join audit.execucoes_regra e on e.sessao_id = p.sessao_id and e.regra = p.regra
  join audit.regras r on r.nome = p.regra
  where p.sessao_id = tomar_parte.sessao_id and p.status = 'pendente' and s.status = 'em_andamento' and e.status = 'pendente'
    and (tomar_parte.nome_regra is null or p.regra = tomar_parte.nome_regra)
    and (tomar_parte.numero is null or p.parte = tomar_parte.numero)
  order by r.prioridade, p.regra, p.parte
  limit 1
  for update of p skip locked
$$;
comment on function audit_interno.tomar_parte(bigint, text, integer) is
  'Locks a part that is not done and returns its rule, its number, how many parts the rule has and how long one may take in milliseconds; no row when there is none.';
