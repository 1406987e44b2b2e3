-- The dead-man's check: if a session was due on a day and none of that day has ended by agenda.prazo, it queues one message, however many
-- processes look. Called by every process that is alive, the worker at every tick and the API's server.
create or replace function audit_interno.conferir_ausencia(agora timestamptz default clock_timestamp())
returns setof audit.notificacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fuso text := audit.fuso();
  v_cron text := audit_interno.configuracao('agenda.cron') #>> '{}';
  v_prazo time := (audit_interno.configuracao('agenda.prazo') #>> '{}')::time;
  v_dia date;
begin
  select p.dia into v_dia
  from (
    select h.dia, (h.dia + h.prevista) at time zone v_fuso as devida,
      -- a deadline earlier than the due time means the next morning
      (h.dia + case when v_prazo > h.prevista then 0 else 1 end + v_prazo) at time zone v_fuso as vencimento
    from (
      select d.dia, audit_interno.hora_prevista(v_cron, d.dia) as prevista
      from (select (conferir_ausencia.agora at time zone v_fuso)::date - n as dia from generate_series(0, 2) as n) as d
    ) as h
    where h.prevista is not null
  ) as p
  where p.vencimento <= conferir_ausencia.agora
    -- a new schedule or deadline does not apply to the time before it
    and p.devida > (select max(c.alterada_em) from audit.configuracoes_sistema c where c.chave in ('agenda.cron', 'agenda.fuso'))
    and p.vencimento > (select c.alterada_em from audit.configuracoes_sistema c where c.chave = 'agenda.prazo')
  order by p.dia desc
  limit 1;
  if v_dia is null or exists (
    select from audit.sessoes_processamento s
    where s.status in ('concluida', 'concluida_com_falhas', 'falhou') and s.fim_processamento >= v_dia::timestamp at time zone v_fuso
      -- a session over a few days or with one rule does not count as the day's session
      and s.incremental
      and not exists (
        select from audit.regras r where r.ativa and r.registrada_em < s.solicitada_em and r.nome <> all (s.regras)))
  then
    return;
  end if;
  return query
  insert into audit.notificacoes (tipo, dia) values ('ausencia', v_dia) on conflict do nothing returning *;
end
$$;
comment on function audit_interno.conferir_ausencia(timestamptz) is
  'Queues, once a day, the message that no session of the day has ended in time, and returns its row; no row otherwise.';
grant usage on schema audit_interno to conferente_servico;
grant execute on function audit_interno.conferir_ausencia(timestamptz) to conferente_servico;
