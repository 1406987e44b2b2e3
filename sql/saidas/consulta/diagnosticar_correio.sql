-- Part of the diagnosis: what mail lacks before anybody can use it (as installed it comes from localhost, its links lead there, and nobody
-- receives it), and channels that do not answer. Called by audit.diagnosticar_contrato, and by a worker when it starts.
create or replace function audit_interno.diagnosticar_correio()
returns table (item text, situacao text, detalhe text, sugestao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'correio.destinatarios', 'aviso', format('ninguém recebe as mensagens de %s', string_agg(t.tipo, ', ' order by t.ordem)),
    $s$Diga quem: conferente configurar correio.destinatarios '["financeiro@empresa.com.br"]' --motivo "…".$s$
  from unnest(array['resumo', 'divergencias', 'falha', 'limite', 'ausencia']) with ordinality as t (tipo, ordem)
  where audit_interno.destinatarios(t.tipo) = '{}'
  having count(*) > 0
  union all
  (select c.chave, 'aviso', format(
      case c.chave when 'correio.remetente' then '%s: servidores de e-mail costumam recusar este remetente'
        else '%s: os links das mensagens só abrem na máquina do Conferente' end, c.valor #>> '{}'),
    format('Diga o seu: conferente configurar %s %s --motivo "…".', c.chave,
      case c.chave when 'correio.remetente' then '"Conferente <conferente@empresa.com.br>"' else 'https://conferente.empresa.com.br' end)
  from audit.configuracoes_sistema c
  where c.chave in ('correio.remetente', 'correio.pagina')
    and c.valor #>> '{}' ~* '(@|//)(localhost|127[.][0-9.]+)([:/>]|$)'
  order by c.chave)
  union all
  (select 'canal ' || c.nome, 'aviso', format('a última mensagem a %s não chegou: %s', c.servidor, u.ultimo_erro),
    format('Confira o endereço com quem cuida do canal, e teste: conferente canais testar %s.', c.nome)
  from audit.canais c
  cross join lateral (
    select n.status, n.ultimo_erro from audit.notificacoes n
    where n.canal_id = c.id and n.tentativas > 0 order by n.ultima_tentativa desc limit 1
  ) as u
  where c.ativo and u.status <> 'enviada'
  order by c.nome)
$$;
comment on function audit_interno.diagnosticar_correio() is
  'Lines of the diagnosis on mail: kinds without a recipient, a sender or a page address that only works on this machine, channels whose last message did not arrive; none if all is set.';
