-- Puts what waits in the queue at the head of the chain, in its order. It takes the head for the rest of the transaction, so only the
-- engine may call it: its worker at every tick, and transactions of its own logins as they commit. Where somebody else holds the head for
-- longer than the limit, or this snapshot is older than the head (40001), everything stays in the queue for the next.
create or replace function audit_interno.selar()
returns bigint
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
  v_cadeia audit_interno.cadeia;
  v_seladas bigint;
begin
  begin
    select c.* into strict v_cadeia from audit_interno.cadeia c for update;
    with recursive fila as (
      select f.operacao_id, f.resumo, row_number() over (order by f.ordem) as n
      from audit_interno.fila_selos f order by f.ordem limit 1000 -- each link scans all of them
    ), elos as (
      select 0::bigint as n, null::bigint as operacao_id, null::bytea as resumo, null::bytea as anterior, v_cadeia.selo as selo
      union all
      select f.n, f.operacao_id, f.resumo, e.selo, sha256(e.selo || int8send(v_cadeia.elo + f.n) || f.resumo)
      from elos e join fila f on f.n = e.n + 1
    ), seladas as (
      update audit.operacoes o
      set elo = v_cadeia.elo + e.n, resumo = e.resumo, selo_anterior = e.anterior, selo = e.selo
      from elos e
      where o.id = e.operacao_id
      returning o.id
    ), cabeca as (
      update audit_interno.cadeia c set elo = v_cadeia.elo + e.n, selo = e.selo
      from (select x.n, x.selo from elos x order by x.n desc limit 1) as e
      where e.n > 0
    ), saidas as (
      delete from audit_interno.fila_selos f using elos e where f.operacao_id = e.operacao_id
    )
    select count(*) into v_seladas from seladas;
  exception when lock_not_available or serialization_failure then
    return 0;
  end;
  return v_seladas;
end
$$;
comment on function audit_interno.selar() is
  'Seals the operations that wait for it and returns how many; also 0 when another transaction of the engine has the head. Only for conferente_dono and the engine''s own logins.';
