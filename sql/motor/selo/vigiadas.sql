-- Tables whose rows may change, each change being a fact (audit_interno.estados): their keys, and the columns that only show that somebody
-- is at work. Findings are handled apart (anotar_situacoes). Not listed: what is computed again whenever it is needed (statistics of
-- rules), what tracks work under way (posses, partes_sessao, pedidos), and the worker's queue.
create or replace function audit_interno.vigiadas()
returns table (tabela text, chave text[], fora text[])
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select v.tabela, v.chave::text[], v.fora::text[]
  from (values
    ('audit.agendamentos', '{previsto_para}', '{}'),
    ('audit.canais', '{id}', '{}'),
    ('audit.codigos_regra', '{hash}', '{}'),
    ('audit.configuracoes_sistema', '{chave}', '{}'),
    ('audit.convites', '{id}', '{}'),
    ('audit.excecoes', '{id}', '{}'),
    ('audit.execucoes_regra', '{sessao_id,regra}', '{}'),
    ('audit.identidades', '{id}', '{}'),
    ('audit.notas', '{chave}', '{}'),
    ('audit.notas_recusadas', '{pasta,arquivo}', '{vista_em}'),
    ('audit.notificacoes', '{id}', '{}'),
    ('audit.padroes_trade_marketing', '{id}', '{}'),
    ('audit.periodos', '{id}', '{}'),
    ('audit.pessoas', '{id}', '{}'),
    ('audit.regras', '{nome}', '{}'),
    ('audit.retencoes', '{id}', '{}'),
    ('audit.revogacoes', '{id}', '{}'),
    ('audit.sessoes_processamento', '{id}', '{ultima_atividade}'),
    ('audit.sucessoras_categoria', '{id}', '{}'),
    ('audit.tokens', '{id}', '{}'),
    ('audit_interno.alarmes', '{id}', '{}'),
    ('audit_interno.arquivos_notas', '{sha256}', '{}'),
    ('audit_interno.automaticas_erradas', '{divergencia_id}', '{}'),
    ('audit_interno.cancelamentos_notas', '{chave,certificado}', '{}'),
    ('audit_interno.certificados_notas', '{sha256}', '{}'),
    ('audit_interno.divergencias_arquivadas', '{divergencia_id}', '{}'),
    ('audit_interno.destinos_canais', '{canal_id}', '{}'),
    ('audit_interno.fatos_esquecidos', '{operacao_id,parte,fato_id}', '{}'),
    ('audit_interno.objetos', '{objeto}', '{}'),
    ('audit_interno.vereditos', '{divergencia_id}', '{}'),
    ('regra_validacao_valores.somas_retencao', '{tributos,vale_de,vale_ate}', '{}')
  ) as v (tabela, chave, fora)
$$;
comment on function audit_interno.vigiadas() is 'Tables whose every change is a fact, with their keys and the columns that are left out.';
