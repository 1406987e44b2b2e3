-- Messages of some kinds that are due to be composed or sent now, mails or messages to channels, for a process that works without a worker.
create or replace function audit_interno.mensagens_devidas(tipos text[], agora timestamptz default clock_timestamp(), canais boolean default false)
returns table (notificacao_id bigint, status text, tentativas integer)
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select n.id, n.status, n.tentativas
  from audit.notificacoes n
  where n.tipo = any (mensagens_devidas.tipos) and (n.canal_id is not null) = mensagens_devidas.canais and n.status in ('pendente', 'composta')
    and coalesce(n.proxima_tentativa, n.criada_em) <= mensagens_devidas.agora
  order by n.id
$$;
comment on function audit_interno.mensagens_devidas(text[], timestamptz, boolean) is 'Ids, states and attempts so far, oldest first.';
grant execute on function audit_interno.mensagens_devidas(text[], timestamptz, boolean) to conferente_servico;
