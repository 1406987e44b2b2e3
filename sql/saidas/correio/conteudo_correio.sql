-- Messages of the day before, or earlier, that did not go out as they should, so that a mailbox that works reports one that does not. Part
-- of conteudo_mensagem.
create or replace function audit_interno.conteudo_correio(notificacao_id bigint, fuso text)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'tipo', n.tipo, 'canal', c.nome, 'assunto', n.assunto, 'status', n.status,
    'criada_em', n.criada_em, 'erro', n.ultimo_erro, 'recusados', n.recusados) order by n.id), '[]')
  from audit.notificacoes n left join audit.canais c on c.id = n.canal_id
  where n.id < conteudo_correio.notificacao_id and n.tipo <> 'teste' -- the person who tested a channel saw the result
    -- a message may be given up days after it was queued
    and greatest(n.criada_em, n.ultima_tentativa, n.desistida_em) >= ((now() at time zone conteudo_correio.fuso)::date - 1)::timestamp at time zone conteudo_correio.fuso
    and (n.status = 'falhou' or n.recusados <> '{}' or n.status = 'composta' and n.ultimo_erro is not null)
$$;
comment on function audit_interno.conteudo_correio(bigint, text) is
  'JSON array of messages caused, tried or given up since yesterday that failed, were refused by some recipient, or still wait after a failed attempt.';
