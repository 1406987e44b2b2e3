-- Where names of people stand: all columns that audit.esquecer_pessoa looks through, and no others. forma: nome (a name), texto (free text),
-- endereco, lista (of addresses) or json. Not here: what the warehouse holds, which findings and alterations repeat.
create or replace function audit_interno.onde_ha_nomes()
returns table (tabela text, coluna text, forma text)
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select v.tabela, c.coluna, v.forma
  from (values
    ('audit.agendamentos', 'nome', '{agendado_por}'),
    ('audit.agendamentos', 'texto', '{erro_mensagem}'),
    ('audit.canais', 'nome', '{criado_por,alterado_por}'),
    ('audit.canais', 'texto', '{motivo}'),
    ('audit.configuracoes_sistema', 'nome', '{alterada_por}'),
    ('audit.convites', 'nome', '{nome,emitido_por}'),
    ('audit.convites', 'endereco', '{endereco}'),
    ('audit.decisoes', 'nome', '{ator,para}'),
    ('audit.decisoes', 'texto', '{motivo}'),
    ('audit.decisoes', 'json', '{antes}'),
    ('audit.divergencias_processadas', 'nome', '{proposta_por,decidida_por,encaminhada_para}'),
    ('audit.divergencias_processadas', 'texto', '{motivo}'),
    ('audit.excecoes', 'nome', '{autor,revogada_por}'),
    ('audit.excecoes', 'texto', '{motivo}'),
    ('audit.execucoes_regra', 'texto', '{erro_mensagem,motivo,conferencia}'),
    ('audit.identidades', 'nome', '{nome,pessoa,registrada_por}'),
    ('audit.notas', 'nome', '{lida_por}'),
    ('audit.notificacoes', 'lista', '{destinatarios,entregues}'),
    ('audit.notificacoes', 'texto', '{remetente,assunto,ultimo_erro}'),
    ('audit.notificacoes', 'json', '{recusados,conteudo}'),
    ('audit.operacoes', 'nome', '{ator}'),
    ('audit.operacoes', 'texto', '{motivo}'),
    ('audit.operacoes', 'json', '{detalhes}'),
    ('audit.padroes_trade_marketing', 'nome', '{criado_por}'),
    ('audit.padroes_trade_marketing', 'texto', '{motivo}'),
    ('audit.periodos', 'nome', '{fechado_por,reaberto_por}'),
    ('audit.periodos', 'texto', '{motivo,reaberto_motivo}'),
    ('audit.pessoas', 'nome', '{nome,registrada_por}'),
    ('audit.pessoas', 'endereco', '{endereco}'),
    ('audit.regras', 'nome', '{registrada_por,concedida_por}'),
    ('audit.regras', 'texto', '{automatica_perdida}'),
    ('audit.retencoes', 'nome', '{criado_por}'),
    ('audit.retencoes', 'texto', '{motivo}'),
    ('audit.revogacoes', 'nome', '{nome,revogado_por}'),
    ('audit.revogacoes', 'texto', '{motivo}'),
    ('audit.sessoes_processamento', 'nome', '{solicitada_por}'),
    ('audit.sessoes_processamento', 'texto', '{mensagem,limite_atingido}'),
    ('audit.sucessoras_categoria', 'nome', '{criado_por}'),
    ('audit.sucessoras_categoria', 'texto', '{motivo}'),
    ('audit.tokens', 'nome', '{nome,emitido_por}'),
    ('audit_interno.alarmes', 'texto', '{chave}'),
    ('audit_interno.estados', 'nome', '{autor}'),
    ('audit_interno.pedidos', 'nome', '{autor}'),
    ('audit_interno.pedidos', 'texto', '{resposta}')
  ) as v (tabela, forma, colunas)
  cross join unnest(v.colunas::text[]) as c (coluna)
$$;
comment on function audit_interno.onde_ha_nomes() is 'Columns in which people are named, and how.';
