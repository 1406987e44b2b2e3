-- All facts of one message to a channel. A channel marked sem_valores gets no amounts, and no text that may contain one. No channel gets
-- the entries themselves: channels are other people's servers. Part of compor_mensagem.
create or replace function audit_interno.conteudo_canal(notificacao_id bigint)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'tipo', n.tipo, 'canal', c.nome, 'idioma', c.idioma, 'fuso', f.fuso, 'criada_em', n.criada_em, 'gerado_em', clock_timestamp(),
    'link', audit_interno.pagina(coalesce('?sessao=' || n.sessao_id, '')),
    'cadeia', (select jsonb_build_object('elo', k.elo, 'selo', encode(k.selo, 'hex')) from audit_interno.cadeia k),
    'problema', (
      select jsonb_build_object('id', a.id, 'tipo', a.tipo, 'chave', a.chave, 'regra', a.regra,
        'para', (regexp_match(a.chave, '^encaminhadas (.*)$'))[1], 'desde', a.aberto_em,
        'ate', a.encerrado_em, 'desfecho', a.desfecho)
      from audit_interno.alarmes a where a.id = n.alarme_id),
    'sessao', (
      select jsonb_build_object('id', s.id, 'modo', s.modo, 'status', s.status, 'incremental', s.incremental, 'data_inicio', s.data_inicio,
        'data_fim', s.data_fim, 'encontradas', s.encontradas, 'novas', s.novas, 'corrigidas', s.corrigidas)
      || case when c.sem_valores then '{}' else jsonb_build_object('valor_em_risco', audit_interno.centavos(s.valor_em_risco)) end
      from audit.sessoes_processamento s where s.id = n.sessao_id),
    'espera', case when n.tipo in ('abertas', 'pessoa') then
      audit_interno.conteudo_espera(f.fuso) - case when c.sem_valores then array['valor', 'valor_vencidas'] else '{}' end
      || jsonb_build_object('encaminhadas', (
        select count(*) from audit.divergencias_processadas d
        where d.encaminhada_para is not null and audit.aguarda_pessoa(d.status))) end,
    'texto', case when not c.sem_valores and n.tipo <> 'resolvido' then left(audit_interno.texto_alarme(n.alarme_id), 1000) end)
  from audit.notificacoes n
  join audit.canais c on c.id = n.canal_id
  cross join (select audit.fuso() as fuso) as f
  where n.id = conteudo_canal.notificacao_id
$$;
comment on function audit_interno.conteudo_canal(bigint) is
  'JSON object: what a message to a channel says, as of now; problema is null for a test, sessao is null if no session caused it, espera (what waits now) is only for abertas and pessoa.';
