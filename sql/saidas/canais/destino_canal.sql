-- Address and signing secret of a message to a channel, for whoever is sending it. Only the owner may call it: the worker has the owner's
-- rights; the API's login does not, nor does any role that people have.
create or replace function audit_interno.destino_canal(notificacao_id bigint)
returns table (tipo text, endereco text, segredo text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select c.tipo, d.endereco, d.segredo
  from audit.notificacoes n
  join audit.canais c on c.id = n.canal_id
  left join audit_interno.destinos_canais d on d.canal_id = c.id
  where n.id = destino_canal.notificacao_id
$$;
comment on function audit_interno.destino_canal(bigint) is 'Kind of the channel, its whole address and its secret; both null in a copy of the database that was made without them.';
