-- A field of the session in the API, REST and the command line, so that unsent mail never looks like success.
create or replace function audit.sessao_correio(sessao audit.sessoes_processamento)
returns text
language sql
stable
as $$
  select string_agg(m.tipos || ': ' || m.estado, '; ' order by m.tipos)
  from (
    select string_agg(n.tipo || coalesce(' (' || c.nome || ')', ''), ', ' order by n.tipo, c.nome) as tipos, n.status || coalesce(' (' || n.ultimo_erro || ')', '') as estado
    from audit.notificacoes n left join audit.canais c on c.id = n.canal_id
    where n.sessao_id = (sessao).id
      and (n.status in ('falhou', 'dispensada') or n.recusados <> '{}' or n.status in ('pendente', 'composta') and n.ultimo_erro is not null)
    group by 2
  ) as m
$$;
comment on function audit.sessao_correio(audit.sessoes_processamento) is 'Messages about this session, by mail and to channels (named in parentheses), that did not go out as they should, each kind with its state and the last error: given up, refused by a recipient, waiting after a failed attempt, or without recipients; null if there is none.';
grant execute on function audit.sessao_correio(audit.sessoes_processamento) to conferente_leitor;
