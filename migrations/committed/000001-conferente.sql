--! Previous: -
--! Hash: sha1:1e44576145eb3371376d0db76df0c4acd56b3885
--! Message: conferente

set local role conferente_dono;

--! Included posse/marcada.sql
-- Whether a connection is alive: the process holds, on this database, the number that it drew. Everybody may look at pg_locks,
-- where pg_stat_activity hides the connections of others.
create or replace function audit_interno.marcada(pid integer, numero bigint)
returns boolean
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from pg_locks k
    where k.locktype = 'advisory' and k.objsubid = 1 and k.granted and k.pid = marcada.pid
      and (k.classid::bigint << 32 | k.objid::bigint) = marcada.numero
      and k.database = (select d.oid from pg_database d where d.datname = current_database()))
$$;
comment on function audit_interno.marcada(integer, bigint) is 'True while the process holds the number that marks its connection.';
--! EndIncluded posse/marcada.sql

--! Included tabelas/tipos.sql
create type audit.janela as (
  data_inicio date,
  data_fim date,
  carregado_desde timestamptz,
  carregado_ate timestamptz,
  chaves text[]
);
comment on type audit.janela is 'A window of rows, the one argument of every rule. Every member may be null, which leaves that side open.';
comment on column audit.janela.data_inicio is 'First booking date, included.';
comment on column audit.janela.data_fim is 'Last booking date, included.';
comment on column audit.janela.carregado_desde is 'First load time, included.';
comment on column audit.janela.carregado_ate is 'Load time up to which, excluded.';
comment on column audit.janela.chaves is 'Keys as text; only these rows.';

create type audit.achado as (
  tabela text,
  registro_id text,
  valores_propostos jsonb,
  confianca numeric,
  evidencia jsonb,
  justificativa text,
  valor_em_risco numeric
);
comment on type audit.achado is 'What a rule returns for one row: the finding.';
comment on column audit.achado.tabela is 'Schema-qualified table; null means the table that the rule is registered for.';
comment on column audit.achado.registro_id is 'The row''s key as text.';
comment on column audit.achado.valores_propostos is 'Column to new value; {} when the rule can only flag.';
comment on column audit.achado.confianca is 'Probability, 0 to 1, that the proposed correction is right.';
comment on column audit.achado.evidencia is 'Facts that the finding rests on; member "tipo" names the kind.';
comment on column audit.achado.justificativa is 'One sentence that a reviewer understands.';
comment on column audit.achado.valor_em_risco is 'Amount at stake in BRL, never negative.';

create type audit.resultado_reversao as (
  divergencia_id bigint,
  tabela text,
  registro_id text,
  resultado text,
  antes jsonb,
  depois jsonb,
  agora jsonb,
  status text,
  explicacao text,
  operacao_id bigint,
  aviso text
);
comment on type audit.resultado_reversao is 'What a rollback did to one row: revertida, or conflito with the three sides, and what becomes of its finding.';
comment on column audit.resultado_reversao.resultado is 'revertida: the columns came back exactly. ja_revertida: the row already held them. conflito: the row no longer holds what was written, is another entry by now, or the warehouse stored something else than what it was given back; nothing was changed. ausente: the row is gone. recusada: the warehouse refused (a constraint or trigger). aguardando_segunda_aprovacao: bringing this correction back needs another person. deixada: not corrected any more, nothing was changed.';
comment on column audit.resultado_reversao.status is 'Status of the finding now.';
comment on column audit.resultado_reversao.explicacao is 'What becomes of the finding, or why nothing was done, in one sentence.';
comment on column audit.resultado_reversao.operacao_id is 'The operation that this was; audit.reverter_operacao takes it back in turn.';
comment on column audit.resultado_reversao.aviso is 'What else this act did, such as costing the rule its autonomy, and how to mend it; null when nothing.';
comment on column audit.resultado_reversao.antes is 'Columns as they were before the alteration, and would be again.';
comment on column audit.resultado_reversao.depois is 'Columns as the alteration wrote them.';
comment on column audit.resultado_reversao.agora is 'Columns as the row holds them now; null when the row is gone.';

create type audit_interno.linha_reversao as (
  divergencia_id bigint,
  tabela text,
  registro_id text,
  resultado text,
  antes jsonb,
  depois jsonb,
  agora jsonb,
  explicacao text,
  operacao_id bigint
);
comment on type audit_interno.linha_reversao is 'What audit_interno.reverter_lote did to one row.';

create type audit.resultado_decisao as (
  id bigint,
  resultado text,
  codigo text,
  explicacao text,
  status text,
  regra text,
  tabela text,
  registro_id text,
  valores_originais jsonb,
  valores_propostos jsonb,
  valores_digitados jsonb,
  confianca numeric,
  justificativa text,
  valor_em_risco numeric,
  proposta_por text,
  decidida_em timestamptz,
  decidida_por text,
  motivo text,
  visto text,
  operacao_id bigint,
  aviso text
);
comment on type audit.resultado_decisao is 'What a person''s act did to one finding, and the finding as it is now.';
comment on column audit.resultado_decisao.id is 'The finding.';
comment on column audit.resultado_decisao.resultado is 'feita: done. sem_efeito: decided, but the warehouse was not changed (status obsoleta or falha). deixada: nothing was done to this finding; codigo and explicacao say why.';
comment on column audit.resultado_decisao.codigo is 'Why it was left, as an error code: NC005 decided by somebody else meanwhile, NC007 for another person, NC017 nothing proposed, NC021 not what was seen. Null when it was not left.';
comment on column audit.resultado_decisao.explicacao is 'What happened or why it was left, in one sentence: who, when, what. Null when there is nothing to say.';
comment on column audit.resultado_decisao.status is 'Status now.';
comment on column audit.resultado_decisao.regra is 'Rule that found it.';
comment on column audit.resultado_decisao.tabela is 'Table of the row, schema-qualified.';
comment on column audit.resultado_decisao.registro_id is 'Key of the row as text.';
comment on column audit.resultado_decisao.valores_originais is 'Column to value that the row held when found.';
comment on column audit.resultado_decisao.valores_propostos is 'Column to value that the rule proposes; {} when it only flags.';
comment on column audit.resultado_decisao.valores_digitados is 'Column to value that a person typed instead.';
comment on column audit.resultado_decisao.confianca is 'Probability, 0 to 1, that the proposed correction is right.';
comment on column audit.resultado_decisao.justificativa is 'The finding in one sentence.';
comment on column audit.resultado_decisao.valor_em_risco is 'Amount at stake in BRL.';
comment on column audit.resultado_decisao.proposta_por is 'First of two people.';
comment on column audit.resultado_decisao.decidida_em is 'When its status was last decided.';
comment on column audit.resultado_decisao.decidida_por is 'Who decided it.';
comment on column audit.resultado_decisao.motivo is 'Reason of the last decision or of the failure.';
comment on column audit.resultado_decisao.visto is 'Digest of what it is now, for audit.aprovar_divergencias.';
comment on column audit.resultado_decisao.operacao_id is 'The operation of this act; audit.desfazer takes it back. Null when this finding was left.';
comment on column audit.resultado_decisao.aviso is 'What else this act did, such as costing the rule its autonomy, and how to mend it; null when nothing.';
--! EndIncluded tabelas/tipos.sql

--! Included tabelas/configuracoes_sistema.sql
create table audit.configuracoes_sistema (
  chave text primary key,
  valor jsonb not null,
  tipo text not null check (tipo in ('texto', 'inteiro', 'numero', 'booleano', 'textos', 'intervalo', 'hora', 'cron', 'fuso', 'endereco', 'enderecos', 'url')),
  padrao jsonb not null,
  minimo numeric,
  maximo numeric,
  permitidos jsonb,
  unidade text,
  descricao text not null,
  alterada_em timestamptz not null default now(),
  alterada_por text not null default session_user
);
comment on table audit.configuracoes_sistema is 'Settings that a person may change while the system runs. Change them with audit.alterar_configuracao: every value is checked and every change audited.';
comment on column audit.configuracoes_sistema.chave is 'Name: subject, dot, setting.';
comment on column audit.configuracoes_sistema.valor is 'Value in force, as JSON of the type named in tipo; JSON null while a setting that ships unset is unset.';
comment on column audit.configuracoes_sistema.tipo is 'texto, inteiro, numero, booleano, textos (JSON array of texts), intervalo (PostgreSQL interval as text), hora (HH:MM), cron (five fields of numbers), fuso (IANA time zone), endereco (mail address, with a name before it or without), enderecos (JSON array of plain mail addresses) or url (http or https).';
comment on column audit.configuracoes_sistema.padrao is 'Value that the product ships with; JSON null for what it cannot know, which may be unset again.';
comment on column audit.configuracoes_sistema.minimo is 'Smallest value allowed; seconds for an interval, number of elements for textos and enderecos.';
comment on column audit.configuracoes_sistema.maximo is 'Largest value allowed; seconds for an interval, number of elements for textos and enderecos.';
comment on column audit.configuracoes_sistema.permitidos is 'JSON array of the only values allowed, or null.';
comment on column audit.configuracoes_sistema.unidade is 'Unit of the value, for people.';
comment on column audit.configuracoes_sistema.descricao is 'What the setting does.';
comment on column audit.configuracoes_sistema.alterada_em is 'When it was last changed.';
comment on column audit.configuracoes_sistema.alterada_por is 'Who last changed it.';

insert into audit.configuracoes_sistema (chave, valor, padrao, tipo, minimo, maximo, permitidos, unidade, descricao)
select c.chave, c.valor::jsonb, c.valor::jsonb, c.tipo, c.minimo, c.maximo, c.permitidos::jsonb, c.unidade, c.descricao
from (values
  ('sessao.margem_incremental', '"02:00:00"', 'intervalo', 0, 172800, null, null,
    'Quanto a janela incremental recua sobre a anterior: uma carga confirma depois da hora que grava.'),
  ('sessao.atrasadas_dias', '92', 'inteiro', 0, 3660, null, 'dias',
    'Quantos dias de data de lançamento para trás cada sessão incremental conta, para achar linhas de uma carga que confirmou tarde demais; lançamentos mais antigos, ou sem data, não são contados.'),
  ('sessao.primeira_janela', '"24:00:00"', 'intervalo', 3600, 31622400, null, null,
    'Tamanho da primeira janela incremental de uma regra.'),
  ('sessao.tamanho_lote', '10000', 'inteiro', 1, 1000000, null, 'linhas',
    'Correções por lote; cada lote é atômico e, pela linha de comando, confirmado por si.'),
  ('sessao.linhas_por_parte', '500000', 'inteiro', 1, 1000000000, null, 'linhas',
    'Quantas linhas, mais ou menos, tem cada parte em que os trabalhadores repartem a detecção de uma janela longa (meses inteiros); com menos do que o dobro ela fica inteira.'),
  ('sessao.espera_trava', '"00:00:10"', 'intervalo', 0, 600, null, null,
    'Quanto uma correção espera por uma linha que outra transação segura.'),
  ('sessao.conferir_corrigidas_dias', '90', 'inteiro', 0, 3650, null, 'dias',
    'Quantos dias para trás cada sessão confere se o armazém ainda guarda as correções feitas; as mais antigas só quando a regra as encontra de novo.'),
  ('sessao.conferir_corrigidas_linhas', '100000', 'inteiro', 0, 100000000, null, 'correções',
    'Quantas dessas correções, por regra e das mais novas para as mais antigas, cada sessão confere no máximo; o corte é dito.'),
  ('sessao.desfeitas_maximo', '3', 'inteiro', 1, 1000000, null, 'vezes',
    'Desfeita tantas vezes fora do sistema (por cargas), uma correção já não é refeita por auto e espera uma pessoa.'),
  ('limites.linhas', '50000', 'inteiro', 0, 100000000, null, 'linhas',
    'Máximo de correções automáticas por sessão. Acima dele nada é corrigido e um alerta sai.'),
  ('limites.fracao', '0.10', 'numero', 0, 1, null, 'fração da janela',
    'Máxima fração das linhas da janela corrigida por sessão: uma janela cheia de divergências é uma carga quebrada.'),
  ('limites.fracao_a_partir_de', '50', 'inteiro', 0, 1000000, null, 'linhas',
    'A fração só é aplicada quando há mais correções do que isto: duas linhas em três não são uma carga quebrada.'),
  ('limites.valor', '500000000.00', 'numero', 0, 1e15, null, 'BRL',
    'Máxima soma do valor em risco corrigida por sessão.'),
  ('aprovacao.valor_dupla', '100000.00', 'numero', 0, 1e15, null, 'BRL',
    'A partir deste valor em risco uma correção pede duas pessoas e nunca é automática.'),
  ('regras.decisoes_minimas', '20', 'inteiro', 1, 100000, null, 'decisões',
    'A partir de quantas decisões, uma delas errada, o limite inferior da precisão decide se a regra corrige sozinha.'),
  -- no label is shipped: what means pending or marketing is the ledger's own, and a rule without it is skipped and says so
  ('pendente.rotulos', 'null', 'textos', 0, 100, null, null,
    'Categorias que significam pendente, comparadas sem acento nem caixa; [] se nenhuma. Enquanto for null a regra é pulada.'),
  ('pendente.vazias', 'true', 'booleano', null, null, null, null,
    'Se um lançamento sem categoria também está pendente.'),
  ('pendente.meses_historico', '36', 'inteiro', 1, 240, null, 'meses',
    'Quantos meses de história a inferência de categoria lê.'),
  ('trade_marketing.categoria', 'null', 'texto', null, null, null, null,
    'A categoria em que um lançamento de trade marketing deve estar, como o livro a escreve. Enquanto for null a regra é pulada.'),
  ('trade_marketing.erro_lancamento', '0.03', 'numero', 0.0001, 0.5, null, 'fração dos lançamentos',
    'Quantos lançamentos de trade marketing, mais ou menos, acabam em outra categoria: quanto mais raro o erro, mais um padrão precisa provar.'),
  ('trade_marketing.meses_historico', '12', 'inteiro', 0, 240, null, 'meses',
    'Quantos meses antes e depois contam como história do fornecedor contra um padrão de marketing.'),
  ('valores.tolerancia_absoluta', '0.05', 'numero', 0, 1e6, null, 'BRL',
    'Diferença até a qual valor e documento são iguais.'),
  ('valores.tolerancia_relativa', '0', 'numero', 0, 0.5, null, 'fração do documento',
    'Diferença relativa até a qual valor e documento são iguais.'),
  ('valores.digitos_significativos', '0', 'inteiro', 0, 15, null, 'dígitos',
    'Dígitos significativos com que a origem imprime valores; 0 se os imprime por inteiro.'),
  ('valores.dias_duplicidade', '10', 'inteiro', 0, 366, null, 'dias',
    'Até quantos dias de distância o mesmo documento, fornecedor e valor contam como lançado duas vezes.'),
  ('valores.cambio_minimo', '2.5', 'numero', 1, 1000, null, null,
    'Menor razão entre valor e documento que parece uma taxa de câmbio.'),
  ('valores.cambio_maximo', '8', 'numero', 1, 1000, null, null,
    'Maior razão entre valor e documento que parece uma taxa de câmbio.'),
  ('agenda.cron', '"0 7 * * *"', 'cron', null, null, null, null,
    'Quando a sessão diária roda, na hora local de agenda.fuso: minuto, hora, dia do mês, mês, dia da semana (0 e 7 são domingo).'),
  ('agenda.fuso', '"America/Sao_Paulo"', 'fuso', null, null, null, null,
    'Fuso horário em que agenda.cron é lida, se contam os dias e se mostram as horas.'),
  ('agenda.modo', '"auto"', 'texto', null, null, '["auto", "manual"]', null,
    'Modo da sessão diária: manual só detecta; auto detecta e corrige o que pode.'),
  ('saude.idade_sessao', '"26:00:00"', 'intervalo', 60, 31622400, null, null,
    'A partir desta idade da última sessão terminada /readyz diz que falta uma sessão.'),
  ('saude.espera_correio', '"00:30:00"', 'intervalo', 60, 604800, null, null,
    'A partir desta espera de uma mensagem /readyz diz que o correio não anda.')
) as c (chave, valor, tipo, minimo, maximo, permitidos, unidade, descricao);
--! EndIncluded tabelas/configuracoes_sistema.sql

--! Included decisao/limite_wilson.sql
-- Lower bound of a proportion seen `certas` times in `total`: Wilson's score bound, one-sided, 95 per cent (z = 1.6449).
-- E. B. Wilson, Probable inference (1927); Brown, Cai and DasGupta, Interval estimation for a binomial proportion (2001), who
-- recommend it for small numbers. It has a closed form, stays inside 0 to 1 and, for proportions near one, lies between the
-- exact bound and Jeffreys'. Null without a case. Touches nothing. Called by the generated column audit.regras.limite_inferior and
-- by audit_interno.conferir_automatica.
create or replace function audit_interno.limite_wilson(certas numeric, total numeric) returns numeric
language sql immutable parallel safe
return case when total > 0 then pg_catalog.round(
  (certas + 2.7055 / 2 - 1.6449 * pg_catalog.sqrt(certas * (total - certas) / total + 2.7055 / 4)) / (total + 2.7055), 4) end;

comment on function audit_interno.limite_wilson(numeric, numeric) is
  'One-sided 95 per cent lower bound (Wilson) of the proportion certas / total, 0 to 1; null when total is 0.';
revoke execute on function audit_interno.limite_wilson(numeric, numeric) from public;
--! EndIncluded decisao/limite_wilson.sql

--! Included tabelas/regras.sql
create table audit.regras (
  nome text primary key check (nome ~ '^[a-z][a-z0-9_]{0,62}$'),
  descricao text not null,
  funcao text not null,
  preparacao text,
  requisitos text,
  tabela text not null,
  coluna_chave text not null,
  coluna_data text,
  coluna_carga text,
  coluna_valor text,
  colunas text[] not null check (cardinality(colunas) > 0),
  colunas_identidade text[] not null default '{}',
  colunas_acompanham text[] not null default '{}',
  confianca_base numeric(5, 4) not null check (confianca_base between 0 and 1),
  limiar numeric(5, 4) not null check (limiar between 0 and 1),
  automatica boolean not null default false,
  ativa boolean not null default true,
  prioridade integer not null default 100,
  limite_linhas bigint check (limite_linhas >= 0),
  limite_fracao numeric check (limite_fracao between 0 and 1),
  limite_valor numeric check (limite_valor >= 0 and limite_valor < 'Infinity'), -- NaN is above all numbers
  tempo_limite interval not null default '10 minutes' check (tempo_limite > interval '0'),
  aprovadas bigint not null default 0,
  rejeitadas bigint not null default 0,
  certas_no_limiar bigint not null default 0,
  erradas_no_limiar bigint not null default 0,
  automaticas_revertidas bigint not null default 0,
  precisao numeric(5, 4) generated always as (aprovadas::numeric / nullif(aprovadas + rejeitadas, 0)) stored,
  limite_inferior numeric(5, 4) generated always as (
    audit_interno.limite_wilson(certas_no_limiar, certas_no_limiar + erradas_no_limiar)) stored,
  contagem integer not null default 0,
  contagem_desde timestamptz not null default clock_timestamp(),
  automatica_perdida text,
  hash_autorizado text,
  dependencias text[] not null default '{}',
  registrada_em timestamptz not null default now(),
  registrada_por text not null default session_user,
  check (automatica_perdida is null or not automatica)
);
comment on table audit.regras is 'Detection rules: a SQL function and its settings. Register with audit.registrar_regra, change with audit.alterar_regra.';
comment on column audit.regras.nome is 'Name of the rule.';
comment on column audit.regras.descricao is 'What the rule looks for.';
comment on column audit.regras.funcao is 'Schema-qualified name of a STABLE function f(audit.janela) that returns setof audit.achado.';
comment on column audit.regras.preparacao is 'Schema-qualified name of a function g(audit.janela) returning void that runs before the rule in each session (statistics), or null.';
comment on column audit.regras.requisitos is 'Schema-qualified name of a STABLE function h() returning text that says what the rule lacks (a setting, a label that the ledger has), or null when it lacks nothing; null when the rule needs nothing. Sessions skip a rule that lacks something and say why.';
comment on column audit.regras.tabela is 'Schema-qualified table or updatable view that the rule reads and may correct.';
comment on column audit.regras.coluna_chave is 'Its single-column unique key.';
comment on column audit.regras.coluna_data is 'Its booking date: explicit windows go by it. Null: explicit windows take every row.';
comment on column audit.regras.coluna_carga is 'Its load time: the incremental window goes by it. Null: the incremental window takes every row.';
comment on column audit.regras.coluna_valor is 'Its amount, for control totals, or null.';
comment on column audit.regras.colunas is 'Columns the rule decides by. It may propose values for these only, and a finding stands only while they hold what they held.';
comment on column audit.regras.colunas_identidade is 'Columns that say which entry a row is (supplier, document, date): kept with each finding; nothing is written to, and no exception holds for, a row whose key has gone to another entry.';
comment on column audit.regras.colunas_acompanham is 'Columns that the warehouse may change by itself when a row is corrected (a time of change). Every other column must hold what it held, or the correction is undone.';
comment on column audit.regras.confianca_base is 'Confidence the rule starts from, 0 to 1.';
comment on column audit.regras.limiar is 'Confidence from which auto may correct by itself, 0 to 1.';
comment on column audit.regras.automatica is 'Whether auto may correct for this rule at all.';
comment on column audit.regras.ativa is 'Whether sessions run the rule.';
comment on column audit.regras.prioridade is 'Order within a session, lowest first.';
comment on column audit.regras.limite_linhas is 'Most automatic corrections per session, or null for the session''s limit alone.';
comment on column audit.regras.limite_fracao is 'Largest share of the window''s rows corrected per session, or null.';
comment on column audit.regras.limite_valor is 'Largest sum of amounts at stake corrected per session in BRL, or null.';
comment on column audit.regras.tempo_limite is 'Longest time one step of the rule may take.';
comment on column audit.regras.aprovadas is 'Human decisions so far that found the proposal right.';
comment on column audit.regras.rejeitadas is 'Human decisions so far that found the proposal wrong.';
comment on column audit.regras.certas_no_limiar is 'Decisions on findings at or above limiar that found the proposal right, since contagem_desde.';
comment on column audit.regras.erradas_no_limiar is 'Decisions on findings at or above limiar that found the proposal wrong, since contagem_desde.';
comment on column audit.regras.automaticas_revertidas is 'Automatic corrections since contagem_desde that a person rolled back as wrong.';
comment on column audit.regras.precisao is 'aprovadas / (aprovadas + rejeitadas), 0 to 1; null when nobody has decided. Includes findings below limiar, which are meant to be doubtful.';
comment on column audit.regras.limite_inferior is 'Lower bound (Wilson, one-sided, 95 per cent) of the precision at or above limiar; null when nobody has decided. Under limiar, with enough decisions and one of them wrong, the rule loses auto.';
comment on column audit.regras.contagem is 'Number of the present record: a new one begins when auto is given or limiar changed.';
comment on column audit.regras.contagem_desde is 'When the present record began.';
comment on column audit.regras.automatica_perdida is 'Why auto was taken from the rule (its record, or code that changed), or null. An administrator gives it back with audit.alterar_regra.';
comment on column audit.regras.hash_autorizado is 'Hash of the rule''s code for which auto was last given. While the code is another, auto corrects nothing.';
comment on column audit.regras.dependencias is 'Schemas, functions or views that belong to the rule''s code and that it names nowhere: reached dynamically. They count in its hash.';
comment on column audit.regras.registrada_em is 'When the rule was registered.';
comment on column audit.regras.registrada_por is 'Who registered it.';

insert into audit.regras (
  nome, descricao, funcao, preparacao, requisitos, tabela, coluna_chave, coluna_data, coluna_carga, coluna_valor, colunas,
  colunas_identidade, colunas_acompanham, confianca_base, limiar, automatica, prioridade
) values
  ('trade_marketing', 'Lançamentos de trade marketing que estão em outra categoria.',
    'regras.trade_marketing', null, 'regras.requisitos_trade_marketing', 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor',
    array['categoria', 'conta_contabil', 'descricao', 'fornecedor', 'fornecedor_id'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'], 0.95, 0.95, true, 10),
  ('pendente_verificacao', 'Lançamentos estacionados como pendentes, com a categoria inferida da história.',
    'regras.pendente_verificacao', 'regras.preparar_pendente_verificacao', 'regras.requisitos_pendente_verificacao', 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor',
    array['categoria', 'centro_custo', 'conta_contabil', 'descricao', 'fornecedor', 'fornecedor_id'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'], 0.50, 0.95, true, 20),
  ('validacao_valores', 'Valores que não são o que o documento diz, e documentos lançados duas vezes.',
    'regras.validacao_valores', null, null, 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor',
    array['documento', 'fornecedor_id', 'valor', 'valor_desconto', 'valor_documento'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'], 0.70, 0.95, true, 30);

create table audit_interno.vereditos (
  divergencia_id bigint primary key,
  certo boolean not null,
  no_limiar boolean not null,
  contagem integer not null
);
comment on table audit_interno.vereditos is 'What the counters of audit.regras hold of each finding, so that a later word replaces an earlier one.';

create table audit_interno.automaticas_erradas (
  divergencia_id bigint primary key,
  contagem integer not null
);
comment on table audit_interno.automaticas_erradas is 'Automatic corrections that count as rolled back in audit.regras, and under which record.';
--! EndIncluded tabelas/regras.sql

--! Included tabelas/sessoes_processamento.sql
create table audit.sessoes_processamento (
  id bigint generated always as identity primary key,
  modo text not null check (modo in ('manual', 'auto')),
  status text not null default 'agendada'
    check (status in ('agendada', 'em_andamento', 'concluida', 'concluida_com_falhas', 'falhou', 'cancelada')),
  data_inicio date,
  data_fim date,
  carregado_desde timestamptz,
  carregado_ate timestamptz,
  incremental boolean not null,
  regras text[] not null,
  simulada boolean not null default false,
  etapa text,
  partes bigint,
  partes_concluidas bigint,
  solicitada_em timestamptz not null default clock_timestamp(),
  solicitada_por text not null,
  inicio_processamento timestamptz,
  fim_processamento timestamptz,
  ultima_atividade timestamptz,
  linhas_examinadas bigint not null default 0,
  total_valor numeric,
  encontradas bigint not null default 0,
  novas bigint not null default 0,
  recorrentes bigint not null default 0,
  suprimidas bigint not null default 0,
  corrigidas bigint not null default 0,
  falhas bigint not null default 0,
  obsoletas bigint not null default 0,
  resolvidas bigint not null default 0,
  desfeitas bigint not null default 0,
  refeitas bigint not null default 0,
  valor_em_risco numeric not null default 0,
  valor_corrigido numeric not null default 0,
  limite_atingido text,
  mensagem text,
  resumo jsonb,
  check (data_inicio <= data_fim)
);
create index on audit.sessoes_processamento (inicio_processamento desc);
create index on audit.sessoes_processamento (status) where status in ('agendada', 'em_andamento');
comment on table audit.sessoes_processamento is 'One row for each run over one window of data. concluida means everything asked for was done; anything less is concluida_com_falhas or falhou, and mensagem says why.';
comment on column audit.sessoes_processamento.id is 'Key.';
comment on column audit.sessoes_processamento.modo is 'manual: detect only. auto: detect, then correct what may be corrected.';
comment on column audit.sessoes_processamento.status is 'agendada, em_andamento, concluida, concluida_com_falhas, falhou or cancelada.';
comment on column audit.sessoes_processamento.data_inicio is 'First booking date of the window, included; null in an incremental session.';
comment on column audit.sessoes_processamento.data_fim is 'Last booking date of the window, included; null in an incremental session.';
comment on column audit.sessoes_processamento.carregado_desde is 'Earliest load time of the incremental window, included.';
comment on column audit.sessoes_processamento.carregado_ate is 'Load time up to which the incremental window goes, excluded.';
comment on column audit.sessoes_processamento.incremental is 'Whether the window went by load time since the last successful session.';
comment on column audit.sessoes_processamento.regras is 'Rules asked for.';
comment on column audit.sessoes_processamento.simulada is 'True only in the row that a simulation returns; such a row is never kept.';
comment on column audit.sessoes_processamento.etapa is 'Step under way: progress for whoever watches.';
comment on column audit.sessoes_processamento.partes is 'Parts into which its detection has been cut so far, each a job for any worker; null where one process runs it all.';
comment on column audit.sessoes_processamento.partes_concluidas is 'Parts that are done: progress for whoever watches.';
comment on column audit.sessoes_processamento.solicitada_em is 'When it was asked for.';
comment on column audit.sessoes_processamento.solicitada_por is 'Who asked for it.';
comment on column audit.sessoes_processamento.inicio_processamento is 'When it began.';
comment on column audit.sessoes_processamento.fim_processamento is 'When it ended.';
comment on column audit.sessoes_processamento.ultima_atividade is 'When its last step was committed.';
comment on column audit.sessoes_processamento.linhas_examinadas is 'Rows of the window, counted once for each table; of rules with different windows over one table the largest.';
comment on column audit.sessoes_processamento.total_valor is 'Control total: sum of the amounts of the window''s rows in BRL when the session began.';
comment on column audit.sessoes_processamento.encontradas is 'Findings: new and recurring.';
comment on column audit.sessoes_processamento.novas is 'Findings never seen before.';
comment on column audit.sessoes_processamento.recorrentes is 'Findings seen before.';
comment on column audit.sessoes_processamento.suprimidas is 'Findings withheld by an exception.';
comment on column audit.sessoes_processamento.corrigidas is 'Rows corrected by this session.';
comment on column audit.sessoes_processamento.falhas is 'Corrections that the warehouse refused or that verification undid.';
comment on column audit.sessoes_processamento.obsoletas is 'Findings closed because the row moved under them.';
comment on column audit.sessoes_processamento.resolvidas is 'Findings closed because the data were mended elsewhere.';
comment on column audit.sessoes_processamento.desfeitas is 'Earlier corrections that the warehouse no longer holds: undone from outside, mostly by a load.';
comment on column audit.sessoes_processamento.refeitas is 'Of corrigidas, those made again because they had been undone from outside.';
comment on column audit.sessoes_processamento.valor_em_risco is 'Sum of the amounts at stake of the findings in BRL.';
comment on column audit.sessoes_processamento.valor_corrigido is 'Sum of the amounts at stake of the corrected rows in BRL. A correction made again (refeitas) adds nothing: its money was counted the first time.';
comment on column audit.sessoes_processamento.limite_atingido is 'The limit that stopped automatic correction, in words; null if none did.';
comment on column audit.sessoes_processamento.mensagem is 'Why the session is not simply concluida.';
comment on column audit.sessoes_processamento.resumo is 'Of a simulation: what would be changed (first rows of each rule), and what would fail and why.';

create table audit.execucoes_regra (
  sessao_id bigint not null references audit.sessoes_processamento,
  regra text not null references audit.regras,
  status text not null default 'pendente'
    check (status in ('pendente', 'detectada', 'concluida', 'falhou', 'pulada')),
  carregado_desde timestamptz,
  carregado_ate timestamptz,
  linhas_examinadas bigint,
  total_valor numeric,
  encontradas bigint not null default 0,
  novas bigint not null default 0,
  recorrentes bigint not null default 0,
  suprimidas bigint not null default 0,
  corrigidas bigint not null default 0,
  falhas bigint not null default 0,
  obsoletas bigint not null default 0,
  resolvidas bigint not null default 0,
  deixadas bigint not null default 0,
  conferidas bigint not null default 0,
  desfeitas bigint not null default 0,
  refeitas bigint not null default 0,
  atrasadas bigint not null default 0,
  atrasadas_inicio date,
  atrasadas_fim date,
  valor_em_risco numeric not null default 0,
  valor_corrigido numeric not null default 0,
  inicio timestamptz,
  fim timestamptz,
  duracao interval,
  hash_funcao text,
  erro_codigo text,
  erro_mensagem text,
  motivo text,
  conferencia text,
  corrigida_ate bigint not null default 0,
  primary key (sessao_id, regra)
);
create index on audit.execucoes_regra (regra, carregado_ate);
comment on table audit.execucoes_regra is 'What each rule did in each session.';
comment on column audit.execucoes_regra.sessao_id is 'Session.';
comment on column audit.execucoes_regra.regra is 'Rule.';
comment on column audit.execucoes_regra.status is 'pendente, detectada (correction still to come), concluida, falhou or pulada.';
comment on column audit.execucoes_regra.carregado_desde is 'Load time from which this rule''s incremental window goes, included.';
comment on column audit.execucoes_regra.carregado_ate is 'Load time up to which it goes, excluded.';
comment on column audit.execucoes_regra.linhas_examinadas is 'Rows of the rule''s window, and of the booking dates on which rows came late.';
comment on column audit.execucoes_regra.total_valor is 'Control total: sum of the amounts of these rows in BRL.';
comment on column audit.execucoes_regra.encontradas is 'Findings: new and recurring.';
comment on column audit.execucoes_regra.novas is 'Findings never seen before.';
comment on column audit.execucoes_regra.recorrentes is 'Findings seen before.';
comment on column audit.execucoes_regra.suprimidas is 'Findings withheld by an exception.';
comment on column audit.execucoes_regra.corrigidas is 'Rows corrected.';
comment on column audit.execucoes_regra.falhas is 'Corrections refused by the warehouse or undone by verification.';
comment on column audit.execucoes_regra.obsoletas is 'Findings closed because the row moved under them.';
comment on column audit.execucoes_regra.resolvidas is 'Findings closed because the data were mended elsewhere.';
comment on column audit.execucoes_regra.deixadas is 'Findings sure enough for auto that were left open for a person, because they propose a text which the ledger does not know.';
comment on column audit.execucoes_regra.conferidas is 'Earlier corrections held against the warehouse.';
comment on column audit.execucoes_regra.desfeitas is 'Those of them that the warehouse no longer holds: undone from outside, mostly by a load.';
comment on column audit.execucoes_regra.refeitas is 'Of corrigidas, those made again because they had been undone from outside.';
comment on column audit.execucoes_regra.atrasadas is 'Rows of an incremental session that came with a load time which the sessions before it had passed, or with none; they were read all the same.';
comment on column audit.execucoes_regra.atrasadas_inicio is 'First booking date of atrasadas; null where there are none.';
comment on column audit.execucoes_regra.atrasadas_fim is 'Last booking date of atrasadas, included.';
comment on column audit.execucoes_regra.valor_em_risco is 'Sum of the amounts at stake of the findings in BRL.';
comment on column audit.execucoes_regra.valor_corrigido is 'Sum of the amounts at stake of the corrected rows in BRL, without refeitas.';
comment on column audit.execucoes_regra.inicio is 'When the rule began.';
comment on column audit.execucoes_regra.fim is 'When it ended.';
comment on column audit.execucoes_regra.duracao is 'Time spent in its steps, and in its parts, which may run side by side.';
comment on column audit.execucoes_regra.hash_funcao is 'SHA-256 of all the code that the rule ran (its function, and all that this names), hexadecimal.';
comment on column audit.execucoes_regra.erro_codigo is 'SQLSTATE of the failure.';
comment on column audit.execucoes_regra.erro_mensagem is 'Message of the failure.';
comment on column audit.execucoes_regra.conferencia is 'What of its earlier corrections could not be held against the warehouse; null when all that the settings ask for was.';
comment on column audit.execucoes_regra.motivo is 'Why it was skipped, which limit stopped its corrections, or why it lost auto in this session.';
comment on column audit.execucoes_regra.corrigida_ate is 'Id of the last finding that a batch of corrections has looked at; 0 before the first.';
--! EndIncluded tabelas/sessoes_processamento.sql

--! Included deteccao/tabelas.sql
create table audit_interno.contagens_carga (
  sessao_id bigint not null references audit.sessoes_processamento,
  regra text not null references audit.regras,
  base_id bigint,
  corte timestamptz not null,
  data_desde date not null,
  datas date[],
  cargas timestamptz[],
  linhas bigint[],
  datas_atrasadas date[],
  datas_sem_carga date[],
  primary key (sessao_id, regra)
);
comment on table audit_interno.contagens_carga is 'How many rows each booking date held, hour of load by hour of load, that the next incremental session of the rule will no longer read: what there is more of by then was loaded late.';
comment on column audit_interno.contagens_carga.sessao_id is 'Session.';
comment on column audit_interno.contagens_carga.regra is 'Rule.';
comment on column audit_interno.contagens_carga.base_id is 'The session at whose end this one''s window begins, and with whose counts it compares; null in the first.';
comment on column audit_interno.contagens_carga.corte is 'Load time before which rows were counted: where the next window begins.';
comment on column audit_interno.contagens_carga.data_desde is 'Earliest booking date that was counted.';
comment on column audit_interno.contagens_carga.datas is 'Booking dates; with cargas and linhas one count each. Null until it was counted.';
comment on column audit_interno.contagens_carga.cargas is 'Hours of load; null where a row has no load time.';
comment on column audit_interno.contagens_carga.linhas is 'Rows of that booking date and hour.';
comment on column audit_interno.contagens_carga.datas_atrasadas is 'Booking dates of which an hour held more rows than before.';
comment on column audit_interno.contagens_carga.datas_sem_carga is 'Booking dates that held more rows without a load time than before.';
--! EndIncluded deteccao/tabelas.sql

--! Included partes/tabelas.sql
create table audit_interno.partes_sessao (
  sessao_id bigint not null references audit.sessoes_processamento,
  regra text not null references audit.regras,
  parte integer not null,
  janela audit.janela not null,
  status text not null default 'pendente' check (status in ('pendente', 'concluida')),
  operacao_id bigint,
  inicio timestamptz,
  fim timestamptz,
  primary key (sessao_id, regra, parte)
);
comment on table audit_interno.partes_sessao is 'The parts into which the detection of a session was cut, so that several workers share it. A part is under way while a transaction holds its row locked, and concluida when that transaction has committed: a dead worker leaves nothing to clear up.';
comment on column audit_interno.partes_sessao.sessao_id is 'Session.';
comment on column audit_interno.partes_sessao.regra is 'Rule.';
comment on column audit_interno.partes_sessao.parte is 'Number within session and rule, from 1.';
comment on column audit_interno.partes_sessao.janela is 'Its share of the rule''s window; all shares together are the window, and none overlap.';
comment on column audit_interno.partes_sessao.status is 'pendente or concluida.';
comment on column audit_interno.partes_sessao.operacao_id is 'Its detection, among the audited operations; null where it was the whole window.';
comment on column audit_interno.partes_sessao.inicio is 'When it was begun, by whoever ended it.';
comment on column audit_interno.partes_sessao.fim is 'When it was done.';
--! EndIncluded partes/tabelas.sql

--! Included tabelas/operacoes.sql
create table audit.operacoes (
  id bigint generated always as identity primary key,
  tipo text not null check (tipo in (
    'deteccao', 'correcao', 'autoverificacao', 'aprovacao', 'rejeicao', 'correcao_manual', 'confirmacao', 'reabertura',
    'desfazimento', 'reversao', 'excecao', 'configuracao', 'regra', 'padrao', 'retencao', 'sessao', 'acesso', 'exportacao', 'externa')),
  status text not null default 'em_andamento' check (status in ('em_andamento', 'concluida', 'falhou')),
  sessao_id bigint references audit.sessoes_processamento,
  regra text references audit.regras,
  ator text not null,
  motivo text,
  iniciada_em timestamptz not null default clock_timestamp(),
  finalizada_em timestamptz,
  linhas bigint not null default 0,
  detalhes jsonb not null default '{}',
  elo bigint unique,
  resumo bytea,
  selo_anterior bytea,
  selo bytea,
  check ((status = 'em_andamento') = (finalizada_em is null)),
  check ((selo is null) = (elo is null) and (selo is null) = (resumo is null))
);
create index on audit.operacoes (sessao_id);
create index on audit.operacoes (tipo, iniciada_em desc);
create index on audit.operacoes (iniciada_em desc);
comment on table audit.operacoes is 'Every audited act, append-only. Its digest is taken when its transaction commits; sealed then too, or by the engine''s next transaction: selo = SHA-256(selo_anterior || elo || resumo).';
comment on column audit.operacoes.id is 'Key.';
comment on column audit.operacoes.tipo is 'Kind of act. externa and exportacao may be recorded by users through audit.registrar_operacao.';
comment on column audit.operacoes.status is 'em_andamento, concluida or falhou.';
comment on column audit.operacoes.sessao_id is 'Session it belongs to, if any.';
comment on column audit.operacoes.regra is 'Rule it belongs to, if any.';
comment on column audit.operacoes.ator is 'Who did it.';
comment on column audit.operacoes.motivo is 'Reason given.';
comment on column audit.operacoes.iniciada_em is 'When it began.';
comment on column audit.operacoes.finalizada_em is 'When it ended; null while under way.';
comment on column audit.operacoes.linhas is 'Rows that it found, changed or decided.';
comment on column audit.operacoes.detalhes is 'Further facts: before and after of a setting, window of a detection, ….';
comment on column audit.operacoes.elo is 'Position in the audit chain, from 1, without gaps; null until sealed.';
comment on column audit.operacoes.resumo is 'SHA-256 of the operation and of all facts that carry its id.';
comment on column audit.operacoes.selo_anterior is 'Seal of the operation before it in the chain.';
comment on column audit.operacoes.selo is 'SHA-256(selo_anterior || elo as 8 bytes || resumo).';

-- Head of the chain. Updating this one row is what puts operations into one order; under repeatable read a stale head
-- raises 40001 instead of forking the chain. Only a transaction of the engine's takes it (audit_interno.selar): whoever else
-- took it could hold it for as long as a transaction lasts.
create table audit_interno.cadeia (
  unica boolean primary key default true check (unica),
  elo bigint not null,
  selo bytea not null
);
comment on table audit_interno.cadeia is 'Head of the audit chain: position and seal of the last sealed operation.';
insert into audit_interno.cadeia (elo, selo) values (0, sha256('conferente'));

-- What has ended and waits for its place in the chain. Each transaction writes its own rows and looks at nobody else's, so that
-- none waits here for another. The order is that in which digests were taken: who counts a finding again, or decides it again,
-- has waited for the commit of whoever did before.
create table audit_interno.fila_selos (
  ordem bigint generated always as identity primary key,
  operacao_id bigint not null unique references audit.operacoes,
  resumo bytea not null,
  carimbada_em timestamptz not null default clock_timestamp()
);
comment on table audit_interno.fila_selos is 'Operations that have ended and are not sealed yet, with the digest taken when their transaction committed.';
--! EndIncluded tabelas/operacoes.sql

--! Included tabelas/divergencias_processadas.sql
-- No foreign keys to sessions and rules here, nor on deteccoes, alteracoes and decisoes: each costs as much as the row itself (a rollback writes a decision for each row).
-- What they name cannot go: audit facts refuse deletion, and a session or rule with findings has execucoes_regra and operacoes.
create table audit.divergencias_processadas (
  id bigint generated always as identity primary key,
  sessao_id bigint not null,
  sessao_ultima_id bigint not null,
  regra text not null,
  hash_regra text not null,
  tabela text not null,
  registro_id text not null,
  entrada jsonb not null default '{}',
  valores_originais jsonb not null,
  valores_propostos jsonb not null,
  valores_digitados jsonb,
  confianca numeric(5, 4) not null check (confianca between 0 and 1),
  evidencia jsonb not null,
  justificativa text not null,
  valor_em_risco numeric not null check (valor_em_risco >= 0),
  valor_decisao numeric check (valor_decisao >= 0),
  status text not null default 'aberta' check (status in (
    'aberta', 'aguardando_segunda_aprovacao', 'corrigida', 'rejeitada', 'revertida', 'obsoleta', 'resolvida', 'falha')),
  detectada_em timestamptz not null,
  ultima_deteccao timestamptz not null,
  vezes_detectada integer not null default 1,
  vezes_desfeita integer not null default 0,
  proposta_por text,
  decidida_em timestamptz,
  decidida_por text,
  motivo text,
  identidade bytea not null,
  impressao bytea not null,
  unique (registro_id, identidade), -- in the order of the keys, where the digest alone would be all over the index
  check (proposta_por <> decidida_por or status <> 'corrigida')
) with (fillfactor = 80);
-- What else is said of a row: few, however long the history.
create index divergencias_processadas_vivas on audit.divergencias_processadas (registro_id)
  where status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') or valores_digitados is not null;
create index divergencias_processadas_pendentes on audit.divergencias_processadas (regra, sessao_ultima_id, id)
  where status in ('aberta', 'aguardando_segunda_aprovacao', 'falha');
-- What waits, most at stake first: the order in which people look.
create index divergencias_processadas_valor on audit.divergencias_processadas (valor_em_risco, id)
  where status in ('aberta', 'aguardando_segunda_aprovacao', 'falha');
-- Filters by state, and all that the metrics read, so that they read nothing else.
create index divergencias_processadas_metricas on audit.divergencias_processadas (status, regra, detectada_em)
  include (valor_em_risco, confianca);
-- What a session found first: few distinct values in the order of writing, so it is small and cheap.
create index on audit.divergencias_processadas (sessao_id);
comment on table audit.divergencias_processadas is 'Findings: this rule says this row should be different, with this confidence and this evidence. One row for each finding, however often it is found again.';
comment on column audit.divergencias_processadas.id is 'Key.';
comment on column audit.divergencias_processadas.sessao_id is 'Session that found it first.';
comment on column audit.divergencias_processadas.sessao_ultima_id is 'Session that found it last.';
comment on column audit.divergencias_processadas.regra is 'Rule that found it.';
comment on column audit.divergencias_processadas.hash_regra is 'SHA-256 of all the code of the rule that found it last, hexadecimal.';
comment on column audit.divergencias_processadas.tabela is 'Table of the row, schema-qualified.';
comment on column audit.divergencias_processadas.registro_id is 'Key of the row as text.';
comment on column audit.divergencias_processadas.entrada is 'Column to value that identified the entry when it was found (audit.regras.colunas_identidade): a correction, a rollback or an approval holds only while the key is still of this entry.';
comment on column audit.divergencias_processadas.valores_originais is 'Column to value that the row held when found: the columns to be changed, or all that the rule decides by when it only flags.';
comment on column audit.divergencias_processadas.valores_propostos is 'Column to value that the rule proposes; {} when it only flags.';
comment on column audit.divergencias_processadas.valores_digitados is 'Column to value that a person typed instead; always needs a second person. Gone once the finding is closed or open again.';
comment on column audit.divergencias_processadas.confianca is 'Probability, 0 to 1, that the proposed correction is right, as of the last detection.';
comment on column audit.divergencias_processadas.evidencia is 'Facts that the finding rests on, as of the last detection.';
comment on column audit.divergencias_processadas.justificativa is 'The finding in one sentence.';
comment on column audit.divergencias_processadas.valor_em_risco is 'Amount at stake in BRL, as the rule says it.';
comment on column audit.divergencias_processadas.valor_decisao is 'Amount in BRL that decides whether two people are needed: the largest of what the rule says, what the row''s amount is, and by how much it would change. Null, and two people, where neither the rule nor the row has an amount.';
comment on column audit.divergencias_processadas.status is 'aberta, aguardando_segunda_aprovacao, corrigida, rejeitada, revertida, obsoleta (the row moved under it), resolvida (mended elsewhere) or falha (the correction was refused or undone).';
comment on column audit.divergencias_processadas.detectada_em is 'When it was first found.';
comment on column audit.divergencias_processadas.ultima_deteccao is 'When it was last found.';
comment on column audit.divergencias_processadas.vezes_detectada is 'How many sessions found it.';
comment on column audit.divergencias_processadas.vezes_desfeita is 'How many sessions saw its correction undone from outside; from the setting sessao.desfeitas_maximo on auto leaves it to people.';
comment on column audit.divergencias_processadas.proposta_por is 'First of two people, while and after a second approval is needed.';
comment on column audit.divergencias_processadas.decidida_em is 'When its status was last decided, by a person or by the system.';
comment on column audit.divergencias_processadas.decidida_por is 'Who decided: a person, or conferente for the system itself.';
comment on column audit.divergencias_processadas.motivo is 'Reason of the last decision or of the failure.';
comment on column audit.divergencias_processadas.identidade is 'SHA-256 over rule, table, key, proposed values, the entry and the values it was based on.';
comment on column audit.divergencias_processadas.impressao is 'First 16 bytes of SHA-256 over the columns that the rule decides by, as the row held them.';

create table audit.deteccoes (
  operacao_id bigint not null,
  divergencia_id bigint not null,
  confianca numeric(5, 4) not null,
  resumo bytea not null,
  primary key (divergencia_id, operacao_id)
);
create index on audit.deteccoes (operacao_id); -- many rows for each operation: a few bytes a row
comment on table audit.deteccoes is 'Each time a finding was found, append-only.';
comment on column audit.deteccoes.operacao_id is 'The detection, an operation of one session and one rule.';
comment on column audit.deteccoes.divergencia_id is 'The finding.';
comment on column audit.deteccoes.confianca is 'Confidence at that time.';
comment on column audit.deteccoes.resumo is 'SHA-256 over identity, confidence, evidence, sentence, both amounts and the rule''s hash at that time, and over the original values and the time when it was first found.';

create table audit.alteracoes (
  operacao_id bigint not null,
  divergencia_id bigint not null,
  reverte_operacao_id bigint,
  antes jsonb not null,
  depois jsonb not null,
  primary key (divergencia_id, operacao_id)
);
create index on audit.alteracoes (operacao_id);
comment on table audit.alteracoes is 'Before and after image of each row that was really changed, changed columns only, append-only.';
comment on column audit.alteracoes.operacao_id is 'The operation that changed the row.';
comment on column audit.alteracoes.divergencia_id is 'The finding for which it was changed; it names table and key.';
comment on column audit.alteracoes.reverte_operacao_id is 'The operation whose change this one took back; null for a correction.';
comment on column audit.alteracoes.antes is 'Column to value before.';
comment on column audit.alteracoes.depois is 'Column to value after, as the row really held it.';

create table audit.correcoes_desfeitas (
  operacao_id bigint not null,
  divergencia_id bigint not null,
  correcao_operacao_id bigint not null,
  situacao text not null check (situacao in ('valor_anterior', 'outro_valor', 'ausente')),
  esperado jsonb not null,
  agora jsonb,
  carregado_em timestamptz,
  primary key (divergencia_id, operacao_id),
  check ((agora is null) = (situacao = 'ausente'))
);
create index on audit.correcoes_desfeitas (operacao_id);
comment on table audit.correcoes_desfeitas is 'Each time a session saw that the warehouse no longer holds a correction that nobody took back, append-only. A list for whoever owns the source: audit.vw_correcoes_desfeitas.';
comment on column audit.correcoes_desfeitas.operacao_id is 'The detection that saw it, an operation of one session and one rule.';
comment on column audit.correcoes_desfeitas.divergencia_id is 'The finding whose correction is gone; it names table and key.';
comment on column audit.correcoes_desfeitas.correcao_operacao_id is 'The operation that had made the correction.';
comment on column audit.correcoes_desfeitas.situacao is 'valor_anterior (the row holds again what it held before the correction), outro_valor (it holds something else) or ausente (the row is gone).';
comment on column audit.correcoes_desfeitas.esperado is 'Column to value that was written.';
comment on column audit.correcoes_desfeitas.agora is 'Column to value that the row held when the session looked; null when it is gone.';
comment on column audit.correcoes_desfeitas.carregado_em is 'Load time of the row when the session looked, where it lies after the correction: the load that undid it. Null when it does not, or the rule has no load time.';

create table audit.decisoes (
  id bigint generated always as identity primary key,
  operacao_id bigint not null,
  divergencia_id bigint not null,
  tipo text not null check (tipo in (
    'aprovacao', 'segunda_aprovacao', 'rejeicao', 'correcao_manual', 'confirmacao', 'reabertura', 'reversao', 'reversao_por_erro',
    'desfazimento', 'excecao')),
  ator text not null,
  motivo text not null,
  valores jsonb,
  confianca numeric(5, 4),
  decidida_em timestamptz not null default clock_timestamp()
);
create index on audit.decisoes (divergencia_id);
create index on audit.decisoes (operacao_id);
comment on table audit.decisoes is 'One person''s word on a finding, append-only.';
comment on column audit.decisoes.id is 'Key.';
comment on column audit.decisoes.operacao_id is 'The operation of which it is part.';
comment on column audit.decisoes.divergencia_id is 'The finding.';
comment on column audit.decisoes.tipo is 'aprovacao, segunda_aprovacao, rejeicao, correcao_manual, confirmacao (right, mended outside), reabertura, reversao, reversao_por_erro (rolled back because the correction was wrong), desfazimento (one''s own act taken back) or excecao.';
comment on column audit.decisoes.ator is 'The person.';
comment on column audit.decisoes.motivo is 'The reason given.';
comment on column audit.decisoes.valores is 'Column to value that the person typed, if any.';
comment on column audit.decisoes.confianca is 'Confidence of the proposal when the person decided.';
comment on column audit.decisoes.decidida_em is 'When.';

create table audit.excecoes (
  id bigint generated always as identity primary key,
  operacao_id bigint not null references audit.operacoes,
  regra text not null references audit.regras,
  tabela text not null,
  registro_id text not null,
  entrada jsonb not null default '{}',
  motivo text not null,
  autor text not null,
  criada_em timestamptz not null default clock_timestamp(),
  expira_em timestamptz not null,
  revogada_em timestamptz,
  revogada_por text,
  check (expira_em > criada_em),
  check ((revogada_em is null) = (revogada_por is null))
);
create index on audit.excecoes (tabela, registro_id);
comment on table audit.excecoes is 'Rows that a person declared right for a rule, with reason, author and expiry. Until then the rule''s findings on them are withheld and counted.';
comment on column audit.excecoes.id is 'Key.';
comment on column audit.excecoes.operacao_id is 'The operation that declared it.';
comment on column audit.excecoes.regra is 'Rule that is to be silent.';
comment on column audit.excecoes.tabela is 'Table of the row.';
comment on column audit.excecoes.registro_id is 'Key of the row as text.';
comment on column audit.excecoes.entrada is 'Column to value that identified the entry: the exception holds for this entry alone, not for another that is given the same key.';
comment on column audit.excecoes.motivo is 'Why the row is right.';
comment on column audit.excecoes.autor is 'Who declared it.';
comment on column audit.excecoes.criada_em is 'When.';
comment on column audit.excecoes.expira_em is 'Until when it holds.';
comment on column audit.excecoes.revogada_em is 'When it was taken back, if it was.';
comment on column audit.excecoes.revogada_por is 'Who took it back.';
--! EndIncluded tabelas/divergencias_processadas.sql

--! Included tabelas/notificacoes.sql
create table audit.notificacoes (
  id bigint generated always as identity primary key,
  tipo text not null check (tipo in ('divergencias', 'resumo', 'falha', 'limite', 'ausencia')),
  sessao_id bigint references audit.sessoes_processamento,
  dia date,
  status text not null default 'pendente' check (status in ('pendente', 'composta', 'enviada', 'falhou', 'dispensada')),
  destinatarios text[] not null default '{}',
  entregues text[] not null default '{}',
  recusados jsonb not null default '{}',
  remetente text,
  assunto text,
  identificador text unique,
  conteudo jsonb,
  tentativas integer not null default 0,
  ultima_tentativa timestamptz,
  proxima_tentativa timestamptz,
  ultimo_erro text,
  criada_em timestamptz not null default clock_timestamp(),
  composta_em timestamptz,
  enviada_em timestamptz,
  desistida_em timestamptz,
  unique (tipo, sessao_id),
  check ((tipo = 'ausencia') = (dia is not null)),
  check (status not in ('composta', 'enviada') or (conteudo is not null and identificador is not null))
);
create index on audit.notificacoes (status) where status <> 'enviada';
create unique index notificacoes_ausencia on audit.notificacoes (dia) where tipo = 'ausencia';
comment on table audit.notificacoes is 'What was, or is to be, mailed to whom. A row is written in the transaction that causes the message; it is composed once, and sent to each recipient once.';
comment on column audit.notificacoes.id is 'Key.';
comment on column audit.notificacoes.tipo is 'divergencias (something needs a person), resumo (daily digest), falha, limite or ausencia (no session ended in time).';
comment on column audit.notificacoes.sessao_id is 'Session it tells of; null for ausencia, and for a session that could not even be queued.';
comment on column audit.notificacoes.dia is 'Day without a session, in the zone of the schedule; of ausencia only.';
comment on column audit.notificacoes.status is 'pendente (to be composed), composta (to be sent), enviada (every recipient was served or refused for good, and at least one was served), falhou (given up, see ultimo_erro) or dispensada (nobody was to receive it when it was caused).';
comment on column audit.notificacoes.destinatarios is 'Addresses, fixed when it was composed.';
comment on column audit.notificacoes.entregues is 'Those of destinatarios for whom the mail server took the message.';
comment on column audit.notificacoes.recusados is 'Address to answer: recipients whom the mail server refused for good.';
comment on column audit.notificacoes.remetente is 'Sender, fixed when it was composed.';
comment on column audit.notificacoes.assunto is 'Subject.';
comment on column audit.notificacoes.identificador is 'Message-ID, fixed when it was composed and the same for every attempt.';
comment on column audit.notificacoes.conteudo is 'Facts that the message tells, as they were when it was composed. Amounts are decimal texts in BRL.';
comment on column audit.notificacoes.tentativas is 'Attempts to send so far.';
comment on column audit.notificacoes.ultima_tentativa is 'When the last attempt began.';
comment on column audit.notificacoes.proxima_tentativa is 'Not before then is the next attempt; null when none is due.';
comment on column audit.notificacoes.ultimo_erro is 'What the last attempt failed with, or why it was not sent.';
comment on column audit.notificacoes.criada_em is 'When it was queued.';
comment on column audit.notificacoes.composta_em is 'When it was composed.';
comment on column audit.notificacoes.enviada_em is 'When the mail server took it for the last recipient.';
comment on column audit.notificacoes.desistida_em is 'When it was given up: status falhou.';
--! EndIncluded tabelas/notificacoes.sql

--! Included tabelas/padroes_trade_marketing.sql
create table audit.padroes_trade_marketing (
  id bigint generated always as identity primary key,
  campo text not null check (campo in ('fornecedor', 'descricao', 'conta_contabil')),
  tipo text not null check (tipo in ('contem', 'palavra', 'regex')),
  acao text not null default 'incluir' check (acao in ('incluir', 'excluir')),
  padrao text not null,
  padrao_dobrado text not null,
  ativo boolean not null default true,
  motivo text,
  criado_em timestamptz not null default clock_timestamp(),
  criado_por text not null default session_user,
  unique (campo, tipo, acao, padrao)
);
comment on table audit.padroes_trade_marketing is 'Patterns of the business that mark an entry as trade marketing, or as not. Maintain with audit.salvar_padrao.';
comment on column audit.padroes_trade_marketing.id is 'Key.';
comment on column audit.padroes_trade_marketing.campo is 'Field that is compared: fornecedor, descricao or conta_contabil.';
comment on column audit.padroes_trade_marketing.tipo is 'contem (anywhere), palavra (whole words) or regex (PostgreSQL regular expression); all without case and accents.';
comment on column audit.padroes_trade_marketing.acao is 'incluir marks as trade marketing, excluir vetoes.';
comment on column audit.padroes_trade_marketing.padrao is 'Pattern as written.';
comment on column audit.padroes_trade_marketing.padrao_dobrado is 'Pattern folded: lower case, no accents. Kept by a trigger.';
comment on column audit.padroes_trade_marketing.ativo is 'Whether the rule uses it.';
comment on column audit.padroes_trade_marketing.motivo is 'Why it was added or switched off.';
comment on column audit.padroes_trade_marketing.criado_em is 'When.';
comment on column audit.padroes_trade_marketing.criado_por is 'By whom.';
--! EndIncluded tabelas/padroes_trade_marketing.sql

--! Included tabelas/retencoes.sql
-- Taxes withheld at source: what makes a booked amount honestly lower than its document. Rates change by law, so they are data.
create table audit.retencoes (
  id bigint generated always as identity primary key,
  tributo text not null check (btrim(tributo) <> '' and length(tributo) <= 100),
  aliquota numeric not null check (aliquota > 0 and aliquota < 100),
  vale_de date not null,
  vale_ate date check (vale_ate >= vale_de),
  lei text not null check (btrim(lei) <> '' and length(lei) <= 500),
  ativo boolean not null default true,
  motivo text,
  criado_em timestamptz not null default clock_timestamp(),
  criado_por text not null default session_user,
  unique (tributo, aliquota, vale_de)
);
comment on table audit.retencoes is 'Taxes withheld at source, with their rates, days and laws. Maintain with audit.salvar_retencao.';
comment on column audit.retencoes.id is 'Key.';
comment on column audit.retencoes.tributo is 'Tax, as people call it. Of one tax at most one rate is withheld from a document.';
comment on column audit.retencoes.aliquota is 'Rate, per cent of the expected amount.';
comment on column audit.retencoes.vale_de is 'First day on which it may be withheld.';
comment on column audit.retencoes.vale_ate is 'Last day; null while no end is known.';
comment on column audit.retencoes.lei is 'Law that says so.';
comment on column audit.retencoes.ativo is 'Whether rules use it.';
comment on column audit.retencoes.motivo is 'Why it was added, changed or switched off.';
comment on column audit.retencoes.criado_em is 'When it was added.';
comment on column audit.retencoes.criado_por is 'By whom.';

-- PIS and COFINS are withheld together with CSLL, 0.65 + 3 + 1 per cent. LC 214/2025, art. 509, leaves CSLL alone from 2027 on.
-- IRRF is older than its first day here, which is only before any ledger to be expected. CBS and IBS have no rate of withholding in the law, and split payment takes them at the payment: nothing ships for them.
insert into audit.retencoes (tributo, aliquota, vale_de, vale_ate, lei, motivo)
select r.tributo, r.aliquota, r.vale_de::date, r.vale_ate::date, r.lei, 'vem com o Conferente'
from (values
  ('PIS, COFINS e CSLL', 4.65, '2004-02-01', '2026-12-31', 'Lei 10.833/2003, arts. 30 e 31; até 2026 pela LC 214/2025, art. 509'),
  ('CSLL', 1, '2027-01-01', null, 'Lei 10.833/2003, arts. 30 e 31, na redação da LC 214/2025, art. 509'),
  ('IRRF', 1, '2000-01-01', null, 'Decreto 9.580/2018 (RIR), art. 716: limpeza, vigilância, locação de mão de obra'),
  ('IRRF', 1.5, '2000-01-01', null, 'Decreto 9.580/2018 (RIR), art. 714: serviços profissionais'),
  ('INSS', 11, '1999-02-01', null, 'Lei 8.212/1991, art. 31'),
  ('ISS', 2, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 2.5, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 3, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 3.5, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 4, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 4.5, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A'),
  ('ISS', 5, '2003-08-01', null, 'LC 116/2003, arts. 6, 8 e 8-A')
) as r (tributo, aliquota, vale_de, vale_ate, lei);
--! EndIncluded tabelas/retencoes.sql

--! Included acesso/tabelas.sql
-- Whom `conferente token` let in, and who was shut out. Both append-only; the token itself is never kept.
create table audit.tokens (
  id text primary key check (length(id) between 1 and 255),
  operacao_id bigint not null references audit.operacoes,
  nome text not null check (length(nome) between 1 and 200),
  papel text not null check (papel in ('conferente_leitor', 'conferente_revisor', 'conferente_operador', 'conferente_administrador')),
  emitido_em timestamptz not null default clock_timestamp(),
  emitido_por text not null,
  expira_em timestamptz not null,
  check (expira_em > emitido_em)
);
create index on audit.tokens (operacao_id);
create index on audit.tokens (nome);
comment on table audit.tokens is 'Tokens that were issued for the API: to whom, as what, until when. The token itself is never kept.';
comment on column audit.tokens.id is 'Identifier of the token (claim jti).';
comment on column audit.tokens.operacao_id is 'Operation that issued it.';
comment on column audit.tokens.nome is 'Person or tool that acts by it (claim sub).';
comment on column audit.tokens.papel is 'Role that it gives: conferente_leitor, conferente_revisor, conferente_operador or conferente_administrador.';
comment on column audit.tokens.emitido_em is 'When it was issued.';
comment on column audit.tokens.emitido_por is 'Who issued it.';
comment on column audit.tokens.expira_em is 'When it ends by itself.';

create table audit.revogacoes (
  id bigint generated always as identity primary key,
  operacao_id bigint not null references audit.operacoes,
  token_id text check (length(token_id) between 1 and 255),
  nome text check (length(nome) between 1 and 200),
  motivo text not null,
  revogado_em timestamptz not null default clock_timestamp(),
  revogado_por text not null,
  check (num_nonnulls(token_id, nome) = 1)
);
create index on audit.revogacoes (operacao_id);
create index on audit.revogacoes (token_id) where token_id is not null;
create index on audit.revogacoes (nome, revogado_em desc) where nome is not null;
comment on table audit.revogacoes is 'Tokens that are refused from then on: one by its identifier, or all that a person was given until then.';
comment on column audit.revogacoes.id is 'Key.';
comment on column audit.revogacoes.operacao_id is 'Operation that revoked.';
comment on column audit.revogacoes.token_id is 'Identifier of the token (claim jti), of ours or of single sign-on; null when all of a person are meant.';
comment on column audit.revogacoes.nome is 'Person all of whose tokens issued until then are refused; null when one token is meant.';
comment on column audit.revogacoes.motivo is 'Reason given.';
comment on column audit.revogacoes.revogado_em is 'When.';
comment on column audit.revogacoes.revogado_por is 'Who revoked.';
--! EndIncluded acesso/tabelas.sql

--! Included comum/dobrar_comuns.sql
-- Folds the letters that Portuguese writes with an accent, and lower-cases the rest: what audit_interno.dobrar gives wherever
-- only ASCII is left, at a fraction of the price of taking every accent apart (replace is a byte search, translate is not).
-- Touches nothing; inlined by the planner. Called by audit_interno.dobrar alone.
create or replace function audit_interno.dobrar_comuns(texto text)
returns text
language sql
immutable parallel safe
return pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
  pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
  pg_catalog.replace(pg_catalog.replace(pg_catalog.lower(texto),
    'ã', 'a'), 'ç', 'c'), 'á', 'a'), 'é', 'e'), 'í', 'i'), 'ó', 'o'),
    'õ', 'o'), 'ê', 'e'), 'ô', 'o'), 'ú', 'u'), 'â', 'a'), 'à', 'a'),
    'º', 'o'), 'ª', 'a');
comment on function audit_interno.dobrar_comuns(text) is 'Text in lower case, the accented letters of Portuguese without accents; other accents are kept.';
grant execute on function audit_interno.dobrar_comuns(text) to conferente_regra;
--! EndIncluded comum/dobrar_comuns.sql

--! Included comum/dobrar.sql
-- Folds a text for comparison: lower case, no accents. Works in every locale, C included: accents are taken apart from their
-- letters (NFD) and dropped, and only ASCII is left to lower(). Texts that are all ASCII skip that, and so do those that have only
-- the accents of Portuguese, at a third of the price. No settings of its own and not strict, so that the planner inlines it: the
-- rules fold millions of texts.
create or replace function audit_interno.dobrar(texto text)
returns text
language sql
immutable parallel safe
return case
  when pg_catalog.octet_length(texto) = pg_catalog.length(texto) then pg_catalog.lower(texto)
  when pg_catalog.octet_length(audit_interno.dobrar_comuns(texto)) = pg_catalog.length(texto) then audit_interno.dobrar_comuns(texto)
  else pg_catalog.lower(pg_catalog.translate(
    normalize(texto, nfd),
    -- ª º – — ’ ‘ “ ”, then the marks: acute, tilde, cedilla, circumflex, grave, diaeresis, ring
    U&'\00AA\00BA\2013\2014\2019\2018\201C\201D\0301\0303\0327\0302\0300\0308\030A',
    'ao--''''""'))
end;
comment on function audit_interno.dobrar(text) is 'Text in lower case and without accents, for comparison.';
grant execute on function audit_interno.dobrar(text) to conferente_regra;
--! EndIncluded comum/dobrar.sql

--! Included comum/chaves_como.sql
-- Casts keys written as text to the type of the model, so that SQL compares them in their own type and their index is
-- used: where l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)).
create or replace function audit_interno.chaves_como(chaves text[], modelo anyelement)
returns anyarray
language plpgsql
immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  $0 := chaves_como.chaves;
  return $0;
end
$$;
comment on function audit_interno.chaves_como(text[], anyelement) is 'The keys as an array of the model''s type. 22P02 when a key cannot be read as that type.';
grant execute on function audit_interno.chaves_como(text[], anyelement) to conferente_regra;
--! EndIncluded comum/chaves_como.sql

--! Included comum/configuracao.sql
-- Reads one setting. Called by rules and by the engine.
create or replace function audit_interno.configuracao(chave text)
returns jsonb
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_valor jsonb;
begin
  select c.valor into v_valor from audit.configuracoes_sistema c where c.chave = configuracao.chave;
  if not found then
    raise exception using errcode = 'NC008', message = format('configuração desconhecida: %s', chave);
  end if;
  return v_valor;
end
$$;
comment on function audit_interno.configuracao(text) is 'Value of a setting as JSON. NC008 when there is no such setting.';
grant execute on function audit_interno.configuracao(text) to conferente_regra;
--! EndIncluded comum/configuracao.sql

--! Included comum/fuso.sql
-- The one zone in which days are counted and times are shown: by views, API, mail, exports and command line alike. Asked for once in
-- a query, `(select audit.fuso())`, not once a row.
create or replace function audit.fuso()
returns text
language sql
stable security definer parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select c.valor #>> '{}' from audit.configuracoes_sistema c where c.chave = 'agenda.fuso'
$$;
comment on function audit.fuso() is 'IANA time zone in which days are counted and times are shown, from the setting agenda.fuso.';
grant execute on function audit.fuso() to conferente_leitor, conferente_regra;
--! EndIncluded comum/fuso.sql

--! Included comum/hoje.sql
-- Instead of current_date, which goes by the zone of whoever asks.
create or replace function audit.hoje()
returns date
language sql
stable parallel safe
as $$
  select (now() at time zone audit.fuso())::date
$$;
comment on function audit.hoje() is 'Today in the zone of the setting agenda.fuso.';
grant execute on function audit.hoje() to conferente_leitor;
--! EndIncluded comum/hoje.sql

--! Included comum/nome_pessoa.sql
-- One spelling for one person, so that nobody is two by writing a name differently: no blanks around, lower case, composed
-- characters (NFKC folds look-alike widths and ligatures too). The collation is named: the database's own may know only ASCII.
create or replace function audit_interno.nome_pessoa(nome text)
returns text
language sql
immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select lower(normalize(btrim(regexp_replace(nome, '\s+', ' ', 'g')), nfkc) collate "und-x-icu")
$$;
comment on function audit_interno.nome_pessoa(text) is 'The name in the one spelling by which a person is known.';
--! EndIncluded comum/nome_pessoa.sql

--! Included comum/ator.sql
-- Who acts: the login itself, or whom a login of conferente_servico (the API) speaks for. Anybody else who sets
-- conferente.ator is not believed, or one person could play two.
-- A name is the same person however it is written: psql folds the case of logins, a token does not.
create or replace function audit_interno.ator()
returns text
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := nullif(current_setting('conferente.ator', true), '');
begin
  if v_ator is null or not audit_interno.pela_api() then
    v_ator := session_user;
  end if;
  return audit_interno.nome_pessoa(v_ator);
end
$$;
comment on function audit_interno.ator() is 'Name of the person who acts in this session.';
--! EndIncluded comum/ator.sql

--! Included comum/exigir_motivo.sql
-- A person's act needs a reason that another person can read.
create or replace function audit_interno.exigir_motivo(motivo text)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if motivo is null or btrim(motivo) = '' then
    raise exception using errcode = 'NC006', message = 'falta o motivo',
      hint = 'Escreva em uma frase por que: quem auditar vai ler.';
  end if;
  if length(motivo) > 2000 then
    raise exception using errcode = 'NC006', message = 'o motivo é longo demais',
      detail = format('%s caracteres; o máximo é 2000', length(motivo));
  end if;
  return btrim(motivo);
end
$$;
comment on function audit_interno.exigir_motivo(text) is 'The reason, trimmed. NC006 when it is missing or longer than 2000 characters.';
--! EndIncluded comum/exigir_motivo.sql

--! Included comum/nome_qualificado.sql
-- Whether a text is a schema and a name, quoted or not, and nothing more. To be asked before to_regclass and to_regprocedure:
-- they are null for what does not exist, but raise for what is no name at all, and so does parse_ident. Called where a rule's names are checked.
create or replace function audit_interno.nome_qualificado(nome text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select nome ~ replace('^N\.N$', 'N', $re$("([^"]|"")+"|(?![0-9$])[^][\s.",()!#%&'*+/:;<=>?@\\^`{|}~-]+)$re$)
$$;
comment on function audit_interno.nome_qualificado(text) is 'Whether a text is esquema.nome and nothing more.';
--! EndIncluded comum/nome_qualificado.sql

--! Included comum/relacao.sql
-- Looks up what a rule names: its relation and its functions, whatever may be read of their schemas. (to_regclass and to_regprocedure
-- refuse a schema that the caller may not use, and the engine may use nobody's.) Reads catalogs, changes nothing. offset 0: or the name would be taken
-- apart for every row of a catalog.
create or replace function audit_interno.relacao(nome text)
returns regclass
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select c.oid::regclass
  from (select case when audit_interno.nome_qualificado(relacao.nome) then parse_ident(relacao.nome) end as partes offset 0) as n
  join pg_namespace s on s.nspname = n.partes[1]
  join pg_class c on c.relnamespace = s.oid and c.relname = n.partes[2]
$$;
comment on function audit_interno.relacao(text) is 'Relation of a schema-qualified name; null when there is none.';

create or replace function audit_interno.funcao_da_janela(nome text)
returns regprocedure
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select p.oid::regprocedure
  from (select case when audit_interno.nome_qualificado(funcao_da_janela.nome) then parse_ident(funcao_da_janela.nome) end as partes offset 0) as n
  join pg_namespace s on s.nspname = n.partes[1]
  join pg_proc p on p.pronamespace = s.oid and p.proname = n.partes[2] and p.pronargs = 1 and p.proargtypes[0] = 'audit.janela'::regtype
$$;
comment on function audit_interno.funcao_da_janela(text) is 'Function of one audit.janela with a schema-qualified name; null when there is none.';

create or replace function audit_interno.esquema(nome text)
returns oid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select n.oid
  from pg_namespace n
  where n.nspname = (case when esquema.nome ~ '^("([^"]|"")+"|(?![0-9$])[^][\s.",()!#%&''*+/:;<=>?@\\^`{|}~-]+)$' then parse_ident(esquema.nome) end)[1]
$$;
comment on function audit_interno.esquema(text) is 'Schema of a name, quoted or not; null when there is none or it is no name.';
--! EndIncluded comum/relacao.sql

--! Included comum/nome_sql.sql
-- A registered name as SQL text that is safe to paste: quoted and schema-qualified, whatever the caller's search path.
create or replace function audit_interno.nome_sql(relacao regclass)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('%I.%I', n.nspname, c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = nome_sql.relacao
$$;
comment on function audit_interno.nome_sql(regclass) is 'Quoted, schema-qualified name of a relation.';
--! EndIncluded comum/nome_sql.sql

--! Included comum/chamada_sql.sql
-- The name of a rule's function as SQL text that is safe to paste before a parenthesis.
create or replace function audit_interno.chamada_sql(funcao text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('%I.%I', n.nspname, p.proname)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.oid = audit_interno.funcao_da_janela(chamada_sql.funcao)
$$;
comment on function audit_interno.chamada_sql(text) is 'Quoted, schema-qualified name of a function of one audit.janela; null when there is none.';
--! EndIncluded comum/chamada_sql.sql

--! Included comum/tipo_coluna.sql
-- Type of a column as SQL text, for casts. The length of character types is left out: an explicit cast would cut silently,
-- while the assignment in the update refuses what is too long (-1, not null: that would say character, which is one letter).
-- A domain gives way to its base type for the same reason.
create or replace function audit_interno.tipo_coluna(relacao regclass, coluna text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with recursive tipo as (
    select a.atttypid as id, a.atttypmod as modificador
    from pg_attribute a
    where a.attrelid = tipo_coluna.relacao and a.attname = tipo_coluna.coluna and a.attnum > 0 and not a.attisdropped
    union all
    select t.typbasetype, t.typtypmod from tipo d join pg_type t on t.oid = d.id where t.typtype = 'd'
  )
  select format_type(d.id, case when d.id in ('varchar'::regtype, 'bpchar'::regtype) then -1 else d.modificador end)
  from tipo d join pg_type t on t.oid = d.id
  where t.typtype <> 'd'
$$;
comment on function audit_interno.tipo_coluna(regclass, text) is 'Type of a column as SQL text, or null.';
--! EndIncluded comum/tipo_coluna.sql

--! Included comum/limite_chaves.sql
-- SQL that keeps the column of the row t between the least and the greatest of some keys, or nothing where their order
-- cannot be relied upon. Keys of one batch mostly lie together: with their bounds only that part of the table is read, and
-- of a partitioned one only the partitions that have it. Texts are left out: the column may sort them in a way of its own.
create or replace function audit_interno.limite_chaves(relacao regclass, coluna text, chaves text[])
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tipo text := audit_interno.tipo_coluna(relacao, coluna);
  v_de text;
  v_ate text;
begin
  if not exists (
    select from pg_attribute a
    join pg_opclass o on o.opcintype = a.atttypid and o.opcdefault and a.attcollation = 0
    join pg_am m on m.oid = o.opcmethod and m.amname = 'btree'
    where a.attrelid = limite_chaves.relacao and a.attname = limite_chaves.coluna and a.attnum > 0)
  then
    return '';
  end if;
  select x.de, x.ate into v_de, v_ate
  from audit_interno.ler(format(
    'select (select k.c::text from unnest($2::%1$s[]) as k (c) where k.c is not null order by k.c limit 1), (select k.c::text from unnest($2::%1$s[]) as k (c) where k.c is not null order by k.c desc limit 1)', v_tipo),
    null, limite_chaves.chaves) as x (de text, ate text);
  if v_de is null then
    return '';
  end if;
  return format(' and t.%1$I between %2$L::%4$s and %3$L::%4$s', limite_chaves.coluna, v_de, v_ate, v_tipo);
end
$$;
comment on function audit_interno.limite_chaves(regclass, text, text[]) is 'SQL text for: column of t lies within the bounds of the keys; empty when that cannot be said.';
--! EndIncluded comum/limite_chaves.sql

--! Included comum/tipo_base.sql
-- The type of a column, below all domains. Called where SQL is written for a column.
create or replace function audit_interno.tipo_base(relacao regclass, coluna text)
returns oid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with recursive tipo as (
    select a.atttypid as id from pg_attribute a
    where a.attrelid = tipo_base.relacao and a.attname = tipo_base.coluna and a.attnum > 0 and not a.attisdropped
    union all
    select t.typbasetype from tipo d join pg_type t on t.oid = d.id where t.typtype = 'd'
  )
  select d.id from tipo d join pg_type t on t.oid = d.id where t.typtype <> 'd'
$$;
comment on function audit_interno.tipo_base(regclass, text) is 'Type of a column below all domains, or null.';
--! EndIncluded comum/tipo_base.sql

--! Included portas/ler.sql
-- The door through which the engine reads: runs a query of the engine's own making as conferente_regra, where nothing can be
-- written (25006), and returns its rows. All of it sees one snapshot, that of the statement that calls it, rules that it runs
-- included: what a rule found and what the rows held belong together. janela is $1 of the query, textos is $2.
-- The rows come out, and all else that code of others does in the session is rolled back: settings, cursors that would run at
-- commit, temporary and large objects. What no rollback takes back (locks of the session, prepared statements) is refused.
-- A rule counts days as everybody does (agenda.fuso), and what it proposes and what the rows held is written one way, whatever the
-- session of the caller is set to: or one finding would be another in each.
-- Called wherever a rule runs or a row of the warehouse is read; only conferente_dono may.
grant create on schema audit_interno to conferente_regra;
set local role conferente_regra;

create or replace function audit_interno.ler(consulta text, janela audit.janela default null, textos text[] default null)
returns setof record
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
declare
  v_ficam text := audit_interno.ficam();
  v_lido boolean := false;
begin
  begin
    -- holds until the end of this block, a transaction of its own within ours; nothing that runs in it can take it back
    perform set_config('transaction_read_only', 'on', true), set_config('timezone', audit.fuso(), true);
    return query execute ler.consulta using ler.janela, ler.textos;
    v_lido := true;
    raise exception using errcode = 'NC999', message = 'lido';
  exception when sqlstate 'NC999' then
    if not v_lido then
      raise exception using errcode = 'NC012', message = format('código do armazém ou de uma regra levantou NC999: %s', sqlerrm);
    end if;
  end;
  if audit_interno.ficam() <> v_ficam then
    raise exception using errcode = 'NC012', message = 'código do armazém ou de uma regra deixou uma trava ou um comando preparado',
      hint = 'Quem só é lido não trava nada.';
  end if;
end
$$;
comment on function audit_interno.ler(text, audit.janela, text[]) is
  'Rows of a query that runs as conferente_regra and can write nothing: select … from audit_interno.ler(query, janela, textos) as x (column type, …). 25006 when anything in it tries to write.';
revoke execute on function audit_interno.ler(text, audit.janela, text[]) from public;
grant execute on function audit_interno.ler(text, audit.janela, text[]) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_regra;
--! EndIncluded portas/ler.sql

--! Included comum/expressao_valor.sql
-- SQL that reads one column's value, in the column's own type, out of a jsonb object.
create or replace function audit_interno.expressao_valor(relacao regclass, coluna text, objeto text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when t.typcategory in ('A', 'C') then -- arrays and composites have no text form in JSON
      format('(select x.valor from jsonb_to_record(jsonb_build_object(''valor'', %s -> %L)) as x (valor %s))',
        objeto, coluna, audit_interno.tipo_coluna(relacao, coluna))
    when audit_interno.tipo_coluna(relacao, coluna) in ('json', 'jsonb') then -- nor has a JSON string
      format('nullif(%s -> %L, ''null'')::%s', objeto, coluna, audit_interno.tipo_coluna(relacao, coluna))
    else format('(%s ->> %L)::%s', objeto, coluna, audit_interno.tipo_coluna(relacao, coluna)) end
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = expressao_valor.relacao and a.attname = expressao_valor.coluna and a.attnum > 0 and not a.attisdropped
$$;
comment on function audit_interno.expressao_valor(regclass, text, text) is 'SQL text for objeto -> coluna in the type of the column.';
--! EndIncluded comum/expressao_valor.sql

--! Included comum/expressao_igual.sql
-- SQL that is true when a column of the row t holds the value of a jsonb object, null equal to null. Types without an
-- equality of their own (json, xml, points) are compared as text.
create or replace function audit_interno.expressao_igual(relacao regclass, coluna text, objeto text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when exists (
      select from pg_opclass o join pg_am m on m.oid = o.opcmethod
      where m.amname in ('btree', 'hash') and o.opcdefault and (
        o.opcintype = b.base or t.typcategory in ('E', 'A', 'R') or (t.typcategory = 'S' and o.opcintype = 'text'::regtype)))
    then format('t.%I is not distinct from %s', coluna, audit_interno.expressao_valor(relacao, coluna, objeto))
    else format('t.%I::text is not distinct from (%s)::text', coluna, audit_interno.expressao_valor(relacao, coluna, objeto))
  end
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  cross join lateral (select case when t.typtype = 'd' then t.typbasetype else t.oid end as base) as b
  where a.attrelid = expressao_igual.relacao and a.attname = expressao_igual.coluna and a.attnum > 0 and not a.attisdropped
$$;
comment on function audit_interno.expressao_igual(regclass, text, text) is 'SQL text for: column of t is not distinct from objeto -> coluna.';
--! EndIncluded comum/expressao_igual.sql

--! Included comum/expressao_imagem.sql
-- SQL that writes one value into a jsonb image. Times with a zone are written in UTC, or one finding would have another
-- identity in each session's zone, and a rejected one would speak again.
create or replace function audit_interno.expressao_imagem(relacao regclass, coluna text, valor text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when audit_interno.tipo_base(relacao, coluna) = 'timestamptz'::regtype then format(
      'case when %1$s between ''0001-01-01 00:00+00'' and ''290000-01-01 00:00+00''
         then to_jsonb((to_jsonb(%1$s at time zone ''UTC'') #>> ''{}'') || ''+00:00'') else to_jsonb(%1$s) end', valor)
    else format('to_jsonb(%s)', valor) end
$$;
comment on function audit_interno.expressao_imagem(regclass, text, text) is 'SQL text for a value of the column as jsonb, the same in every session.';
--! EndIncluded comum/expressao_imagem.sql

--! Included comum/expressao_canonica.sql
-- SQL for the one text of a value of a column: equal values have the same, whatever the settings of the session (zone, styles,
-- digits) and the scale of the column. Texts and most others are their own; numbers lose trailing zeros; times go through JSON, in
-- UTC; floats, arrays, ranges and composites are taken in their binary form, intervals and what is made of numbers by their hash.
-- What is written uses functions of pg_catalog alone, so that it may run as anybody.
create or replace function audit_interno.expressao_canonica(relacao regclass, coluna text, valor text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when t.oid = 'numeric'::regtype then format('trim_scale(%s)::text', valor)
    when t.oid = 'timestamptz'::regtype then format('to_jsonb((%s)::timestamptz at time zone ''UTC'') #>> ''{}''', valor)
    when t.oid in ('float4'::regtype, 'float8'::regtype) then format('encode(float8send((%s)::float8 + 0), ''hex'')', valor) -- no negative zero
    when t.oid = 'interval'::regtype then format('interval_hash_extended((%s)::interval, 0)::text', valor) -- a month is thirty days
    when t.oid = 'bytea'::regtype then format('encode((%s)::bytea, ''hex'')', valor)
    when t.typcategory in ('D') then format('to_jsonb(%s) #>> ''{}''', valor)
    when e.tipo in ('numeric'::regtype, 'float4'::regtype, 'float8'::regtype, 'interval'::regtype) then -- by their hash, as equal elements look different
      format(case when t.typcategory = 'A' then 'coalesce(array_dims(%1$s), '''') || '' '' || hash_array_extended(%1$s, 0)'
        when t.typtype = 'm' then 'hash_multirange_extended(%1$s, 0)::text' else 'hash_range_extended(%1$s, 0)::text' end,
        format('((%s)::%s)', valor, format_type(t.oid, null)))
    when t.typcategory in ('A', 'C', 'R') then format('encode(%s((%s)::%s), ''hex'')', t.typsend::regproc, valor, format_type(t.oid, null))
    else format('(%s)::text', valor) end
  from pg_type t
  cross join lateral (
    select case when t.typcategory = 'A' then t.typelem else (select g.rngsubtype from pg_range g where t.oid in (g.rngtypid, g.rngmultitypid)) end as tipo
  ) as e
  where t.oid = audit_interno.tipo_base(relacao, coluna)
$$;
comment on function audit_interno.expressao_canonica(regclass, text, text) is 'SQL text for the canonical text of a value of the column; null stays null.';
--! EndIncluded comum/expressao_canonica.sql

--! Included comum/expressao_impressao.sql
-- SQL for the fingerprint of the columns that a rule decides by, of the row aliased t: equal values have equal fingerprints
-- (audit_interno.expressao_canonica).
create or replace function audit_interno.expressao_impressao(relacao regclass, colunas text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('substr(sha256(convert_to(row(%s)::text, ''UTF8'')), 1, 16)', string_agg(
    audit_interno.expressao_canonica(relacao, a.attname, format('t.%I', a.attname)), ', ' order by a.attname collate "C"))
  from pg_attribute a
  where a.attrelid = expressao_impressao.relacao and a.attname = any (expressao_impressao.colunas)
    and a.attnum > 0 and not a.attisdropped
$$;
comment on function audit_interno.expressao_impressao(regclass, text[]) is 'SQL text: first 16 bytes of SHA-256 over the row t of these columns.';
--! EndIncluded comum/expressao_impressao.sql

--! Included integridade/recusar_mudanca.sql
-- Audit facts are append-only, for the owner too. What a table allows nevertheless is listed here and nowhere else.
create or replace function audit_interno.recusar_mudanca()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- as JSON, because the tables differ in their columns
  v_antes jsonb := to_jsonb(old);
  v_depois jsonb := to_jsonb(new);
begin
  if tg_op = 'UPDATE' and tg_table_name = 'operacoes' and v_antes ->> 'selo' is null
    and (v_depois ->> 'id', v_depois ->> 'tipo', v_depois ->> 'ator', v_depois ->> 'iniciada_em')
      = (v_antes ->> 'id', v_antes ->> 'tipo', v_antes ->> 'ator', v_antes ->> 'iniciada_em')
    and (v_antes ->> 'finalizada_em' is null
      or v_depois - array['elo', 'resumo', 'selo_anterior', 'selo'] = v_antes - array['elo', 'resumo', 'selo_anterior', 'selo'])
  then
    return new; -- under way until it ends; then there is only its seal to come
  elsif tg_op = 'UPDATE' and tg_table_name = 'excecoes' and v_antes ->> 'revogada_em' is null
    and v_depois - array['revogada_em', 'revogada_por'] = v_antes - array['revogada_em', 'revogada_por']
    and v_depois ->> 'revogada_em' is not null
  then
    return new; -- taken back, once
  end if;
  raise exception using errcode = 'NC013', message = format('audit.%s só aceita acréscimos', tg_table_name),
    detail = format('operação recusada: %s', tg_op),
    hint = 'Fatos de auditoria não se alteram nem se apagam; registre um novo.';
end
$$;
comment on function audit_interno.recusar_mudanca() is 'Refuses to change or delete audit facts with NC013.';

do $$
declare
  v_tabela text;
begin
  foreach v_tabela in array array['deteccoes', 'alteracoes', 'correcoes_desfeitas', 'decisoes', 'excecoes', 'tokens', 'revogacoes'] loop
    execute format('create or replace trigger proteger before update or delete on audit.%I for each row execute function audit_interno.recusar_mudanca()', v_tabela);
    execute format('create or replace trigger proteger_truncate before truncate on audit.%I for each statement execute function audit_interno.recusar_mudanca()', v_tabela);
  end loop;
end
$$;
create or replace trigger proteger before delete on audit.divergencias_processadas
  for each row execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_truncate before truncate on audit.divergencias_processadas
  for each statement execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_identidade
  before update of id, sessao_id, regra, tabela, registro_id, valores_originais, valores_propostos, detectada_em, identidade, impressao
  on audit.divergencias_processadas
  for each row execute function audit_interno.recusar_mudanca();
--! EndIncluded integridade/recusar_mudanca.sql

--! Included integridade/resumo_operacao.sql
-- Digest of an operation and of every fact that carries its id. The settings pinned here make the text of each value, and
-- so the digest, the same in every session. offset 0: looked up by operation, then sorted; the planner would rather walk a
-- whole table in the order of its key.
create or replace function audit_interno.resumo_operacao(operacao_id bigint)
returns bytea
language sql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
  select sha256(
    sha256(convert_to(row(o.id, o.tipo, o.status, o.sessao_id, o.regra, o.ator, o.motivo, o.iniciada_em, o.finalizada_em,
      o.linhas, o.detalhes)::text, 'UTF8'))
    || sha256(coalesce((
      select string_agg(sha256(convert_to(row(d.divergencia_id, d.confianca, d.resumo)::text, 'UTF8')), '' order by d.divergencia_id)
      from (select x.* from audit.deteccoes x where x.operacao_id = o.id offset 0) as d), ''))
    || sha256(coalesce((
      select string_agg(sha256(convert_to(row(a.divergencia_id, a.reverte_operacao_id, a.antes, a.depois)::text, 'UTF8')), ''
        order by a.divergencia_id)
      from (select x.* from audit.alteracoes x where x.operacao_id = o.id offset 0) as a), ''))
    || sha256(coalesce((
      select string_agg(sha256(convert_to(row(c.id, c.divergencia_id, c.tipo, c.ator, c.motivo, c.valores, c.confianca,
        c.decidida_em)::text, 'UTF8')), '' order by c.id)
      from (select x.* from audit.decisoes x where x.operacao_id = o.id offset 0) as c), ''))
    || sha256(coalesce((
      select string_agg(sha256(convert_to(row(e.id, e.regra, e.tabela, e.registro_id, e.entrada, e.motivo, e.autor, e.criada_em,
        e.expira_em)::text, 'UTF8')), '' order by e.id)
      from audit.excecoes e where e.operacao_id = o.id), ''))
    || coalesce((
      select sha256(string_agg(sha256(convert_to(row(u.divergencia_id, u.correcao_operacao_id, u.situacao, u.esperado, u.agora,
        u.carregado_em)::text, 'UTF8')), '' order by u.divergencia_id))
      from (select x.* from audit.correcoes_desfeitas x where x.operacao_id = o.id offset 0) as u), '')
  )
  from audit.operacoes o
  where o.id = resumo_operacao.operacao_id
$$;
comment on function audit_interno.resumo_operacao(bigint) is
  'SHA-256 over the operation and, each in order, SHA-256 over its detections, alterations, decisions and exceptions, and where there are any corrections seen undone.';
--! EndIncluded integridade/resumo_operacao.sql

--! Included integridade/selar_operacao.sql
-- Deferred constraint trigger: when the transaction commits, takes the digest of the ended operation and puts it into the queue
-- of seals. A login of the engine's (a member of conferente_dono or conferente_servico, a superuser) seals at once. Nobody else
-- may hold the head: from psql a transaction lasts as long as its owner likes, after "set constraints all immediate", in a
-- deferred trigger of one's own behind this one, or prepared.
create or replace function audit_interno.selar_operacao()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into audit_interno.fila_selos (operacao_id, resumo)
  select o.id, audit_interno.resumo_operacao(o.id)
  from audit.operacoes o
  where o.id = new.id and o.finalizada_em is not null and o.selo is null
    and not exists (select from audit_interno.fila_selos f where f.operacao_id = o.id);
  if found and (pg_has_role(session_user, 'conferente_dono', 'member') or pg_has_role(session_user, 'conferente_servico', 'member')) then
    perform audit_interno.selar();
  end if;
  return null;
end
$$;
comment on function audit_interno.selar_operacao() is 'Takes the digest of an ended operation for its seal; of the engine''s own logins seals it at once.';

create or replace trigger proteger before update or delete on audit.operacoes
  for each row execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_truncate before truncate on audit.operacoes
  for each statement execute function audit_interno.recusar_mudanca();
do $$
begin
  if not exists (select from pg_catalog.pg_trigger where tgname = 'selar' and tgrelid = 'audit.operacoes'::regclass) then
    create constraint trigger selar after insert or update on audit.operacoes
      deferrable initially deferred for each row execute function audit_interno.selar_operacao();
  end if;
end
$$;
--! EndIncluded integridade/selar_operacao.sql

--! Included portas/tabelas.sql
-- A row for each connection that lets code of others write (a preparation, a trigger of the warehouse) in its present transaction.
create unlogged table audit_interno.portas_abertas (
  pid integer primary key,
  transacao xid8 not null,
  aberta boolean not null
);
comment on table audit_interno.portas_abertas is 'Connections in which code of others writes, or has written in this transaction: while the door is open, and again at the commit, no operation of ours may begin there, in whose name ever.';
comment on column audit_interno.portas_abertas.pid is 'Process of the connection.';
comment on column audit_interno.portas_abertas.transacao is 'Its transaction; a row of another one says nothing any more.';
comment on column audit_interno.portas_abertas.aberta is 'Whether code of others is running.';
--! EndIncluded portas/tabelas.sql

--! Included portas/porta.sql
-- Marks that code of others begins to write in this transaction. Called before preparar and escrever, by the engine.
create or replace function audit_interno.abrir_porta()
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from audit_interno.portas_abertas p where p.pid in (
    select x.pid from audit_interno.portas_abertas x
    where x.pid <> pg_backend_pid() and x.transacao < pg_snapshot_xmin(pg_current_snapshot())
    for update skip locked);
  insert into audit_interno.portas_abertas as p (pid, transacao, aberta) values (pg_backend_pid(), pg_current_xact_id(), true)
  on conflict (pid) do update set transacao = excluded.transacao, aberta = true;
$$;
comment on function audit_interno.abrir_porta() is 'Nothing of ours may be begun by this transaction until audit_interno.fechar_porta.';

-- Marks that it has ended for now. What it left for the commit runs behind the door that opens again there.
create or replace function audit_interno.fechar_porta()
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit_interno.portas_abertas p set aberta = false where p.pid = pg_backend_pid();
$$;
comment on function audit_interno.fechar_porta() is 'The engine goes on by itself.';

-- Deferred: its event lies in the queue before those of the code that was let in, so at the commit the door is open before a deferred
-- trigger of the warehouse runs.
create or replace function audit_interno.reabrir_porta()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update audit_interno.portas_abertas p set aberta = true
  where p.pid = pg_backend_pid() and p.transacao = pg_current_xact_id() and not p.aberta;
  return null;
end
$$;
comment on function audit_interno.reabrir_porta() is 'Opens the door of this transaction again as it commits.';
do $$
begin
  if not exists (select from pg_catalog.pg_trigger where tgname = 'reabrir' and tgrelid = 'audit_interno.portas_abertas'::regclass) then
    create constraint trigger reabrir after insert or update of transacao on audit_interno.portas_abertas
      deferrable initially deferred for each row execute function audit_interno.reabrir_porta();
  end if;
end
$$;

-- Refuses to act for code of others while it writes: it would act in the name of whoever started the session. Called by everything
-- that opens an operation or a session.
create or replace function audit_interno.recusar_de_dentro()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from audit_interno.portas_abertas p
    where p.pid = pg_backend_pid() and p.aberta and p.transacao = pg_current_xact_id_if_assigned())
  then
    raise exception using errcode = 'NC012', message = 'código do armazém ou de uma regra não age em nome de quem iniciou a sessão',
      hint = 'Gatilhos e preparações leem e escrevem o que é seu; decisões e ajustes são de pessoas.';
  end if;
end
$$;
comment on function audit_interno.recusar_de_dentro() is 'NC012 when called from a trigger of the warehouse or from a rule''s preparation.';
--! EndIncluded portas/porta.sql

--! Included integridade/abrir_operacao.sql
-- Opens an audited operation for the engine. Users come through audit.registrar_operacao.
create or replace function audit_interno.abrir_operacao(
  tipo text, sessao_id bigint default null, regra text default null, motivo text default null, detalhes jsonb default '{}'
)
returns bigint
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.recusar_de_dentro();
  insert into audit.operacoes (tipo, sessao_id, regra, ator, motivo, detalhes)
  values (abrir_operacao.tipo, abrir_operacao.sessao_id, abrir_operacao.regra, audit_interno.ator(),
    abrir_operacao.motivo, abrir_operacao.detalhes)
  returning id
$$;
comment on function audit_interno.abrir_operacao(text, bigint, text, text, jsonb) is 'Id of the new operation, em_andamento.';
--! EndIncluded integridade/abrir_operacao.sql

--! Included integridade/fechar_operacao.sql
-- Closes an operation of the engine; its seal follows when the transaction commits.
create or replace function audit_interno.fechar_operacao(
  id bigint, linhas bigint default 0, status text default 'concluida', detalhes jsonb default '{}'
)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit.operacoes o
  set status = fechar_operacao.status, linhas = fechar_operacao.linhas, finalizada_em = clock_timestamp(),
    detalhes = o.detalhes || fechar_operacao.detalhes
  where o.id = fechar_operacao.id
$$;
comment on function audit_interno.fechar_operacao(bigint, bigint, text, jsonb) is 'Marks an operation as ended.';
--! EndIncluded integridade/fechar_operacao.sql

--! Included integridade/registrar_operacao.sql
-- Records an act that happened outside the engine (an export, a manual load, a repair in the warehouse), so that the audit
-- trail tells the whole story. The engine's own kinds cannot be forged through it.
create or replace function audit.registrar_operacao(tipo text, motivo text, detalhes jsonb default '{}')
returns bigint
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if registrar_operacao.tipo is null or registrar_operacao.tipo not in ('externa', 'exportacao') then
    raise exception using errcode = 'NC001', message = format('tipo de operação inválido: %s', coalesce(tipo, 'nulo')),
      hint = 'Use externa ou exportacao; as demais operações o próprio sistema registra.';
  end if;
  return audit_interno.abrir_operacao(registrar_operacao.tipo, motivo => audit_interno.exigir_motivo(registrar_operacao.motivo),
    detalhes => audit_interno.exigir_detalhes(registrar_operacao.detalhes));
end
$$;
comment on function audit.registrar_operacao(text, text, jsonb) is
  'Opens an operation that happened outside the engine and returns its id. tipo: externa or exportacao. Close it with audit.finalizar_operacao. Errors: NC001 kind not allowed, detalhes no object or larger than 10000 bytes, NC006 reason missing.';
grant execute on function audit.registrar_operacao(text, text, jsonb) to conferente_revisor, conferente_operador, conferente_administrador;
--! EndIncluded integridade/registrar_operacao.sql

--! Included integridade/finalizar_operacao.sql
-- Closes an operation that audit.registrar_operacao opened. Only its actor may.
create or replace function audit.finalizar_operacao(
  id bigint, status text default 'concluida', linhas bigint default 0, detalhes jsonb default '{}'
)
returns audit.operacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operacao audit.operacoes;
begin
  select * into v_operacao from audit.operacoes o where o.id = finalizar_operacao.id for update;
  if not found or v_operacao.tipo not in ('externa', 'exportacao') then
    raise exception using errcode = 'NC004', message = format('operação desconhecida: %s', coalesce(id::text, 'nula')),
      hint = 'Só operações abertas por audit.registrar_operacao são finalizadas assim.';
  end if;
  if v_operacao.status <> 'em_andamento' then
    raise exception using errcode = 'NC005', message = format('a operação %s já foi finalizada', id),
      detail = format('status %s em %s', v_operacao.status, v_operacao.finalizada_em);
  end if;
  if v_operacao.ator <> audit_interno.ator() then
    raise exception using errcode = 'NC007', message = format('a operação %s é de %s', id, v_operacao.ator),
      hint = 'Quem abriu a operação a finaliza.';
  end if;
  -- whoever streams an export keeps its key: the reader, who has the same name, cannot end it with another count
  if v_operacao.detalhes ? 'fecho' and v_operacao.detalhes ->> 'fecho' is distinct from
    encode(sha256(convert_to(finalizar_operacao.detalhes ->> 'chave', 'UTF8')), 'hex')
  then
    raise exception using errcode = 'NC007', message = format('a operação %s é de quem grava o arquivo', id),
      hint = 'Ela termina com a exportação.';
  end if;
  if finalizar_operacao.status is null or finalizar_operacao.status not in ('concluida', 'falhou') then
    raise exception using errcode = 'NC001', message = format('status inválido: %s', coalesce(status, 'nulo')),
      hint = 'Use concluida ou falhou.';
  end if;
  if finalizar_operacao.linhas is null or finalizar_operacao.linhas < 0 then
    raise exception using errcode = 'NC001', message = 'linhas deve ser zero ou mais';
  end if;
  perform audit_interno.fechar_operacao(v_operacao.id, finalizar_operacao.linhas, finalizar_operacao.status,
    audit_interno.exigir_detalhes(finalizar_operacao.detalhes) - 'chave' - 'fecho');
  select * into v_operacao from audit.operacoes o where o.id = finalizar_operacao.id;
  return v_operacao;
end
$$;
comment on function audit.finalizar_operacao(bigint, text, bigint, jsonb) is
  'Ends an operation opened by audit.registrar_operacao: status concluida or falhou, rows concerned, further facts. Errors: NC001 bad argument, NC004 unknown, NC005 already ended, NC007 somebody else''s, or of an export that is being written: detalhes.chave must be that of which detalhes.fecho is the SHA-256.';
grant execute on function audit.finalizar_operacao(bigint, text, bigint, jsonb) to conferente_revisor, conferente_operador, conferente_administrador;
--! EndIncluded integridade/finalizar_operacao.sql

--! Included integridade/exigir_detalhes.sql
-- What a caller may have sealed for ever: an object, of a size that people read. Called by registrar_operacao,
-- registrar_exportacao and finalizar_operacao.
create or replace function audit_interno.exigir_detalhes(detalhes jsonb)
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(detalhes) <> 'object' then
    raise exception using errcode = 'NC001', message = format('detalhes deve ser um objeto: %s', left(detalhes::text, 200)),
      hint = 'Por exemplo {"arquivo": "nota.pdf"}.';
  end if;
  if octet_length(detalhes::text) > 10000 then
    raise exception using errcode = 'NC001', message = 'detalhes é grande demais',
      detail = format('%s bytes; o máximo é 10000', octet_length(detalhes::text)), hint = 'Guarde o arquivo em outro lugar, e aqui o nome e o SHA-256 dele.';
  end if;
  return coalesce(detalhes, '{}');
end
$$;
comment on function audit_interno.exigir_detalhes(jsonb) is 'The details, {} for null. NC001 when they are no object or larger than 10000 bytes.';
--! EndIncluded integridade/exigir_detalhes.sql

--! Included integridade/registrar_exportacao.sql
-- Records that somebody takes findings out of the system. Whoever may read may export, so readers may record this and nothing else.
create or replace function audit.registrar_exportacao(detalhes jsonb, motivo text default null)
returns bigint
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.abrir_operacao('exportacao',
    motivo => case when registrar_exportacao.motivo is not null then audit_interno.exigir_motivo(registrar_exportacao.motivo) end,
    detalhes => audit_interno.exigir_detalhes(registrar_exportacao.detalhes))
$$;
comment on function audit.registrar_exportacao(jsonb, text) is
  'Opens the operation of an export (detalhes: format, filter) and returns its id; the reason may be left out. Close it with audit.finalizar_operacao, with the rows and the SHA-256 of the file. Errors: NC001 detalhes no object or larger than 10000 bytes, NC006 reason blank or too long.';
grant execute on function audit.registrar_exportacao(jsonb, text), audit.finalizar_operacao(bigint, text, bigint, jsonb) to conferente_leitor;
--! EndIncluded integridade/registrar_exportacao.sql

--! Included configuracao/validar_configuracao.sql
-- Checks a setting against its type and range, whoever writes it and however.
create or replace function audit_interno.validar_configuracao()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tipo_json text := jsonb_typeof(new.valor);
  v_texto text := new.valor #>> '{}';
  v_medida numeric;
  v_par numeric;
  v_valido boolean;
  v_permitido text;
  v_estranhos text := case when new.tipo = 'enderecos' then audit_interno.enderecos_invalidos(new.valor) end;
begin
  if tg_op = 'UPDATE' and new.chave <> old.chave then
    raise exception using errcode = 'NC008', message = format('a configuração %s não muda de nome', old.chave);
  end if;
  -- what ships unset may be unset again: null, or an empty text
  if new.padrao = 'null' and (new.valor = 'null' or new.tipo = 'texto' and v_tipo_json = 'string' and btrim(v_texto) = '') then
    new.valor := 'null';
    return new;
  end if;
  v_valido := coalesce(case new.tipo
    when 'texto' then v_tipo_json = 'string' and btrim(v_texto) <> '' and length(v_texto) <= 500
    when 'inteiro' then v_tipo_json = 'number' and case when v_tipo_json = 'number' then v_texto::numeric = trunc(v_texto::numeric) end
    when 'numero' then v_tipo_json = 'number'
    when 'booleano' then v_tipo_json = 'boolean'
    when 'textos' then v_tipo_json = 'array'
      and not jsonb_path_exists(new.valor, 'strict $[*] ? (@.type() != "string" || @ like_regex "^\\s*$")')
    when 'intervalo' then v_tipo_json = 'string'
    when 'hora' then v_tipo_json = 'string' and v_texto ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
    when 'cron' then v_tipo_json = 'string' and audit_interno.cron_valido(v_texto)
    when 'fuso' then v_tipo_json = 'string' and audit_interno.fuso_valido(v_texto)
    when 'endereco' then v_tipo_json = 'string' and audit_interno.remetente_valido(v_texto)
    when 'enderecos' then v_tipo_json = 'array' and v_estranhos is null
    when 'url' then v_tipo_json = 'string' and length(v_texto) <= 500 and v_texto ~ '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$'
  end, false);
  if v_valido and new.tipo = 'intervalo' then
    begin
      v_medida := extract(epoch from v_texto::interval);
    exception when invalid_datetime_format or datetime_field_overflow or interval_field_overflow then
      v_valido := false;
    end;
  elsif v_valido and new.tipo in ('inteiro', 'numero') then
    v_medida := v_texto::numeric;
    if new.tipo = 'inteiro' then
      new.valor := to_jsonb(trunc(v_medida)); -- 10.0 is 10, also for who reads it as an integer
    end if;
  elsif v_valido and new.tipo in ('textos', 'enderecos') then
    v_medida := jsonb_array_length(new.valor);
  end if;
  v_permitido := concat_ws('; ',
    case new.tipo
      when 'texto' then 'um texto de 1 a 500 caracteres'
      when 'inteiro' then 'um número inteiro'
      when 'numero' then 'um número'
      when 'booleano' then 'true ou false'
      when 'textos' then 'uma lista de textos, como ["A", "B"]'
      when 'intervalo' then 'um intervalo, como "02:00:00" ou "3 days"'
      when 'hora' then 'uma hora, como "07:00"'
      when 'cron' then 'minuto, hora, dia do mês, mês e dia da semana em números, como "0 7 * * 1-5"'
      when 'fuso' then 'um fuso horário IANA, como "America/Sao_Paulo"'
      when 'endereco' then 'um endereço de e-mail, como "Conferente <conferente@empresa.com.br>"'
      when 'enderecos' then 'uma lista de endereços de e-mail sem repetição, como ["maria@empresa.com.br"]'
      when 'url' then 'um endereço http ou https, como "https://conferente.empresa.com.br"'
    end,
    'de ' || new.minimo || ' a ' || new.maximo || case new.tipo
      when 'intervalo' then ' segundos' when 'textos' then ' elementos' when 'enderecos' then ' elementos' else '' end,
    'um destes: ' || new.permitidos::text,
    case when new.padrao = 'null' then 'ou null, sem valor' end);
  if not v_valido then
    raise exception using errcode = 'NC009', message = format('valor inválido para %s: %s', new.chave, new.valor),
      detail = coalesce(v_estranhos, format('tipo %s', new.tipo)), hint = format('Permitido: %s.', v_permitido);
  end if;
  if v_medida < new.minimo or v_medida > new.maximo or not coalesce(new.permitidos @> new.valor, true) then
    raise exception using errcode = 'NC009', message = format('valor fora do permitido para %s: %s', new.chave, new.valor),
      hint = format('Permitido: %s.', v_permitido);
  end if;
  if new.chave in ('valores.cambio_minimo', 'valores.cambio_maximo') then
    select (c.valor #>> '{}')::numeric into v_par
    from audit.configuracoes_sistema c
    where c.chave in ('valores.cambio_minimo', 'valores.cambio_maximo') and c.chave <> new.chave
    for share; -- the other end may be changing at this moment
    if (case new.chave when 'valores.cambio_minimo' then v_medida > v_par else v_medida < v_par end) then
      raise exception using errcode = 'NC009', message = format('valor fora do permitido para %s: %s', new.chave, new.valor),
        detail = 'o câmbio mínimo não passa do máximo',
        hint = format('Permitido: %s; %s %s.', v_permitido,
          case new.chave when 'valores.cambio_minimo' then 'no máximo' else 'no mínimo' end, v_par);
    end if;
  end if;
  return new;
end
$$;
comment on function audit_interno.validar_configuracao() is 'Refuses a setting of the wrong type or out of range with NC009.';

create or replace trigger validar before insert or update on audit.configuracoes_sistema
  for each row execute function audit_interno.validar_configuracao();
--! EndIncluded configuracao/validar_configuracao.sql

--! Included configuracao/alterar_configuracao.sql
-- Changes one setting, as an audited operation with before and after. A label that no entry has is accepted, because the ledger may
-- be about to be loaded, with a warning that names what is written most like it.
create or replace function audit.alterar_configuracao(chave text, valor jsonb, motivo text)
returns audit.configuracoes_sistema
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_antes audit.configuracoes_sistema;
  v_depois audit.configuracoes_sistema;
  v_operacao bigint;
  v_estranhos text;
begin
  perform audit_interno.exigir_motivo(alterar_configuracao.motivo);
  select * into v_antes from audit.configuracoes_sistema c where c.chave = alterar_configuracao.chave for update;
  if not found then
    raise exception using errcode = 'NC008',
      message = format('configuração desconhecida: %s', coalesce(alterar_configuracao.chave, 'nula')),
      hint = 'Existem: ' || (select string_agg(c.chave, ', ' order by c.chave) from audit.configuracoes_sistema c) || '.';
  end if;
  if alterar_configuracao.valor is null then
    raise exception using errcode = 'NC009', message = format('valor nulo para %s', chave),
      hint = format('Para voltar ao padrão use %s.', v_antes.padrao);
  end if;
  update audit.configuracoes_sistema c
  set valor = alterar_configuracao.valor, alterada_em = clock_timestamp(), alterada_por = audit_interno.ator()
  where c.chave = alterar_configuracao.chave
  returning * into v_depois;
  v_operacao := audit_interno.abrir_operacao('configuracao', motivo => btrim(alterar_configuracao.motivo),
    detalhes => jsonb_build_object('chave', v_antes.chave, 'antes', v_antes.valor, 'depois', v_depois.valor));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  select string_agg(format('%s (%s)', e.rotulo, coalesce('parecidas, com seus lançamentos: ' || e.proximos, 'nenhuma se parece')), '; ')
  into v_estranhos
  from audit_interno.rotulos_estranhos(v_depois.chave) e;
  if v_estranhos is not null then
    raise warning using errcode = 'NC031', message = format('nenhum lançamento tem a categoria: %s', v_estranhos),
      hint = 'A configuração vale assim; confira se foi escrita como está nos lançamentos.';
  end if;
  return v_depois;
end
$$;
comment on function audit.alterar_configuracao(text, jsonb, text) is
  'Changes a setting. valor is JSON of the setting''s type: 10000, 0.05, true, "texto", ["a","b"], "02:00:00". Returns the setting. Errors: NC006 reason missing, NC008 unknown setting (all names are listed), NC009 wrong type or out of range (what is allowed is said). Warning NC031: a category that no entry has, with those nearest to it.';
grant execute on function audit.alterar_configuracao(text, jsonb, text) to conferente_administrador;
--! EndIncluded configuracao/alterar_configuracao.sql

--! Included configuracao/conferir_regra.sql
-- What is wrong with a rule as registered, in one sentence, or null. Called when a rule is registered, by every session, by
-- back-tests and by diagnostico.
create or replace function audit_interno.conferir_regra(regra audit.regras)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_funcao regprocedure;
  v_tabela regclass;
  v_proc pg_proc;
  v_nome text;
  v_faltam text;
  v_defeito text;
begin
  foreach v_nome in array array_remove(array[regra.funcao, regra.preparacao], null) loop
    if not audit_interno.nome_qualificado(v_nome) then
      return format('a função se dá pelo nome, com o esquema e sem argumentos, como regras.trade_marketing, e não %L', v_nome);
    end if;
    -- in another session the same name is another function, of whoever runs the rule
    if (parse_ident(v_nome))[1] ~ '^pg_(toast_)?temp' or exists (
      select from pg_proc p
      where p.oid = audit_interno.funcao_da_janela(v_nome)
        and (p.pronamespace = pg_my_temp_schema() or pg_is_other_temp_schema(p.pronamespace)))
    then
      return format('a função %s está num esquema temporário, que cada sessão tem o seu', v_nome);
    end if;
  end loop;
  v_funcao := audit_interno.funcao_da_janela(regra.funcao);
  if v_funcao is null then
    return format('não existe a função %s(audit.janela)', regra.funcao);
  end if;
  select * into v_proc from pg_proc p where p.oid = v_funcao;
  if v_proc.prorettype <> 'audit.achado'::regtype or not v_proc.proretset then
    return format('a função %s deve devolver setof audit.achado', regra.funcao);
  end if;
  if v_proc.provolatile = 'v' then
    return format('a função %s deve ser stable: só assim lê a mesma fotografia que o motor, e não escreve', regra.funcao);
  end if;
  if regra.preparacao is not null and audit_interno.funcao_da_janela(regra.preparacao) is null then
    return format('não existe a função de preparação %s(audit.janela)', regra.preparacao);
  end if;
  foreach v_nome in array array_remove(array[regra.funcao, regra.preparacao], null) loop
    v_defeito := audit_interno.conferir_caminho(v_nome);
    if v_defeito is not null then
      return v_defeito;
    end if;
  end loop;
  if not audit_interno.nome_qualificado(regra.tabela) then
    return format('a tabela se dá como esquema.tabela, e não %L', regra.tabela);
  end if;
  v_tabela := audit_interno.relacao(regra.tabela);
  if v_tabela is null then
    return format('não existe a tabela %s', regra.tabela);
  end if;
  select string_agg(c.coluna, ', ' order by c.coluna) into v_faltam
  from unnest(regra.colunas || regra.colunas_identidade || regra.colunas_acompanham || array[regra.coluna_chave, regra.coluna_data, regra.coluna_carga, regra.coluna_valor]) as c (coluna)
  where c.coluna is not null and not exists (
    select from pg_attribute a
    where a.attrelid = v_tabela and a.attname = c.coluna and a.attnum > 0 and not a.attisdropped);
  if v_faltam is not null then
    return format('a tabela %s não tem a(s) coluna(s) %s', regra.tabela, v_faltam);
  end if;
  if array_position(regra.colunas, null) is not null then
    return 'há um nome de coluna nulo';
  end if;
  if regra.coluna_chave = any (regra.colunas || regra.colunas_identidade || regra.colunas_acompanham) then
    return format('a chave %s não pode estar entre as colunas por que a regra decide, que identificam o lançamento ou que acompanham', regra.coluna_chave);
  end if;
  return null;
end
$$;
comment on function audit_interno.conferir_regra(audit.regras) is 'Why a rule cannot run, or null.';
--! EndIncluded configuracao/conferir_regra.sql

--! Included configuracao/registrar_regra.sql
-- Registers a rule. Bundled rules are registered by the migration; this is for the business's own.
create or replace function audit.registrar_regra(
  nome text, descricao text, funcao text, tabela text, coluna_chave text, colunas text[],
  coluna_data text default null, coluna_carga text default null, coluna_valor text default null,
  confianca_base numeric default 0.5, limiar numeric default 0.95, automatica boolean default false,
  prioridade integer default 100, preparacao text default null,
  colunas_identidade text[] default '{}', colunas_acompanham text[] default null, dependencias text[] default '{}',
  requisitos text default null
)
returns audit.regras
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_defeito text;
  v_operacao bigint;
begin
  if coalesce(cardinality(array_remove(registrar_regra.colunas, null)), 0) = 0 then
    raise exception using errcode = 'NC011',
      message = format('regra %s recusada: faltam as colunas por que ela decide', coalesce(registrar_regra.nome, 'sem nome')),
      detail = 'colunas está vazio.',
      hint = 'Dê ao menos uma coluna da tabela, como array[''categoria'']: um achado vale enquanto elas têm o que tinham.';
  end if;
  insert into audit.regras (nome, descricao, funcao, preparacao, tabela, coluna_chave, coluna_data, coluna_carga, coluna_valor,
    colunas, colunas_identidade, colunas_acompanham, dependencias, requisitos, confianca_base, limiar, automatica, prioridade, registrada_por)
  values (registrar_regra.nome, registrar_regra.descricao, registrar_regra.funcao, registrar_regra.preparacao,
    -- one spelling for each table: findings are compared and looked up by it
    coalesce(case when audit_interno.nome_qualificado(registrar_regra.tabela)
      then audit_interno.nome_sql(audit_interno.relacao(registrar_regra.tabela)) end, registrar_regra.tabela), registrar_regra.coluna_chave, registrar_regra.coluna_data, registrar_regra.coluna_carga,
    registrar_regra.coluna_valor,
    (select array_agg(distinct c order by c) from unnest(registrar_regra.colunas) as c),
    coalesce(registrar_regra.colunas_identidade, '{}'),
    coalesce(registrar_regra.colunas_acompanham, array_remove(array[registrar_regra.coluna_carga], null)),
    coalesce(registrar_regra.dependencias, '{}'), registrar_regra.requisitos, registrar_regra.confianca_base,
    registrar_regra.limiar, registrar_regra.automatica, registrar_regra.prioridade, audit_interno.ator())
  returning * into v_regra;
  v_defeito := coalesce((
      select format('dependência desconhecida: %s', string_agg(d, ', ')) from unnest(v_regra.dependencias) as d
      where not audit_interno.dependencia_conhecida(d) having count(*) > 0),
    audit_interno.conferir_regra(v_regra), audit_interno.conferir_tipos(v_regra), audit_interno.experimentar_regra(v_regra));
  if v_defeito is not null then
    raise exception using errcode = 'NC011', message = format('regra %s recusada: %s', registrar_regra.nome, v_defeito);
  end if;
  v_operacao := audit_interno.abrir_operacao('regra', regra => v_regra.nome, motivo => v_regra.descricao,
    detalhes => jsonb_build_object('depois', to_jsonb(v_regra)));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_regra;
exception
  when unique_violation then
    raise exception using errcode = 'NC011', message = format('já existe a regra %s', registrar_regra.nome),
      hint = 'Para mudá-la use audit.alterar_regra.';
  when check_violation or not_null_violation or numeric_value_out_of_range then
    raise exception using errcode = 'NC011', message = format('regra %s recusada: %s', coalesce(registrar_regra.nome, 'sem nome'), sqlerrm),
      hint = 'nome: minúsculas, dígitos e _; confianca_base e limiar: de 0 a 1; colunas: ao menos uma.';
end
$$;
comment on function audit.registrar_regra(text, text, text, text, text, text[], text, text, text, numeric, numeric, boolean, integer, text, text[], text[], text[], text) is
  'Registers a detection rule. funcao: schema-qualified STABLE function f(audit.janela) returning setof audit.achado, with its search_path pinned; given by its name alone; it is tried on up to 100 rows, and the trial is undone. coluna_data: a date; coluna_carga: a time or date; coluna_valor: a number. colunas: what it decides by and may correct. colunas_identidade: which columns say what entry a row is (supplier, document, date): without them a key that goes to another entry is not noticed. colunas_acompanham: columns that the warehouse may change by itself on an update; null is coluna_carga. dependencias: schemas, functions or views that its code reaches without naming them. requisitos: a function g() returning text, what the rule lacks before it can run, or null. automatica: whether auto mode may correct at or above limiar. Returns the rule. Errors: NC011 says what is wrong with it, 57014 the trial ran into statement_timeout.';
grant execute on function audit.registrar_regra(text, text, text, text, text, text[], text, text, text, numeric, numeric, boolean, integer, text, text[], text[], text[], text) to conferente_administrador;
--! EndIncluded configuracao/registrar_regra.sql

--! Included configuracao/alterar_regra.sql
-- Changes settings of a rule, as an audited operation with before and after.
create or replace function audit.alterar_regra(nome text, mudancas jsonb, motivo text)
returns audit.regras
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_permitidas constant text[] := array['descricao', 'limiar', 'automatica', 'ativa', 'prioridade', 'limite_linhas',
    'limite_fracao', 'limite_valor', 'tempo_limite', 'confianca_base', 'dependencias'];
  v_antes audit.regras;
  v_depois audit.regras;
  v_estranhas text;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(alterar_regra.motivo);
  select * into v_antes from audit.regras r where r.nome = alterar_regra.nome for update;
  if not found then
    raise exception using errcode = 'NC003', message = format('regra desconhecida: %s', coalesce(alterar_regra.nome, 'nula')),
      hint = 'Existem: ' || (select string_agg(r.nome, ', ' order by r.nome) from audit.regras r) || '.';
  end if;
  if jsonb_typeof(alterar_regra.mudancas) is distinct from 'object' then
    raise exception using errcode = 'NC001', message = 'mudancas deve ser um objeto, como {"limiar": 0.9}';
  end if;
  select string_agg(d, ', ') into v_estranhas
  from jsonb_array_elements_text(case when jsonb_typeof(alterar_regra.mudancas -> 'dependencias') = 'array'
    then alterar_regra.mudancas -> 'dependencias' else '[]' end) as d
  where not audit_interno.dependencia_conhecida(d);
  if v_estranhas is not null then
    raise exception using errcode = 'NC009', message = format('dependência desconhecida da regra %s: %s', v_antes.nome, v_estranhas),
      hint = 'dependencias são nomes de esquemas, ou de funções e visões com o esquema, como ["util", "dw.taxa"].';
  end if;
  select string_agg(c, ', ') into v_estranhas from jsonb_object_keys(alterar_regra.mudancas) as c where c <> all (v_permitidas);
  if v_estranhas is not null then
    raise exception using errcode = 'NC009', message = format('não se altera numa regra: %s', v_estranhas),
      hint = format('Permitido: %s.', array_to_string(v_permitidas, ', '));
  end if;
  begin
    v_depois := jsonb_populate_record(v_antes, alterar_regra.mudancas);
    update audit.regras r
    set descricao = v_depois.descricao, limiar = v_depois.limiar, automatica = v_depois.automatica, ativa = v_depois.ativa,
      prioridade = v_depois.prioridade, limite_linhas = v_depois.limite_linhas, limite_fracao = v_depois.limite_fracao,
      limite_valor = v_depois.limite_valor, tempo_limite = v_depois.tempo_limite, confianca_base = v_depois.confianca_base,
      automatica_perdida = case when not v_depois.automatica then r.automatica_perdida end
    where r.nome = v_antes.nome;
    -- the rule as it is now: auto that is given, or given again, is given to this code
    update audit.regras r set dependencias = v_depois.dependencias,
      hash_autorizado = case when v_depois.automatica and alterar_regra.mudancas ? 'automatica'
        then audit_interno.hash_regra(v_depois) else r.hash_autorizado end
    where r.nome = v_antes.nome
    returning * into v_depois;
    -- auto given back, or given to other code, or another threshold: what was decided before says nothing of it, and a new record begins
    update audit.regras r
    set contagem = r.contagem + 1, contagem_desde = clock_timestamp(), certas_no_limiar = 0, erradas_no_limiar = 0,
      automaticas_revertidas = 0
    where r.nome = v_antes.nome and (v_depois.limiar <> v_antes.limiar or v_depois.automatica and (not v_antes.automatica
      or v_depois.hash_autorizado is distinct from v_antes.hash_autorizado));
    select * into strict v_depois from audit.regras r where r.nome = v_antes.nome;
  exception when data_exception or integrity_constraint_violation then
    raise exception using errcode = 'NC009', message = format('valor inválido para a regra %s: %s', v_antes.nome, sqlerrm),
      hint = 'limiar, confianca_base e limite_fracao vão de 0 a 1; limites são zero ou mais, ou nulos; tempo_limite é um intervalo maior que zero.';
  end;
  v_operacao := audit_interno.abrir_operacao('regra', regra => v_antes.nome, motivo => btrim(alterar_regra.motivo),
    detalhes => jsonb_build_object('antes', to_jsonb(v_antes), 'depois', to_jsonb(v_depois)));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_depois;
end
$$;
comment on function audit.alterar_regra(text, jsonb, text) is
  'Changes settings of a rule: {"limiar": 0.9, "ativa": false, "limite_linhas": 500, …}. Returns the rule. automatica true gives auto to the rule''s code as it is, also where the rule lost it or its code changed; that, and another limiar, begin a new record of decisions. dependencias: schemas, functions or views that belong to the rule''s code and that it reaches without naming them. Errors: NC001, NC003 unknown rule, NC006 reason missing, NC009 not changeable or out of range.';
grant execute on function audit.alterar_regra(text, jsonb, text) to conferente_administrador;
--! EndIncluded configuracao/alterar_regra.sql

--! Included configuracao/preparar_padrao.sql
-- Folds a pattern, and refuses to have one active that cannot be used, whoever writes it and however.
create or replace function audit_interno.preparar_padrao()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_demora text;
begin
  new.padrao_dobrado := case when new.tipo = 'regex'
    -- folding must not turn a class such as \S or \D into another
    then regexp_replace(translate(normalize(new.padrao, nfc),
      'áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ', 'aaaaaeeeeiiiiooooouuuucnAAAAAEEEEIIIIOOOOOUUUUCN'), '^(\(\?[a-z]+\))?', '(?i)')
    else btrim(regexp_replace(audit_interno.dobrar(new.padrao), '\s+', ' ', 'g')) end;
  if not new.ativo then
    return new; -- what was saved before it was known to be unusable can be switched off, and not on again
  end if;
  if btrim(new.padrao) = '' or new.padrao_dobrado = '' then
    raise exception using errcode = 'NC014', message = 'padrão vazio', hint = 'Um padrão vazio alcançaria tudo.';
  end if;
  if length(new.padrao) > 500 then
    raise exception using errcode = 'NC014', message = 'padrão longo demais', detail = format('%s caracteres; o máximo é 500', length(new.padrao));
  end if;
  if new.tipo = 'regex' then
    begin
      if '' ~ new.padrao_dobrado then
        raise exception using errcode = 'NC014', message = format('a expressão %s alcança o texto vazio, e assim tudo', new.padrao);
      end if;
      -- as regras.trade_marketing uses it, one alternative among others
      perform '' ~ format('(?:%s)', regras.sem_acentos(new.padrao));
    exception when invalid_regular_expression then
      raise exception using errcode = 'NC014', message = format('expressão regular inválida: %s', new.padrao), detail = sqlerrm,
        hint = case when new.padrao ~ '^(\(\?[a-z]|\*\*\*)' then
          'Opções no começo, como (?i), não cabem: maiúsculas e acentos nunca importam.'
          else 'A sintaxe é a das expressões regulares do PostgreSQL.' end;
    end;
    v_demora := audit_interno.demora_expressao(format('(?:%s)', regras.sem_acentos(new.padrao)));
    if v_demora is not null then
      raise exception using errcode = 'NC014', message = format('a expressão %s demora demais: %s', new.padrao, v_demora),
        hint = 'O que custa caro são referências (\1) e repetições dentro de repetições: escreva-a sem elas.';
    end if;
  end if;
  return new;
end
$$;
comment on function audit_interno.preparar_padrao() is 'Keeps padrao_dobrado and refuses an unusable pattern with NC014.';

create or replace trigger preparar before insert or update on audit.padroes_trade_marketing
  for each row execute function audit_interno.preparar_padrao();
--! EndIncluded configuracao/preparar_padrao.sql

--! Included configuracao/salvar_padrao.sql
-- Adds a pattern, or switches an existing one back on.
create or replace function audit.salvar_padrao(campo text, tipo text, padrao text, acao text, motivo text)
returns audit.padroes_trade_marketing
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_padrao audit.padroes_trade_marketing;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(salvar_padrao.motivo);
  insert into audit.padroes_trade_marketing as p (campo, tipo, padrao, acao, motivo, criado_por)
  values (salvar_padrao.campo, salvar_padrao.tipo, btrim(salvar_padrao.padrao), salvar_padrao.acao, btrim(salvar_padrao.motivo), audit_interno.ator())
  on conflict on constraint padroes_trade_marketing_campo_tipo_acao_padrao_key do update set ativo = true, motivo = excluded.motivo
  returning * into v_padrao;
  v_operacao := audit_interno.abrir_operacao('padrao', motivo => v_padrao.motivo, detalhes => to_jsonb(v_padrao));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_padrao;
exception when check_violation or not_null_violation then
  raise exception using errcode = 'NC014', message = format('padrão recusado: %s', sqlerrm),
    hint = 'campo: fornecedor, descricao ou conta_contabil; tipo: contem, palavra ou regex; acao: incluir ou excluir.';
end
$$;
comment on function audit.salvar_padrao(text, text, text, text, text) is
  'Adds a trade marketing pattern. campo: fornecedor, descricao or conta_contabil; tipo: contem, palavra (whole words) or regex; acao: incluir or excluir. Case and accents do not count. Errors: NC006 reason missing, NC014 unusable pattern.';
grant execute on function audit.salvar_padrao(text, text, text, text, text) to conferente_administrador;
--! EndIncluded configuracao/salvar_padrao.sql

--! Included configuracao/desativar_padrao.sql
-- Switches a pattern off; its history stays.
create or replace function audit.desativar_padrao(id bigint, motivo text)
returns audit.padroes_trade_marketing
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_padrao audit.padroes_trade_marketing;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(desativar_padrao.motivo);
  update audit.padroes_trade_marketing p set ativo = false, motivo = btrim(desativar_padrao.motivo)
  where p.id = desativar_padrao.id
  returning * into v_padrao;
  if not found then
    raise exception using errcode = 'NC004', message = format('padrão desconhecido: %s', coalesce(desativar_padrao.id::text, 'nulo'));
  end if;
  v_operacao := audit_interno.abrir_operacao('padrao', motivo => v_padrao.motivo, detalhes => to_jsonb(v_padrao));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_padrao;
end
$$;
comment on function audit.desativar_padrao(bigint, text) is
  'Switches a trade marketing pattern off. Errors: NC004 unknown, NC006 reason missing.';
grant execute on function audit.desativar_padrao(bigint, text) to conferente_administrador;
--! EndIncluded configuracao/desativar_padrao.sql

--! Included deteccao/hash_regra.sql
-- The hash by which a finding names all the code that made it. Code is: the functions, aggregates, operators, views and types
-- of the schemas of the rule's function and of its preparation, what the rule declares (audit.regras.dependencias: schemas,
-- functions or views), and whatever of the kind any of it names, outside the server's own catalog, and so on. Names are followed
-- as they are written in bodies and definitions; without a schema they are looked for in the schemas of the search_paths that
-- this code pins. What is named in a comment or a text counts too: rather too much than too little. A table is data, and none of
-- it; so is the relation that the rule looks at, be it a view. Not the files: a view is taken as the server prints it, which another major version may do otherwise.
-- Called once by each step of detection and of correction, and when auto is granted.
create or replace function audit_interno.hash_regra(regra audit.regras)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set quote_all_identifiers = off
as $$
declare
  v_pedidos text[] := array_remove(array[regra.funcao, regra.preparacao], null) || coalesce(regra.dependencias, '{}');
  v_relacao text := 'v ' || coalesce(audit_interno.relacao(regra.tabela)::oid::text, ''); -- the rule's relation is data too, a view like a table
  v_esquemas oid[];
  v_caminhos oid[] := array[]::oid[];
  v_novos jsonb;
  v_textos jsonb := jsonb_build_object(); -- definition by kind and oid, as "f 16401"
  v_novos_textos jsonb;
begin
  if audit_interno.funcao_da_janela(regra.funcao) is null then
    return null;
  end if;
  -- declared names that are a schema, and the schemas of the rule's functions, count as a whole
  select array_agg(distinct n.oid) into v_esquemas
  from unnest(v_pedidos) with ordinality as d (nome, n_ordem)
  join pg_namespace n on n.oid = case when d.n_ordem <= num_nonnulls(regra.funcao, regra.preparacao)
      then audit_interno.esquema(quote_ident((parse_ident(d.nome))[1])) else audit_interno.esquema(d.nome) end
  where n.nspname not in ('pg_catalog', 'information_schema');
  select jsonb_object_agg(o.chave, true) into v_novos
  from (
    select 'f ' || p.oid as chave from pg_proc p where p.pronamespace = any (v_esquemas)
    union
    select 'v ' || c.oid from pg_class c where c.relnamespace = any (v_esquemas) and c.relkind in ('v', 'm')
    union
    select 't ' || t.oid from pg_type t where t.typnamespace = any (v_esquemas)
    union
    select 'o ' || o.oid from pg_operator o where o.oprnamespace = any (v_esquemas)
    union
    select c.chave from audit_interno.codigo_nomeado(array_to_string(v_pedidos, ' '), '{}') c
  ) as o
  where o.chave <> v_relacao;

  while v_novos is not null loop -- one turn for each step away from the rule, not for each object
    select jsonb_object_agg(d.chave, d.texto) into v_novos_textos from audit_interno.codigo_definicao(v_novos) d;
    exit when v_novos_textos is null;
    v_textos := v_textos || v_novos_textos;
    -- what is written without its schema is found where the code looks for it
    select array_agg(distinct x.oid) into v_caminhos
    from (
      select unnest(v_caminhos) as oid
      union
      select audit_interno.esquema(btrim(s, ' '))
      from jsonb_object_keys(v_novos_textos) as k (chave)
      join pg_proc p on p.oid = split_part(k.chave, ' ', 2)::oid and k.chave like 'f %'
      cross join unnest(p.proconfig) as c (ajuste)
      cross join string_to_table(substr(c.ajuste, length('search_path=') + 1), ',') as s
      where c.ajuste like 'search_path=%' and btrim(s, ' ') !~ '^("?pg_catalog"?|"?pg_temp"?|"\$user"|"")$'
    ) as x
    where x.oid is not null;
    select jsonb_object_agg(c.chave, true) into v_novos
    from audit_interno.codigo_nomeado((select string_agg(t.value, E'\n') from jsonb_each_text(v_novos_textos) t), coalesce(v_caminhos, '{}')) c
    where not v_textos ? c.chave and c.chave <> v_relacao;
  end loop;
  return (
    select encode(sha256(convert_to(concat_ws(E'\n', regra.funcao, regra.preparacao, string_agg(t.texto, E'\n' order by t.texto collate "C")), 'UTF8')), 'hex')
    from (select left(x.key, 1) || ' ' || x.value as texto from jsonb_each_text(v_textos) as x) as t);
end
$$;
comment on function audit_interno.hash_regra(audit.regras) is 'SHA-256 of all the code that the rule runs, hexadecimal; null when there is no such function.';
--! EndIncluded deteccao/hash_regra.sql

--! Included deteccao/janela_execucao.sql
-- The window of one rule in one session. Called by the steps of detection.
create or replace function audit_interno.janela_execucao(sessao_id bigint, nome_regra text)
returns audit.janela
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select row(s.data_inicio, s.data_fim, e.carregado_desde, e.carregado_ate, null)::audit.janela
  from audit.execucoes_regra e join audit.sessoes_processamento s on s.id = e.sessao_id
  where e.sessao_id = janela_execucao.sessao_id and e.regra = janela_execucao.nome_regra
$$;
comment on function audit_interno.janela_execucao(bigint, text) is 'Booking dates of the session and load times of the rule; null when the session does not run the rule.';
--! EndIncluded deteccao/janela_execucao.sql

--! Included deteccao/condicao_janela.sql
-- The condition that a row t of a rule's table lies in a window, as SQL over $1, the window. Called by medir_janela and
-- cortar_janela.
create or replace function audit_interno.condicao_janela(regra audit.regras, janela audit.janela)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select concat_ws(' and ', 'true',
    case when janela.data_inicio is not null and regra.coluna_data is not null then format('t.%I >= $1.data_inicio', regra.coluna_data) end,
    case when janela.data_fim is not null and regra.coluna_data is not null then format('t.%I <= $1.data_fim', regra.coluna_data) end,
    case when janela.carregado_desde is not null and regra.coluna_carga is not null then format('t.%I >= $1.carregado_desde', regra.coluna_carga) end,
    case when janela.carregado_ate is not null and regra.coluna_carga is not null then format('t.%I < $1.carregado_ate', regra.coluna_carga) end)
$$;
comment on function audit_interno.condicao_janela(audit.regras, audit.janela) is
  'SQL condition over the alias t and the parameter $1 (the window); columns that the rule''s table does not have leave their side open.';
--! EndIncluded deteccao/condicao_janela.sql

--! Included deteccao/levantar_achados.sql
-- Runs a rule over a window and leaves what it found, checked and complete, in the temporary table conferente_achado. The rule
-- and its rows are read in one statement, so findings, what the rows held and which entries they are come from one snapshot: an
-- edit that is committed meanwhile is simply not seen. With ausentes, the keys of the window that the rule finds nothing at stand
-- there too, as achado = false, with what their rows hold; and those that have no row. Writes nothing else. Called by detection,
-- by closing and by verification.
create or replace function audit_interno.levantar_achados(regra audit.regras, janela audit.janela, ausentes boolean default false)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_funcao text := audit_interno.chamada_sql(regra.funcao);
  v_propostos text;
  v_originais text;
  v_rastro text := audit_interno.rastro('conferente_regra');
  v_defeito record;
begin
  select
    string_agg(format('case when p.propostos ? %L then jsonb_build_object(%L, %s) else ''{}'' end',
      c, c, audit_interno.expressao_imagem(v_tabela, c, audit_interno.expressao_valor(v_tabela, c, 'p.propostos'))), ' || '),
    string_agg(format('case when p.propostos = ''{}'' or p.propostos ? %L then jsonb_build_object(%L, %s) else ''{}'' end',
      c, c, audit_interno.expressao_imagem(v_tabela, c, format('t.%I', c))), ' || ')
  into v_propostos, v_originais
  from unnest(regra.colunas) as c;

  drop table if exists pg_temp.conferente_achado;
  create temp table conferente_achado (
    registro_id text, tabela text, achado boolean, tabela_dita text, existe boolean, estranhos jsonb, forma text,
    valores_propostos jsonb, valores_originais jsonb, entrada jsonb, impressao bytea, confianca numeric, evidencia jsonb,
    justificativa text, valor_em_risco numeric, valor_decisao numeric, identidade bytea
  ) on commit drop;
  insert into pg_temp.conferente_achado
  select x.registro_id, regra.tabela, x.achado, x.tabela_dita, x.existe, x.estranhos, x.forma, x.valores_propostos, x.valores_originais,
    x.entrada, x.impressao, x.confianca, x.evidencia, x.justificativa, x.valor_em_risco, x.valor_decisao,
    case when x.achado then audit_interno.identidade(regra.nome, regra.tabela, x.registro_id, x.valores_propostos, x.evidencia, x.entrada, x.impressao) end
  from audit_interno.ler(
    -- offset 0: or each expression would be worked out again wherever it is used
    format(
      'select a.registro_id, a.achado, a.tabela, t.%1$I is not null, p.propostos - $2, jsonb_typeof(a.valores_propostos),
         case when p.propostos = ''{}'' then p.propostos else %2$s end, %3$s, %4$s, %5$s,
         a.confianca, coalesce(nullif(a.evidencia, ''null''), ''{}''), a.justificativa, coalesce(a.valor_em_risco, 0), greatest(a.valor_em_risco, %9$s)
       from %6$s as a
       cross join lateral (select case when jsonb_typeof(a.valores_propostos) = ''object'' then a.valores_propostos
         else ''{}'' end as propostos) as p
       left join %7$s as t on t.%1$I = a.registro_id::%8$s
       offset 0',
      regra.coluna_chave, v_propostos, v_originais, audit_interno.expressao_imagens(v_tabela, regra.colunas_identidade),
      audit_interno.expressao_impressao(v_tabela, regra.colunas),
      case
        when levantar_achados.ausentes then format(
          '(with encontrado as materialized (select f.*, true as achado from %s($1) as f)
            select f.* from encontrado f
            union all
            select null, k, null, null, null, null, null, false from unnest($1.chaves) as k
            where k not in (select f.registro_id from encontrado f where f.registro_id is not null))', v_funcao)
        when janela.chaves is null and coalesce((
          select max(e.linhas_examinadas) from audit.execucoes_regra e where e.regra = regra.nome and e.status = 'pendente'), 0) > 200000
        then format('(select f.*, true as achado from audit_interno.rodar_regra(%L, $1) as f)', v_funcao)
        else format('(select f.*, true as achado from %s($1) as f)', v_funcao) end,
      audit_interno.nome_sql(v_tabela), audit_interno.tipo_coluna(v_tabela, regra.coluna_chave),
      -- what is at stake as the engine reads it; the rule can only raise it
      case when regra.coluna_valor is null then 'null::numeric'
        else format('abs(t.%1$I::numeric), abs((p.propostos ->> %1$L)::numeric - t.%1$I::numeric)', regra.coluna_valor) end),
    janela, regra.colunas)
    as x (registro_id text, achado boolean, tabela_dita text, existe boolean, estranhos jsonb, forma text, valores_propostos jsonb,
      valores_originais jsonb, entrada jsonb, impressao bytea, confianca numeric, evidencia jsonb, justificativa text, valor_em_risco numeric, valor_decisao numeric);
  perform audit_interno.conferir_rastro('conferente_regra', v_rastro, format('a regra %s', regra.nome));

  select a.registro_id, d.defeito into v_defeito
  from pg_temp.conferente_achado a
  cross join lateral (select case
    when a.registro_id is null then 'um achado sem registro_id'
    when coalesce(a.tabela_dita <> regra.tabela, false) and audit_interno.relacao(a.tabela_dita) <> v_tabela then format('um achado da tabela %s, e está registrada para %s', a.tabela_dita, regra.tabela)
    when coalesce(a.tabela_dita <> regra.tabela, false) and audit_interno.relacao(a.tabela_dita) is null then format('um achado da tabela %s, que não existe', a.tabela_dita)
    when not a.existe then 'um achado de um registro que não existe'
    when a.confianca is null or a.confianca < 0 or a.confianca > 1 then format('confiança %s, fora de 0 a 1', coalesce(a.confianca::text, 'nula'))
    when a.forma <> 'object' and a.forma <> 'null' then 'como correção algo que não é um objeto'
    when a.estranhos <> '{}' then format('valor para coluna que não lhe cabe: %s', a.estranhos)
    when btrim(coalesce(a.justificativa, '')) = '' then 'um achado sem justificativa'
    when a.valor_em_risco < 0 or a.valor_em_risco = 'NaN' then format('valor em risco %s', a.valor_em_risco)
    when a.valores_propostos <> '{}' and a.valores_propostos = a.valores_originais then 'como correção o que o registro já tem'
  end as defeito) as d
  where a.achado and d.defeito is not null
  limit 1;
  if found then
    raise exception using errcode = 'NC012',
      message = format('a regra %s devolveu %s', regra.nome, v_defeito.defeito),
      detail = format('registro %s', coalesce(v_defeito.registro_id, 'nulo'));
  end if;

  if exists (select from pg_temp.conferente_achado a where a.achado group by a.identidade having count(*) > 1) then
    delete from pg_temp.conferente_achado a
    using (
      select ctid, row_number() over (partition by identidade order by confianca desc) as ordem
      from pg_temp.conferente_achado where achado
    ) as b
    where a.ctid = b.ctid and b.ordem > 1;
  end if;
  analyze pg_temp.conferente_achado (registro_id, identidade);
end
$$;
comment on function audit_interno.levantar_achados(audit.regras, audit.janela, boolean) is
  'Fills pg_temp.conferente_achado with what the rule finds in the window. NC012 when the rule returns nonsense or leaves something behind.';
--! EndIncluded deteccao/levantar_achados.sql

--! Included deteccao/registrar_achados.sql
-- Takes pg_temp.conferente_achado into audit.divergencias_processadas: new ones are opened, known ones counted. A finding
-- that a person rejected, confirmed or rolled back as wrong stays as it is; one that had closed by itself, by an exception that is
-- no longer in force, or whose correction was taken back for another reason, is open again.
create or replace function audit_interno.registrar_achados(sessao_id bigint, regra audit.regras, operacao_id bigint, hash_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agora timestamptz := clock_timestamp();
  v_suprimidas bigint;
  v_novas bigint;
  v_total bigint;
  v_valor numeric;
begin
  delete from pg_temp.conferente_achado a
  using audit.excecoes e
  where e.regra = registrar_achados.regra.nome and e.tabela = a.tabela and e.registro_id = a.registro_id and e.entrada = a.entrada
    and e.revogada_em is null and e.expira_em > v_agora;
  get diagnostics v_suprimidas = row_count;

  with gravada as (
    insert into audit.divergencias_processadas as d (
      sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, entrada, valores_originais, valores_propostos, confianca,
      evidencia, justificativa, valor_em_risco, valor_decisao, detectada_em, ultima_deteccao, identidade, impressao)
    select registrar_achados.sessao_id, registrar_achados.sessao_id, registrar_achados.regra.nome, registrar_achados.hash_regra,
      -- a confidence just under the threshold is not rounded up to it
      a.tabela, a.registro_id, a.entrada, a.valores_originais, a.valores_propostos, trunc(a.confianca, 4), a.evidencia, a.justificativa,
      round(a.valor_em_risco, 2), round(a.valor_decisao, 2), v_agora, v_agora, a.identidade, a.impressao
    from pg_temp.conferente_achado a
    -- ids in the order of the keys (numbers too), so that a batch of corrections lies together in the warehouse; and two
    -- at once take the same rows in the same order
    order by length(a.registro_id), a.registro_id collate "C", a.identidade
    on conflict (registro_id, identidade) do update
    set sessao_ultima_id = excluded.sessao_ultima_id, hash_regra = excluded.hash_regra, confianca = excluded.confianca,
      evidencia = excluded.evidencia, justificativa = excluded.justificativa, valor_em_risco = excluded.valor_em_risco, valor_decisao = excluded.valor_decisao,
      ultima_deteccao = excluded.ultima_deteccao, vezes_detectada = d.vezes_detectada + 1,
      (status, motivo, decidida_em, decidida_por) = (
        select case when r.reabre then 'aberta' else d.status end, case when r.reabre then 'encontrada de novo' else d.motivo end,
          case when r.reabre then v_agora else d.decidida_em end, case when r.reabre then 'conferente' else d.decidida_por end
        from (select case when d.status = 'obsoleta' then true
          when d.status in ('resolvida', 'rejeitada', 'revertida') then (
            select case d.status when 'resolvida' then coalesce(max(c.tipo), '') <> 'confirmacao' when 'revertida' then coalesce(max(c.tipo), '') <> 'reversao_por_erro'
              else max(c.tipo) = 'excecao' end
            from (select x.tipo from audit.decisoes x where x.divergencia_id = d.id order by x.id desc limit 1) as c)
          else false end as reabre) as r)
    where d.sessao_ultima_id <> excluded.sessao_ultima_id -- another part of this session was faster: counted once
    returning d.id, d.vezes_detectada, d.confianca, d.valor_em_risco, audit_interno.resumo_achado(d) as resumo
  ), registrada as (
    insert into audit.deteccoes (operacao_id, divergencia_id, confianca, resumo)
    select registrar_achados.operacao_id, g.id, g.confianca, g.resumo
    from gravada g
  )
  select count(*), count(*) filter (where g.vezes_detectada = 1), coalesce(sum(g.valor_em_risco), 0)
  into v_total, v_novas, v_valor
  from gravada g;

  update audit.execucoes_regra e
  set encontradas = e.encontradas + v_total, novas = e.novas + v_novas, recorrentes = e.recorrentes + v_total - v_novas,
    suprimidas = e.suprimidas + v_suprimidas, valor_em_risco = e.valor_em_risco + v_valor
  where e.sessao_id = registrar_achados.sessao_id and e.regra = registrar_achados.regra.nome;
end
$$;
comment on function audit_interno.registrar_achados(bigint, audit.regras, bigint, text) is
  'Opens new findings, counts known ones, withholds those under an exception.';
--! EndIncluded deteccao/registrar_achados.sql

--! Included deteccao/reabrir_desfeitas.sql
-- Looks for corrections that were undone from outside, and has the rule look at their rows wherever the window ends, so that they
-- are findings of this session: a load need not move the load time. Also at those that an earlier session opened again and nobody
-- has corrected since. Part of the detection: called once for each rule, by detectar_regra and juntar_regra.
create or replace function audit_interno.reabrir_desfeitas(sessao_id bigint, regra audit.regras, operacao_id bigint, hash_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chaves text[];
begin
  if exists (select from audit.divergencias_processadas d where d.regra = reabrir_desfeitas.regra.nome and d.status = 'corrigida') then
    perform audit_interno.conferir_corrigidas(sessao_id, regra, operacao_id);
  end if;
  if not exists (select from audit.correcoes_desfeitas) then
    return;
  end if;
  select array_agg(distinct c.registro_id) into v_chaves
  from (
    select d.registro_id, d.entrada
    from audit.correcoes_desfeitas u join audit.divergencias_processadas d on d.id = u.divergencia_id
    where u.operacao_id = reabrir_desfeitas.operacao_id and u.situacao <> 'ausente'
    union
    select d.registro_id, d.entrada
    from audit.divergencias_processadas d
    where d.regra = reabrir_desfeitas.regra.nome and d.tabela = reabrir_desfeitas.regra.tabela and d.status = 'aberta'
      and d.sessao_ultima_id <> reabrir_desfeitas.sessao_id and d.vezes_desfeita > 0
      and d.vezes_desfeita < (audit_interno.configuracao('sessao.desfeitas_maximo') #>> '{}')::bigint
  ) as c
  where not exists ( -- what an exception withholds was counted where the window was read
    select from audit.excecoes e
    where e.regra = reabrir_desfeitas.regra.nome and e.tabela = reabrir_desfeitas.regra.tabela and e.registro_id = c.registro_id
      and e.entrada = c.entrada and e.revogada_em is null and e.expira_em > clock_timestamp());
  if v_chaves is null then
    return;
  end if;
  perform audit_interno.levantar_achados(regra, row(null, null, null, null, v_chaves)::audit.janela);
  delete from pg_temp.conferente_achado b
  using audit.divergencias_processadas d
  where d.registro_id = b.registro_id and d.identidade = b.identidade and d.sessao_ultima_id = reabrir_desfeitas.sessao_id;
  perform audit_interno.registrar_achados(sessao_id, regra, operacao_id, hash_regra);
end
$$;
comment on function audit_interno.reabrir_desfeitas(bigint, audit.regras, bigint, text) is
  'Finds again, in this session, what was corrected and undone from outside since.';
--! EndIncluded deteccao/reabrir_desfeitas.sql

--! Included deteccao/fechar_ausentes.sql
-- Closes by itself what this session did not find again: mended elsewhere, moved, gone. Runs the rule over the rows of
-- the open findings, so that one outside the window is closed only if it really no longer holds.
create or replace function audit_interno.fechar_ausentes(sessao_id bigint, regra audit.regras, operacao_id bigint, hash_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_chaves text[];
  v_obsoletas bigint;
  v_resolvidas bigint;
begin
  drop table if exists pg_temp.conferente_ausente;
  create temp table conferente_ausente on commit drop as
  select d.id, d.registro_id, d.identidade, d.impressao, d.entrada, false as existe, false as mudou, false as outra
  from audit.divergencias_processadas d
  where d.regra = fechar_ausentes.regra.nome and d.sessao_ultima_id <> fechar_ausentes.sessao_id
    and d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha');
  select array_agg(distinct a.registro_id) into v_chaves from pg_temp.conferente_ausente a;
  if v_chaves is null then
    return;
  end if;

  perform audit_interno.levantar_achados(fechar_ausentes.regra, row(null, null, null, null, v_chaves)::audit.janela, true);
  -- still as it was: stays open, uncounted, for it lies outside the window
  delete from pg_temp.conferente_ausente a using pg_temp.conferente_achado b where b.identidade = a.identidade;
  update pg_temp.conferente_ausente a
  set existe = b.existe, mudou = b.impressao is distinct from a.impressao, outra = b.entrada is distinct from a.entrada
  from (
    select distinct on (x.registro_id) x.registro_id, x.existe, x.impressao, x.entrada from pg_temp.conferente_achado x order by x.registro_id
  ) as b
  where b.registro_id = a.registro_id;
  delete from pg_temp.conferente_achado b where not b.achado;
  delete from pg_temp.conferente_achado b
  using audit.divergencias_processadas d
  where d.registro_id = b.registro_id and d.identidade = b.identidade
    and (d.sessao_ultima_id = fechar_ausentes.sessao_id or d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha'));
  perform audit_interno.registrar_achados(fechar_ausentes.sessao_id, fechar_ausentes.regra, fechar_ausentes.operacao_id,
    fechar_ausentes.hash_regra);

  with fechada as (
    update audit.divergencias_processadas d
    set status = case when a.existe and a.mudou and not a.outra and not o.outra then 'resolvida' else 'obsoleta' end,
      motivo = case
        when not a.existe then 'o registro não existe mais'
        when a.outra then 'a chave é agora de outro lançamento'
        when o.outra then 'outra divergência da mesma regra tomou o lugar desta'
        when a.mudou then 'o registro foi corrigido fora do sistema'
        else 'a regra já não aponta este registro' end,
      decidida_em = clock_timestamp(), decidida_por = 'conferente', proposta_por = null, valores_digitados = null
    from pg_temp.conferente_ausente a
    cross join lateral (
      select exists (
        select from audit.divergencias_processadas n
        where n.tabela = fechar_ausentes.regra.tabela and n.registro_id = a.registro_id and n.regra = fechar_ausentes.regra.nome
          and n.sessao_ultima_id = fechar_ausentes.sessao_id and n.id <> a.id) as outra
    ) as o
    where d.id = a.id and d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha')
    returning d.status
  )
  select count(*) filter (where f.status = 'obsoleta'), count(*) filter (where f.status = 'resolvida')
  into v_obsoletas, v_resolvidas
  from fechada f;

  update audit.execucoes_regra e
  set obsoletas = e.obsoletas + v_obsoletas, resolvidas = e.resolvidas + v_resolvidas
  where e.sessao_id = fechar_ausentes.sessao_id and e.regra = fechar_ausentes.regra.nome;
end
$$;
comment on function audit_interno.fechar_ausentes(bigint, audit.regras, bigint, text) is
  'Closes open findings of the rule that no longer hold: resolvida or obsoleta.';
--! EndIncluded deteccao/fechar_ausentes.sql

--! Included deteccao/contar_cargas.sql
-- Counts, by booking date and hour of load, the rows that the next incremental session will not read any more, and compares what
-- this session will not read any more with what its base had counted of it. More than then means a load that committed after the
-- margin had passed, or wrote an old load time, or none. By hours, so that rows which a reload moves or somebody deletes do not
-- make up for late ones. One reading of the dates since data_desde; rules of one table and window share it. Called by
-- medir_janela, before the rule reads: what comes in between is counted by the next session.
create or replace function audit_interno.contar_cargas(sessao_id bigint, regra audit.regras)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_contagem audit_interno.contagens_carga;
  v_base audit_interno.contagens_carga;
  v_atrasadas bigint;
begin
  select * into v_contagem from audit_interno.contagens_carga c
  where c.sessao_id = contar_cargas.sessao_id and c.regra = contar_cargas.regra.nome;
  if not found then
    return; -- not incremental, or a table without booking dates or load times
  end if;
  select * into v_base from audit_interno.contagens_carga c where c.sessao_id = v_contagem.base_id and c.regra = v_contagem.regra;

  select c.datas, c.cargas, c.linhas, c.datas_atrasadas, c.datas_sem_carga, e.atrasadas
  into v_contagem.datas, v_contagem.cargas, v_contagem.linhas, v_contagem.datas_atrasadas, v_contagem.datas_sem_carga, v_atrasadas
  from audit_interno.contagens_carga c
  join audit.execucoes_regra e on e.sessao_id = c.sessao_id and e.regra = c.regra
  join audit.regras r on r.nome = c.regra
  where c.sessao_id = v_contagem.sessao_id and c.datas is not null and r.tabela = regra.tabela
    and r.coluna_data = regra.coluna_data and r.coluna_carga = regra.coluna_carga and c.base_id is not distinct from v_contagem.base_id
    and c.corte = v_contagem.corte and c.data_desde = v_contagem.data_desde
  limit 1;
  if not found then
    with contada as materialized (
      select x.*
      from audit_interno.ler(format(
        'select t.%1$I::date, %2$s, count(*) filter (where t.%3$I < %4$L::timestamptz or t.%3$I is null), count(*) filter (where t.%3$I < %5$L::timestamptz or t.%3$I is null)
         from %6$s t
         where t.%1$I >= %7$L and isfinite(t.%1$I) and (t.%3$I < %8$L::timestamptz or t.%3$I is null)
         group by 1, 2',
        regra.coluna_data,
        case when audit_interno.tipo_coluna(v_tabela, regra.coluna_carga) like '%with time zone'
          then format('date_trunc(''hour'', t.%I, ''UTC'')', regra.coluna_carga)
          else format('date_trunc(''hour'', t.%I::timestamp) at time zone ''UTC''', regra.coluna_carga) end,
        regra.coluna_carga, coalesce(v_base.corte, '-infinity'), v_contagem.corte, audit_interno.nome_sql(v_tabela), v_contagem.data_desde,
        greatest(v_base.corte, v_contagem.corte))) as x (data date, carga timestamptz, antes bigint, agora bigint)
    ), cresceu as (
      select c.data, c.carga, c.antes - coalesce(b.linhas, 0) as linhas
      from contada c
      left join unnest(v_base.datas, v_base.cargas, v_base.linhas) as b (data, carga, linhas)
        on b.data = c.data and b.carga is not distinct from c.carga
      where v_base.datas is not null and c.data >= v_base.data_desde and c.antes > coalesce(b.linhas, 0)
    )
    select coalesce(c.datas, '{}'), coalesce(c.cargas, '{}'), coalesce(c.linhas, '{}'), a.datas, a.sem_carga, a.linhas
    into v_contagem.datas, v_contagem.cargas, v_contagem.linhas, v_contagem.datas_atrasadas, v_contagem.datas_sem_carga, v_atrasadas
    from (
      select array_agg(x.data order by x.data, x.carga) as datas, array_agg(x.carga order by x.data, x.carga) as cargas,
        array_agg(x.agora order by x.data, x.carga) as linhas
      from contada x where x.agora > 0
    ) as c, (
      select array_agg(distinct x.data) filter (where x.carga is not null) as datas,
        array_agg(distinct x.data) filter (where x.carga is null) as sem_carga, coalesce(sum(x.linhas), 0) as linhas
      from cresceu x
    ) as a;
  end if;

  update audit_interno.contagens_carga c
  set datas = v_contagem.datas, cargas = v_contagem.cargas, linhas = v_contagem.linhas, datas_atrasadas = v_contagem.datas_atrasadas,
    datas_sem_carga = v_contagem.datas_sem_carga
  where c.sessao_id = v_contagem.sessao_id and c.regra = v_contagem.regra;
  update audit.execucoes_regra e
  set atrasadas = v_atrasadas, atrasadas_inicio = d.inicio, atrasadas_fim = d.fim
  from (select min(x) as inicio, max(x) as fim from unnest(v_contagem.datas_atrasadas || v_contagem.datas_sem_carga) as x) as d
  where e.sessao_id = v_contagem.sessao_id and e.regra = v_contagem.regra;
end
$$;
comment on function audit_interno.contar_cargas(bigint, audit.regras) is
  'Counts what is settled for the next session, and enters how many rows came late, of which booking dates, since the session that this one follows.';
--! EndIncluded deteccao/contar_cargas.sql

--! Included deteccao/periodos_atrasados.sql
-- The booking dates on which rows came late, as few stretches of dates: what lies within a week of each other is one. Called by
-- condicao_atrasadas and detectar_atrasadas.
create or replace function audit_interno.periodos_atrasados(sessao_id bigint, regra text)
returns table (inicio date, fim date)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with marcada as (
    select d.data, d.data - lag(d.data, 1, d.data) over (order by d.data) > 7 as salta
    from audit_interno.contagens_carga c cross join unnest(c.datas_atrasadas) as d (data)
    where c.sessao_id = periodos_atrasados.sessao_id and c.regra = periodos_atrasados.regra
  ), numerada as (
    select m.data, count(*) filter (where m.salta) over (order by m.data) as periodo from marcada m
  )
  select min(n.data), max(n.data) from numerada n group by n.periodo
$$;
comment on function audit_interno.periodos_atrasados(bigint, text) is 'First and last booking date of each stretch, both included; none where nothing came late.';
--! EndIncluded deteccao/periodos_atrasados.sql

--! Included deteccao/condicao_atrasadas.sql
-- The condition that a row t of a rule's table came late, or lies beside one that did, and is not in the rule's window by its load
-- time, as SQL over $1, the window. Called by medir_janela.
create or replace function audit_interno.condicao_atrasadas(sessao_id bigint, regra audit.regras)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select concat(
    (select string_agg(format(' or t.%1$I >= %2$L and t.%1$I < %3$L and t.%4$I < $1.carregado_desde',
        regra.coluna_data, p.inicio, p.fim + 1, regra.coluna_carga), '' order by p.inicio)
     from audit_interno.periodos_atrasados(sessao_id, regra.nome) p),
    (select format(' or t.%I::date = any (%L) and t.%I is null', regra.coluna_data, c.datas_sem_carga, regra.coluna_carga)
     from audit_interno.contagens_carga c
     where c.sessao_id = condicao_atrasadas.sessao_id and c.regra = condicao_atrasadas.regra.nome and c.datas_sem_carga is not null))
$$;
comment on function audit_interno.condicao_atrasadas(bigint, audit.regras) is
  'SQL to be put behind the window''s condition: it begins with or; empty where nothing came late.';
--! EndIncluded deteccao/condicao_atrasadas.sql

--! Included deteccao/detectar_atrasadas.sql
-- Runs a rule over the booking dates on which rows came late: its window goes by load time and passes them over. Whole dates, up
-- to where the window begins; rows without a load time by their keys. Part of the detection: called once for each rule, by
-- detectar_regra and juntar_regra.
create or replace function audit_interno.detectar_atrasadas(sessao_id bigint, regra audit.regras, operacao_id bigint, hash_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_desde timestamptz := (audit_interno.janela_execucao(sessao_id, regra.nome)).carregado_desde;
  v_sem_carga date[] := (
    select c.datas_sem_carga from audit_interno.contagens_carga c
    where c.sessao_id = detectar_atrasadas.sessao_id and c.regra = detectar_atrasadas.regra.nome);
  v_chaves text[];
  v_janela audit.janela;
begin
  if v_sem_carga is not null then
    select array_agg(x.chave) into v_chaves
    from audit_interno.ler(format('select t.%1$I::text from %2$s t where t.%3$I >= %4$L and t.%3$I::date = any (%5$L) and t.%6$I is null',
      regra.coluna_chave, audit_interno.nome_sql(v_tabela), regra.coluna_data, (select min(d) from unnest(v_sem_carga) as d), v_sem_carga,
      regra.coluna_carga)) as x (chave text);
  end if;
  for v_janela in -- over stretches of dates, not rows
    -- a date with a time of day has its last hours on the next
    select p.inicio, case when audit_interno.tipo_coluna(v_tabela, regra.coluna_data) = 'date' then p.fim else p.fim + 1 end, null::timestamptz, v_desde, null::text[]
    from audit_interno.periodos_atrasados(detectar_atrasadas.sessao_id, regra.nome) p
    union all
    select null, null, null, null, v_chaves where v_chaves is not null
  loop
    perform audit_interno.levantar_achados(regra, v_janela);
    perform audit_interno.registrar_achados(detectar_atrasadas.sessao_id, regra, operacao_id, hash_regra);
  end loop;
end
$$;
comment on function audit_interno.detectar_atrasadas(bigint, audit.regras, bigint, text) is
  'Finds, in this session, what is wrong with rows that came with a load time which earlier sessions had passed.';
--! EndIncluded deteccao/detectar_atrasadas.sql

--! Included deteccao/sessao_anterior.sql
-- The session at whose end a rule's next incremental window begins. Called by criar_sessao and abrir_contagens.
create or replace function audit_interno.sessao_anterior(regra text, modo text)
returns table (id bigint, ate timestamptz, corte timestamptz)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- a limit that stopped corrections leaves the window where it was;
  -- a manual session looks further for no auto one: auto must see again, itself, what it may correct
  select e.sessao_id, e.carregado_ate, c.corte
  from audit.execucoes_regra e
  join audit.sessoes_processamento s on s.id = e.sessao_id
  left join audit_interno.contagens_carga c on c.sessao_id = e.sessao_id and c.regra = e.regra
  where e.regra = sessao_anterior.regra and e.status = 'concluida' and e.motivo is null and s.incremental
    and s.status in ('concluida', 'concluida_com_falhas') and (sessao_anterior.modo = 'manual' or s.modo = 'auto')
  order by e.carregado_ate desc
  limit 1
$$;
comment on function audit_interno.sessao_anterior(text, text) is
  'The session, the end of its window, and the load time from which it left rows to the next (null where loads are not counted); no row before the first.';
--! EndIncluded deteccao/sessao_anterior.sql

--! Included deteccao/abrir_contagens.sql
-- Puts down, for each rule of an incremental session, what its counts of loads will be compared with, and forgets the counts that
-- no session will ask for any more. Called by criar_sessao.
create or replace function audit_interno.abrir_contagens(sessao audit.sessoes_processamento, margem interval)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into audit_interno.contagens_carga (sessao_id, regra, base_id, corte, data_desde)
  select e.sessao_id, e.regra, u.id, e.carregado_ate - margem,
    (e.carregado_ate at time zone (audit_interno.configuracao('agenda.fuso') #>> '{}'))::date - (audit_interno.configuracao('sessao.atrasadas_dias') #>> '{}')::integer
  from audit.execucoes_regra e
  join audit.regras r on r.nome = e.regra and r.coluna_data is not null and r.coluna_carga is not null
  left join lateral audit_interno.sessao_anterior(e.regra, sessao.modo) as u on true
  where e.sessao_id = sessao.id and e.status = 'pendente';
  delete from audit_interno.contagens_carga c
  where c.regra = any (sessao.regras)
    and c.sessao_id < coalesce(
      (select u.id from audit_interno.sessao_anterior(c.regra, 'auto') u), (select u.id from audit_interno.sessao_anterior(c.regra, 'manual') u))
    and not exists (
      select from audit.sessoes_processamento s left join audit_interno.contagens_carga x on x.sessao_id = s.id and x.regra = c.regra
      where s.status in ('agendada', 'em_andamento') and c.sessao_id in (s.id, x.base_id));
end
$$;
comment on function audit_interno.abrir_contagens(audit.sessoes_processamento, interval) is 'Opens the counts of a session''s rules.';
--! EndIncluded deteccao/abrir_contagens.sql

--! Included deteccao/medir_janela.sql
-- Counts the rows of a rule's window and sums their amounts, once for each rule and session. Rules of one table and window
-- share one scan, which takes in what came late; of windows that differ over one table the session counts the largest, for they end at the same time.
create or replace function audit_interno.medir_janela(sessao_id bigint, regra audit.regras, janela audit.janela)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_linhas bigint;
  v_total numeric;
  v_atrasadas text;
begin
  if exists (
    select from audit.execucoes_regra e
    where e.sessao_id = medir_janela.sessao_id and e.regra = medir_janela.regra.nome and e.linhas_examinadas is not null)
  then
    return;
  end if;
  perform audit_interno.contar_cargas(medir_janela.sessao_id, regra);
  v_atrasadas := audit_interno.condicao_atrasadas(medir_janela.sessao_id, regra);
  select e.linhas_examinadas, e.total_valor into v_linhas, v_total
  from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
  where e.sessao_id = medir_janela.sessao_id and e.linhas_examinadas is not null and r.tabela = regra.tabela
    and r.coluna_data is not distinct from regra.coluna_data and r.coluna_carga is not distinct from regra.coluna_carga
    and r.coluna_valor is not distinct from regra.coluna_valor and e.carregado_desde is not distinct from janela.carregado_desde
    and audit_interno.condicao_atrasadas(e.sessao_id, r) = v_atrasadas
  limit 1;
  if not found then
    select m.linhas, m.total into v_linhas, v_total
    from audit_interno.ler(format('select count(*), %s from %s t where %s',
      case when regra.coluna_valor is null then 'null::numeric' else format('coalesce(sum(t.%I), 0)::numeric', regra.coluna_valor) end,
      audit_interno.nome_sql(audit_interno.relacao(regra.tabela)), audit_interno.condicao_janela(regra, janela) || v_atrasadas), janela) as m (linhas bigint, total numeric);
  end if;
  update audit.execucoes_regra e set linhas_examinadas = v_linhas, total_valor = v_total
  where e.sessao_id = medir_janela.sessao_id and e.regra = medir_janela.regra.nome;
  update audit.sessoes_processamento s
  set linhas_examinadas = j.linhas, total_valor = j.total
  from (
    select coalesce(sum(t.linhas_examinadas), 0) as linhas, sum(t.total_valor) as total
    from (
      select distinct on (r.tabela) e.linhas_examinadas, e.total_valor
      from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
      where e.sessao_id = medir_janela.sessao_id and e.linhas_examinadas is not null
      order by r.tabela, e.linhas_examinadas desc, e.total_valor desc nulls last
    ) as t
  ) as j
  where s.id = medir_janela.sessao_id;
end
$$;
comment on function audit_interno.medir_janela(bigint, audit.regras, audit.janela) is 'Records rows and control total of the window.';
--! EndIncluded deteccao/medir_janela.sql

--! Included deteccao/anotar_execucao.sql
-- Enters the time and the hash of a piece of a rule's detection into its row, the last thing that the piece does: from
-- here on the row is locked. Called by detectar_regra, detectar_parte and juntar_regra.
create or replace function audit_interno.anotar_execucao(
  sessao_id bigint, regra audit.regras, hash_regra text, inicio timestamptz, completa boolean
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_antes audit.execucoes_regra;
begin
  select * into strict v_antes
  from audit.execucoes_regra e
  where e.sessao_id = anotar_execucao.sessao_id and e.regra = anotar_execucao.regra.nome
  for no key update;
  if v_antes.status <> 'pendente' then
    raise exception using errcode = 'NC016', message = format('a regra %s já não está em andamento na sessão %s', regra.nome, sessao_id),
      detail = format('status %s', v_antes.status);
  end if;
  if v_antes.hash_funcao <> anotar_execucao.hash_regra then
    raise exception using errcode = 'NC012', message = format('o código da regra %s mudou enquanto a sessão a usava', regra.nome);
  end if;
  if completa then
    perform audit_interno.conferir_codigo(anotar_execucao.sessao_id, regra.nome, anotar_execucao.hash_regra);
  end if;
  update audit.execucoes_regra e
  set status = case when not completa then 'pendente' when s.modo = 'auto' and r.automatica then 'detectada' else 'concluida' end,
    inicio = least(e.inicio, anotar_execucao.inicio), fim = case when completa then clock_timestamp() end,
    duracao = coalesce(e.duracao, '0') + (clock_timestamp() - anotar_execucao.inicio), hash_funcao = anotar_execucao.hash_regra
  from audit.sessoes_processamento s, audit.regras r
  where e.sessao_id = anotar_execucao.sessao_id and e.regra = anotar_execucao.regra.nome and s.id = e.sessao_id and r.nome = e.regra;
end
$$;
comment on function audit_interno.anotar_execucao(bigint, audit.regras, text, timestamptz, boolean) is
  'Records a piece of a rule''s detection, and with completa that it was the last: a rule whose code is not the one for which it has auto loses it then. NC016 when the rule or its session ended meanwhile, NC012 when the rule''s code has changed since the first piece.';
--! EndIncluded deteccao/anotar_execucao.sql

--! Included deteccao/detectar_regra.sql
-- The detection step of one rule in one session: run it, record what it found, close what it no longer finds. One
-- operation, one transaction. Sessions that run the same rule at once wait for each other here.
create or replace function audit_interno.detectar_regra(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_janela audit.janela := audit_interno.janela_execucao(sessao_id, nome_regra);
  v_hash text;
  v_operacao bigint;
  v_inicio timestamptz := clock_timestamp();
begin
  perform audit_interno.travar_regra(nome_regra);
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  if not exists (
    select from audit.execucoes_regra e
    where e.sessao_id = detectar_regra.sessao_id and e.regra = nome_regra and e.status = 'pendente')
  then
    return; -- somebody else did it while we waited
  end if;
  v_hash := audit_interno.hash_regra(v_regra);
  if v_regra.preparacao is not null and not exists ( -- repartir_regra has prepared it already
    select from audit_interno.partes_sessao p where p.sessao_id = detectar_regra.sessao_id and p.regra = nome_regra)
  then
    perform audit_interno.preparar_regra(v_regra, v_janela);
  end if;
  perform audit_interno.medir_janela(detectar_regra.sessao_id, v_regra, v_janela);
  v_operacao := audit_interno.abrir_operacao('deteccao', detectar_regra.sessao_id, nome_regra,
    detalhes => jsonb_build_object('hash_funcao', v_hash, 'janela', to_jsonb(v_janela)));
  perform audit_interno.levantar_achados(v_regra, v_janela);
  perform audit_interno.registrar_achados(detectar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.detectar_atrasadas(detectar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.reabrir_desfeitas(detectar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.fechar_ausentes(detectar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.fechar_operacao(v_operacao, (
    select e.encontradas from audit.execucoes_regra e where e.sessao_id = detectar_regra.sessao_id and e.regra = nome_regra));
  perform audit_interno.anotar_execucao(detectar_regra.sessao_id, v_regra, v_hash, v_inicio, true);
end
$$;
comment on function audit_interno.detectar_regra(bigint, text) is 'Detects with one rule of one session. Any error means: nothing of it was recorded.';
--! EndIncluded deteccao/detectar_regra.sql

--! Included partes/cortar_janela.sql
-- Cuts a window into shares of whole months by booking date, or of whole days by load time where it is incremental, each
-- of about so many rows. The first and the last share keep the window's own ends, open ones too,
-- so that nothing booked while it is cut can fall between. Reads the rule's table. Called by repartir_regra.
create or replace function audit_interno.cortar_janela(regra audit.regras, janela audit.janela, linhas bigint)
returns setof audit.janela
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_por_carga boolean := janela.carregado_desde is not null or janela.carregado_ate is not null;
  v_coluna text := case when v_por_carga then regra.coluna_carga else regra.coluna_data end;
begin
  -- a booking date that has a time of day would lose the hours of a share's last day
  if v_coluna is null or not v_por_carga and audit_interno.tipo_coluna(v_tabela, v_coluna) <> 'date' then
    return next janela;
    return;
  end if;
  return query select c.data_inicio, c.data_fim, c.carregado_desde, c.carregado_ate, null::text[]
  from audit_interno.ler(format(
    'with unidade as (
       select %1$s as inicio, count(*) as linhas from %2$s t where %3$s group by 1
     ), grupo as (
       select u.inicio, div(sum(u.linhas) over (order by u.inicio) - u.linhas, %5$s) as grupo from unidade u
     ), corte as (
       select row_number() over (order by g.grupo) as n, min(g.inicio) as inicio, lead(min(g.inicio)) over (order by g.grupo) as seguinte
       from grupo g group by g.grupo
     )
     select c.n, %4$s from corte c',
    case when v_por_carga then format('date_trunc(''day'', t.%I::timestamptz)', v_coluna)
      else format('date_trunc(''month'', greatest(least(t.%I, ''9999-12-31''), ''0001-01-01'')::timestamp)::date', v_coluna) end,
    audit_interno.nome_sql(v_tabela),
    audit_interno.condicao_janela(regra, janela),
    case when v_por_carga then
      '$1.data_inicio, $1.data_fim, case when c.n = 1 then $1.carregado_desde else c.inicio end, coalesce(c.seguinte, $1.carregado_ate)'
    else
      'case when c.n = 1 then $1.data_inicio else c.inicio end, coalesce(c.seguinte - 1, $1.data_fim), $1.carregado_desde, $1.carregado_ate'
    end, cortar_janela.linhas), janela) as c (n bigint, data_inicio date, data_fim date, carregado_desde timestamptz, carregado_ate timestamptz)
  order by c.n;
end
$$;
comment on function audit_interno.cortar_janela(audit.regras, audit.janela, bigint) is
  'Shares of a window, in order, of about so many rows each. One share where the table has no column to cut by; none where the window holds no row.';
--! EndIncluded partes/cortar_janela.sql

--! Included partes/enfileirar_partes.sql
-- Calls for help with the parts that are still to be done: one job each, which finds nothing to do where somebody was
-- faster. Behind everything else in the queue, so that mail never waits for a long window.
create or replace function audit_interno.enfileirar_partes(sessao_id bigint, nome_regra text default null)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select count(graphile_worker.add_job('detectar_parte',
    json_build_object('sessao_id', p.sessao_id, 'regra', p.regra, 'parte', p.parte), priority => 10,
    job_key => format('detectar_parte:%s:%s:%s', p.sessao_id, p.regra, p.parte)))
  from (
    select q.*
    from audit_interno.partes_sessao q
    where q.sessao_id = enfileirar_partes.sessao_id and q.status = 'pendente'
      and (enfileirar_partes.nome_regra is null or q.regra = enfileirar_partes.nome_regra)
    order by q.regra, q.parte
  ) as p
$$;
comment on function audit_interno.enfileirar_partes(bigint, text) is 'Queues a job for each part of a session, or of one of its rules, that is not done. Again and again without harm.';
--! EndIncluded partes/enfileirar_partes.sql

--! Included partes/repartir_regra.sql
-- The first step of one rule in a session that workers share: its preparation, its window's rows and control total, and
-- the parts of its detection, queued for whoever is free. Rules of one table and window are cut alike, by one count.
create or replace function audit_interno.repartir_regra(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_janela audit.janela := audit_interno.janela_execucao(sessao_id, nome_regra);
  v_por_parte bigint := (audit_interno.configuracao('sessao.linhas_por_parte') #>> '{}')::bigint;
  v_linhas bigint;
begin
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  if v_regra.preparacao is not null then
    -- workers share the cores already: see regras.em_metades
    perform set_config('conferente.lado_a_lado', 'sim', true);
    perform audit_interno.preparar_regra(v_regra, v_janela);
  end if;
  perform audit_interno.medir_janela(repartir_regra.sessao_id, v_regra, v_janela);
  select e.linhas_examinadas into v_linhas
  from audit.execucoes_regra e where e.sessao_id = repartir_regra.sessao_id and e.regra = nome_regra;

  insert into audit_interno.partes_sessao (sessao_id, regra, parte, janela)
  select p.sessao_id, nome_regra, p.parte, p.janela
  from audit_interno.partes_sessao p
  where p.sessao_id = repartir_regra.sessao_id and p.regra = (
    select r.nome
    from audit.regras r
    where r.nome <> nome_regra and r.tabela = v_regra.tabela
      and r.coluna_data is not distinct from v_regra.coluna_data and r.coluna_carga is not distinct from v_regra.coluna_carga
      and audit_interno.janela_execucao(repartir_regra.sessao_id, r.nome) is not distinct from v_janela
      and exists (select from audit_interno.partes_sessao q where q.sessao_id = repartir_regra.sessao_id and q.regra = r.nome)
    limit 1);
  if not found and v_linhas >= 2 * v_por_parte then
    insert into audit_interno.partes_sessao (sessao_id, regra, parte, janela)
    select repartir_regra.sessao_id, nome_regra, c.n, row(c.data_inicio, c.data_fim, c.carregado_desde, c.carregado_ate, null)::audit.janela
    from audit_interno.cortar_janela(v_regra, v_janela, v_por_parte)
      with ordinality as c (data_inicio, data_fim, carregado_desde, carregado_ate, chaves, n);
  end if;
  if not exists (select from audit_interno.partes_sessao p where p.sessao_id = repartir_regra.sessao_id and p.regra = nome_regra) then
    insert into audit_interno.partes_sessao (sessao_id, regra, parte, janela)
    values (repartir_regra.sessao_id, nome_regra, 1, v_janela);
  end if;
  perform audit_interno.enfileirar_partes(repartir_regra.sessao_id, nome_regra);
end
$$;
comment on function audit_interno.repartir_regra(bigint, text) is 'Prepares a rule for a session and cuts its detection into parts.';
--! EndIncluded partes/repartir_regra.sql

--! Included partes/tomar_parte.sql
-- Takes a part that nobody works on, for as long as the caller's transaction lasts: the row's lock is the claim, so that
-- what a dead worker had taken is free at once. Called by whoever conducts the session (any part) and by jobs (one).
create or replace function audit_interno.tomar_parte(sessao_id bigint, nome_regra text default null, numero integer default null)
returns table (regra text, ordem bigint, total bigint, tempo_limite_ms bigint)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select p.regra, p.parte::bigint, (select count(*) from audit_interno.partes_sessao o where o.sessao_id = p.sessao_id and o.regra = p.regra),
    (extract(epoch from r.tempo_limite) * 1000)::bigint
  from audit_interno.partes_sessao p
  join audit.sessoes_processamento s on s.id = p.sessao_id
  join audit.execucoes_regra e on e.sessao_id = p.sessao_id and e.regra = p.regra
  join audit.regras r on r.nome = p.regra
  where p.sessao_id = tomar_parte.sessao_id and p.status = 'pendente' and s.status = 'em_andamento' and e.status = 'pendente'
    and (tomar_parte.nome_regra is null or p.regra = tomar_parte.nome_regra)
    and (tomar_parte.numero is null or p.parte = tomar_parte.numero)
  order by r.prioridade, p.regra, p.parte
  limit 1
  for update of p skip locked
$$;
comment on function audit_interno.tomar_parte(bigint, text, integer) is
  'Locks a part that is to be done and returns its rule, its number, how many the rule has and how long one may take in milliseconds; no row when there is none.';
--! EndIncluded partes/tomar_parte.sql

--! Included partes/detectar_parte.sql
-- One part of the detection of one rule, in a transaction of its own that has taken it (tomar_parte). Parts of one rule run
-- side by side, and shut out whole detections and corrections of the rule by other sessions. The row of the rule's
-- execution decides: when the rule has failed, or the session has ended, meanwhile, nothing of the part is kept.
create or replace function audit_interno.detectar_parte(sessao_id bigint, nome_regra text, numero integer)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parte audit_interno.partes_sessao;
  v_regra audit.regras;
  v_total bigint;
  v_hash text;
  v_operacao bigint;
  v_inicio timestamptz := clock_timestamp();
begin
  select * into v_parte
  from audit_interno.partes_sessao p
  where p.sessao_id = detectar_parte.sessao_id and p.regra = nome_regra and p.parte = numero and p.status = 'pendente'
  for update;
  if not found then
    return; -- somebody else did it
  end if;
  -- workers share the cores already: see regras.em_metades
  perform set_config('conferente.lado_a_lado', 'sim', true);
  select count(*) into v_total
  from audit_interno.partes_sessao p where p.sessao_id = detectar_parte.sessao_id and p.regra = nome_regra;
  if v_total = 1 then
    perform audit_interno.detectar_regra(detectar_parte.sessao_id, nome_regra);
  else
    perform audit_interno.travar_regra(nome_regra, true);
    select * into strict v_regra from audit.regras r where r.nome = nome_regra;
    v_hash := audit_interno.hash_regra(v_regra);
    v_operacao := audit_interno.abrir_operacao('deteccao', detectar_parte.sessao_id, nome_regra, detalhes => jsonb_build_object(
      'hash_funcao', v_hash, 'janela', to_jsonb(v_parte.janela), 'parte', numero, 'partes', v_total));
    perform audit_interno.levantar_achados(v_regra, v_parte.janela);
    perform audit_interno.registrar_achados(detectar_parte.sessao_id, v_regra, v_operacao, v_hash);
    perform audit_interno.fechar_operacao(v_operacao, (select count(*) from audit.deteccoes d where d.operacao_id = v_operacao));
    perform audit_interno.anotar_execucao(detectar_parte.sessao_id, v_regra, v_hash, v_inicio, false);
  end if;
  update audit_interno.partes_sessao p
  set status = 'concluida', operacao_id = v_operacao, inicio = v_inicio, fim = clock_timestamp()
  where p.sessao_id = detectar_parte.sessao_id and p.regra = nome_regra and p.parte = numero;
  -- progress for whoever watches; where somebody else is at the row, the next part carries this one's count
  perform from audit.sessoes_processamento s where s.id = detectar_parte.sessao_id for no key update skip locked;
  if found then
    perform audit_interno.totalizar_sessao(detectar_parte.sessao_id);
  end if;
end
$$;
comment on function audit_interno.detectar_parte(bigint, text, integer) is
  'Detects one part. NC016 when the session or the rule ended meanwhile, NC012 when the rule''s function was changed between two parts; nothing of it is recorded then.';
--! EndIncluded partes/detectar_parte.sql

--! Included partes/juntar_regra.sql
-- Joins the parts of one rule, once: holds its earlier corrections against the warehouse, closes what none of them found again over the whole window, and marks the rule as
-- detected. Called as a step of the session, by whoever conducts it.
create or replace function audit_interno.juntar_regra(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_partes bigint;
  v_hash text;
  v_operacao bigint;
  v_inicio timestamptz := clock_timestamp();
begin
  perform audit_interno.travar_regra(nome_regra);
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  select count(*) into v_partes
  from audit_interno.partes_sessao p where p.sessao_id = juntar_regra.sessao_id and p.regra = nome_regra;
  v_hash := audit_interno.hash_regra(v_regra);
  v_operacao := audit_interno.abrir_operacao('deteccao', juntar_regra.sessao_id, nome_regra, detalhes => jsonb_build_object(
    'hash_funcao', v_hash, 'janela', to_jsonb(audit_interno.janela_execucao(juntar_regra.sessao_id, nome_regra)), 'partes', v_partes));
  perform audit_interno.detectar_atrasadas(juntar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.reabrir_desfeitas(juntar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.fechar_ausentes(juntar_regra.sessao_id, v_regra, v_operacao, v_hash);
  perform audit_interno.fechar_operacao(v_operacao, (select count(*) from audit.deteccoes d where d.operacao_id = v_operacao));
  perform audit_interno.anotar_execucao(juntar_regra.sessao_id, v_regra, v_hash, v_inicio, true);
end
$$;
comment on function audit_interno.juntar_regra(bigint, text) is 'Ends the detection of a rule whose parts are all done. NC016 when the rule is not pendente any more.';
--! EndIncluded partes/juntar_regra.sql

--! Included correcao/exige_releitura.sql
-- The relation, its partitions, and the tables below a view with theirs. Called where what belongs to a write is looked up.
create or replace function audit_interno.relacoes_abaixo(relacao regclass)
returns setof oid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with recursive base (id) as (
    select relacoes_abaixo.relacao::oid
    union
    select x.id
    from base b
    cross join lateral (
      select d.refobjid as id
      from pg_rewrite w
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
      where w.ev_class = b.id
      union all
      select h.inhrelid from pg_inherits h where h.inhparent = b.id
    ) as x
  )
  select b.id from base b
$$;
comment on function audit_interno.relacoes_abaixo(regclass) is 'The relation and all that lies below it: partitions, and tables under a view.';

-- Whether a row may hold something else, after an update, than the update says: a trigger on update (before, after or instead of
-- it), or on the delete and insert that a row's move to another partition is, an update rule, or a view, on the relation or below it; or a foreign table. Then each row is read again after it was written.
create or replace function audit_interno.exige_releitura(relacao regclass)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
      select from pg_trigger g
      where g.tgrelid in (select audit_interno.relacoes_abaixo(relacao))
        and not g.tgisinternal and g.tgtype & 28 <> 0 and g.tgenabled <> 'D')
    or exists (select from pg_rewrite w where w.ev_class in (select audit_interno.relacoes_abaixo(relacao)) and w.ev_type = '2')
    or exists (select from pg_class c where c.oid in (select audit_interno.relacoes_abaixo(relacao)) and c.relkind in ('v', 'f'))
$$;
comment on function audit_interno.exige_releitura(regclass) is 'True when a row must be read again after an update to know what it holds.';
--! EndIncluded correcao/exige_releitura.sql

--! Included correcao/elegiveis.sql
-- What auto may correct for one rule in one session, looked at alone: found in this session, sure enough, not so large that
-- it needs two people, not undone from outside again and again. What another finding contradicts is left out by contestadas, a
-- value that the ledger does not know by desconhecidas. No settings of its own, so that the
-- planner inlines it.
create or replace function audit_interno.elegiveis(sessao_id bigint, regra audit.regras)
returns setof audit.divergencias_processadas
language sql
stable
as $$
  select d.*
  from audit.divergencias_processadas d
  where d.regra = elegiveis.regra.nome and d.sessao_ultima_id = elegiveis.sessao_id and d.status = 'aberta'
    and d.valores_propostos <> '{}' and d.confianca >= elegiveis.regra.limiar
    and d.vezes_desfeita < (select (audit_interno.configuracao('sessao.desfeitas_maximo') #>> '{}')::bigint)
    and d.hash_regra = elegiveis.regra.hash_autorizado -- found by the code that has auto
    -- a person's last word was a value of their own, or to take a correction back: it waits for a person
    and not coalesce((
      select c.valores is not null or c.tipo in ('correcao_manual', 'reversao', 'desfazimento')
      from audit.decisoes c where c.divergencia_id = d.id order by c.id desc limit 1), false)
    -- a subquery, or the setting would be read for each row. As a difference, or a planner without statistics would look
    -- for them by amount, in divergencias_processadas_valor: all that wait, again for each batch
    and d.valor_decisao - (select (audit_interno.configuracao('aprovacao.valor_dupla') #>> '{}')::numeric) < 0
$$;
comment on function audit_interno.elegiveis(bigint, audit.regras) is 'Findings that auto mode may correct by itself, but for contested ones.';
--! EndIncluded correcao/elegiveis.sql

--! Included correcao/contestadas.sql
-- Which of these findings auto must not correct: another open finding says otherwise about the same column of the same row,
-- or the row holds what two people typed for this very rule. Each row's other findings are looked up by their key whatever
-- the statistics say (offset 0): right after a detection they say nothing.
create or replace function audit_interno.contestadas(ids bigint[])
returns setof bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select d.id
  from audit.divergencias_processadas d
  where d.id = any (contestadas.ids) and exists (
    select
    from (
      select x.regra, x.status, x.valores_propostos, x.valores_digitados
      from audit.divergencias_processadas x
      where x.registro_id = d.registro_id and x.tabela = d.tabela and x.id <> d.id
        -- as the index divergencias_processadas_vivas says it
        and (x.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') or x.valores_digitados is not null)
      offset 0
    ) as o
    where o.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') and exists (
        select from jsonb_each(d.valores_propostos) p join jsonb_each(o.valores_propostos) q on q.key = p.key
        where p.value <> q.value)
      or o.status = 'corrigida' and o.regra = d.regra and exists (
        select from jsonb_each(o.valores_digitados) q
        where d.valores_propostos ? q.key and d.valores_originais -> q.key = q.value))
$$;
comment on function audit_interno.contestadas(bigint[]) is 'Those of the findings that another finding on the same row contradicts.';
--! EndIncluded correcao/contestadas.sql

--! Included correcao/verificar_limites.sql
-- Before the first correction: what would be corrected is held against the limits of each rule and of the session. Past a
-- limit nothing of it is corrected, and that is said and alerted: so many divergences are a broken load, not errors.
create or replace function audit_interno.verificar_limites(sessao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_linhas bigint := (audit_interno.configuracao('limites.linhas') #>> '{}')::bigint;
  v_fracao numeric := (audit_interno.configuracao('limites.fracao') #>> '{}')::numeric;
  v_fracao_desde bigint := (audit_interno.configuracao('limites.fracao_a_partir_de') #>> '{}')::bigint;
  v_valor numeric := (audit_interno.configuracao('limites.valor') #>> '{}')::numeric;
  v_limite text;
  v_exata boolean;
begin
  -- contested findings, and values that the ledger does not know, are looked for only when all together would pass a limit
  foreach v_exata in array array[false, true] loop
    drop table if exists pg_temp.conferente_limite;
    create temp table conferente_limite on commit drop as
    select r.nome, e.linhas_examinadas, t.linhas, t.valor,
      concat_ws('; ',
        case when t.linhas > r.limite_linhas then format('%s correções, o limite da regra é %s', t.linhas, r.limite_linhas) end,
        case when t.linhas > v_fracao_desde and t.linhas > r.limite_fracao * e.linhas_examinadas
          then format('%s de %s linhas, o limite da regra é a fração %s', t.linhas, e.linhas_examinadas, r.limite_fracao) end,
        case when t.valor > r.limite_valor then format('R$ %s, o limite da regra é R$ %s', t.valor, r.limite_valor) end) as limite
    from audit.execucoes_regra e
    join audit.regras r on r.nome = e.regra
    cross join lateral (
      select case when v_exata then array(
        select c.id from (select array(select x.id from audit_interno.elegiveis(verificar_limites.sessao_id, r) x) as ids) as e
        cross join lateral (
          select audit_interno.contestadas(e.ids) as id union select audit_interno.desconhecidas(e.ids)) as c) end as ids) as c
    cross join lateral (
      select count(*) as linhas, coalesce(sum(greatest(d.valor_em_risco, d.valor_decisao)), 0) as valor
      from audit_interno.elegiveis(verificar_limites.sessao_id, r) d
      where not exists (select from unnest(c.ids) as i where i = d.id)) as t
    where e.sessao_id = verificar_limites.sessao_id and e.status = 'detectada';

    select concat_ws('; ',
      case when sum(l.linhas) > v_linhas then format('%s correções, o limite da sessão é %s', sum(l.linhas), v_linhas) end,
      case when sum(l.linhas) > v_fracao_desde and sum(l.linhas) > v_fracao * s.linhas_examinadas
        then format('%s de %s linhas da janela, o limite da sessão é a fração %s', sum(l.linhas), s.linhas_examinadas, v_fracao) end,
      case when sum(l.valor) > v_valor then format('R$ %s em risco, o limite da sessão é R$ %s', sum(l.valor), v_valor) end)
    into v_limite
    from pg_temp.conferente_limite l, audit.sessoes_processamento s
    where s.id = verificar_limites.sessao_id and l.limite = ''
    group by s.linhas_examinadas;
    exit when coalesce(v_limite, '') = '' and not exists (select from pg_temp.conferente_limite l where l.limite <> '');
  end loop;

  update audit.execucoes_regra e
  set status = 'concluida', motivo = 'nada foi corrigido: ' || coalesce(nullif(l.limite, ''), v_limite)
  from pg_temp.conferente_limite l
  where e.sessao_id = verificar_limites.sessao_id and e.regra = l.nome and (l.limite <> '' or v_limite <> '');

  update audit.sessoes_processamento s
  set limite_atingido = nullif(concat_ws('; ', nullif(v_limite, ''), (
      select string_agg(l.nome || ': ' || l.limite, '; ' order by l.nome) from pg_temp.conferente_limite l where l.limite <> '')), ''),
    etapa = 'correcao'
  where s.id = verificar_limites.sessao_id;
end
$$;
comment on function audit_interno.verificar_limites(bigint) is 'Stops the corrections of rules, or of the whole session, that would pass a limit.';
--! EndIncluded correcao/verificar_limites.sql

--! Included correcao/criar_lote.sql
-- An empty batch: the one form in which corrections and rollbacks reach the warehouse. Its rows are written once: resultado
-- says what is meant until something else happens, so nothing is written back where every row took what it was to take.
create or replace function audit_interno.criar_lote()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.conferente_lote;
  create temp table conferente_lote (
    divergencia_id bigint primary key,
    regra text not null,
    tabela text not null,
    registro_id text not null,
    entrada jsonb not null, -- which entry the row was
    de jsonb not null,
    para jsonb not null,
    valor numeric, -- at stake
    impressao bytea, -- of the columns the rule decides by; null in a rollback, which is held against de alone
    reverte_operacao_id bigint,
    resultado text not null default 'aplicada', -- or movida, outra, ja_certa, ausente, recusada, infiel, desfeita; of a rollback superada
    outras jsonb, -- what must not move along, before the write; only where something could make it move
    agora jsonb, -- what the row holds; null of a row that took para as it is, and of one that is gone
    erro text
  ) on commit drop;
  grant select on pg_temp.conferente_lote to conferente_escrita;
end
$$;
comment on function audit_interno.criar_lote() is 'Creates pg_temp.conferente_lote, empty.';
--! EndIncluded correcao/criar_lote.sql

--! Included correcao/aplicar_grupo.sql
-- Writes corrections of one rule and one set of columns in one statement, as conferente_escrita. When the warehouse refuses (a
-- constraint, a trigger), the group is halved until the rows that it refuses stand alone; the rest go through. Where the row may
-- hold something else than was asked (audit_interno.exige_releitura), it is read again through the same relation: what is not
-- exactly so is undone and left as infiel, the rest is written again. Returns the days on which the altered rows are booked, so
-- that verification need not look for them in every partition: of a table without a column of dates and of rows without a date that
-- is any day.
create or replace function audit_interno.aplicar_grupo(
  operacao_id bigint, regra audit.regras, colunas text[], ids bigint[], tentativa integer default 1
)
returns daterange
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relacao regclass := audit_interno.relacao(regra.tabela);
  v_tabela text := audit_interno.nome_sql(v_relacao);
  v_chave text := format('t.%I = l.registro_id::%s', regra.coluna_chave, audit_interno.tipo_coluna(v_relacao, regra.coluna_chave));
  v_limite text;
  v_de text;
  v_mesma text;
  v_para text;
  v_guarda text;
  v_atribuicoes text;
  v_imagem text := audit_interno.expressao_imagens(v_relacao, colunas);
  v_outras text := audit_interno.expressao_imagens(v_relacao, audit_interno.colunas_guardadas(regra, colunas));
  v_data text := coalesce((
    select format('t.%I', a.attname) from pg_attribute a
    where a.attrelid = v_relacao and a.attname = regra.coluna_data and a.atttypid = 'date'::regtype and a.attnum > 0 and not a.attisdropped),
    'null::date');
  v_adiaveis text[] := audit_interno.adiaveis(v_relacao);
  v_reler boolean := audit_interno.exige_releitura(v_relacao);
  v_meio integer := cardinality(ids) / 2;
  v_dias daterange;
  v_quantas bigint;
  v_escritas bigint[];
  v_infieis jsonb;
  v_codigo text;
  v_erro text;
begin
  select
    string_agg(audit_interno.expressao_igual(v_relacao, c, 'l.de'), ' and '),
    string_agg(audit_interno.expressao_fiel(v_relacao, c, 'l.para'), ' and '),
    string_agg(format('%I = %s', c, audit_interno.expressao_valor(v_relacao, c, 'l.para')), ', ')
  into v_de, v_para, v_atribuicoes
  from unnest(colunas) as c;
  v_mesma := format('l.entrada - %L::text[] = %s', colunas, audit_interno.expressao_imagens(v_relacao, array(
    select c from unnest(regra.colunas_identidade) as c where c <> all (colunas))));
  v_guarda := format('%s and %s and (l.impressao is null or l.impressao = %s)', v_de, v_mesma,
    audit_interno.expressao_impressao(v_relacao, regra.colunas));
  select audit_interno.limite_chaves(v_relacao, regra.coluna_chave, array_agg(l.registro_id)) into v_limite
  from pg_temp.conferente_lote l where l.divergencia_id = any (ids);
  v_chave := v_chave || v_limite;

  begin
    if v_reler then
      perform audit_interno.travar_grupo(v_tabela, v_chave, v_guarda, v_outras, ids);
    end if;
    -- what the warehouse checks only at commit is checked in the door too, where a refusal can still be pinned on a row
    if not v_reler then
      with alterada as (
        select e.*
        from audit_interno.escrever(format(
          'update %s t set %s from pg_temp.conferente_lote l where l.divergencia_id = any ($1) and %s and %s
           returning l.divergencia_id, %s, %s', v_tabela, v_atribuicoes, v_chave, v_guarda, v_imagem, v_data), ids, v_adiaveis)
          as e (divergencia_id bigint, depois jsonb, dia date)
      ), imagem as (
        insert into audit.alteracoes (operacao_id, divergencia_id, reverte_operacao_id, antes, depois)
        select aplicar_grupo.operacao_id, a.divergencia_id, l.reverte_operacao_id, l.de, a.depois
        from alterada a join pg_temp.conferente_lote l on l.divergencia_id = a.divergencia_id
      )
      select count(*), case when count(*) = 0 then 'empty' when count(a.dia) < count(*) then '(,)'
        else daterange(min(a.dia), max(a.dia), '[]') end
      into v_quantas, v_dias
      from alterada a;
      perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
    else
      select coalesce(array_agg(e.divergencia_id), '{}') into v_escritas
      from audit_interno.escrever(format(
        'update %s t set %s from pg_temp.conferente_lote l where l.divergencia_id = any ($1) and l.outras is not null and %s and %s
         returning l.divergencia_id', v_tabela, v_atribuicoes, v_chave, v_guarda), ids, v_adiaveis) as e (divergencia_id bigint);
      perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
      -- the same relation, the same role: all that was locked, for a trigger may also write and say that it did not
      with lida as (
        select r.*
        from audit_interno.escrever(format(
          'select l.divergencia_id, t.%I is not null, %s, %s, %s, %s, %s
           from pg_temp.conferente_lote l left join %s t on %s
           where l.divergencia_id = any ($1) and l.outras is not null',
          regra.coluna_chave, v_para, v_de, v_imagem, v_outras, v_data, v_tabela, v_chave), ids)
          as r (divergencia_id bigint, existe boolean, pedida boolean, intacta boolean, agora jsonb, outras jsonb, dia date)
      ), julgada as (
        select r.divergencia_id, r.divergencia_id = any (v_escritas) as escrita, r.dia, r.agora, r.outras as outras_agora, l.outras, l.para,
          coalesce(r.existe and r.outras = l.outras and case when r.divergencia_id = any (v_escritas) then r.pedida else r.intacta end, false) as fiel
        from lida r join pg_temp.conferente_lote l on l.divergencia_id = r.divergencia_id
      ), imagem as (
        insert into audit.alteracoes (operacao_id, divergencia_id, reverte_operacao_id, antes, depois)
        select aplicar_grupo.operacao_id, j.divergencia_id, l.reverte_operacao_id, l.de, j.agora
        from julgada j join pg_temp.conferente_lote l on l.divergencia_id = j.divergencia_id
        where j.escrita and j.fiel
      )
      select count(*) filter (where j.escrita and j.fiel),
        jsonb_object_agg(j.divergencia_id, audit_interno.descrever_infiel(j.para, j.agora, j.outras, j.outras_agora)) filter (where not j.fiel),
        case when count(*) filter (where j.escrita and j.fiel) = 0 then 'empty' when bool_or(j.escrita and j.fiel and j.dia is null) then '(,)'
          else daterange(min(j.dia) filter (where j.escrita and j.fiel), max(j.dia) filter (where j.escrita and j.fiel), '[]') end
      into v_quantas, v_infieis, v_dias
      from julgada j;
      perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
      if v_infieis is not null then
        raise exception using errcode = 'NC999', message = 'algo não ficou como pedido';
      end if;
    end if;
  exception when others then
    get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text;
    if v_codigo = 'NC999' and v_infieis is not null then -- the write is undone; what was not to be had stands aside
      update pg_temp.conferente_lote l set resultado = 'infiel', erro = v_infieis ->> l.divergencia_id::text
      where l.divergencia_id = any (ids) and (v_infieis ? l.divergencia_id::text);
      if tentativa >= 5 and cardinality(ids) > 1 then
        update pg_temp.conferente_lote l set resultado = 'infiel', erro = 'o gatilho do armazém grava a cada vez outra coisa'
        where l.divergencia_id = any (ids) and l.resultado <> 'infiel';
      end if;
      update pg_temp.conferente_lote l set agora = audit_interno.valores_atuais(l.divergencia_id, l.de)
      where l.divergencia_id = any (ids) and l.resultado = 'infiel' and l.agora is null;
      ids := array(
        select l.divergencia_id from pg_temp.conferente_lote l where l.divergencia_id = any (ids) and l.resultado <> 'infiel' order by 1);
      return case when ids = '{}' then 'empty'::daterange
        else audit_interno.aplicar_grupo(operacao_id, regra, colunas, ids, tentativa + 1) end;
    end if;
    -- what the relation cannot do is refused at once, for all: a column that its view does not write, a generated one
    if v_codigo in ('0A000', '428C9', '55000') then
      update pg_temp.conferente_lote l set resultado = 'recusada', erro = format('%s: %s', v_codigo, v_erro)
      where l.divergencia_id = any (ids);
      return 'empty'::daterange;
    end if;
    -- only what the data cause is pinned on rows; a deadlock, a lost privilege or a full disk is not a row's fault
    if audit_interno.falha_de_quem(v_codigo) <> 'linha' then
      raise;
    end if;
    if cardinality(ids) = 1 then
      update pg_temp.conferente_lote l set resultado = 'recusada', erro = format('%s: %s', v_codigo, v_erro)
      where l.divergencia_id = ids[1];
      return 'empty'::daterange;
    end if;
    return range_merge(
      audit_interno.aplicar_grupo(operacao_id, regra, colunas, ids[:v_meio]),
      audit_interno.aplicar_grupo(operacao_id, regra, colunas, ids[v_meio + 1:]));
  end;
  if v_quantas = cardinality(ids) then
    return v_dias;
  end if;

  update pg_temp.conferente_lote l
  set agora = case when x.existe then x.agora end,
    resultado = case when not x.existe then 'ausente' when not x.mesma then 'outra' when x.certa then 'ja_certa'
      when x.parada then 'recusada' else 'movida' end,
    erro = case when not x.existe then null when not x.mesma then format('a chave é agora de outro lançamento: era %s, é %s', l.entrada, x.entrada)
      when x.parada and not x.certa then 'o banco não gravou e não disse por quê (um gatilho ou uma política de linha)' end
  from audit_interno.escrever(format(
    'select l.divergencia_id, t.%I is not null, coalesce(%s, false), coalesce(%s, false), coalesce(%s, false), %s, %s
     from pg_temp.conferente_lote l left join %s t on %s
     where l.divergencia_id = any ($1)',
    regra.coluna_chave, v_mesma, v_para, v_guarda, v_imagem, audit_interno.expressao_imagens(v_relacao, regra.colunas_identidade),
    v_tabela, v_chave), ids)
    as x (divergencia_id bigint, existe boolean, mesma boolean, certa boolean, parada boolean, agora jsonb, entrada jsonb)
  where x.divergencia_id = l.divergencia_id and not exists (
    select from audit.alteracoes a where a.divergencia_id = l.divergencia_id and a.operacao_id = aplicar_grupo.operacao_id);
  perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  return v_dias;
end
$$;
comment on function audit_interno.aplicar_grupo(bigint, audit.regras, text[], bigint[], integer) is
  'Applies part of pg_temp.conferente_lote: one rule, one set of columns. Returns the days on which the altered rows are booked.';
--! EndIncluded correcao/aplicar_grupo.sql

--! Included correcao/aplicar_lote.sql
-- Writes a batch to the warehouse: one statement for each rule and set of columns. Tried are the rows that bear resultado;
-- they keep it where it worked. Rows that no longer hold what the batch was based on are left alone and told apart, and so are
-- those whose table or column is gone.
create or replace function audit_interno.aplicar_lote(operacao_id bigint, resultado text default 'aplicada')
returns daterange
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_colunas text[];
  v_ids bigint[];
  v_iguais boolean;
  v_grupo record;
  v_falta text;
  v_dias daterange := 'empty'::daterange;
  v_rastro text := audit_interno.rastro('conferente_escrita');
  v_espera text := current_setting('lock_timeout');
begin
  perform set_config('lock_timeout',
    greatest(1, extract(epoch from (audit_interno.configuracao('sessao.espera_trava') #>> '{}')::interval) * 1000)::bigint::text, true); -- 0 would be for ever
  perform audit_interno.abrir_porta();
  for v_regra in -- one turn for each rule of the batch
    select r.* from audit.regras r
    where r.nome in (select l.regra from pg_temp.conferente_lote l where l.resultado = aplicar_lote.resultado)
  loop
    -- nearly always a rule's corrections all change the same columns, which is told sooner than each one's columns
    select array(select jsonb_object_keys(l.para)) into v_colunas
    from pg_temp.conferente_lote l where l.regra = v_regra.nome and l.resultado = aplicar_lote.resultado limit 1;
    select array_agg(l.divergencia_id), bool_and(l.para ?& v_colunas and l.para - v_colunas = '{}') into v_ids, v_iguais
    from pg_temp.conferente_lote l where l.regra = v_regra.nome and l.resultado = aplicar_lote.resultado;
    for v_grupo in -- one turn for each kind of correction, not for each row
      select v_colunas as alteradas, v_ids as ids where v_iguais
      union all
      select c.alteradas, array_agg(l.divergencia_id)
      from pg_temp.conferente_lote l
      cross join lateral (select array(select jsonb_object_keys(l.para)) as alteradas) as c -- jsonb keeps its keys in order
      where not v_iguais and l.divergencia_id = any (v_ids)
      group by c.alteradas
    loop
      v_falta := audit_interno.falta_na_relacao(v_regra, v_grupo.alteradas || case when exists (
        select from pg_temp.conferente_lote l where l.divergencia_id = any (v_grupo.ids) and l.impressao is not null)
        then v_regra.colunas end);
      v_falta := coalesce(v_falta, audit_interno.fora_do_alcance(audit_interno.relacao(v_regra.tabela)));
      if v_falta is not null then
        update pg_temp.conferente_lote l set resultado = 'recusada', erro = v_falta where l.divergencia_id = any (v_grupo.ids);
        continue;
      end if;
      v_dias := range_merge(v_dias, audit_interno.aplicar_grupo(operacao_id, v_regra, v_grupo.alteradas, v_grupo.ids));
    end loop;
  end loop;
  perform audit_interno.fechar_porta();
  perform set_config('lock_timeout', v_espera, true);
  perform audit_interno.conferir_rastro('conferente_escrita', v_rastro, 'o armazém, ao gravar,');
  return v_dias;
end
$$;
comment on function audit_interno.aplicar_lote(bigint, text) is
  'Applies the rows of pg_temp.conferente_lote that bear resultado under an operation, and writes audit.alteracoes. A row that did not take gets another resultado: movida, outra, ja_certa, ausente, recusada or infiel. Returns the days on which the altered rows are booked.';
--! EndIncluded correcao/aplicar_lote.sql

--! Included correcao/autoverificar_lote.sql
-- After a batch: the rule runs again over the rows that were changed. What it still flags is undone, as an operation of
-- its own, and left as desfeita. A flag without a correction counts only if it was not already known for the row.
create or replace function audit_interno.autoverificar_lote(sessao_id bigint, motivo text, dias daterange default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_janela audit.janela;
  v_operacao bigint;
begin
  for v_regra in -- one turn for each rule of the batch
    select r.* from audit.regras r
    where r.nome in (select l.regra from pg_temp.conferente_lote l where l.resultado = 'aplicada')
  loop
    select lower(dias), upper(dias) - 1, null::timestamptz, null::timestamptz, array_agg(l.registro_id) into v_janela
    from pg_temp.conferente_lote l where l.regra = v_regra.nome and l.resultado = 'aplicada';
    v_janela.chaves := audit_interno.ainda_apontadas(v_regra, v_janela);
    continue when v_janela.chaves is null;
    perform audit_interno.levantar_achados(v_regra, v_janela);
    update pg_temp.conferente_lote l
    set resultado = 'desfeita', erro = format('a regra %s ainda aponta o registro depois da correção: %s', v_regra.nome, a.justificativa)
    from pg_temp.conferente_achado a
    where l.regra = v_regra.nome and l.resultado = 'aplicada' and a.registro_id = l.registro_id
      and (a.valores_propostos ?| array(select jsonb_object_keys(l.para))
        or a.valores_propostos = '{}' and not exists (
          select from audit.divergencias_processadas d
          where d.tabela = l.tabela and d.registro_id = l.registro_id and d.regra = l.regra and d.id <> l.divergencia_id
            and d.valores_propostos = '{}' and d.evidencia ->> 'tipo' is not distinct from a.evidencia ->> 'tipo'));
  end loop;
  if not exists (select from pg_temp.conferente_lote l where l.resultado = 'desfeita') then
    return;
  end if;

  v_operacao := audit_interno.abrir_operacao('autoverificacao', autoverificar_lote.sessao_id, motivo => autoverificar_lote.motivo);
  -- de and para change sides; the image just written says what the row really held afterwards
  update pg_temp.conferente_lote l
  set de = a.depois, para = l.de, impressao = null, reverte_operacao_id = a.operacao_id
  from audit.alteracoes a
  where l.resultado = 'desfeita' and a.divergencia_id = l.divergencia_id and a.operacao_id = (
    select max(x.operacao_id) from audit.alteracoes x where x.divergencia_id = l.divergencia_id);
  perform audit_interno.aplicar_lote(v_operacao, 'desfeita');
  if exists (select from pg_temp.conferente_lote l where l.reverte_operacao_id is not null and l.resultado <> 'desfeita') then
    raise exception using errcode = 'NC019', message = 'uma correção não verificada não pôde ser desfeita; o lote inteiro volta atrás',
      detail = (select string_agg(format('registro %s: %s', l.registro_id, coalesce(l.erro, l.resultado)), '; ')
        from pg_temp.conferente_lote l where l.reverte_operacao_id is not null and l.resultado <> 'desfeita');
  end if;
  perform audit_interno.fechar_operacao(v_operacao, (select count(*) from pg_temp.conferente_lote l where l.resultado = 'desfeita'));
end
$$;
comment on function audit_interno.autoverificar_lote(bigint, text, daterange) is
  'Undoes what the rules still flag after the batch. NC019 when it cannot be undone: then nothing of the batch stands.';
--! EndIncluded correcao/autoverificar_lote.sql

--! Included correcao/concluir_lote.sql
-- Writes what became of each finding of a corrected batch, and counts it.
create or replace function audit_interno.concluir_lote(sessao_id bigint, decidida_por text, motivo text)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aplicadas bigint;
  v_de bigint;
  v_ate bigint;
begin
  select min(l.divergencia_id), max(l.divergencia_id) into v_de, v_ate from pg_temp.conferente_lote l;
  update audit.divergencias_processadas d
  set status = case l.resultado
      when 'aplicada' then 'corrigida' when 'ja_certa' then 'resolvida'
      when 'movida' then 'obsoleta' when 'outra' then 'obsoleta' when 'ausente' then 'obsoleta' else 'falha' end,
    decidida_em = clock_timestamp(), decidida_por = concluir_lote.decidida_por,
    motivo = case l.resultado
      when 'aplicada' then concluir_lote.motivo when 'ja_certa' then 'o registro já tem o valor proposto'
      when 'movida' then 'o registro mudou depois de detectado' when 'ausente' then 'o registro não existe mais' else l.erro end
  from pg_temp.conferente_lote l
  where d.id = l.divergencia_id and d.id between v_de and v_ate; -- a batch's findings lie together: not all need be read

  with contada as (
    select l.regra, count(*) filter (where l.resultado = 'aplicada') as corrigidas,
      count(*) filter (where l.resultado = 'aplicada' and x.id is not null) as refeitas,
      count(*) filter (where l.resultado in ('recusada', 'infiel', 'desfeita')) as falhas,
      count(*) filter (where l.resultado in ('movida', 'outra', 'ausente')) as obsoletas,
      count(*) filter (where l.resultado = 'ja_certa') as resolvidas,
      coalesce(sum(l.valor) filter (where l.resultado = 'aplicada' and x.id is null), 0) as valor -- money is counted once
    from pg_temp.conferente_lote l
    left join audit.divergencias_processadas x on x.id = l.divergencia_id and x.id between v_de and v_ate and x.vezes_desfeita > 0
    group by l.regra
  ), somada as (
    update audit.execucoes_regra e
    set corrigidas = e.corrigidas + c.corrigidas, refeitas = e.refeitas + c.refeitas, falhas = e.falhas + c.falhas, obsoletas = e.obsoletas + c.obsoletas,
      resolvidas = e.resolvidas + c.resolvidas, valor_corrigido = e.valor_corrigido + c.valor
    from contada c
    where e.sessao_id = concluir_lote.sessao_id and e.regra = c.regra
  )
  select coalesce(sum(c.corrigidas), 0) into v_aplicadas from contada c;
  return v_aplicadas;
end
$$;
comment on function audit_interno.concluir_lote(bigint, text, text) is 'Sets the status of the batch''s findings; returns how many rows were corrected.';
--! EndIncluded correcao/concluir_lote.sql

--! Included correcao/corrigir_lote.sql
-- The correction step: one batch of one rule in one session, atomic. Batches go up the findings' ids, so that each looks at
-- its own part of them only. When nothing is left the rule is done.
create or replace function audit_interno.corrigir_lote(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_desde bigint;
  v_ids bigint[];
  v_contestadas bigint[];
  v_desconhecidas bigint[];
  v_ate bigint;
  v_operacao bigint;
  v_dias daterange;
  v_inicio timestamptz := clock_timestamp();
begin
  perform audit_interno.travar_regra(nome_regra);
  perform audit_interno.conferir_codigo(corrigir_lote.sessao_id, nome_regra);
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  select e.corrigida_ate into strict v_desde
  from audit.execucoes_regra e where e.sessao_id = corrigir_lote.sessao_id and e.regra = nome_regra;
  perform audit_interno.criar_lote();
  if v_regra.automatica then
    v_ids := array(
      select d.id from audit_interno.elegiveis(corrigir_lote.sessao_id, v_regra) d
      where d.id > v_desde
      order by d.id
      limit (select (audit_interno.configuracao('sessao.tamanho_lote') #>> '{}')::bigint));
    insert into pg_temp.conferente_lote (divergencia_id, regra, tabela, registro_id, entrada, de, para, impressao, valor)
    select d.id, d.regra, d.tabela, d.registro_id, d.entrada, d.valores_originais, d.valores_propostos, d.impressao, d.valor_em_risco
    from audit.divergencias_processadas d
    where d.id = any (v_ids)
    order by d.id
    for update of d skip locked; -- what a reviewer is deciding at this moment is the reviewer's
  end if;
  v_ate := v_ids[cardinality(v_ids)]; -- of the batch as it was meant: reviewers may be at all of it
  if v_ate is null then
    update audit.execucoes_regra e set status = 'concluida', fim = clock_timestamp()
    where e.sessao_id = corrigir_lote.sessao_id and e.regra = nome_regra and e.status = 'detectada';
    return;
  end if;
  v_contestadas := array(select audit_interno.contestadas(v_ids));
  if v_contestadas <> '{}' then
    delete from pg_temp.conferente_lote l where l.divergencia_id = any (v_contestadas);
  end if;
  v_desconhecidas := array(select audit_interno.desconhecidas(array(select l.divergencia_id from pg_temp.conferente_lote l)));
  if v_desconhecidas <> '{}' then
    delete from pg_temp.conferente_lote l where l.divergencia_id = any (v_desconhecidas);
    update audit.divergencias_processadas d
    set motivo = 'deixada para uma pessoa: nenhum lançamento tem o valor proposto; aprovado uma vez, passa a valer'
    where d.id = any (v_desconhecidas);
  end if;
  if exists (select from pg_temp.conferente_lote) then
    v_operacao := audit_interno.abrir_operacao('correcao', corrigir_lote.sessao_id, nome_regra,
      format('automática: confiança de %s ou mais', v_regra.limiar));
    v_dias := audit_interno.aplicar_lote(v_operacao);
    perform audit_interno.autoverificar_lote(corrigir_lote.sessao_id, format('a regra %s ainda apontava', nome_regra), v_dias);
    perform audit_interno.fechar_operacao(v_operacao, audit_interno.concluir_lote(corrigir_lote.sessao_id, 'conferente',
      format('corrigida automaticamente na sessão %s', corrigir_lote.sessao_id)));
    perform audit_interno.fechar_superadas(v_operacao);
  end if;
  update audit.execucoes_regra e
  set corrigida_ate = v_ate, deixadas = e.deixadas + cardinality(v_desconhecidas), duracao = e.duracao + (clock_timestamp() - v_inicio), fim = clock_timestamp()
  where e.sessao_id = corrigir_lote.sessao_id and e.regra = nome_regra;
end
$$;
comment on function audit_interno.corrigir_lote(bigint, text) is 'Corrects the next batch of a rule, or marks the rule as done.';
--! EndIncluded correcao/corrigir_lote.sql

--! Included sessao/notificar.sql
-- Queues a message in the transaction that causes it, once for each kind and session.
create or replace function audit_interno.notificar(tipo text, sessao_id bigint)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into audit.notificacoes (tipo, sessao_id) values (notificar.tipo, notificar.sessao_id)
  on conflict do nothing
$$;
comment on function audit_interno.notificar(text, bigint) is 'Queues a message about a session.';
--! EndIncluded sessao/notificar.sql

--! Included sessao/totalizar_sessao.sql
-- Carries the counts of the rules and parts into the session's row.
create or replace function audit_interno.totalizar_sessao(sessao_id bigint)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit.sessoes_processamento s
  set encontradas = e.encontradas, novas = e.novas, recorrentes = e.recorrentes, suprimidas = e.suprimidas,
    corrigidas = e.corrigidas, falhas = e.falhas, obsoletas = e.obsoletas, resolvidas = e.resolvidas,
    desfeitas = e.desfeitas, refeitas = e.refeitas,
    valor_em_risco = e.valor_em_risco, valor_corrigido = e.valor_corrigido,
    partes = case when s.partes is not null then p.total end, partes_concluidas = case when s.partes is not null then p.concluidas end,
    ultima_atividade = clock_timestamp()
  from (
    select sum(x.encontradas) as encontradas, sum(x.novas) as novas, sum(x.recorrentes) as recorrentes,
      sum(x.suprimidas) as suprimidas, sum(x.corrigidas) as corrigidas, sum(x.falhas) as falhas,
      sum(x.obsoletas) as obsoletas, sum(x.resolvidas) as resolvidas,
      sum(x.desfeitas) as desfeitas, sum(x.refeitas) as refeitas, sum(x.valor_em_risco) as valor_em_risco,
      sum(x.valor_corrigido) as valor_corrigido
    from audit.execucoes_regra x where x.sessao_id = totalizar_sessao.sessao_id
  ) as e, (
    select count(*) as total, count(*) filter (where y.status = 'concluida') as concluidas
    from audit_interno.partes_sessao y where y.sessao_id = totalizar_sessao.sessao_id
  ) as p
  where s.id = totalizar_sessao.sessao_id
$$;
comment on function audit_interno.totalizar_sessao(bigint) is 'Sums the counts of rules and parts into the session.';
--! EndIncluded sessao/totalizar_sessao.sql

--! Included sessao/criar_sessao.sql
-- Checks what is asked for and opens a session: its window, its rules, and the window of each rule.
create or replace function audit_interno.criar_sessao(
  modo text, data_inicio date, data_fim date, regras text[], agendada boolean
)
returns audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_regras text[];
  v_estranhas text;
  v_incremental boolean := data_inicio is null and data_fim is null;
  v_agora timestamptz := clock_timestamp();
  v_margem interval := (audit_interno.configuracao('sessao.margem_incremental') #>> '{}')::interval;
  v_primeira interval := (audit_interno.configuracao('sessao.primeira_janela') #>> '{}')::interval;
  v_defeitos text;
begin
  perform audit_interno.recusar_de_dentro();
  if modo is null or modo not in ('manual', 'auto') then
    raise exception using errcode = 'NC001', message = format('modo inválido: %s', coalesce(modo, 'nulo')),
      hint = 'manual só detecta; auto detecta e corrige o que pode.';
  end if;
  if data_inicio > data_fim then
    raise exception using errcode = 'NC002', message = format('janela invertida: %s é depois de %s', data_inicio, data_fim),
      hint = 'data_inicio e data_fim são ambas incluídas; data_inicio vem antes.';
  end if;
  select string_agg(n, ', ') into v_estranhas
  from unnest(criar_sessao.regras) as n where not exists (select from audit.regras r where r.nome = n and r.ativa);
  if v_estranhas is not null or cardinality(criar_sessao.regras) = 0 then
    raise exception using errcode = 'NC003', message = format('regra desconhecida ou inativa: %s', coalesce(v_estranhas, 'nenhuma dada')),
      hint = coalesce('Ativas: ' || (select string_agg(r.nome, ', ' order by r.prioridade, r.nome) from audit.regras r where r.ativa) || '.',
        'Nenhuma regra está ativa.');
  end if;
  select array_agg(r.nome order by r.prioridade, r.nome) into v_regras
  from audit.regras r where r.ativa and (criar_sessao.regras is null or r.nome = any (criar_sessao.regras));
  if v_regras is null then
    raise exception using errcode = 'NC003', message = 'nenhuma regra está ativa';
  end if;
  if not exists (select from audit.regras r where r.nome = any (v_regras) and audit_interno.conferir_regra(r) is null) then
    select string_agg(distinct audit_interno.conferir_regra(r), '; ') into v_defeitos from audit.regras r where r.nome = any (v_regras);
    raise exception using errcode = 'NC010', message = format('o contrato do armazém não está completo: %s', v_defeitos),
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
  end if;

  insert into audit.sessoes_processamento (modo, status, data_inicio, data_fim, incremental, regras, solicitada_por,
    inicio_processamento, ultima_atividade, etapa)
  values (criar_sessao.modo, case when agendada then 'agendada' else 'em_andamento' end, criar_sessao.data_inicio,
    criar_sessao.data_fim, v_incremental, v_regras, audit_interno.ator(), case when not agendada then v_agora end, v_agora, 'deteccao')
  returning * into v_sessao;

  insert into audit.execucoes_regra (sessao_id, regra, status, motivo, carregado_desde, carregado_ate)
  select v_sessao.id, r.nome, case when c.defeito is null then 'pendente' else 'pulada' end, c.defeito,
    -- not later than where the session before left off, whatever the margin was then
    case when v_incremental then coalesce(least(u.ate - v_margem, u.corte), v_agora - v_primeira) end, case when v_incremental then v_agora end
  from audit.regras r
  cross join lateral (select coalesce(audit_interno.conferir_regra(r), audit_interno.conferir_requisitos(r)) as defeito) as c
  left join lateral audit_interno.sessao_anterior(r.nome, criar_sessao.modo) as u on true
  where r.nome = any (v_regras);
  if v_incremental then
    perform audit_interno.abrir_contagens(v_sessao, v_margem);
  end if;

  update audit.sessoes_processamento s
  set carregado_desde = e.desde, carregado_ate = e.ate
  from (
    select min(e.carregado_desde) as desde, max(e.carregado_ate) as ate
    from audit.execucoes_regra e where e.sessao_id = v_sessao.id
  ) as e
  where s.id = v_sessao.id
  returning s.* into v_sessao;
  return v_sessao;
end
$$;
comment on function audit_interno.criar_sessao(text, date, date, text[], boolean) is
  'Opens a session. NC001 mode, NC002 window reversed, NC003 unknown or inactive rule, NC010 contract incomplete.';
grant usage on schema audit_interno to conferente_operador;
--! EndIncluded sessao/criar_sessao.sql

--! Included posse/tomar_posse.sql
-- Takes something for this connection, for as long as it lives or until largar_posse. Never waits for long: where another
-- transaction is just taking it, it is that one's. A connection behind a pooler that shares connections (PgBouncer in
-- transaction mode) has nothing for itself, and must not conduct or send.
create or replace function audit_interno.tomar_posse(nome text)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '500ms'
as $$
declare
  v_numero bigint;
begin
  select p.numero into v_numero
  from audit_interno.posses p where p.pid = pg_backend_pid() and audit_interno.marcada(p.pid, p.numero) limit 1;
  while v_numero is null loop -- one turn: the lot falls on a number that is free
    v_numero := hashtextextended(gen_random_uuid()::text, 0);
    if not pg_try_advisory_lock(v_numero) then
      v_numero := null;
    end if;
  end loop;
  insert into audit_interno.posses as p (nome, pid, numero) values (tomar_posse.nome, pg_backend_pid(), v_numero)
  on conflict on constraint posses_pkey do update set pid = excluded.pid, numero = excluded.numero, desde = excluded.desde
  where p.pid = excluded.pid or not audit_interno.marcada(p.pid, p.numero);
  return found;
exception when lock_not_available then
  return false;
end
$$;
comment on function audit_interno.tomar_posse(text) is 'True when this connection now has it; false when another living one does.';
--! EndIncluded posse/tomar_posse.sql

--! Included sessao/conduzir_sessao.sql
-- Marks a session as conducted by this connection, for as long as it lives; encerrar_interrompidas looks for it.
create or replace function audit_interno.conduzir_sessao(sessao_id bigint)
returns boolean
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.tomar_posse('sessao ' || conduzir_sessao.sessao_id)
$$;
comment on function audit_interno.conduzir_sessao(bigint) is 'True when this connection now conducts the session; false when another does.';
--! EndIncluded sessao/conduzir_sessao.sql

--! Included sessao/iniciar_sessao.sql
-- Opens a session and marks it as conducted by this connection, in one transaction, so that nobody can take it for
-- interrupted in between.
create or replace function audit_interno.iniciar_sessao(modo text, data_inicio date, data_fim date, regras text[])
returns audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
begin
  v_sessao := audit_interno.criar_sessao(iniciar_sessao.modo, iniciar_sessao.data_inicio, iniciar_sessao.data_fim,
    iniciar_sessao.regras, false);
  perform audit_interno.conduzir_sessao(v_sessao.id);
  return v_sessao;
end
$$;
comment on function audit_interno.iniciar_sessao(text, date, date, text[]) is
  'Opens a session for the connection that will conduct it step by step. Errors as audit.processar_divergencias.';
grant execute on function audit_interno.iniciar_sessao(text, date, date, text[]) to conferente_operador;
--! EndIncluded sessao/iniciar_sessao.sql

--! Included sessao/encerrar_interrompidas.sql
-- Sessions whose conductor died (killed, connection lost) conduct nothing any more. They are closed as falhou; what
-- they committed stands, and the next window covers what they did not reach. A session that still has its job is left
-- alone: a worker will go on with it.
create or replace function audit_interno.encerrar_interrompidas()
returns setof audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessoes bigint[];
begin
  with encerrada as (
    update audit.sessoes_processamento s
    set status = 'falhou', fim_processamento = clock_timestamp(), mensagem = 'interrompida: o processo que a conduzia morreu'
    where s.status = 'em_andamento'
      and not audit_interno.possuida('sessao ' || s.id)
      and not exists (
        select from graphile_worker.jobs j where j.key = 'processar_sessao:' || s.id and j.attempts < j.max_attempts)
    returning s.*
  ), pulada as (
    update audit.execucoes_regra e set status = 'pulada', motivo = 'a sessão foi interrompida'
    from encerrada s where e.sessao_id = s.id and e.status in ('pendente', 'detectada')
  ), avisada as (
    insert into audit.notificacoes (tipo, sessao_id) select 'falha', s.id from encerrada s on conflict do nothing
  )
  select array_agg(s.id) into v_sessoes from encerrada s;
  perform audit_interno.totalizar_sessao(s.id) from unnest(v_sessoes) as s (id); -- a part may have ended as it was closed
  return query select s.* from audit.sessoes_processamento s where s.id = any (v_sessoes) order by s.id;
end
$$;
comment on function audit_interno.encerrar_interrompidas() is 'Closes sessions whose conductor is gone; returns them.';
grant execute on function audit_interno.encerrar_interrompidas() to conferente_operador;
--! EndIncluded sessao/encerrar_interrompidas.sql

--! Included sessao/proxima_etapa.sql
-- What a session has to do next. Whoever conducts it asks this, does it with executar_etapa, and asks again.
create or replace function audit_interno.proxima_etapa(
  sessao_id bigint, out etapa text, out regra text, out tempo_limite_ms bigint, out ordem bigint, out total bigint
)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
begin
  select * into v_sessao from audit.sessoes_processamento s where s.id = proxima_etapa.sessao_id;
  if not found then
    raise exception using errcode = 'NC004', message = format('sessão desconhecida: %s', coalesce(sessao_id::text, 'nula'));
  end if;
  tempo_limite_ms := 600000;
  if v_sessao.status not in ('agendada', 'em_andamento') then
    etapa := 'fim';
    return;
  end if;
  if v_sessao.partes is not null then -- workers share it
    select t.etapa, case when t.etapa <> 'partes' then r.nome end, extract(epoch from r.tempo_limite) * 1000
    into etapa, regra, tempo_limite_ms
    from audit.execucoes_regra e
    join audit.regras r on r.nome = e.regra
    cross join lateral (
      select count(*) as total, count(*) filter (where p.status = 'pendente') as faltam
      from audit_interno.partes_sessao p where p.sessao_id = v_sessao.id and p.regra = e.regra) as p
    cross join lateral (
      select case when p.total = 0 then 'repartir' when p.faltam = 0 then 'juntar' else 'partes' end as etapa) as t
    where e.sessao_id = v_sessao.id and e.status = 'pendente'
    -- what takes long to prepare comes when others have something to do
    order by t.etapa = 'partes', t.etapa = 'juntar', r.preparacao is not null, r.prioridade, r.nome
    limit 1;
    if found then
      ordem := v_sessao.partes_concluidas;
      total := v_sessao.partes;
      return;
    end if;
  end if;
  select 'detectar', r.nome, extract(epoch from r.tempo_limite) * 1000, count(*) filter (where e.status <> 'pendente') over () + 1,
    count(*) over ()
  into etapa, regra, tempo_limite_ms, ordem, total
  from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
  where e.sessao_id = v_sessao.id
  order by e.status <> 'pendente', r.prioridade, r.nome
  limit 1;
  if exists (select from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.status = 'pendente') then
    return;
  end if;
  regra := null;
  tempo_limite_ms := 600000; -- what follows is of no one rule
  if v_sessao.modo = 'auto' and v_sessao.etapa = 'deteccao' then
    etapa := 'limitar';
    return;
  end if;
  select 'corrigir', r.nome, extract(epoch from r.tempo_limite) * 1000, e.corrigidas
  into etapa, regra, tempo_limite_ms, ordem
  from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
  where e.sessao_id = v_sessao.id and e.status = 'detectada'
  order by r.prioridade, r.nome
  limit 1;
  if not found then
    etapa := 'finalizar';
    tempo_limite_ms := 600000;
  end if;
end
$$;
comment on function audit_interno.proxima_etapa(bigint) is
  'Next step of a session: detectar or corrigir (with the rule), limitar, finalizar or fim, and the longest it may take in milliseconds. Where workers share it, instead of detectar: repartir (with the rule), partes (take any part by audit_interno.tomar_parte; where there is none, wait) and juntar (with the rule).';
grant execute on function audit_interno.proxima_etapa(bigint) to conferente_operador;
--! EndIncluded sessao/proxima_etapa.sql

--! Included sessao/frase_atrasadas.sql
-- The rows that came late to a session, in one sentence for each count: how many, booked when, and what to do. Called by
-- finalizar_sessao.
create or replace function audit_interno.frase_atrasadas(sessao_id bigint)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(a.frase, '; ')
  from (
    select format('%s de carga atrasada, %s %s (%s): a hora de carga já havia passado em sessões anteriores, ou falta; %s agora. Se cargas demoram, aumente sessao.margem_incremental',
      case e.atrasadas when 1 then '1 linha' else format('%s linhas', e.atrasadas) end,
      case e.atrasadas when 1 then 'lançada em' else 'lançadas em' end,
      concat_ws(' a ', to_char(e.atrasadas_inicio, 'DD/MM/YYYY'),
        case when e.atrasadas_fim > e.atrasadas_inicio then to_char(e.atrasadas_fim, 'DD/MM/YYYY') end),
      string_agg(e.regra, ', ' order by e.regra),
      case e.atrasadas when 1 then 'lida' else 'lidas' end) as frase
    from audit.execucoes_regra e
    where e.sessao_id = frase_atrasadas.sessao_id and e.atrasadas > 0
    group by e.atrasadas, e.atrasadas_inicio, e.atrasadas_fim
    order by e.atrasadas desc, 1
  ) as a
$$;
comment on function audit_interno.frase_atrasadas(bigint) is 'Portuguese sentence; null when nothing came late.';
--! EndIncluded sessao/frase_atrasadas.sql

--! Included sessao/finalizar_sessao.sql
-- Ends a session and says honestly how: anything less than all that was asked for is concluida_com_falhas or falhou.
create or replace function audit_interno.finalizar_sessao(sessao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_mensagem text;
  v_aviso text;
  v_falharam bigint;
  v_total bigint;
begin
  perform audit_interno.totalizar_sessao(sessao_id);
  select * into strict v_sessao from audit.sessoes_processamento s where s.id = finalizar_sessao.sessao_id;
  select count(*) filter (where e.status in ('falhou', 'pulada')), count(*) into v_falharam, v_total
  from audit.execucoes_regra e where e.sessao_id = v_sessao.id;
  v_mensagem := nullif(concat_ws('; ',
    (select string_agg(format('a regra %s %s: %s', e.regra, case e.status when 'pulada' then 'foi pulada' else 'falhou' end,
      coalesce(e.erro_mensagem, e.motivo)), '; ' order by e.regra)
     from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.status in ('falhou', 'pulada')),
    case when v_sessao.linhas_examinadas = 0 then case when v_falharam < v_total then 'nenhuma linha lida na janela' end
      else (
        select format(case count(*) when 1 then 'a regra %s não leu nenhuma linha' else 'as regras %s não leram nenhuma linha' end,
          string_agg(e.regra, ', ' order by e.regra))
        from audit.execucoes_regra e
        where e.sessao_id = v_sessao.id and e.status = 'concluida' and e.linhas_examinadas = 0
        having count(*) > 0) end,
    'limite atingido: ' || v_sessao.limite_atingido,
    audit_interno.frase_atrasadas(v_sessao.id),
    audit_interno.frase_desfeitas(v_sessao.id),
    (select string_agg(format('a regra %s só detectou: %s', e.regra, e.motivo), '; ' order by e.regra)
     from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.motivo like 'perdeu a correção automática%'),
    case when v_sessao.falhas > 0 then format('%s correções recusadas ou desfeitas', v_sessao.falhas) end), '');
  select string_agg(format('a regra %s só detectou: %s', r.nome, r.automatica_perdida), '; ' order by r.nome) into v_aviso
  from audit.regras r where r.nome = any (v_sessao.regras) and v_sessao.modo = 'auto' and r.automatica_perdida is not null
    and not exists (select from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.regra = r.nome and e.motivo like 'perdeu a correção automática%');
  v_aviso := nullif(concat_ws('; ', v_aviso, (
    select format('%s deixadas para uma pessoa: valor que o armazém não conhece', sum(e.deixadas))
    from audit.execucoes_regra e where e.sessao_id = v_sessao.id having sum(e.deixadas) > 0)), '');
  v_aviso := nullif(concat_ws('; ', v_aviso,
    case when v_sessao.desfeitas = 0 and v_sessao.refeitas > 0 then format('%s correções que uma carga havia desfeito foram refeitas', v_sessao.refeitas) end, (
    select string_agg(format('a regra %s: %s', e.regra, e.conferencia), '; ' order by e.regra)
    from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.conferencia is not null)), '');
  update audit.sessoes_processamento s
  set status = case when v_falharam = v_total then 'falhou' when v_mensagem is not null then 'concluida_com_falhas' else 'concluida' end,
    mensagem = nullif(concat_ws('; ', v_mensagem, v_aviso), ''), fim_processamento = clock_timestamp(), etapa = 'fim'
  where s.id = v_sessao.id;
  if v_sessao.limite_atingido is not null then
    perform audit_interno.notificar('limite', v_sessao.id);
  end if;
  if v_falharam > 0 then
    perform audit_interno.notificar('falha', v_sessao.id);
  end if;
end
$$;
comment on function audit_interno.finalizar_sessao(bigint) is 'Sets the final status and message of a session.';
--! EndIncluded sessao/finalizar_sessao.sql

--! Included sessao/executar_etapa.sql
-- A step of a session, for the connection that conducts it.
create or replace function audit_interno.executar_etapa(sessao_id bigint, etapa text, regra text)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.exigir_conducao(executar_etapa.sessao_id);
  perform audit_interno.dar_passo(executar_etapa.sessao_id, executar_etapa.etapa, executar_etapa.regra);
end
$$;
comment on function audit_interno.executar_etapa(bigint, text, text) is
  'Executes one step named by audit_interno.proxima_etapa. NC016 when this connection does not conduct the session, it is not under way or the step is not its next.';
grant execute on function audit_interno.executar_etapa(bigint, text, text) to conferente_operador;
--! EndIncluded sessao/executar_etapa.sql

--! Included sessao/registrar_falha_etapa.sql
-- Records that a step failed and was rolled back, for the connection that conducts the session.
create or replace function audit_interno.registrar_falha_etapa(sessao_id bigint, etapa text, regra text, codigo text, mensagem text)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.exigir_conducao(registrar_falha_etapa.sessao_id);
  perform audit_interno.anotar_falha(registrar_falha_etapa.sessao_id, registrar_falha_etapa.etapa, registrar_falha_etapa.regra,
    registrar_falha_etapa.codigo, left(registrar_falha_etapa.mensagem, 10000));
end
$$;
comment on function audit_interno.registrar_falha_etapa(bigint, text, text, text, text) is
  'Records that a step failed: of its rule alone; of the whole session where no rule is given, or audit_interno.falha_de_quem(codigo) is sessao or servidor. NC016 when this connection does not conduct the session.';
grant execute on function audit_interno.registrar_falha_etapa(bigint, text, text, text, text) to conferente_operador;
--! EndIncluded sessao/registrar_falha_etapa.sql

--! Included sessao/resumir_simulacao.sql
-- What a simulation would have changed: for each rule the totals and the first rows, largest amount first, and
-- the corrections that would fail, with the reason of each.
create or replace function audit_interno.resumir_simulacao(sessao_id bigint)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'regras', (
      select coalesce(jsonb_agg(to_jsonb(e) - array['sessao_id', 'hash_funcao', 'inicio', 'fim'] order by r.prioridade, e.regra), '[]')
      from audit.execucoes_regra e join audit.regras r on r.nome = e.regra where e.sessao_id = resumir_simulacao.sessao_id),
    'exemplos', (
      select coalesce(jsonb_agg(x.exemplo order by x.regra, x.ordem), '[]')
      from (
        select d.regra, row_number() over (partition by d.regra order by d.status <> 'corrigida', d.valor_em_risco desc, d.id) as ordem,
          jsonb_build_object('regra', d.regra, 'tabela', d.tabela, 'registro_id', d.registro_id, 'corrigiria', d.status = 'corrigida',
            'antes', d.valores_originais, 'depois', d.valores_propostos, 'confianca', d.confianca,
            'valor_em_risco', d.valor_em_risco, 'justificativa', d.justificativa) as exemplo
        from audit.divergencias_processadas d
        where d.sessao_ultima_id = resumir_simulacao.sessao_id and d.status in ('aberta', 'corrigida')
      ) as x
      where x.ordem <= 20),
    'falhas', (
      select coalesce(jsonb_agg(x.falha order by x.regra, x.ordem), '[]')
      from (
        select d.regra, row_number() over (partition by d.regra order by d.valor_em_risco desc, d.id) as ordem,
          jsonb_build_object('regra', d.regra, 'tabela', d.tabela, 'registro_id', d.registro_id, 'antes', d.valores_originais,
            'depois', d.valores_propostos, 'confianca', d.confianca, 'valor_em_risco', d.valor_em_risco, 'justificativa', d.justificativa,
            'motivo', d.motivo) as falha
        from audit.divergencias_processadas d
        where d.sessao_ultima_id = resumir_simulacao.sessao_id and d.status = 'falha'
      ) as x
      where x.ordem <= 1000))
$$;
comment on function audit_interno.resumir_simulacao(bigint) is 'JSON: regras (counts of each), exemplos (up to 20 findings of each, with before and after) and falhas (corrections that would fail, up to 1000 of each, with motivo).';
--! EndIncluded sessao/resumir_simulacao.sql

--! Included sessao/processar_divergencias.sql
-- A whole session in one transaction, the same steps that the worker and the command line take one by one.
create or replace function audit.processar_divergencias(
  modo text default 'manual', data_inicio date default null, data_fim date default null, regras text[] default null,
  simular boolean default false
)
returns audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_passo record;
  v_codigo text;
  v_erro text;
begin
  begin
    v_sessao := audit_interno.criar_sessao(processar_divergencias.modo, processar_divergencias.data_inicio,
      processar_divergencias.data_fim, processar_divergencias.regras, false);
    loop -- over steps, not rows
      select * into v_passo from audit_interno.proxima_etapa(v_sessao.id);
      exit when v_passo.etapa = 'fim';
      begin
        perform audit_interno.dar_passo(v_sessao.id, v_passo.etapa, v_passo.regra);
      exception when assert_failure or others then -- others are not all: an assert of a rule is no error of the caller's
        get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text;
        if v_passo.regra is null or audit_interno.falha_de_quem(v_codigo) in ('sessao', 'servidor') then
          raise;
        end if;
        perform audit_interno.anotar_falha(v_sessao.id, v_passo.etapa, v_passo.regra, v_codigo, v_erro);
      end;
    end loop;
    select * into v_sessao from audit.sessoes_processamento s where s.id = v_sessao.id;
    if simular then
      v_sessao.simulada := true;
      v_sessao.resumo := audit_interno.resumir_simulacao(v_sessao.id);
      raise exception using errcode = 'NC999', message = 'simulação';
    end if;
  exception when sqlstate 'NC999' then -- not a code that ends in 000: such a one names its whole class
    null; -- everything above is undone; v_sessao tells what it was
  end;
  return v_sessao;
end
$$;
comment on function audit.processar_divergencias(text, date, date, text[], boolean) is
  'Runs a whole session in one transaction and returns its row. modo: manual (detect) or auto (detect and correct). data_inicio, data_fim: booking dates, both included; without dates the window is what was loaded since the last successful session. regras: names, or null for all active ones. simular: takes the real path, says in resumo what would change, and changes nothing. The caller''s statement_timeout bounds it all. Errors: NC001 mode, NC002 window reversed, NC003 unknown rule, NC010 warehouse contract incomplete. A rule that fails does not raise: look at status, mensagem and audit.execucoes_regra.';
grant execute on function audit.processar_divergencias(text, date, date, text[], boolean) to conferente_operador;
--! EndIncluded sessao/processar_divergencias.sql

--! Included sessao/solicitar_processamento.sql
-- Queues a session for the worker, in the caller's transaction, and returns its row at once.
create or replace function audit.solicitar_processamento(
  modo text default 'manual', data_inicio date default null, data_fim date default null, regras text[] default null,
  simular boolean default false
)
returns audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
begin
  if simular then
    return audit.processar_divergencias(solicitar_processamento.modo, solicitar_processamento.data_inicio,
      solicitar_processamento.data_fim, solicitar_processamento.regras, true); -- nothing to keep, so nothing to queue
  end if;
  v_sessao := audit_interno.criar_sessao(solicitar_processamento.modo, solicitar_processamento.data_inicio,
    solicitar_processamento.data_fim, solicitar_processamento.regras, true);
  perform graphile_worker.add_job('processar_sessao', json_build_object('sessao_id', v_sessao.id), queue_name => 'processamento',
    job_key => 'processar_sessao:' || v_sessao.id);
  return v_sessao;
end
$$;
comment on function audit.solicitar_processamento(text, date, date, text[], boolean) is
  'Queues a session for the worker and returns its row, status agendada. Same arguments and errors as audit.processar_divergencias. A simulation is run at once.';
grant execute on function audit.solicitar_processamento(text, date, date, text[], boolean) to conferente_operador;
--! EndIncluded sessao/solicitar_processamento.sql

--! Included sessao/cancelar_sessao.sql
-- Stops a session: a worker gives up the detection it is in, anything else ends after the step it is in. What was committed stands and can be rolled back.
create or replace function audit.cancelar_sessao(id bigint, motivo text)
returns audit.sessoes_processamento
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(cancelar_sessao.motivo);
  update audit.sessoes_processamento s
  set status = 'cancelada', fim_processamento = clock_timestamp(),
    mensagem = format('cancelada por %s: %s', audit_interno.ator(), btrim(cancelar_sessao.motivo))
  where s.id = cancelar_sessao.id and s.status in ('agendada', 'em_andamento')
  returning * into v_sessao;
  if not found then
    select * into v_sessao from audit.sessoes_processamento s where s.id = cancelar_sessao.id;
    if not found then
      raise exception using errcode = 'NC004', message = format('sessão desconhecida: %s', coalesce(cancelar_sessao.id::text, 'nula'));
    end if;
    raise exception using errcode = 'NC005', message = format('a sessão %s já terminou', v_sessao.id),
      detail = format('status %s', v_sessao.status);
  end if;
  update audit.execucoes_regra e set status = 'pulada', motivo = 'a sessão foi cancelada'
  where e.sessao_id = v_sessao.id and e.status in ('pendente', 'detectada');
  perform audit_interno.totalizar_sessao(v_sessao.id);
  v_operacao := audit_interno.abrir_operacao('sessao', v_sessao.id, motivo => btrim(cancelar_sessao.motivo),
    detalhes => jsonb_build_object('status', 'cancelada'));
  perform audit_interno.fechar_operacao(v_operacao);
  select * into v_sessao from audit.sessoes_processamento s where s.id = v_sessao.id;
  return v_sessao;
end
$$;
comment on function audit.cancelar_sessao(bigint, text) is
  'Cancels a session that is agendada or em_andamento. Errors: NC004 unknown, NC005 already ended, NC006 reason missing.';
grant execute on function audit.cancelar_sessao(bigint, text) to conferente_operador;
--! EndIncluded sessao/cancelar_sessao.sql

--! Included sessao/desfeitas_paradas.sql
-- Of what a session saw undone from outside, how many findings wait for a person because it has happened too often.
create or replace function audit_interno.desfeitas_paradas(sessao_id bigint)
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(distinct d.id)
  from audit.operacoes o
  join audit.correcoes_desfeitas u on u.operacao_id = o.id
  join audit.divergencias_processadas d on d.id = u.divergencia_id
  where o.sessao_id = desfeitas_paradas.sessao_id and d.status in ('aberta', 'aguardando_segunda_aprovacao')
    and d.vezes_desfeita >= (audit_interno.configuracao('sessao.desfeitas_maximo') #>> '{}')::bigint
$$;
comment on function audit_interno.desfeitas_paradas(bigint) is 'Number of findings that auto no longer corrects again.';
--! EndIncluded sessao/desfeitas_paradas.sql

--! Included sessao/desfeitas_por_carga.sql
-- What a session saw undone from outside, by rule and by the hour of the load that did it. One form for the session's message
-- and for mail.
create or replace function audit_interno.desfeitas_por_carga(sessao_id bigint)
returns table (regra text, carga timestamptz, quantas bigint, ausentes bigint)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select o.regra, date_trunc('hour', u.carregado_em, audit.fuso()), count(*),
    count(*) filter (where u.situacao = 'ausente')
  from audit.operacoes o join audit.correcoes_desfeitas u on u.operacao_id = o.id
  where o.sessao_id = desfeitas_por_carga.sessao_id
  group by 1, 2
$$;
comment on function audit_interno.desfeitas_por_carga(bigint) is
  'regra, carga (the hour of the load, null where the load time is not later than the correction), quantas, and how many of them are ausentes (the row is gone).';
--! EndIncluded sessao/desfeitas_por_carga.sql

--! Included sessao/frase_desfeitas.sql
-- The corrections that a session saw undone, in one sentence: how many, of which rule, by which load, what became of them, and
-- what to do. Called by finalizar_sessao.
create or replace function audit_interno.frase_desfeitas(sessao_id bigint)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with carga as (
    select d.*, sum(d.quantas) over (partition by d.regra) as da_regra,
      row_number() over (partition by d.regra order by d.quantas desc, d.carga) as ordem
    from audit_interno.desfeitas_por_carga(frase_desfeitas.sessao_id) d
  ), dita as (
    select c.regra, c.da_regra, sum(c.ausentes) as ausentes,
      concat_ws(', ', string_agg(
          case when c.carga is null then format('%s sem carga identificada (a hora da carga não é posterior à correção)', c.quantas)
            else format('%s pela carga de %s', c.quantas, to_char(c.carga at time zone (audit.fuso()), 'DD/MM/YYYY HH24"h"')) end,
          ', ' order by c.ordem) filter (where c.ordem <= 5),
        case when count(*) > 5 then format('%s por outras %s cargas', sum(c.quantas) filter (where c.ordem > 5), count(*) - 5) end) as cargas
    from carga c
    group by c.regra, c.da_regra
  )
  select format('correções desfeitas fora do sistema: %s%s; corrija na origem ou rode depois da carga (a lista: conferente listar --desfeitas)',
    string_agg(format('%s %s (%s%s)', d.da_regra, d.regra, d.cargas,
      case when d.ausentes > 0 then format('; %s com o registro apagado', d.ausentes) end), '; ' order by d.regra),
    (select concat(case when sum(e.refeitas) > 0 then format('; refeitas agora: %s', sum(e.refeitas)) end,
        case when max(p.paradas) > 0 then format('; já desfeitas %s vezes ou mais, auto não as refaz: %s',
          audit_interno.configuracao('sessao.desfeitas_maximo') #>> '{}', max(p.paradas)) end)
     from audit.execucoes_regra e cross join (select audit_interno.desfeitas_paradas(frase_desfeitas.sessao_id) as paradas) as p
     where e.sessao_id = frase_desfeitas.sessao_id))
  from dita d
  having count(*) > 0
$$;
comment on function audit_interno.frase_desfeitas(bigint) is 'Portuguese sentence; null when the session saw nothing undone.';
--! EndIncluded sessao/frase_desfeitas.sql

--! Included sessao/falha_de_quem.sql
-- Whose fault an error is, by its SQLSTATE; the one place where that is decided. The engine pins on a row what is linha, lets a
-- rule fail alone over linha or regra, and ends the session over what is sessao (try it again) or servidor (mend it first).
create or replace function audit_interno.falha_de_quem(codigo text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select case
    -- past temp_file_limit, its own time or the server's depth; and 08 is another server that a foreign table is on
    when codigo in ('53400', '57014') or left(codigo, 2) in ('08', '54', '55', 'HV') then 'regra'
    -- another transaction was in the way
    when left(codigo, 2) in ('40', '72') then 'sessao'
    when codigo is null or left(codigo, 2) in ('53', '57', '58', 'F0', 'XX') then 'servidor'
    -- what the data cause; of the classes that the standard leaves free, what a trigger of the warehouse raises
    when left(codigo, 2) in ('09', '21', '22', '23', '27', '38', '39', '44', '45', 'P0') or codigo ~ '^[5-9I-Z]' then 'linha'
    else 'regra'
  end
$$;
comment on function audit_interno.falha_de_quem(text) is
  'Whose fault an error is, by its SQLSTATE: linha (what the data cause), regra (the rule, its rights and limits), sessao (a conflict with another transaction) or servidor (disk, memory, shutdown).';
--! EndIncluded sessao/falha_de_quem.sql

--! Included sessao/anotar_falha.sql
-- A step failed and was rolled back: the rule fails alone and the session goes on, unless it is the session's or the server's
-- fault. Called by registrar_falha_etapa in a transaction of its own,
-- by processar_divergencias after the subtransaction of the step.
create or replace function audit_interno.anotar_falha(sessao_id bigint, etapa text, regra text, codigo text, mensagem text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if regra is null or audit_interno.falha_de_quem(codigo) in ('sessao', 'servidor') then
    update audit.sessoes_processamento s
    set status = 'falhou', fim_processamento = clock_timestamp(), mensagem = format('%s: %s', codigo, anotar_falha.mensagem)
    where s.id = anotar_falha.sessao_id and s.status in ('agendada', 'em_andamento');
    if found then
      update audit.execucoes_regra e set status = 'pulada', motivo = format('a sessão falhou ao %s', etapa)
      where e.sessao_id = anotar_falha.sessao_id and e.status in ('pendente', 'detectada');
      perform audit_interno.totalizar_sessao(anotar_falha.sessao_id);
      perform audit_interno.notificar('falha', anotar_falha.sessao_id);
    end if;
  else
    update audit.execucoes_regra e
    set status = 'falhou', erro_codigo = codigo, erro_mensagem = anotar_falha.mensagem, inicio = coalesce(e.inicio, clock_timestamp()),
      fim = clock_timestamp(), motivo = format('falhou ao %s', etapa)
    where e.sessao_id = anotar_falha.sessao_id and e.regra = anotar_falha.regra and e.status in ('pendente', 'detectada');
  end if;
end
$$;
comment on function audit_interno.anotar_falha(bigint, text, text, text, text) is
  'Records that a step failed: of its rule alone; of the whole session where no rule is given, or audit_interno.falha_de_quem(codigo) is sessao or servidor.';
--! EndIncluded sessao/anotar_falha.sql

--! Included sessao/dar_passo.sql
-- Does one step of a session. Each call is atomic: its findings, changes, images, counters and seal commit together. Called by
-- executar_etapa, and by processar_divergencias for the session that it has just opened.
create or replace function audit_interno.dar_passo(sessao_id bigint, etapa text, regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_status text;
  v_rastro text;
begin
  update audit.sessoes_processamento s
  set status = 'em_andamento', inicio_processamento = coalesce(s.inicio_processamento, clock_timestamp())
  where s.id = dar_passo.sessao_id and s.status = 'agendada';
  if etapa in ('repartir', 'detectar', 'juntar') then
    -- long: the row is left to who watches or cancels; the rule's own row tells at the end whether it still counts
    select s.status into v_status from audit.sessoes_processamento s where s.id = dar_passo.sessao_id;
  else
    update audit.sessoes_processamento s set ultima_atividade = clock_timestamp()
    where s.id = dar_passo.sessao_id
    returning s.status into v_status;
  end if;
  if v_status is distinct from 'em_andamento' then
    raise exception using errcode = 'NC016', message = format('a sessão %s não está em andamento', sessao_id),
      detail = format('status %s', coalesce(v_status, 'desconhecido'));
  end if;
  -- whoever may take steps may not skip the limits, correct in a manual session, or end one with rules still to run
  if (etapa in ('repartir', 'juntar', 'limitar', 'corrigir', 'finalizar') or etapa = 'detectar' and exists (
    select from audit.sessoes_processamento s where s.id = dar_passo.sessao_id and s.partes is not null)) and not exists (
    select from audit_interno.proxima_etapa(dar_passo.sessao_id) p
    where p.etapa = dar_passo.etapa and (p.regra is null or p.regra = dar_passo.regra))
  then
    raise exception using errcode = 'NC016', message = format('a etapa %s não é a próxima da sessão %s', etapa, sessao_id);
  end if;
  case dar_passo.etapa
    when 'repartir' then perform audit_interno.repartir_regra(sessao_id, regra);
    when 'juntar' then perform audit_interno.juntar_regra(sessao_id, regra);
    when 'detectar' then perform audit_interno.detectar_regra(sessao_id, regra);
    when 'limitar' then perform audit_interno.verificar_limites(sessao_id);
    when 'corrigir' then perform audit_interno.corrigir_lote(sessao_id, regra);
    when 'finalizar' then perform audit_interno.finalizar_sessao(sessao_id);
    else raise exception using errcode = 'NC001', message = format('etapa inválida: %s', coalesce(etapa, 'nula'));
  end case;
  perform audit_interno.totalizar_sessao(sessao_id);
  if etapa = 'corrigir' and current_setting('role') = 'conferente_dono' then
    v_rastro := audit_interno.rastro('conferente_escrita');
    perform audit_interno.disparar_adiados();
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
    perform audit_interno.conferir_rastro('conferente_escrita', v_rastro, 'o que o armazém adiou');
  end if;
end
$$;
comment on function audit_interno.dar_passo(bigint, text, text) is
  'Executes one step named by audit_interno.proxima_etapa. NC016 when the session is not under way or the step is not its next.';
--! EndIncluded sessao/dar_passo.sql

--! Included sessao/exigir_conducao.sql
-- Steps are taken, and failures recorded, by the connection that conducts the session, or by workers: what an operator calls by hand
-- in another's session does nothing. Called by executar_etapa and registrar_falha_etapa.
create or replace function audit_interno.exigir_conducao(sessao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- not the current role: here it is the owner whoever calls
  if not pg_has_role(session_user, 'conferente_dono', 'member') and not exists (
    select from audit_interno.posses p
    where p.nome = 'sessao ' || exigir_conducao.sessao_id and p.pid = pg_backend_pid() and audit_interno.marcada(p.pid, p.numero))
  then
    raise exception using errcode = 'NC016', message = format('a sessão %s não é conduzida por esta conexão', coalesce(sessao_id::text, 'nula')),
      hint = 'Uma sessão se roda com audit.processar_divergencias, audit.solicitar_processamento ou conferente processar.';
  end if;
end
$$;
comment on function audit_interno.exigir_conducao(bigint) is 'NC016 unless this connection conducts the session or its login is a worker''s.';
--! EndIncluded sessao/exigir_conducao.sql

--! Included decisao/transicao_permitida.sql
-- The life of a divergência. Every change of status, by whatever way, goes through the trigger below.
create or replace function audit_interno.transicao_permitida(de text, para text)
returns boolean
language sql
immutable parallel safe
as $$
  select de = para or case de
    when 'aberta' then para <> 'revertida'
    when 'aguardando_segunda_aprovacao' then para in ('aberta', 'corrigida', 'rejeitada', 'obsoleta', 'resolvida', 'falha')
    when 'corrigida' then para in ('revertida', 'aberta', 'falha', 'obsoleta')
    when 'revertida' then para in ('corrigida', 'aberta', 'resolvida', 'aguardando_segunda_aprovacao')
    when 'rejeitada' then para = 'aberta'
    when 'falha' then para in ('aberta', 'aguardando_segunda_aprovacao', 'corrigida', 'rejeitada', 'obsoleta', 'resolvida')
    else para = 'aberta' -- obsoleta, resolvida: found again
  end
$$;
comment on function audit_interno.transicao_permitida(text, text) is 'Whether a divergência may go from one status to another.';

create or replace function audit_interno.recusar_transicao()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = 'NC005',
    message = format('a divergência %s não pode ir de %s para %s', old.id, old.status, new.status);
end
$$;
comment on function audit_interno.recusar_transicao() is 'Refuses a forbidden change of status with NC005.';

create or replace trigger proteger_transicao before update of status on audit.divergencias_processadas
  for each row when (not audit_interno.transicao_permitida(old.status, new.status))
  execute function audit_interno.recusar_transicao();

-- What a person proposed dies with the state in which it was proposed: a value typed for a row that has moved since, or for a
-- finding that was rejected, is not applied to one that is opened again.
create or replace function audit_interno.esquecer_proposta()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.valores_digitados := null;
  new.proposta_por := null;
  return new;
end
$$;
comment on function audit_interno.esquecer_proposta() is 'Clears what a person proposed when a finding is closed without it, or open again.';

create or replace trigger esquecer_proposta before update of status on audit.divergencias_processadas
  for each row when (new.status in ('aberta', 'obsoleta', 'resolvida', 'rejeitada')
    and (new.valores_digitados is not null or new.proposta_por is not null))
  execute function audit_interno.esquecer_proposta();
--! EndIncluded decisao/transicao_permitida.sql

--! Included decisao/travar_divergencias.sql
-- Takes the findings a person decides on, in one order for everybody. Unknown ones are an error; those for which the act is not
-- possible (somebody else was faster, it is for another person, it is not what was seen) are left and told, and the others go
-- through: pg_temp.conferente_deixada holds them with their reasons. When none is left to do, that is an error too.
-- Two people at one moment: the second waits here, then sees what the first did.
create or replace function audit_interno.travar_divergencias(ids bigint[], ato text, de text[], visto text[] default null)
returns setof audit.divergencias_processadas
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_fuso text := audit.fuso();
  v_pela_api boolean := audit_interno.pela_api();
  v_estranhas text;
begin
  if ids is null or cardinality(ids) = 0 then
    raise exception using errcode = 'NC001', message = 'nenhuma divergência foi dada';
  end if;
  if ato = 'aprovar' and v_pela_api and travar_divergencias.visto is null then
    raise exception using errcode = 'NC001', message = 'falta visto: para cada id, na mesma ordem, o que foi visto',
      hint = 'É o campo visto de cada divergência nas listas: divergencias e divergenciasAbertas no GraphQL, GET /api/v1/divergencias no REST.';
  end if;
  if cardinality(travar_divergencias.visto) <> cardinality(ids) then
    raise exception using errcode = 'NC001', message = 'visto tem de ter tantos itens quanto ids, na mesma ordem',
      detail = format('%s ids, %s vistos', cardinality(ids), cardinality(travar_divergencias.visto));
  end if;
  perform from audit.divergencias_processadas d where d.id = any (travar_divergencias.ids) order by d.id for update;
  select string_agg(coalesce(i::text, 'nulo'), ', ') into v_estranhas
  from unnest(travar_divergencias.ids) as i
  where not exists (select from audit.divergencias_processadas d where d.id = i);
  if v_estranhas is not null then
    raise exception using errcode = 'NC004', message = format('divergência desconhecida: %s', v_estranhas),
      hint = 'Nada foi feito. Veja audit.vw_divergencias_abertas.';
  end if;

  perform audit_interno.criar_deixadas();
  insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
  select d.id, x.codigo, case x.codigo
      when 'NC005' then format('já está %s', d.status)
        || coalesce(' por ' || coalesce(d.decidida_por, d.proposta_por), '')
        || coalesce(to_char(d.decidida_em at time zone v_fuso, '" em "DD/MM/YYYY" às "HH24:MI'), '')
        || coalesce(': ' || d.motivo, '')
      when 'NC017' then 'a regra só aponta e não propõe valor: confirme, rejeite ou corrija com outro valor'
      when 'NC007' then format('a segunda aprovação é de outra pessoa: %s já propôs', v_ator)
      else format('%s: %s%s. Para aprovar isto: visto %s',
        case when v.visto is not null then 'já não é o que foi visto'
          when v_pela_api then 'falta dizer o que foi visto' else 'um valor digitado só se aprova dizendo o que foi visto' end,
        coalesce(d.valores_digitados, d.valores_propostos)::text, coalesce(', proposto por ' || d.proposta_por, ''),
        audit.divergencia_visto(d)) end
  from audit.divergencias_processadas d
  left join (
    select distinct on (u.id) u.id, u.visto from unnest(travar_divergencias.ids, travar_divergencias.visto) as u (id, visto)
  ) as v on v.id = d.id
  cross join lateral (select case
    when d.status <> all (travar_divergencias.de) then 'NC005'
    when ato <> 'aprovar' then null
    when d.valores_propostos = '{}' and d.valores_digitados is null then 'NC017'
    when d.status = 'aguardando_segunda_aprovacao' and d.proposta_por = v_ator then 'NC007'
    when v.visto <> audit.divergencia_visto(d) or v.visto is null and (v_pela_api or d.valores_digitados is not null) then 'NC021'
  end as codigo) as x
  where d.id = any (travar_divergencias.ids) and x.codigo is not null;
  perform audit_interno.recusar_deixadas(travar_divergencias.ids, ato);

  return query
    select d.* from audit.divergencias_processadas d
    where d.id = any (travar_divergencias.ids) and not exists (
      select from pg_temp.conferente_deixada x where x.divergencia_id = d.id)
    order by d.id;
end
$$;
comment on function audit_interno.travar_divergencias(bigint[], text, text[], text[]) is
  'Locks and returns the findings for which the act is possible; pg_temp.conferente_deixada holds the others. NC001 none given, NC004 unknown; when all are left: NC005 not possible from their status, NC007 for another person, NC017 nothing proposed, NC021 not what was seen.';
--! EndIncluded decisao/travar_divergencias.sql

--! Included decisao/conferir_automatica.sql
-- Takes `auto` from a rule whose record no longer supports its threshold, in the transaction of the decision that showed it.
-- Two records, both since auto was last given: what people said of findings at or above the threshold, and how many automatic
-- corrections were rolled back, all others being taken for right. Once there are enough cases and one was wrong,
-- the lower bound of either must reach the threshold. Called by audit_interno.contar_decisoes and contar_reversoes, which
-- hold the rule's lock. Only audit.alterar_regra gives auto back.
create or replace function audit_interno.conferir_automatica(regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_minimo bigint := (audit_interno.configuracao('regras.decisoes_minimas') #>> '{}')::bigint;
  v_decididas bigint;
  v_corrigidas bigint := 0;
  v_limite numeric;
  v_porque text;
  v_operacao bigint;
begin
  select * into strict v_regra from audit.regras r where r.nome = conferir_automatica.regra;
  if not v_regra.automatica then
    return;
  end if;
  v_decididas := v_regra.certas_no_limiar + v_regra.erradas_no_limiar;
  if v_regra.automaticas_revertidas > 0 then
    select greatest(coalesce(sum(e.corrigidas), 0), v_regra.automaticas_revertidas) into v_corrigidas
    from audit.execucoes_regra e
    where e.regra = v_regra.nome and e.fim >= v_regra.contagem_desde;
    v_limite := audit_interno.limite_wilson(v_corrigidas - v_regra.automaticas_revertidas, v_corrigidas);
  end if;
  v_porque := case
    when v_regra.erradas_no_limiar > 0 and v_decididas >= v_minimo and v_regra.limite_inferior < v_regra.limiar then
      format('%s de %s propostas decididas por pessoas, com confiança no limiar ou acima, estavam erradas; o limite inferior da precisão é %s',
        v_regra.erradas_no_limiar, v_decididas, v_regra.limite_inferior)
    when v_corrigidas >= v_minimo and v_limite < v_regra.limiar then
      format('%s de %s correções automáticas foram revertidas; o limite inferior da precisão é %s',
        v_regra.automaticas_revertidas, v_corrigidas, v_limite)
  end;
  if v_porque is null then
    return;
  end if;
  v_porque := format('perdeu a correção automática: %s e o limiar é %s. Para devolvê-la: conferente regras --auto %s --motivo …',
    v_porque, v_regra.limiar, v_regra.nome);
  update audit.regras r set automatica = false, automatica_perdida = v_porque where r.nome = v_regra.nome;
  v_operacao := audit_interno.abrir_operacao('regra', regra => v_regra.nome, motivo => v_porque,
    detalhes => jsonb_build_object('antes', jsonb_build_object('automatica', true), 'depois', jsonb_build_object('automatica', false),
      'certas_no_limiar', v_regra.certas_no_limiar, 'erradas_no_limiar', v_regra.erradas_no_limiar,
      'automaticas_corrigidas', v_corrigidas, 'automaticas_revertidas', v_regra.automaticas_revertidas, 'limiar', v_regra.limiar));
  perform audit_interno.fechar_operacao(v_operacao, 1);
end
$$;
comment on function audit_interno.conferir_automatica(text) is
  'Takes auto from a rule whose record of decisions, or of rolled back corrections, has its lower bound under the threshold.';
--! EndIncluded decisao/conferir_automatica.sql

--! Included decisao/contar_decisoes.sql
-- Feeds people's word on findings into the observed precision of their rules, and takes `auto` from a rule that the record no
-- longer supports. What only flags counts too, but not at the threshold: auto never corrects it. certas: the proposals were right, wrong, or (null) the word is taken back. A finding counts once: a later
-- word replaces an earlier one. Rules are locked in one order, so that decisions at one moment are counted one after the other.
create or replace function audit_interno.contar_decisoes(ids bigint[], certas boolean)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from audit.regras r
  where r.nome in (select d.regra from audit.divergencias_processadas d where d.id = any (contar_decisoes.ids))
  order by r.nome
  for no key update;

  with alvo as (
    select d.id, d.regra, r.contagem, d.confianca >= r.limiar and d.valores_propostos <> '{}' as no_limiar
    from audit.divergencias_processadas d
    join audit.regras r on r.nome = d.regra
    where d.id = any (contar_decisoes.ids)
  ), retirado as (
    delete from audit_interno.vereditos v using alvo a where v.divergencia_id = a.id
    returning a.regra, v.certo, v.no_limiar and v.contagem = a.contagem as no_limiar, -1 as sinal
  ), dado as (
    select a.regra, contar_decisoes.certas as certo, a.no_limiar, 1 as sinal
    from alvo a where contar_decisoes.certas is not null
  ), diferenca as (
    select x.regra,
      coalesce(sum(x.sinal) filter (where x.certo), 0) as aprovadas,
      coalesce(sum(x.sinal) filter (where not x.certo), 0) as rejeitadas,
      coalesce(sum(x.sinal) filter (where x.certo and x.no_limiar), 0) as certas_no_limiar,
      coalesce(sum(x.sinal) filter (where not x.certo and x.no_limiar), 0) as erradas_no_limiar
    from (select * from retirado union all select * from dado) x
    group by x.regra
  )
  update audit.regras r
  set aprovadas = r.aprovadas + d.aprovadas, rejeitadas = r.rejeitadas + d.rejeitadas,
    certas_no_limiar = r.certas_no_limiar + d.certas_no_limiar, erradas_no_limiar = r.erradas_no_limiar + d.erradas_no_limiar
  from diferenca d
  where r.nome = d.regra;

  -- a statement of its own: the one above has deleted what a person said before
  insert into audit_interno.vereditos (divergencia_id, certo, no_limiar, contagem)
  select d.id, contar_decisoes.certas, d.confianca >= r.limiar and d.valores_propostos <> '{}', r.contagem
  from audit.divergencias_processadas d
  join audit.regras r on r.nome = d.regra
  where d.id = any (contar_decisoes.ids) and contar_decisoes.certas is not null;

  perform audit_interno.conferir_automatica(r.nome)
  from audit.regras r
  where r.nome in (select d.regra from audit.divergencias_processadas d where d.id = any (contar_decisoes.ids))
  order by r.nome;
end
$$;
comment on function audit_interno.contar_decisoes(bigint[], boolean) is
  'Counts people''s word on proposals, right, wrong or (null) taken back; a rule that no longer earns it loses auto.';
--! EndIncluded decisao/contar_decisoes.sql

--! Included decisao/contar_reversoes.sql
-- What a rollback says of the rules. Only corrections that the person calls wrong count: automatic ones against the record of
-- automatic corrections, approved ones as a word on the proposal. For any other reason an approval counts no longer, and that is
-- all. A rollback that is itself rolled back leaves no trace: what it counted, or took away, stands as before. Reads
-- pg_temp.conferente_revertida as audit_interno.reverter_lote, its caller, leaves it.
create or replace function audit_interno.contar_reversoes(erradas boolean default false)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  perform from audit.regras r
  where r.nome in (select l.regra from pg_temp.conferente_revertida l) order by r.nome for no key update;

  drop table if exists pg_temp.conferente_palavra;
  create temp table conferente_palavra on commit drop as
  select l.divergencia_id, l.regra, l.operacao_id, d.status = 'revertida' as tirada, d.valores_digitados is not null as digitada,
    c.tipo = 'correcao' as automatica, c.iniciada_em as corrigida_em
  from pg_temp.conferente_revertida l
  join audit.divergencias_processadas d on d.id = l.divergencia_id
  join audit.operacoes o on o.id = l.operacao_id
  -- the rollback of a rollback, or of that in turn: which correction it is all about
  join audit.operacoes c on c.id = case when o.tipo <> 'reversao' then o.id else (
    select max(a.operacao_id) from audit.alteracoes a
    where a.divergencia_id = l.divergencia_id and a.operacao_id < o.id and a.reverte_operacao_id is null) end;

  with tirada as (
    delete from audit_interno.automaticas_erradas e using pg_temp.conferente_palavra p
    where e.divergencia_id = p.divergencia_id
    returning p.regra, e.contagem, -1 as sinal
  ), dada as (
    select p.divergencia_id, p.regra, r.contagem, 1 as sinal
    from pg_temp.conferente_palavra p join audit.regras r on r.nome = p.regra and p.corrigida_em >= r.contagem_desde
    where p.tirada and p.automatica and contar_reversoes.erradas
  )
  update audit.regras r
  set automaticas_revertidas = greatest(0, r.automaticas_revertidas + x.quantas)
  from (
    select y.regra, y.contagem, sum(y.sinal) as quantas
    from (select t.regra, t.contagem, t.sinal from tirada t union all select d.regra, d.contagem, d.sinal from dada d) as y
    group by y.regra, y.contagem
  ) x
  where r.nome = x.regra and r.contagem = x.contagem;
  -- a statement of its own: the one above has deleted what was counted before
  insert into audit_interno.automaticas_erradas (divergencia_id, contagem)
  select p.divergencia_id, r.contagem
  from pg_temp.conferente_palavra p join audit.regras r on r.nome = p.regra and p.corrigida_em >= r.contagem_desde
  where p.tirada and p.automatica and contar_reversoes.erradas;

  if exists (select from pg_temp.conferente_palavra p where not p.automatica and not p.digitada) then
    perform audit_interno.contar_decisoes(array_agg(p.divergencia_id),
      case when not p.tirada then true when contar_reversoes.erradas then false end)
    from pg_temp.conferente_palavra p where not p.automatica and not p.digitada
    group by p.tirada;
  end if;
  perform audit_interno.devolver_automatica(x.operacao_id)
  from (select distinct p.operacao_id from pg_temp.conferente_palavra p where not p.tirada order by 1) x;
  perform audit_interno.conferir_automatica(x.regra)
  from (select distinct l.regra from pg_temp.conferente_revertida l order by l.regra) x;
end
$$;
comment on function audit_interno.contar_reversoes(boolean) is 'Counts rolled back corrections that were wrong against their rules, and takes back what a rollback counted that is itself rolled back.';
--! EndIncluded decisao/contar_reversoes.sql

--! Included decisao/valores_atuais.sql
-- What a finding's row holds now in the columns of an object; null when the row is gone, or its table or one of the columns is.
create or replace function audit_interno.valores_atuais(divergencia_id bigint, colunas jsonb)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_divergencia audit.divergencias_processadas;
  v_regra audit.regras;
  v_relacao regclass;
  v_colunas text[] := array(select jsonb_object_keys(valores_atuais.colunas));
  v_valores jsonb;
begin
  select * into strict v_divergencia from audit.divergencias_processadas d where d.id = valores_atuais.divergencia_id;
  select * into strict v_regra from audit.regras r where r.nome = v_divergencia.regra;
  if audit_interno.falta_na_relacao(v_regra, v_colunas) is not null then
    return null;
  end if;
  v_relacao := audit_interno.relacao(v_divergencia.tabela);
  select a.valores into v_valores
  from audit_interno.ler(format('select %s from %s t where t.%I = $2[1]::%s',
    audit_interno.expressao_imagens(v_relacao, v_colunas), audit_interno.nome_sql(v_relacao), v_regra.coluna_chave,
    audit_interno.tipo_coluna(v_relacao, v_regra.coluna_chave)), null, array[v_divergencia.registro_id]) as a (valores jsonb);
  return v_valores;
end
$$;
comment on function audit_interno.valores_atuais(bigint, jsonb) is 'Current values of the row in these columns.';
--! EndIncluded decisao/valores_atuais.sql

--! Included decisao/aprovar_divergencias.sql
-- A person approves corrections, and they are made in the same transaction. Large amounts and typed values need two
-- people: the first proposes, another one approves. What is approved is what was seen.
create or replace function audit.aprovar_divergencias(ids bigint[], motivo text, visto text[] default null)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(aprovar_divergencias.motivo);
  v_ids bigint[];
  v_aplicar bigint[];
  v_dupla numeric := (audit_interno.configuracao('aprovacao.valor_dupla') #>> '{}')::numeric;
  v_operacao bigint;
begin
  select array_agg(d.id),
    coalesce(array_agg(d.id) filter (where d.status = 'aguardando_segunda_aprovacao'
      or d.valor_decisao < v_dupla and d.valores_digitados is null), '{}')
  into v_ids, v_aplicar
  from audit_interno.travar_divergencias(aprovar_divergencias.ids, 'aprovar', array['aberta', 'aguardando_segunda_aprovacao', 'falha'],
    aprovar_divergencias.visto) d;

  v_operacao := audit_interno.abrir_operacao('aprovacao', motivo => v_motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, valores, confianca)
  select v_operacao, d.id, case when d.status = 'aguardando_segunda_aprovacao' then 'segunda_aprovacao' else 'aprovacao' end,
    v_ator, v_motivo, d.valores_digitados, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id;
  update audit.divergencias_processadas d
  set status = 'aguardando_segunda_aprovacao', proposta_por = v_ator, motivo = v_motivo, decidida_em = null, decidida_por = null
  where d.id = any (v_ids) and d.id <> all (v_aplicar);
  -- whoever proposed before the warehouse refused is no first of two any more
  update audit.divergencias_processadas d set proposta_por = null
  where d.id = any (v_aplicar) and d.status <> 'aguardando_segunda_aprovacao' and d.proposta_por is not null;
  perform audit_interno.contar_decisoes(array(
    select d.id from audit.divergencias_processadas d where d.id = any (v_aplicar) and d.valores_digitados is null), true);

  perform audit_interno.criar_lote();
  insert into pg_temp.conferente_lote (divergencia_id, regra, tabela, registro_id, entrada, de, para, impressao)
  select d.id, d.regra, d.tabela, d.registro_id, d.entrada,
    case when d.valores_digitados is null then d.valores_originais else coalesce(audit_interno.valores_atuais(d.id, d.valores_digitados), '{}') end,
    coalesce(d.valores_digitados, d.valores_propostos), d.impressao
  from audit.divergencias_processadas d where d.id = any (v_aplicar);
  perform audit_interno.aplicar_lote(v_operacao);
  -- what a person typed is the person's word; the rule does not overrule it
  update pg_temp.conferente_lote l set resultado = 'digitada'
  from audit.divergencias_processadas d
  where d.id = l.divergencia_id and l.resultado = 'aplicada' and d.valores_digitados is not null;
  perform audit_interno.autoverificar_lote(null, 'a regra ainda apontava depois da aprovação');
  update pg_temp.conferente_lote l set resultado = 'aplicada' where l.resultado = 'digitada';
  perform audit_interno.concluir_lote(null, v_ator, v_motivo);
  perform audit_interno.fechar_superadas(v_operacao);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(aprovar_divergencias.ids, v_operacao);
end
$$;
comment on function audit.aprovar_divergencias(bigint[], text, text[]) is
  'Approves the proposed corrections and makes them. visto: for each id, in the same order, the digest of what was seen, as every list gives it; by API it is always needed; in psql it may be left out where the proposal is the rule''s own, not where a person typed the values. Returns each finding: feita (status corrigida, or aguardando_segunda_aprovacao: valor_decisao of aprovacao.valor_dupla or more or null, or typed values, which another person must approve too), sem_efeito (obsoleta: the row moved meanwhile; falha: refused by the warehouse, or undone because the rule still flags the row) or deixada (codigo and explicacao say why). Errors: NC001 none given, or no visto by API, NC004 unknown id, NC006 reason missing; when every finding was left, NC005 not possible from its status, NC007 the same person twice, NC017 nothing proposed, NC021 not what was seen.';
grant execute on function audit.aprovar_divergencias(bigint[], text, text[]) to conferente_revisor;
--! EndIncluded decisao/aprovar_divergencias.sql

--! Included decisao/rejeitar_divergencias.sql
-- A person says the finding is wrong. It stays silent until the row changes.
create or replace function audit.rejeitar_divergencias(ids bigint[], motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(rejeitar_divergencias.motivo);
  v_ids bigint[];
  v_operacao bigint;
begin
  select array_agg(d.id) into v_ids
  from audit_interno.travar_divergencias(rejeitar_divergencias.ids, 'rejeitar', array['aberta', 'aguardando_segunda_aprovacao', 'falha']) d;
  v_operacao := audit_interno.abrir_operacao('rejeicao', motivo => v_motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
  select v_operacao, d.id, 'rejeicao', v_ator, v_motivo, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id;
  perform audit_interno.contar_decisoes(v_ids, false);
  update audit.divergencias_processadas d
  set status = 'rejeitada', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = v_ator
  where d.id = any (v_ids);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(rejeitar_divergencias.ids, v_operacao);
end
$$;
comment on function audit.rejeitar_divergencias(bigint[], text) is
  'Rejects findings; they stay silent until their row changes. Returns each: feita, or deixada with the reason (somebody else decided it meanwhile). Errors: NC001 none given, NC004 unknown id, NC005 none can be rejected any more, NC006 reason missing.';
grant execute on function audit.rejeitar_divergencias(bigint[], text) to conferente_revisor;
--! EndIncluded decisao/rejeitar_divergencias.sql

--! Included decisao/corrigir_manualmente.sql
-- A person types the right values instead of the proposed ones. Another person has to approve them.
create or replace function audit.corrigir_manualmente(id bigint, valores jsonb, motivo text)
returns audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(corrigir_manualmente.motivo);
  v_divergencia audit.divergencias_processadas;
  v_regra audit.regras;
  v_relacao regclass;
  v_estranhas text;
  v_valores jsonb;
  v_operacao bigint;
begin
  select * into v_divergencia from audit_interno.travar_divergencias(array[corrigir_manualmente.id], 'corrigir manualmente',
    array['aberta', 'aguardando_segunda_aprovacao', 'falha']);
  select * into strict v_regra from audit.regras r where r.nome = v_divergencia.regra;
  v_relacao := audit_interno.relacao(v_regra.tabela);
  if jsonb_typeof(corrigir_manualmente.valores) is distinct from 'object' or corrigir_manualmente.valores = '{}' then
    raise exception using errcode = 'NC015', message = 'valores deve ser um objeto com ao menos uma coluna',
      hint = 'Por exemplo {"categoria": "Trade Marketing"}.';
  end if;
  select string_agg(c, ', ') into v_estranhas from jsonb_object_keys(corrigir_manualmente.valores) as c where c <> all (v_regra.colunas);
  if v_estranhas is not null then
    raise exception using errcode = 'NC015', message = format('coluna que a regra %s não corrige: %s', v_regra.nome, v_estranhas),
      hint = format('Permitidas: %s.', array_to_string(v_regra.colunas, ', '));
  end if;
  if audit_interno.falta_na_relacao(v_regra, array(select jsonb_object_keys(corrigir_manualmente.valores))) is not null then
    raise exception using errcode = 'NC010', hint = 'Nada foi feito. conferente diagnostico diz o que falta.',
      message = audit_interno.falta_na_relacao(v_regra, array(select jsonb_object_keys(corrigir_manualmente.valores)));
  end if;
  begin
    select l.valores into v_valores
    from audit_interno.ler(format('select jsonb_build_object(%s) from (select $2[1]::jsonb as valores) as x', (
      select string_agg(format('%L, %s', c,
        audit_interno.expressao_imagem(v_relacao, c, audit_interno.expressao_valor(v_relacao, c, 'x.valores'))), ', ')
      from jsonb_object_keys(corrigir_manualmente.valores) as c)), null, array[corrigir_manualmente.valores::text]) as l (valores jsonb);
  exception when data_exception then
    raise exception using errcode = 'NC015', message = format('valor de tipo errado: %s', sqlerrm), hint = 'Nada foi feito.';
  end;
  if v_valores = audit_interno.valores_atuais(v_divergencia.id, v_valores) then
    raise exception using errcode = 'NC015', message = 'o registro já tem esses valores', hint = 'Se está certo, rejeite a divergência.';
  end if;

  v_operacao := audit_interno.abrir_operacao('correcao_manual', motivo => v_motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, valores, confianca)
  values (v_operacao, v_divergencia.id, 'correcao_manual', v_ator, v_motivo, v_valores, v_divergencia.confianca);
  update audit.divergencias_processadas d
  set status = 'aguardando_segunda_aprovacao', proposta_por = v_ator, valores_digitados = v_valores, motivo = v_motivo,
    decidida_em = null, decidida_por = null
  where d.id = v_divergencia.id;
  perform audit_interno.contar_decisoes(array[v_divergencia.id], case when v_divergencia.valores_propostos <> '{}' and v_valores <> v_divergencia.valores_propostos then false end);
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return (select r from audit_interno.resultados_decisao(array[v_divergencia.id], v_operacao) r);
end
$$;
comment on function audit.corrigir_manualmente(bigint, jsonb, text) is
  'Proposes typed values, {"column": value}, for a finding''s row; another person makes them true with audit.aprovar_divergencias. Returns what became of the finding. Errors: NC010 the table or a column is gone, NC004 unknown id, NC005 not possible from its status, NC006 reason missing, NC015 column not the rule''s, value of the wrong type, or nothing would change.';
grant execute on function audit.corrigir_manualmente(bigint, jsonb, text) to conferente_revisor;
--! EndIncluded decisao/corrigir_manualmente.sql

--! Included decisao/reabrir_divergencias.sql
-- A person takes back a rejection or a confirmation, or gives a failed or rolled back finding another chance.
create or replace function audit.reabrir_divergencias(ids bigint[], motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(reabrir_divergencias.motivo);
  v_ids bigint[];
  v_operacao bigint;
begin
  select array_agg(d.id) into v_ids
  from audit_interno.travar_divergencias(reabrir_divergencias.ids, 'reabrir', array['rejeitada', 'revertida', 'falha', 'resolvida']) d;
  v_operacao := audit_interno.abrir_operacao('reabertura', motivo => v_motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
  select v_operacao, d.id, 'reabertura', v_ator, v_motivo, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id;
  perform audit_interno.contar_decisoes(v_ids, null); -- the word is taken back; auto is not given back
  update audit.divergencias_processadas d
  set status = 'aberta', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = v_ator
  where d.id = any (v_ids);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(reabrir_divergencias.ids, v_operacao);
end
$$;
comment on function audit.reabrir_divergencias(bigint[], text) is
  'Opens findings again that were rejeitada, revertida, resolvida or falha. Returns each: feita, or deixada with the reason. Errors: NC001 none given, NC004 unknown id, NC005 none can be opened again, NC006 reason missing.';
grant execute on function audit.reabrir_divergencias(bigint[], text) to conferente_revisor;
--! EndIncluded decisao/reabrir_divergencias.sql

--! Included decisao/declarar_excecao.sql
-- A person declares that a row is right, whatever the rule says, until a date. An open finding of the rule on it closes.
create or replace function audit.declarar_excecao(regra text, tabela text, registro_id text, motivo text, expira_em timestamptz)
returns audit.excecoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(declarar_excecao.motivo);
  v_regra audit.regras;
  v_relacao regclass;
  v_registro text; -- the key as the row itself writes it
  v_entrada jsonb;
  v_excecao audit.excecoes;
  v_fechadas bigint[];
  v_operacao bigint;
begin
  select * into v_regra from audit.regras r where r.nome = declarar_excecao.regra;
  v_relacao := audit_interno.relacao(v_regra.tabela);
  if v_regra.nome is null or audit_interno.relacao(declarar_excecao.tabela) is distinct from v_relacao then
    raise exception using errcode = 'NC003', message = format('a regra %s não existe ou não é da tabela %s',
      coalesce(declarar_excecao.regra, 'nula'), coalesce(declarar_excecao.tabela, 'nula'));
  end if;
  if declarar_excecao.expira_em is null or declarar_excecao.expira_em <= clock_timestamp() then
    raise exception using errcode = 'NC018', message = 'a exceção precisa expirar no futuro',
      detail = format('dado: %s', coalesce(declarar_excecao.expira_em::text, 'nulo'));
  end if;
  begin
    select l.registro_id, l.entrada into v_registro, v_entrada
    from audit_interno.ler(format('select t.%1$I::text, %2$s from %3$s t where t.%1$I = $2[1]::%4$s', v_regra.coluna_chave,
      audit_interno.expressao_imagens(v_relacao, v_regra.colunas_identidade), audit_interno.nome_sql(v_relacao),
      audit_interno.tipo_coluna(v_relacao, v_regra.coluna_chave)), null, array[declarar_excecao.registro_id]) as l (registro_id text, entrada jsonb);
  exception when data_exception then
    v_registro := null;
  end;
  if v_registro is null then
    raise exception using errcode = 'NC004', message = format('registro desconhecido em %s: %s', v_regra.tabela, coalesce(declarar_excecao.registro_id, 'nulo'));
  end if;

  v_operacao := audit_interno.abrir_operacao('excecao', regra => v_regra.nome, motivo => v_motivo);
  insert into audit.excecoes (operacao_id, regra, tabela, registro_id, entrada, motivo, autor, expira_em)
  values (v_operacao, v_regra.nome, v_regra.tabela, v_registro, v_entrada, v_motivo, v_ator, declarar_excecao.expira_em)
  returning * into v_excecao;
  with fechada as (
    update audit.divergencias_processadas d
    set status = 'rejeitada', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = v_ator, proposta_por = null,
      valores_digitados = null
    where d.tabela = v_regra.tabela and d.registro_id = v_excecao.registro_id and d.regra = v_regra.nome
      and d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha')
    returning d.id, d.confianca
  ), dita as (
    insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
    select v_operacao, f.id, 'excecao', v_ator, v_motivo, f.confianca from fechada f
    returning divergencia_id
  )
  select coalesce(array_agg(d.divergencia_id), '{}') into v_fechadas from dita d;
  perform audit_interno.contar_decisoes(v_fechadas, false);
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_excecao;
end
$$;
comment on function audit.declarar_excecao(text, text, text, text, timestamptz) is
  'Declares a row right for a rule until expira_em; open findings of the rule on it are rejected. Returns the exception. Errors: NC003 rule unknown or of another table, NC004 row unknown, NC006 reason missing, NC018 expiry missing or past.';
grant execute on function audit.declarar_excecao(text, text, text, text, timestamptz) to conferente_revisor;
--! EndIncluded decisao/declarar_excecao.sql

--! Included decisao/revogar_excecao.sql
-- Takes an exception back; the next session finds the row again.
create or replace function audit.revogar_excecao(id bigint, motivo text)
returns audit.excecoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(revogar_excecao.motivo);
  v_excecao audit.excecoes;
  v_operacao bigint;
begin
  select * into v_excecao from audit.excecoes e where e.id = revogar_excecao.id for update;
  if not found then
    raise exception using errcode = 'NC004', message = format('exceção desconhecida: %s', coalesce(revogar_excecao.id::text, 'nula'));
  end if;
  if v_excecao.revogada_em is not null then
    raise exception using errcode = 'NC005', message = format('a exceção %s já foi revogada', v_excecao.id);
  end if;
  update audit.excecoes e set revogada_em = clock_timestamp(), revogada_por = audit_interno.ator()
  where e.id = v_excecao.id
  returning * into v_excecao;
  -- silenced findings of the row come back as soon as the rule sees it again
  update audit.divergencias_processadas d
  set status = 'aberta', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = audit_interno.ator()
  where d.id in (select c.divergencia_id from audit.decisoes c where c.operacao_id = v_excecao.operacao_id) and d.status = 'rejeitada';
  v_operacao := audit_interno.abrir_operacao('excecao', regra => v_excecao.regra, motivo => v_motivo,
    detalhes => jsonb_build_object('revogada', v_excecao.id));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_excecao;
end
$$;
comment on function audit.revogar_excecao(bigint, text) is
  'Takes an exception back. Returns it. Errors: NC004 unknown, NC005 already revoked, NC006 reason missing.';
grant execute on function audit.revogar_excecao(bigint, text) to conferente_revisor;
--! EndIncluded decisao/revogar_excecao.sql

--! Included decisao/autorizar_codigo.sql
-- Auto is given to a rule's code: whenever it is turned on, the hash of the code as it is then is kept with it.
create or replace function audit_interno.autorizar_codigo()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  new.hash_autorizado := audit_interno.hash_regra(new);
  return new;
end
$$;
comment on function audit_interno.autorizar_codigo() is 'Keeps with auto the hash of the code for which it is given.';

create or replace trigger autorizar_codigo_novo before insert on audit.regras
  for each row when (new.automatica) execute function audit_interno.autorizar_codigo();
create or replace trigger autorizar_codigo before update of automatica on audit.regras
  for each row when (new.automatica and not old.automatica) execute function audit_interno.autorizar_codigo();
--! EndIncluded decisao/autorizar_codigo.sql

--! Included decisao/conferir_codigo.sql
-- Takes `auto` from a rule whose code is not the one for which it was given, and says so in the session. Called at the end of a
-- detection and before each batch of corrections, under the rule's lock, in a simulation too. Only audit.alterar_regra gives it back.
create or replace function audit_interno.conferir_codigo(sessao_id bigint, nome_regra text, hash_regra text default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_hash text;
  v_porque text;
  v_operacao bigint;
begin
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  v_hash := coalesce(conferir_codigo.hash_regra, audit_interno.hash_regra(v_regra));
  if not v_regra.automatica or v_hash = v_regra.hash_autorizado then
    return;
  end if;
  v_porque := format('perdeu a correção automática: o código da regra mudou depois de autorizado (era %s, é %s). Quem administra confere o código e a devolve com: select audit.alterar_regra(%L, ''{"automatica": true}'', ''código conferido'')',
    coalesce(left(v_regra.hash_autorizado, 12), 'nenhum'), coalesce(left(v_hash, 12), 'nenhum'), v_regra.nome);
  update audit.regras r set automatica = false, automatica_perdida = v_porque where r.nome = v_regra.nome and r.automatica;
  if found then -- nobody else has just said so
    v_operacao := audit_interno.abrir_operacao('regra', conferir_codigo.sessao_id, v_regra.nome, v_porque, jsonb_build_object(
      'antes', jsonb_build_object('automatica', true, 'hash', v_regra.hash_autorizado),
      'depois', jsonb_build_object('automatica', false, 'hash', v_hash)));
    perform audit_interno.fechar_operacao(v_operacao, 1);
  end if;
  update audit.execucoes_regra e set motivo = concat_ws('; ', e.motivo, v_porque)
  from audit.sessoes_processamento s
  where e.sessao_id = conferir_codigo.sessao_id and e.regra = v_regra.nome and s.id = e.sessao_id and s.modo = 'auto';
end
$$;
comment on function audit_interno.conferir_codigo(bigint, text, text) is
  'Takes auto from a rule whose code is not the one for which it was given; hash_regra where the caller knows it already.';
--! EndIncluded decisao/conferir_codigo.sql

--! Included decisao/confirmar_divergencias.sql
-- A person says the finding is right, and that it is dealt with outside: a duplicate that the supplier cancels, an entry that the
-- source mends. Nothing is changed in the warehouse; it stays silent until the row changes.
create or replace function audit.confirmar_divergencias(ids bigint[], motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(confirmar_divergencias.motivo);
  v_ids bigint[];
  v_operacao bigint;
begin
  select array_agg(d.id) into v_ids
  from audit_interno.travar_divergencias(confirmar_divergencias.ids, 'confirmar', array['aberta', 'aguardando_segunda_aprovacao', 'falha']) d;
  v_operacao := audit_interno.abrir_operacao('confirmacao', motivo => v_motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
  select v_operacao, d.id, 'confirmacao', v_ator, v_motivo, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id;
  perform audit_interno.contar_decisoes(v_ids, true);
  update audit.divergencias_processadas d
  set status = 'resolvida', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = v_ator
  where d.id = any (v_ids);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(confirmar_divergencias.ids, v_operacao);
end
$$;
comment on function audit.confirmar_divergencias(bigint[], text) is
  'Confirms findings that are dealt with outside (procede, tratada fora): resolvida, counted as right for the rule, and silent until their row changes. Changes nothing in the warehouse. Returns each: feita, or deixada with the reason. Errors: NC001 none given, NC004 unknown id, NC005 none can be confirmed any more, NC006 reason missing.';
grant execute on function audit.confirmar_divergencias(bigint[], text) to conferente_revisor;
--! EndIncluded decisao/confirmar_divergencias.sql

--! Included decisao/criar_deixadas.sql
-- An empty list of the findings that a person's act leaves as they are, each with its reason.
create or replace function audit_interno.criar_deixadas()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.conferente_deixada;
  create temp table conferente_deixada (divergencia_id bigint primary key, codigo text not null, explicacao text not null) on commit drop;
end
$$;
comment on function audit_interno.criar_deixadas() is 'Creates pg_temp.conferente_deixada, empty.';
--! EndIncluded decisao/criar_deixadas.sql

--! Included decisao/desfazer.sql
-- Takes back one's own act: what it corrected is rolled back, and the findings wait again, in one transaction. It counts for and
-- against nobody. Findings to which something happened later are told and left.
create or replace function audit.desfazer(operacao bigint, motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(desfazer.motivo);
  v_fuso text := audit.fuso();
  v_de audit.operacoes;
  v_ids bigint[];
  v_operacao bigint;
begin
  select * into v_de from audit.operacoes o where o.id = desfazer.operacao;
  if not found then
    raise exception using errcode = 'NC004', message = format('operação desconhecida: %s', coalesce(desfazer.operacao::text, 'nula')),
      hint = 'Veja audit.vw_operacoes_resumo.';
  end if;
  if v_de.tipo not in ('aprovacao', 'rejeicao', 'correcao_manual', 'confirmacao') then
    raise exception using errcode = 'NC005', message = format('não se desfaz uma operação do tipo %s', v_de.tipo),
      detail = 'Desfaz-se o próprio ato: aprovacao, rejeicao, correcao_manual, confirmacao.',
      hint = 'Para desfazer correções de outros: audit.reverter_operacao. Uma exceção: audit.revogar_excecao.';
  end if;
  if v_de.ator <> v_ator then
    raise exception using errcode = 'NC007', message = format('a operação %s é de %s', v_de.id, v_de.ator),
      detail = 'Cada um desfaz o próprio ato.', hint = 'Nada foi feito. Para desfazer correções de outros: audit.reverter_operacao.';
  end if;
  v_ids := array(select distinct c.divergencia_id from audit.decisoes c where c.operacao_id = v_de.id order by 1);
  perform from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id for update;

  perform audit_interno.criar_deixadas();
  insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
  select d.id, 'NC005', case
      when c.id is not null then format('%s por %s%s', c.tipo, c.ator, to_char(c.decidida_em at time zone v_fuso, '" em "DD/MM/YYYY" às "HH24:MI'))
      else format('já está %s%s', d.status, coalesce(': ' || d.motivo, '')) end
  from audit.divergencias_processadas d
  left join lateral (
    select x.* from audit.decisoes x where x.divergencia_id = d.id and x.operacao_id <> v_de.id
      and x.id > (select max(y.id) from audit.decisoes y where y.divergencia_id = d.id and y.operacao_id = v_de.id)
    order by x.id desc limit 1
  ) as c on true
  where d.id = any (v_ids) and (
    c.id is not null
    or d.status <> all (case v_de.tipo
      when 'aprovacao' then array['corrigida', 'aguardando_segunda_aprovacao', 'falha']
      when 'rejeicao' then array['rejeitada'] when 'confirmacao' then array['resolvida']
      else array['aguardando_segunda_aprovacao'] end)
    -- a session corrected it since
    or d.status = 'corrigida' and v_de.id <> (select max(a.operacao_id) from audit.alteracoes a where a.divergencia_id = d.id));
  perform audit_interno.recusar_deixadas(v_ids, 'desfazer');
  v_ids := array(select i from unnest(v_ids) as i where not exists (select from pg_temp.conferente_deixada x where x.divergencia_id = i));

  if exists (select from audit.divergencias_processadas d where d.id = any (v_ids) and d.status = 'corrigida') then
    perform audit_interno.criar_reversao();
    insert into pg_temp.conferente_reversao (operacao_id, divergencia_id)
    select v_de.id, d.id from audit.divergencias_processadas d where d.id = any (v_ids) and d.status = 'corrigida';
    insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
    select l.divergencia_id, 'NC005', case l.resultado when 'ausente' then 'o registro não existe mais' when 'recusada' then 'o armazém recusou'
      else format('o registro mudou depois e não foi tocado: antes %s; depois %s; agora %s', l.antes, l.depois, coalesce(l.agora::text, 'nada')) end
    from audit_interno.reverter_lote(v_motivo) l where l.resultado not in ('revertida', 'ja_revertida');
    perform audit_interno.recusar_deixadas(v_ids, 'desfazer');
    v_ids := array(select i from unnest(v_ids) as i where not exists (select from pg_temp.conferente_deixada x where x.divergencia_id = i));
  end if;

  v_operacao := audit_interno.abrir_operacao('desfazimento', motivo => v_motivo, detalhes => jsonb_build_object('desfeita', v_de.id));
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
  select v_operacao, d.id, 'desfazimento', v_ator, v_motivo, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id;
  update audit.divergencias_processadas d
  set status = 'aberta', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = v_ator
  where d.id = any (v_ids);
  perform audit_interno.contar_decisoes(v_ids, null);
  perform audit_interno.devolver_automatica(v_de.id);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(
    array(select distinct c.divergencia_id from audit.decisoes c where c.operacao_id = v_de.id), v_operacao);
end
$$;
comment on function audit.desfazer(bigint, text) is
  'Takes back one''s own act, by the number of its operation: an approval (also a first one), a rejection, a confirmation, typed values. What it corrected is rolled back exactly, and the findings are open again; it counts for and against nobody, and auto that the rule lost by it comes back. Returns each finding: feita, or deixada with the reason (something happened to it later, or its row moved). Errors: NC004 unknown operation, NC005 not such an act or nothing of it can be taken back any more, NC006 reason missing, NC007 somebody else''s act.';
grant execute on function audit.desfazer(bigint, text) to conferente_revisor;
--! EndIncluded decisao/desfazer.sql

--! Included decisao/devolver_automatica.sql
-- An act that is taken back leaves no trace on the rule: auto that was lost by it comes back, unless the record without it still
-- speaks against the rule. Called after the record was corrected, by audit.desfazer and audit_interno.contar_reversoes.
create or replace function audit_interno.devolver_automatica(operacao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra text;
  v_operacao bigint;
begin
  for v_regra in select p.regra from audit_interno.perdas_automatica(devolver_automatica.operacao_id) p order by p.regra loop
    update audit.regras r set automatica = true, automatica_perdida = null where r.nome = v_regra;
    v_operacao := audit_interno.abrir_operacao('regra', regra => v_regra,
      motivo => format('voltou a corrigir sozinha: a operação %s foi desfeita', devolver_automatica.operacao_id),
      detalhes => '{"antes": {"automatica": false}, "depois": {"automatica": true}}');
    perform audit_interno.fechar_operacao(v_operacao, 1);
    perform audit_interno.conferir_automatica(v_regra);
  end loop;
end
$$;
comment on function audit_interno.devolver_automatica(bigint) is 'Gives auto back to the rules that lost it by this operation, which has been undone.';
--! EndIncluded decisao/devolver_automatica.sql

--! Included decisao/perdas_automatica.sql
-- Which rules lost auto by an act and are still without it: the loss is an operation of its own within the time of the act's,
-- while the rule was locked, by the same person. Writes nothing.
create or replace function audit_interno.perdas_automatica(operacao_id bigint)
returns table (regra text, aviso text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select r.nome, format('a regra %s %s', r.nome, r.automatica_perdida)
  from audit.regras r
  where r.automatica_perdida is not null and exists (
    select
    from audit.operacoes o
    join audit.operacoes p on p.tipo = 'regra' and p.id > o.id and p.ator = o.ator and p.iniciada_em >= o.iniciada_em
      and p.iniciada_em <= coalesce(o.finalizada_em, 'infinity')
    where o.id = perdas_automatica.operacao_id and p.regra = r.nome and p.motivo = r.automatica_perdida)
$$;
comment on function audit_interno.perdas_automatica(bigint) is 'Rules that lost auto by this operation, each with a sentence that says so and how to give it back.';
--! EndIncluded decisao/perdas_automatica.sql

--! Included decisao/recusar_deixadas.sql
-- An act that leaves every finding as it is has done nothing, and must not look as if it had: it is refused, with the reason of
-- the first. Called by those who fill pg_temp.conferente_deixada.
create or replace function audit_interno.recusar_deixadas(ids bigint[], ato text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_codigo text;
  v_razoes text;
begin
  if exists (
    select from unnest(recusar_deixadas.ids) as i
    where not exists (select from pg_temp.conferente_deixada x where x.divergencia_id = i))
  then
    return;
  end if;
  select (array_agg(x.codigo order by x.divergencia_id))[1], string_agg(format('%s: %s', x.divergencia_id, x.explicacao), '; ' order by x.divergencia_id)
  into v_codigo, v_razoes
  from (select * from pg_temp.conferente_deixada order by divergencia_id limit 20) as x;
  raise exception using errcode = v_codigo, message = format('não se pode %s: %s', ato, v_razoes), hint = 'Nada foi feito.';
end
$$;
comment on function audit_interno.recusar_deixadas(bigint[], text) is
  'Raises the first reason (NC005, NC007, NC017, NC021) when every finding was left.';
--! EndIncluded decisao/recusar_deixadas.sql

--! Included decisao/resultados_decisao.sql
-- What an act did to each of its findings, those that it left included, and what it cost their rules.
create or replace function audit_interno.resultados_decisao(ids bigint[], operacao_id bigint)
returns setof audit.resultado_decisao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    select d.id,
      case when x.divergencia_id is not null then 'deixada' when d.status in ('obsoleta', 'falha') then 'sem_efeito' else 'feita' end,
      x.codigo,
      case
        when x.divergencia_id is not null then x.explicacao
        when d.status in ('obsoleta', 'falha') then d.motivo
        when d.status = 'aguardando_segunda_aprovacao' then 'outra pessoa ainda precisa aprovar'
        when d.status in ('rejeitada', 'resolvida') then 'não volta à fila enquanto o registro não mudar'
        when d.status = 'aberta' then 'volta à fila' end,
      d.status, d.regra, d.tabela, d.registro_id, d.valores_originais, d.valores_propostos, d.valores_digitados, d.confianca::numeric,
      d.justificativa, d.valor_em_risco, d.proposta_por, d.decidida_em, d.decidida_por, d.motivo, audit.divergencia_visto(d),
      case when x.divergencia_id is null then resultados_decisao.operacao_id end, p.aviso
    from audit.divergencias_processadas d
    left join pg_temp.conferente_deixada x on x.divergencia_id = d.id
    left join audit_interno.perdas_automatica(resultados_decisao.operacao_id) p on p.regra = d.regra and x.divergencia_id is null
    where d.id = any (resultados_decisao.ids)
    order by d.id;
end
$$;
comment on function audit_interno.resultados_decisao(bigint[], bigint) is 'Results of an act, one for each finding, in the order of their ids.';
--! EndIncluded decisao/resultados_decisao.sql

--! Included reversao/criar_reversao.sql
-- An empty list of alterations to roll back, and one of what was rolled back.
create or replace function audit_interno.criar_reversao()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.conferente_reversao, pg_temp.conferente_revertida;
  create temp table conferente_reversao (operacao_id bigint not null, divergencia_id bigint primary key) on commit drop;
  create temp table conferente_revertida (divergencia_id bigint not null, regra text not null, operacao_id bigint not null) on commit drop;
end
$$;
comment on function audit_interno.criar_reversao() is
  'Creates pg_temp.conferente_reversao (what to roll back) and pg_temp.conferente_revertida (what was), empty.';
--! EndIncluded reversao/criar_reversao.sql

--! Included reversao/reverter_lote.sql
-- Exact rollback of the alterations in pg_temp.conferente_reversao (operacao_id, divergencia_id): each row gets back the
-- columns it had, if it still holds what was written; otherwise nothing happens to it and the three sides are returned.
-- Findings are locked in the order of their ids, batch after batch, as everybody locks them.
create or replace function audit_interno.reverter_lote(motivo text, sessao_id bigint default null, erradas boolean default false)
returns setof audit_interno.linha_reversao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_tamanho bigint := (audit_interno.configuracao('sessao.tamanho_lote') #>> '{}')::bigint;
  v_operacao bigint;
  v_de bigint;
  v_ate bigint := 0;
  v_aplicadas bigint := 0;
  v_conflitos bigint := 0;
begin
  v_operacao := audit_interno.abrir_operacao('reversao', reverter_lote.sessao_id, motivo => reverter_lote.motivo);
  loop -- one turn for each batch: one transaction all the same, but what each turn handles fits in memory
    select min(x.divergencia_id), max(x.divergencia_id) into v_de, v_ate
    from (
      select r.divergencia_id from pg_temp.conferente_reversao r where r.divergencia_id > v_ate
      order by r.divergencia_id limit v_tamanho
    ) as x;
    exit when v_ate is null;
    perform from audit.divergencias_processadas d
    where d.id in (select r.divergencia_id from pg_temp.conferente_reversao r where r.divergencia_id between v_de and v_ate)
      and d.id between v_de and v_ate
    order by d.id for update;
    perform audit_interno.criar_lote();
    insert into pg_temp.conferente_lote (divergencia_id, regra, tabela, registro_id, entrada, de, para, reverte_operacao_id, resultado)
    select d.id, d.regra, d.tabela, d.registro_id, d.entrada, a.depois, a.antes, a.operacao_id,
      -- an alteration that another one followed is not the row's state any more, even if the values happen to agree; nor is
      -- one whose finding is no longer as that alteration left it: reopened, rejected, failed, mended elsewhere
      case
        when exists (
          select from audit.alteracoes p where p.divergencia_id = a.divergencia_id and p.operacao_id > a.operacao_id) then 'superada'
        when d.status = case
          when a.reverte_operacao_id is null then 'corrigida'
          -- each rollback after a correction turns it the other way
          when (
            select count(*) from audit.alteracoes p
            where p.divergencia_id = a.divergencia_id and p.operacao_id <= a.operacao_id and p.operacao_id > (
              select max(c.operacao_id) from audit.alteracoes c
              where c.divergencia_id = a.divergencia_id and c.operacao_id < a.operacao_id and c.reverte_operacao_id is null)
          ) % 2 = 1 then 'revertida' else 'corrigida' end then 'aplicada'
        else 'superada' end
    from pg_temp.conferente_reversao r
    join audit.alteracoes a on a.divergencia_id = r.divergencia_id and a.operacao_id = r.operacao_id
      and a.divergencia_id between v_de and v_ate
    join audit.divergencias_processadas d on d.id = r.divergencia_id and d.id between v_de and v_ate
    where r.divergencia_id between v_de and v_ate
    order by d.id;
    perform audit_interno.aplicar_lote(v_operacao);
    update pg_temp.conferente_lote l
    set agora = audit_interno.valores_atuais(l.divergencia_id, l.de), erro = 'a correção já não é a última palavra sobre esta divergência'
    where l.resultado = 'superada';
    update pg_temp.conferente_lote l set agora = audit_interno.valores_atuais(l.divergencia_id, l.de)
    where l.resultado = 'recusada' and l.agora is null;

    insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo)
    select v_operacao, l.divergencia_id, case when erradas then 'reversao_por_erro' else 'reversao' end, v_ator, reverter_lote.motivo
    from pg_temp.conferente_lote l where l.resultado in ('aplicada', 'ja_certa') order by l.divergencia_id;
    update audit.divergencias_processadas d
    set status = case when d.status = 'corrigida' then 'revertida' when l.resultado = 'aplicada' then 'corrigida'
        -- nothing of ours brought the value back, so there is nothing of ours that could be taken back again
        else 'resolvida' end,
      motivo = case when d.status = 'revertida' and l.resultado = 'ja_certa' then 'o registro já tem o valor: foi corrigido fora do sistema'
        else reverter_lote.motivo end,
      decidida_em = clock_timestamp(), decidida_por = v_ator, proposta_por = null
    from pg_temp.conferente_lote l
    where d.id = l.divergencia_id and d.id between v_de and v_ate and l.resultado in ('aplicada', 'ja_certa') and d.status in ('corrigida', 'revertida');
    insert into pg_temp.conferente_revertida (divergencia_id, regra, operacao_id)
    select l.divergencia_id, l.regra, l.reverte_operacao_id
    from pg_temp.conferente_lote l where l.resultado in ('aplicada', 'ja_certa');
    select v_aplicadas + count(*) filter (where l.resultado = 'aplicada'),
      v_conflitos + count(*) filter (where l.resultado not in ('aplicada', 'ja_certa'))
    into v_aplicadas, v_conflitos
    from pg_temp.conferente_lote l;
    return query
      select l.divergencia_id, l.tabela, l.registro_id,
        case l.resultado when 'aplicada' then 'revertida' when 'ja_certa' then 'ja_revertida' when 'ausente' then 'ausente' when 'recusada' then 'recusada' else 'conflito' end,
        l.para, l.de, case when l.resultado = 'aplicada' then coalesce(l.agora, l.para) else l.agora end,
        case when l.resultado not in ('aplicada', 'ja_certa') then coalesce(l.erro, case l.resultado
          when 'ausente' then 'o registro não existe mais' else 'o registro mudou depois da correção' end) end, v_operacao
      from pg_temp.conferente_lote l
      order by l.divergencia_id;
  end loop;
  perform audit_interno.contar_reversoes(erradas);
  perform audit_interno.fechar_operacao(v_operacao, v_aplicadas, detalhes => jsonb_build_object('conflitos', v_conflitos, 'erradas', erradas));
end
$$;
comment on function audit_interno.reverter_lote(text, bigint, boolean) is 'Rolls back pg_temp.conferente_reversao; returns what became of each row.';
--! EndIncluded reversao/reverter_lote.sql

--! Included reversao/reverter_divergencias.sql
-- Takes back the corrections of single findings.
create or replace function audit.reverter_divergencias(ids bigint[], motivo text, porque text default 'outra-razao')
returns setof audit.resultado_reversao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(reverter_divergencias.motivo);
begin
  perform audit_interno.exigir_porque(reverter_divergencias.porque);
  perform audit_interno.travar_divergencias(reverter_divergencias.ids, 'reverter', array['corrigida']);
  perform audit_interno.criar_reversao();
  insert into pg_temp.conferente_reversao (operacao_id, divergencia_id)
  select max(a.operacao_id), a.divergencia_id from audit.alteracoes a
  where a.divergencia_id = any (reverter_divergencias.ids) and not exists (
    select from pg_temp.conferente_deixada x where x.divergencia_id = a.divergencia_id)
  group by a.divergencia_id;
  return query select * from audit_interno.resultados_reversao(v_motivo, reverter_divergencias.porque);
end
$$;
comment on function audit.reverter_divergencias(bigint[], text, text) is
  'Rolls back the corrections of findings that are corrigida. porque: erradas (the corrections were wrong: counts against the rule, and the finding stays silent until the row changes) or outra-razao (counts for and against nobody; found again, it is back in the queue for a person). Returns one row each: revertida, conflito (the row changed since; antes, depois and agora show it three ways and nothing was touched), ausente, recusada or deixada (not corrigida any more), with what becomes of the finding. Errors: NC001 none given or porque unknown, NC004 unknown id, NC005 none is corrigida, NC006 reason missing.';
grant execute on function audit.reverter_divergencias(bigint[], text, text) to conferente_revisor;
--! EndIncluded reversao/reverter_divergencias.sql

--! Included reversao/reverter_operacao.sql
-- Takes back everything one operation changed. Of a rollback, that brings the corrections back, which is for reviewers.
create or replace function audit.reverter_operacao(id bigint, motivo text, porque text default 'outra-razao')
returns setof audit.resultado_reversao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(reverter_operacao.motivo);
  v_tipo text;
begin
  perform audit_interno.exigir_porque(reverter_operacao.porque);
  select o.tipo into v_tipo from audit.operacoes o where o.id = reverter_operacao.id;
  if not found then
    raise exception using errcode = 'NC004', message = format('operação desconhecida: %s', coalesce(reverter_operacao.id::text, 'nula')),
      hint = 'Veja audit.vw_operacoes_resumo.';
  end if;
  perform audit_interno.criar_reversao();
  insert into pg_temp.conferente_reversao (operacao_id, divergencia_id)
  select a.operacao_id, a.divergencia_id from audit.alteracoes a
  where a.operacao_id = reverter_operacao.id and not exists (
    select from audit.alteracoes p where p.divergencia_id = a.divergencia_id and p.reverte_operacao_id = a.operacao_id offset 0);
  if not found then
    raise exception using errcode = 'NC017', message = format('a operação %s não tem alteração em vigor', reverter_operacao.id),
      detail = format('tipo %s; nada alterou, ou já foi revertida', v_tipo);
  end if;
  perform audit_interno.criar_deixadas();
  perform audit_interno.exigir_revisores(v_motivo);
  return query select * from audit_interno.resultados_reversao(v_motivo, reverter_operacao.porque);
end
$$;
comment on function audit.reverter_operacao(bigint, text, text) is
  'Rolls back everything that one operation changed. A rollback is an operation too: taking it back brings the corrections into force again, which needs a reviewer, and above aprovacao.valor_dupla or for typed values a second one (those come back as aguardando_segunda_aprovacao). porque and the rows returned are those of audit.reverter_divergencias. Errors: NC001 porque unknown, NC004 unknown, NC006 reason missing, NC017 it changed nothing or is already rolled back, 42501 an operator may not bring corrections back.';
grant execute on function audit.reverter_operacao(bigint, text, text) to conferente_revisor, conferente_operador;
--! EndIncluded reversao/reverter_operacao.sql

--! Included reversao/reverter_sessao.sql
-- Takes back everything one session corrected by itself and that still stands.
create or replace function audit.reverter_sessao(id bigint, motivo text, porque text default 'outra-razao')
returns setof audit.resultado_reversao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(reverter_sessao.motivo);
  v_operacoes bigint[] := array(
    select o.id from audit.operacoes o where o.sessao_id = reverter_sessao.id and o.tipo = 'correcao');
begin
  perform audit_interno.exigir_porque(reverter_sessao.porque);
  if not exists (select from audit.sessoes_processamento s where s.id = reverter_sessao.id) then
    raise exception using errcode = 'NC004', message = format('sessão desconhecida: %s', coalesce(reverter_sessao.id::text, 'nula'));
  end if;
  perform audit_interno.criar_reversao();
  insert into pg_temp.conferente_reversao (operacao_id, divergencia_id)
  -- a correction that was rolled back and brought back again stands by its last alteration
  select case when a.operacao_id = a.correcao then a.ultima else a.operacao_id end, a.divergencia_id
  from (
    select x.divergencia_id, max(x.operacao_id) as ultima, max(x.operacao_id) filter (where x.operacao_id = any (v_operacoes)) as operacao_id,
      max(x.operacao_id) filter (where x.reverte_operacao_id is null) as correcao
    from audit.alteracoes x
    where x.divergencia_id = any (array(select y.divergencia_id from audit.alteracoes y where y.operacao_id = any (v_operacoes)))
    group by x.divergencia_id
  ) as a
  -- looked up by id, whatever the statistics say of the status: it has just changed for many
  where (select d.status from audit.divergencias_processadas d where d.id = a.divergencia_id) = 'corrigida';
  if not found then
    raise exception using errcode = 'NC017', message = format('a sessão %s não tem correção em vigor', reverter_sessao.id);
  end if;
  perform audit_interno.criar_deixadas();
  return query select * from audit_interno.resultados_reversao(v_motivo, reverter_sessao.porque, reverter_sessao.id);
end
$$;
comment on function audit.reverter_sessao(bigint, text, text) is
  'Rolls back every correction of a session that still stands. porque and the rows returned are those of audit.reverter_divergencias. Errors: NC001 porque unknown, NC004 unknown, NC006 reason missing, NC017 nothing to roll back.';
grant execute on function audit.reverter_sessao(bigint, text, text) to conferente_revisor, conferente_operador;
--! EndIncluded reversao/reverter_sessao.sql

--! Included reversao/exigir_porque.sql
-- Whether a rollback is a verdict against the rules is said by the person, never guessed.
create or replace function audit_interno.exigir_porque(porque text)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if porque is null or porque not in ('erradas', 'outra-razao') then
    raise exception using errcode = 'NC001', message = format('porque desconhecido: %s', coalesce(porque, 'nulo')),
      hint = 'erradas: as correções estavam erradas, e isso conta contra a regra. outra-razao: não conta.';
  end if;
end
$$;
comment on function audit_interno.exigir_porque(text) is 'NC001 unless porque is erradas or outra-razao.';
--! EndIncluded reversao/exigir_porque.sql

--! Included reversao/exigir_revisores.sql
-- Bringing a correction into force again needs what making it needed. Of what pg_temp.conferente_reversao would bring back:
-- a reviewer at least; and what is above the amount for two people, or was typed, is not written but proposed, and waits for the
-- second person. Moves those to pg_temp.conferente_deixada. Called by audit.reverter_operacao.
create or replace function audit_interno.exigir_revisores(motivo text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_dupla numeric := (audit_interno.configuracao('aprovacao.valor_dupla') #>> '{}')::numeric;
  v_de_volta bigint[];
  v_propor bigint[];
  v_operacao bigint;
begin
  perform from audit.divergencias_processadas d
  where d.id in (select r.divergencia_id from pg_temp.conferente_reversao r) order by d.id for update;
  select array_agg(d.id order by d.id), array_agg(d.id order by d.id) filter (where d.valor_em_risco >= v_dupla or d.valores_digitados is not null)
  into v_de_volta, v_propor
  from pg_temp.conferente_reversao r
  join audit.alteracoes a on a.divergencia_id = r.divergencia_id and a.operacao_id = r.operacao_id and a.reverte_operacao_id is not null
  join audit.divergencias_processadas d on d.id = r.divergencia_id and d.status = 'revertida';
  if v_de_volta is null then
    return;
  end if;
  if not audit_interno.tem_papel('conferente_revisor') then
    raise exception using errcode = '42501', message = 'pôr uma correção em vigor de novo é de quem revisa',
      detail = 'A operação a reverter é uma reversão: desfazê-la grava de novo as correções.',
      hint = 'Nada foi feito. Peça a quem tem o papel conferente_revisor.';
  end if;
  if v_propor is null then
    return;
  end if;
  v_operacao := audit_interno.abrir_operacao('aprovacao', motivo => exigir_revisores.motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, valores, confianca)
  select v_operacao, d.id, 'aprovacao', v_ator, exigir_revisores.motivo, d.valores_digitados, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_propor) order by d.id;
  update audit.divergencias_processadas d
  set status = 'aguardando_segunda_aprovacao', proposta_por = v_ator, motivo = exigir_revisores.motivo, decidida_em = null, decidida_por = null
  where d.id = any (v_propor);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_propor));
  insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
  select i, 'aguarda', 'outra pessoa ainda precisa aprovar que a correção valha de novo' from unnest(v_propor) as i;
  delete from pg_temp.conferente_reversao r where r.divergencia_id = any (v_propor);
end
$$;
comment on function audit_interno.exigir_revisores(text) is
  'Holds corrections that a rollback would bring back against who asks: 42501 when not a reviewer; large and typed ones become proposals.';
--! EndIncluded reversao/exigir_revisores.sql

--! Included reversao/resultados_reversao.sql
-- Rolls back pg_temp.conferente_reversao and says what became of the rows, of their findings and of the rules; findings that were
-- left (pg_temp.conferente_deixada) are told with them. Called by the three ways to roll back, and by audit.desfazer.
create or replace function audit_interno.resultados_reversao(motivo text, porque text, sessao_id bigint default null)
returns setof audit.resultado_reversao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.conferente_resultado;
  -- taken down first: what became of the findings and rules is read in a statement that sees it
  create temp table conferente_resultado on commit drop as
  select l.* from audit_interno.reverter_lote(resultados_reversao.motivo, resultados_reversao.sessao_id, porque = 'erradas') l;
  return query
    select l.divergencia_id, l.tabela, l.registro_id, l.resultado, l.antes, l.depois, l.agora, d.status,
      case
        when l.explicacao is not null then l.explicacao
        when l.resultado = 'conflito' then 'o registro já não tem o que foi gravado, ou a divergência já não está como ficou; nada foi mudado'
        when l.resultado = 'ausente' then 'o registro não existe mais'
        when l.resultado = 'recusada' then 'o armazém recusou'
        when d.status = 'corrigida' then 'a correção vale de novo'
        when porque = 'erradas' then 'não volta à fila enquanto o registro não mudar'
        else 'volta à fila quando uma sessão a encontrar de novo, e espera por uma pessoa' end,
      l.operacao_id, p.aviso
    from pg_temp.conferente_resultado l
    join audit.divergencias_processadas d on d.id = l.divergencia_id
    left join audit_interno.perdas_automatica((select min(x.operacao_id) from pg_temp.conferente_resultado x)) p
      on p.regra = d.regra and l.resultado in ('revertida', 'ja_revertida')
    union all
    select d.id, d.tabela, d.registro_id, case when x.codigo = 'aguarda' then 'aguardando_segunda_aprovacao' else 'deixada' end,
      null, null, null, d.status, x.explicacao, null, null
    from pg_temp.conferente_deixada x join audit.divergencias_processadas d on d.id = x.divergencia_id
    order by 1;
end
$$;
comment on function audit_interno.resultados_reversao(text, text, bigint) is 'Rolls back pg_temp.conferente_reversao; returns what became of each row and finding.';
--! EndIncluded reversao/resultados_reversao.sql

--! Included regras/tabelas.sql
-- What regras.pendente_verificacao learned from the ledger: counts by booking month, the weights fitted on its own past,
-- and the calibration. Kept up by regras.preparar_pendente_verificacao and by nothing else; all of it can be thrown away
-- and is rebuilt from dw.lancamentos: so it is unlogged, and after a crash of the server it is counted anew.
-- They belong to conferente_regra, as which rules and their preparation run; it may create here for as long as this takes, and nothing
-- afterwards.
grant create on schema regras to conferente_regra;
set local role conferente_regra;

create unlogged table regras.estatistica_controle (
  unica boolean primary key default true check (unica),
  assinatura text not null,
  limite timestamptz not null default '-infinity',
  borda bigint not null default 0,
  borda_ate timestamptz,
  operacao_ate bigint not null default 0,
  calibrada_ate int,
  linhas_calibradas bigint not null default 0,
  atualizada_em timestamptz not null default now()
);
comment on table regras.estatistica_controle is 'Up to where the statistics of pendente_verificacao have been kept up, and with which settings.';

create unlogged table regras.estatistica_categoria (
  id int generated always as identity primary key,
  categoria text not null unique
);
comment on table regras.estatistica_categoria is 'Short numbers for the categories seen in the history.';

create unlogged table regras.estatistica_mes (
  mes int primary key,
  linhas bigint not null
);
comment on table regras.estatistica_mes is 'Rows learned in each booking month (year * 12 + month - 1).';

create unlogged table regras.estatistica_antigas (
  mes int primary key,
  linhas bigint not null
);
comment on table regras.estatistica_antigas is 'Rows of each booking month, learned or not, that were loaded before estatistica_controle.limite. When they become fewer, one was changed or deleted and the month is counted again.';

create unlogged table regras.estatistica_nome (
  escrito text primary key,
  nome text
);
comment on table regras.estatistica_nome is 'Supplier names as written (first 200 characters), each in one spelling.';

create unlogged table regras.estatistica_fornecedor (
  raiz text not null,
  nome text not null,
  mes int not null,
  textos int not null,
  palavras text[] not null,
  primary key (raiz, nome, mes)
);
comment on table regras.estatistica_fornecedor is 'Under which names (in one spelling; empty where there is none) each company was booked in each month, how many of its entries had a description, and the words of these: what else comes under its code is another company''s.';

create unlogged table regras.estatistica_borda (
  registro_id text primary key,
  carregado_em timestamptz not null,
  mes int
);
comment on table regras.estatistica_borda is 'Rows loaded since estatistica_controle.limite that are already counted: a load commits later than the times it writes, so that stretch is read again.';

create unlogged table regras.estatistica_contagem (
  nivel smallint not null,
  chave bigint not null,
  mes int not null,
  categoria int not null,
  linhas int not null,
  primary key (nivel, chave, mes, categoria)
);
comment on table regras.estatistica_contagem is 'How often a key of one level (everything, cost centre, company, spelling, word …) went with a category in one booking month.';

create unlogged table regras.estatistica_peso (
  nome text primary key,
  peso double precision not null
);
comment on table regras.estatistica_peso is 'Weights fitted by the back-test: strength of the wider group at each level (alfa_N), weight of the words (lambda_N).';

create unlogged table regras.estatistica_calibracao (
  grupo smallint not null,
  faixa smallint not null,
  curva double precision not null,
  confianca double precision not null,
  casos int not null,
  acertos int not null,
  casos_proximos int not null,
  acertos_proximos int not null,
  primary key (grupo, faixa)
);
comment on table regras.estatistica_calibracao is 'Back-test of the ledger''s own past: suggestions whose logistic confidence was about this (group 0 without an account, 1 with), how many were right, alone and together with the bins beside them.';

create unlogged table regras.estatistica_pergunta (
  id text not null,
  com_conta boolean not null,
  classe smallint not null,
  lacuna smallint not null,
  certa int not null,
  categorias int[] not null,
  bases double precision[] not null,
  palavras double precision[] not null,
  repetidas double precision[] not null,
  recentes double precision[] not null,
  primary key (id, com_conta)
);
comment on table regras.estatistica_pergunta is 'Work table of the back-test: what the two opinions gave each category of each sampled entry, before they are weighed against each other.';

create unlogged table regras.estatistica_retroteste (
  id text primary key,
  classe smallint not null,
  lacuna smallint not null,
  bruta double precision not null,
  chance double precision not null,
  acertou smallint not null,
  repetida double precision not null,
  recente double precision not null
);
comment on table regras.estatistica_retroteste is 'The last back-test: each sampled entry''s class, months without history before it, raw score (and its log-odds), ln(1 + earlier payments of the same supplier, cost centre and amount in the suggested category), log-odds of that category among the latest entries of the supplier and cost centre, and whether the suggestion was right.';

create unlogged table regras.estatistica_curva (
  classe smallint primary key,
  a double precision not null,
  b double precision not null,
  g double precision not null,
  h double precision not null,
  r double precision not null
);
comment on table regras.estatistica_curva is 'Logistic calibration: confidence = 1 / (1 + exp(-(a + b * log-odds of the raw score + g * ln(1 + months without history) + h * ln(1 + earlier payments alike) + r * log-odds among the latest entries))); b, g, h and r are the same in classes 0 to 3, and in 4 to 7.';

set local role conferente_dono;
revoke create on schema regras from conferente_regra;
--! EndIncluded regras/tabelas.sql

--! Included regras/raiz_fornecedor.sql
-- The company behind a supplier code: the first 8 positions of a CNPJ (written with or without punctuation), any other code as it
-- is, also one that zeros fill up to as many positions; in lower case, for a CNPJ may
-- have letters since 2026. Null for an empty code. Touches nothing. Called by the three rules; kept
-- as a plain expression without settings of its own, so that the planner can inline it.
create or replace function regras.raiz_fornecedor(codigo text) returns text
language sql immutable parallel safe
return nullif(pg_catalog.lower(
  case when pg_catalog.length(pg_catalog.translate(codigo, './- ', '')) = 14
      and pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 8) <> '00000000'
    then pg_catalog.left(pg_catalog.translate(codigo, './- ', ''), 8)
    else pg_catalog.translate(codigo, './- ', '')
  end), '');

comment on function regras.raiz_fornecedor(text) is
  'Company root of a supplier code: 8 positions of a CNPJ, or the whole code without punctuation; null when empty.';
revoke execute on function regras.raiz_fornecedor(text) from public;
--! EndIncluded regras/raiz_fornecedor.sql

--! Included regras/chave_fornecedor.sql
-- One key for one supplier: the company root of its code, or its folded name where there is no code. Null when neither is
-- known. Touches nothing. Called by the rules; an expression that the planner inlines.
create or replace function regras.chave_fornecedor(codigo text, nome text) returns text
language sql immutable parallel safe
return coalesce(
  regras.raiz_fornecedor(codigo),
  '=' || nullif(audit_interno.dobrar(pg_catalog.left(pg_catalog.btrim(nome), 200)), ''));

comment on function regras.chave_fornecedor(text, text) is
  'Key of a supplier: company root of the code, else "=" and the folded name; null when unknown.';
revoke execute on function regras.chave_fornecedor(text, text) from public;
--! EndIncluded regras/chave_fornecedor.sql

--! Included comum/dobrar_categoria.sql
-- Folds a category or a label and drops the blanks at its ends: those that spreadsheets and exports leave there too, which nobody sees
-- (tab, line end, no-break spaces, byte order mark). Folded first and trimmed then: written the other way round, the trimming would be
-- inlined into every branch of the folding. Touches nothing; kept as a plain expression, so that the planner inlines it.
create or replace function audit_interno.dobrar_categoria(texto text)
returns text
language sql
immutable parallel safe
return pg_catalog.btrim(audit_interno.dobrar(texto), U&'\0020\0009\000A\000B\000C\000D\00A0\2007\202F\FEFF');
comment on function audit_interno.dobrar_categoria(text) is 'Category in lower case, without accents and without blanks at its ends, for comparison.';
revoke execute on function audit_interno.dobrar_categoria(text) from public;
grant execute on function audit_interno.dobrar_categoria(text) to conferente_regra;
--! EndIncluded comum/dobrar_categoria.sql

--! Included regras/rotulos_pendentes.sql
-- The labels that mean "category not decided yet" (setting pendente.rotulos), folded and trimmed; the empty text among them where
-- entries without a category are pending too (pendente.vazias): compare with a folded category that is never null. Reads the
-- settings only. Called by the rules and by the preparation of their statistics.
create or replace function regras.rotulos_pendentes() returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(distinct audit_interno.dobrar_categoria(r.rotulo)), '{}')
    || case when (audit_interno.configuracao('pendente.vazias') #>> '{}')::boolean then array[''] else '{}' end
  from jsonb_array_elements_text(
    case jsonb_typeof(audit_interno.configuracao('pendente.rotulos'))
      when 'array' then audit_interno.configuracao('pendente.rotulos') else '[]' end) r (rotulo)
  where audit_interno.dobrar_categoria(r.rotulo) <> ''
$$;

comment on function regras.rotulos_pendentes() is 'Folded labels that mean pending, from the settings pendente.rotulos and pendente.vazias; the empty text stands for no category.';
revoke execute on function regras.rotulos_pendentes() from public;
--! EndIncluded regras/rotulos_pendentes.sql

--! Included regras/confianca_base.sql
-- The base confidence that the business registered for a rule, or the given default. Touches nothing.
-- Called by the rules whose confidence starts from a policy.
create or replace function regras.confianca_base(regra text, padrao numeric) returns numeric
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce((select r.confianca_base from audit.regras r where r.nome = confianca_base.regra), confianca_base.padrao)
$$;

comment on function regras.confianca_base(text, numeric) is
  'Base confidence registered for a rule in audit.regras, or the default given.';
revoke execute on function regras.confianca_base(text, numeric) from public;
--! EndIncluded regras/confianca_base.sql

--! Included regras/reais.sql
-- An amount as a Brazilian reader writes it, whatever the server's locale: 1.234,56. Touches nothing.
-- Called by the rules for their sentences.
create or replace function regras.reais(valor numeric) returns text
language sql immutable parallel safe
return case
  -- the comma and the point of this format are themselves in every locale, unlike G and D
  when pg_catalog.abs(valor) < 1e17 then pg_catalog.translate(
    pg_catalog.to_char(pg_catalog.round(valor, 2), 'FM999,999,999,999,999,990.00'), ',.', '.,')
  when valor::text in ('NaN', 'Infinity', '-Infinity') then valor::text
  else pg_catalog.translate(
    pg_catalog.regexp_replace(pg_catalog.round(valor, 2)::text, '(?<=[0-9])(?=(?:[0-9]{3})+\.)', ',', 'g'), ',.', '.,')
end;

comment on function regras.reais(numeric) is 'Amount in Brazilian notation with two decimals, without currency sign.';
revoke execute on function regras.reais(numeric) from public;
--! EndIncluded regras/reais.sql

--! Included regras/documento_comparavel.sql
-- A document number as two clerks would both write it: folded, without its kind (NF, NFS-e, DANFE, RPS, fatura, recibo …), without
-- full stops between thousands nor the ".0" of a spreadsheet, runs of punctuation as one dash, no leading zeros in any of its parts
-- (series 001-000123 is 1-123). Null when it identifies nothing (no digit, only zeros, "s/n").
-- Touches nothing. Called by regras.duplicidades.
create or replace function regras.documento_comparavel(documento text) returns text
language sql immutable parallel safe
return nullif(
  pg_catalog.regexp_replace(
    pg_catalog.regexp_replace(
      pg_catalog.btrim(pg_catalog.regexp_replace(
        pg_catalog.regexp_replace(audit_interno.dobrar(pg_catalog.left(documento, 200)),
          '(?<=[0-9])[.](?=[0-9]{3}(?![0-9]))|(?<=[0-9])[.]0(?=\s*$)', '', 'g'),
        '[^a-z0-9]+', '-', 'g'), '-'),
      '^(?:(?:danfe|dacte|nf[sc]?-?e?|ct-?e|rps|nota-?fiscal|nota|fatura|fat|recibo|rec|boleto|doc|documento|serie|numero|num|nro|nr|no|n)(?:-|(?=[0-9])))*(?![a-z-]*$)|^[a-z0-]*$',
      ''),
    '(^|-)0+(?=[0-9a-z])', '\1', 'g'), '');

comment on function regras.documento_comparavel(text) is
  'Document number made comparable: folded, kind, full stops between thousands and leading zeros dropped; null when it identifies nothing.';
revoke execute on function regras.documento_comparavel(text) from public;
--! EndIncluded regras/documento_comparavel.sql

--! Included regras/digitos_trocados.sql
-- True when two amounts are written with the same digits, in cents, except that two of them changed places. Adjacent or
-- not: typing swaps neighbours, copying from paper swaps columns. Touches nothing. Called by regras.tipo_diferenca.
create or replace function regras.digitos_trocados(a numeric, b numeric) returns boolean
language sql immutable parallel safe
return (
  select pg_catalog.length(d.a) = pg_catalog.length(d.b)
    and pg_catalog.length(d.a) <= 40
    -- swapping two digits moves an amount by a multiple of nine: cheap, and nearly always decisive
    and (d.a::numeric - d.b::numeric) % 9 = 0
    and (
      select pg_catalog.count(*) = 2
        -- of two digits whose sums agree modulo nine, one that is the same makes the other the same
        and pg_catalog.max(pg_catalog.substr(d.a, i, 1)) = pg_catalog.max(pg_catalog.substr(d.b, i, 1))
      from pg_catalog.generate_series(1, pg_catalog.length(d.a)) i
      where pg_catalog.substr(d.a, i, 1) <> pg_catalog.substr(d.b, i, 1)
    )
  from (
    select pg_catalog.trunc(pg_catalog.abs(digitos_trocados.a) * 100)::text as a,
      pg_catalog.trunc(pg_catalog.abs(digitos_trocados.b) * 100)::text as b
    where pg_catalog.sign(digitos_trocados.a) = pg_catalog.sign(digitos_trocados.b)
  ) d
);

comment on function regras.digitos_trocados(numeric, numeric) is
  'Whether two amounts differ only by two digits that changed places (in cents, same sign).';
revoke execute on function regras.digitos_trocados(numeric, numeric) from public;
--! EndIncluded regras/digitos_trocados.sql

--! Included regras/tipo_diferenca.sql
-- Names how a booked amount came to differ from the expected one, in the order in which a clerk would try: sign, factor
-- of ten, discount left out or taken twice, two digits swapped, a currency's rate, else 'outro'. Pure arithmetic on its
-- arguments, in one expression that the planner inlines; touches nothing. Called by regras.validacao_valores, only for rows that already differ beyond tolerance.
create or replace function regras.tipo_diferenca(
  valor numeric, documento numeric, desconto numeric, tolerancia numeric, cambio_minimo numeric, cambio_maximo numeric
) returns text
language sql immutable parallel safe
return case
  when documento - coalesce(desconto, 0) <> 0 and pg_catalog.abs(valor + (documento - coalesce(desconto, 0))) <= tolerancia then 'sinal_trocado'
  when desconto <> 0 and pg_catalog.abs(valor - documento) <= tolerancia then 'desconto_ignorado'
  when desconto <> 0 and pg_catalog.abs(valor - (documento - 2 * desconto)) <= tolerancia then 'desconto_em_dobro'
  when documento - coalesce(desconto, 0) = 0 or valor = 0 then 'outro'
  -- a factor below one lost the last digits to rounding in cents, hence the half cent
  when pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) * 10) <= greatest(tolerancia, 0.005)
    or pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) / 10) <= 0.005 then 'fator_10'
  when pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) * 100) <= greatest(tolerancia, 0.005)
    or pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) / 100) <= 0.005 then 'fator_100'
  when pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) * 1000) <= greatest(tolerancia, 0.005)
    or pg_catalog.abs(valor - (documento - coalesce(desconto, 0)) / 1000) <= 0.005 then 'fator_1000'
  when regras.digitos_trocados(valor, documento - coalesce(desconto, 0)) then 'digitos_trocados'
  when pg_catalog.sign(valor) = pg_catalog.sign(documento - coalesce(desconto, 0))
    and (valor / (documento - coalesce(desconto, 0)) between cambio_minimo and cambio_maximo
      or (documento - coalesce(desconto, 0)) / valor between cambio_minimo and cambio_maximo)
    -- a whole multiple is more likely a quantity or a number of instalments
    and pg_catalog.abs(valor / (documento - coalesce(desconto, 0)) - pg_catalog.round(valor / (documento - coalesce(desconto, 0)))) > 0.0005
    and pg_catalog.abs((documento - coalesce(desconto, 0)) / valor - pg_catalog.round((documento - coalesce(desconto, 0)) / valor)) > 0.0005
  then 'razao_cambial'
  else 'outro'
end;

comment on function regras.tipo_diferenca(numeric, numeric, numeric, numeric, numeric, numeric) is
  'Kind of a wrong amount: sinal_trocado, fator_10, fator_100, fator_1000, desconto_ignorado, desconto_em_dobro, digitos_trocados, razao_cambial or outro.';
revoke execute on function regras.tipo_diferenca(numeric, numeric, numeric, numeric, numeric, numeric) from public;
--! EndIncluded regras/tipo_diferenca.sql

--! Included regras/arredondamento_origem.sql
-- How far an amount of 10,000 and more may lie from the truth because its source printed only so many significant
-- digits: half a unit of the last digit printed, and nothing where the amount shows more digits than that. Touches
-- nothing. Called by regras.validacao_valores.
create or replace function regras.arredondamento_origem(valor numeric, digitos int) returns numeric
language sql immutable parallel safe
return case
  when pg_catalog.abs(valor) >= 10000
    and valor = pg_catalog.round(valor, digitos - pg_catalog.length(pg_catalog.trunc(pg_catalog.abs(valor))::text))
  then 0.5 * 10::numeric ^ (pg_catalog.length(pg_catalog.trunc(pg_catalog.abs(valor))::text) - digitos)
  else 0
end;

comment on function regras.arredondamento_origem(numeric, int) is
  'Largest error that printing with N significant digits at the source can have put into an amount of 10,000 and more; 0 otherwise.';
revoke execute on function regras.arredondamento_origem(numeric, int) from public;
--! EndIncluded regras/arredondamento_origem.sql

--! Included regras/somas_retencao.sql
-- What may be withheld from one document: the sums of audit.retencoes, one rate of each tax, on the days on which all of them are
-- valid. Made anew by a trigger whenever a withholding changes, some hundred rows; read by regras.retencao_possivel.
create table regras.somas_retencao (
  soma numeric not null,
  vale_de date not null,
  vale_ate date not null,
  tributos text not null,
  quantos int not null
);
create index on regras.somas_retencao (soma);
comment on table regras.somas_retencao is 'Percentages that taxes withheld together take from a document, with the taxes and the days. Derived from audit.retencoes.';
grant select on regras.somas_retencao to conferente_regra;

create or replace function audit_interno.somar_retencoes() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from regras.somas_retencao;
  insert into regras.somas_retencao (soma, vale_de, vale_ate, tributos, quantos)
  with recursive soma as (
    select r.tributo as ultimo, r.aliquota as soma, r.vale_de, coalesce(r.vale_ate, 'infinity') as vale_ate,
      r.tributo || ' ' || replace(trim_scale(r.aliquota)::text, '.', ',') || '%' as tributos, 1 as quantos
    from audit.retencoes r
    where r.ativo
    union all
    select r.tributo, s.soma + r.aliquota, greatest(s.vale_de, r.vale_de), least(s.vale_ate, coalesce(r.vale_ate, 'infinity')),
      s.tributos || ' + ' || r.tributo || ' ' || replace(trim_scale(r.aliquota)::text, '.', ',') || '%', s.quantos + 1
    from soma s
    join audit.retencoes r on r.ativo and r.tributo > s.ultimo
      and r.vale_de <= s.vale_ate and coalesce(r.vale_ate, 'infinity') >= s.vale_de
    where s.quantos < 4 and s.soma + r.aliquota < 100
  )
  select trim_scale(s.soma), s.vale_de, s.vale_ate, s.tributos, s.quantos from soma s;
  return null;
end
$$;
comment on function audit_interno.somar_retencoes() is 'Makes regras.somas_retencao anew.';
create or replace trigger somar after insert or update or delete on audit.retencoes
  for each statement execute function audit_interno.somar_retencoes();
update audit.retencoes set ativo = ativo; -- what ships is summed too
--! EndIncluded regras/somas_retencao.sql

--! Included regras/retencao_possivel.sql
-- The taxes withheld at source that would explain a booked amount lower than its document, on the day of the booking: one, or several
-- together, as few as will do; where different ones take the same, all of them, for nobody can tell from the amount. A retention is an
-- honest difference, so it lowers a confidence. Touches nothing. Called by regras.validacao_valores.
create or replace function regras.retencao_possivel(valor numeric, esperado numeric, dia date)
returns table (taxa numeric, tributos text)
language sql stable parallel safe
begin atomic
  select s.soma, pg_catalog.string_agg(s.tributos, ' ou ' order by s.tributos)
  from (
    select s.soma, s.tributos, s.quantos, pg_catalog.min(s.quantos) over () as menos
    from regras.somas_retencao s
    where pg_catalog.abs(esperado) >= 10
      and pg_catalog.sign(valor) = pg_catalog.sign(esperado)
      -- what a cent and its rounding leave open, for the index; then to the cent
      and s.soma >= 100 * (1 - valor / nullif(esperado, 0)) - 1.5 / pg_catalog.abs(esperado)
      and s.soma <= 100 * (1 - valor / nullif(esperado, 0)) + 1.5 / pg_catalog.abs(esperado)
      and pg_catalog.abs(valor - pg_catalog.round(esperado * (1 - s.soma / 100), 2)) <= 0.01
      and dia between s.vale_de and s.vale_ate
  ) s
  where s.quantos = s.menos
  group by s.soma
  order by s.soma
  limit 1;
end;

comment on function regras.retencao_possivel(numeric, numeric, date) is
  'Percentage withheld that would explain the booked amount, and the taxes that take it; no row when there is none.';
revoke execute on function regras.retencao_possivel(numeric, numeric, date) from public;
--! EndIncluded regras/retencao_possivel.sql

--! Included regras/explicacao_diferenca.sql
-- The sentence, the arithmetic and the adjustment of confidence for one kind of wrong amount. An error with a mechanism
-- (a factor, swapped digits, a discount) is likelier the booking's than one without; a flipped sign may be a credit note,
-- a usual retention is probably honest. Touches nothing; inlined by the planner. Called by regras.validacao_valores.
create or replace function regras.explicacao_diferenca(
  tipo text, valor numeric, documento numeric, desconto numeric, esperado numeric, retencao numeric, tributos text
)
returns table (frase text, conta text, ajuste numeric)
language sql immutable parallel safe
begin atomic
  select
    case
      when tipo = 'sinal_trocado' then 'o sinal está trocado'
      when tipo like 'fator\_%' then
        'o valor foi ' || case when pg_catalog.abs(valor) > pg_catalog.abs(esperado) then 'multiplicado' else 'dividido' end
          || ' por ' || pg_catalog.substr(tipo, 7)
      when tipo = 'digitos_trocados' then 'dois algarismos trocaram de lugar'
      when tipo = 'desconto_ignorado' then 'o desconto do documento não foi abatido'
      when tipo = 'desconto_em_dobro' then 'o desconto do documento foi abatido duas vezes'
      when tipo = 'razao_cambial' then 'a razão entre os dois parece uma taxa de câmbio'
      when retencao is not null then 'a diferença corresponde a uma retenção de ' || pg_catalog.replace(retencao::text, '.', ',')
        || '% (' || tributos || '), que pode ser legítima'
      else 'a diferença não tem causa reconhecida'
    end,
    case
      when tipo = 'sinal_trocado' then regras.reais(valor) || ' = -(' || regras.reais(esperado) || ')'
      when tipo like 'fator\_%' then
        regras.reais(valor) || ' = ' || regras.reais(esperado)
          || case when pg_catalog.abs(valor) > pg_catalog.abs(esperado) then ' × ' else ' ÷ ' end || pg_catalog.substr(tipo, 7)
      when tipo = 'digitos_trocados' then regras.reais(esperado) || ' escrito como ' || regras.reais(valor)
      when tipo = 'desconto_em_dobro' then
        regras.reais(valor) || ' = ' || regras.reais(documento) || ' - 2 × ' || regras.reais(desconto)
      when tipo = 'razao_cambial' then
        regras.reais(valor) || ' ÷ ' || regras.reais(esperado) || ' = '
          || pg_catalog.replace(pg_catalog.round(valor / esperado, 4)::text, '.', ',')
      else
        regras.reais(documento) || ' - ' || regras.reais(coalesce(desconto, 0)) || ' = '
          || regras.reais(esperado) || ', e não ' || regras.reais(valor)
    end,
    case
      when tipo = 'sinal_trocado' then -0.05
      when tipo like 'fator\_%' then 0.15
      when tipo = 'digitos_trocados' then 0.12
      when tipo = 'desconto_ignorado' then 0.10
      when tipo = 'desconto_em_dobro' then 0.10
      when tipo = 'razao_cambial' then -0.05
      when retencao is not null then -0.40
      else -0.10
    end;
end;

comment on function regras.explicacao_diferenca(text, numeric, numeric, numeric, numeric, numeric, text) is
  'Sentence, arithmetic and change of confidence for one kind of wrong amount.';
revoke execute on function regras.explicacao_diferenca(text, numeric, numeric, numeric, numeric, numeric, text) from public;
--! EndIncluded regras/explicacao_diferenca.sql

--! Included regras/duplicidades.sql
-- Finds documents that were booked twice: same supplier (company root, or name where there is no code), same document
-- number, same amount, exactly alike or within valores.dias_duplicidade days and across branches. Flags the later entry
-- only and never proposes a correction. An entry that was reversed and booked again is not a duplicate, nor one that was
-- reversed within those days afterwards, nor are instalments that say so, nor documents without a number. A reversal takes
-- back the latest booking that stands before it. The window restricts what is flagged; twins and reversals may lie outside.
-- Reads dw.lancamentos; changes nothing. Called by regras.validacao_valores.
create or replace function regras.duplicidades(janela audit.janela, confianca_base numeric) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_dias int := coalesce((audit_interno.configuracao('valores.dias_duplicidade') #>> '{}')::int, 10);
  -- to the end of the last day, for within a day entries have places of their own
  v_perto interval := make_interval(days => v_dias, hours => 23);
  v_longe interval := make_interval(days => 2 * v_dias, hours => 23);
  v_inicio date := greatest(janela.data_inicio, '0001-02-01');
  v_fim date := least(janela.data_fim, '9999-12-31');
  -- twice the days before: a reversal between a booking too long ago and its twin is that booking's
  v_de date := greatest(v_inicio - 2 * v_dias, '0001-02-01');
  v_ate date := least(v_fim + v_dias, '9999-12-31');
  v_por_data boolean := janela.carregado_desde is null and janela.carregado_ate is null and janela.chaves is null;
  v_poucas boolean := not v_por_data or v_fim - v_inicio < v_dias;
  v_datas date[];
  v_quantas int;
  v_suspeitas bigint[]; -- an array of constants is looked up by hash, also by parallel workers
begin
  -- Twins and reversals are looked for on the flagged rows' own dates and the days around, so that a day's window reads days,
  -- not the table. What was loaded of late is mostly booked of late: then only its own dates are read, unless they are too many.
  if not v_por_data then
    select array_agg(distinct d.data + g.dias), count(distinct d.data) into v_datas, v_quantas
    from (
      select distinct l.data_lancamento as data
      from dw.lancamentos l
      where l.valor <> 0 and l.documento <> ''
        and l.data_lancamento between '0001-02-01' and '9999-12-31'
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      limit 401
    ) d
    cross join generate_series(-2 * v_dias, v_dias) g (dias);
    if v_datas is null then
      return;
    end if;
    if v_quantas > 400 then
      v_datas := null;
    end if;
  end if;

  v_suspeitas := array(
    select s.chave
    from regras.chaves_suspeitas(janela, case when v_poucas then v_inicio else v_de end,
      case when v_poucas then v_fim else v_ate end, v_poucas) s (chave));
  if v_suspeitas = '{}' then
    return;
  end if;

  return query
  with numerada as (
    select l.*, regras.documento_comparavel(l.documento) as numero
    from (
      -- then the end of the number, which no spelling changes
      select e.*, count(*) over (partition by e.chave, regras.fim_documento(e.documento)) as companhia
      from (
        -- by name: a warehouse may have further columns, called anything
        select f.id, f.data_lancamento, f.carregado_em, f.filial, f.fornecedor_id, f.fornecedor, f.documento, f.valor, f.descricao,
          regras.chave_duplicidade(f.valor, f.fornecedor_id) as chave
        from dw.lancamentos f
        where regras.chave_duplicidade(f.valor, f.fornecedor_id) = any (v_suspeitas) and f.valor <> 0 and f.documento <> ''
          and f.data_lancamento between v_de and v_ate
          and (v_datas is null or f.data_lancamento = any (v_datas))
        offset 0
      ) e
    ) l
    where l.companhia > 1
  ), comparavel as (
    select l.id, l.data_lancamento, l.carregado_em, l.filial, l.documento, l.valor, l.descricao, l.numero,
      -- without a code by name: a full stop or a legal form otherwise written is no other supplier
      coalesce(regras.raiz_fornecedor(l.fornecedor_id), '=' || regras.nome_canonico(l.fornecedor)) as fornecedor,
      regras.parcela_dita(l.descricao) as parcela
    from (
      select n.*, count(*) over (partition by n.chave, n.numero) as iguais
      from numerada n
      where n.numero is not null
    ) l
    where l.iguais > 1
  ), movimento as (
    select c.*, sign(c.valor) as sinal,
      -- one place for each entry, so that a day's own order counts within the days
      c.data_lancamento + row_number() over documento * interval '1 microsecond' as momento,
      sum(sign(c.valor)) over documento as saldo
    from comparavel c
    where c.fornecedor is not null
    window documento as (
      partition by c.fornecedor, c.numero, c.parcela, abs(c.valor) order by c.data_lancamento, c.carregado_em, c.id
      rows unbounded preceding)
  ), liquida as (
    select m.*,
      -- bookings less reversals up to this one: one booking, its reversal and the new booking leave one. Over the longer time a
      -- reversal meets its booking, over the shorter one nothing old is left to meet
      greatest(m.sinal * sum(m.sinal) over antes, m.sinal * sum(m.sinal) over muito_antes) as liquido,
      -- what was booked last is taken back first: it stands unless the balance falls below the one that it left
      case m.sinal when 1 then min(m.saldo) over depois < m.saldo else max(m.saldo) over depois > m.saldo end as estornada
    from movimento m
    window documento as (partition by m.fornecedor, m.numero, m.parcela, abs(m.valor) order by m.momento),
      antes as (documento range between v_perto preceding and current row),
      muito_antes as (documento range between v_longe preceding and current row),
      depois as (documento range between current row and v_perto following)
  ), par as (
    select l.*,
      lag(l.id) over gemeo as gemeo_id,
      lag(l.data_lancamento) over gemeo as gemeo_data,
      lag(l.filial) over gemeo as gemeo_filial,
      lag(l.documento) over gemeo as gemeo_documento,
      lag(l.descricao) over gemeo as gemeo_descricao
    from liquida l
    where not l.estornada
    window gemeo as (partition by l.fornecedor, l.numero, l.parcela, l.valor order by l.momento)
  )
  select
    null::text,
    p.id::text,
    '{}'::jsonb,
    round(greatest(0.05, least(0.99, confianca_base + t.ajuste)), 4),
    jsonb_build_object(
      'tipo', t.tipo, 'valor', p.valor, 'documento', p.documento, 'filial', p.filial, 'data_lancamento', p.data_lancamento,
      'mesma_descricao', t.mesma_descricao,
      'gemeo', jsonb_build_object('id', p.gemeo_id::text, 'data_lancamento', p.gemeo_data, 'filial', p.gemeo_filial,
        'documento', p.gemeo_documento)),
    'O documento ' || left(p.documento, 60) || ' de ' || regras.reais(p.valor) || ' já está no lançamento '
      || p.gemeo_id::text || ' de ' || to_char(p.gemeo_data, 'DD/MM/YYYY')
      || case when p.filial is distinct from p.gemeo_filial then ', filial ' || coalesce(p.gemeo_filial, '(sem filial)') else '' end
      || '; este seria a segunda vez.',
    abs(p.valor)
  from par p
  cross join lateral (
    select
      case when p.data_lancamento = p.gemeo_data and p.filial is not distinct from p.gemeo_filial
        then 'duplicidade' else 'duplicidade_proxima' end as tipo,
      audit_interno.dobrar(coalesce(p.descricao, '')) = audit_interno.dobrar(coalesce(p.gemeo_descricao, '')) as mesma_descricao,
      case when p.data_lancamento = p.gemeo_data and p.filial is not distinct from p.gemeo_filial then 0.10 else 0 end
        + case when audit_interno.dobrar(coalesce(p.descricao, '')) = audit_interno.dobrar(coalesce(p.gemeo_descricao, ''))
            then 0.05 else -0.15 end as ajuste
  ) t
  where p.gemeo_data >= p.data_lancamento - v_dias
    and p.liquido > 1
    and (janela.data_inicio is null or p.data_lancamento >= janela.data_inicio)
    and (janela.data_fim is null or p.data_lancamento <= janela.data_fim)
    and (janela.carregado_desde is null or p.carregado_em >= janela.carregado_desde)
    and (janela.carregado_ate is null or p.carregado_em < janela.carregado_ate)
    and (janela.chaves is null or p.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)));
end
$$;

comment on function regras.duplicidades(audit.janela, numeric) is
  'Documents booked twice: flags the later entry, names its twin, proposes nothing.';
revoke execute on function regras.duplicidades(audit.janela, numeric) from public;
--! EndIncluded regras/duplicidades.sql

--! Included regras/validacao_valores.sql
-- Finds entries whose booked amount is not what their document says (valor_documento - valor_desconto) beyond the
-- tolerance, and documents that were booked twice. Reads dw.lancamentos and the settings valores.*; changes nothing.
-- Called by the engine for a window, and again over corrected keys to verify them.
create or replace function regras.validacao_valores(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_base numeric := regras.confianca_base('validacao_valores', 0.70);
  v_absoluta numeric := coalesce((audit_interno.configuracao('valores.tolerancia_absoluta') #>> '{}')::numeric, 0.01);
  v_relativa numeric := coalesce((audit_interno.configuracao('valores.tolerancia_relativa') #>> '{}')::numeric, 0);
  v_digitos int := coalesce((audit_interno.configuracao('valores.digitos_significativos') #>> '{}')::int, 0);
  v_cambio_minimo numeric := coalesce((audit_interno.configuracao('valores.cambio_minimo') #>> '{}')::numeric, 2.5);
  v_cambio_maximo numeric := coalesce((audit_interno.configuracao('valores.cambio_maximo') #>> '{}')::numeric, 8);
begin
  return query
  select
    null::text,
    d.id::text,
    -- more than numeric(18,2) holds can only be flagged
    case when abs(d.esperado) < 1e16 then jsonb_build_object('valor', d.esperado) else '{}'::jsonb end,
    round(greatest(0.05, least(0.99, v_base + e.ajuste)), 4),
    jsonb_strip_nulls(jsonb_build_object(
      'tipo', d.tipo,
      'valor', d.valor,
      'valor_documento', d.valor_documento,
      'valor_desconto', d.valor_desconto,
      'esperado', d.esperado,
      'diferenca', d.diferenca,
      'tolerancia', d.tolerancia,
      'razao', d.razao,
      'retencao_possivel', r.taxa,
      'tributos_retidos', r.tributos,
      'conta', e.conta)),
    'O valor lançado é ' || regras.reais(d.valor) || ' e o documento leva a '
      || regras.reais(d.esperado) || ': ' || e.frase || ' (' || e.conta || ').',
    abs(d.diferenca)
  from (
    select
      l.id, l.data_lancamento, l.valor, l.valor_documento, l.valor_desconto, x.esperado,
      l.valor - x.esperado as diferenca,
      x.tolerancia,
      case when x.esperado <> 0 then round(l.valor / x.esperado, 6) end as razao,
      regras.tipo_diferenca(l.valor, l.valor_documento, l.valor_desconto, x.tolerancia,
        v_cambio_minimo, v_cambio_maximo) as tipo
    from dw.lancamentos l
    cross join lateral (
      select
        l.valor_documento - coalesce(l.valor_desconto, 0) as esperado,
        greatest(v_absoluta, v_relativa * abs(l.valor_documento - coalesce(l.valor_desconto, 0))) as tolerancia
    ) x
    where abs(l.valor - (l.valor_documento - coalesce(l.valor_desconto, 0))) > v_absoluta
      and abs(l.valor - x.esperado) > x.tolerancia
      -- a view over someone else's numeric may hold NaN or infinity: nothing can be said of these
      and abs(l.valor) < 1e30 and abs(l.valor_documento) < 1e30 and abs(coalesce(l.valor_desconto, 0)) < 1e30
      and (v_digitos = 0 or abs(l.valor - x.esperado) > x.tolerancia
        + regras.arredondamento_origem(l.valor, v_digitos)
        + regras.arredondamento_origem(l.valor_documento, v_digitos)
        + regras.arredondamento_origem(l.valor_desconto, v_digitos))
      and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
      and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
      and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
      and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
      and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
    offset 0 -- each is computed once, and only for findings
  ) d
  left join lateral regras.retencao_possivel(d.valor, d.esperado, d.data_lancamento) r on d.tipo = 'outro'
  cross join lateral regras.explicacao_diferenca(
    d.tipo, d.valor, d.valor_documento, d.valor_desconto, d.esperado, r.taxa, r.tributos) e;

  return query select * from regras.duplicidades(janela, v_base);
end
$$;

comment on function regras.validacao_valores(audit.janela) is
  'Rule: amounts that differ from their document beyond the tolerance (proposes the expected amount, names the kind of error) and documents booked twice (flag only, names the twin). Amount at stake: the absolute difference; of a duplicate, the whole amount.';
revoke execute on function regras.validacao_valores(audit.janela) from public;
--! EndIncluded regras/validacao_valores.sql

--! Included regras/sem_acentos.sql
-- A text without accents, its case kept: regular expressions may not be lower-cased, because \S and \s differ.
-- Touches nothing. Called by regras.expressao_padroes and by whatever matches single patterns.
create or replace function regras.sem_acentos(texto text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.octet_length(texto) = pg_catalog.length(texto) then texto
  else pg_catalog.translate(normalize(texto, nfc),
    'ÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝáàâãäåéèêëíìîïóòôõöúùûüçñýÿ',
    'AAAAAAEEEEIIIIOOOOOUUUUCNYaaaaaaeeeeiiiiooooouuuucnyy')
end;

comment on function regras.sem_acentos(text) is 'Text without accents, upper and lower case kept.';
revoke execute on function regras.sem_acentos(text) from public;
--! EndIncluded regras/sem_acentos.sql

--! Included regras/filtro_padrao.sql
-- One pattern as a LIKE pattern that lets through every folded text it matches and little else, blanks standing for any run of
-- characters. Of an expression only the letters that every match must have are kept; one whose letters cannot be told this
-- simply (alternatives, escapes, counts, classes by name) has none. Null then, and for a pattern that matches nothing. Touches
-- nothing. Called by regras.filtro_padroes, expressao_padroes and candidatos_marketing.
create or replace function regras.filtro_padrao(tipo text, padrao_dobrado text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.btrim(padrao_dobrado, E' \t\r\n') = '' or tipo = 'palavra' and padrao_dobrado !~ '[a-z0-9]' then null
  when tipo = 'regex' then (
    select case when x.letras !~ '[][\\|(){}]' and x.letras ~ '[^%]{3}' then '%' || x.letras || '%' end
    from (
      select pg_catalog.regexp_replace(
        -- classes and plain groups, with what repeats them; then what may be missing; then what stands for any character
        pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.regexp_replace(
          pg_catalog.lower(pg_catalog.regexp_replace(padrao_dobrado, '^\(\?i\)', '')),
          '\[[^][\\]+\][?*+]*', '%', 'g'), '\((\?:)?[^()?\\][^()\\]*\)[?*+]*', '%', 'g'), '[^%][?*][?*+]*', '%', 'g'),
        '[.+^$]|%[%?*+]+', '%', 'g') as letras
      where padrao_dobrado !~ '^(\(\?i\))?\*\*\*|\(\?[^:i]'
    ) x
  )
  else '%' || pg_catalog.regexp_replace(
    pg_catalog.btrim(case
      when tipo = 'palavra' then pg_catalog.regexp_replace(padrao_dobrado, '[^a-z0-9]+', ' ', 'g')
      else pg_catalog.regexp_replace(padrao_dobrado, '([\\%_])', '\\\1', 'g')
    end), '\s+', '%', 'g') || '%'
end;

comment on function regras.filtro_padrao(text, text) is
  'LIKE pattern that every folded text matching a marketing pattern satisfies; null for an empty pattern, and for an expression of which that cannot be told.';
revoke execute on function regras.filtro_padrao(text, text) from public;
--! EndIncluded regras/filtro_padrao.sql

--! Included regras/expressao_padroes.sql
-- One regular expression for all active marketing patterns of one action and field, so that a row is read once however
-- many patterns there are; matched against folded text without regard to case. Those that have a quick filter (filtravel) and
-- those without come apart. Null where there is no pattern. Raises
-- invalid_regular_expression for a pattern that is none. Reads the patterns only. Called by the parts of regras.trade_marketing.
create or replace function regras.expressao_padroes(acao text, campo text, filtravel boolean) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(e.expressao, '|' order by p.id)
  from audit.padroes_trade_marketing p
  cross join lateral (
    select case
      when p.tipo = 'regex' then
        -- matched once alone: a pattern that is invalid by itself must not become valid between the others
        case when '' ~* regras.sem_acentos(p.padrao) is not null
          then '(?:' || regras.sem_acentos(p.padrao) || ')' end
      when p.tipo = 'palavra' then
        '(?:^|[^a-z0-9])' || nullif(regexp_replace(
          btrim(regexp_replace(p.padrao_dobrado, '[^a-z0-9]+', ' ', 'g')), ' ', '[^a-z0-9]+', 'g'), '') || '(?![a-z0-9])'
      else
        regexp_replace(regexp_replace(p.padrao_dobrado, '([^[:alnum:][:space:]])', '\\\1', 'g'), '\s+', '\\s+', 'g')
    end as expressao
  ) e
  where p.ativo
    and p.acao = expressao_padroes.acao
    and p.campo = expressao_padroes.campo
    and (regras.filtro_padrao(p.tipo, p.padrao_dobrado) is not null) = expressao_padroes.filtravel
    and btrim(p.padrao, E' \t\r\n') <> ''
$$;

comment on function regras.expressao_padroes(text, text, boolean) is
  'All active patterns of one action (incluir, excluir) and field as one regular expression; null where there is none.';
revoke execute on function regras.expressao_padroes(text, text, boolean) from public;
--! EndIncluded regras/expressao_padroes.sql

--! Included regras/filtro_padroes.sql
-- The patterns of one action and field as LIKE patterns, where they have one: a list of them costs a third of the expression
-- that decides. Null where there is none. Reads the patterns only. Called by the parts of regras.trade_marketing, against folded text.
create or replace function regras.filtro_padroes(acao text, campo text) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(regras.filtro_padrao(p.tipo, p.padrao_dobrado))
  from audit.padroes_trade_marketing p
  where p.ativo
    and p.acao = filtro_padroes.acao
    and p.campo = filtro_padroes.campo
    and regras.filtro_padrao(p.tipo, p.padrao_dobrado) is not null
$$;

comment on function regras.filtro_padroes(text, text) is
  'LIKE patterns that every folded text matching a marketing pattern satisfies; null where there is none.';
revoke execute on function regras.filtro_padroes(text, text) from public;
--! EndIncluded regras/filtro_padroes.sql

--! Included regras/padrao_casa.sql
-- Whether one marketing pattern matches one text: the same decision as regras.expressao_padroes takes for all of
-- them together, for naming the patterns in the evidence and for previews. Null-safe: no text or an empty pattern never
-- matches. Touches nothing. Called by regras.candidatos_marketing, audit.propor_padroes and
-- audit.previsao_padrao.
create or replace function regras.padrao_casa(tipo text, padrao text, texto_dobrado text) returns boolean
language sql immutable parallel safe
return coalesce(case
  when pg_catalog.btrim(padrao, E' \t\r\n') = '' then false
  when tipo = 'regex' then texto_dobrado ~* regras.sem_acentos(padrao)
  when tipo = 'palavra' then
    pg_catalog.regexp_replace(audit_interno.dobrar(padrao), '[^a-z0-9]+', '', 'g') <> ''
    and pg_catalog.strpos(
      ' ' || pg_catalog.regexp_replace(texto_dobrado, '[^a-z0-9]+', ' ', 'g') || ' ',
      ' ' || pg_catalog.btrim(pg_catalog.regexp_replace(audit_interno.dobrar(padrao), '[^a-z0-9]+', ' ', 'g')) || ' ') > 0
  else pg_catalog.strpos(
    pg_catalog.regexp_replace(texto_dobrado, '\s+', ' ', 'g'),
    pg_catalog.regexp_replace(audit_interno.dobrar(padrao), '\s+', ' ', 'g')) > 0
end, false);

comment on function regras.padrao_casa(text, text, text) is
  'Whether a pattern (contem, palavra, regex) matches a folded text; false for nulls and empty patterns.';
revoke execute on function regras.padrao_casa(text, text, text) from public;
--! EndIncluded regras/padrao_casa.sql

--! Included regras/frase_padroes.sql
-- The patterns that matched, as a reviewer reads them. Touches nothing. Called by regras.trade_marketing.
create or replace function regras.frase_padroes(padroes jsonb) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when count(*) = 1 then 'Casa com o padrão ' else 'Casa com os padrões ' end
    || string_agg('"' || left(p ->> 'padrao', 60) || '" em '
      || case p ->> 'campo' when 'descricao' then 'descrição' when 'conta_contabil' then 'conta contábil' else 'fornecedor' end,
      ', ' order by ordem)
  from jsonb_array_elements(padroes) with ordinality x (p, ordem)
  where ordem <= 5
$$;

comment on function regras.frase_padroes(jsonb) is 'Sentence that names the marketing patterns that matched.';
revoke execute on function regras.frase_padroes(jsonb) from public;
--! EndIncluded regras/frase_padroes.sql

--! Included regras/palavras_texto.sql
-- A text as words: folded, digits and punctuation as blanks, at most its first 600 characters. Touches nothing.
-- Called where entries are compared by text.
create or replace function regras.palavras_texto(texto text) returns text
language sql immutable parallel safe
return pg_catalog.btrim(pg_catalog.regexp_replace(
  audit_interno.dobrar(pg_catalog.left(texto, 600)), '[[:space:][:punct:][:digit:][:cntrl:]]+', ' ', 'g'));

comment on function regras.palavras_texto(text) is 'Words of a text, folded, separated by one blank; digits and punctuation dropped.';
revoke execute on function regras.palavras_texto(text) from public;
--! EndIncluded regras/palavras_texto.sql

--! Included regras/textos_casados.sql
-- The texts of one field, as they are written in the window, that the business's including patterns match. Each text is
-- folded and matched once however many entries bear it, and only what passes the quick filter meets the expressions. Reads
-- dw.lancamentos and the patterns; changes nothing. Called by regras.trade_marketing.
create or replace function regras.textos_casados(campo text, janela audit.janela) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- texts that do not fit are sorted in one go; hashed, each round after a spill may keep hardly any of millions
set enable_hashagg = off
as $$
declare
  v_filtro text[] := regras.filtro_padroes('incluir', campo);
  v_filtravel text := regras.expressao_padroes('incluir', campo, true);
  v_sem_filtro text := regras.expressao_padroes('incluir', campo, false);
begin
  if v_filtravel is null and v_sem_filtro is null then
    return array[]::text[];
  end if;
  -- an expression, not select into: that never runs in parallel
  return coalesce((
    select array_agg(t.texto)
    from (
      select d.texto, audit_interno.dobrar(d.texto collate "default") as dobrado
      from (
        -- by bytes, the cheapest to sort by
        select distinct (case textos_casados.campo
          when 'descricao' then l.descricao when 'fornecedor' then l.fornecedor else l.conta_contabil end) collate "C" as texto
        from dw.lancamentos l
        where (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
          and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
          and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
          and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
          and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      ) d
      -- or the folding would be repeated for every test below
      offset 0
    ) t
    where regras.texto_casa(t.dobrado, v_filtro, v_filtravel, v_sem_filtro)
  ), array[]::text[]);
end
$$;

comment on function regras.textos_casados(text, audit.janela) is
  'Distinct texts of a field (descricao, fornecedor, conta_contabil) in the window that an active including pattern matches.';
revoke execute on function regras.textos_casados(text, audit.janela) from public;
--! EndIncluded regras/textos_casados.sql

--! Included regras/candidatos_marketing.sql
-- The entries of a window that bear a matched text under another category, with the patterns that match and the words that
-- may speak for the booked category: those of name and description that no pattern names. An excluding pattern silences
-- its entries. Reads dw.lancamentos, the patterns and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function regras.candidatos_marketing(
  janela audit.janela, categoria text, descricoes text[], fornecedores text[], contas text[]
) returns table (
  id text, data_lancamento date, categoria_lancada text, categoria_dobrada text, valor numeric, chave text, padroes jsonb, palavras text[]
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- a list that may not be hashed is gone through for every entry
set work_mem = '64MB'
as $$
declare
  v_categoria_dobrada text := audit_interno.dobrar(candidatos_marketing.categoria);
  v_dos_padroes text[];
begin
  select coalesce(array_agg(distinct m[1]), '{}') into v_dos_padroes
  from audit.padroes_trade_marketing p
  cross join lateral regexp_matches(audit_interno.dobrar(p.padrao), '[a-z]{3,}', 'g') m
  where p.ativo and p.acao = 'incluir';

  return query
  with casado as materialized (
    select l.id::text as id, l.data_lancamento::date as data_lancamento, l.categoria::text as categoria, l.valor::numeric as valor,
      l.fornecedor_id, l.fornecedor, l.descricao, l.conta_contabil,
      coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada
    from dw.lancamentos l
    -- hashed lists: of an array written out the planner would weigh each member, in every partition
    where (l.descricao in (select unnest(candidatos_marketing.descricoes))
        or l.fornecedor in (select unnest(candidatos_marketing.fornecedores))
        or l.conta_contabil in (select unnest(candidatos_marketing.contas)))
      and l.categoria is distinct from candidatos_marketing.categoria
      and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
      and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
      and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
      and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
      and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
  ), texto as (
    select 'descricao' as campo, c.descricao as texto from casado c
    union
    select 'fornecedor', c.fornecedor from casado c
    union
    select 'conta_contabil', c.conta_contabil from casado c
  ), nomeado as materialized (
    select t.campo, t.texto, bool_or(p.acao = 'excluir') as excluido,
      jsonb_agg(jsonb_build_object('id', p.id, 'campo', p.campo, 'tipo', p.tipo, 'padrao', p.padrao) order by p.id)
        filter (where p.acao = 'incluir') as padroes
    from (select x.campo, x.texto, audit_interno.dobrar(x.texto) as dobrado from texto x where x.texto <> '' offset 0) t
    join (
      select p.*, regras.filtro_padrao(p.tipo, p.padrao_dobrado) as filtro
      from audit.padroes_trade_marketing p where p.ativo
      offset 0
    ) p on p.campo = t.campo
    -- the quick filter first; not every expression has one
    where (p.filtro is null or t.dobrado like p.filtro) and regras.padrao_casa(p.tipo, p.padrao, t.dobrado)
    group by t.campo, t.texto
  )
  select c.id, c.data_lancamento, c.categoria, c.categoria_dobrada, c.valor,
    regras.chave_fornecedor(c.fornecedor_id, c.fornecedor),
    coalesce(d.padroes, '[]') || coalesce(f.padroes, '[]') || coalesce(k.padroes, '[]'),
    array(
      select distinct w
      from string_to_table(concat_ws(' ', regras.palavras_texto(c.fornecedor), regras.palavras_texto(c.descricao)), ' ') w
      where length(w) >= 4 and w <> all (v_dos_padroes))
  from casado c
  left join nomeado d on d.campo = 'descricao' and d.texto = c.descricao
  left join nomeado f on f.campo = 'fornecedor' and f.texto = c.fornecedor
  left join nomeado k on k.campo = 'conta_contabil' and k.texto = c.conta_contabil
  where c.categoria_dobrada <> v_categoria_dobrada
    and coalesce(d.padroes, f.padroes, k.padroes) is not null
    and (d.excluido or f.excluido or k.excluido) is not true;
end
$$;

comment on function regras.candidatos_marketing(audit.janela, text, text[], text[], text[]) is
  'Entries of the window that marketing patterns match under a category other than the given one: patterns, supplier key and the words no pattern names.';
revoke execute on function regras.candidatos_marketing(audit.janela, text, text[], text[], text[]) from public;
--! EndIncluded regras/candidatos_marketing.sql

--! Included regras/historico_marketing.sql
-- What the given suppliers do: their entries between two days, by category, pending ones left out, whether or not a marketing pattern
-- matches them: a supplier that is itself a pattern must be able to say otherwise. All of them are read: three of thousands defend a
-- category, and a sample would lose them. What we booked and nobody confirmed is left out, or the rule would believe itself. Reads
-- dw.lancamentos, the audit tables and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function regras.historico_marketing(inicio date, fim date, chaves text[])
returns table (chave text, categoria_dobrada text, lancamentos bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- a list that may not be hashed is gone through for every entry
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes() || ''::text;
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_codigos text[] := array(
    select regras.codigos_marketing(historico_marketing.inicio, historico_marketing.fim, historico_marketing.chaves));
  v_sem_codigo boolean := exists (select from unnest(historico_marketing.chaves) k where k like '=%');
begin
  return query
  with grupo as (
    select l.fornecedor_id, l.fornecedor, l.categoria, count(*) as lancamentos
    from dw.lancamentos l
    where l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      -- of few an index is used; of many the planner would weigh each, and one scan by parallel workers is faster
      and (cardinality(v_codigos) <= 500 and l.fornecedor_id = any (v_codigos)
        or cardinality(v_codigos) > 500 and l.fornecedor_id in (select c from unnest(v_codigos) c))
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 1, 2, 3
    union all
    select null, l.fornecedor, l.categoria, count(*)
    from dw.lancamentos l
    where v_sem_codigo and l.data_lancamento between historico_marketing.inicio and historico_marketing.fim
      and regras.inicio_fornecedor(l.fornecedor_id) = ''
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 2, 3
  ), outro as (
    select regras.chave_fornecedor(g.fornecedor_id, g.fornecedor) as chave,
      coalesce(audit_interno.dobrar_categoria(g.categoria), '') as categoria_dobrada, g.lancamentos
    from grupo g
    offset 0
  )
  select o.chave, o.categoria_dobrada, sum(o.lancamentos)::bigint
  from outro o
  where o.chave = any (historico_marketing.chaves) and o.categoria_dobrada <> all (v_pendentes)
  group by o.chave, o.categoria_dobrada;
end
$$;

comment on function regras.historico_marketing(date, date, text[]) is
  'For each supplier key and folded category: entries between two booking dates, both included.';
revoke execute on function regras.historico_marketing(date, date, text[]) from public;
--! EndIncluded regras/historico_marketing.sql

--! Included regras/palavras_marketing.sql
-- Where the given words of names and descriptions are booked: a sample of some 20,000 entries between two days, drawn by their
-- keys so that the same ledger gives the same sample. For each word and category the entries, and of how many suppliers;
-- pending ones are left out, and those that a marketing pattern matches, for they are what is in question. Reads dw.lancamentos, the patterns and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function regras.palavras_marketing(inicio date, fim date, palavras text[])
returns table (palavra text, categoria_dobrada text, lancamentos bigint, total bigint, fornecedores bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_descricao_filtro text[] := regras.filtro_padroes('incluir', 'descricao');
  v_descricao text := regras.expressao_padroes('incluir', 'descricao', true);
  v_descricao_livre text := regras.expressao_padroes('incluir', 'descricao', false);
  v_fornecedor_filtro text[] := regras.filtro_padroes('incluir', 'fornecedor');
  v_fornecedor text := regras.expressao_padroes('incluir', 'fornecedor', true);
  v_fornecedor_livre text := regras.expressao_padroes('incluir', 'fornecedor', false);
  v_conta_filtro text[] := regras.filtro_padroes('incluir', 'conta_contabil');
  v_conta text := regras.expressao_padroes('incluir', 'conta_contabil', true);
  v_conta_livre text := regras.expressao_padroes('incluir', 'conta_contabil', false);
  v_passo bigint;
begin
  v_passo := (
    select greatest(1, count(*) / 20000)
    from dw.lancamentos l
    where l.data_lancamento between palavras_marketing.inicio and palavras_marketing.fim);

  return query
  with amostra as (
    select l.id::text as id, audit_interno.dobrar(l.descricao) as descricao, audit_interno.dobrar(l.fornecedor) as fornecedor,
      audit_interno.dobrar(l.conta_contabil) as conta, coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada,
      regras.chave_fornecedor(l.fornecedor_id, l.fornecedor) as chave,
      l.fornecedor as nome, l.descricao as memoria
    from dw.lancamentos l
    where l.data_lancamento between palavras_marketing.inicio and palavras_marketing.fim
      and (v_passo = 1 or hashtextextended(l.id::text, 0) % v_passo = 0)
    offset 0
  ), outra as (
    select a.id, a.categoria_dobrada, a.chave,
      concat_ws(' ', regras.palavras_texto(a.nome), regras.palavras_texto(a.memoria)) as texto
    from amostra a
    where a.categoria_dobrada <> '' and a.categoria_dobrada <> all (v_pendentes)
      and not regras.texto_casa(a.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
      and not regras.texto_casa(a.fornecedor, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
      and not regras.texto_casa(a.conta, v_conta_filtro, v_conta, v_conta_livre)
    offset 0
  ), contado as (
    select w.palavra, a.categoria_dobrada, a.chave, count(distinct a.id) as lancamentos
    from outra a
    cross join lateral string_to_table(a.texto, ' ') w (palavra)
    where w.palavra = any (palavras_marketing.palavras)
    group by 1, 2, 3
  )
  select c.palavra, c.categoria_dobrada, sum(c.lancamentos)::bigint,
    (sum(sum(c.lancamentos)) over (partition by c.palavra))::bigint, count(distinct c.chave)
  from contado c
  group by c.palavra, c.categoria_dobrada;
end
$$;

comment on function regras.palavras_marketing(date, date, text[]) is
  'For each word and folded category: sampled entries with that word, all of the word, and suppliers, between two booking dates, both included.';
revoke execute on function regras.palavras_marketing(date, date, text[]) from public;
--! EndIncluded regras/palavras_marketing.sql

--! Included regras/trade_marketing.sql
-- Finds marketing entries booked under another category: the business's patterns (audit.padroes_trade_marketing) over
-- supplier, description and account, all folded. A pattern is not proof: the confidence is the probability that such an entry is
-- marketing, from the pattern's own share in the ledger, how rare misbookings are, the supplier's other entries, the words of name
-- and description, and what people answered on the pattern's findings before; until they have answered often enough it stays below
-- the rule's threshold. Reads dw.lancamentos, the audit tables, the patterns and the settings; changes nothing. Called by the engine
-- for a window, and again over corrected keys to verify them.
create or replace function regras.trade_marketing(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  -- what the business thinks a pattern of its own is worth, and from where auto acts
  v_base numeric := regras.confianca_base('trade_marketing', 0.95);
  v_limiar numeric := coalesce((select r.limiar from audit.regras r where r.nome = 'trade_marketing'), 0.95);
  v_minimas int := (audit_interno.configuracao('regras.decisoes_minimas') #>> '{}')::int;
  v_erro numeric := (audit_interno.configuracao('trade_marketing.erro_lancamento') #>> '{}')::numeric;
  v_categoria text := nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '');
  v_meses int := coalesce((audit_interno.configuracao('trade_marketing.meses_historico') #>> '{}')::int, 12);
  v_pendentes text[] := regras.rotulos_pendentes();
  -- dates that leave room for the months of history on both sides
  v_primeira constant date := date '0030-01-01';
  v_ultima constant date := date '9970-12-31';
  -- what is not the supplier's own weighs no more than so many of its entries
  v_alheio constant int := 20;
  v_descricoes text[] := regras.textos_casados('descricao', janela);
  v_fornecedores text[] := regras.textos_casados('fornecedor', janela);
  v_contas text[] := regras.textos_casados('conta_contabil', janela);
begin
  if v_categoria is null then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'a configuração trade_marketing.categoria está vazia',
      hint = 'Informe a categoria que os lançamentos de marketing devem ter.';
  end if;
  if v_descricoes = '{}' and v_fornecedores = '{}' and v_contas = '{}' then
    return;
  end if;

  return query
  with candidato as materialized (
    select * from regras.candidatos_marketing(janela, v_categoria, v_descricoes, v_fornecedores, v_contas)
  ), periodo as materialized (
    select
      min(c.data_lancamento) filter (where c.data_lancamento between v_primeira and v_ultima) - v_meses * 31 as inicio,
      max(c.data_lancamento) filter (where c.data_lancamento between v_primeira and v_ultima) + v_meses * 31 as fim,
      array_agg(distinct c.chave) as chaves,
      array(select distinct w from candidato p cross join lateral unnest(p.palavras) w) as palavras
    from candidato c
  ), frase as materialized (
    -- few combinations of patterns, many entries
    select x.padroes, regras.frase_padroes(x.padroes) as texto from (select distinct c.padroes from candidato c) x
  ), parcela as materialized (
    select m.* from periodo p cross join lateral regras.parcelas_padroes(p.inicio, p.fim, v_categoria) m
  ), respondida as materialized (
    select y.padrao_id, y.registro_id, bool_and(y.certo) as certo from regras.respostas_padroes() y group by 1, 2
  ), resposta as materialized (
    select y.padrao_id, count(*) filter (where y.certo) as certas, count(*) filter (where not y.certo) as erradas
    from respondida y group by 1
  ), resumo as (
    select h.chave,
      sum(h.lancamentos) as total,
      coalesce(sum(h.lancamentos) filter (where h.categoria_dobrada = audit_interno.dobrar(v_categoria)), 0) as marketing,
      coalesce(max(h.lancamentos) filter (where h.categoria_dobrada <> audit_interno.dobrar(v_categoria)), 0) as maior_outra,
      jsonb_object_agg(h.categoria_dobrada, h.lancamentos) as por_categoria
    from periodo p
    cross join lateral regras.historico_marketing(p.inicio, p.fim, p.chaves) h
    group by h.chave
  ), firme as materialized (
    -- a word that several suppliers use, nine times in ten for one category
    select p.palavra, p.categoria_dobrada, p.lancamentos, p.total
    from periodo x
    cross join lateral regras.palavras_marketing(x.inicio, x.fim, x.palavras) p
    where p.fornecedores >= 3 and p.lancamentos >= 5 and p.lancamentos >= 0.9 * p.total
  ), texto as (
    select c.id,
      max(f.lancamentos) as contra,
      jsonb_agg(jsonb_build_object('palavra', f.palavra, 'na_categoria', f.lancamentos, 'total', f.total)
        order by f.lancamentos desc, f.palavra) as palavras
    from candidato c
    cross join lateral unnest(c.palavras) w (palavra)
    -- nothing defends a pending entry but its supplier's habit
    join firme f on f.palavra = w.palavra and f.categoria_dobrada = c.categoria_dobrada
    group by c.id
  )
  select
    null::text,
    c.id,
    jsonb_build_object('categoria', v_categoria),
    round(case when q.provado then o.confianca else least(o.confianca, greatest(v_limiar - 0.01, 0)) end, 4),
    jsonb_build_object(
      'padroes', c.padroes,
      'categoria_lancada', c.categoria_lancada,
      'parcela', jsonb_build_object('padrao', q.padrao_id, 'lancamentos', round(q.lancamentos), 'em_marketing', q.em_marketing),
      'respostas', jsonb_build_object('padrao', q.padrao_id, 'certas', q.certas, 'erradas', q.erradas, 'minimas', v_minimas),
      'historico_fornecedor', jsonb_build_object(
        'lancamentos', coalesce(r.total, 0) - e.proprio, 'na_categoria_lancada', e.contra, 'em_marketing', coalesce(r.marketing, 0),
        'meses', v_meses),
      'historico_texto', coalesce(t.palavras, '[]'),
      'a_favor', s.texto,
      'contra', f.contra),
    s.texto || ' e a categoria lançada é ' || coalesce('"' || c.categoria_lancada || '"', '(vazia)') || '.'
      || case when round(q.lancamentos) > 0 then ' De ' || round(q.lancamentos) || ' outros lançamentos que casam com ele, ' || q.em_marketing
        || ' estão em "' || v_categoria || '".' else '' end
      || coalesce(' Contra: ' || f.contra || '.', '')
      || case when q.provado then '' else ' O padrão ainda não corrige sozinho: ' || q.certas || ' de ' || v_minimas
        || ' respostas certas de pessoas.' end,
    nullif(abs(c.valor), 'NaN') -- one unreadable amount must not cost the others
  from candidato c
  join frase s on s.padroes = c.padroes
  left join resumo r on r.chave = c.chave
  left join texto t on t.id = c.id
  cross join lateral (
    select c.categoria_dobrada = '' or c.categoria_dobrada = any (v_pendentes) as pendente,
      (c.data_lancamento between v_primeira and v_ultima) is not true as sem_data
  ) b
  cross join lateral (
    -- a pending entry has no booked category to defend: the supplier's usual one takes its place. The entry itself is no history
    select p.proprio,
      case
        when b.pendente then coalesce(r.maior_outra, 0)
        else greatest(coalesce((r.por_categoria ->> c.categoria_dobrada)::bigint, 0) - p.proprio, 0)
      end as contra
    from (select case when b.pendente or b.sem_data or r.chave is null then 0 else 1 end as proprio) p
  ) e
  cross join lateral (
    select nullif(concat_ws('; ',
      case when e.contra > 0 then
        e.contra || ' de ' || r.total - e.proprio || ' outros lançamentos do fornecedor estão '
          || case when b.pendente then 'em outra categoria' else 'na categoria lançada' end end,
      case when b.sem_data then 'sem uma data que sirva não há histórico com que comparar' end,
      case when t.contra is not null then
        'a palavra "' || (t.palavras -> 0 ->> 'palavra') || '" está na categoria lançada em '
          || (t.palavras -> 0 ->> 'na_categoria') || ' de ' || (t.palavras -> 0 ->> 'total') || ' lançamentos' end), '') as contra
  ) f
  cross join lateral (
    -- the pattern that says most of those that match: proved before unproved
    select y.*
    from (
      select x.*, x.certas >= v_minimas as provado, (x.certas + 4 * x.inicial) / (x.certas + x.erradas + 4) as final
      from (
        select z.*, regras.confianca_padrao(z.parcela, case when b.pendente then 0.5 else v_erro end) as inicial
        from (
          select (i.padrao ->> 'id')::bigint as padrao_id, n.lancamentos, n.em_marketing,
            coalesce(w.certas, 0) - coalesce(v.certo, false)::int as certas,
            coalesce(w.erradas, 0) - coalesce(not v.certo, false)::int as erradas,
            least(0.99999, (n.em_marketing + 4 * v_base) / (n.lancamentos + 4)) as parcela
          from jsonb_array_elements(c.padroes) i (padrao)
          left join parcela m on m.padrao_id = (i.padrao ->> 'id')::bigint
          left join resposta w on w.padrao_id = (i.padrao ->> 'id')::bigint
          -- what was answered on the entry itself is not held for or against it
          left join respondida v on v.padrao_id = (i.padrao ->> 'id')::bigint and v.registro_id = c.id
          cross join lateral (
            select coalesce(m.em_marketing, 0) as em_marketing,
              greatest(coalesce(m.lancamentos, 0) - case when b.pendente or b.sem_data then 0 else coalesce(m.fracao, 0) end,
                coalesce(m.em_marketing, 0)) as lancamentos
          ) n
        ) z
      ) x
    ) y
    order by y.provado desc, y.final desc, y.padrao_id
    limit 1
  ) q
  cross join lateral (
    select regras.parcela_contestada(q.parcela, coalesce(r.marketing, 0),
      greatest(e.contra, least(coalesce(t.contra, 0), v_alheio), case when b.sem_data then v_alheio else 0 end)) as parcela
  ) u
  cross join lateral (
    -- the odds of the pattern, as people found them, moved by as much as the supplier's share differs from the pattern's
    select d.chance / (1 + d.chance) as confianca
    from (select q.final / (1 - q.final) * (u.parcela / (1 - u.parcela)) / (q.parcela / (1 - q.parcela)) as chance) d
  ) o;
end
$$;

comment on function regras.trade_marketing(audit.janela) is
  'Rule: entries that match the business''s marketing patterns under another category. Proposes the category of the setting trade_marketing.categoria; the confidence is the probability that the pattern is right there: its share in the ledger, how rare misbookings are, the supplier''s other entries, the words, and people''s answers on the pattern, without enough of which it stays below the threshold. Amount at stake: the entry''s.';
revoke execute on function regras.trade_marketing(audit.janela) from public;
--! EndIncluded regras/trade_marketing.sql

--! Included regras/nome_canonico.sql
-- One spelling for the many of a supplier's name: folded, punctuation as blanks, the company's legal form dropped.
-- Null when nothing is left. Touches nothing. Called by regras.conhecer_grafias and
-- entradas_pendencia.
create or replace function regras.nome_canonico(nome text) returns text
language sql immutable parallel safe
return nullif(pg_catalog.btrim(pg_catalog.regexp_replace(
  pg_catalog.regexp_replace(audit_interno.dobrar(pg_catalog.left(nome, 200)), '[[:space:][:punct:]]+', ' ', 'g'),
  '( (ltda|me|epp|mei|eireli|s ?a|s ?s|cia|ltd|limited|plc|llp|llc|inc|gmbh|co|the))+ ?$', '')), '');

comment on function regras.nome_canonico(text) is
  'Supplier name folded, without punctuation and legal form; null when nothing is left.';
revoke execute on function regras.nome_canonico(text) from public;
--! EndIncluded regras/nome_canonico.sql

--! Included regras/mes_indice.sql
-- A booking month as a number, year * 12 + month - 1, so that months can be subtracted. Null for dates without a year of
-- four digits. Touches nothing. Called by the statistics of regras.pendente_verificacao.
create or replace function regras.mes_indice(data date) returns int
language sql immutable parallel safe
return case when data >= '0001-01-01'::date and data <= '9999-12-31'::date
  then (date_part('year', data) * 12 + date_part('month', data) - 1)::int end;

comment on function regras.mes_indice(date) is 'Booking month as year * 12 + month - 1.';
revoke execute on function regras.mes_indice(date) from public;
--! EndIncluded regras/mes_indice.sql

--! Included regras/faixa_valor.sql
-- The amount band of an entry: its sign and thirds of a power of ten (100 to 215, 215 to 464, …). Touches nothing.
-- Called by regras.chaves_valor.
create or replace function regras.faixa_valor(valor numeric) returns text
language sql immutable parallel safe
return case
  when valor is null or valor = 'NaN' then null
  when pg_catalog.abs(valor) < 0.01 then '0'
  when pg_catalog.abs(valor) > 1e30 then 'infinito'
  else pg_catalog.sign(valor)::text || pg_catalog.floor(3 * pg_catalog.log(pg_catalog.abs(valor::double precision)))::text
end;

comment on function regras.faixa_valor(numeric) is 'Band of an amount: sign and thirds of a power of ten.';
revoke execute on function regras.faixa_valor(numeric) from public;
--! EndIncluded regras/faixa_valor.sql

--! Included regras/chaves_fornecedor.sql
-- What an entry is compared by, as far as its supplier, cost centre and account go, as one row: 2 cost centre, 4 company, 5 name,
-- 6 code, 7 supplier with cost centre, 11 supplier with account, 21 account. fornecedor is the company, or '=' and the name where
-- there is no code. A blank value has no key and so does not count. Each text is hashed once, pairs are hashes of hashes: this runs
-- for every entry of the history. Touches nothing. Called where history is counted and where entries are asked; inlined by the planner.
create or replace function regras.chaves_fornecedor(
  raiz text, nome text, codigo text, fornecedor text, centro text, conta text
) returns table (k2 bigint, k4 bigint, k5 bigint, k6 bigint, k7 bigint, k11 bigint, k21 bigint)
language sql immutable parallel safe rows 1
begin atomic
  select h.centro, pg_catalog.hashtextextended(raiz, 0), pg_catalog.hashtextextended(nome, 0), pg_catalog.hashtextextended(codigo, 0),
    pg_catalog.hashint8extended(h.centro, h.fornecedor), pg_catalog.hashint8extended(h.conta, h.fornecedor), h.conta
  from (
    select pg_catalog.hashtextextended(fornecedor, 0) as fornecedor, pg_catalog.hashtextextended(centro, 0) as centro,
      pg_catalog.hashtextextended(conta, 0) as conta
    offset 0
  ) h;
end;

comment on function regras.chaves_fornecedor(text, text, text, text, text, text) is
  'Hashed keys of the levels by which an entry is compared with history, as far as supplier, cost centre and account go; null where there is none.';
revoke execute on function regras.chaves_fornecedor(text, text, text, text, text, text) from public;
--! EndIncluded regras/chaves_fornecedor.sql

--! Included regras/chaves_valor.sql
-- What an entry is compared by, as far as its amount goes, as one row: 3 cost centre with amount band, 8 supplier with cost centre
-- and band, 9 supplier with cost centre and exact amount. Touches nothing. Called where history is counted and where entries are
-- asked; inlined by the planner.
create or replace function regras.chaves_valor(fornecedor text, centro text, valor numeric)
returns table (k3 bigint, k8 bigint, k9 bigint)
language sql immutable parallel safe rows 1
begin atomic
  select pg_catalog.hashint8extended(h.centro, h.faixa), pg_catalog.hashint8extended(h.faixa, h.ambos),
    pg_catalog.hash_numeric_extended(valor, h.ambos)
  from (
    select pg_catalog.hashtextextended(centro, 0) as centro, pg_catalog.hashtextextended(regras.faixa_valor(valor), 0) as faixa,
      pg_catalog.hashint8extended(coalesce(pg_catalog.hashtextextended(centro, 0), 0), pg_catalog.hashtextextended(fornecedor, 0)) as ambos
    offset 0
  ) h;
end;

comment on function regras.chaves_valor(text, text, numeric) is
  'Hashed keys of the levels by which an entry is compared with history, as far as its amount goes; null where there is none.';
revoke execute on function regras.chaves_valor(text, text, numeric) from public;
--! EndIncluded regras/chaves_valor.sql

--! Included regras/chaves_texto.sql
-- What an entry is compared by, as far as its text goes: 10 supplier with the same words, and 20 each word of name and
-- description. texto: the description as words. Touches nothing. Called where history is counted and where entries are asked;
-- inlined by the planner.
create or replace function regras.chaves_texto(fornecedor text, nome text, texto text)
returns table (nivel smallint, chave bigint, termo text)
language sql immutable parallel safe
begin atomic
  select 10::smallint, pg_catalog.hashtextextended(fornecedor || E'\n' || texto, 0), null::text
  where fornecedor is not null and texto <> ''
  union all
  select distinct 20::smallint, pg_catalog.hashtextextended(p.termo, 0), p.termo
  from pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.concat_ws(' ', nome, texto), ' ')) p (termo)
  where pg_catalog.length(p.termo) > 2;
end;

comment on function regras.chaves_texto(text, text, text) is
  'Levels by which an entry is compared with history, as far as its text goes: level, hashed key, and the word itself for words.';
revoke execute on function regras.chaves_texto(text, text, text) from public;
--! EndIncluded regras/chaves_texto.sql

--! Included regras/niveis.sql
-- An entry's keys as one row for each level that it has, 0 (everything) included. Touches nothing. Called where history is counted
-- and where entries are asked; inlined by the planner.
create or replace function regras.niveis(
  k2 bigint, k3 bigint, k4 bigint, k5 bigint, k6 bigint, k7 bigint, k8 bigint, k9 bigint, k11 bigint, k21 bigint
) returns table (nivel smallint, chave bigint)
language sql immutable parallel safe rows 11
begin atomic
  select v.nivel, v.chave
  -- a function over arrays: half the cost of a list of values for each entry
  from unnest('{0,2,3,4,5,6,7,8,9,11,21}'::smallint[], array[0, k2, k3, k4, k5, k6, k7, k8, k9, k11, k21]) v (nivel, chave)
  where v.chave is not null;
end;

comment on function regras.niveis(bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint) is
  'Keys of an entry as rows: level and key, without those that are null.';
revoke execute on function regras.niveis(bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint) from public;
--! EndIncluded regras/niveis.sql

--! Included regras/chaves_entrada.sql
-- Everything an entry is compared by: levels 0 (everything) to 11 (supplier with account), words (20) and account (21). History
-- is counted by the same three functions, so both go through the same keys. Touches nothing. Called by
-- regras.pontuar_pendencias and ajustar_alfas; inlined by the planner.
create or replace function regras.chaves_entrada(
  raiz text, nome text, codigo text, centro text, conta text, valor numeric, texto text
) returns table (nivel smallint, chave bigint, termo text)
language sql immutable parallel safe
begin atomic
  select f.nivel, f.chave, null::text
  from regras.chaves_fornecedor(raiz, nome, codigo, coalesce(raiz, '=' || nome), centro, conta) k
  cross join regras.chaves_valor(coalesce(raiz, '=' || nome), centro, valor) v
  cross join lateral regras.niveis(k.k2, v.k3, k.k4, k.k5, k.k6, k.k7, v.k8, v.k9, k.k11, k.k21) f
  union all
  select t.nivel, t.chave, t.termo from regras.chaves_texto(coalesce(raiz, '=' || nome), nome, texto) t;
end;

comment on function regras.chaves_entrada(text, text, text, text, text, numeric, text) is
  'Levels and words by which an entry is compared with history: level, hashed key, and the word itself for words.';
revoke execute on function regras.chaves_entrada(text, text, text, text, text, numeric, text) from public;
--! EndIncluded regras/chaves_entrada.sql

--! Included regras/corrigidas_sem_palavra.sql
-- Keys of the entries whose category we corrected and nobody confirmed: nothing is learned from them, or the rule would take
-- its own word for the truth. Null when there are none. Reads the audit tables. Called where history is counted and asked.
create or replace function regras.corrigidas_sem_palavra() returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(distinct d.registro_id)
  from audit.divergencias_processadas d
  where d.tabela = 'dw.lancamentos' and d.status = 'corrigida' and d.valores_propostos ? 'categoria'
    and not exists (
      select from audit.decisoes p
      where p.divergencia_id = d.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual'))
$$;

comment on function regras.corrigidas_sem_palavra() is 'Keys of entries whose category we corrected without a person''s word.';
revoke execute on function regras.corrigidas_sem_palavra() from public;
--! EndIncluded regras/corrigidas_sem_palavra.sql

--! Included regras/conhecer_grafias.sql
-- Gives numbers to categories and one spelling to supplier names that were not known yet: few of them, many entries, so each is
-- spelled out once. Of some months, of some keys, or of all when both are null. Reads dw.lancamentos, writes
-- estatistica_categoria and estatistica_nome. Called before history is counted.
create or replace function regras.conhecer_grafias(meses int[], chaves text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_inicio date;
  v_fim date;
  v_categorias text[];
  v_nomes text[];
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  -- read first and written then: what only reads may run in parallel
  select array_agg(distinct g.categoria) filter (where btrim(g.categoria) <> ''), array_agg(distinct g.escrito) filter (where g.escrito is not null)
  into v_categorias, v_nomes
  from (
    select l.categoria, left(l.fornecedor, 200) as escrito
    from dw.lancamentos l
    where (conhecer_grafias.meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim)
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
    group by l.categoria, left(l.fornecedor, 200)
  ) g;

  insert into regras.estatistica_categoria (categoria)
  select c.categoria from unnest(v_categorias) c (categoria)
  where not exists (select from regras.estatistica_categoria k where k.categoria = c.categoria);

  insert into regras.estatistica_nome (escrito, nome)
  select n.escrito, regras.nome_canonico(n.escrito) from unnest(v_nomes) n (escrito)
  where not exists (select from regras.estatistica_nome k where k.escrito = n.escrito);

  -- believed to be empty, as after a count that was taken back or while one was vacuumed: every name would be held against every text
  if exists (select from pg_class c where c.oid in ('regras.estatistica_categoria'::regclass, 'regras.estatistica_nome'::regclass)
    and c.reltuples <= 0)
  then
    analyze regras.estatistica_categoria, regras.estatistica_nome;
  end if;
end
$$;

comment on function regras.conhecer_grafias(int[], text[]) is 'Numbers for new categories and one spelling for new supplier names.';
revoke execute on function regras.conhecer_grafias(int[], text[]) from public;
--! EndIncluded regras/conhecer_grafias.sql

--! Included regras/contar_historia.sql
-- Counts what the learnable history says: how often each key of each level went with a category in each booking month, of some
-- months, of some entries, or of all when both are null. Never learns from entries that are pending, have no category or no
-- usable date, or were corrected by us without a person's word. Words have a query of their own, grouped first by the text, so that
-- amounts do not multiply words; return query, because it may run in parallel.
-- Reads dw.lancamentos, the audit tables, estatistica_categoria and estatistica_nome (which must know the entries' categories
-- and names); changes nothing. Called by regras.contar_meses and contar_chegadas.
create or replace function regras.contar_historia(meses int[], chaves text[], metade int default null)
returns table (nivel smallint, chave bigint, mes int, categoria int, linhas int)
-- the cost says: worth a process of its own
language plpgsql stable parallel safe cost 1e9 rows 1000000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_inicio date;
  v_fim date;
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  return query
  select f.nivel, f.chave, h.mes, h.categoria, count(*)::int
  from (
    select regras.mes_indice(l.data_lancamento) as mes, c.id as categoria, n.nome, r.raiz, coalesce(r.raiz, '=' || n.nome) as fornecedor,
      nullif(btrim(l.fornecedor_id), '') as codigo, nullif(btrim(l.centro_custo), '') as centro, nullif(btrim(l.conta_contabil), '') as conta,
      l.valor
    from dw.lancamentos l
    join (
      select k.id, k.categoria
      from regras.estatistica_categoria k
      where audit_interno.dobrar_categoria(k.categoria) <> all (v_pendentes || ''::text)
      offset 0
    ) c on c.categoria = l.categoria
    left join regras.estatistica_nome n on n.escrito = left(l.fornecedor, 200)
    cross join lateral (select regras.raiz_fornecedor(l.fornecedor_id) as raiz offset 0) r
    where btrim(l.categoria) <> ''
      and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and regras.mes_indice(l.data_lancamento) = any (meses))
      and (metade is null or regras.mes_indice(l.data_lancamento) & 1 <> 1 - metade)
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    -- or each of these expressions is reckoned once for every key
    offset 0
  ) h
  cross join lateral regras.chaves_fornecedor(h.raiz, h.nome, h.codigo, h.fornecedor, h.centro, h.conta) k
  cross join lateral regras.chaves_valor(h.fornecedor, h.centro, h.valor) v
  cross join lateral regras.niveis(k.k2, v.k3, k.k4, k.k5, k.k6, k.k7, v.k8, v.k9, k.k11, k.k21) f
  where h.mes is not null
  group by f.nivel, f.chave, h.mes, h.categoria;

  return query
  select f.nivel, f.chave, h.mes, c.id, sum(h.linhas)::int
  from (
    select g.mes, g.categoria, g.escrito, g.fornecedor_id, g.descricao, g.linhas, regras.palavras_texto(g.descricao) as texto,
      regras.raiz_fornecedor(g.fornecedor_id) as raiz
    from (
      -- the same text of the same supplier is taken apart once
      select regras.mes_indice(l.data_lancamento) as mes, l.categoria, left(l.fornecedor, 200) as escrito, l.fornecedor_id,
        l.descricao, count(*) as linhas
      from dw.lancamentos l
      where btrim(l.categoria) <> ''
        and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
          and regras.mes_indice(l.data_lancamento) = any (meses))
        and (metade is null or regras.mes_indice(l.data_lancamento) & 1 <> 1 - metade)
        and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
        and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
      group by regras.mes_indice(l.data_lancamento), l.categoria, left(l.fornecedor, 200), l.fornecedor_id, l.descricao
    ) g
    offset 0
  ) h
  join (
    select k.id, k.categoria
    from regras.estatistica_categoria k
    where audit_interno.dobrar_categoria(k.categoria) <> all (v_pendentes || ''::text)
    offset 0
  ) c on c.categoria = h.categoria
  left join regras.estatistica_nome n on n.escrito = h.escrito
  cross join lateral regras.chaves_texto(coalesce(h.raiz, '=' || n.nome), n.nome, h.texto) f
  where h.mes is not null
  group by f.nivel, f.chave, h.mes, c.id;
end
$$;

comment on function regras.contar_historia(int[], text[], int) is
  'Counts of the learnable history by level, key, booking month and category: of some months, of some keys, or of all.';
revoke execute on function regras.contar_historia(int[], text[], int) from public;
--! EndIncluded regras/contar_historia.sql

--! Included regras/contar_meses.sql
-- Counts the learnable history of the given booking months anew, or of all months when null. Reads dw.lancamentos and the
-- audit tables; writes regras.estatistica_* only. Called by regras.preparar_pendente_verificacao.
create or replace function regras.contar_meses(meses int[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
begin
  delete from regras.estatistica_contagem c where contar_meses.meses is null or c.mes = any (meses);
  delete from regras.estatistica_mes m where contar_meses.meses is null or m.mes = any (meses);
  delete from regras.estatistica_fornecedor f where contar_meses.meses is null or f.mes = any (meses);
  perform regras.conhecer_grafias(meses, null);
  insert into regras.estatistica_fornecedor select * from regras.contar_fornecedores(meses, null);

  -- in order of the key: an index is filled many times faster from left to right, and what is read together lies together.
  -- The key stays: conferente_regra may create nothing in this schema, not even the index that it would be built anew with
  insert into regras.estatistica_contagem (nivel, chave, mes, categoria, linhas)
  select h.nivel, h.chave, h.mes, h.categoria, h.linhas
  from regras.contar_em_metades(meses) h
  order by h.nivel, h.chave, h.mes, h.categoria;
  insert into regras.estatistica_mes (mes, linhas)
  select c.mes, sum(c.linhas)
  from regras.estatistica_contagem c
  where c.nivel = 0 and c.chave = 0 and (contar_meses.meses is null or c.mes = any (meses))
  group by c.mes;
end
$$;

comment on function regras.contar_meses(int[]) is 'Recounts the learnable history of some booking months, or of all when null.';
revoke execute on function regras.contar_meses(int[]) from public;
--! EndIncluded regras/contar_meses.sql

--! Included regras/contar_chegadas.sql
-- Adds entries that were not counted yet to the counts; meses: the booking months they are of. HAZARD: adding an entry twice is not noticed; that each is new has to be
-- known, see regras.acompanhar_historia. Reads dw.lancamentos and the audit tables; writes regras.estatistica_*.
create or replace function regras.contar_chegadas(meses int[], chaves text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if chaves is null then
    return;
  end if;
  perform regras.conhecer_grafias(meses, chaves);
  insert into regras.estatistica_fornecedor as f
  select * from regras.contar_fornecedores(meses, chaves)
  on conflict (raiz, nome, mes) do update set textos = f.textos + excluded.textos,
    palavras = array(select distinct w from unnest(f.palavras || excluded.palavras) w);
  with somada as (
    insert into regras.estatistica_contagem as c (nivel, chave, mes, categoria, linhas)
    select h.nivel, h.chave, h.mes, h.categoria, h.linhas
    from regras.contar_historia(meses, chaves) h
    on conflict (nivel, chave, mes, categoria) do update set linhas = c.linhas + excluded.linhas
    returning c.nivel, c.mes
  )
  insert into regras.estatistica_mes as m (mes, linhas)
  select c.mes, 0 from (select distinct s.mes from somada s where s.nivel = 0) c
  on conflict (mes) do nothing;
  update regras.estatistica_mes m
  set linhas = t.linhas
  from (
    select c.mes, sum(c.linhas) as linhas from regras.estatistica_contagem c
    where c.nivel = 0 and c.chave = 0
    group by c.mes
  ) t
  where t.mes = m.mes and t.linhas <> m.linhas;
end
$$;

comment on function regras.contar_chegadas(int[], text[]) is 'Adds entries that were not counted yet to the counts.';
revoke execute on function regras.contar_chegadas(int[], text[]) from public;
--! EndIncluded regras/contar_chegadas.sql

--! Included regras/marcar_borda.sql
-- Remembers how far the ledger was read: the rows loaded since the limit one by one, the older ones as a number for each booking
-- month (of some months; of all when null). A stretch of more than 100,000 rows is not remembered one by one: then any change in
-- it counts everything again. Reads dw.lancamentos; writes estatistica_borda and estatistica_antigas. Called by
-- regras.preparar_pendente_verificacao, which keeps the numbers returned.
create or replace function regras.marcar_borda(limite timestamptz, meses int[], out linhas bigint, out ultima timestamptz)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_inicio date;
  v_fim date;
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  delete from regras.estatistica_antigas a where marcar_borda.meses is null or a.mes = any (meses);
  insert into regras.estatistica_antigas (mes, linhas)
  select regras.mes_indice(l.data_lancamento), count(*)
  from dw.lancamentos l
  where (l.carregado_em < limite or l.carregado_em is null) and regras.mes_indice(l.data_lancamento) is not null
    and (marcar_borda.meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
      and regras.mes_indice(l.data_lancamento) = any (meses))
  group by 1;

  select count(*), max(l.carregado_em) into linhas, ultima from dw.lancamentos l where l.carregado_em >= limite;
  delete from regras.estatistica_borda;
  if linhas <= 100000 then
    insert into regras.estatistica_borda (registro_id, carregado_em, mes)
    select l.id::text, l.carregado_em, regras.mes_indice(l.data_lancamento) from dw.lancamentos l where l.carregado_em >= limite;
  end if;
end
$$;

comment on function regras.marcar_borda(timestamptz, int[]) is
  'Remembers which rows loaded since the limit are counted, and how many older ones each month has. Returns rows since the limit and the last load time.';
revoke execute on function regras.marcar_borda(timestamptz, int[]) from public;
--! EndIncluded regras/marcar_borda.sql

--! Included regras/acompanhar_historia.sql
-- Brings the counts up to date at the cost of what changed. Rows that came are added. A month is counted again when one of its
-- rows was changed, deleted or moved, which shows by rows missing from those remembered (see regras.marcar_borda), or when
-- we changed something in it that had been learned. Assumes what the contract says: a load that changes a row sets carregado_em.
-- Reads dw.lancamentos and the audit tables; writes regras.estatistica_*. Returns the months counted again.
-- Called by regras.preparar_pendente_verificacao.
create or replace function regras.acompanhar_historia(limite timestamptz, operacao_ate bigint, limite_novo timestamptz) returns int[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- each of these joins is of what was changed or came, and statistics from before that say that it is nothing
set enable_nestloop = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_corrigidas bigint[];
  v_alteradas text[];
  v_eram_pendentes text[];
  v_chegadas text[];
  v_meses int[];
  v_refazer int[];
  v_inicio date;
  v_fim date;
begin
  v_corrigidas := array(select distinct a.divergencia_id from audit.alteracoes a where a.operacao_id > acompanhar_historia.operacao_ate);
  -- what each row held when it was last counted: pending, and not learned then, or something else. In one pass over what we changed
  -- since: looked up row by row, stale statistics made it a pass for each
  select array_agg(n.registro_id), array_agg(n.registro_id) filter (where n.era_pendente) into v_alteradas, v_eram_pendentes
  from (
    select distinct on (d.registro_id) d.registro_id,
      a.antes ? 'categoria' and coalesce(audit_interno.dobrar_categoria(a.antes ->> 'categoria'), '') = any (v_pendentes || ''::text) as era_pendente
    from audit.alteracoes a
    join audit.divergencias_processadas d on d.id = a.divergencia_id
    where a.operacao_id > acompanhar_historia.operacao_ate and d.id = any (v_corrigidas) and d.tabela = 'dw.lancamentos'
    order by d.registro_id, a.operacao_id
  ) n;

  with lida as materialized (
    select l.id::text as id, regras.mes_indice(l.data_lancamento) as mes, l.carregado_em
    from dw.lancamentos l where l.carregado_em >= limite
  ), alterada as (
    select l.id::text as id, regras.mes_indice(l.data_lancamento) as mes, coalesce(l.id::text = any (v_eram_pendentes), false) as era_pendente
    from dw.lancamentos l
    where l.id = any (audit_interno.chaves_como(v_alteradas, (null::dw.lancamentos).id))
  ), chegada as materialized (
    select l.id, l.mes from lida l
    where not exists (
      select from regras.estatistica_borda b where b.registro_id = l.id and b.carregado_em = l.carregado_em)
    union
    select a.id, a.mes from alterada a where a.era_pendente
  ), mexida as (
    select a.mes from alterada a where not a.era_pendente
    union
    select b.mes from regras.estatistica_borda b
    where not exists (select from lida l where l.id = b.registro_id and l.carregado_em = b.carregado_em)
  )
  select (select array_agg(distinct m.mes) from mexida m where m.mes is not null),
    array_agg(distinct c.mes), array_agg(c.id order by c.id)
  into v_refazer, v_meses, v_chegadas
  from chegada c
  where c.mes is not null;

  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(v_meses) m;

  -- older rows that are fewer than they were, or more; an expression, not select into: that never runs in parallel
  v_refazer := (
    select array_agg(distinct m.mes)
    from (
      select r.mes from unnest(v_refazer) r (mes)
      union
      select m.mes
      from unnest(v_meses) m (mes)
      left join (
        select regras.mes_indice(l.data_lancamento) as mes, count(*) as linhas
        from dw.lancamentos l
        where l.data_lancamento >= v_inicio and l.data_lancamento < v_fim and (l.carregado_em < limite or l.carregado_em is null)
        group by 1
      ) a on a.mes = m.mes
      left join regras.estatistica_antigas e on e.mes = m.mes
      where coalesce(a.linhas, 0) <> coalesce(e.linhas, 0)
    ) m
  );

  if v_refazer is not null then
    perform regras.contar_meses(v_refazer);
    select array_agg(l.id::text), array_agg(distinct regras.mes_indice(l.data_lancamento))
    into v_chegadas, v_meses
    from dw.lancamentos l
    where l.id = any (audit_interno.chaves_como(v_chegadas, (null::dw.lancamentos).id))
      and regras.mes_indice(l.data_lancamento) <> all (v_refazer);
  end if;
  perform regras.contar_chegadas(v_meses, v_chegadas);

  -- what has become old since
  insert into regras.estatistica_antigas as a (mes, linhas)
  select regras.mes_indice(l.data_lancamento), count(*)
  from dw.lancamentos l
  where l.carregado_em >= limite and l.carregado_em < limite_novo and regras.mes_indice(l.data_lancamento) is not null
  group by 1
  on conflict (mes) do update set linhas = a.linhas + excluded.linhas;
  return coalesce(v_refazer, '{}');
end
$$;

comment on function regras.acompanhar_historia(timestamptz, bigint, timestamptz) is
  'Adds what came to the counts and counts months again in which something was changed. Returns those months.';
revoke execute on function regras.acompanhar_historia(timestamptz, bigint, timestamptz) from public;
--! EndIncluded regras/acompanhar_historia.sql

--! Included regras/ultimo_mes_conhecido.sql
-- The last booking month before the given one that has a history worth the name: at least a tenth of a usual month's rows.
-- Null when there is none. Reads regras.estatistica_mes. Called by regras.entradas_pendencia,
-- pontuar_pendencias and ajustar_alfas.
create or replace function regras.ultimo_mes_conhecido(corte int) returns int
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select max(m.mes)
  from regras.estatistica_mes m
  where m.mes < ultimo_mes_conhecido.corte
    and m.linhas >= 0.1 * (select sum(t.linhas * t.linhas) / nullif(sum(t.linhas), 0) from regras.estatistica_mes t)
$$;

comment on function regras.ultimo_mes_conhecido(int) is 'Last month before the given one with a usual amount of history.';
revoke execute on function regras.ultimo_mes_conhecido(int) from public;
--! EndIncluded regras/ultimo_mes_conhecido.sql

--! Included regras/lacuna.sql
-- Months without history between the last known month and an entry's: 0 to 24, 12 when nothing is known at all. The longer an
-- entry waits the less the past says of it. Touches nothing. Called by regras.entradas_pendencia.
create or replace function regras.lacuna(mes int, conhecido int) returns smallint
language sql immutable parallel safe
return coalesce(least(24, greatest(0, mes - 1 - conhecido)), 12)::smallint;

comment on function regras.lacuna(int, int) is 'Months without history before an entry, 0 to 24.';
revoke execute on function regras.lacuna(int, int) from public;
--! EndIncluded regras/lacuna.sql

--! Included regras/entradas_pendencia.sql
-- The entries in question and what is known of each. Either the pending entries of a window, each allowed to see the months
-- before its own (corte); or (retroteste) decided entries of the given months: a sample, each allowed to see the months before
-- some wait, or without a size (amostra) all of them without a wait. What contradicts its supplier's
-- code (contra: nome, texto; see regras.contradizem_codigo) is asked without the code. metade: of all suppliers (null) or of one
-- half (0, 1). Reads dw.lancamentos and the statistics; changes nothing.
-- Called by regras.pontuar_pendencias and by the fitting of the weights.
create or replace function regras.entradas_pendencia(janela audit.janela, retroteste int4range, amostra int, metade int)
returns table (
  id text, corte int, lacuna smallint, certa int, raiz text, nome text, codigo text, centro text, conta text, valor numeric, texto text,
  contra text
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := case when retroteste is not null then regras.corrigidas_sem_palavra() end;
  v_inicio date := make_date(lower(retroteste) / 12, lower(retroteste) % 12 + 1, 1);
  v_fim date := make_date(upper(retroteste) / 12, upper(retroteste) % 12 + 1, 1);
  v_limiar bigint;
begin
  if retroteste is null then
    return query
    with pendente as materialized (
      select l.id::text as id, coalesce(regras.mes_indice(l.data_lancamento), -1) as corte,
        left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.centro_custo, l.conta_contabil, l.valor, l.descricao
      from dw.lancamentos l
      where coalesce(audit_interno.dobrar_categoria(l.categoria), '') = any (v_pendentes)
        and (metade is null or regras.metade_fornecedor(l.fornecedor_id, l.fornecedor) = metade)
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
    ), mes as materialized (
      select m.corte, regras.lacuna(m.corte, regras.ultimo_mes_conhecido(m.corte)) as lacuna
      from (select distinct p.corte from pendente p) m
    ), entrada as materialized (
      select row_number() over () as n, p.id, p.corte, m.lacuna, regras.raiz_fornecedor(p.fornecedor_id) as raiz,
        case when n.escrito is null then regras.nome_canonico(p.escrito) else n.nome end as nome,
        nullif(btrim(p.fornecedor_id), '') as codigo, nullif(btrim(p.centro_custo), '') as centro,
        nullif(btrim(p.conta_contabil), '') as conta, p.valor, regras.palavras_texto(p.descricao) as texto
      from pendente p
      join mes m on m.corte = p.corte
      left join regras.estatistica_nome n on n.escrito = p.escrito
    ), contraria as materialized (
      select c.* from (select array_agg(e.raiz order by e.n) as raizes, array_agg(e.nome order by e.n) as nomes,
        array_agg(e.texto order by e.n) as textos, array_agg(e.corte order by e.n) as cortes from entrada e) a
      cross join lateral regras.contradizem_codigo(a.raizes, a.nomes, a.textos, a.cortes) c
    )
    select e.id, e.corte, e.lacuna, null::int, case when c.n is null then e.raiz end, e.nome, case when c.n is null then e.codigo end,
      e.centro, e.conta, e.valor, e.texto, c.contra
    from entrada e
    left join contraria c on c.n = e.n;
    return;
  end if;

  -- of a large ledger only as many are looked at as make the sample surely full: hashes are spread evenly
  select case when 2 * amostra < sum(m.linhas) then ((2.0 * amostra / sum(m.linhas) - 0.5) * 18446744073709551615)::bigint end
  into v_limiar
  from regras.estatistica_mes m
  where m.mes <@ retroteste;

  return query
  with decidida as materialized (
    select l.id::text as id, regras.mes_indice(l.data_lancamento) as mes, c.id as certa,
      left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.centro_custo, l.conta_contabil, l.valor, l.descricao
    from dw.lancamentos l
    join (
      select k.id, k.categoria
      from regras.estatistica_categoria k
      where audit_interno.dobrar_categoria(k.categoria) <> all (v_pendentes || ''::text)
      offset 0
    ) c on c.categoria = l.categoria
    where l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
      and (v_limiar is null or hashtextextended(l.id::text, 1) <= v_limiar)
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    -- the same sample whenever the ledger is the same
    order by hashtextextended(l.id::text, 1)
    limit amostra
  ), espera as materialized (
    -- each is asked as if it had waited for none to eleven months, rather evenly: how long a real one waits is not known
    select p.mes, p.corte, p.sorte, regras.lacuna(p.mes, u.ultimo) as lacuna
    from (
      select m.mes, g.sorte,
        case when amostra is null then m.mes else greatest(m.mes - g.meses, lower(retroteste)) end as corte
      from generate_series(lower(retroteste), upper(retroteste) - 1) m (mes)
      cross join unnest('{0,0,0,1,1,2,2,3,4,5,6,7,8,9,10,11}'::int[]) with ordinality g (meses, sorte)
    ) p
    join (
      select c.corte, regras.ultimo_mes_conhecido(c.corte) as ultimo
      from generate_series(lower(retroteste), upper(retroteste) - 1) c (corte)
      offset 0
    ) u on u.corte = p.corte
  ), entrada as materialized (
    select row_number() over () as n, d.id, e.corte, e.lacuna, d.certa, regras.raiz_fornecedor(d.fornecedor_id) as raiz,
      case when n.escrito is null then regras.nome_canonico(d.escrito) else n.nome end as nome,
      nullif(btrim(d.fornecedor_id), '') as codigo, nullif(btrim(d.centro_custo), '') as centro,
      nullif(btrim(d.conta_contabil), '') as conta, d.valor, regras.palavras_texto(d.descricao) as texto
    from decidida d
    join espera e on e.mes = d.mes and e.sorte = 1 + (hashtextextended(d.id, 2) & 15)
    left join regras.estatistica_nome n on n.escrito = d.escrito
    where metade is null or regras.metade_fornecedor(d.fornecedor_id, d.escrito) = metade
  ), contraria as materialized (
    select c.* from (select array_agg(e.raiz order by e.n) as raizes, array_agg(e.nome order by e.n) as nomes,
      array_agg(e.texto order by e.n) as textos, array_agg(e.corte order by e.n) as cortes from entrada e) a
    cross join lateral regras.contradizem_codigo(a.raizes, a.nomes, a.textos, a.cortes) c
  )
  select e.id, e.corte, e.lacuna, e.certa, case when c.n is null then e.raiz end, e.nome, case when c.n is null then e.codigo end,
    e.centro, e.conta, e.valor, e.texto, c.contra
  from entrada e
  left join contraria c on c.n = e.n;
end
$$;

comment on function regras.entradas_pendencia(audit.janela, int4range, int, int) is
  'Entries in question (pending ones, or a back-test sample), what they are compared by, and the first month they may not see.';
revoke execute on function regras.entradas_pendencia(audit.janela, int4range, int, int) from public;
--! EndIncluded regras/entradas_pendencia.sql

--! Included regras/alfas.sql
-- Strength of the wider group at each level: so many pseudo-entries distributed as the wider group says. Fitted by the
-- back-test; these defaults until then. Reads regras.estatistica_peso. Called by regras.pontuar_pendencias.
create or replace function regras.alfas() returns table (nivel smallint, peso double precision)
language sql stable rows 12
set search_path = pg_catalog, pg_temp
as $$
  select n::smallint,
    coalesce((select p.peso from regras.estatistica_peso p where p.nome = 'alfa_' || n), case when n < 4 then 5 else 1 end)
  from generate_series(0, 11) n
$$;

comment on function regras.alfas() is 'Pseudo-entries by which each level is shrunk towards the wider one.';
revoke execute on function regras.alfas() from public;
--! EndIncluded regras/alfas.sql

--! Included regras/classe_apoio.sql
-- How well an entry is known: 0 supplier never seen, 1 seen up to about three times, 2 up to about thirty, 3 oftener; and 4 to 7 the same for
-- entries whose account is known to the history. Words weigh more and scores mean less where the supplier is unknown, and an
-- account may settle everything, so each class is fitted and calibrated apart. Touches nothing.
-- Called by regras.pontuar_pendencias.
create or replace function regras.classe_apoio(apoio double precision, com_conta boolean) returns smallint
language sql immutable parallel safe
return (case when apoio <= 0 then 0 when apoio < 3.5 then 1 when apoio < 30 then 2 else 3 end
  + case when com_conta then 4 else 0 end)::smallint;

comment on function regras.classe_apoio(double precision, boolean) is
  'Class of knowledge: 0 unknown supplier, 1 thin, 2 known, 3 well known; 4 to 7 the same with a known account.';
revoke execute on function regras.classe_apoio(double precision, boolean) from public;
--! EndIncluded regras/classe_apoio.sql

--! Included regras/pontuar_pendencias.sql
-- Scores the categories for each entry in question. Two opinions, apart:
--   base    hierarchical Dirichlet back-off: p_l = (n_l + alfa_l * p_(l-1)) / (N_l + alfa_l), from everything down to the
--           finest level known. Unrolled, it is a sum over levels of n_l times a coefficient of the entry alone.
--   palavras  naive Bayes over words and account: sum of ln P(w | c) / P(w), smoothed towards P(w).
-- Counts lose half their weight in nine months of history; months without any do not age them, as they did not in the back-test:
-- what a wait costs is the calibration's to say. A back-test asks an entry with an account twice, with it and without, because
-- pending entries often have none yet; both come out of one reckoning. repetidas: earlier entries of the same supplier, cost centre
-- and exact amount in each category (a rent, a subscription). recentes: log-odds of each category among the latest entries of the
-- same supplier and cost centre, counts losing half their weight in six weeks, of history and of waiting alike; nought where there
-- are none: a supplier that has changed its business of late shows there first. bases and palavras are told of a back-test only. With
-- provas, also what the history says at each level and word of the best category, undecayed, as a reviewer would find it in the
-- ledger. Entries of which the very same is known, as of several alike in one month, share a row: ids and certas go together. contra: what contradicts the supplier's code, which is not looked at then. metade:
-- of all suppliers (null) or of one half (0, 1). Reads regras.estatistica_* and, through entradas_pendencia, dw.lancamentos;
-- changes nothing. Called by sugerir_pendencias and perguntar_retroteste.
create or replace function regras.pontuar_pendencias(
  janela audit.janela, retroteste int4range, amostra int, provas boolean, metade int default null
) returns table (
  ids text[], com_conta boolean, certas int[], classe smallint, lacuna smallint, categorias int[], bases double precision[], palavras double precision[],
  repetidas double precision[], recentes double precision[], notas double precision[], niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[],
  contra text
)
-- costly enough to be worth a process of its own
language plpgsql stable parallel safe cost 1e9 rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- the one nested loop wanted is written as a lateral index look-up; what else is joined is of this statement's own making, of
-- unknown size and in no order, so it is hashed, and so are its groups
set enable_nestloop = off
set enable_mergejoin = off
set enable_sort = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
begin
  return query
  with entrada as materialized (
    select row_number() over ()::int as n, e.* from regras.entradas_pendencia(janela, retroteste, amostra, metade) e
  ), k as materialized (
    select e.n, e.corte, c.nivel, c.chave, c.termo
    from entrada e
    cross join lateral regras.chaves_entrada(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor, e.texto) c
  ), corte as materialized (
    select d.corte, coalesce(regras.ultimo_mes_conhecido(d.corte), d.corte - 1) as ultimo
    from (select distinct e.corte from entrada e) d
  ), contexto as materialized (
    select row_number() over ()::int as x, d.nivel, d.chave, d.corte, o.ultimo
    from (select k.nivel, k.chave, k.corte from k group by k.nivel, k.chave, k.corte) d
    join corte o on o.corte = d.corte
  ), contagem as materialized (
    select x.x, x.nivel, x.corte, e.categoria, e.w, e.linhas, e.recente,
      row_number() over (partition by x.x order by e.w desc, e.categoria) as posicao,
      sum(e.w) over (partition by x.x) as total, sum(e.recente) over (partition by x.x) as recentes, sum(e.linhas) over (partition by x.x)::bigint as todas
    from contexto x
    cross join lateral (
      select c.categoria, sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 9)) as w,
        sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 1.5)) filter (where x.nivel = 7) as recente,
        sum(c.linhas) as linhas
      from regras.estatistica_contagem c
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      group by c.categoria
      offset 0
    ) e
  ), geral as materialized (
    select c.corte, c.categoria, c.w, c.total from contagem c where c.nivel = 0
  ), conhecida as materialized (
    -- a word in more than a fifth of all entries says nothing and costs most; a hair more: of a fifth exactly, rounding would decide
    select x.nivel, x.chave, x.corte, x.x, t.total as w, t.recentes, t.todas as linhas,
      case when x.nivel >= 20 and (x.nivel > 20 or t.total < 0.200001 * g.total) and t.total >= 1 then t.total / g.total end as frequencia
    from contagem t
    join contexto x on x.x = t.x
    join (select distinct g.corte, g.total from geral g) g on g.corte = t.corte
    where t.posicao = 1
  ), conhecidas as materialized (
    select k.n, k.nivel, k.termo, c.x, c.w, c.recentes, c.linhas, c.frequencia
    from k
    join conhecida c on c.nivel = k.nivel and c.chave = k.chave and c.corte = k.corte
  ), modelo as materialized (
    -- entries of which the very same is known are reckoned once, as the first of them
    select min(e.n) as n, array_agg(e.id order by e.n) as ids, array_agg(e.certa order by e.n) as certas, min(e.contra) as contra
    from (select c.n, array_agg(c.x order by c.x) as contextos from conhecidas c group by c.n) s
    join entrada e on e.n = s.n
    group by s.contextos, e.lacuna, e.contra, retroteste is not null and e.conta is null
  ), sabida as materialized (
    select c.* from conhecidas c join modelo m on m.n = c.n
  ), kx as materialized (
    -- coeficiente: 1 / (N_l + alfa_l), times what the finer levels leave over to this one; level 11, the account, is asked apart
    select c.n, c.nivel, c.termo, c.x, c.w, c.recentes, c.linhas, c.frequencia, a.peso,
      exp(coalesce(sum(ln(a.peso / (c.w + a.peso))) filter (where c.nivel < 11) over (
        partition by c.n order by c.nivel desc rows between unbounded preceding and 1 preceding), 0))
        / (c.w + a.peso) as coeficiente
    from sabida c
    join regras.alfas() a (nivel, peso) on a.nivel = c.nivel
    union all
    select c.n, c.nivel, c.termo, c.x, c.w, null, c.linhas, c.frequencia, null, null from sabida c where c.nivel >= 20
  ), resumo as materialized (
    select f.n, coalesce(max(f.w) filter (where f.nivel between 4 and 11), 0) as apoio,
      count(f.frequencia) filter (where f.nivel = 20) as termos, count(f.frequencia) filter (where f.nivel = 21) as contas,
      -- what the account's level leaves to the others
      coalesce(max(f.peso / (f.w + f.peso)) filter (where f.nivel = 11), 1) as resto,
      max(f.recentes) as recentes
    from kx f
    group by f.n
  ), util as materialized (
    -- what each count adds, reckoned once for all the entries that share it
    select c.x, c.categoria, case when c.nivel < 20 then c.w end as w, case when c.nivel = 9 then c.w end as repetida,
      c.recente,
      case when c.nivel >= 20 then ln((c.w + 5 * h.frequencia) / (5 * h.frequencia)) end as soma, ln(5 / (g.w + 5)) as raridade
    from contagem c
    join conhecida h on h.x = c.x
    join geral g on g.corte = c.corte and g.categoria = c.categoria
    where case when c.nivel < 4 then c.posicao <= 15 when c.nivel < 20 then c.posicao <= 30 else h.frequencia is not null end
  ), medida as (
    select f.n, u.categoria, sum(u.w * f.coeficiente) as base, coalesce(sum(u.soma), 0) as soma, coalesce(sum(u.repetida), 0) as repetida,
      coalesce(sum(u.recente), 0) as recente, min(u.raridade) as raridade
    from kx f
    join util u on u.x = f.x
    where f.nivel not in (11, 21)
    group by f.n, u.categoria
    having sum(u.w * f.coeficiente) > 0
  ), conta as (
    select f.n, u.categoria, coalesce(sum(u.w * f.coeficiente), 0) as base, coalesce(sum(u.soma), 0) as soma
    from kx f
    join util u on u.x = f.x
    where f.nivel in (11, 21)
    group by f.n, u.categoria
  ), pergunta as materialized (
    select e.n, e.corte, v.com_conta, d.classe, d.peso, r.resto, r.recentes, r.termos, r.contas,
      -- what a wait leaves of the latest entries
      power(0.5::double precision, e.lacuna / 1.5::double precision) as frescor
    from entrada e
    join resumo r on r.n = e.n
    -- an account that the history never saw is mostly a category that it never saw: what is learned of these would be held
    -- against entries without an account
    join (values (true), (false)) v (com_conta) on case when retroteste is null or e.conta is null then v.com_conta
      else not v.com_conta or r.contas > 0 end
    join regras.lambdas() d on d.classe = regras.classe_apoio(r.apoio, v.com_conta and r.contas > 0)
  ), ponto as (
    select m.n, m.com_conta, m.classe, m.categoria, m.repetida,
      coalesce(ln((m.frescor * m.recente + 0.25) / (m.frescor * greatest(m.recentes - m.recente, 0) + 0.25)), 0) as recente,
      ln(b.base) as base, s.palavras, ln(b.base) + m.peso * s.palavras as nota
    from (
      -- offset 0: or every entry would be multiplied by every category first
      select q.*, m.categoria, m.base, m.soma, m.repetida, m.recente, m.raridade
      from medida m
      join pergunta q on q.n = m.n
      offset 0
    ) m
    left join conta c on m.com_conta and c.n = m.n and c.categoria = m.categoria
    cross join lateral (select case when m.com_conta then m.resto * m.base + coalesce(c.base, 0) else m.base end as base) b
    cross join lateral (select (m.termos + case when m.com_conta then m.contas else 0 end) * m.raridade + m.soma
      + coalesce(c.soma, 0) as palavras) s
    where b.base > 0
    -- the sums alone go into the sort, not what they are made of
    offset 0
  ), lista as materialized (
    select p.n, p.com_conta, p.classe, array_agg(p.categoria order by p.nota desc, p.categoria) as categorias,
      array_agg(p.nota order by p.nota desc, p.categoria) as notas, array_agg(p.repetida order by p.nota desc, p.categoria) as repetidas,
      array_agg(p.recente order by p.nota desc, p.categoria) as recentes,
      array_agg(p.base order by p.nota desc, p.categoria) filter (where retroteste is not null) as bases,
      array_agg(p.palavras order by p.nota desc, p.categoria) filter (where retroteste is not null) as palavras
    from ponto p
    group by p.n, p.com_conta, p.classe
  ), prova as (
    select f.n, array_agg(f.nivel) as niveis, array_agg(f.termo) as termos, array_agg(f.linhas) as lancamentos,
      array_agg(coalesce(c.linhas, 0)) as iguais
    from kx f
    join lista l on l.n = f.n
    left join contagem c on c.x = f.x and c.categoria = l.categorias[1]
    where provas and f.nivel <> 0
    group by f.n
  )
  select m.ids, l.com_conta, m.certas, l.classe, e.lacuna, l.categorias, l.bases, l.palavras, l.repetidas, l.recentes, l.notas,
    v.niveis, v.termos, v.lancamentos, v.iguais, m.contra
  from lista l
  join modelo m on m.n = l.n
  join entrada e on e.n = l.n
  left join prova v on v.n = l.n;
end
$$;

comment on function regras.pontuar_pendencias(audit.janela, int4range, int, boolean, int) is
  'Categories scored for each entry in question, best first: logarithms of the hierarchical back-off (bases), naive Bayes over words (palavras) and both together (notas); with provas, earlier entries and those of the best category at each level and word.';
revoke execute on function regras.pontuar_pendencias(audit.janela, int4range, int, boolean, int) from public;
--! EndIncluded regras/pontuar_pendencias.sql

--! Included regras/lambdas.sql
-- Weight of the words and the account in each class of regras.classe_apoio: fitted by the back-test, these defaults until then. Reads
-- regras.estatistica_peso. Called by regras.calibrar_pendencias and pontuar_pendencias.
create or replace function regras.lambdas() returns table (classe smallint, peso double precision)
language sql stable rows 8
set search_path = pg_catalog, pg_temp
as $$
  select d.classe::smallint,
    coalesce((select p.peso from regras.estatistica_peso p where p.nome = 'lambda_' || d.classe), d.peso)
  from (values (0, 0.3), (1, 0.1), (2, 0.03), (3, 0.03), (4, 0.6), (5, 0.6), (6, 0.35), (7, 0.35)) d (classe, peso)
$$;

comment on function regras.lambdas() is 'Weight of the words for entries of unknown, thinly known and known suppliers.';
revoke execute on function regras.lambdas() from public;
--! EndIncluded regras/lambdas.sql

--! Included regras/meses_retroteste.sql
-- The months on which the ledger is asked what it would have suggested: at most the last twelve, odd dates at both ends (the
-- years 0219 and 2202) left out, none with less than a tenth of the history before it. Empty when the history is too short.
-- Reads regras.estatistica_mes. Called by regras.preparar_pendente_verificacao.
create or replace function regras.meses_retroteste() returns int4range
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with acumulado as (
    select m.mes, sum(m.linhas) over (order by m.mes) as ate, sum(m.linhas) over () as todas
    from regras.estatistica_mes m
  )
  select case when l.primeiro <= l.ultimo then int4range(greatest(l.primeiro, l.ultimo - 11), l.ultimo + 1) end
  from (
    select
      -- the first month that has a tenth of all rows before it
      min(a.mes) filter (where a.ate >= 0.1 * a.todas) + 1 as primeiro,
      min(a.mes) filter (where a.ate >= 0.995 * a.todas) as ultimo
    from acumulado a
  ) l
$$;

comment on function regras.meses_retroteste() is 'Months for the back-test; null when the history is too short.';
revoke execute on function regras.meses_retroteste() from public;
--! EndIncluded regras/meses_retroteste.sql

--! Included regras/ajustar_alfas.sql
-- Fits how strongly each level is shrunk towards the wider one, by maximum likelihood on the back-test: level after level,
-- the strength under which the true categories were most probable, or none at all (1e9) where the level only misleads.
-- A supplier with one entry proves little on one ledger and much on another: this is where that is learned. Reads the
-- statistics and dw.lancamentos; writes estatistica_peso. Called by regras.calibrar_historia.
create or replace function regras.ajustar_alfas(retroteste int4range, amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_nivel record;
  v_alfa double precision;
  -- the running probability of each entry's true category
  v_p double precision[];
begin
  delete from regras.estatistica_peso p where p.nome like 'alfa\_%';

  for v_nivel in
    with m as materialized (
      select * from regras.medir_em_metades(retroteste, amostra)
    )
    -- one array for each level, entries in one order; nulls where a level knows nothing of an entry
    select n.nivel, array_agg(m.total order by e.id) as totais, array_agg(m.certas order by e.id) as certas
    from (select m.id from m where m.nivel = 0) e
    cross join generate_series(0, 11) n (nivel)
    left join m on m.id = e.id and m.nivel = n.nivel
    group by n.nivel
    order by n.nivel
  loop
    if v_nivel.nivel = 0 then
      v_p := array(select (u.certas + 0.1) / (u.total + 10)
        from unnest(v_nivel.certas, v_nivel.totais) with ordinality u (certas, total, n) order by u.n);
      continue;
    end if;

    select g.alfa into v_alfa
    from unnest('{0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8, 16, 40, 100, 400, 1e9}'::double precision[]) g (alfa)
    cross join unnest(v_nivel.certas, v_nivel.totais, v_p) u (certas, total, p)
    where u.total is not null
    group by g.alfa
    -- a level seen in few entries keeps its default
    having count(*) >= 100
    order by sum(ln((u.certas + g.alfa * u.p) / (u.total + g.alfa))) desc
    limit 1;
    if v_alfa is not null then
      insert into regras.estatistica_peso (nome, peso) values ('alfa_' || v_nivel.nivel, v_alfa);
    end if;

    v_p := array(select coalesce((u.certas + a.peso * u.p) / (u.total + a.peso), u.p)
      from regras.alfas() a, unnest(v_nivel.certas, v_nivel.totais, v_p) with ordinality u (certas, total, p, n)
      where a.nivel = v_nivel.nivel order by u.n);
  end loop;
end
$$;

comment on function regras.ajustar_alfas(int4range, int) is 'Fits the shrinkage of each level on the ledger''s own past.';
revoke execute on function regras.ajustar_alfas(int4range, int) from public;
--! EndIncluded regras/ajustar_alfas.sql

--! Included regras/chance_bruta.sql
-- Log-odds of a raw score, held within what a score of this kind can mean. Touches nothing. Called by the calibration.
create or replace function regras.chance_bruta(bruta double precision) returns double precision
language sql immutable parallel safe
return pg_catalog.ln(least(greatest(bruta, 0.001), 0.9999) / (1 - least(greatest(bruta, 0.001), 0.9999)));

comment on function regras.chance_bruta(double precision) is 'Log-odds of a raw score between 0.001 and 0.9999.';
revoke execute on function regras.chance_bruta(double precision) from public;
--! EndIncluded regras/chance_bruta.sql

--! Included regras/curva.sql
-- The logistic calibration: a raw score's log-odds, the months without history, how often the very same payment was made
-- before and what the supplier's latest entries say, as a confidence. Touches nothing. Called by the calibration and by
-- regras.sugerir_pendencias; the planner inlines it.
create or replace function regras.curva(
  a double precision, b double precision, g double precision, h double precision, r double precision, chance double precision, lacuna int,
  repetida double precision, recente double precision
) returns double precision
language sql immutable parallel safe
return 1 / (1 + pg_catalog.exp(-(a + b * chance + g * pg_catalog.ln(1 + lacuna::double precision) + h * repetida + r * recente)));

comment on function regras.curva(
  double precision, double precision, double precision, double precision, double precision, double precision, int, double precision, double precision) is
  'Logistic confidence of a raw score given as log-odds; lacuna in months; repetida: logarithm of one and the earlier payments alike; recente: log-odds among the latest entries.';
revoke execute on function regras.curva(
  double precision, double precision, double precision, double precision, double precision, double precision, int, double precision, double precision) from public;
--! EndIncluded regras/curva.sql

--! Included regras/ajustar_curvas.sql
-- Fits the logistic calibration to the back-test (Platt 1999) by Newton's method, entries with and without a known account apart: one
-- slope each on the raw score's log-odds, on the months without history, on how often the very same payment was made before and on
-- the supplier's latest entries; an intercept for each class of knowledge. An account that settles everything says nothing of the
-- entries without one. Few cases move little: the slopes are drawn towards the modest curve that serves a ledger without a past
-- (0.22: a raw .999 becomes .82), the intercepts towards the mean of the four and nought. Pooled over the classes, because a curve of its own for each
-- class follows the class's few errors, which come in clusters. Reads regras.estatistica_retroteste, writes
-- estatistica_curva. Called by regras.calibrar_pendencias.
create or replace function regras.ajustar_curvas() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passo double precision;
begin
  delete from regras.estatistica_curva;
  insert into regras.estatistica_curva (classe, a, b, g, h, r) select n, 0, 0.22, 0, 0, 0 from generate_series(0, 7) n;

  for v_volta in 1..30 loop
    with s as (
      select r.classe, r.acertou - u.p as erro, u.p * (1 - u.p) as w,
        r.chance as x1, ln(1 + r.lacuna) as x2, r.repetida as x3, r.recente as x4
      from regras.estatistica_retroteste r
      join regras.estatistica_curva k on k.classe = r.classe
      cross join lateral (
        select regras.curva(k.a, k.b, k.g, k.h, k.r, r.chance, r.lacuna, r.repetida, r.recente) as p offset 0) u
    ), soma as materialized (
      -- gradient (d) and curvature (h) of the intercept (0) and of each slope (1 to 4)
      select s.classe, sum(s.w) as h00,
        sum(s.w * s.x1) as h01, sum(s.w * s.x2) as h02, sum(s.w * s.x3) as h03, sum(s.w * s.x4) as h04,
        sum(s.w * s.x1 * s.x1) as h11, sum(s.w * s.x1 * s.x2) as h12, sum(s.w * s.x1 * s.x3) as h13, sum(s.w * s.x1 * s.x4) as h14,
        sum(s.w * s.x2 * s.x2) as h22, sum(s.w * s.x2 * s.x3) as h23, sum(s.w * s.x2 * s.x4) as h24,
        sum(s.w * s.x3 * s.x3) as h33, sum(s.w * s.x3 * s.x4) as h34, sum(s.w * s.x4 * s.x4) as h44,
        sum(s.erro) as d0, sum(s.erro * s.x1) as d1, sum(s.erro * s.x2) as d2, sum(s.erro * s.x3) as d3, sum(s.erro * s.x4) as d4
      from s
      group by s.classe
    ), classe as (
      select k.classe, k.classe / 4 as grupo, 3 + coalesce(n.h00, 0) as h00,
        coalesce(n.d0, 0) - 3 * (k.a - sum(k.a) over (partition by k.classe / 4) / 5) as d0,
        array[coalesce(n.h01, 0), coalesce(n.h02, 0), coalesce(n.h03, 0), coalesce(n.h04, 0)] as h0
      from regras.estatistica_curva k
      left join soma n on n.classe = k.classe
    ), grupo as (
      select k.classe / 4 as grupo,
        array[
          array[15 + coalesce(sum(n.h11), 0), coalesce(sum(n.h12), 0), coalesce(sum(n.h13), 0), coalesce(sum(n.h14), 0)],
          array[coalesce(sum(n.h12), 0), 15 + coalesce(sum(n.h22), 0), coalesce(sum(n.h23), 0), coalesce(sum(n.h24), 0)],
          array[coalesce(sum(n.h13), 0), coalesce(sum(n.h23), 0), 15 + coalesce(sum(n.h33), 0), coalesce(sum(n.h34), 0)],
          array[coalesce(sum(n.h14), 0), coalesce(sum(n.h24), 0), coalesce(sum(n.h34), 0), 15 + coalesce(sum(n.h44), 0)]] as h,
        array[
          coalesce(sum(n.d1), 0) - 15 * (max(k.b) - 0.22), coalesce(sum(n.d2), 0) - 15 * max(k.g),
          coalesce(sum(n.d3), 0) - 15 * max(k.h), coalesce(sum(n.d4), 0) - 15 * max(k.r)] as d
      from regras.estatistica_curva k
      left join soma n on n.classe = k.classe
      group by k.classe / 4
    ), passo as (
      -- one system for each group: its four intercepts, then the slopes that they share
      select g.grupo, regras.resolver_sistema(
        (select array_agg(l.linha order by l.n) from (
          select c.classe % 4 as n,
            array(select case when j = c.classe % 4 then c.h00 else 0 end - 0.6::double precision from generate_series(0, 3) j) || c.h0 as linha
          from classe c where c.grupo = g.grupo
          union all
          select 3 + i, array(select c.h0[i] from classe c where c.grupo = g.grupo order by c.classe)
            || array(select g.h[i][j] from generate_series(1, 4) j)
          from generate_series(1, 4) i) l),
        array(select c.d0 from classe c where c.grupo = g.grupo order by c.classe) || g.d) as p
      from grupo g
    ), andado as (
      -- no step longer than a half
      update regras.estatistica_curva k
      set a = k.a + greatest(-0.5, least(0.5, p.p[1 + k.classe % 4])), b = k.b + greatest(-0.5, least(0.5, p.p[5])),
        g = k.g + greatest(-0.5, least(0.5, p.p[6])), h = k.h + greatest(-0.5, least(0.5, p.p[7])),
        r = k.r + greatest(-0.5, least(0.5, p.p[8]))
      from passo p
      where p.grupo = k.classe / 4
      returning abs(p.p[1 + k.classe % 4]) + abs(p.p[5]) + abs(p.p[6]) + abs(p.p[7]) + abs(p.p[8]) as passo
    )
    select max(d.passo) into v_passo from andado d;
    exit when v_passo < 0.0005;
  end loop;

  -- what the back-test hardly saw has no curve and keeps the modest one: a supplier with one entry proves little until it has
  -- proved something
  delete from regras.estatistica_curva k
  where (select count(*) from regras.estatistica_retroteste r where r.classe = k.classe) < 30;
end
$$;

comment on function regras.ajustar_curvas() is 'Fits the logistic calibration on the last back-test.';
revoke execute on function regras.ajustar_curvas() from public;
--! EndIncluded regras/ajustar_curvas.sql

--! Included regras/confianca_calibrada.sql
-- The logistic confidence as the confidence that the ledger's own past supports: two thirds of it the curve, one third the counted
-- bins of the back-test, on the line between the two nearest. The one forgets the shape, the other believes every cluster. Without
-- bins, the curve alone. curvas and confiancas: the bins' mean curve and their confidence, both rising.
-- Touches nothing. Called by regras.sugerir_pendencias; the planner inlines it.
create or replace function regras.confianca_calibrada(
  curva double precision, curvas double precision[], confiancas double precision[], posicao int
) returns double precision
language sql immutable parallel safe
return coalesce((2 * curva + case
  when posicao = 0 then confiancas[1] * curva / curvas[1]
  when posicao = pg_catalog.cardinality(curvas) then confiancas[posicao]
  when curvas[posicao + 1] > curvas[posicao] then confiancas[posicao]
    + (confiancas[posicao + 1] - confiancas[posicao]) * (curva - curvas[posicao]) / (curvas[posicao + 1] - curvas[posicao])
  else confiancas[posicao]
end) / 3, curva);

comment on function regras.confianca_calibrada(double precision, double precision[], double precision[], int) is
  'Calibrated confidence of a logistic one; posicao: width_bucket(curva, curvas).';
revoke execute on function regras.confianca_calibrada(double precision, double precision[], double precision[], int) from public;
--! EndIncluded regras/confianca_calibrada.sql

--! Included regras/curvas_calibradas.sql
-- The calibration as one row for each group of entries (0 without a known account, 1 with): the bins of the back-test as
-- arrays, by which regras.sugerir_pendencias looks a confidence up. Reads regras.estatistica_calibracao.
create or replace function regras.curvas_calibradas()
returns table (grupo smallint, curvas double precision[], confiancas double precision[], casos int[], acertos int[])
language sql stable rows 2
set search_path = pg_catalog, pg_temp
as $$
  select g.grupo::smallint, array_agg(c.curva order by c.faixa), array_agg(c.confianca order by c.faixa),
    array_agg(c.casos_proximos order by c.faixa), array_agg(c.acertos_proximos order by c.faixa)
  from (values (0), (1)) g (grupo)
  left join regras.estatistica_calibracao c on c.grupo = g.grupo
  group by g.grupo
  having count(c.faixa) > 0
$$;

comment on function regras.curvas_calibradas() is 'Bins of the calibration as arrays, one row for each group that has any.';
revoke execute on function regras.curvas_calibradas() from public;
--! EndIncluded regras/curvas_calibradas.sql

--! Included regras/calibrar_pendencias.sql
-- Calibrates: a logistic curve over the back-test's best suggestions, then bins of equal size by that curve, each bin's share of right ones made monotone (isotonic
-- regression by the min-max formula). Entries with and without a known account are counted apart. Sources: Platt 1999;
-- Zadrozny and Elkan 2001, 2002; Barlow et al. 1972. Reads estatistica_pergunta; writes estatistica_retroteste,
-- estatistica_curva and estatistica_calibracao. Called by regras.calibrar_historia.
create or replace function regras.calibrar_pendencias() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from regras.estatistica_calibracao;
  delete from regras.estatistica_retroteste;

  insert into regras.estatistica_retroteste (id, classe, lacuna, repetida, recente, bruta, chance, acertou)
  select q.id || case when q.com_conta then '' else ' sem conta' end, q.classe, q.lacuna, ln(1 + n.repetida),
    n.recente, b.bruta, regras.chance_bruta(b.bruta), (n.categoria = q.certa)::int
  from regras.estatistica_pergunta q
  join regras.lambdas() d on d.classe = q.classe
  cross join lateral (
    select p.categoria, p.repetida, p.recente, p.base + d.peso * p.palavra as nota
    from unnest(q.categorias, q.bases, q.palavras, q.repetidas, q.recentes) p (categoria, base, palavra, repetida, recente)
    order by nota desc, p.categoria
    limit 1
  ) n
  cross join lateral (
    select 1 / sum(exp(greatest(p.base + d.peso * p.palavra - n.nota, -60))) as bruta from unnest(q.bases, q.palavras) p (base, palavra)
  ) b;

  perform regras.ajustar_curvas();

  with sugestao as materialized (
    select s.classe / 4 as grupo, s.acertou, u.curva,
      -- bins of at least a hundred cases, at most twenty; equal scores go together
      (rank() over (partition by s.classe / 4 order by u.curva) - 1)
        * greatest(1, least(20, count(*) over (partition by s.classe / 4) / 100))
        / count(*) over (partition by s.classe / 4) as faixa,
      count(*) over (partition by s.classe / 4) as todas
    from regras.estatistica_retroteste s
    join regras.estatistica_curva k on k.classe = s.classe
    cross join lateral (
      select round(regras.curva(k.a, k.b, k.g, k.h, k.r, s.chance, s.lacuna, s.repetida, s.recente)::numeric, 5)::double precision as curva) u
  ), faixa as materialized (
    select s.grupo, s.faixa, avg(s.curva) as curva, count(*) as casos, sum(s.acertou) as acertos,
      -- ten pseudo-cases as the curve says
      count(*) + 10 as peso, sum(s.acertou) + 10 * avg(s.curva) as pontos
    from sugestao s
    where s.todas >= 100
    group by s.grupo, s.faixa
  )
  insert into regras.estatistica_calibracao (grupo, faixa, curva, confianca, casos, acertos, casos_proximos, acertos_proximos)
  select f.grupo, f.faixa, f.curva,
    (
      select max(m.minimo)
      from (
        select a.faixa, min(media.valor) as minimo
        from faixa a
        join faixa b on b.grupo = a.grupo and b.faixa >= f.faixa
        cross join lateral (
          select sum(x.pontos) / sum(x.peso) as valor
          from faixa x
          where x.grupo = a.grupo and x.faixa between a.faixa and b.faixa
        ) media
        where a.grupo = f.grupo and a.faixa <= f.faixa
        group by a.faixa
      ) m
    ),
    f.casos, f.acertos, sum(f.casos) over vizinhas, sum(f.acertos) over vizinhas
  from faixa f
  window vizinhas as (partition by f.grupo order by f.faixa rows between 1 preceding and 1 following);
end
$$;

comment on function regras.calibrar_pendencias() is 'Calibrates the confidence on the ledger''s own past.';
revoke execute on function regras.calibrar_pendencias() from public;
--! EndIncluded regras/calibrar_pendencias.sql

--! Included regras/calibrar_historia.sql
-- Fits the weights and the calibration on a back-test over the given months, a sample of at most six thousand entries; without
-- months, forgets them. Reads the statistics and dw.lancamentos; writes estatistica_peso, estatistica_curva,
-- estatistica_calibracao and their work tables. Called by regras.preparar_pendente_verificacao and by back-tests over a past window.
create or replace function regras.calibrar_historia(retroteste int4range) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_amostra constant int := 6000;
  -- a dozen strengths and eight weights need fewer cases than a curve that is read at its far end
  v_pesos constant int := 3000;
begin
  delete from regras.estatistica_peso;
  delete from regras.estatistica_calibracao;
  delete from regras.estatistica_curva;
  if retroteste is not null then
    perform regras.ajustar_alfas(retroteste, v_pesos);
    insert into regras.estatistica_pergunta select * from regras.perguntar_retroteste(retroteste, v_amostra);
    perform regras.ajustar_lambdas(v_pesos);
    perform regras.calibrar_pendencias();
    delete from regras.estatistica_pergunta;
  end if;
end
$$;

comment on function regras.calibrar_historia(int4range) is 'Fits weights and calibration on the ledger''s own past.';
revoke execute on function regras.calibrar_historia(int4range) from public;
--! EndIncluded regras/calibrar_historia.sql

--! Included regras/preparar_pendente_verificacao.sql
-- Brings the statistics of regras.pendente_verificacao up to date: adds what was loaded or decided since the last time (counts
-- everything when settings or versions changed), and fits and calibrates anew when the history has a new month or has grown by
-- a tenth. Reads dw.lancamentos and the audit tables; writes regras.estatistica_* only.
-- Called by the engine before the rule, in the same session. Two at once wait for each other.
create or replace function regras.preparar_pendente_verificacao(janela audit.janela) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_controle regras.estatistica_controle;
  v_assinatura text := md5(concat_ws('|', 6, current_setting('server_version_num')::int / 10000,
    regras.rotulos_pendentes(), audit_interno.configuracao('pendente.meses_historico')));
  v_operacao bigint := coalesce((select max(a.operacao_id) from audit.alteracoes a), 0);
  v_limite timestamptz;
  v_meses int[];
  v_linhas bigint;
  v_retroteste int4range;
  v_refazer boolean;
begin
  lock table regras.estatistica_controle in share row exclusive mode;
  select * into v_controle from regras.estatistica_controle;
  v_refazer := v_controle.assinatura is distinct from v_assinatura;
  -- a load commits later than the times it writes: look back further than the last time seen
  select greatest(v_controle.limite, case when max(l.carregado_em) is not null then least(max(l.carregado_em), now()) - interval '6 hours' end, '-infinity')
  into v_limite
  from dw.lancamentos l;
  if not v_refazer and v_controle.borda > 100000 then
    select (count(*), max(l.carregado_em)) is distinct from (v_controle.borda, v_controle.borda_ate) into v_refazer
    from dw.lancamentos l where l.carregado_em >= v_controle.limite;
  end if;

  if v_refazer then
    perform regras.contar_meses(null);
  else
    v_meses := regras.acompanhar_historia(case when v_controle.borda > 100000 then 'infinity' else v_controle.limite end,
      v_controle.operacao_ate, v_limite);
  end if;
  select m.linhas, m.ultima into v_controle.borda, v_controle.borda_ate from regras.marcar_borda(v_limite, v_meses) m;

  select coalesce(sum(m.linhas), 0) into v_linhas from regras.estatistica_mes m;
  v_retroteste := regras.meses_retroteste();
  if v_refazer or coalesce(upper(v_retroteste), 0) is distinct from v_controle.calibrada_ate
    or abs(v_linhas - v_controle.linhas_calibradas) > 0.1 * v_linhas
  then
    analyze regras.estatistica_contagem;
    perform regras.calibrar_historia(v_retroteste);
    v_controle.calibrada_ate := coalesce(upper(v_retroteste), 0);
    v_controle.linhas_calibradas := v_linhas;
  end if;

  insert into regras.estatistica_controle
    (assinatura, limite, borda, borda_ate, operacao_ate, calibrada_ate, linhas_calibradas, atualizada_em)
  values (v_assinatura, v_limite, v_controle.borda, v_controle.borda_ate, v_operacao, v_controle.calibrada_ate,
    v_controle.linhas_calibradas, now())
  on conflict (unica) do update set
    assinatura = excluded.assinatura,
    limite = excluded.limite,
    borda = excluded.borda,
    borda_ate = excluded.borda_ate,
    operacao_ate = excluded.operacao_ate,
    calibrada_ate = excluded.calibrada_ate,
    linhas_calibradas = excluded.linhas_calibradas,
    atualizada_em = excluded.atualizada_em;
end
$$;

comment on function regras.preparar_pendente_verificacao(audit.janela) is
  'Brings the statistics of pendente_verificacao up to date. Run it before the rule; a day''s load costs a day, and a calibration when a month is over or the ledger has grown by a tenth.';
revoke execute on function regras.preparar_pendente_verificacao(audit.janela) from public;
--! EndIncluded regras/preparar_pendente_verificacao.sql

--! Included regras/sugerir_pendencias.sql
-- The best category for each pending entry of a window, the runner-up, the calibrated confidence and what spoke for it. Entries
-- with nothing to infer from are missing from the result; those of which the very same is known share a row (ids and certas go
-- together). metade: of all suppliers (null) or of one half (0, 1). Reads the statistics and dw.lancamentos; changes nothing. Called
-- by explicar_pendencias and by back-tests (retroteste given: decided entries instead of pending ones).
create or replace function regras.sugerir_pendencias(janela audit.janela, retroteste int4range, amostra int, metade int default null)
returns table (
  ids text[], com_conta boolean, certas int[], categoria int, segunda int, bruta double precision, bruta_segunda double precision,
  confianca double precision, casos int, acertos int, niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[], contra text
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select s.ids, s.com_conta, s.certas, s.categorias[1], s.categorias[2], b.bruta, b.bruta * exp(s.notas[2] - s.notas[1]),
    -- a supplier whose code says one thing and name or text another is nobody's to correct alone, however low the threshold
    case when s.contra is null then x.confianca else least(x.confianca, 0.49) end,
    coalesce(t.casos[j.faixa], 0), coalesce(t.acertos[j.faixa], 0), s.niveis, s.termos, s.lancamentos, s.iguais, s.contra
  from regras.pontuar_pendencias(janela, retroteste, amostra, retroteste is null, metade) s
  left join regras.estatistica_curva k on k.classe = s.classe
  left join regras.curvas_calibradas() t on t.grupo = k.classe / 4
  cross join lateral (select 1 / sum(exp(greatest(n.nota - s.notas[1], -60))) as bruta from unnest(s.notas) n (nota)) b
  -- without a back-test, a modest curve that never reaches .90
  cross join lateral (select regras.curva(
    coalesce(k.a, 0), coalesce(k.b, 0.22), coalesce(k.g, 0), coalesce(k.h, 0), coalesce(k.r, 0),
    regras.chance_bruta(b.bruta), s.lacuna, ln(1 + s.repetidas[1]), s.recentes[1]) as curva) u
  cross join lateral (select width_bucket(u.curva, t.curvas) as posicao) i
  cross join lateral (select regras.confianca_calibrada(u.curva, t.curvas, t.confiancas, i.posicao) as confianca) x
  cross join lateral (select case
    when i.posicao = 0 or i.posicao < cardinality(t.curvas) and t.curvas[i.posicao + 1] - u.curva < u.curva - t.curvas[i.posicao]
    then i.posicao + 1 else i.posicao end as faixa) j;
end
$$;

comment on function regras.sugerir_pendencias(audit.janela, int4range, int, int) is
  'Best category, runner-up, calibrated confidence and evidence for each pending entry of a window that has anything to infer from.';
revoke execute on function regras.sugerir_pendencias(audit.janela, int4range, int, int) from public;
--! EndIncluded regras/sugerir_pendencias.sql

--! Included regras/descrever_provas.sql
-- What spoke for a suggestion, for a reviewer: at each level of knowledge how many entries of earlier months there were and how
-- many had the category, finest first; the five words that pulled towards it most; and the finest level by itself, for the
-- sentence. An account that many suppliers share is wider than a supplier. The arrays go together. Touches nothing. Called by regras.pendente_verificacao.
create or replace function regras.descrever_provas(
  niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[]
) returns table (por_nivel jsonb, palavras jsonb, lista text, todas bigint, certas bigint, por text)
language sql immutable parallel safe rows 1
begin atomic
  select n.por_nivel, p.palavras, p.lista, n.todas, n.certas, n.por
  from (
    select
      pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('por', v.nome, 'lancamentos', v.todas, 'na_categoria', v.iguais) order by v.ordem desc) as por_nivel,
      (pg_catalog.array_agg(v.todas order by v.ordem desc))[1] as todas, (pg_catalog.array_agg(v.iguais order by v.ordem desc))[1] as certas,
      (pg_catalog.array_agg(v.nome order by v.ordem desc))[1] as por
    from (
      select u.todas, u.iguais, case u.nivel when 21 then 3.5 else u.nivel end as ordem,
        case u.nivel
          when 2 then 'centro de custo' when 3 then 'centro de custo e faixa de valor' when 4 then 'empresa do fornecedor'
          when 5 then 'nome do fornecedor' when 6 then 'código do fornecedor' when 7 then 'fornecedor e centro de custo'
          when 8 then 'fornecedor, centro de custo e faixa de valor' when 9 then 'fornecedor, centro de custo e valor'
          when 10 then 'fornecedor e mesmo texto' when 11 then 'fornecedor e conta' when 21 then 'conta contábil'
        end as nome
      from unnest(niveis, lancamentos, iguais) u (nivel, todas, iguais)
      where u.nivel <> 20
    ) v
  ) n
  cross join (
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('palavra', v.termo, 'lancamentos', v.todas, 'na_categoria', v.iguais)) as palavras,
      pg_catalog.string_agg(v.termo, ', ') as lista
    from (
      select u.termo, u.todas, u.iguais
      from unnest(niveis, termos, lancamentos, iguais) u (nivel, termo, todas, iguais)
      where u.nivel = 20 and u.iguais > 0
      order by u.iguais / (u.todas + 5)::double precision desc, u.iguais desc, u.termo
      limit 5
    ) v
  ) p;
end;

comment on function regras.descrever_provas(smallint[], text[], bigint[], bigint[]) is
  'Levels and words that spoke for a suggestion, with their counts, as evidence.';
revoke execute on function regras.descrever_provas(smallint[], text[], bigint[], bigint[]) from public;
--! EndIncluded regras/descrever_provas.sql

--! Included regras/pendente_verificacao.sql
-- Finds entries parked under a pending label and infers their category from the ledger's own history, with a confidence
-- calibrated on that history's past; entries with nothing to infer from are flagged without a correction. Reads
-- dw.lancamentos, the settings and the statistics that regras.preparar_pendente_verificacao keeps; changes nothing.
-- Called by the engine for a window, and again over corrected keys to verify them.
create or replace function regras.pendente_verificacao(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
begin
  -- a second process costs more than a few entries
  if not regras.em_metades() or (
    select count(*)
    from (
      select
      from dw.lancamentos l
      where coalesce(audit_interno.dobrar_categoria(l.categoria), '') = any (v_pendentes)
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      limit 2000
    ) l
  ) < 2000 then
    return query select * from regras.explicar_pendencias(janela, null);
    return;
  end if;
  return query
  select * from regras.explicar_pendencias(janela, 0)
  union all
  select * from regras.explicar_pendencias(janela, 1);
end
$$;

comment on function regras.pendente_verificacao(audit.janela) is
  'Rule: entries under a pending label. Proposes the category inferred from history (supplier by code, company and spelling, cost centre, account, amount band, words) with a calibrated confidence, or only flags when there is nothing to infer from. Amount at stake: the entry''s.';
revoke execute on function regras.pendente_verificacao(audit.janela) from public;
--! EndIncluded regras/pendente_verificacao.sql

--! Included regras/previsao_padrao.sql
-- What a marketing pattern would match before anybody saves it: the entries, newest first, the category they are booked
-- under, and whether that is the marketing category already. The ledger is read as conferente_regra (regras.entradas_casadas); changes nothing.
-- Called by whoever maintains the patterns. An invalid regular expression raises invalid_regular_expression; one that
-- explodes ends at statement_timeout.
create or replace function audit.previsao_padrao(campo text, tipo text, padrao text, limite int default 50)
returns table (
  registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
  valor numeric, ja_em_marketing boolean
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if campo is null or campo not in ('fornecedor', 'descricao', 'conta_contabil') then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'campo desconhecido: ' || coalesce(campo, '(nulo)'),
      hint = 'Use fornecedor, descricao ou conta_contabil.';
  end if;
  if tipo is null or tipo not in ('contem', 'palavra', 'regex') then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'tipo desconhecido: ' || coalesce(tipo, '(nulo)'),
      hint = 'Use contem, palavra ou regex.';
  end if;

  return query
  select * from audit_interno.ler('select * from regras.entradas_casadas($2[1], $2[2], $2[3], $2[4]::int)',
    textos => array[campo, tipo, padrao, limite::text])
    as e (registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
      valor numeric, ja_em_marketing boolean);
exception
  when undefined_table or invalid_schema_name or undefined_column then
    raise exception using errcode = 'NC010', message = 'o armazém não pôde ser lido: falta dw.lancamentos ou uma de suas colunas',
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;

comment on function audit.previsao_padrao(text, text, text, int) is
  'Entries that a marketing pattern would match, newest first, before it is saved. campo: fornecedor, descricao or conta_contabil; tipo: contem, palavra or regex; limite: at most 10,000 rows. Errors: invalid_parameter_value, invalid_regular_expression, NC010 no warehouse to read.';
revoke execute on function audit.previsao_padrao(text, text, text, int) from public;
grant execute on function audit.previsao_padrao(text, text, text, int) to conferente_revisor, conferente_administrador;
--! EndIncluded regras/previsao_padrao.sql

--! Included regras/acertos_padroes.sql
-- Hits and observed precision of each marketing pattern: how many findings named it, how many of these a person or a standing
-- correction upheld, how many were rejected or rolled back. Reads the audit tables; changes nothing. Called by reports and by
-- whoever maintains the patterns.
create or replace function audit.acertos_padroes()
returns table (padrao_id bigint, achados bigint, confirmados bigint, recusados bigint, precisao numeric)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.id, coalesce(a.achados, 0), coalesce(a.confirmados, 0), coalesce(a.recusados, 0),
    round(a.confirmados::numeric / nullif(a.confirmados + a.recusados, 0), 4)
  from audit.padroes_trade_marketing p
  left join (
    select (x ->> 'id')::bigint as padrao_id,
      count(*) as achados,
      count(*) filter (where d.status = 'corrigida') as confirmados,
      count(*) filter (where d.status in ('rejeitada', 'revertida')) as recusados
    from audit.divergencias_processadas d
    cross join lateral jsonb_array_elements(
      case jsonb_typeof(d.evidencia -> 'padroes') when 'array' then d.evidencia -> 'padroes' else '[]' end) x
    where d.regra = 'trade_marketing'
    group by 1
  ) a on a.padrao_id = p.id
  order by p.id
$$;

comment on function audit.acertos_padroes() is
  'For each marketing pattern: findings that named it, those corrected and standing (confirmados), those rejected or rolled back (recusados), and confirmados / (confirmados + recusados); null precision when nothing was decided.';
revoke execute on function audit.acertos_padroes() from public;
grant execute on function audit.acertos_padroes() to conferente_leitor;
--! EndIncluded regras/acertos_padroes.sql

--! Included regras/propor_padroes.sql
-- Proposes marketing patterns from what people confirmed: suppliers, words and pairs of words of entries whose correction to
-- the marketing category a person decided. Support is the confirmed entries that have it; precision, the share of all the
-- ledger's decided entries with it that are marketing (confirmed or booked so). Nothing is saved: a person accepts. The
-- ledger is read as conferente_regra (regras.padroes_propostos). Called by whoever maintains the patterns.
create or replace function audit.propor_padroes(suporte_minimo int default 3, precisao_minima numeric default 0.9)
returns table (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select * from audit_interno.ler('select * from regras.padroes_propostos($2[1]::int, $2[2]::numeric)',
    textos => array[suporte_minimo::text, precisao_minima::text])
    as p (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric);
exception
  when undefined_table or invalid_schema_name or undefined_column then
    raise exception using errcode = 'NC010', message = 'o armazém não pôde ser lido: falta dw.lancamentos ou uma de suas colunas',
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;

comment on function audit.propor_padroes(int, numeric) is
  'Patterns worth adding, from confirmed corrections: suppliers, words and pairs of words with at least suporte_minimo confirmed entries and the given precision over the ledger. Saves nothing. Error: NC010 no warehouse to read.';
revoke execute on function audit.propor_padroes(int, numeric) from public;
grant execute on function audit.propor_padroes(int, numeric) to conferente_revisor, conferente_administrador;
--! EndIncluded regras/propor_padroes.sql

--! Included consulta/historico_registro.sql
-- Everything that ever happened to one row of the warehouse, in order.
create or replace function audit.historico_registro(tabela text, id text)
returns table (
  quando timestamptz, evento text, ator text, regra text, divergencia_id bigint, operacao_id bigint, sessao_id bigint,
  antes jsonb, depois jsonb, motivo text
)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.quando, e.evento, o.ator, coalesce(d.regra, o.regra), e.divergencia_id, o.id, o.sessao_id, e.antes, e.depois, e.motivo
  from audit.divergencias_processadas d
  cross join lateral (
    select p.iniciada_em as quando, 'deteccao' as evento, x.divergencia_id, x.operacao_id, d.valores_originais as antes,
      d.valores_propostos as depois, d.justificativa as motivo, 1 as ordem
    from audit.deteccoes x join audit.operacoes p on p.id = x.operacao_id where x.divergencia_id = d.id
    union all
    select c.decidida_em, c.tipo, c.divergencia_id, c.operacao_id, null, c.valores, c.motivo, 2
    from audit.decisoes c where c.divergencia_id = d.id
    union all
    select p.finalizada_em, case when a.reverte_operacao_id is null then 'alteracao' else 'alteracao desfeita' end, a.divergencia_id,
      a.operacao_id, a.antes, a.depois, p.motivo, 3
    from audit.alteracoes a join audit.operacoes p on p.id = a.operacao_id where a.divergencia_id = d.id
    union all
    select p.finalizada_em, 'correção desfeita fora', u.divergencia_id, u.operacao_id, u.esperado, u.agora,
      case u.situacao when 'ausente' then 'o registro não existe mais' else 'o armazém já não guarda a correção' end, 4
    from audit.correcoes_desfeitas u join audit.operacoes p on p.id = u.operacao_id where u.divergencia_id = d.id
  ) as e
  join audit.operacoes o on o.id = e.operacao_id
  where d.tabela = historico_registro.tabela and d.registro_id = historico_registro.id
  union all
  select x.criada_em, 'excecao', x.autor, x.regra, null, x.operacao_id, null, null, jsonb_build_object('expira_em', x.expira_em), x.motivo
  from audit.excecoes x where x.tabela = historico_registro.tabela and x.registro_id = historico_registro.id
  order by 1, 6
$$;
comment on function audit.historico_registro(text, text) is
  'Everything that ever happened to one row: detections, decisions, alterations with before and after, rollbacks, corrections seen undone from outside, exceptions. tabela: schema-qualified, such as dw.lancamentos; id: the key as text. No rows when nothing did.';
grant execute on function audit.historico_registro(text, text) to conferente_leitor;
--! EndIncluded consulta/historico_registro.sql

--! Included consulta/divergencia_idade_dias.sql
-- A field of the finding in the API: how long it has waited, or did.
create or replace function audit.divergencia_idade_dias(divergencia audit.divergencias_processadas)
returns integer
language sql
stable
as $$
  select (case when (divergencia).status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') then now()
      else coalesce((divergencia).decidida_em, (divergencia).ultima_deteccao) end at time zone f.fuso)::date
    - ((divergencia).detectada_em at time zone f.fuso)::date
  from (select audit.fuso() as fuso) as f
$$;
comment on function audit.divergencia_idade_dias(audit.divergencias_processadas) is
  'Days from the first detection until now; of a finding that waits for nobody any more, until it was decided. Days of the zone agenda.fuso.';
grant execute on function audit.divergencia_idade_dias(audit.divergencias_processadas) to conferente_leitor;
--! EndIncluded consulta/divergencia_idade_dias.sql

--! Included consulta/vw_operacoes_resumo.sql
-- One line for each operation, for people.
create or replace view audit.vw_operacoes_resumo with (security_invoker = true) as
select o.id, o.tipo, o.status, o.regra, o.sessao_id, s.modo as sessao_modo, o.ator, o.motivo, o.iniciada_em, o.finalizada_em,
  o.finalizada_em - o.iniciada_em as duracao, o.linhas, o.elo, encode(o.selo, 'hex') as selo
from audit.operacoes o
left join audit.sessoes_processamento s on s.id = o.sessao_id;
comment on view audit.vw_operacoes_resumo is 'Operations with their session, duration and seal, one line each.';
comment on column audit.vw_operacoes_resumo.duracao is 'From begin to end.';
comment on column audit.vw_operacoes_resumo.sessao_modo is 'Mode of the session, if it belongs to one.';
comment on column audit.vw_operacoes_resumo.linhas is 'Rows found, changed or decided.';
comment on column audit.vw_operacoes_resumo.selo is 'Seal in the audit chain, hexadecimal; null until sealed.';
comment on column audit.vw_operacoes_resumo.id is 'Key.';
comment on column audit.vw_operacoes_resumo.tipo is 'Kind of act. externa and exportacao may be recorded by users through audit.registrar_operacao.';
comment on column audit.vw_operacoes_resumo.status is 'em_andamento, concluida or falhou.';
comment on column audit.vw_operacoes_resumo.regra is 'Rule it belongs to, if any.';
comment on column audit.vw_operacoes_resumo.sessao_id is 'Session it belongs to, if any.';
comment on column audit.vw_operacoes_resumo.ator is 'Who did it.';
comment on column audit.vw_operacoes_resumo.motivo is 'Reason given.';
comment on column audit.vw_operacoes_resumo.iniciada_em is 'When it began.';
comment on column audit.vw_operacoes_resumo.finalizada_em is 'When it ended; null while under way.';
comment on column audit.vw_operacoes_resumo.elo is 'Position in the audit chain, from 1, without gaps; null until sealed.';
--! EndIncluded consulta/vw_operacoes_resumo.sql

--! Included consulta/vw_divergencias_exportacao.sql
-- Findings for exports and BI tools: one flat line each, in text that people read.
create or replace view audit.vw_divergencias_exportacao with (security_invoker = true) as
select d.id, d.sessao_id, d.sessao_ultima_id, d.regra, d.evidencia ->> 'tipo' as tipo, d.tabela, d.registro_id, d.status, d.confianca,
  d.valor_em_risco,
  (select string_agg(j.key, ', ') from jsonb_each_text(coalesce(d.valores_digitados, d.valores_propostos)) as j) as colunas,
  (select case when count(*) = 1 then min(j.value) else string_agg(concat(j.key, ': ', j.value), '; ') end
    from jsonb_each_text(d.valores_originais) as j) as antes,
  (select case when count(*) = 1 then min(j.value) else string_agg(concat(j.key, ': ', j.value), '; ') end
    from jsonb_each_text(coalesce(d.valores_digitados, d.valores_propostos)) as j) as depois,
  d.justificativa, d.detectada_em, d.ultima_deteccao, d.vezes_detectada, d.proposta_por, d.decidida_em, d.decidida_por, d.motivo,
  d.valores_originais as valores_antes, coalesce(d.valores_digitados, d.valores_propostos) as valores_depois
from audit.divergencias_processadas d;
comment on view audit.vw_divergencias_exportacao is 'Findings as they are exported, one flat line each; audit.exportar_divergencias filters them. For BI tools too.';
comment on column audit.vw_divergencias_exportacao.id is 'Key of the finding.';
comment on column audit.vw_divergencias_exportacao.sessao_id is 'Session that found it first.';
comment on column audit.vw_divergencias_exportacao.sessao_ultima_id is 'Session that found it last.';
comment on column audit.vw_divergencias_exportacao.regra is 'Rule that found it.';
comment on column audit.vw_divergencias_exportacao.tipo is 'Kind that the rule names in its evidence, such as fator_100; null if it names none.';
comment on column audit.vw_divergencias_exportacao.tabela is 'Table of the row, schema-qualified.';
comment on column audit.vw_divergencias_exportacao.registro_id is 'Key of the row as text.';
comment on column audit.vw_divergencias_exportacao.status is 'aberta, aguardando_segunda_aprovacao, corrigida, rejeitada, revertida, obsoleta (the row moved under it), resolvida (mended elsewhere) or falha (the correction was refused or undone).';
comment on column audit.vw_divergencias_exportacao.confianca is 'Probability, 0 to 1, that the proposed correction is right, as of the last detection.';
comment on column audit.vw_divergencias_exportacao.valor_em_risco is 'Amount at stake in BRL.';
comment on column audit.vw_divergencias_exportacao.colunas is 'Names of the columns to be changed, by comma; null when the finding only flags.';
comment on column audit.vw_divergencias_exportacao.antes is 'What the row held when found: the value alone if it is one column, else "column: value; …". Numbers have a decimal point.';
comment on column audit.vw_divergencias_exportacao.depois is 'What is proposed, or what a person typed instead; written as antes, null when the finding only flags.';
comment on column audit.vw_divergencias_exportacao.justificativa is 'The finding in one sentence.';
comment on column audit.vw_divergencias_exportacao.detectada_em is 'When it was first found.';
comment on column audit.vw_divergencias_exportacao.ultima_deteccao is 'When it was last found.';
comment on column audit.vw_divergencias_exportacao.vezes_detectada is 'How many sessions found it.';
comment on column audit.vw_divergencias_exportacao.proposta_por is 'First of two people, while and after a second approval is needed.';
comment on column audit.vw_divergencias_exportacao.decidida_em is 'When its status was last decided, by a person or by the system.';
comment on column audit.vw_divergencias_exportacao.decidida_por is 'Who decided: a person, or conferente for the system itself.';
comment on column audit.vw_divergencias_exportacao.motivo is 'Reason of the last decision or of the failure.';
comment on column audit.vw_divergencias_exportacao.valores_antes is 'Column to value that the row held when found; as JSON, for readers that compute.';
comment on column audit.vw_divergencias_exportacao.valores_depois is 'Column to value that is proposed or typed; {} when the finding only flags.';
--! EndIncluded consulta/vw_divergencias_exportacao.sql

--! Included consulta/exportar_divergencias.sql
-- What every export reads: command line, mail, API and BI alike. No `set` clause, so that the planner takes it apart like a view.
create or replace function audit.exportar_divergencias(
  sessao_id bigint default null, status text[] default null, regra text default null, data_inicio date default null,
  data_fim date default null
)
returns setof audit.vw_divergencias_exportacao
language sql
stable
as $$
  select v.*
  from audit.vw_divergencias_exportacao v
  where (exportar_divergencias.sessao_id is null or v.id in (
      select t.divergencia_id from audit.deteccoes t join audit.operacoes o on o.id = t.operacao_id
      where o.sessao_id = exportar_divergencias.sessao_id))
    and (exportar_divergencias.status is null or v.status = any (exportar_divergencias.status))
    and (exportar_divergencias.regra is null or v.regra = exportar_divergencias.regra)
    and (exportar_divergencias.data_inicio is null
      or v.detectada_em >= exportar_divergencias.data_inicio::timestamp at time zone (select audit.fuso()))
    and (exportar_divergencias.data_fim is null
      or v.detectada_em < (exportar_divergencias.data_fim + 1)::timestamp at time zone (select audit.fuso()))
$$;
comment on function audit.exportar_divergencias(bigint, text[], text, date, date) is
  'Findings as they are exported: found by this session, whether or not another found them before or since, in one of these states, of this rule, first found from data_inicio to data_fim (days in the zone agenda.fuso, both included). A null leaves that side open.';
revoke execute on function audit.exportar_divergencias(bigint, text[], text, date, date) from public;
grant execute on function audit.exportar_divergencias(bigint, text[], text, date, date) to conferente_leitor;
--! EndIncluded consulta/exportar_divergencias.sql

--! Included consulta/diagnosticar_contrato.sql
-- Checks the warehouse contract line by line: what is there, of the right type, readable, writable, indexed, filled. Reads the
-- warehouse as conferente_regra; changes nothing.
create or replace function audit.diagnosticar_contrato(tabela text default 'dw.lancamentos')
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relacao regclass := audit_interno.relacao(diagnosticar_contrato.tabela);
  v_nome text;
  v_tipo "char";
  v_legivel boolean;
begin
  return query select 'codificação', case when e.utf8 then 'ok' else 'erro' end, getdatabaseencoding()::text,
    case when not e.utf8 then 'O banco precisa ser UTF8: a comparação sem acentos depende disso.' end
  from (select getdatabaseencoding() = 'UTF8' as utf8) as e;
  -- first: what follows may itself read something else
  return query select * from audit_interno.diagnosticar_servidor(v_relacao);

  if v_relacao is null then
    return query select diagnosticar_contrato.tabela, 'erro', 'a relação não existe',
      format('Crie a visão sobre sua tabela de fatos: create view %s as select … (veja docs/operations.md).', diagnosticar_contrato.tabela);
    return;
  end if;
  v_nome := audit_interno.nome_sql(v_relacao);
  select c.relkind into v_tipo from pg_class c where c.oid = v_relacao;
  return query select v_nome, case when v_tipo in ('r', 'p', 'v', 'f') then 'ok' else 'erro' end,
    case v_tipo when 'r' then 'tabela' when 'p' then 'tabela particionada' when 'v' then 'visão' when 'm' then 'visão materializada'
      when 'f' then 'tabela externa' else 'outra coisa' end,
    case when v_tipo not in ('r', 'p', 'v', 'f') then 'Use uma tabela ou uma visão atualizável.' end;

  return query
    select format('%s.%s', v_nome, k.coluna),
      case when a.attname is null then 'erro' when k.tipos is not null and not t.typname = any (k.tipos) then 'erro' else 'ok' end,
      case when a.attname is null then 'falta' else format_type(a.atttypid, a.atttypmod) end,
      case when a.attname is null then format('Acrescente a coluna %s %s%s.', k.coluna, k.esperado, case when k.nula then ' (pode ser nula)' else '' end)
        when k.tipos is not null and not t.typname = any (k.tipos) then format('O tipo deve ser %s.', k.esperado) end
    from audit_interno.contrato() k
    left join pg_attribute a on a.attrelid = v_relacao and a.attname = k.coluna and a.attnum > 0 and not a.attisdropped
    left join pg_type t on t.oid = a.atttypid
    order by k.ordem;

  return query select * from audit_interno.diagnosticar_acesso(v_relacao);
  select d.situacao = 'ok' into v_legivel from audit_interno.diagnosticar_acesso(v_relacao) d where d.item like 'ler %';
  return query select * from audit_interno.diagnosticar_indices(v_relacao, v_legivel);
  if v_legivel and (select count(*) = 4 from pg_attribute a
    where a.attrelid = v_relacao and not a.attisdropped and a.attname in ('id', 'data_lancamento', 'carregado_em', 'categoria'))
  then
    return query select * from audit_interno.diagnosticar_linhas(v_relacao);
  end if;
  return query select * from audit_interno.diagnosticar_regras();
end
$$;
comment on function audit.diagnosticar_contrato(text) is
  'Checks the warehouse contract and says, line by line, what is missing, of the wrong type, not readable, not writable or not indexed, with the grant that mends it. situacao: ok, aviso (works, but) or erro (must be mended). sugestao says how. What a trigger makes of a write is tried by audit.experimentar_escrita.';
grant execute on function audit.diagnosticar_contrato(text) to conferente_leitor;
--! EndIncluded consulta/diagnosticar_contrato.sql

--! Included exemplo/sorteio.sql
-- One draw of the generator: a whole number from 0 to n - 1 that depends on nothing but its arguments.
-- Not random(): its stream depends on the order in which rows are read, hence on the plan and on the version.
-- hashint8extended has given the same numbers on every platform since PostgreSQL 11.
-- No "set search_path" here, because it would forbid inlining and cost seconds: the body is bound when created.
create or replace function exemplo.sorteio(chave bigint, n bigint, canal bigint)
returns bigint
language sql
immutable parallel safe
return (pg_catalog.hashint8extended(chave, canal) operator(pg_catalog.&) 9223372036854775807) operator(pg_catalog.%) n;

comment on function exemplo.sorteio(bigint, bigint, bigint) is
  'Example warehouse: reproducible draw from 0 to n - 1 for a key on a channel (the seed plus the number of the draw).';

revoke execute on function exemplo.sorteio(bigint, bigint, bigint) from public;
--! EndIncluded exemplo/sorteio.sql

--! Included exemplo/canal.sql
-- The channel of one kind of draw: seed and number of the draw, mixed so that neighbouring seeds share nothing.
-- Inlined like exemplo.sorteio, and folded to a constant when the seed is one.
create or replace function exemplo.canal(semente bigint, numero bigint)
returns bigint
language sql
immutable parallel safe
return pg_catalog.hashint8extended(numero, semente);

comment on function exemplo.canal(bigint, bigint) is
  'Example warehouse: channel for exemplo.sorteio, from the seed and the number of the draw.';

revoke execute on function exemplo.canal(bigint, bigint) from public;
--! EndIncluded exemplo/canal.sql

--! Included exemplo/cnpj.sql
-- A CNPJ of 14 digits: company (8), branch (4), and the two check digits, modulo 11 with the weights of
-- Instrução Normativa RFB 2.119/2022, annex; a remainder below 2 gives the digit 0.
create or replace function exemplo.cnpj(raiz bigint, filial int)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  with base as (
    select lpad(cnpj.raiz::text, 8, '0') || lpad(cnpj.filial::text, 4, '0') as digitos
  ), primeiro as (
    select b.digitos || case when s.resto < 2 then 0 else 11 - s.resto end as digitos
    from base b
    cross join lateral (
      select sum(substr(b.digitos, i, 1)::int * ('{5,4,3,2,9,8,7,6,5,4,3,2}'::int[])[i]) % 11 as resto
      from generate_series(1, 12) i
    ) s
  )
  select p.digitos || case when s.resto < 2 then 0 else 11 - s.resto end
  from primeiro p
  cross join lateral (
    select sum(substr(p.digitos, i, 1)::int * ('{6,5,4,3,2,9,8,7,6,5,4,3,2}'::int[])[i]) % 11 as resto
    from generate_series(1, 13) i
  ) s
$$;

comment on function exemplo.cnpj(bigint, int) is
  'Example warehouse: CNPJ (14 digits, valid check digits) of a company root of 8 digits and a branch number.';

revoke execute on function exemplo.cnpj(bigint, int) from public;
--! EndIncluded exemplo/cnpj.sql

--! Included exemplo/maiusculas.sql
-- Upper case without accents, as many accounting systems store text.
-- upper() of the database's own locale would make the data differ from one server to the next.
create or replace function exemplo.maiusculas(texto text)
returns text
language sql
immutable strict parallel safe
return pg_catalog.upper(
  pg_catalog.translate(texto, 'áàâãéêíóôõúüçÁÀÂÃÉÊÍÓÔÕÚÜÇ', 'aaaaeeiooouucAAAAEEIOOOUUC') collate pg_catalog."C");

comment on function exemplo.maiusculas(text) is
  'Example warehouse: text in upper case without accents, alike under every locale.';

revoke execute on function exemplo.maiusculas(text) from public;
--! EndIncluded exemplo/maiusculas.sql

--! Included exemplo/grafias.sql
-- The eight ways in which different hands write one supplier's name. The first is the one in the register.
create or replace function exemplo.grafias(nome text, sufixo text)
returns text[]
language sql
immutable parallel safe
set search_path = ''
as $$
  select array(select btrim(g, ' -') from unnest(array[
    grafias.nome || ' ' || grafias.sufixo,
    exemplo.maiusculas(grafias.nome || ' ' || replace(grafias.sufixo, '.', '')),
    grafias.nome,
    translate(exemplo.maiusculas(a.curto), '.&', '') || ' ' || exemplo.maiusculas(replace(grafias.sufixo, '.', '')),
    a.curto,
    exemplo.maiusculas(grafias.nome),
    grafias.nome || '  ' || exemplo.maiusculas(grafias.sufixo),
    exemplo.maiusculas(replace(grafias.nome, ' e ', ' & ')) || ' - ' || exemplo.maiusculas(grafias.sufixo)
  ]) with ordinality u (g, ordem) order by u.ordem)
  from (
    select replace(replace(replace(replace(replace(replace(replace(replace(replace(grafias.nome,
      'Transportadora', 'Transp.'), 'Comércio', 'Com.'), 'Serviços', 'Serv.'), 'Indústria', 'Ind.'),
      'Comunicação', 'Comunic.'), 'Engenharia', 'Eng.'), 'Advogados', 'Adv.'), 'Concessionária', 'Conc.'),
      'Componentes', 'Comp.') as curto
  ) a
$$;

comment on function exemplo.grafias(text, text) is
  'Example warehouse: eight spellings of a supplier (abbreviations, no accents, upper case, with and without its legal form).';

revoke execute on function exemplo.grafias(text, text) from public;
--! EndIncluded exemplo/grafias.sql

--! Included exemplo/impressao.sql
-- Fingerprint of what a correction could change in an entry. Equal content gives an equal number on PostgreSQL 15
-- to 18 (numeric is compared by value, text by its bytes). Inlined, hence no "set search_path": bound when created.
create or replace function exemplo.impressao(filial text, centro_custo text, conta_contabil text, categoria text, fornecedor_id text,
  fornecedor text, documento text, descricao text, valor numeric, valor_documento numeric, valor_desconto numeric)
returns bigint
language sql
immutable parallel safe
return pg_catalog.hash_record_extended(
  row(filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto), 0);

comment on function exemplo.impressao(text, text, text, text, text, text, text, text, numeric, numeric, numeric) is
  'Example warehouse: fingerprint of the contents of an entry, by which harm done by corrections is found.';

revoke execute on function exemplo.impressao(text, text, text, text, text, text, text, text, numeric, numeric, numeric) from public;
--! EndIncluded exemplo/impressao.sql

--! Included exemplo/padroes.sql
-- The patterns that the business of the example maintains for trade marketing, in the shape of
-- audit.padroes_trade_marketing. Made for matching without regard to case and accents:
-- contem = anywhere in the text, palavra = whole words, regex = POSIX.
create or replace function exemplo.padroes()
returns table (campo text, tipo text, acao text, padrao text)
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('descricao',      'contem',  'incluir', 'trade marketing'),
    ('descricao',      'regex',   'incluir', 'a[cç][aã]o (de )?varejo'),
    ('descricao',      'contem',  'incluir', 'campanha de varejo'),
    ('descricao',      'contem',  'incluir', 'campanha regional'),
    ('descricao',      'regex',   'incluir', 'reembolso (de )?campanha'),
    ('descricao',      'contem',  'incluir', 'mídia cooperada'),
    ('descricao',      'contem',  'incluir', 'verba cooperada'),
    ('descricao',      'contem',  'incluir', 'incentivo de vendas'),
    ('descricao',      'palavra', 'incluir', 'PDV'),
    ('descricao',      'palavra', 'incluir', 'test drive'),
    ('fornecedor',     'regex',   'incluir', 'trade (&|e) promo'),
    ('fornecedor',     'palavra', 'incluir', 'merchandising'),
    ('conta_contabil', 'contem',  'incluir', '4.1.3.05'),
    ('descricao',      'palavra', 'excluir', 'recall'),
    ('descricao',      'contem',  'excluir', 'patrocínio institucional'),
    ('descricao',      'contem',  'excluir', 'frete de retorno'),
    ('fornecedor',     'regex',   'excluir', '^prefeitura')
$$;

comment on function exemplo.padroes() is
  'Example warehouse: the trade-marketing patterns to load into audit.padroes_trade_marketing (campo, tipo, acao, padrao).';

revoke execute on function exemplo.padroes() from public;
--! EndIncluded exemplo/padroes.sql

--! Included exemplo/filiais.sql
-- Branches and plants, with their share of the entries (percent).
create or replace function exemplo.filiais()
returns table (codigo text, nome text, tipo text, cidade text, uf text, cnpj text, peso int)
language sql
immutable parallel safe
set search_path = ''
as $$
  select f.codigo, f.nome, f.tipo, f.cidade, f.uf, exemplo.cnpj(65990001, f.numero), f.peso
  from (values
    ('BA01', 'Fábrica de Camaçari',            'fábrica',      'Camaçari',              'BA', 1,  36),
    ('SP01', 'Sede Administrativa',            'escritório',   'São Paulo',             'SP', 2,  17),
    ('SP02', 'Fábrica de Campinas',            'fábrica',      'Campinas',              'SP', 3,  12),
    ('AM01', 'Fábrica de Baterias de Manaus',  'fábrica',      'Manaus',                'AM', 4,  8),
    ('ES01', 'Centro de Distribuição Vitória', 'distribuição', 'Cariacica',             'ES', 5,  7),
    ('SP03', 'Centro de Peças Cajamar',        'distribuição', 'Cajamar',               'SP', 6,  6),
    ('PE01', 'Centro de Distribuição Suape',   'distribuição', 'Ipojuca',               'PE', 7,  4),
    ('BA02', 'Centro de Pesquisa',             'pesquisa',     'Salvador',              'BA', 8,  3),
    ('RJ01', 'Regional Sudeste',               'escritório',   'Rio de Janeiro',        'RJ', 9,  2),
    ('DF01', 'Relações Institucionais',        'escritório',   'Brasília',              'DF', 10, 1),
    ('PR01', 'Regional Sul',                   'escritório',   'Curitiba',              'PR', 11, 2),
    ('SC01', 'Terminal de Itajaí',             'distribuição', 'Itajaí',                'SC', 12, 1),
    ('CE01', 'Regional Nordeste',              'escritório',   'Fortaleza',             'CE', 13, 1)
  ) f (codigo, nome, tipo, cidade, uf, numero, peso)
$$;

comment on function exemplo.filiais() is
  'Example warehouse: branches and plants with CNPJ and share of the entries in percent.';

revoke execute on function exemplo.filiais() from public;
--! EndIncluded exemplo/filiais.sql

--! Included exemplo/contas.sql
-- Chart of accounts of the example.
create or replace function exemplo.contas()
returns table (codigo text, nome text, grupo text)
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('1.1.9.99', 'Conta transitória de pagamentos',        'Ativo'),
    ('3.1.1.01', 'Matéria-prima nacional',                 'Custo'),
    ('3.1.1.02', 'Matéria-prima importada',                'Custo'),
    ('3.1.2.01', 'Peças e componentes de montagem',        'Custo'),
    ('3.1.2.02', 'Peças de reposição',                     'Custo'),
    ('3.1.3.01', 'Manutenção de máquinas e equipamentos',  'Custo'),
    ('3.1.4.01', 'Energia elétrica',                       'Custo'),
    ('3.1.4.02', 'Água e esgoto',                          'Custo'),
    ('3.2.1.01', 'Fretes sobre compras',                   'Custo'),
    ('3.2.1.02', 'Fretes sobre vendas',                    'Custo'),
    ('3.2.1.03', 'Armazenagem',                            'Custo'),
    ('3.3.1.01', 'Garantia de veículos',                   'Custo'),
    ('4.1.1.01', 'Viagens e estadias',                     'Despesa comercial'),
    ('4.1.2.01', 'Combustíveis e lubrificantes',           'Despesa comercial'),
    ('4.1.3.01', 'Publicidade e propaganda',               'Despesa comercial'),
    ('4.1.3.02', 'Produção de mídia',                      'Despesa comercial'),
    ('4.1.3.03', 'Feiras e eventos',                       'Despesa comercial'),
    ('4.1.3.05', 'Verbas de trade marketing',              'Despesa comercial'),
    ('4.1.3.99', 'Outras despesas comerciais',             'Despesa comercial'),
    ('4.2.1.01', 'Aluguéis e condomínios',                 'Despesa administrativa'),
    ('4.2.1.02', 'Manutenção e conservação predial',       'Despesa administrativa'),
    ('4.2.1.03', 'Limpeza e vigilância',                   'Despesa administrativa'),
    ('4.2.2.01', 'Telefonia e dados',                      'Despesa administrativa'),
    ('4.2.2.02', 'Licenças e serviços de informática',     'Despesa administrativa'),
    ('4.2.3.01', 'Honorários advocatícios',                'Despesa administrativa'),
    ('4.2.3.02', 'Consultorias e auditorias',              'Despesa administrativa'),
    ('4.2.4.01', 'Prêmios de seguros',                     'Despesa administrativa'),
    ('4.2.5.01', 'Alimentação do trabalhador',             'Despesa administrativa'),
    ('4.2.6.01', 'Impostos e taxas',                       'Despesa administrativa'),
    ('4.2.9.01', 'Serviços de terceiros pessoa jurídica',  'Despesa administrativa'),
    ('4.2.9.99', 'Outras despesas administrativas',        'Despesa administrativa')
$$;

comment on function exemplo.contas() is 'Example warehouse: chart of accounts.';

revoke execute on function exemplo.contas() from public;
--! EndIncluded exemplo/contas.sql

--! Included exemplo/centros_custo.sql
-- Cost centres of the example.
create or replace function exemplo.centros_custo()
returns table (codigo text, nome text, diretoria text)
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('1010', 'Presidência',                 'Administração'),
    ('1020', 'Jurídico',                    'Administração'),
    ('1030', 'Controladoria',               'Administração'),
    ('1040', 'Tesouraria',                  'Administração'),
    ('1050', 'Recursos Humanos',            'Administração'),
    ('1060', 'Tecnologia da Informação',    'Administração'),
    ('1070', 'Facilities',                  'Administração'),
    ('1080', 'Segurança Patrimonial',       'Administração'),
    ('2010', 'Marketing de Produto',        'Comercial'),
    ('2020', 'Comunicação e Marca',         'Comercial'),
    ('2030', 'Desenvolvimento de Rede',     'Comercial'),
    ('2040', 'Vendas Varejo',               'Comercial'),
    ('2050', 'Vendas Diretas',              'Comercial'),
    ('2060', 'Pós-Venda',                   'Comercial'),
    ('3010', 'Estamparia',                  'Operações'),
    ('3020', 'Soldagem',                    'Operações'),
    ('3030', 'Pintura',                     'Operações'),
    ('3040', 'Montagem Final',              'Operações'),
    ('3050', 'Baterias',                    'Operações'),
    ('3060', 'Manutenção Industrial',       'Operações'),
    ('3070', 'Utilidades',                  'Operações'),
    ('3080', 'Qualidade',                   'Operações'),
    ('4010', 'Compras',                     'Suprimentos'),
    ('4020', 'Logística de Entrada',        'Suprimentos'),
    ('4030', 'Logística de Veículos',       'Suprimentos'),
    ('4040', 'Comércio Exterior',           'Suprimentos'),
    ('5010', 'Engenharia de Produto',       'Engenharia'),
    ('5020', 'Protótipos e Testes',         'Engenharia')
$$;

comment on function exemplo.centros_custo() is 'Example warehouse: cost centres.';

revoke execute on function exemplo.centros_custo() from public;
--! EndIncluded exemplo/centros_custo.sql

--! Included exemplo/categorias.sql
-- Categories with what makes an entry of each believable: accounts and cost centres in which it is booked,
-- amounts (median in cents, spread in tenths of a standard deviation of the logarithm), whether taxes are
-- withheld at source, and texts. Texts are templates for format(): 1 month, 2 year, 3 campaign, 4 dealer,
-- 5 contract, 6 town, 7 model, 8 document.
-- No text outside Trade Marketing may match exemplo.padroes(), save the one on recalls, which they exclude.
create or replace function exemplo.categorias()
returns table (nome text, grupo text, contas text[], centros text[], mediana bigint, dispersao int, retem boolean, textos text[])
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('Trade Marketing', 'Comercial', '{4.1.3.05,4.1.3.05,4.1.3.05,4.1.3.99}'::text[], '{2030,2040,2010}'::text[], 850000::bigint, 10, false,
      array['Ação varejo %7$s - %4$s', 'Verba de trade marketing %1$s/%2$s - %4$s', 'Reembolso campanha %3$s contrato %5$s',
        'Campanha de varejo %3$s - %6$s', 'Material de PDV %7$s - %4$s', 'Ativação em PDV %3$s', 'Incentivo de vendas %4$s ref. %1$s/%2$s',
        'Test drive no shopping - %6$s - %3$s', 'Mídia cooperada %4$s %1$s/%2$s', 'Campanha regional %3$s %1$s/%2$s',
        'Reembolso conforme NF %8$s', 'Rateio de ações comerciais da rede %1$s']),
    ('Publicidade e Propaganda', 'Comercial', '{4.1.3.01,4.1.3.01,4.1.3.02,4.1.3.99}', '{2020,2020,2010}', 2400000, 12, true,
      array['Veiculação TV aberta %1$s/%2$s', 'Mídia digital programática %7$s', 'Produção de filme publicitário %7$s',
        'Criação e arte final de anúncio', 'Painel de LED aeroporto de %6$s', 'Assessoria de imprensa %1$s/%2$s',
        'Plano de mídia nacional contrato %5$s', 'Gestão de redes sociais %1$s', 'Patrocínio institucional - Test Drive Solidário %6$s']),
    ('Eventos e Feiras', 'Comercial', '{4.1.3.03,4.1.3.03,4.1.3.99}', '{2020,2010}', 1800000, 11, true,
      array['Montagem de estande - Salão do Automóvel', 'Locação de espaço feira %6$s', 'Buffet evento de lançamento %7$s',
        'Sonorização e iluminação convenção %2$s', 'Recepcionistas para evento em %6$s', 'Cenografia lançamento %7$s']),
    ('Garantia e Assistência Técnica', 'Comercial', '{3.3.1.01}', '{2060,3080}', 180000, 9, false,
      array['Garantia %7$s OS %8$s', 'Mão de obra em garantia - %4$s', 'Recall campanha regional %6$s %7$s', 'Reparo módulo de bateria %7$s',
        'Assistência 24h %1$s/%2$s', 'Substituição de peça em garantia OS %8$s']),
    ('Peças e Componentes', 'Suprimentos', '{3.1.2.01,3.1.2.01,3.1.2.02}', '{3040,3020,3050,4010}', 1250000, 11, false,
      array['Conjunto suspensão %7$s pedido %5$s', 'Chicote elétrico lote %8$s', 'Para-choque %7$s', 'Módulo eletrônico %7$s pedido %5$s',
        'Vidros e guarnições %7$s', 'Parafusos e fixadores lote %8$s', 'Pneus %7$s pedido %5$s', 'Bancos dianteiros %7$s', 'Peças de reposição pedido %5$s']),
    ('Matéria-Prima', 'Suprimentos', '{3.1.1.01,3.1.1.01,3.1.1.02}', '{3010,3020,3030,3050}', 4800000, 10, false,
      array['Bobina de aço galvanizado lote %8$s', 'Alumínio em chapas', 'Tinta automotiva base água', 'Resina polipropileno lote %8$s',
        'Cobre eletrolítico contrato %5$s', 'Carbonato de lítio contrato %5$s', 'Adesivo estrutural', 'Primer e verniz %1$s/%2$s']),
    ('Frete e Logística', 'Suprimentos', '{3.2.1.01,3.2.1.02,3.2.1.02,3.2.1.03}', '{4020,4030,4040}', 320000, 10, true,
      array['Frete rodoviário %6$s CT-e %8$s', 'Transporte de veículos cegonha %6$s', 'Armazenagem %1$s/%2$s', 'Frete aéreo urgente peças %7$s',
        'Desembaraço aduaneiro DI %8$s', 'Cabotagem contêiner %8$s', 'Coleta milk run %1$s', 'Frete sobre vendas %6$s']),
    ('Manutenção Predial', 'Administração', '{4.2.1.02,4.2.1.02,4.2.9.01}', '{1070,3070}', 240000, 11, true,
      array['Reparo de telhado galpão %6$s', 'Manutenção de ar condicionado %1$s/%2$s', 'Pintura predial', 'Serviços hidráulicos',
        'Manutenção de elevadores contrato %5$s', 'Reforma do vestiário', 'Manutenção de jardins %1$s']),
    ('Manutenção de Máquinas', 'Operações', '{3.1.3.01,3.1.3.01,4.2.9.01}', '{3060,3010,3020}', 560000, 11, true,
      array['Manutenção preventiva prensa %8$s', 'Calibração de robôs de solda', 'Peças para esteira transportadora', 'Retífica de motor elétrico',
        'Manutenção corretiva cabine de pintura', 'Óleo hidráulico e filtros', 'Aferição de instrumentos %1$s/%2$s']),
    ('Viagens e Hospedagem', 'Administração', '{4.1.1.01,4.1.1.01,4.2.9.99}', '{1050,2040,2050,5010}', 145000, 8, false,
      array['Passagem aérea %6$s', 'Hospedagem %6$s', 'Hospedagem treinamento %6$s %1$s', 'Locação de veículo %6$s', 'Táxi e aplicativo %1$s/%2$s', 'Remarcação de bilhete %8$s']),
    ('Combustíveis', 'Comercial', '{4.1.2.01}', '{2050,4030,5020}', 42000, 7, false,
      array['Abastecimento frota %1$s/%2$s', 'Diesel S10 %6$s', 'Etanol frota de testes', 'Gasolina %6$s cupom %8$s', 'Arla 32', 'Abastecimento cartão frota']),
    ('Serviços Jurídicos', 'Administração', '{4.2.3.01,4.2.3.01,4.2.9.01}', '{1020}', 920000, 10, true,
      array['Honorários processo %8$s', 'Honorários advocatícios %1$s/%2$s', 'Parecer tributário', 'Acompanhamento trabalhista %6$s', 'Custas e diligências processo %8$s']),
    ('Alimentação e Refeitório', 'Administração', '{4.2.5.01}', '{1050}', 680000, 9, true,
      array['Refeições fábrica %1$s/%2$s', 'Vale-alimentação %1$s', 'Lanches turno da noite', 'Coffee break treinamento', 'Cesta básica %1$s/%2$s']),
    ('Impostos e Taxas', 'Administração', '{4.2.6.01}', '{1040,1030}', 310000, 12, false,
      array['Taxa de licenciamento %2$s', 'IPTU %6$s %2$s', 'Taxa de fiscalização %6$s', 'Guia de recolhimento %8$s', 'ISS retido %1$s/%2$s']),
    ('Aluguéis e Condomínios', 'Administração', '{4.2.1.01}', '{1070}', 2600000, 8, true,
      array['Aluguel %1$s/%2$s contrato %5$s', 'Condomínio %1$s/%2$s', 'Locação de galpão %6$s %1$s/%2$s', 'Aluguel showroom %6$s']),
    ('Serviços de TI', 'Administração', '{4.2.2.02,4.2.2.02,4.2.9.01}', '{1060}', 1100000, 10, true,
      array['Licenças de software %2$s', 'Sustentação ERP %1$s/%2$s', 'Horas de desenvolvimento contrato %5$s', 'Hospedagem em nuvem %1$s/%2$s',
        'Suporte técnico %1$s', 'Equipamentos de informática', 'Consultoria BI projeto %5$s']),
    ('Telecomunicações', 'Administração', '{4.2.2.01}', '{1060,1070}', 190000, 9, false,
      array['Link dedicado %6$s %1$s/%2$s', 'Telefonia móvel %1$s/%2$s', 'Telefonia fixa %6$s', 'Rádio comunicação fábrica', 'Dados móveis veículos conectados %1$s']),
    ('Limpeza e Vigilância', 'Administração', '{4.2.1.03,4.2.1.03,4.2.9.01}', '{1080,1070}', 1500000, 8, true,
      array['Serviços de limpeza %1$s/%2$s', 'Vigilância patrimonial %6$s %1$s/%2$s', 'Portaria 24h contrato %5$s', 'Coleta de resíduos %1$s', 'Material de limpeza']),
    ('Consultoria e Auditoria', 'Administração', '{4.2.3.02,4.2.9.01}', '{1030,1010}', 1900000, 10, true,
      array['Auditoria externa %2$s', 'Consultoria tributária %1$s/%2$s', 'Consultoria de processos contrato %5$s', 'Avaliação atuarial', 'Laudo técnico %6$s']),
    ('Seguros', 'Administração', '{4.2.4.01}', '{1040}', 880000, 11, false,
      array['Seguro patrimonial apólice %5$s', 'Seguro de transporte %1$s/%2$s', 'Seguro frota apólice %5$s', 'Seguro de vida em grupo %1$s/%2$s']),
    ('Energia Elétrica', 'Operações', '{3.1.4.01}', '{3070}', 3900000, 11, false,
      array['Energia elétrica %6$s %1$s/%2$s', 'Demanda contratada %1$s/%2$s', 'Energia mercado livre contrato %5$s', 'Fatura de energia UC %8$s']),
    ('Água e Saneamento', 'Operações', '{3.1.4.02}', '{3070,1070}', 410000, 10, false,
      array['Água e esgoto %6$s %1$s/%2$s', 'Caminhão-pipa', 'Tratamento de efluentes %1$s/%2$s', 'Fatura de água %8$s']),
    ('Outras Despesas', 'Administração', '{4.2.9.99,4.2.9.01}', '{1030,1070,1010}', 95000, 11, false,
      array['Despesas diversas %1$s', 'Material de escritório', 'Correios e cartório', 'Reembolso de despesas %1$s/%2$s', 'Brindes de fim de ano'])
$$;

comment on function exemplo.categorias() is
  'Example warehouse: categories with their accounts, cost centres, amounts (median in cents) and text templates.';

revoke execute on function exemplo.categorias() from public;
--! EndIncluded exemplo/categorias.sql

--! Included exemplo/ramos.sql
-- Trades of suppliers: how many companies each has, their share of the entries (per 10,000), the category of
-- their entries, and a second category with its share in percent. muda: from the seventh month on the company's
-- entries belong to the second category. recorrente: bills every month. cauda: has a tail of companies
-- with one to three entries. Names are templates for format() with one proper name.
create or replace function exemplo.ramos()
returns table (ramo text, categoria text, categoria2 text, parte2 int, muda boolean, recorrente boolean, cauda boolean,
  empresas int, peso int, nomes text[])
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('autopecas_lider', 'Peças e Componentes', null::text, 0, false, false, false, 1, 1180, '{%s Sistemas Automotivos do Brasil}'::text[]),
    ('autopecas', 'Peças e Componentes', null, 0, false, false, true, 42, 1000,
      '{Indústria de Autopeças %s,%s Componentes Automotivos,Metalúrgica %s,Borrachas %s}'),
    ('materia_prima', 'Matéria-Prima', null, 0, false, false, true, 26, 800, '{Siderúrgica %s,Química %s,%s Indústria de Plásticos,Metais %s}'),
    ('materia_e_pecas', 'Matéria-Prima', 'Peças e Componentes', 30, false, false, false, 4, 120, '{%s Indústria e Comércio de Alumínio}'),
    ('transporte', 'Frete e Logística', null, 0, false, false, true, 38, 1150, '{Transportadora %s,%s Logística,Rápido %s,%s Cargas e Encomendas}'),
    ('concessionaria', 'Trade Marketing', 'Garantia e Assistência Técnica', 32, false, false, false, 64, 760,
      '{%s Veículos,Concessionária %s,%s Motors Comércio de Automóveis,Auto %s}'),
    ('agencia_trade', 'Trade Marketing', null, 0, false, false, true, 9, 200, '{%s Trade e Promo,%s Merchandising,%s Ações Promocionais}'),
    ('agencia', 'Publicidade e Propaganda', null, 0, false, false, true, 18, 320, '{Agência %s,%s Comunicação,%s Mídia e Produções}'),
    ('agencia_mista', 'Publicidade e Propaganda', 'Trade Marketing', 35, false, false, false, 4, 120, '{%s Marketing Integrado}'),
    ('agencia_mudou', 'Publicidade e Propaganda', 'Trade Marketing', 0, true, false, false, 1, 40, '{Vitrine %s Comunicação}'),
    ('eventos', 'Eventos e Feiras', null, 0, false, false, true, 16, 180, '{%s Eventos,Cenografia %s,Buffet %s}'),
    ('oficina', 'Garantia e Assistência Técnica', null, 0, false, false, true, 20, 180, '{Oficina %s,Auto Elétrica %s,%s Guinchos e Socorro}'),
    ('predial', 'Manutenção Predial', null, 0, false, false, true, 24, 420, '{Construtora %s,%s Instalações,%s Climatização}'),
    ('maquinas', 'Manutenção de Máquinas', null, 0, false, false, true, 24, 460, '{%s Automação Industrial,Retífica %s,%s Engenharia de Manutenção}'),
    ('manutencao_dupla', 'Manutenção Predial', 'Manutenção de Máquinas', 40, false, false, false, 3, 80, '{%s Engenharia e Serviços}'),
    ('viagens', 'Viagens e Hospedagem', null, 0, false, false, true, 26, 460, '{Hotel %s,%s Turismo,Pousada %s,%s Viagens Corporativas}'),
    ('combustivel', 'Combustíveis', null, 0, false, false, true, 22, 400, '{Auto Posto %s,Posto %s,%s Comércio de Combustíveis}'),
    ('advocacia', 'Serviços Jurídicos', null, 0, false, false, true, 14, 180, '{%s Advogados Associados,%s Sociedade de Advogados}'),
    ('refeitorio', 'Alimentação e Refeitório', null, 0, false, false, true, 14, 280, '{%s Refeições Coletivas,Panificadora %s,%s Alimentos}'),
    ('governo', 'Impostos e Taxas', null, 0, false, false, false, 12, 190, '{Prefeitura Municipal de %s,Secretaria da Fazenda %s}'),
    ('diversos', 'Outras Despesas', null, 0, false, false, true, 20, 220, '{Papelaria %s,Cartório %s,%s Comércio e Representações}'),
    ('imobiliaria', 'Aluguéis e Condomínios', null, 0, false, true, false, 12, 190, '{%s Administradora de Imóveis,Condomínio Edifício %s}'),
    ('informatica', 'Serviços de TI', null, 0, false, true, true, 24, 430, '{%s Tecnologia,%s Informática,%s Sistemas}'),
    ('informatica_telecom', 'Serviços de TI', 'Telecomunicações', 35, false, true, false, 3, 70, '{%s Soluções em TI e Telecom}'),
    ('informatica_mudou', 'Serviços de TI', 'Telecomunicações', 0, true, true, false, 2, 60, '{%s Redes e Conectividade}'),
    ('telecom', 'Telecomunicações', null, 0, false, true, false, 8, 240, '{%s Telecom,Companhia Telefônica %s}'),
    ('limpeza', 'Limpeza e Vigilância', null, 0, false, true, true, 16, 320, '{%s Serviços de Limpeza,%s Segurança Patrimonial,Conservadora %s}'),
    ('limpeza_mudou', 'Limpeza e Vigilância', 'Manutenção Predial', 0, true, true, false, 2, 60, '{%s Serviços Gerais}'),
    ('consultoria', 'Consultoria e Auditoria', null, 0, false, true, true, 14, 190, '{%s Consultoria,%s Auditores Independentes}'),
    ('seguradora', 'Seguros', null, 0, false, true, false, 8, 100, '{%s Seguros,Companhia de Seguros %s}'),
    ('energia', 'Energia Elétrica', null, 0, false, true, false, 7, 180, '{Companhia Energética %s,%s Comercializadora de Energia}'),
    ('saneamento', 'Água e Saneamento', null, 0, false, true, false, 6, 90, '{Companhia de Saneamento %s,%s Ambiental}')
$$;

comment on function exemplo.ramos() is
  'Example warehouse: trades of suppliers with number of companies, share of the entries and categories.';

revoke execute on function exemplo.ramos() from public;
--! EndIncluded exemplo/ramos.sql

--! Included exemplo/dias.sql
-- Spreads a number of entries over the days of a period: business days of the national calendar, busier at the
-- end of a month and of the year, hardly anything at weekends. Ids run on from primeiro_id in order of date.
create or replace function exemplo.dias(inicio date, de date, ate date, primeiro_id bigint, linhas int)
returns table (dia date, mes int, primeiro bigint, ultimo bigint, primeiro_do_mes bigint)
language sql
immutable parallel safe
set search_path = ''
as $$
  with pesos as (
    select d.dia,
      (extract(year from d.dia)::int - extract(year from dias.inicio)::int) * 12
        + extract(month from d.dia)::int - extract(month from dias.inicio)::int as mes,
      case
        when extract(isodow from d.dia) in (6, 7)
          or to_char(d.dia, 'MM-DD') in ('01-01', '04-21', '05-01', '09-07', '10-12', '11-02', '11-15', '11-20', '12-25') then 3
        else ('{86,88,102,98,100,99,97,101,103,106,112,118}'::int[])[extract(month from d.dia)::int]
          * case
              when d.dia + 4 >= (date_trunc('month', d.dia::timestamp) + interval '1 month')::date then 160
              when extract(day from d.dia) between 9 and 11 then 125
              else 100
            end / 100
      end::bigint as peso
    from (
      select dias.de + i as dia from generate_series(0, dias.ate - dias.de) i
    ) d
  ), acumulado as (
    select p.dia, p.mes, p.peso, sum(p.peso) over (order by p.dia) as ate_aqui, sum(p.peso) over () as total
    from pesos p
  ), faixas as (
    select a.dia, a.mes,
      dias.primeiro_id + div((a.ate_aqui - a.peso) * dias.linhas, a.total)::bigint as primeiro,
      dias.primeiro_id + div(a.ate_aqui * dias.linhas, a.total)::bigint - 1 as ultimo
    from acumulado a
  )
  select f.dia, f.mes, f.primeiro, f.ultimo, min(f.primeiro) over (partition by f.mes)
  from faixas f
$$;

comment on function exemplo.dias(date, date, date, bigint, int) is
  'Example warehouse: days of a period (both ends included) with the range of ids booked on each; mes counts from 0 in the month of inicio.';

revoke execute on function exemplo.dias(date, date, date, bigint, int) from public;
--! EndIncluded exemplo/dias.sql

--! Included exemplo/empresas.sql
-- The suppliers: a core of companies by trade, a few of them large (share falls with rank), and a long tail
-- with one to three entries each, whose number grows with the size of the warehouse (universo, in entries).
-- fichas is the company's number of slots in the urn from which entries draw their supplier; ficha is its first.
-- Companies that bill every month lie first in the urn, so that a monthly series can be drawn among them alone.
-- CNPJ roots lie between 66 and 70 million, a bijection of the company's number: never twice the same.
create or replace function exemplo.empresas(semente bigint, universo int)
returns table (numero int, ramo text, categoria text, categoria2 text, parte2 int, muda boolean, recorrente boolean,
  cauda boolean, posto int, nome text, grafias text[], cnpjs text[], escala int, ficha bigint, fichas int)
language sql
immutable parallel safe
set search_path = ''
as $$
  with palavras as (
    select array['Guimarães', 'Araújo', 'Conceição', 'São Jorge', 'Paraíba', 'Ipê', 'Araucária', 'Tietê', 'Mantiqueira',
      'Horizonte', 'Atlântico', 'Piratininga', 'Jacarandá', 'Itapuã', 'Recôncavo', 'Aimoré', 'Bandeirantes', 'Planalto',
      'Serra Azul', 'Boa Vista', 'Novo Mundo', 'Três Irmãos', 'Santa Luzia', 'São Bento', 'Vitória', 'Cruzeiro', 'Estrela do Sul',
      'Rio Branco', 'Monte Belo', 'Ouro Verde', 'Pau-Brasil', 'Sabiá', 'Andorinha', 'Pérola', 'Diamantina', 'Imperial',
      'União', 'Progresso', 'Aliança', 'Confiança', 'Continental', 'Litoral', 'Goitacá', 'Ibirapuera', 'Marajó', 'Paranaguá',
      'Cambará', 'Jequitibá', 'Magalhães', 'Gonçalves', 'Simões', 'Brandão', 'Falcão', 'Sertão', 'Jaraguá', 'Moçoró',
      'Tabajara', 'Ubatã', 'Cachoeira', 'Vale do Aço'] as lista
  ), nucleo as (
    select r.ordem, r.ramo, r.categoria, r.categoria2, r.parte2, r.muda, r.recorrente, r.nomes, false as cauda, j as posto,
      1 + (exemplo.sorteio(r.ordem, 60, exemplo.canal(empresas.semente, 40)) + j * 7) % 60 as palavra,
      case when j > 60 then 1 + (j * 11) % 60 end as palavra2,
      greatest(1, round(2.0 * r.peso * (1 / (j + 0.5)) / (sum(1 / (j + 0.5)) over (partition by r.ramo))))::int as fichas
    from exemplo.ramos() with ordinality r (ramo, categoria, categoria2, parte2, muda, recorrente, cauda, empresas, peso, nomes, ordem)
    cross join lateral generate_series(1, r.empresas) j
  ), ramos_da_cauda as (
    select r.*, row_number() over (order by r.ordem) - 1 as posicao, count(*) over () as quantos
    from exemplo.ramos() with ordinality r (ramo, categoria, categoria2, parte2, muda, recorrente, cauda, empresas, peso, nomes, ordem)
    where r.cauda
  ), cauda as (
    select r.ordem, r.ramo, r.categoria, r.categoria2, r.parte2, r.muda, r.recorrente, r.nomes, true as cauda, k as posto,
      1 + exemplo.sorteio(k, 60, exemplo.canal(empresas.semente, 41)) as palavra,
      1 + exemplo.sorteio(k, 60, exemplo.canal(empresas.semente, 42)) as palavra2,
      1 as fichas
    from generate_series(1, greatest(20, empresas.universo / 62)) k
    join ramos_da_cauda r on r.posicao = exemplo.sorteio(k, r.quantos, exemplo.canal(empresas.semente, 43))
  ), todas as (
    select t.*,
      row_number() over (order by t.cauda, t.recorrente desc, t.ordem, t.posto)::int as numero,
      coalesce(sum(t.fichas) over (order by t.cauda, t.recorrente desc, t.ordem, t.posto
        rows between unbounded preceding and 1 preceding), 0) as ficha
    from (select * from nucleo union all select * from cauda) t
  )
  select t.numero, t.ramo, t.categoria, t.categoria2, t.parte2, t.muda, t.recorrente, t.cauda, t.posto, n.nome,
    exemplo.grafias(n.nome, case
      when t.ramo = 'governo' then ''
      when t.cauda then ('{ME,Ltda.,EIRELI,Ltda. ME}'::text[])[1 + exemplo.sorteio(t.numero, 4, exemplo.canal(empresas.semente, 44))]
      when t.posto <= 2 and t.ramo <> 'concessionaria' then 'S.A.'
      else 'Ltda.'
    end),
    (select array_agg(exemplo.cnpj(66000000 + (t.numero * 7919::bigint + exemplo.sorteio(1, 4000000, exemplo.canal(empresas.semente, 45))) % 4000000, f)
        order by f)
      from generate_series(1, case when t.cauda then 1
        else 1 + exemplo.sorteio(t.numero, 5, exemplo.canal(empresas.semente, 46))::int end) f),
    (45 + exemplo.sorteio(t.numero, 160, exemplo.canal(empresas.semente, 47)))::int,
    t.ficha::bigint, t.fichas
  from todas t
  cross join palavras p
  cross join lateral (
    select format(t.nomes[1 + t.posto % array_length(t.nomes, 1)],
      p.lista[t.palavra] || coalesce(' ' || p.lista[t.palavra2], '')) as nome
  ) n
$$;

comment on function exemplo.empresas(bigint, int) is
  'Example warehouse: suppliers with categories, spellings and CNPJs, for a seed and a size of the warehouse in entries.';

revoke execute on function exemplo.empresas(bigint, int) from public;
--! EndIncluded exemplo/empresas.sql

--! Included exemplo/quantis.sql
-- Multipliers of a median, in millionths, at 512 even steps of probability, for log-normal amounts whose logarithm has
-- a standard deviation of dispersao tenths. The normal quantile is Tukey's lambda approximation with lambda 0.14
-- (Tukey 1962; good to 0.01 between the 1st and the 99th percentile), in numeric arithmetic:
-- floating point ends in different last digits on different machines.
create or replace function exemplo.quantis()
returns table (dispersao int, passo int, multiplicador bigint, ate_proximo bigint)
language sql
immutable parallel safe
set search_path = ''
as $$
  with normal as (
    select i as passo, 5.063 * (power(p.p, 0.14) - power(1 - p.p, 0.14)) as z
    from generate_series(0, 512) i
    cross join lateral (select round((i + 0.5) / 513, 8) as p) p
  ), lognormal as (
    select d as dispersao, n.passo, round(1000000 * exp(round(n.z * d / 10, 8)))::bigint as multiplicador
    from normal n
    cross join generate_series(7, 12) d
  )
  select q.dispersao, q.passo, q.multiplicador, q.proximo - q.multiplicador
  from (
    select l.*, lead(l.multiplicador) over (partition by l.dispersao order by l.passo) as proximo
    from lognormal l
  ) q
  where q.passo < 512
$$;

comment on function exemplo.quantis() is
  'Example warehouse: multipliers (millionths) of a median for log-normal amounts, by spread and step of probability.';

revoke execute on function exemplo.quantis() from public;
--! EndIncluded exemplo/quantis.sql

--! Included exemplo/lancamentos_certos.sql
-- The ledger as it should have been booked: one row per entry of the period, honest oddities included, before
-- exemplo.lancamentos_plantados spoils some. Pure: no table is read or written.
-- Everything about an entry follows from draws on its key. Entries that belong together share one: the instalments of
-- a purchase, the months of a contract, a document and its copy. So the whole ledger comes out of one pass.
-- inicio: first month of the warehouse, from which months are counted. semente_empresas and universo: seed and size
-- with which the warehouse's suppliers were made. seriado: with monthly series and instalments, for whole months only. "offset 0" keeps the planner from
-- pulling a step up into the next and drawing the same number again wherever it is used.
create or replace function exemplo.lancamentos_certos(inicio date, de date, ate date, primeiro_id bigint, linhas int,
  semente bigint, semente_empresas bigint, universo int, seriado boolean)
returns table (id bigint, data_lancamento date, carregado_em timestamptz, data_documento date, filial text, centro_custo text,
  conta_contabil text, categoria text, fornecedor_id text, fornecedor text, documento text, descricao text,
  valor numeric, valor_documento numeric, valor_desconto numeric, duplicata text, duplicata_de bigint, honesta text[])
language sql
stable parallel safe
set search_path = ''
set work_mem = '128MB'
set jit = off
as $$
  with c as (
    select array_agg(exemplo.canal(lancamentos_certos.semente, i) order by i) as n from generate_series(1, 50) i
  ), canais as (
    select n[1] as serie, n[2] as copia, n[3] as distancia, n[4] as empresa, n[5] as cauda, n[6] as segunda, n[7] as conta,
      n[8] as centro, n[9] as filial, n[10] as grafia, n[11] as cnpj, n[12] as texto, n[13] as campanha, n[14] as loja,
      n[15] as cidade, n[16] as modelo, n[17] as contrato, n[18] as valor, n[19] as documento, n[20] as desconto,
      n[21] as credito, n[22] as arredondado, n[23] as caixa, n[24] as vazio, n[25] as sem_fornecedor, n[26] as carga,
      n[27] as emissao, n[28] as armadilha, n[29] as redondo, n[50] as erro
    from c
  ), empresas as materialized (
    select * from exemplo.empresas(lancamentos_certos.semente_empresas, lancamentos_certos.universo)
  ), urna as (
    select e.*, e.ficha + i as slot
    from empresas e
    cross join lateral generate_series(0, e.fichas - 1) i
  ), tamanhos as (
    select sum(e.fichas) filter (where not e.cauda)::bigint as nucleo, count(*) filter (where e.cauda) as cauda,
      sum(e.fichas) filter (where e.recorrente and not e.cauda)::bigint as recorrentes
    from empresas e
  ), listas as (
    select (select array_agg(e.nome order by e.numero) from empresas e where e.ramo = 'concessionaria') as lojas,
      (select array_agg(f.codigo order by f.codigo collate "C", i) from exemplo.filiais() f cross join lateral generate_series(1, f.peso) i) as filiais,
      array['janeiro', 'fevereiro', 'março', 'abril', 'maio', 'junho', 'julho', 'agosto', 'setembro', 'outubro', 'novembro', 'dezembro'] as meses,
      array['Dolphin Mini', 'Dolphin', 'Dolphin Plus', 'Song Plus', 'Song Pro', 'King', 'Yuan Pro', 'Seal', 'Shark', 'Han', 'Tan'] as modelos,
      array['Dia das Mães', 'Semana do Consumidor', 'Black Friday', 'Feirão da Rede', 'Virada Elétrica', 'Mês do Cliente',
        'Fecha Trimestre', 'Dolphin Mini 0 km', 'Natal Elétrico', 'Troca com Troco'] as campanhas,
      array['São Paulo', 'Salvador', 'Camaçari', 'Belo Horizonte', 'Goiânia', 'Brasília', 'Curitiba', 'Florianópolis', 'Belém', 'Maceió',
        'Fortaleza', 'Recife', 'Manaus', 'Vitória', 'Cuiabá', 'Porto Alegre', 'Ribeirão Preto', 'São José dos Campos'] as cidades,
      array['Frete material de campanha - Ação varejo %7$s', 'Transporte de displays PDV %7$s %6$s', 'Frete brindes campanha de varejo %3$s',
        'Frete de retorno material PDV %6$s'] as textos_frete,
      array['Ação varejo %7$s - %4$s', 'Campanha de varejo %3$s - %6$s', 'Test drive no shopping - %6$s - %3$s'] as textos_copiados
  ), series as (
    select l.id, d.dia, d.mes, d.primeiro, l.id - d.primeiro_do_mes as posicao,
      case when lancamentos_certos.seriado then exemplo.sorteio(l.id - d.primeiro_do_mes, 100000, k.serie) else 99999 end as serie
    from exemplo.dias(lancamentos_certos.inicio, lancamentos_certos.de, lancamentos_certos.ate,
      lancamentos_certos.primeiro_id, lancamentos_certos.linhas) d
    cross join canais k
    cross join lateral generate_series(d.primeiro, d.ultimo) l (id)
    offset 0
  ), origens as (
    -- A copy follows a plain entry of the same month that is neither a copy nor spoilt itself.
    select s.*, case when o.origem is not null then o.tipo end as duplicata, case when o.tipo is not null then o.origem end as duplicata_de
    from series s
    cross join canais k
    left join lateral (
      select t.tipo, s.id - t.distancia as origem
      from (
        select case when x.sorte < 60 then 'exata' else 'proxima' end as tipo,
          case when x.sorte < 60 then 1
            else 1 + lancamentos_certos.linhas / 220 + exemplo.sorteio(s.id, 1 + lancamentos_certos.linhas / 40, k.distancia) end as distancia
        from (select exemplo.sorteio(s.id, 100000, k.copia) as sorte) x
        where x.sorte < 120
      ) t
      where s.serie >= 1800 and t.distancia <= s.posicao
        and (t.tipo = 'proxima' or s.id > s.primeiro)
        and (not lancamentos_certos.seriado or exemplo.sorteio(s.posicao - t.distancia, 100000, k.serie) >= 1800)
        and exemplo.sorteio(s.id - t.distancia, 100000, k.copia) >= 120
        and exemplo.sorteio(s.id - t.distancia, 100000, k.erro) >= 550
    ) o on true
    offset 0
  ), chaves as (
    select o.*, x.chave, case
        when o.serie < 900 then exemplo.sorteio(x.chave, z.recorrentes, k.empresa)
        when exemplo.sorteio(x.chave, 1000, k.cauda) < 32 then z.nucleo + exemplo.sorteio(x.chave, z.cauda, k.empresa)
        else exemplo.sorteio(x.chave, z.nucleo, k.empresa)
      end as slot
    from origens o
    cross join canais k
    cross join tamanhos z
    cross join lateral (
      select case
        when o.serie < 900 then -1 - o.posicao
        when o.serie < 1800 then -1 - o.posicao - 10000000000 * (1 + o.mes / 3)
        else coalesce(o.duplicata_de, o.id)
      end as chave
    ) x
    offset 0
  ), atribuidos as (
    select h.id, h.dia, h.mes, h.serie, h.chave, h.duplicata, h.duplicata_de, e.posto, e.cauda, e.muda, e.categoria2, e.cnpjs, e.grafias,
      e.escala, e.numero, case when e.ramo = 'concessionaria' then e.nome end as loja,
      case
        when e.muda and h.mes < 6 then e.categoria
        when e.muda or exemplo.sorteio(h.chave, 100, k.segunda) < e.parte2 then e.categoria2
        else e.categoria
      end as categoria,
      h.dia - exemplo.sorteio(h.chave, 13, k.emissao)::int as data_documento,
      exemplo.sorteio(h.chave, 100000000, k.valor) as sorte_valor
    from chaves h
    cross join canais k
    join urna e on e.slot = h.slot
    offset 0
  ), valorados as (
    select a.*, g.contas, g.centros, g.textos, g.retem, a.serie >= 1800 and exemplo.sorteio(a.chave, 1000, k.credito) < 6 as credito,
      exemplo.sorteio(a.chave, 1000, k.desconto) as sorte_desconto,
      exemplo.sorteio(a.chave, 100, k.documento) < 93 as com_valor_documento,
      b.bruto - case when b.bruto > 100000 and exemplo.sorteio(a.chave, 100, k.redondo) < 12 then b.bruto % 5000 else 0 end as bruto
    from atribuidos a
    cross join canais k
    join exemplo.categorias() g on g.nome = a.categoria
    join exemplo.quantis() q on q.dispersao = g.dispersao and q.passo = a.sorte_valor % 512
    cross join lateral (
      select greatest(500, g.mediana * a.escala / 100 * ((q.multiplicador * 1000 + q.ate_proximo * (a.sorte_valor / 512 % 1000)) / 1000) / 1000000) as bruto
    ) b
    offset 0
  ), descontados as (
    select v.*, case
        when not v.com_valor_documento or v.credito then null
        when v.retem and v.sorte_desconto < 80 then v.bruto * ('{150,465,1100,615}'::int[])[1 + v.sorte_desconto % 4] / 10000
        when v.sorte_desconto >= 950 then v.bruto * ('{100,200,300,500}'::int[])[1 + v.sorte_desconto % 4] / 10000
      end as desconto,
      case when v.retem and v.sorte_desconto < 80 and v.com_valor_documento and not v.credito
        then ('{"IRRF 1,5%","CSRF 4,65%","INSS 11%","IRRF e CSRF 6,15%"}'::text[])[1 + v.sorte_desconto % 4] end as retencao,
      case when v.com_valor_documento and v.serie >= 1800 and exemplo.sorteio(v.chave, 1000, k.arredondado) < 3
        then ('{-4,-3,-2,-1,1,2,3,4}'::int[])[1 + v.chave % 8] else 0 end as centavos,
      case
        when v.posto <= 5 and not v.cauda and v.duplicata is null and v.categoria in ('Frete e Logística', 'Combustíveis')
          and exemplo.sorteio(v.chave, 1000, k.armadilha) < 25
          and exemplo.sorteio(v.id, 1000, k.sem_fornecedor) >= 5
        then case v.categoria when 'Combustíveis' then 'texto_copiado' else 'frete_de_campanha' end
      end as armadilha
    from valorados v
    cross join canais k
    offset 0
  ), textos as (
    select d.*,
      case
        when exemplo.sorteio(d.chave, 100, k.documento) >= 97 then null
        when d.serie < 900 and exemplo.sorteio(d.chave, 3, k.contrato) = 0 then 'CT ' || n.contrato
        when d.serie < 900 then lpad((d.id * 7919 % 1000000000)::text, 9, '0')
        when d.serie < 1800 then 'FAT ' || n.numero
        else ('{"","","NF ","NFS-e "}'::text[])[1 + d.numero % 4] || n.numero
      end as documento,
      case when d.armadilha is null and exemplo.sorteio(d.chave, 1000, k.vazio) < 20 then '' else
        case when d.credito then 'Nota de crédito NF ' || n.numero || ' - ' else '' end
        || format(
          case d.armadilha
            when 'frete_de_campanha' then l.textos_frete[1 + exemplo.sorteio(d.chave, array_length(l.textos_frete, 1), k.texto)]
            when 'texto_copiado' then l.textos_copiados[1 + exemplo.sorteio(d.chave, array_length(l.textos_copiados, 1), k.texto)]
            else d.textos[1 + exemplo.sorteio(d.chave, array_length(d.textos, 1), k.texto)]
          end,
          l.meses[extract(month from d.data_documento)::int],
          extract(year from d.data_documento)::int,
          l.campanhas[1 + exemplo.sorteio(d.chave, array_length(l.campanhas, 1), k.campanha)],
          coalesce(d.loja, l.lojas[1 + exemplo.sorteio(d.chave, array_length(l.lojas, 1), k.loja)]),
          n.contrato,
          l.cidades[1 + exemplo.sorteio(d.chave, array_length(l.cidades, 1), k.cidade)],
          l.modelos[1 + exemplo.sorteio(d.chave, array_length(l.modelos, 1), k.modelo)],
          n.numero)
        || case when d.serie between 900 and 1799 then ' - parcela ' || (1 + d.mes % 3) || '/3' else '' end
        || coalesce(' - retenção ' || d.retencao, '')
      end as texto,
      case when d.duplicata is distinct from 'proxima' then d.chave else d.id end as chave_da_copia
    from descontados d
    cross join canais k
    cross join listas l
    cross join lateral (
      select lpad((abs(d.chave) * 7919 % 1000000000)::text, 9, '0') as numero,
        (2023 + exemplo.sorteio(d.chave, 3, k.contrato))::text || '/' || lpad(exemplo.sorteio(d.chave, 10000, k.contrato)::text, 4, '0') as contrato
    ) n
    offset 0
  )
  select t.id, t.dia,
    (t.dia + time '21:30') at time zone 'America/Sao_Paulo'
      + exemplo.sorteio(t.id, 27000, k.carga) * interval '1 second'
      + case when exemplo.sorteio(t.id, 100, k.carga) = 7 then interval '2 days' else interval '0' end,
    t.data_documento,
    l.filiais[1 + exemplo.sorteio(t.chave_da_copia, 100, k.filial)],
    t.centros[1 + exemplo.sorteio(t.chave, array_length(t.centros, 1), k.centro)],
    case when exemplo.sorteio(t.chave, 100, k.conta) < 6 then '4.2.9.99'
      else t.contas[1 + exemplo.sorteio(t.chave, 1000, k.conta) % array_length(t.contas, 1)] end,
    t.categoria,
    case when f.perdido >= 5 then t.cnpjs[1 + exemplo.sorteio(t.chave_da_copia, array_length(t.cnpjs, 1), k.cnpj)] end,
    case when f.perdido >= 2 then t.grafias[('{1,1,1,1,1,1,2,2,2,3,4,4,5,6,7,8}'::int[])[1 + exemplo.sorteio(t.chave_da_copia, 16, k.grafia)]] end,
    t.documento,
    case
      when exemplo.sorteio(t.chave_da_copia, 100, k.caixa) < 22 then exemplo.maiusculas(t.texto)
      when exemplo.sorteio(t.chave_da_copia, 100, k.caixa) < 30 then lower(t.texto collate "C")
      else t.texto
    end,
    (x.sinal * (t.bruto - coalesce(t.desconto, 0) + t.centavos) / 100.00)::numeric(18,2),
    case when t.com_valor_documento then (x.sinal * t.bruto / 100.00)::numeric(18,2) end,
    (t.desconto / 100.00)::numeric(18,2),
    t.duplicata, t.duplicata_de,
    array_remove(array[
      case when t.serie < 900 then 'recorrente' end,
      case when t.serie between 900 and 1799 then 'parcela' end,
      case when t.credito then 'nota_credito' end,
      case when t.retencao is not null then 'retencao' end,
      case when t.centavos <> 0 then 'arredondamento' end,
      case when t.muda then 'mudou_categoria' end,
      case when t.categoria = t.categoria2 and not t.muda then 'duas_categorias' end,
      t.armadilha
    ], null)
  from textos t
  cross join canais k
  cross join listas l
  cross join lateral (select case when t.credito then -1 else 1 end as sinal) x
  cross join lateral (select exemplo.sorteio(t.id, 1000, k.sem_fornecedor) as perdido) f
$$;

comment on function exemplo.lancamentos_certos(date, date, date, bigint, int, bigint, bigint, int, boolean) is
  'Example warehouse: the ledger of a period as it should be, with honest oddities (honesta) and copies to come (duplicata_de).';

revoke execute on function exemplo.lancamentos_certos(date, date, date, bigint, int, bigint, bigint, int, boolean) from public;
--! EndIncluded exemplo/lancamentos_certos.sql

--! Included exemplo/lancamentos_plantados.sql
-- The ledger as it was booked: exemplo.lancamentos_certos with errors planted, each with its truth beside it
-- (tipo, coluna, valor_certo, valor_plantado; tipo null for an entry that is right). At most one error an entry.
-- tipo begins with the name of the rule that is to find it. Pure: no table is read or written.
-- recente_desde: from this day on far more entries are still parked as pending.
create or replace function exemplo.lancamentos_plantados(inicio date, de date, ate date, recente_desde date, primeiro_id bigint,
  linhas int, semente bigint, semente_empresas bigint, universo int, seriado boolean)
returns table (id bigint, data_lancamento date, carregado_em timestamptz, data_documento date, filial text, centro_custo text,
  conta_contabil text, categoria text, fornecedor_id text, fornecedor text, documento text, descricao text,
  valor numeric, valor_documento numeric, valor_desconto numeric, duplicata_de bigint, honesta text[],
  tipo text, coluna text, valor_certo text, valor_plantado text)
language sql
stable parallel safe
set search_path = ''
set work_mem = '128MB'
set jit = off
as $$
  with canais as (
    select exemplo.canal(lancamentos_plantados.semente, 50) as erro, exemplo.canal(lancamentos_plantados.semente, 51) as especie,
      exemplo.canal(lancamentos_plantados.semente, 52) as medida, exemplo.canal(lancamentos_plantados.semente, 53) as conta
  ), sorteados as (
    select c.*, exemplo.sorteio(c.id, 100000, k.erro) as erro, exemplo.sorteio(c.id, 100, k.especie) as especie,
      exemplo.sorteio(c.id, 10000, k.medida) as medida, exemplo.sorteio(c.id, 100, k.conta) as sorte_conta
    from exemplo.lancamentos_certos(lancamentos_plantados.inicio, lancamentos_plantados.de, lancamentos_plantados.ate,
      lancamentos_plantados.primeiro_id, lancamentos_plantados.linhas, lancamentos_plantados.semente,
      lancamentos_plantados.semente_empresas, lancamentos_plantados.universo, lancamentos_plantados.seriado) c
    cross join canais k
    offset 0
  ), classificados as (
    select s.*, case
        when s.duplicata is not null then 'validacao_valores:duplicada_' || s.duplicata
        when s.erro < 550 then 'validacao_valores'
        when s.erro < 550 + case when s.data_lancamento >= lancamentos_plantados.recente_desde then 8000 else 750 end
          then 'pendente_verificacao'
        when s.categoria = 'Trade Marketing' and s.erro >= 91500 then 'trade_marketing'
      end as erro_tipo,
      case
        when s.especie < 16 then 'sinal'
        when s.especie < 40 then 'fator'
        when s.especie < 58 then 'digitos'
        when s.especie < 72 then case when s.valor > 0 then 'desconto_ignorado' else 'fator' end
        when s.especie < 80 then case when s.valor > 0 then 'desconto_dobrado' else 'fator' end
        when s.especie < 88 then 'cambio'
        else 'outro'
      end as especie_valor
    from sorteados s
    offset 0
  ), documentados as (
    -- An amount can only contradict its document if both are there, and a discount only be forgotten if there is one.
    select c.*, coalesce(c.valor_documento, c.valor) as doc,
      case when c.especie_valor like 'desconto%' and coalesce(c.valor_desconto, 0) < 1
        then round(coalesce(c.valor_documento, c.valor) * 0.05 + 1, 2) else c.valor_desconto end as des
    from classificados c
    offset 0
  ), estragados as (
    select d.*, d.doc - coalesce(d.des, 0) as certo, e.plantado, e.nome_especie
    from documentados d
    left join lateral (
      select r.centavos, p.casa from (select (abs(d.doc - coalesce(d.des, 0)) * 100)::bigint as centavos) r
      left join lateral (
        -- The place of the lower of two neighbouring digits, from whole reais up, that differ.
        select t.casa
        from (select i, (10 ^ i::numeric)::bigint as casa from generate_series(2, 10) i) t
        where t.casa * 10 <= r.centavos and r.centavos / t.casa % 10 <> r.centavos / t.casa / 10 % 10
        order by exemplo.sorteio(t.i, 1000, d.medida), t.i
        limit 1
      ) p on d.especie_valor = 'digitos'
    ) g on d.erro_tipo = 'validacao_valores'
    left join lateral (
      select case when d.especie_valor = 'digitos' and g.casa is null then 'outro' else d.especie_valor end as nome_especie,
        round(case d.especie_valor
          when 'sinal' then -(d.doc - coalesce(d.des, 0))
          when 'fator' then (d.doc - coalesce(d.des, 0)) * ('{10,10,100,100,100,1000,0.1,0.01}'::numeric[])[1 + d.medida % 8]
          when 'desconto_ignorado' then d.doc
          when 'desconto_dobrado' then d.doc - 2 * d.des
          when 'cambio' then case when d.medida % 3 = 0 then (d.doc - coalesce(d.des, 0)) * (5.2 + d.medida % 40 / 100.0)
            else (d.doc - coalesce(d.des, 0)) / (5.2 + d.medida % 40 / 100.0) end
          when 'digitos' then sign(d.doc) * (g.centavos
            + (g.centavos / g.casa / 10 % 10 - g.centavos / g.casa % 10) * (g.casa - g.casa * 10)) / 100.0
        end, 2) as plantado
    ) e on d.erro_tipo = 'validacao_valores'
    offset 0
  ), finais as (
    select x.*, case x.erro_tipo
        when 'validacao_valores' then
          coalesce(x.plantado, o.outro + case when abs(o.outro - x.certo) < 1 then 150 else 0 end)::numeric(18,2)::text
        when 'pendente_verificacao' then case when x.especie < 60 then 'PENDENTE DE VERIFICAÇÃO' else 'A CLASSIFICAR' end
        when 'trade_marketing' then case
          when x.especie < 45 then 'Publicidade e Propaganda'
          when x.especie < 65 then 'Eventos e Feiras'
          when x.especie < 85 then 'Outras Despesas'
          else 'Consultoria e Auditoria' end
        else x.valor::numeric(18,2)::text
      end as plantado_texto
    from estragados x
    cross join lateral (select round(x.certo * (0.3 + x.medida / 4000.0) + 17.35 + x.medida % 97, 2) as outro) o
    offset 0
  )
  select f.id, f.data_lancamento, f.carregado_em, f.data_documento, f.filial, f.centro_custo,
    case
      when f.erro_tipo = 'pendente_verificacao' and f.sorte_conta < 60 then '1.1.9.99'
      when f.erro_tipo = 'trade_marketing' and f.sorte_conta < 55 then
        case when f.sorte_conta < 35 then '4.1.3.99' else '4.2.9.99' end
      else f.conta_contabil
    end,
    case when f.erro_tipo in ('pendente_verificacao', 'trade_marketing') then f.plantado_texto else f.categoria end,
    f.fornecedor_id, f.fornecedor, f.documento, f.descricao,
    case when f.erro_tipo = 'validacao_valores' then f.plantado_texto::numeric else f.valor end,
    case when f.erro_tipo = 'validacao_valores' then f.doc else f.valor_documento end,
    case when f.erro_tipo = 'validacao_valores' then f.des else f.valor_desconto end,
    f.duplicata_de, f.honesta,
    f.erro_tipo || coalesce(':' || f.nome_especie, ''),
    case when f.erro_tipo in ('pendente_verificacao', 'trade_marketing') then 'categoria' when f.erro_tipo is not null then 'valor' end,
    case
      when f.erro_tipo = 'validacao_valores' then f.certo::numeric(18,2)::text
      when f.duplicata_de is not null then '0.00'
      when f.erro_tipo is not null then f.categoria
    end,
    case when f.erro_tipo is not null then f.plantado_texto end
  from finais f
$$;

comment on function exemplo.lancamentos_plantados(date, date, date, date, bigint, int, bigint, bigint, int, boolean) is
  'Example warehouse: the ledger of a period as booked, with errors planted and the truth of each beside it.';

revoke execute on function exemplo.lancamentos_plantados(date, date, date, date, bigint, int, bigint, bigint, int, boolean) from public;
--! EndIncluded exemplo/lancamentos_plantados.sql

--! Included exemplo/conferir_esquema.sql
-- Refuses to go on when schema dw holds anything that exemplo.criar_armazem did not make (NC901): a demonstration
-- must never touch a real warehouse. What it made is known by the mark at the end of its comment.
create or replace function exemplo.conferir_esquema()
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_alheios text;
begin
  select string_agg(o.nome, ', ' order by o.nome collate "C")
  into v_alheios
  from (
    select format('dw.%I', c.relname) as nome
    from pg_catalog.pg_class c
    where c.relnamespace = pg_catalog.to_regnamespace('dw')
      and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), '') not like '%[exemplo]'
    union all
    select format('dw.%I(%s)', p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid))
    from pg_catalog.pg_proc p
    where p.pronamespace = pg_catalog.to_regnamespace('dw')
    union all
    select format('dw.%I', t.typname)
    from pg_catalog.pg_type t
    where t.typnamespace = pg_catalog.to_regnamespace('dw') and t.typtype in ('d', 'e', 'r')
  ) o;

  if v_alheios is not null then
    raise exception using
      errcode = 'NC901',
      message = 'o esquema dw contém objetos que não são da demonstração',
      detail = v_alheios,
      hint = 'A demonstração só se instala num banco sem esquema dw, ou com o dw que ela mesma criou. Use outro banco.';
  end if;
end
$$;

comment on function exemplo.conferir_esquema() is
  'Example warehouse: raises NC901 when schema dw holds objects that exemplo.criar_armazem did not make.';

revoke execute on function exemplo.conferir_esquema() from public;
--! EndIncluded exemplo/conferir_esquema.sql

--! Included exemplo/remover_armazem.sql
-- Removes what exemplo.criar_armazem made, and nothing else: never "cascade", so whatever others hung on it is kept
-- and named by the error. The functions of schema exemplo stay.
create or replace function exemplo.remover_armazem()
returns void
language plpgsql
volatile
set search_path = ''
set client_min_messages = warning
as $$
begin
  perform exemplo.conferir_esquema();
  drop view if exists dw.lancamentos;
  drop table if exists dw.fato_lancamentos;
  drop table if exists dw.dim_concessionaria, dw.dim_fornecedor, dw.dim_filial, dw.dim_centro_custo, dw.dim_conta_contabil, dw.dim_categoria;
  drop table if exists exemplo.verdade, exemplo.original, exemplo.geracao;
  -- A schema dw without the mark was there before the demonstration, empty, and stays.
  if pg_catalog.obj_description(pg_catalog.to_regnamespace('dw'), 'pg_namespace') like '%[exemplo]' then
    drop schema dw;
  end if;
end
$$;

comment on function exemplo.remover_armazem() is
  'Removes the example warehouse (schema dw and the truth kept aside). Raises NC901, and removes nothing, when dw holds anything else.';

revoke execute on function exemplo.remover_armazem() from public;
--! EndIncluded exemplo/remover_armazem.sql

--! Included exemplo/criar_tabelas.sql
-- The empty star schema of the example, the tables of the truth, and the adapter view dw.lancamentos that lays the
-- warehouse contract over the fact. The fact carries codes and the supplier's name as written, so the view needs no
-- join and stays auto-updatable: a batch of corrections is one plain update, not a trigger call for each row.
-- Keys and indexes of the fact come after its rows, in exemplo.indexar.
create or replace function exemplo.criar_tabelas(ate date)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_particoes text;
begin
  if pg_catalog.to_regnamespace('dw') is null then
    create schema dw;
    comment on schema dw is 'Example warehouse of a car maker''s finance. [exemplo]';
  end if;

  create table dw.dim_filial (
    codigo text primary key, nome text not null, tipo text not null, cidade text not null, uf text not null, cnpj text not null unique);
  comment on table dw.dim_filial is 'Branches and plants. [exemplo]';

  create table dw.dim_centro_custo (codigo text primary key, nome text not null, diretoria text not null);
  comment on table dw.dim_centro_custo is 'Cost centres. [exemplo]';

  create table dw.dim_conta_contabil (codigo text primary key, nome text not null, grupo text not null);
  comment on table dw.dim_conta_contabil is 'Chart of accounts. [exemplo]';

  create table dw.dim_categoria (nome text primary key, grupo text not null, pendente boolean not null default false);
  comment on table dw.dim_categoria is 'Categories; pendente marks the labels that mean "not yet classified". [exemplo]';

  create table dw.dim_fornecedor (
    cnpj text primary key, raiz text not null, filial text not null, razao_social text not null, ramo text not null,
    check (cnpj = raiz || filial || pg_catalog.right(cnpj, 2)));
  comment on table dw.dim_fornecedor is 'Suppliers, one row for each CNPJ: raiz is the company, filial its branch. [exemplo]';
  create index on dw.dim_fornecedor (raiz);

  create table dw.dim_concessionaria (
    cnpj text primary key references dw.dim_fornecedor, codigo text not null unique, nome text not null);
  comment on table dw.dim_concessionaria is 'Dealers: the suppliers that claim trade-marketing money. [exemplo]';

  create table dw.fato_lancamentos (
    id bigint not null, data_lancamento date not null, carregado_em timestamptz not null, data_documento date,
    filial text, centro_custo text, conta_contabil text, categoria text, fornecedor_id text, fornecedor text, documento text,
    descricao text, valor numeric(18,2), valor_documento numeric(18,2), valor_desconto numeric(18,2)
  ) partition by range (data_lancamento);
  comment on table dw.fato_lancamentos is
    'Booked entries, a partition a month. id is unique by construction; across partitions PostgreSQL can enforce it only together with data_lancamento. [exemplo]';

  create sequence dw.fato_lancamentos_id_seq owned by dw.fato_lancamentos.id;
  comment on sequence dw.fato_lancamentos_id_seq is 'Keys of entries loaded after the first filling. [exemplo]';
  alter table dw.fato_lancamentos alter column id set default nextval('dw.fato_lancamentos_id_seq'::regclass);

  -- fillfactor 85: corrected rows stay on their page, which halves the cost of a correction.
  select string_agg(format(
      'create table dw.%1$I partition of dw.fato_lancamentos for values from (%2$L) to (%3$L) with (fillfactor = 85);
       comment on table dw.%1$I is %4$L;',
      'fato_lancamentos_' || to_char(m.mes, 'YYYY_MM'), to_char(m.mes, 'YYYY-MM-DD'), to_char(m.mes + interval '1 month', 'YYYY-MM-DD'),
      'Entries of one month. [exemplo]'), ' ' order by m.mes)
  into v_particoes
  from (
    select date_trunc('month', criar_tabelas.ate::timestamp) - i * interval '1 month' as mes from generate_series(0, 11) i
  ) m;
  execute v_particoes;
  create table dw.fato_lancamentos_outras partition of dw.fato_lancamentos default with (fillfactor = 85);
  comment on table dw.fato_lancamentos_outras is 'Entries dated outside the twelve months. [exemplo]';

  create view dw.lancamentos as
    select id, data_lancamento, carregado_em, filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor, documento,
      descricao, valor, valor_documento, valor_desconto
    from dw.fato_lancamentos;
  comment on view dw.lancamentos is 'The warehouse contract over dw.fato_lancamentos; auto-updatable. [exemplo]';

  -- The engine reads and corrects as roles of its own, whoever made the demonstration.
  if exists (select from pg_catalog.pg_roles r where r.rolname = 'conferente_dono') then
    grant usage on schema dw to conferente_regra, conferente_escrita;
    grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita;
  end if;

  create table exemplo.geracao (linhas int not null, semente bigint not null, ate date not null);
  comment on table exemplo.geracao is 'With what the example warehouse was made: one row.';
  create table exemplo.verdade (
    registro_id bigint not null, tipo text not null, coluna text not null, valor_certo text not null, valor_plantado text not null,
    duplicata_de bigint);
  comment on table exemplo.verdade is
    'Truth of the example: planted errors (tipo: the rule that is to find it, and the kind) and honest oddities (tipo honesta:kind). duplicata_de: the entry of which this one is a copy; its right amount counts as 0.00.';
  create table exemplo.original (registro_id bigint not null, impressao bigint not null);
  comment on table exemplo.original is 'Fingerprint of each entry as first loaded, by which exemplo.danos finds harm.';
end
$$;

comment on function exemplo.criar_tabelas(date) is
  'Example warehouse: creates the empty star schema with partitions for the twelve months that end with the month of ate.';

revoke execute on function exemplo.criar_tabelas(date) from public;
--! EndIncluded exemplo/criar_tabelas.sql

--! Included exemplo/indexar.sql
-- Keys, foreign keys and indexes of the filled fact and of the truth, then statistics. After the rows, because building
-- them at once costs a fraction of keeping them up to date during the load.
create or replace function exemplo.indexar()
returns void
language plpgsql
volatile
set search_path = ''
set maintenance_work_mem = '128MB'
as $$
begin
  alter table dw.fato_lancamentos add primary key (id, data_lancamento);
  -- By the contract's key alone: the primary key serves "id = …" too, but this index is a third smaller.
  create index fato_lancamentos_id on dw.fato_lancamentos (id);
  create index fato_lancamentos_data_lancamento on dw.fato_lancamentos (data_lancamento);
  create index fato_lancamentos_carregado_em on dw.fato_lancamentos (carregado_em);
  create index fato_lancamentos_fornecedor_id on dw.fato_lancamentos (fornecedor_id);
  create index fato_lancamentos_documento on dw.fato_lancamentos (documento);
  alter table dw.fato_lancamentos
    add foreign key (filial) references dw.dim_filial,
    add foreign key (centro_custo) references dw.dim_centro_custo,
    add foreign key (conta_contabil) references dw.dim_conta_contabil,
    add foreign key (categoria) references dw.dim_categoria,
    add foreign key (fornecedor_id) references dw.dim_fornecedor;
  alter table exemplo.original add primary key (registro_id);
  create index verdade_registro_id on exemplo.verdade (registro_id);
  analyze dw.dim_filial, dw.dim_centro_custo, dw.dim_conta_contabil, dw.dim_categoria, dw.dim_fornecedor, dw.dim_concessionaria,
    dw.fato_lancamentos, exemplo.verdade, exemplo.original;
end
$$;

comment on function exemplo.indexar() is 'Example warehouse: keys, foreign keys, indexes and statistics, after the rows are in.';

revoke execute on function exemplo.indexar() from public;
--! EndIncluded exemplo/indexar.sql

--! Included exemplo/carregar.sql
-- Puts entries made by exemplo.lancamentos_plantados into the fact, and their truth and fingerprints aside.
-- concat() makes a query that is no constant: plpgsql_check would look for the tables of constant ones, which exist only
-- once exemplo.criar_armazem has run.
create or replace function exemplo.carregar(inicio date, de date, ate date, recente_desde date, primeiro_id bigint, linhas int,
  semente bigint, semente_empresas bigint, universo int, seriado boolean)
returns void
language plpgsql
volatile
set search_path = ''
set work_mem = '128MB'
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.exemplo_rascunho;
  execute concat($q$create temp table exemplo_rascunho on commit drop as
    select * from exemplo.lancamentos_plantados($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)$q$)
    using carregar.inicio, carregar.de, carregar.ate, carregar.recente_desde, carregar.primeiro_id, carregar.linhas,
      carregar.semente, carregar.semente_empresas, carregar.universo, carregar.seriado;

  execute concat($q$insert into dw.fato_lancamentos (id, data_lancamento, carregado_em, data_documento, filial, centro_custo, conta_contabil,
      categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto)
    select id, data_lancamento, carregado_em, data_documento, filial, centro_custo, conta_contabil,
      categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto
    from pg_temp.exemplo_rascunho$q$);

  -- An entry with a planted error is no honest oddity any more: its errors alone are told.
  execute concat($q$insert into exemplo.verdade (registro_id, tipo, coluna, valor_certo, valor_plantado, duplicata_de)
    select r.id, r.tipo, r.coluna, r.valor_certo, r.valor_plantado, r.duplicata_de
    from pg_temp.exemplo_rascunho r
    where r.tipo is not null
    union all
    select r.id, 'honesta:' || h.especie, c.coluna, c.valor, c.valor, null
    from pg_temp.exemplo_rascunho r
    cross join lateral unnest(r.honesta) h (especie)
    cross join lateral (
      select case when h.especie in ('recorrente', 'parcela', 'nota_credito', 'retencao', 'arredondamento')
        then 'valor' else 'categoria' end as coluna
    ) x
    cross join lateral (select x.coluna, case x.coluna when 'valor' then r.valor::text else r.categoria end as valor) c
    where r.tipo is null$q$);

  execute concat($q$insert into exemplo.original (registro_id, impressao)
    select id, exemplo.impressao(filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor, documento, descricao,
      valor, valor_documento, valor_desconto)
    from pg_temp.exemplo_rascunho$q$);
  drop table pg_temp.exemplo_rascunho;

  perform pg_catalog.setval(pg_catalog.to_regclass('dw.fato_lancamentos_id_seq'), carregar.primeiro_id + carregar.linhas - 1);
end
$$;

comment on function exemplo.carregar(date, date, date, date, bigint, int, bigint, bigint, int, boolean) is
  'Example warehouse: makes and stores the entries of a period with their truth. Called by criar_armazem and carregar_dia.';

revoke execute on function exemplo.carregar(date, date, date, date, bigint, int, bigint, bigint, int, boolean) from public;
--! EndIncluded exemplo/carregar.sql

--! Included exemplo/criar_armazem.sql
-- Makes the example warehouse anew. The same arguments give the same bytes, on PostgreSQL 15 to 18, under every locale.
-- Called by the owner of a demonstration's database; never by the product on a customer's data (see exemplo.conferir_esquema).
-- concat() makes a query that is no constant: plpgsql_check would look for the tables of constant ones, which exist only
-- once exemplo.criar_armazem has run.
create or replace function exemplo.criar_armazem(linhas int default 500000, semente bigint default 42, ate date default '2026-10-31')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_inicio date := (date_trunc('month', criar_armazem.ate::timestamp) - interval '11 months')::date;
  v_recente date := (date_trunc('month', criar_armazem.ate::timestamp) - interval '1 month')::date;
begin
  if criar_armazem.linhas is null or criar_armazem.linhas not between 100 and 100000000
    or criar_armazem.semente is null
    or criar_armazem.ate is null or criar_armazem.ate not between date '1990-01-01' and date '2100-12-31' then
    raise exception using
      errcode = 'NC902',
      message = 'argumentos inválidos para a demonstração',
      detail = format('linhas=%s, semente=%s, ate=%s', criar_armazem.linhas, criar_armazem.semente, criar_armazem.ate),
      hint = 'linhas: de 100 a 100000000; semente: qualquer inteiro; ate: de 1990-01-01 a 2100-12-31.';
  end if;

  perform exemplo.remover_armazem();
  perform exemplo.criar_tabelas(criar_armazem.ate);
  execute concat($q$insert into exemplo.geracao (linhas, semente, ate) values ($1, $2, $3)$q$)
    using criar_armazem.linhas, criar_armazem.semente, criar_armazem.ate;

  execute concat($q$insert into dw.dim_filial select codigo, nome, tipo, cidade, uf, cnpj from exemplo.filiais()$q$);
  execute concat($q$insert into dw.dim_centro_custo select codigo, nome, diretoria from exemplo.centros_custo()$q$);
  execute concat($q$insert into dw.dim_conta_contabil select codigo, nome, grupo from exemplo.contas()$q$);
  execute concat($q$insert into dw.dim_categoria (nome, grupo, pendente) select nome, grupo, false from exemplo.categorias()
    union all values ('PENDENTE DE VERIFICAÇÃO', 'Pendente', true), ('A CLASSIFICAR', 'Pendente', true)$q$);
  execute concat($q$insert into dw.dim_fornecedor (cnpj, raiz, filial, razao_social, ramo)
    select c.cnpj, substr(c.cnpj, 1, 8), substr(c.cnpj, 9, 4), e.grafias[1], e.ramo
    from exemplo.empresas($1, $2) e cross join lateral unnest(e.cnpjs) c (cnpj)$q$)
    using criar_armazem.semente, criar_armazem.linhas;
  execute concat($q$insert into dw.dim_concessionaria (cnpj, codigo, nome)
    select e.cnpjs[1], 'CONC' || lpad(e.posto::text, 3, '0'), e.nome
    from exemplo.empresas($1, $2) e where e.ramo = 'concessionaria'$q$)
    using criar_armazem.semente, criar_armazem.linhas;

  perform exemplo.carregar(v_inicio, v_inicio, criar_armazem.ate, v_recente, 1, criar_armazem.linhas,
    criar_armazem.semente, criar_armazem.semente, criar_armazem.linhas, true);
  perform exemplo.indexar();
end
$$;

comment on function exemplo.criar_armazem(int, bigint, date) is
  'Makes the example warehouse in schema dw, replacing the one it made before: linhas entries (100 to 100,000,000) in the twelve months that end with the month of ate, reproducible by semente; the truth is kept in exemplo.verdade. Errors: NC901 when dw holds anything else, NC902 when an argument is out of range.';

revoke execute on function exemplo.criar_armazem(int, bigint, date) from public;
--! EndIncluded exemplo/criar_armazem.sql

--! Included exemplo/carregar_dia.sql
-- Appends the load of one more day, with its own errors, oddities and truth, as the nightly load of a real warehouse
-- would. Suppliers are those of the warehouse; without series, because one day has none.
-- Calling it twice for a day appends twice, with new entries.
-- concat() makes a query that is no constant: plpgsql_check would look for the tables of constant ones, which exist only
-- once exemplo.criar_armazem has run.
create or replace function exemplo.carregar_dia(linhas int, dia date, semente bigint default null)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_linhas int;
  v_semente bigint;
  v_inicio date;
  v_primeiro bigint;
begin
  if pg_catalog.to_regclass('exemplo.geracao') is null then
    raise exception using
      errcode = 'NC903',
      message = 'não há armazém de demonstração neste banco',
      hint = 'Crie-o antes com select exemplo.criar_armazem().';
  end if;
  if carregar_dia.linhas is null or carregar_dia.linhas not between 1 and 10000000 or carregar_dia.dia is null then
    raise exception using
      errcode = 'NC902',
      message = 'argumentos inválidos para a demonstração',
      detail = format('linhas=%s, dia=%s', carregar_dia.linhas, carregar_dia.dia),
      hint = 'linhas: de 1 a 10000000; dia: uma data.';
  end if;

  execute concat($q$select g.linhas, g.semente, (date_trunc('month', g.ate::timestamp) - interval '11 months')::date as inicio from exemplo.geracao g$q$)
    into strict v_linhas, v_semente, v_inicio;
  execute concat($q$select coalesce(max(id), 0) + 1 from dw.fato_lancamentos$q$) into v_primeiro;

  perform exemplo.carregar(v_inicio, carregar_dia.dia, carregar_dia.dia, carregar_dia.dia, v_primeiro, carregar_dia.linhas,
    coalesce(carregar_dia.semente, v_semente), v_semente, v_linhas, false);
  return v_primeiro;
end
$$;

comment on function exemplo.carregar_dia(int, date, bigint) is
  'Appends linhas entries booked on dia (loaded that night) to the example warehouse and returns the first new id; the others follow on. Errors: NC902 when an argument is out of range, NC903 without an example warehouse.';

revoke execute on function exemplo.carregar_dia(int, date, bigint) from public;
--! EndIncluded exemplo/carregar_dia.sql

--! Included exemplo/danos.sql
-- Harm: entries of the example that are wrong now and were not planted so. Three ways to get there: a column that was
-- right has changed, a planted value was replaced by another wrong one, or the entry is gone.
-- A copy that is gone, or whose amount is 0.00, is no harm: it should never have been booked.
-- concat() makes a query that is no constant: plpgsql_check would look for the tables of constant ones, which exist only
-- once exemplo.criar_armazem has run.
create or replace function exemplo.danos()
returns table (registro_id bigint, motivo text)
language plpgsql
stable
set search_path = ''
set work_mem = '64MB'
as $$
begin
  if pg_catalog.to_regclass('exemplo.original') is null then
    raise exception using
      errcode = 'NC903',
      message = 'não há armazém de demonstração neste banco',
      hint = 'Crie-o antes com select exemplo.criar_armazem().';
  end if;

  -- With the planted column set back to what was planted, an entry must have its first fingerprint again.
  for danos.registro_id, danos.motivo
  in execute concat($q$
    select o.registro_id, m.motivo
    from exemplo.original o
    left join exemplo.verdade v on v.registro_id = o.registro_id and v.tipo not like 'honesta:%'
    left join dw.lancamentos l on l.id = o.registro_id
    cross join lateral (
      select case
        when l.id is null then case when v.duplicata_de is null then 'ausente' end
        when o.impressao <> exemplo.impressao(l.filial, l.centro_custo, l.conta_contabil,
            case when v.coluna = 'categoria' then v.valor_plantado else l.categoria end,
            l.fornecedor_id, l.fornecedor, l.documento, l.descricao,
            case when v.coluna = 'valor' then v.valor_plantado::numeric else l.valor end,
            l.valor_documento, l.valor_desconto) then 'certo_alterado'
        when v.coluna = 'categoria' and l.categoria is distinct from v.valor_certo and l.categoria is distinct from v.valor_plantado
          or v.coluna = 'valor' and l.valor is distinct from v.valor_certo::numeric and l.valor is distinct from v.valor_plantado::numeric
          then 'errado_trocado'
      end as motivo
    ) m
    where m.motivo is not null
  $q$)
  loop
    return next;
  end loop;
end
$$;

comment on function exemplo.danos() is
  'Harm in the example warehouse: entries that are wrong now and were not planted so; motivo: certo_alterado (a right column changed), errado_trocado (one wrong value replaced by another), ausente (deleted). Error: NC903 without an example warehouse.';

revoke execute on function exemplo.danos() from public;
--! EndIncluded exemplo/danos.sql

--! Included exemplo/placar.sql
-- The score of the rules against the truth kept aside. One row a rule, and '(total)'. danos is harm: entries that were
-- right and were changed, in '(total)' whoever changed them. One wrong value put in the place of another (a pending entry
-- given the wrong category) is not harm but lack of precision, and counts in precisao_corrigidas. Reads audit.divergencias_processadas by name only.
-- A proposal is right when every column it proposes is the truth: what was planted must become valor_certo, and every
-- other column may only stay as it was. A finding that only flags counts as found, not as a proposal. A correction is
-- judged by what the warehouse holds now, so that one made by hand counts as what it is. desde_sessao: findings of
-- this session and later ones alone.
-- concat() makes a query that is no constant: plpgsql_check would look for the tables of constant ones, which exist only
-- once exemplo.criar_armazem has run.
create or replace function exemplo.placar(desde_sessao bigint default null)
returns table (regra text, plantados bigint, encontrados bigint, propostas_certas bigint, propostas_erradas bigint,
  corrigidas bigint, corrigidas_certas bigint, danos bigint, precisao numeric, precisao_corrigidas numeric, cobertura numeric)
language plpgsql
stable
set search_path = ''
set work_mem = '64MB'
as $$
begin
  if pg_catalog.to_regclass('exemplo.verdade') is null then
    raise exception using
      errcode = 'NC903',
      message = 'não há armazém de demonstração neste banco',
      hint = 'Crie-o antes com select exemplo.criar_armazem().';
  end if;

  for placar.regra, placar.plantados, placar.encontrados, placar.propostas_certas, placar.propostas_erradas, placar.corrigidas,
    placar.corrigidas_certas, placar.danos, placar.precisao, placar.precisao_corrigidas, placar.cobertura
  in execute concat($q$
    with plantado as (
      select v.registro_id, v.coluna, v.valor_certo, split_part(v.tipo, ':', 1) as regra
      from exemplo.verdade v
      where v.tipo not like 'honesta:%'
    ), achado as (
      select d.id, d.regra::text as regra, d.registro_id::bigint as registro_id, d.valores_originais, d.valores_propostos,
        d.valores_propostos || coalesce(d.valores_digitados, '{}'::jsonb) as valores,
        d.status::text = 'corrigida' as corrigida
      from audit.divergencias_processadas d
      where d.registro_id ~ '^[0-9]{1,18}$'
        and d.tabela::text in ('dw.lancamentos', 'lancamentos')
        and ($1 is null or d.sessao_id >= $1)
    ), coluna as (
      select a.id, a.corrigida, c.coluna,
        case
          when p.registro_id is not null then p.valor_certo
          when a.valores_originais ? c.coluna then a.valores_originais ->> c.coluna
          else to_jsonb(l) ->> c.coluna
        end as certo,
        p.registro_id is null as era_certa, a.valores_propostos ? c.coluna as proposta, a.valores_propostos ->> c.coluna as proposto,
        case when a.corrigida then to_jsonb(l) ->> c.coluna end as atual
      from achado a
      cross join lateral jsonb_object_keys(a.valores) c (coluna)
      left join plantado p on p.registro_id = a.registro_id and p.coluna = c.coluna
      left join dw.lancamentos l on a.corrigida and l.id = a.registro_id
    ), julgado as (
      select c.id,
        bool_and(case when c.numerica and c.proposto ~ '^-?[0-9]+([.][0-9]+)?$' then c.proposto::numeric = c.certo::numeric
          else c.proposto is not distinct from c.certo end) filter (where c.proposta) as proposta_certa,
        bool_and(case when c.numerica then c.atual::numeric is not distinct from c.certo::numeric
          else c.atual is not distinct from c.certo end) as atual_certo,
        bool_or(c.era_certa and case when c.numerica then c.atual::numeric is distinct from c.certo::numeric
          else c.atual is distinct from c.certo end) as estragada
      from (select t.*, t.coluna like 'valor%' and t.certo ~ '^-?[0-9]+([.][0-9]+)?$' as numerica from coluna t) c
      group by c.id
    ), por_regra as (
      select a.regra, count(distinct p.registro_id) as encontrados,
        count(*) filter (where j.proposta_certa) as propostas_certas,
        count(*) filter (where not j.proposta_certa) as propostas_erradas,
        count(*) filter (where a.corrigida) as corrigidas,
        count(*) filter (where a.corrigida and j.atual_certo) as corrigidas_certas,
        count(*) filter (where a.corrigida and j.estragada) as danos
      from achado a
      left join julgado j on j.id = a.id
      left join plantado p on p.registro_id = a.registro_id and p.regra = a.regra
      group by a.regra
    ), por_plantado as (
      select p.regra, count(*) as plantados from plantado p group by p.regra
    ), linhas as (
      select coalesce(t.regra, r.regra) as regra, coalesce(t.plantados, 0) as plantados, coalesce(r.encontrados, 0) as encontrados,
        coalesce(r.propostas_certas, 0) as propostas_certas, coalesce(r.propostas_erradas, 0) as propostas_erradas,
        coalesce(r.corrigidas, 0) as corrigidas, coalesce(r.corrigidas_certas, 0) as corrigidas_certas, coalesce(r.danos, 0) as danos
      from por_plantado t
      full join por_regra r on r.regra = t.regra
    ), com_total as (
      select 1 as ordem, l.* from linhas l
      union all
      select 2, '(total)', sum(l.plantados)::bigint,
        (select count(distinct p.registro_id) from plantado p join achado a on a.registro_id = p.registro_id),
        sum(l.propostas_certas)::bigint, sum(l.propostas_erradas)::bigint, sum(l.corrigidas)::bigint, sum(l.corrigidas_certas)::bigint,
        (select count(*) from exemplo.danos() x where x.motivo <> 'errado_trocado')
      from linhas l
    )
    select c.regra, c.plantados, c.encontrados, c.propostas_certas, c.propostas_erradas, c.corrigidas, c.corrigidas_certas, c.danos,
      round(c.propostas_certas::numeric / nullif(c.propostas_certas + c.propostas_erradas, 0), 4),
      round(c.corrigidas_certas::numeric / nullif(c.corrigidas, 0), 4),
      round(c.encontrados::numeric / nullif(c.plantados, 0), 4)
    from com_total c
    order by c.ordem, c.regra collate "C"
  $q$) using placar.desde_sessao
  loop
    return next;
  end loop;
end
$$;

comment on function exemplo.placar(bigint) is
  'Score of the rules on the example warehouse, a row a rule and a total: planted errors, how many were found, proposals right and wrong, corrections in force and right, danos (harm: entries that were right and were changed; in the total whoever changed or deleted them), precisao_corrigidas tells the rest, precisao of the proposals, precisao_corrigidas of the corrections, cobertura (recall). Error: NC903 without an example warehouse.';

revoke execute on function exemplo.placar(bigint) from public;
--! EndIncluded exemplo/placar.sql

--! Included exemplo/rotulos.sql
-- The labels of the example's ledger, as settings of Conferente: which categories mean pending and which one is marketing. What ships
-- with the product knows none.
create or replace function exemplo.rotulos()
returns table (chave text, valor jsonb)
language sql
immutable parallel safe
set search_path = ''
as $$
  values
    ('pendente.rotulos', '["PENDENTE DE VERIFICAÇÃO", "A CLASSIFICAR"]'::jsonb),
    ('trade_marketing.categoria', '"Trade Marketing"')
$$;

comment on function exemplo.rotulos() is
  'Example warehouse: the settings that name its labels, to be set with audit.alterar_configuracao (chave, valor).';

revoke execute on function exemplo.rotulos() from public;
--! EndIncluded exemplo/rotulos.sql

--! Included avaliacao/tabelas.sql
-- What audit.avaliar_regra answers. No table: a back-test leaves nothing behind.
create type audit.avaliacao as (
  funcao text,
  fonte text,
  faixa text,
  achados bigint,
  cobertura numeric,
  julgadas bigint,
  certas bigint,
  precisao numeric,
  confianca_media numeric,
  erro_calibracao numeric,
  conhecidas bigint,
  recuperacao numeric,
  erradas_no_limiar bigint,
  danos bigint
);
comment on type audit.avaliacao is 'One line of a back-test: a band of confidence, or a summary (só aponta, no limiar, total), of one function against one source of truth.';
comment on column audit.avaliacao.funcao is 'The function that was tried.';
comment on column audit.avaliacao.fonte is 'Where the truth comes from. decisoes: what people decided, and what the rows held later. retroteste: entries booked today under a real category, asked as if they were pending.';
comment on column audit.avaliacao.faixa is 'Band of confidence, lower end included, upper end excluded but for 1; or só aponta (findings without a correction), no limiar (corrections at or above the rule''s limiar), total.';
comment on column audit.avaliacao.achados is 'Findings in this band, judged or not.';
comment on column audit.avaliacao.cobertura is 'Share of all findings of the back-test, 0 to 1.';
comment on column audit.avaliacao.julgadas is 'Of those, how many have a known truth.';
comment on column audit.avaliacao.certas is 'Of the judged, how many were right.';
comment on column audit.avaliacao.precisao is 'certas / julgadas, 0 to 1; null when nothing is known.';
comment on column audit.avaliacao.confianca_media is 'Mean confidence of the judged corrections, 0 to 1: what precisao should have been.';
comment on column audit.avaliacao.erro_calibracao is 'In a band |precisao - confianca_media|. In total the expected calibration error: the sum over the bands of (judged of the band / judged) * |precisao - confianca_media|, corrections only (Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017).';
comment on column audit.avaliacao.conhecidas is 'Rows of the window known to have been wrong; in total only.';
comment on column audit.avaliacao.recuperacao is 'Recall: share of conhecidas for which the right correction (or flag) was found, 0 to 1; in total only.';
comment on column audit.avaliacao.erradas_no_limiar is 'Wrong corrections at or above the rule''s limiar: what auto would have got wrong.';
comment on column audit.avaliacao.danos is 'Harm: of those, rows that were right before. Null in a retroteste, where the row held nothing right.';
--! EndIncluded avaliacao/tabelas.sql

--! Included avaliacao/casos_avaliacao.sql
-- The rows of a window of which the truth about a rule's findings is known, one line a row, in the temporary table
-- conferente_caso: what the row held then, what is right (verdade), and whether it has to be put back for the rule to see
-- it as it was. A person's word goes before what the row held later; a correction of ours that nobody confirmed and a
-- rollback prove nothing. Findings and rows are of one snapshot. Writes nothing else. Called by audit_interno.avaliar_decisoes.
create or replace function audit_interno.casos_avaliacao(regra audit.regras, data_inicio date, data_fim date)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
-- a ledger that the planner takes for empty would be gone through for each decided finding
set enable_nestloop = off
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_janela audit.janela := row(data_inicio, data_fim, null, null, null)::audit.janela;
  v_leitura text := format(
    'select c.chave, jsonb_build_object(%s) from unnest($2) as c (chave) join %s t on t.%I = c.chave::%s where %s',
    (select string_agg(format('%L, %s', c, audit_interno.expressao_imagem(v_tabela, c, format('t.%I', c))), ', ')
      from unnest(regra.colunas) as c),
    audit_interno.nome_sql(v_tabela), regra.coluna_chave, audit_interno.tipo_coluna(v_tabela, regra.coluna_chave),
    case when regra.coluna_data is null then 'true' else format('t.%I between $1.data_inicio and $1.data_fim', regra.coluna_data) end);
begin
  drop table if exists pg_temp.conferente_caso;
  create temp table conferente_caso on commit drop as
  with fechada as materialized (
    select distinct on (d.registro_id) d.registro_id, d.status, d.valores_propostos, o.originais, p.tipo as palavra,
      coalesce(d.valores_digitados, d.valores_propostos) as valores
    from audit.divergencias_processadas d
    left join lateral (
      select p.tipo from audit.decisoes p
      where p.divergencia_id = d.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual', 'confirmacao', 'rejeicao', 'excecao')
      order by p.id desc limit 1
    ) p on true
    cross join lateral (
      select d.valores_originais || coalesce((
        select a.antes from audit.alteracoes a where a.divergencia_id = d.id order by a.operacao_id desc limit 1), '{}') as originais
    ) o
    where d.regra = casos_avaliacao.regra.nome and d.tabela = casos_avaliacao.regra.tabela
      and d.status in ('corrigida', 'resolvida', 'rejeitada')
    order by d.registro_id, p.tipo is not null desc, d.decidida_em desc, d.id desc
  ), linha as (
    select f.*, (select jsonb_object_agg(c, a.atual -> c) from jsonb_object_keys(f.originais) as c) as agora
    from fechada f
    join audit_interno.ler(v_leitura, v_janela, array(select e.registro_id from fechada e)) as a (registro_id text, atual jsonb)
      on a.registro_id = f.registro_id
  )
  select l.registro_id, l.status = 'rejeitada' as rejeitada, l.valores_propostos as recusados, l.originais,
    case
      when l.status = 'rejeitada' then null
      when l.status = 'corrigida' and l.palavra is not null then l.valores
      -- back to what it was before the correction: a load may have written over it, which proves nothing
      when l.status = 'corrigida' and not l.agora @> l.valores and l.agora <> l.originais then l.agora
      when l.status = 'resolvida' and l.agora <> l.originais and not exists (
        select from audit.divergencias_processadas o
        where o.tabela = casos_avaliacao.regra.tabela and o.registro_id = l.registro_id and o.status = 'corrigida' and not exists (
          select from audit.decisoes p
          where p.divergencia_id = o.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual')))
      then l.agora
      -- right, says a person, who mends it outside; of what is only flagged that tells no value
      when l.status = 'resolvida' and l.palavra = 'confirmacao' then nullif(l.valores, '{}')
    end as verdade,
    l.status <> 'rejeitada' and l.agora <> l.originais as rebobinar
  from linha l;
end
$$;
comment on function audit_interno.casos_avaliacao(audit.regras, date, date) is
  'Fills pg_temp.conferente_caso with the rows of the window whose truth is known.';
--! EndIncluded avaliacao/casos_avaliacao.sql

--! Included avaliacao/rebobinar_casos.sql
-- Puts the rows of pg_temp.conferente_caso back to what they held when the rule first saw them. HAZARD: it writes to the
-- warehouse (as conferente_escrita), and is only ever called inside a subtransaction that audit.avaliar_regra rolls back,
-- whatever happens. Rows are held for as long as the rule runs; it gives up rather than wait for somebody else's lock.
create or replace function audit_interno.rebobinar_casos(regra audit.regras)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_atribuicoes text;
  v_rastro text;
begin
  select string_agg(format('%I = case when c.originais ? %L then %s else t.%I end',
    x.coluna, x.coluna, audit_interno.expressao_valor(v_tabela, x.coluna, 'c.originais'), x.coluna), ', ')
  into v_atribuicoes
  from (
    select distinct k.coluna from pg_temp.conferente_caso c cross join lateral jsonb_object_keys(c.originais) as k (coluna)
    where c.rebobinar
  ) as x;
  if v_atribuicoes is null then
    return;
  end if;
  grant select on pg_temp.conferente_caso to conferente_escrita;
  v_rastro := audit_interno.rastro('conferente_escrita');
  perform from audit_interno.escrever(format(
    'with escrita as (
       update %s t set %s from pg_temp.conferente_caso c where c.rebobinar and t.%I = c.registro_id::%s returning 1
     )
     select count(*) from escrita',
    audit_interno.nome_sql(v_tabela), v_atribuicoes, regra.coluna_chave, audit_interno.tipo_coluna(v_tabela, regra.coluna_chave)))
    as x (linhas bigint);
  perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  perform audit_interno.conferir_rastro('conferente_escrita', v_rastro, format('o que %s roda ao ser gravada', regra.tabela));
end
$$;
comment on function audit_interno.rebobinar_casos(audit.regras) is 'Puts decided rows back as they were. Only inside a subtransaction that is rolled back.';
--! EndIncluded avaliacao/rebobinar_casos.sql

--! Included avaliacao/resumir_avaliacao.sql
-- The judged findings of pg_temp.conferente_julgado as the lines of a back-test: eleven bands (tenths, the last one cut at
-- 0.95), findings that only flag, corrections at or above the limiar, and the total. Changes nothing. Called by
-- audit_interno.avaliar_decisoes and audit_interno.avaliar_retroteste.
create or replace function audit_interno.resumir_avaliacao(regra audit.regras, fonte text, conhecidas bigint)
returns setof audit.avaliacao
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  with julgado as (
    select j.*, j.propoe and j.confianca >= regra.limiar as no_limiar,
      case when j.propoe then case when j.confianca >= 0.95 then 10 else least(floor(j.confianca * 10), 9)::int end else 11 end as banda
    from pg_temp.conferente_julgado j
  ), linha as (
    -- every finding stands in its band, in the total and, if it reaches it, at the limiar
    select j.*, g.grupo
    from julgado j
    cross join lateral unnest(array[j.banda, case when j.no_limiar then 12 end, 13]) as g (grupo)
    where g.grupo is not null
  ), medida as (
    select g.grupo, count(l.confianca) as achados, count(l.certa) as julgadas, count(*) filter (where l.certa) as certas,
      avg(l.confianca) filter (where l.propoe and l.certa is not null) as media,
      avg(l.certa::int) filter (where l.propoe) as acerto,
      count(*) filter (where l.no_limiar and not l.certa) as erradas,
      count(*) filter (where l.no_limiar and l.dano) as danos,
      count(distinct l.registro_id) filter (where l.certa) as recuperadas
    from generate_series(0, 13) as g (grupo)
    left join linha l on l.grupo = g.grupo
    group by g.grupo
  ), erro as (
    select sum(m.julgadas * abs(m.acerto - m.media)) / nullif(sum(m.julgadas), 0) as esperado
    from medida m where m.grupo <= 10
  )
  select regra.funcao, resumir_avaliacao.fonte,
    case m.grupo when 9 then '0.90 a 0.95' when 10 then '0.95 a 1.00' when 11 then 'só aponta' when 12 then 'no limiar'
      when 13 then 'total' else to_char(m.grupo / 10.0, 'FM0.00') || ' a ' || to_char((m.grupo + 1) / 10.0, 'FM0.00') end,
    m.achados, round(m.achados::numeric / nullif(max(m.achados) over (), 0), 4), m.julgadas, m.certas,
    round(m.certas::numeric / nullif(m.julgadas, 0), 4), round(m.media, 4),
    round(case when m.grupo = 13 then e.esperado else abs(m.acerto - m.media) end, 4),
    case when m.grupo = 13 then resumir_avaliacao.conhecidas end,
    case when m.grupo = 13 then round(m.recuperadas::numeric / nullif(resumir_avaliacao.conhecidas, 0), 4) end,
    m.erradas, case when resumir_avaliacao.fonte = 'decisoes' then m.danos end
  from medida m cross join erro e
  order by m.grupo;
end
$$;
comment on function audit_interno.resumir_avaliacao(audit.regras, text, bigint) is 'Lines of a back-test out of pg_temp.conferente_julgado.';
--! EndIncluded avaliacao/resumir_avaliacao.sql

--! Included avaliacao/avaliar_decisoes.sql
-- Runs a rule over a window whose decided rows are put back as they were, and judges what it finds by what is known of
-- them. HAZARD: must run inside a subtransaction that is rolled back (see audit_interno.rebobinar_casos). Called by
-- audit.avaliar_regra alone.
create or replace function audit_interno.avaliar_decisoes(regra audit.regras, data_inicio date, data_fim date)
returns setof audit.avaliacao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_janela audit.janela := row(data_inicio, data_fim, null, null, null)::audit.janela;
  v_conhecidas bigint;
begin
  perform audit_interno.casos_avaliacao(regra, avaliar_decisoes.data_inicio, avaliar_decisoes.data_fim);
  perform audit_interno.rebobinar_casos(regra);
  if regra.preparacao is not null then
    perform audit_interno.preparar_regra(regra, v_janela);
  end if;
  perform audit_interno.levantar_achados(regra, v_janela);

  create temp table conferente_julgado on commit drop as
  select a.registro_id, a.confianca, a.valores_propostos <> '{}' as propoe, v.certa,
    -- a person said that the row is right, or what is right is what it held
    v.certa is false and (c.rejeitada or c.originais @> c.verdade) as dano
  from pg_temp.conferente_achado a
  left join pg_temp.conferente_caso c on c.registro_id = a.registro_id
  cross join lateral (select case
    -- the rejection of one proposal says nothing of another
    when c.rejeitada then case when a.valores_propostos = c.recusados then false end
    when a.valores_propostos = '{}' then not c.originais @> c.verdade
    when c.verdade ?& array(select k from jsonb_object_keys(a.valores_propostos) as k) then c.verdade @> a.valores_propostos
  end as certa) as v;

  select count(*) into v_conhecidas from pg_temp.conferente_caso c where not c.originais @> c.verdade;
  return query select * from audit_interno.resumir_avaliacao(regra, 'decisoes', v_conhecidas);
end
$$;
comment on function audit_interno.avaliar_decisoes(audit.regras, date, date) is
  'Back-test of a rule against decisions and later truth. Only inside a subtransaction that is rolled back.';
--! EndIncluded avaliacao/avaliar_decisoes.sql

--! Included avaliacao/avaliar_retroteste.sql
-- Asks the inference of pendente_verificacao for the entries of a window that have a real category today, as if nothing later
-- than the window's first month were known (see regras.preparar_retroteste and regras.julgar_retroteste). HAZARD: changes the
-- statistics, so it must run inside a subtransaction that is rolled back. Called by audit_interno.avaliar_versao alone.
create or replace function audit_interno.avaliar_retroteste(regra audit.regras, data_inicio date, data_fim date)
returns setof audit.avaliacao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_janela audit.janela := row(data_inicio, data_fim, null, null, null)::audit.janela;
begin
  regra.preparacao := 'regras.preparar_retroteste';
  perform audit_interno.preparar_regra(regra, v_janela);

  create temp table conferente_julgado on commit drop as
  select r.registro_id, r.confianca, r.propoe, r.certa, false as dano
  from audit_interno.ler('select * from regras.julgar_retroteste($1)', v_janela)
    as r (registro_id text, confianca numeric, propoe boolean, certa boolean);

  return query select * from audit_interno.resumir_avaliacao(regra, 'retroteste', (select count(*) from pg_temp.conferente_julgado));
end
$$;
comment on function audit_interno.avaliar_retroteste(audit.regras, date, date) is
  'Back-test of the inference of pendente_verificacao against today''s categories. Only inside a subtransaction that is rolled back.';
--! EndIncluded avaliacao/avaliar_retroteste.sql

--! Included avaliacao/avaliar_regra.sql
-- Back-tests a rule, and if asked another version of it, over a past window. Everything runs in subtransactions that are
-- rolled back: no finding, no statistic and no row of the warehouse is changed when it returns. Rows that were corrected or
-- mended since are put back for the rule's eyes only; until it returns nobody else can change them. The rule runs as in a
-- session, as conferente_regra; reviewers may call it, so outra_funcao has to belong to somebody who may register rules.
create or replace function audit.avaliar_regra(regra text, data_inicio date, data_fim date, outra_funcao text default null)
returns setof audit.avaliacao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_versao audit.regras;
  v_funcoes text[];
  v_funcao text;
  v_defeito text;
begin
  select * into v_regra from audit.regras r where r.nome = avaliar_regra.regra;
  if not found then
    raise exception using errcode = 'NC003', message = format('regra desconhecida: %s', coalesce(avaliar_regra.regra, 'nula')),
      hint = 'Existem: ' || (select string_agg(r.nome, ', ' order by r.nome) from audit.regras r) || '.';
  end if;
  if not coalesce(isfinite(data_inicio) and isfinite(data_fim), false) then
    raise exception using errcode = 'NC001', message = 'faltam data_inicio e data_fim, duas datas do calendário',
      hint = 'Uma avaliação olha uma janela do passado.';
  end if;
  if data_inicio > data_fim then
    raise exception using errcode = 'NC002', message = format('janela invertida: %s é depois de %s', data_inicio, data_fim);
  end if;

  v_funcoes := array_remove(array[v_regra.funcao, outra_funcao], null);
  v_versao := v_regra;
  foreach v_funcao in array v_funcoes loop
    v_versao.funcao := v_funcao;
    v_defeito := coalesce(audit_interno.conferir_regra(v_versao), audit_interno.conferir_requisitos(v_versao));
    -- the registered function was held to it by an administrator
    if v_defeito is null and v_funcao = outra_funcao then
      perform audit_interno.exigir_dono(outra_funcao);
    end if;
    if v_defeito is not null then
      raise exception using errcode = 'NC011', message = format('não se avalia %s: %s', v_funcao, v_defeito);
    end if;
  end loop;
  foreach v_funcao in array v_funcoes loop
    v_versao.funcao := v_funcao;
    return query select * from audit_interno.avaliar_versao(v_versao, avaliar_regra.data_inicio, avaliar_regra.data_fim,
      nullif(case when v_funcao = outra_funcao then v_regra.funcao else outra_funcao end, v_funcao));
  end loop;
end
$$;
comment on function audit.avaliar_regra(text, date, date, text) is
  'Back-tests a rule over a window of booking dates, both included, and changes nothing. What it finds, with the window''s rows as they were before they were mended, is judged by people''s decisions and by what the rows held later (fonte decisoes); for pendente_verificacao also entries with a real category are asked as if they were pending (fonte retroteste). One line for each band of confidence (reliability table), then só aponta, no limiar and total, where erro_calibracao is the expected calibration error: sum over bands of n_band / n * |precisao - confianca_media| (Naeini et al. 2015; Guo et al. 2017). Shares and confidences go from 0 to 1. outra_funcao: another version of the rule''s function, tried on the same rows and told apart by funcao; it must be fit to be registered, and belong to a superuser or a member of conferente_dono or conferente_administrador. Recall of the registered function is bounded by what it found itself. Errors: NC001 a date is missing or infinite, NC002 window reversed, NC003 unknown rule, NC011 a function that is no rule or does not pin its search_path, 42501 outra_funcao belongs to somebody who could not register it, NC012 a rule that returns nonsense, 55P03 a row is being changed.';
revoke execute on function audit.avaliar_regra(text, date, date, text) from public;
grant execute on function audit.avaliar_regra(text, date, date, text) to conferente_revisor, conferente_operador, conferente_administrador;
--! EndIncluded avaliacao/avaliar_regra.sql

--! Included configuracao/experimentar_regra.sql
-- Tries a rule out before it is registered: it must run, prepared, over up to
-- a hundred rows of its table, writing nothing, and return nothing that the engine would refuse. Everything it did is rolled back. What goes
-- wrong is told in one sentence; null when all is well, or when the table cannot be tried yet. Called by
-- audit.registrar_regra alone: sessions call the cheap audit_interno.conferir_regra.
create or replace function audit_interno.experimentar_regra(regra audit.regras)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_chaves text[];
  v_codigo text;
  v_erro text;
  v_detalhe text;
begin
  if v_tabela is null then
    return null;
  end if;
  begin
    select x.chaves into v_chaves
    from audit_interno.ler(format('select array_agg(x.chave) from (select t.%I::text as chave from %s t limit 100) as x',
      regra.coluna_chave, audit_interno.nome_sql(v_tabela))) as x (chaves text[]);
    if v_chaves is not null then
      if regra.preparacao is not null then
        perform audit_interno.preparar_regra(regra, row(null, null, null, null, v_chaves)::audit.janela);
      end if;
      perform audit_interno.levantar_achados(regra, row(null, null, null, null, v_chaves)::audit.janela);
      if exists (select from pg_temp.conferente_achado a where a.registro_id <> all (v_chaves)) then
        raise exception using errcode = 'NC012', message = 'devolveu registros que não foram pedidos em janela.chaves';
      end if;
    end if;
    raise exception using errcode = 'NC999', message = 'simulação';
  exception
    when sqlstate 'NC999' then
      return null; -- the trial is undone
    when query_canceled then
      -- told on, never taken back: whoever gave up, or set the limit, is obeyed
      raise exception using errcode = 'query_canceled',
        message = format('a experiência da regra %s foi interrompida: %s', regra.nome, sqlerrm),
        detail = format('função %s, com %s registros', regra.funcao, coalesce(cardinality(v_chaves), 0)),
        hint = 'Se foi o tempo-limite (statement_timeout): a regra não termina, ou lê mais do que os registros de janela.chaves.';
    when others then
      get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text, v_detalhe = pg_exception_detail;
      if audit_interno.falha_de_quem(v_codigo) in ('sessao', 'servidor') then
        raise;
      end if;
      return concat_ws('; ', format('a experiência com %s registros falhou (%s): %s',
        coalesce(cardinality(v_chaves), 0), v_codigo, v_erro), nullif(v_detalhe, ''));
  end;
end
$$;
comment on function audit_interno.experimentar_regra(audit.regras) is 'Why a rule fails when tried on up to a hundred rows, or null. Leaves nothing.';
--! EndIncluded configuracao/experimentar_regra.sql

--! Included agenda/tabelas.sql
create table audit.agendamentos (
  previsto_para timestamptz primary key,
  sessao_id bigint references audit.sessoes_processamento,
  agendado_em timestamptz not null default clock_timestamp(),
  agendado_por text not null,
  tentativas integer not null default 1,
  erro_codigo text,
  erro_mensagem text
);
comment on table audit.agendamentos is 'Due times of the schedule for which a session was queued, or could not be: one row for each, however many workers run. Of several due times missed in an outage only the last has a row; its incremental window covers the gap.';
comment on column audit.agendamentos.previsto_para is 'Due time: key.';
comment on column audit.agendamentos.sessao_id is 'Session that was queued; null while it could not be.';
comment on column audit.agendamentos.agendado_em is 'When it was queued, or last tried; later than previsto_para after an outage.';
comment on column audit.agendamentos.agendado_por is 'Login of the worker that queued it.';
comment on column audit.agendamentos.tentativas is 'Attempts to queue it.';
comment on column audit.agendamentos.erro_codigo is 'SQLSTATE of the last failed attempt; null once it was queued.';
comment on column audit.agendamentos.erro_mensagem is 'Message of the last failed attempt.';
--! EndIncluded agenda/tabelas.sql

--! Included agenda/cron_valido.sql
-- Whether a text has the shape of a cron expression: minute, hour, day of month, month, day of week, in numbers.
-- Called by validar_configuracao.
create or replace function audit_interno.cron_valido(expressao text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select array_length(c.campos, 1) = 5 and (
    select bool_and(coalesce(p.m is not null
      and (p.m[1] is null or p.m[1]::integer between l.menor and l.maior)
      and (p.m[2] is null or p.m[2]::integer between p.m[1]::integer and l.maior)
      and (p.m[3] is null or (p.parte ~ '[*-]' and p.m[3]::integer between 1 and l.maior)), false))
    from unnest(c.campos, array[0, 0, 1, 1, 0], array[59, 23, 31, 12, 7]) as l (campo, menor, maior)
    cross join lateral unnest(string_to_array(l.campo, ',')) as t (parte)
    cross join lateral (select t.parte, regexp_match(t.parte, '^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$') as m) as p)
  from (select regexp_split_to_array(btrim(cron_valido.expressao), '\s+') as campos) as c
$$;
comment on function audit_interno.cron_valido(text) is
  'True for five fields of numbers, *, ranges, lists and steps, each within its limits; names of months and days are not taken.';
--! EndIncluded agenda/cron_valido.sql

--! Included agenda/fuso_valido.sql
-- Whether the server knows a time zone by this IANA name. Abbreviations and fixed offsets know no daylight saving, and the
-- server's own posix/ and right/ are unknown elsewhere. Called by validar_configuracao.
create or replace function audit_interno.fuso_valido(nome text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select (fuso_valido.nome = 'UTC' or fuso_valido.nome ~ '^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/')
    and exists (select from pg_timezone_names z where z.name = fuso_valido.nome)
$$;
comment on function audit_interno.fuso_valido(text) is 'True for the IANA name of a region (America/Sao_Paulo) that the server knows, and for UTC.';
--! EndIncluded agenda/fuso_valido.sql

--! Included agenda/agenda.sql
-- The schedule in force. Read by the worker at every tick, so that a change needs no restart.
create or replace function audit_interno.agenda(
  out cron text, out fuso text, out modo text, out depois_de timestamptz, out agora timestamptz
)
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.configuracao('agenda.cron') #>> '{}', audit.fuso(),
    audit_interno.configuracao('agenda.modo') #>> '{}',
    -- A new schedule says nothing of the time before it.
    greatest((select max(c.alterada_em) from audit.configuracoes_sistema c where c.chave in ('agenda.cron', 'agenda.fuso')),
      (select max(a.previsto_para) from audit.agendamentos a where a.sessao_id is not null)),
    clock_timestamp()
$$;
comment on function audit_interno.agenda() is
  'Cron expression, zone and mode in force; the time after which a due time has not been served yet; and the server''s clock.';
--! EndIncluded agenda/agenda.sql

--! Included agenda/agendar_sessao.sql
-- Queues the session of one due time, once, however many workers ask at the same moment: the due time is the key, and who
-- comes second waits for the first. What the session refuses is recorded and told, and tried again at the next tick.
create or replace function audit_interno.agendar_sessao(previsto_para timestamptz)
returns setof audit.agendamentos
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_agendamento audit.agendamentos;
  v_sessao audit.sessoes_processamento;
begin
  insert into audit.agendamentos as a (previsto_para, agendado_por)
  values (agendar_sessao.previsto_para, audit_interno.ator())
  on conflict on constraint agendamentos_pkey do update
    set tentativas = a.tentativas + 1, agendado_em = clock_timestamp(), agendado_por = excluded.agendado_por
    where a.sessao_id is null
  returning * into v_agendamento;
  if not found then
    return; -- served already
  end if;
  begin
    v_sessao := audit.solicitar_processamento(audit_interno.configuracao('agenda.modo') #>> '{}');
    v_agendamento.sessao_id := v_sessao.id;
    v_agendamento.erro_codigo := null;
    v_agendamento.erro_mensagem := null;
  exception when sqlstate 'NC003' or sqlstate 'NC010' then
    v_agendamento.erro_codigo := sqlstate;
    v_agendamento.erro_mensagem := sqlerrm;
    if v_agendamento.tentativas = 1 then
      perform audit_interno.notificar('falha', null);
    end if;
  end;
  return query update audit.agendamentos a
  set sessao_id = v_agendamento.sessao_id, erro_codigo = v_agendamento.erro_codigo, erro_mensagem = v_agendamento.erro_mensagem
  where a.previsto_para = v_agendamento.previsto_para
  returning a.*;
end
$$;
comment on function audit_interno.agendar_sessao(timestamptz) is
  'Queues the incremental session of a due time and returns its row; no row when that was done already.';
--! EndIncluded agenda/agendar_sessao.sql

--! Included posse/tabelas.sql
-- What one connection has for itself for as long as it lives: a session that it conducts, a message that it sends, the name of
-- a worker. Each is a row here, and the connection's mark: an advisory lock on a number drawn by lot. A row counts while the
-- process it names holds the number it names. Nobody can take such a number beforehand, and whoever takes one afterwards is
-- another process: a number that anybody may guess would let any login keep everybody out.
create table audit_interno.posses (
  nome text primary key,
  pid integer not null,
  numero bigint not null,
  desde timestamptz not null default clock_timestamp()
);
create index on audit_interno.posses (pid);
comment on table audit_interno.posses is 'What connections have for themselves while they live: sessions, messages, names of workers.';

-- One row for each rule: locked by whoever detects or corrects with the rule, until the
-- transaction ends. A table of its own, so that people's decisions, which count in audit.regras, never wait for it.
create table audit_interno.travas_regra (
  regra text primary key
);
comment on table audit_interno.travas_regra is 'Locks of the rules (audit_interno.travar_regra).';
insert into audit_interno.travas_regra (regra) select r.nome from audit.regras r;
--! EndIncluded posse/tabelas.sql

--! Included agenda/marcar_trabalhadores.sql
-- Marks workers as alive, for as long as this connection lives; liberar_trabalhos looks for them. Called again and again,
-- because a lost connection loses its marks. What the dead had is cleared away.
create or replace function audit_interno.marcar_trabalhadores(nomes text[])
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select set_config('idle_session_timeout', '0', false); -- between two looks it is idle, and must not be cut off
  select count(audit_interno.tomar_posse('trabalhador ' || n)) from unnest(marcar_trabalhadores.nomes) as n;
  delete from audit_interno.posses p
  using (
    select x.nome from audit_interno.posses x where not audit_interno.marcada(x.pid, x.numero) for update skip locked
  ) as morta
  where p.nome = morta.nome
$$;
comment on function audit_interno.marcar_trabalhadores(text[]) is 'Marks workers, named as graphile-worker names them, as alive on this connection.';
--! EndIncluded agenda/marcar_trabalhadores.sql

--! Included agenda/retomar_sessao.sql
-- Conducts a queued session, or one whose conductor died, and marks it as under way at once: its first step may run for
-- long, and people look. Workers share such a session: its parts that are left are called out again.
create or replace function audit_interno.retomar_sessao(sessao_id bigint)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not audit_interno.conduzir_sessao(sessao_id) then
    return false;
  end if;
  update audit.sessoes_processamento s
  set status = 'em_andamento', inicio_processamento = coalesce(s.inicio_processamento, clock_timestamp()),
    ultima_atividade = clock_timestamp(), partes = coalesce(s.partes, 0), partes_concluidas = coalesce(s.partes_concluidas, 0)
  where s.id = retomar_sessao.sessao_id and s.status in ('agendada', 'em_andamento');
  if found then
    perform audit_interno.enfileirar_partes(retomar_sessao.sessao_id);
  end if;
  return true;
end
$$;
comment on function audit_interno.retomar_sessao(bigint) is
  'True when this connection now conducts the session; false when another does. An ended session is left as it is.';
--! EndIncluded agenda/retomar_sessao.sql

--! Included posse/possuida.sql
-- Whether a living connection has something for itself.
create or replace function audit_interno.possuida(nome text)
returns boolean
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from audit_interno.posses p where p.nome = possuida.nome and audit_interno.marcada(p.pid, p.numero))
$$;
comment on function audit_interno.possuida(text) is 'True while a living connection has it.';
--! EndIncluded posse/possuida.sql

--! Included agenda/liberar_trabalhos.sql
-- Jobs of workers that were killed. graphile-worker itself gives them up only after four hours. A worker that is alive
-- after all finds its session conducted by another, so nothing is done twice. Never touches jobs of other programs.
create or replace function audit_interno.liberar_trabalhos(tarefas text[], carencia interval)
returns text[]
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with mortos as (
    select array_agg(distinct j.locked_by) as nomes
    from graphile_worker.jobs j
    where j.task_identifier = any (liberar_trabalhos.tarefas) and j.locked_at < clock_timestamp() - liberar_trabalhos.carencia
      and not audit_interno.possuida('trabalhador ' || j.locked_by)
  ), liberados as (
    select graphile_worker.force_unlock_workers(m.nomes) from mortos m where m.nomes is not null
  )
  select m.nomes from mortos m where (select count(*) from liberados) >= 0
$$;
comment on function audit_interno.liberar_trabalhos(text[], interval) is
  'Hands back the jobs of these tasks whose worker is gone and which were taken longer ago than carencia; returns the workers, or null.';
--! EndIncluded agenda/liberar_trabalhos.sql

--! Included acesso/conferir_acesso.sql
-- Is this token still good? Called for every request in the request's own transaction. A token of ours must be on record as it
-- presents itself, so that whoever learns the secret still cannot invent a person or a role.
create or replace function audit_interno.conferir_acesso(nome text, papel text, token_id text, emitido_em timestamptz, de_fora boolean)
returns void
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_emitido timestamptz := conferir_acesso.emitido_em;
begin
  if conferir_acesso.papel is null or conferir_acesso.papel not in (
    'conferente_leitor', 'conferente_revisor', 'conferente_operador', 'conferente_administrador'
  ) then
    raise exception using errcode = 'NC020', message = 'o token não dá um papel do Conferente';
  end if;
  if not conferir_acesso.de_fora then
    -- to the microsecond, which the token itself does not tell
    select k.emitido_em into v_emitido
    from audit.tokens k
    where k.id = conferir_acesso.token_id and k.nome = conferir_acesso.nome and k.papel = conferir_acesso.papel
      and k.expira_em > clock_timestamp();
    if not found then
      raise exception using errcode = 'NC020', message = 'token desconhecido',
        hint = 'Emita um com conferente token.';
    end if;
  end if;
  if exists (
    select from audit.revogacoes r where r.token_id = conferir_acesso.token_id
    union all
    select from audit.revogacoes r
    where r.nome = conferir_acesso.nome and coalesce(v_emitido <= r.revogado_em, true)
  ) then
    raise exception using errcode = 'NC020', message = 'token revogado', hint = 'Peça outro a um administrador.';
  end if;
end
$$;
comment on function audit_interno.conferir_acesso(text, text, text, timestamptz, boolean) is
  'NC020 unless the token may be used: de_fora (single sign-on) needs no record, others must be on record with this name and role; revoked ones are refused.';
--! EndIncluded acesso/conferir_acesso.sql

--! Included acesso/assumir.sql
-- The one door of the API: takes out of the connection what code that ran for an earlier caller left there, checks the caller's
-- token, then becomes the caller for the rest of the transaction. Runs with the rights of the API's login, because a definer function
-- may not change the role.
create or replace function audit_interno.assumir(nome text, papel text, token_id text, emitido_em timestamptz, de_fora boolean)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_pessoa(assumir.nome);
begin
  perform audit_interno.limpar_conexao();
  if coalesce(v_nome, '') = '' then
    raise exception using errcode = 'NC020', message = 'o token não diz de quem é';
  end if;
  perform audit_interno.conferir_acesso(v_nome, assumir.papel, assumir.token_id, assumir.emitido_em, assumir.de_fora);
  perform set_config('conferente.ator', v_nome, true), set_config('role', assumir.papel, true);
  perform set_config('timezone', audit.fuso(), true); -- times are shown, and read where they name no zone, as everywhere else
  return v_nome;
end
$$;
comment on function audit_interno.assumir(text, text, text, timestamptz, boolean) is
  'Becomes the person and the role of a token until the transaction ends. Returns the name as it is recorded. NC020 when the token may not be used.';
grant execute on function audit_interno.nome_pessoa(text), audit_interno.conferir_acesso(text, text, text, timestamptz, boolean),
  audit_interno.assumir(text, text, text, timestamptz, boolean) to conferente_servico;
--! EndIncluded acesso/assumir.sql

--! Included acesso/registrar_token.sql
-- Puts a token on record; `conferente token` signs it afterwards. The token itself never reaches the database.
create or replace function audit.registrar_token(nome text, papel text, expira_em timestamptz)
returns audit.tokens
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_pessoa(registrar_token.nome);
  v_papel text := 'conferente_' || lower(regexp_replace(registrar_token.papel, '^conferente_', ''));
  v_operacao bigint;
  v_token audit.tokens;
begin
  if coalesce(v_nome, '') = '' or length(v_nome) > 200 then
    raise exception using errcode = 'NC001', message = 'o nome falta ou passa de 200 caracteres';
  end if;
  if v_papel is null or v_papel not in ('conferente_leitor', 'conferente_revisor', 'conferente_operador', 'conferente_administrador') then
    raise exception using errcode = 'NC001', message = format('papel desconhecido: %s', coalesce(registrar_token.papel, 'nulo')),
      hint = 'São possíveis: leitor, revisor, operador, administrador.';
  end if;
  if registrar_token.expira_em is null or registrar_token.expira_em <= clock_timestamp() then
    raise exception using errcode = 'NC001', message = 'a validade precisa acabar no futuro';
  end if;
  v_operacao := audit_interno.abrir_operacao('acesso');
  insert into audit.tokens (id, operacao_id, nome, papel, emitido_por, expira_em)
  values (gen_random_uuid()::text, v_operacao, v_nome, v_papel, audit_interno.ator(), registrar_token.expira_em)
  returning * into v_token;
  perform audit_interno.fechar_operacao(v_operacao, 1, detalhes => jsonb_build_object('ato', 'token emitido', 'token', v_token.id,
    'nome', v_token.nome, 'papel', v_token.papel, 'expira_em', v_token.expira_em));
  return v_token;
end
$$;
comment on function audit.registrar_token(text, text, timestamptz) is
  'Puts a token for the API on record and returns it. nome: person or tool. papel: leitor, revisor, operador or administrador. Errors: NC001 name, role or expiry not allowed.';
grant execute on function audit.registrar_token(text, text, timestamptz) to conferente_administrador;
--! EndIncluded acesso/registrar_token.sql

--! Included acesso/revogar_acesso.sql
-- Shuts out one token, or every token that a person was given until now. Also tokens of single sign-on, which are on no record.
create or replace function audit.revogar_acesso(motivo text, token_id text default null, nome text default null)
returns audit.revogacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(revogar_acesso.motivo);
  v_token text := nullif(btrim(revogar_acesso.token_id), '');
  v_nome text := nullif(audit_interno.nome_pessoa(revogar_acesso.nome), '');
  v_operacao bigint;
  v_revogacao audit.revogacoes;
begin
  if num_nonnulls(v_token, v_nome) <> 1 or length(coalesce(v_token, v_nome)) > 200 then
    raise exception using errcode = 'NC001', message = 'diga exatamente um: o id do token ou o nome da pessoa';
  end if;
  v_operacao := audit_interno.abrir_operacao('acesso', motivo => v_motivo);
  insert into audit.revogacoes (operacao_id, token_id, nome, motivo, revogado_por)
  values (v_operacao, v_token, v_nome, v_motivo, audit_interno.ator())
  returning * into v_revogacao;
  perform audit_interno.fechar_operacao(v_operacao, 1, detalhes => jsonb_strip_nulls(
    jsonb_build_object('ato', 'acesso revogado', 'token', v_token, 'nome', v_nome)));
  return v_revogacao;
end
$$;
comment on function audit.revogar_acesso(text, text, text) is
  'Refuses a token of the API from now on (token_id, claim jti), or all tokens that a person was given until now (nome). Returns the revocation. Errors: NC001 not exactly one of both, NC006 reason missing.';
grant execute on function audit.revogar_acesso(text, text, text) to conferente_administrador;
--! EndIncluded acesso/revogar_acesso.sql

--! Included acesso/limpar_conexao.sql
-- Takes out of this connection what code of the warehouse or of a rule may have left in it for an earlier caller: locks by number
-- and statements prepared by name, which no rollback takes out. Changes no data. Called by assumir before each caller's transaction,
-- with the rights of the API's login; the API's own connections hold nothing of the kind.
create or replace function audit_interno.limpar_conexao()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text;
begin
  perform pg_advisory_unlock_all();
  for v_nome in select p.name from pg_prepared_statements p where p.from_sql loop
    execute format('deallocate %I', v_nome);
  end loop;
end
$$;
comment on function audit_interno.limpar_conexao() is 'Frees locks by number and forgets statements prepared by name in this connection.';
grant execute on function audit_interno.limpar_conexao() to conferente_servico;
--! EndIncluded acesso/limpar_conexao.sql

--! Included consulta/consultar_divergencias.sql
-- One page of findings, with the total of what the filters leave. The text is put together so that the planner sees only the
-- filters that were given, each as a constant; nothing of the caller's is ever part of the text.
create or replace function audit.consultar_divergencias(
  status text[] default null, regras text[] default null, tabela text default null, registro_id text default null,
  sessao_id bigint default null, confianca_minima numeric default null, confianca_maxima numeric default null,
  valor_minimo numeric default null, valor_maximo numeric default null, detectada_de date default null, detectada_ate date default null,
  ordem text default '-id', pagina integer default 1, por_pagina integer default 50
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_coluna text := ltrim(consultar_divergencias.ordem, '-');
  v_fuso text := audit.fuso();
  v_onde text;
  v_pagina jsonb;
begin
  if v_coluna is null or v_coluna not in ('id', 'detectada_em', 'ultima_deteccao', 'valor_em_risco', 'confianca', 'vezes_detectada') then
    raise exception using errcode = 'NC001', message = format('ordem desconhecida: %s', coalesce(consultar_divergencias.ordem, 'nula')),
      hint = 'São possíveis: id, detectada_em, ultima_deteccao, valor_em_risco, confianca, vezes_detectada; com - na frente, do maior ao menor.';
  end if;
  if consultar_divergencias.pagina is null or consultar_divergencias.pagina < 1
    or consultar_divergencias.por_pagina is null or consultar_divergencias.por_pagina not between 1 and 500 then
    raise exception using errcode = 'NC001', message = 'pagina começa em 1 e por_pagina vai de 1 a 500';
  end if;
  v_onde := concat_ws(' and ', 'true',
    case when consultar_divergencias.status is not null then 'd.status = any ($1)' end,
    case when consultar_divergencias.regras is not null then 'd.regra = any ($2)' end,
    case when consultar_divergencias.tabela is not null then 'd.tabela = $3' end,
    case when consultar_divergencias.registro_id is not null then 'd.registro_id = $4' end,
    case when consultar_divergencias.sessao_id is not null then '(d.sessao_id = $5 or d.sessao_ultima_id = $5)' end,
    case when confianca_minima is not null then 'd.confianca >= $6' end,
    case when confianca_maxima is not null then 'd.confianca <= $7' end,
    case when valor_minimo is not null then 'd.valor_em_risco >= $8' end,
    case when valor_maximo is not null then 'd.valor_em_risco <= $9' end,
    case when detectada_de is not null then 'd.detectada_em >= $10::timestamp at time zone $12' end,
    -- the day is included
    case when detectada_ate is not null then 'd.detectada_em < ($11::timestamp + interval ''1 day'') at time zone $12' end);
  execute format($q$
    select jsonb_build_object('total', (select count(*) from audit.divergencias_processadas d where %1$s), 'pagina', $13,
      'por_pagina', $14, 'itens', coalesce(jsonb_agg(to_jsonb(p) - '{identidade,impressao}'::text[] order by p.%2$I %3$s, p.id %3$s), '[]'))
    from (
      select d.*, audit.divergencia_idade_dias(d) as idade_dias,
        audit.divergencia_visto(d) as visto
      from (
        select d.id from audit.divergencias_processadas d where %1$s order by d.%2$I %3$s, d.id %3$s
        limit $14 offset ($13 - 1)::bigint * $14
      ) as k
      join audit.divergencias_processadas d on d.id = k.id
    ) as p $q$, v_onde, v_coluna, case when left(consultar_divergencias.ordem, 1) = '-' then 'desc' else 'asc' end)
  using consultar_divergencias.status, consultar_divergencias.regras, consultar_divergencias.tabela, consultar_divergencias.registro_id,
    consultar_divergencias.sessao_id, confianca_minima, confianca_maxima, valor_minimo, valor_maximo, detectada_de, detectada_ate,
    v_fuso, consultar_divergencias.pagina, consultar_divergencias.por_pagina
  into v_pagina;
  return v_pagina;
end
$$;
comment on function audit.consultar_divergencias(text[], text[], text, text, bigint, numeric, numeric, numeric, numeric, date, date, text, integer, integer) is
  'A page of findings as JSON: total (of what the filters leave), pagina, por_pagina (1 to 500) and itens, each a row of audit.divergencias_processadas with idade_dias and visto. Filters left null do not filter; dates are days in the zone agenda.fuso, both included; amounts in BRL; sessao_id is the first or the last session that found it. ordem: id, detectada_em, ultima_deteccao, valor_em_risco, confianca or vezes_detectada, with - in front for the largest first. Error: NC001 order or page not allowed.';
grant execute on function audit.consultar_divergencias(text[], text[], text, text, bigint, numeric, numeric, numeric, numeric, date, date, text, integer, integer)
  to conferente_leitor;
--! EndIncluded consulta/consultar_divergencias.sql

--! Included consulta/consultar_operacoes.sql
-- One page of the history of operations, latest first.
create or replace function audit.consultar_operacoes(
  tipos text[] default null, status text default null, regra text default null, ator text default null, sessao_id bigint default null,
  de date default null, ate date default null, pagina integer default 1, por_pagina integer default 50
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
-- filters that are not given must vanish from the plan, each time anew
set plan_cache_mode = force_custom_plan
as $$
declare
  v_fuso text := audit.fuso();
  v_desde timestamptz := consultar_operacoes.de::timestamp at time zone v_fuso;
  v_antes timestamptz := (consultar_operacoes.ate::timestamp + interval '1 day') at time zone v_fuso;
  v_pagina jsonb;
begin
  if consultar_operacoes.pagina is null or consultar_operacoes.pagina < 1
    or consultar_operacoes.por_pagina is null or consultar_operacoes.por_pagina not between 1 and 500 then
    raise exception using errcode = 'NC001', message = 'pagina começa em 1 e por_pagina vai de 1 a 500';
  end if;
  with filtradas as not materialized (
    select o.id from audit.operacoes o
    where (tipos is null or o.tipo = any (tipos))
      and (consultar_operacoes.status is null or o.status = consultar_operacoes.status)
      and (consultar_operacoes.regra is null or o.regra = consultar_operacoes.regra)
      and (consultar_operacoes.ator is null or o.ator = consultar_operacoes.ator)
      and (consultar_operacoes.sessao_id is null or o.sessao_id = consultar_operacoes.sessao_id)
      and (v_desde is null or o.iniciada_em >= v_desde) and (v_antes is null or o.iniciada_em < v_antes)
  )
  select jsonb_build_object('total', (select count(*) from filtradas), 'pagina', consultar_operacoes.pagina,
    'por_pagina', consultar_operacoes.por_pagina, 'itens', coalesce(jsonb_agg(
      to_jsonb(v) - 'duracao' || jsonb_build_object('segundos', extract(epoch from v.duracao), 'detalhes', o.detalhes)
      order by v.id desc), '[]'))
  into v_pagina
  from (
    select f.id from filtradas f order by f.id desc
    limit consultar_operacoes.por_pagina offset (consultar_operacoes.pagina - 1)::bigint * consultar_operacoes.por_pagina
  ) as p
  join audit.operacoes o on o.id = p.id
  join audit.vw_operacoes_resumo v on v.id = p.id;
  return v_pagina;
end
$$;
comment on function audit.consultar_operacoes(text[], text, text, text, bigint, date, date, integer, integer) is
  'A page of operations as JSON, latest first: total, pagina, por_pagina (1 to 500) and itens, each a row of audit.vw_operacoes_resumo with its duration in seconds (segundos) and detalhes. Filters left null do not filter; de and ate are days of iniciada_em in the zone agenda.fuso, both included. Error: NC001 page not allowed.';
grant execute on function audit.consultar_operacoes(text[], text, text, text, bigint, date, date, integer, integer) to conferente_leitor;
--! EndIncluded consulta/consultar_operacoes.sql

--! Included consulta/consultar_sessoes.sql
-- One page of sessions, latest first, each with what its rules did.
create or replace function audit.consultar_sessoes(
  id bigint default null, modo text default null, status text[] default null, de date default null, ate date default null,
  pagina integer default 1, por_pagina integer default 50
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_fuso text := audit.fuso();
  v_desde timestamptz := consultar_sessoes.de::timestamp at time zone v_fuso;
  v_antes timestamptz := (consultar_sessoes.ate::timestamp + interval '1 day') at time zone v_fuso;
  v_pagina jsonb;
begin
  if consultar_sessoes.pagina is null or consultar_sessoes.pagina < 1
    or consultar_sessoes.por_pagina is null or consultar_sessoes.por_pagina not between 1 and 500 then
    raise exception using errcode = 'NC001', message = 'pagina começa em 1 e por_pagina vai de 1 a 500';
  end if;
  with filtradas as not materialized (
    select s.id from audit.sessoes_processamento s
    where (consultar_sessoes.id is null or s.id = consultar_sessoes.id)
      and (consultar_sessoes.modo is null or s.modo = consultar_sessoes.modo)
      and (consultar_sessoes.status is null or s.status = any (consultar_sessoes.status))
      and (v_desde is null or s.solicitada_em >= v_desde) and (v_antes is null or s.solicitada_em < v_antes)
  )
  select jsonb_build_object('total', (select count(*) from filtradas), 'pagina', consultar_sessoes.pagina,
    'por_pagina', consultar_sessoes.por_pagina, 'itens', coalesce(jsonb_agg(
      to_jsonb(s) || jsonb_build_object('correio', audit.sessao_correio(s), 'execucoes', (
        select coalesce(jsonb_agg(
          to_jsonb(e) - '{sessao_id,duracao}'::text[] || jsonb_build_object('segundos', extract(epoch from e.duracao)) order by e.regra), '[]')
        from audit.execucoes_regra e where e.sessao_id = s.id))
      order by s.id desc), '[]'))
  into v_pagina
  from (
    select f.id from filtradas f order by f.id desc
    limit consultar_sessoes.por_pagina offset (consultar_sessoes.pagina - 1)::bigint * consultar_sessoes.por_pagina
  ) as p
  join audit.sessoes_processamento s on s.id = p.id;
  return v_pagina;
end
$$;
comment on function audit.consultar_sessoes(bigint, text, text[], date, date, integer, integer) is
  'A page of sessions as JSON, latest first: total, pagina, por_pagina (1 to 500) and itens, each a row of audit.sessoes_processamento with correio, its messages that did not go out as they should, and execucoes, what each rule did in it (segundos: its time). Filters left null do not filter; de and ate are days of solicitada_em in the zone agenda.fuso, both included. Error: NC001 page not allowed.';
grant execute on function audit.consultar_sessoes(bigint, text, text[], date, date, integer, integer) to conferente_leitor;
--! EndIncluded consulta/consultar_sessoes.sql

--! Included metricas/vw_metricas_resumo.sql
-- Flat rows for BI tools: what was found on each day and what has become of it. Read from one index alone.
create or replace view audit.vw_metricas_resumo with (security_invoker = true) as
with contadas as (
  select (d.detectada_em at time zone (select audit.fuso()))::date as dia, d.regra, d.status, count(*) as quantidade,
    sum(d.valor_em_risco) as valor_em_risco, round(avg(d.confianca), 4) as confianca_media
  from audit.divergencias_processadas d
  group by 1, 2, 3
)
select c.dia, c.regra, r.descricao as regra_descricao, r.tabela, c.status,
  c.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') as aguarda_pessoa, c.quantidade, c.valor_em_risco, c.confianca_media
from contadas c
join audit.regras r on r.nome = c.regra;
comment on view audit.vw_metricas_resumo is 'Findings by day of first detection, rule and present status: flat rows for BI tools. Sum quantidade and valor_em_risco freely; each finding is counted once.';
comment on column audit.vw_metricas_resumo.dia is 'Day of first detection, in the zone of the setting agenda.fuso.';
comment on column audit.vw_metricas_resumo.regra is 'Rule that found them.';
comment on column audit.vw_metricas_resumo.regra_descricao is 'What the rule looks for.';
comment on column audit.vw_metricas_resumo.tabela is 'Table that the rule reads.';
comment on column audit.vw_metricas_resumo.status is 'Status now: aberta, aguardando_segunda_aprovacao, corrigida, rejeitada, revertida, obsoleta, resolvida or falha.';
comment on column audit.vw_metricas_resumo.aguarda_pessoa is 'Whether findings of this status wait for a person.';
comment on column audit.vw_metricas_resumo.quantidade is 'Number of findings.';
comment on column audit.vw_metricas_resumo.valor_em_risco is 'Sum of their amounts at stake in BRL.';
comment on column audit.vw_metricas_resumo.confianca_media is 'Mean confidence, 0 to 1; weigh by quantidade when adding rows up.';
--! EndIncluded metricas/vw_metricas_resumo.sql

--! Included metricas/vw_metricas_desempenho.sql
-- Flat rows for BI tools: what each rule did in each session, and how long it took.
create or replace view audit.vw_metricas_desempenho with (security_invoker = true) as
select s.id as sessao_id, (coalesce(s.inicio_processamento, s.solicitada_em) at time zone f.fuso)::date as dia, s.modo, s.incremental,
  s.status as sessao_status, e.regra, e.status, e.inicio, e.fim, extract(epoch from e.duracao) as segundos, e.linhas_examinadas,
  round(e.linhas_examinadas / nullif(extract(epoch from e.duracao), 0)) as linhas_por_segundo, e.encontradas, e.novas, e.recorrentes,
  e.suprimidas, e.corrigidas, e.falhas, e.obsoletas, e.resolvidas, e.desfeitas, e.refeitas, e.valor_em_risco, e.valor_corrigido, e.erro_codigo, e.motivo
from audit.execucoes_regra e
join audit.sessoes_processamento s on s.id = e.sessao_id
cross join (select audit.fuso() as fuso) as f;
comment on view audit.vw_metricas_desempenho is 'What each rule did in each session and how long it took: flat rows for BI tools.';
comment on column audit.vw_metricas_desempenho.sessao_id is 'Session.';
comment on column audit.vw_metricas_desempenho.dia is 'Day on which the session began (was asked for, while it has not begun), in the zone of the setting agenda.fuso.';
comment on column audit.vw_metricas_desempenho.modo is 'manual: detect only. auto: detect, then correct what may be corrected.';
comment on column audit.vw_metricas_desempenho.incremental is 'Whether the window went by load time since the last successful session.';
comment on column audit.vw_metricas_desempenho.sessao_status is 'Status of the session: agendada, em_andamento, concluida, concluida_com_falhas, falhou or cancelada.';
comment on column audit.vw_metricas_desempenho.regra is 'Rule.';
comment on column audit.vw_metricas_desempenho.status is 'What became of the rule: pendente, detectada, concluida, falhou or pulada.';
comment on column audit.vw_metricas_desempenho.inicio is 'When the rule began.';
comment on column audit.vw_metricas_desempenho.fim is 'When it ended.';
comment on column audit.vw_metricas_desempenho.segundos is 'Seconds spent in its steps.';
comment on column audit.vw_metricas_desempenho.linhas_examinadas is 'Rows of its window.';
comment on column audit.vw_metricas_desempenho.linhas_por_segundo is 'Rows of its window for each second of its steps.';
comment on column audit.vw_metricas_desempenho.encontradas is 'Findings: new and recurring.';
comment on column audit.vw_metricas_desempenho.novas is 'Findings never seen before.';
comment on column audit.vw_metricas_desempenho.recorrentes is 'Findings seen before.';
comment on column audit.vw_metricas_desempenho.suprimidas is 'Findings withheld by an exception.';
comment on column audit.vw_metricas_desempenho.corrigidas is 'Rows corrected by the session.';
comment on column audit.vw_metricas_desempenho.falhas is 'Corrections that the warehouse refused or that verification undid.';
comment on column audit.vw_metricas_desempenho.obsoletas is 'Findings closed because the row moved under them.';
comment on column audit.vw_metricas_desempenho.resolvidas is 'Findings closed because the data were mended elsewhere.';
comment on column audit.vw_metricas_desempenho.desfeitas is 'Earlier corrections that the warehouse no longer held: undone from outside.';
comment on column audit.vw_metricas_desempenho.refeitas is 'Of corrigidas, those made again because they had been undone from outside.';
comment on column audit.vw_metricas_desempenho.valor_em_risco is 'Sum of the amounts at stake of the findings in BRL.';
comment on column audit.vw_metricas_desempenho.valor_corrigido is 'Sum of the amounts at stake of the corrected rows in BRL, without refeitas: each correction''s money is counted once, however often it is made again.';
comment on column audit.vw_metricas_desempenho.erro_codigo is 'SQLSTATE of its failure.';
comment on column audit.vw_metricas_desempenho.motivo is 'Why it was skipped, or which limit stopped its corrections.';
--! EndIncluded metricas/vw_metricas_desempenho.sql

--! Included metricas/vw_metricas_regras.sql
-- One row for each rule: how right people found it, and what of it waits.
create or replace view audit.vw_metricas_regras with (security_invoker = true) as
select r.nome as regra, r.descricao, r.ativa, r.automatica, r.limiar, r.aprovadas, r.rejeitadas,
  round(r.aprovadas::numeric / nullif(p.n, 0), 4) as precisao,
  -- Wilson (1927), lower end of the interval of 95 %: z = 1.96
  round(((r.aprovadas + 1.9208) / nullif(p.n + 3.8416, 0)
    - 1.96 * sqrt(r.aprovadas * r.rejeitadas / nullif(p.n, 0)::numeric + 0.9604) / (p.n + 3.8416)), 4) as precisao_minima,
  coalesce(a.quantas, 0) as abertas, coalesce(a.valor, 0) as valor_aberto, a.desde as aberta_desde
from audit.regras r
cross join lateral (select r.aprovadas + r.rejeitadas as n) as p
left join (
  select d.regra, count(*) as quantas, sum(d.valor_em_risco) as valor, min(d.detectada_em) as desde
  from audit.divergencias_processadas d
  where d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha')
  group by d.regra
) as a on a.regra = r.nome;
comment on view audit.vw_metricas_regras is 'One row for each rule: how right people found it so far, and what of it waits for a person.';
comment on column audit.vw_metricas_regras.regra is 'Rule.';
comment on column audit.vw_metricas_regras.descricao is 'What the rule looks for.';
comment on column audit.vw_metricas_regras.ativa is 'Whether sessions run the rule.';
comment on column audit.vw_metricas_regras.automatica is 'Whether auto may correct for this rule.';
comment on column audit.vw_metricas_regras.limiar is 'Confidence from which auto may correct by itself, 0 to 1.';
comment on column audit.vw_metricas_regras.aprovadas is 'Human decisions that found the proposal right.';
comment on column audit.vw_metricas_regras.rejeitadas is 'Human decisions that found the proposal wrong.';
comment on column audit.vw_metricas_regras.precisao is 'Observed precision: aprovadas / (aprovadas + rejeitadas), 0 to 1; null before the first decision.';
comment on column audit.vw_metricas_regras.precisao_minima is 'Lower end of its Wilson interval of 95 % (Wilson 1927), 0 to 1; null before the first decision.';
comment on column audit.vw_metricas_regras.abertas is 'Findings that wait for a person.';
comment on column audit.vw_metricas_regras.valor_aberto is 'Sum of their amounts at stake in BRL.';
comment on column audit.vw_metricas_regras.aberta_desde is 'When the oldest of them was first found.';
--! EndIncluded metricas/vw_metricas_regras.sql

--! Included metricas/relatorio_desempenho.sql
-- How sessions and rules did in a period.
create or replace function audit.relatorio_desempenho(de date default null, ate date default null)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with dias as (
    select coalesce(relatorio_desempenho.ate, h.hoje) as ate, coalesce(relatorio_desempenho.de, coalesce(relatorio_desempenho.ate, h.hoje) - 29) as de, h.fuso
    from (select audit.hoje() as hoje, audit.fuso() as fuso) as h
  ), sessoes as (
    select s.*, extract(epoch from s.fim_processamento - s.inicio_processamento) as segundos
    from audit.sessoes_processamento s, dias d
    where s.inicio_processamento >= d.de::timestamp at time zone d.fuso
      and s.inicio_processamento < (d.ate::timestamp + interval '1 day') at time zone d.fuso
  )
  select jsonb_build_object('de', d.de, 'ate', d.ate,
    'sessoes', (
      select jsonb_build_object('total', count(*), 'concluidas', count(*) filter (where s.status = 'concluida'),
        'com_falhas', count(*) filter (where s.status = 'concluida_com_falhas'), 'falharam', count(*) filter (where s.status = 'falhou'),
        'canceladas', count(*) filter (where s.status = 'cancelada'), 'em_andamento', count(*) filter (where s.status = 'em_andamento'),
        'segundos_mediana', percentile_cont(0.5) within group (order by s.segundos),
        'segundos_p95', percentile_cont(0.95) within group (order by s.segundos), 'linhas_examinadas', coalesce(sum(s.linhas_examinadas), 0),
        'encontradas', coalesce(sum(s.encontradas), 0), 'corrigidas', coalesce(sum(s.corrigidas), 0),
        'desfeitas', coalesce(sum(s.desfeitas), 0), 'refeitas', coalesce(sum(s.refeitas), 0),
        'valor_em_risco', coalesce(sum(s.valor_em_risco), 0), 'valor_corrigido', coalesce(sum(s.valor_corrigido), 0))
      from sessoes s),
    'regras', (select coalesce(jsonb_agg(to_jsonb(r) order by r.regra), '[]') from audit.vw_metricas_regras r),
    'execucoes', (
      select coalesce(jsonb_agg(to_jsonb(v) order by v.sessao_id desc, v.regra), '[]')
      from audit.vw_metricas_desempenho v
      where v.sessao_id in (select s.id from sessoes s order by s.id desc limit 500)))
  from dias d
$$;
comment on function audit.relatorio_desempenho(date, date) is
  'How sessions and rules did, as JSON. de and ate: days on which sessions began, in the zone agenda.fuso, both included; by default the last 30. sessoes: totals, median and 95th percentile of their seconds, amounts in BRL; regras: rows of audit.vw_metricas_regras as they stand now; execucoes: rows of audit.vw_metricas_desempenho of the latest 500 sessions of the period.';
grant execute on function audit.relatorio_desempenho(date, date) to conferente_leitor;
--! EndIncluded metricas/relatorio_desempenho.sql

--! Included metricas/trabalhadores_vivos.sql
-- Workers whose connection is alive (audit_interno.marcar_trabalhadores) on this database.
create or replace function audit_interno.trabalhadores_vivos()
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(distinct p.pid)
  from audit_interno.posses p
  where p.nome like 'trabalhador %' and audit_interno.marcada(p.pid, p.numero)
$$;
comment on function audit_interno.trabalhadores_vivos() is 'Number of worker processes that are alive.';
--! EndIncluded metricas/trabalhadores_vivos.sql

--! Included metricas/metricas.sql
-- Everything that a monitor reads at each scrape: one line for each sample. Definer, because the queue is the worker's; tells
-- sums only. Cheap: settled findings are counted in one index.
create or replace function audit.metricas()
returns table (nome text, tipo text, rotulos jsonb, valor double precision)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with achados as (
    select d.regra, d.status, count(*) as quantas, sum(d.valor_em_risco) as valor, min(d.detectada_em) as desde
    from audit.divergencias_processadas d group by d.regra, d.status
  ), execucoes as (
    select e.regra, e.status, count(*) as quantas, sum(e.encontradas) as encontradas, sum(e.corrigidas) as corrigidas, sum(e.desfeitas) as desfeitas, sum(e.refeitas) as refeitas,
      sum(extract(epoch from e.duracao)) as segundos, sum(e.linhas_examinadas) as linhas
    from audit.execucoes_regra e group by e.regra, e.status
  )
  select 'conferente_divergencias', 'gauge', jsonb_build_object('regra', a.regra, 'status', a.status), a.quantas from achados a
  union all
  select 'conferente_divergencias_valor_brl', 'gauge', jsonb_build_object('regra', a.regra, 'status', a.status), a.valor from achados a
  union all
  select 'conferente_espera_idade_segundos', 'gauge', jsonb_build_object('regra', r.nome),
    coalesce(extract(epoch from clock_timestamp() - a.desde), 0)
  from audit.regras r
  left join (
    select x.regra, min(x.desde) as desde from achados x
    where x.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') group by x.regra
  ) as a on a.regra = r.nome
  union all
  select 'conferente_sessoes', 'gauge', jsonb_build_object('modo', s.modo, 'status', s.status), count(*)
  from audit.sessoes_processamento s group by s.modo, s.status
  union all
  select 'conferente_ultima_sessao_timestamp_segundos', 'gauge', jsonb_build_object('status', s.status), extract(epoch from max(s.fim_processamento))
  from audit.sessoes_processamento s where s.fim_processamento is not null group by s.status
  union all
  select 'conferente_execucoes_regra', 'gauge', jsonb_build_object('regra', e.regra, 'status', e.status), e.quantas from execucoes e
  union all
  select 'conferente_regra_segundos_total', 'counter', jsonb_build_object('regra', e.regra), sum(e.segundos) from execucoes e group by e.regra
  union all
  select 'conferente_regra_linhas_total', 'counter', jsonb_build_object('regra', e.regra), coalesce(sum(e.linhas), 0) from execucoes e group by e.regra
  union all
  select 'conferente_encontradas_total', 'counter', jsonb_build_object('regra', e.regra), sum(e.encontradas) from execucoes e group by e.regra
  union all
  select 'conferente_correcoes_automaticas_total', 'counter', jsonb_build_object('regra', e.regra), sum(e.corrigidas) from execucoes e group by e.regra
  union all
  select c.nome, 'counter', jsonb_build_object('regra', e.regra), sum(c.valor)
  from execucoes e
  cross join lateral (values ('conferente_correcoes_desfeitas_total', e.desfeitas), ('conferente_correcoes_refeitas_total', e.refeitas)) as c (nome, valor)
  group by c.nome, e.regra
  union all
  select 'conferente_operacoes', 'gauge', jsonb_build_object('tipo', o.tipo, 'status', o.status), count(*)
  from audit.operacoes o group by o.tipo, o.status
  union all
  select m.nome, 'gauge', jsonb_build_object('regra', r.regra), m.valor
  from audit.vw_metricas_regras r
  cross join lateral (values ('conferente_regra_precisao', r.precisao), ('conferente_regra_precisao_minima', r.precisao_minima),
    ('conferente_regra_limiar', r.limiar), ('conferente_regra_automatica', r.automatica::int)) as m (nome, valor)
  where m.valor is not null
  union all
  select 'conferente_regra_decisoes_total', 'counter', jsonb_build_object('regra', r.nome, 'palavra', p.palavra), p.quantas
  from audit.regras r cross join lateral (values ('aprovada', r.aprovadas), ('rejeitada', r.rejeitadas)) as p (palavra, quantas)
  union all
  select 'conferente_fila', 'gauge', jsonb_build_object('tarefa', j.task_identifier, 'estado', j.estado), count(*)
  from (
    select q.task_identifier, case when q.locked_at is not null then 'em_andamento' when q.attempts >= q.max_attempts then 'desistida'
      when q.run_at > clock_timestamp() then 'agendada' else 'pronta' end as estado
    from graphile_worker.jobs q
  ) as j
  group by j.task_identifier, j.estado
  union all
  select 'conferente_fila_idade_segundos', 'gauge', '{}', coalesce(extract(epoch from clock_timestamp() - min(q.run_at)), 0)
  from graphile_worker.jobs q where q.locked_at is null and q.attempts < q.max_attempts and q.run_at <= clock_timestamp()
  union all
  select 'conferente_correio', 'gauge', jsonb_build_object('tipo', n.tipo, 'status', n.status), count(*)
  from audit.notificacoes n group by n.tipo, n.status
  union all
  select 'conferente_correio_recusados_total', 'counter', jsonb_build_object('tipo', n.tipo), sum(r.quantos)
  from audit.notificacoes n cross join lateral (select count(*) as quantos from jsonb_object_keys(n.recusados)) as r group by n.tipo
  union all
  select 'conferente_trabalhadores', 'gauge', '{}', audit_interno.trabalhadores_vivos()
$$;
comment on function audit.metricas() is
  'Samples for a monitor, as they stand now: nome (in the manner of Prometheus), tipo (gauge or counter), rotulos (label to value), valor. The HTTP route /metrics serves them with one line of help each.';
grant execute on function audit.metricas() to conferente_leitor;
--! EndIncluded metricas/metricas.sql

--! Included metricas/prontidao.sql
-- Is everything there that the daily work needs? Asked by /readyz without a caller, so it tells states and ages, no facts.
create or replace function audit_interno.prontidao()
returns table (parte text, pronta boolean, segundos double precision, quantos bigint)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'trabalhador', t.vivos > 0, null::double precision, t.vivos
  from (select audit_interno.trabalhadores_vivos() as vivos) as t
  union all
  -- before the first session the age is that of the installation
  select 'sessao', s.idade <= (audit_interno.configuracao('saude.idade_sessao') #>> '{}')::interval, extract(epoch from s.idade), null
  from (
    select clock_timestamp() - coalesce(
      (select max(x.fim_processamento) from audit.sessoes_processamento x where x.status in ('concluida', 'concluida_com_falhas')),
      (select min(r.registrada_em) from audit.regras r)) as idade
  ) as s
  union all
  select 'correio', c.falhas = 0 and c.idade <= (audit_interno.configuracao('saude.espera_correio') #>> '{}')::interval,
    extract(epoch from c.idade), c.falhas
  from (
    select count(*) filter (where n.status = 'falhou' and coalesce(n.desistida_em, n.criada_em) > clock_timestamp() - interval '1 day') as falhas,
      coalesce(clock_timestamp() - min(n.criada_em) filter (where n.status in ('pendente', 'composta')), interval '0') as idade
    from audit.notificacoes n where n.status <> 'enviada'
  ) as c
$$;
comment on function audit_interno.prontidao() is
  'Parts of the system, whether each is ready, and by what: trabalhador (quantos alive), sessao (age in seconds of the last session that ended well, at most saude.idade_sessao), correio (age in seconds of the oldest message that waits, at most saude.espera_correio; quantos were given up in the last day).';
grant execute on function audit_interno.prontidao() to conferente_servico;
--! EndIncluded metricas/prontidao.sql

--! Included correio/endereco_valido.sql
-- Whether a text is one mail address that every server takes: local part and domain in ASCII (RFC 5321, without quotes and
-- without address literals). Called by enderecos_invalidos and remetente_valido.
create or replace function audit_interno.endereco_valido(endereco text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select length(endereco_valido.endereco) <= 254 and length(split_part(endereco_valido.endereco, '@', 1)) <= 64
    and endereco_valido.endereco ~
      '^[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*@(localhost|([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9]))$'
$$;
comment on function audit_interno.endereco_valido(text) is 'True for one plain address, as maria@empresa.com.br.';
--! EndIncluded correio/endereco_valido.sql

--! Included correio/remetente_valido.sql
-- Whether a text is an address, or a name with an address in angle brackets. No line break can get into a header by it.
-- Called by validar_configuracao.
create or replace function audit_interno.remetente_valido(remetente text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select length(remetente_valido.remetente) <= 320 and remetente_valido.remetente !~ '[[:cntrl:]]'
    and audit_interno.endereco_valido(coalesce(
      (regexp_match(remetente_valido.remetente, '^[^<>@",;:\\()]+ <([^<>]+)>$'))[1], remetente_valido.remetente))
$$;
comment on function audit_interno.remetente_valido(text) is 'True for maria@empresa.com.br and for Maria Silva <maria@empresa.com.br>.';
--! EndIncluded correio/remetente_valido.sql

--! Included correio/enderecos_invalidos.sql
-- Which elements of a list are no mail addresses, or stand in it twice. Called by validar_configuracao.
create or replace function audit_interno.enderecos_invalidos(lista jsonb)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(x.motivo, '; ' order by x.n)
  from (
    select min(e.n) as n, case
        when jsonb_typeof(e.valor) <> 'string' or not audit_interno.endereco_valido(e.valor #>> '{}') then 'não é um endereço: ' || e.valor::text
        when count(*) over (partition by lower(e.valor #>> '{}')) > 1 or count(*) > 1 then 'repetido: ' || e.valor::text
      end as motivo
    from jsonb_array_elements(case when jsonb_typeof(lista) = 'array' then lista else '[]' end) with ordinality as e (valor, n)
    group by e.valor
  ) as x
  where x.motivo is not null
$$;
comment on function audit_interno.enderecos_invalidos(jsonb) is 'Each element that is refused and why; null when all are addresses.';
--! EndIncluded correio/enderecos_invalidos.sql

--! Included tabelas/configuracoes_correio.sql
-- The settings of mail and of the dead-man's check.
insert into audit.configuracoes_sistema (chave, valor, padrao, tipo, minimo, maximo, permitidos, unidade, descricao)
select c.chave, c.valor::jsonb, c.valor::jsonb, c.tipo, c.minimo, c.maximo, c.permitidos::jsonb, c.unidade, c.descricao
from (values
  ('correio.destinatarios', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe as mensagens que não têm uma lista própria. Sem ninguém, nada é enviado e cada mensagem fica dispensada.'),
  ('correio.destinatarios_divergencias', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe o alerta de divergências que esperam uma pessoa; vazia: correio.destinatarios.'),
  ('correio.destinatarios_resumo', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe o resumo de cada sessão; vazia: correio.destinatarios.'),
  ('correio.destinatarios_falha', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe o aviso de falha crítica; vazia: correio.destinatarios.'),
  ('correio.destinatarios_limite', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe o aviso de limite atingido; vazia: correio.destinatarios.'),
  ('correio.destinatarios_ausencia', '[]', 'enderecos', 0, 100, null, null,
    'Quem recebe o aviso de que nenhuma sessão do dia terminou; vazia: correio.destinatarios.'),
  ('correio.remetente', '"Conferente <conferente@localhost>"', 'endereco', null, null, null, null,
    'Remetente das mensagens.'),
  ('correio.pagina', '"http://localhost:8000"', 'url', null, null, null, null,
    'Endereço em que as pessoas alcançam este sistema: os links das mensagens começam com ele.'),
  ('correio.idioma', '"pt-BR"', 'texto', null, null, '["pt-BR", "en"]', null,
    'Idioma das mensagens.'),
  ('correio.itens', '10', 'inteiro', 0, 50, null, 'divergências',
    'Quantas das maiores divergências uma mensagem mostra.'),
  ('correio.limite_anexo', '5000', 'inteiro', 0, 25000, null, 'kB',
    'Tamanho somado dos anexos do resumo; acima dele vai um link no lugar. 0: nunca anexa.'),
  ('correio.dias_vencimento', '7', 'inteiro', 1, 365, null, 'dias',
    'Depois de quantos dias à espera de uma pessoa uma divergência conta como vencida.'),
  ('agenda.prazo', '"08:00"', 'hora', null, null, null, null,
    'Hora local de agenda.fuso até a qual a sessão do dia deve ter terminado; depois dela sai um aviso.')
) as c (chave, valor, tipo, minimo, maximo, permitidos, unidade, descricao);
--! EndIncluded tabelas/configuracoes_correio.sql

--! Included correio/destinatarios.sql
-- Who is to receive a kind of message now.
create or replace function audit_interno.destinatarios(tipo text)
returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(e.endereco order by e.n), '{}')
  from (
    select audit_interno.configuracao('correio.destinatarios_' || destinatarios.tipo) as propria,
      audit_interno.configuracao('correio.destinatarios') as geral
  ) as c
  cross join lateral jsonb_array_elements_text(case when c.propria = '[]' then c.geral else c.propria end)
    with ordinality as e (endereco, n)
$$;
comment on function audit_interno.destinatarios(text) is 'Addresses for a kind of message: its own list, or the general one where that is empty.';
--! EndIncluded correio/destinatarios.sql

--! Included correio/enfileirar_mensagem.sql
-- Transactional outbox: whoever writes a row of audit.notificacoes queues its composing in the same transaction. When nobody
-- is to receive it, the row stays to say so; recipients set later do not receive what is long past.
create or replace function audit_interno.enfileirar_mensagem()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if audit_interno.destinatarios(new.tipo) = '{}' then
    update audit.notificacoes n set status = 'dispensada', ultimo_erro = 'nenhum destinatário configurado' where n.id = new.id;
  else
    perform graphile_worker.add_job('compor_mensagem', json_build_object('notificacao_id', new.id),
      job_key => 'compor_mensagem:' || new.id, priority => -10); -- before the parts of a long session
  end if;
  return null;
end
$$;
comment on function audit_interno.enfileirar_mensagem() is 'Queues the composing of a message, or marks it dispensada.';

create or replace trigger enfileirar after insert on audit.notificacoes
  for each row execute function audit_interno.enfileirar_mensagem();
--! EndIncluded correio/enfileirar_mensagem.sql

--! Included correio/avisar_fim_sessao.sql
-- Every kept session that ended by itself is told of, however it was run and whatever it found: the digest always, the
-- alert only when something needs a person. A cancelled one is not: somebody just did that, and knows. A simulation is
-- undone together with its messages.
create or replace function audit_interno.avisar_fim_sessao()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.notificar('resumo', new.id);
  if exists (
    select from audit.divergencias_processadas d
    where d.sessao_ultima_id = new.id and d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha'))
  then
    perform audit_interno.notificar('divergencias', new.id);
  end if;
  return null;
end
$$;
comment on function audit_interno.avisar_fim_sessao() is 'Queues the messages of a session that has just ended.';

create or replace trigger avisar after update of status on audit.sessoes_processamento
  for each row when (
    old.status in ('agendada', 'em_andamento') and new.status in ('concluida', 'concluida_com_falhas', 'falhou'))
  execute function audit_interno.avisar_fim_sessao();
--! EndIncluded correio/avisar_fim_sessao.sql

--! Included correio/centavos.sql
-- An amount as the messages carry it: JSON numbers would lose the cents of large ones on their way.
create or replace function audit_interno.centavos(valor numeric)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select round(centavos.valor, 2)::text
$$;
comment on function audit_interno.centavos(numeric) is 'BRL as decimal text with two places.';
--! EndIncluded correio/centavos.sql

--! Included correio/pagina.sql
-- Where the review page shows something. The one place that knows the page's addresses.
create or replace function audit_interno.pagina(caminho text default '')
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select rtrim(audit_interno.configuracao('correio.pagina') #>> '{}', '/') || '/revisao' || pagina.caminho
$$;
comment on function audit_interno.pagina(text) is 'URL of the review page, with a query as ?divergencia=7 or ?sessao=3.';
--! EndIncluded correio/pagina.sql

--! Included consulta/pagina_revisao.sql
-- For readers, who may not look into audit_interno. A definer function is not inlined: ask it once for a query, not for a row.
create or replace function audit.pagina_revisao()
returns text
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.pagina()
$$;
comment on function audit.pagina_revisao() is 'URL of the review page, from the setting correio.pagina. With ?divergencia=7 or ?sessao=3 it shows that finding or session.';
grant execute on function audit.pagina_revisao() to conferente_leitor;
--! EndIncluded consulta/pagina_revisao.sql

--! Included consulta/divergencia_link_revisao.sql
-- A field of the finding in the API. No settings of its own, so that the planner inlines it and asks for the page once.
create or replace function audit.divergencia_link_revisao(divergencia audit.divergencias_processadas)
returns text
language sql
stable
as $$
  select (select audit.pagina_revisao()) || '?divergencia=' || (divergencia).id
$$;
comment on function audit.divergencia_link_revisao(audit.divergencias_processadas) is 'Where the review page shows this finding.';
grant execute on function audit.divergencia_link_revisao(audit.divergencias_processadas) to conferente_leitor;
--! EndIncluded consulta/divergencia_link_revisao.sql

--! Included consulta/sessao_link_revisao.sql
-- A field of the session in the API. No settings of its own, so that the planner inlines it and asks for the page once.
create or replace function audit.sessao_link_revisao(sessao audit.sessoes_processamento)
returns text
language sql
stable
as $$
  select (select audit.pagina_revisao()) || '?sessao=' || (sessao).id
$$;
comment on function audit.sessao_link_revisao(audit.sessoes_processamento) is 'Where the review page shows this session.';
grant execute on function audit.sessao_link_revisao(audit.sessoes_processamento) to conferente_leitor;
--! EndIncluded consulta/sessao_link_revisao.sql

--! Included consulta/sessao_correio.sql
-- A field of the session in the API, REST and the command line, so that none of them shows unsent mail as success.
create or replace function audit.sessao_correio(sessao audit.sessoes_processamento)
returns text
language sql
stable
as $$
  select string_agg(m.tipos || ': ' || m.estado, '; ' order by m.tipos)
  from (
    select string_agg(n.tipo, ', ' order by n.tipo) as tipos, n.status || coalesce(' (' || n.ultimo_erro || ')', '') as estado
    from audit.notificacoes n
    where n.sessao_id = (sessao).id
      and (n.status in ('falhou', 'dispensada') or n.recusados <> '{}' or n.status in ('pendente', 'composta') and n.ultimo_erro is not null)
    group by 2
  ) as m
$$;
comment on function audit.sessao_correio(audit.sessoes_processamento) is 'Messages about this session that did not go out as they should, each kind with its state and the last error: given up, refused by a recipient, waiting after a failed attempt, or with nobody to receive it; null when there is none.';
grant execute on function audit.sessao_correio(audit.sessoes_processamento) to conferente_leitor;
--! EndIncluded consulta/sessao_correio.sql

--! Included consulta/divergencia_visto.sql
-- A field of the finding: what a person saw who approves it. Stands before everything that lists findings.
create or replace function audit.divergencia_visto(divergencia audit.divergencias_processadas)
returns text
language sql
stable parallel safe
as $$
  select left(encode(sha256((divergencia).identidade || (divergencia).impressao
    || convert_to(concat_ws(' ', (divergencia).status, (divergencia).valores_digitados::text), 'UTF8')), 'hex'), 16)
$$;
comment on function audit.divergencia_visto(audit.divergencias_processadas) is
  'Digest of what a person is shown of a finding: the proposal, the values typed instead, the row it is based on and the status. audit.aprovar_divergencias takes it, so that an approval is of what was seen.';
grant execute on function audit.divergencia_visto(audit.divergencias_processadas) to conferente_leitor;
--! EndIncluded consulta/divergencia_visto.sql

--! Included consulta/vw_divergencias_abertas.sql
-- What waits for a person, most at stake first when sorted by the reader.
create or replace view audit.vw_divergencias_abertas with (security_invoker = true) as
select d.id, d.regra, d.tabela, d.registro_id, d.valores_originais, d.valores_propostos, d.valores_digitados, d.confianca,
  d.justificativa, d.evidencia, d.valor_em_risco, d.status, d.proposta_por, d.motivo, d.detectada_em, d.ultima_deteccao,
  d.vezes_detectada, 
  (select audit.hoje()) - (d.detectada_em at time zone (select audit.fuso()))::date as dias_aberta, d.sessao_id, d.sessao_ultima_id,
  (select audit.pagina_revisao()) || '?divergencia=' || d.id as link_revisao,
  audit.divergencia_visto(d) as visto
from audit.divergencias_processadas d
where d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha');
comment on view audit.vw_divergencias_abertas is 'Findings that wait for a person: aberta, aguardando_segunda_aprovacao or falha.';
comment on column audit.vw_divergencias_abertas.dias_aberta is 'Age in days since it was first found, in the zone of the setting agenda.fuso.';
comment on column audit.vw_divergencias_abertas.id is 'Key.';
comment on column audit.vw_divergencias_abertas.regra is 'Rule that found it.';
comment on column audit.vw_divergencias_abertas.tabela is 'Table of the row, schema-qualified.';
comment on column audit.vw_divergencias_abertas.registro_id is 'Key of the row as text.';
comment on column audit.vw_divergencias_abertas.valores_originais is 'Column to value that the row held when found: the columns to be changed, or all that the rule decides by when it only flags.';
comment on column audit.vw_divergencias_abertas.valores_propostos is 'Column to value that the rule proposes; {} when it only flags.';
comment on column audit.vw_divergencias_abertas.valores_digitados is 'Column to value that a person typed instead; always needs a second person.';
comment on column audit.vw_divergencias_abertas.confianca is 'Probability, 0 to 1, that the proposed correction is right, as of the last detection.';
comment on column audit.vw_divergencias_abertas.justificativa is 'The finding in one sentence.';
comment on column audit.vw_divergencias_abertas.evidencia is 'Facts that the finding rests on, as of the last detection.';
comment on column audit.vw_divergencias_abertas.valor_em_risco is 'Amount at stake in BRL.';
comment on column audit.vw_divergencias_abertas.status is 'aberta, aguardando_segunda_aprovacao, corrigida, rejeitada, revertida, obsoleta (the row moved under it), resolvida (mended elsewhere) or falha (the correction was refused or undone).';
comment on column audit.vw_divergencias_abertas.proposta_por is 'First of two people, while and after a second approval is needed.';
comment on column audit.vw_divergencias_abertas.motivo is 'Reason of the last decision or of the failure.';
comment on column audit.vw_divergencias_abertas.detectada_em is 'When it was first found.';
comment on column audit.vw_divergencias_abertas.ultima_deteccao is 'When it was last found.';
comment on column audit.vw_divergencias_abertas.vezes_detectada is 'How many sessions found it.';
comment on column audit.vw_divergencias_abertas.sessao_id is 'Session that found it first.';
comment on column audit.vw_divergencias_abertas.sessao_ultima_id is 'Session that found it last.';
comment on column audit.vw_divergencias_abertas.link_revisao is 'Where the review page shows it.';
comment on column audit.vw_divergencias_abertas.visto is 'Digest of what is shown here, for audit.aprovar_divergencias: an approval is of what was seen.';
--! EndIncluded consulta/vw_divergencias_abertas.sql

--! Included correio/cron_campo.sql
-- The numbers that one field of a cron expression names; the expression was checked by cron_valido.
create or replace function audit_interno.cron_campo(campo text, menor integer, maior integer)
returns integer[]
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(distinct v.n order by v.n)
  from unnest(string_to_array(cron_campo.campo, ',')) as p (parte)
  cross join lateral (
    select regexp_match(p.parte, '^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$') as m) as x
  cross join lateral generate_series(
    coalesce(x.m[1]::integer, cron_campo.menor),
    coalesce(x.m[2]::integer, x.m[1]::integer, cron_campo.maior),
    coalesce(x.m[3]::integer, 1)) as v (n)
$$;
comment on function audit_interno.cron_campo(text, integer, integer) is 'Values of a field of a cron expression, ascending.';
--! EndIncluded correio/cron_campo.sql

--! Included correio/hora_prevista.sql
-- The first due time of the schedule on one day, for the dead-man's check. Day of month and day of week are alternatives
-- when both are restricted, as in every cron.
create or replace function audit_interno.hora_prevista(cron text, dia date)
returns time
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select make_time((audit_interno.cron_campo(c.campos[2], 0, 23))[1], (audit_interno.cron_campo(c.campos[1], 0, 59))[1], 0)
  from (select regexp_split_to_array(btrim(hora_prevista.cron), '\s+') as campos) as c
  cross join lateral (
    select extract(day from hora_prevista.dia)::integer = any (audit_interno.cron_campo(c.campos[3], 1, 31)) as do_mes,
      extract(dow from hora_prevista.dia)::integer in (
        select n % 7 from unnest(audit_interno.cron_campo(c.campos[5], 0, 7)) as n) as da_semana
  ) as d
  where extract(month from hora_prevista.dia)::integer = any (audit_interno.cron_campo(c.campos[4], 1, 12))
    and case when c.campos[3] = '*' or c.campos[5] = '*' then d.do_mes and d.da_semana else d.do_mes or d.da_semana end
$$;
comment on function audit_interno.hora_prevista(text, date) is 'Local time of the first due time on that day; null when there is none.';
--! EndIncluded correio/hora_prevista.sql

--! Included correio/conferir_ausencia.sql
-- The dead-man's check: when a session was due on a day and none of that day has ended by agenda.prazo, one message, however
-- many processes look. Called by whatever process is alive, the worker at every tick and the server of the API.
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
      -- a deadline that comes before the due time is that of the next morning
      (h.dia + case when v_prazo > h.prevista then 0 else 1 end + v_prazo) at time zone v_fuso as vencimento
    from (
      select d.dia, audit_interno.hora_prevista(v_cron, d.dia) as prevista
      from (select (conferir_ausencia.agora at time zone v_fuso)::date - n as dia from generate_series(0, 2) as n) as d
    ) as h
    where h.prevista is not null
  ) as p
  where p.vencimento <= conferir_ausencia.agora
    -- a new schedule or deadline says nothing of the time before it
    and p.devida > (select max(c.alterada_em) from audit.configuracoes_sistema c where c.chave in ('agenda.cron', 'agenda.fuso'))
    and p.vencimento > (select c.alterada_em from audit.configuracoes_sistema c where c.chave = 'agenda.prazo')
  order by p.dia desc
  limit 1;
  if v_dia is null or exists (
    select from audit.sessoes_processamento s
    where s.status in ('concluida', 'concluida_com_falhas', 'falhou') and s.fim_processamento >= v_dia::timestamp at time zone v_fuso
      -- a look at a few days or at one rule is not the session of the day
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
  'Queues the message that no session of the day has ended in time, once a day, and returns its row; no row otherwise.';
grant usage on schema audit_interno to conferente_servico;
grant execute on function audit_interno.conferir_ausencia(timestamptz) to conferente_servico;
--! EndIncluded correio/conferir_ausencia.sql

--! Included correio/conteudo_sessao.sql
-- The session itself: its row, with what the row does not say of amounts. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_sessao(sessao_id bigint)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select to_jsonb(s) - array['resumo', 'simulada', 'etapa', 'total_valor', 'valor_em_risco', 'valor_corrigido'] || jsonb_build_object(
    'valor_em_risco', audit_interno.centavos(s.valor_em_risco),
    'valor_corrigido', audit_interno.centavos(s.valor_corrigido),
    'valor_novas', audit_interno.centavos(v.novas),
    'valor_recorrentes', audit_interno.centavos(v.recorrentes),
    'segundos', round(extract(epoch from s.fim_processamento - s.inicio_processamento)))
  from audit.sessoes_processamento s
  cross join lateral (
    select coalesce(sum(d.valor_em_risco) filter (where d.vezes_detectada = 1), 0) as novas,
      coalesce(sum(d.valor_em_risco) filter (where d.vezes_detectada > 1), 0) as recorrentes
    from audit.divergencias_processadas d where d.sessao_ultima_id = s.id
  ) as v
  where s.id = conteudo_sessao.sessao_id
$$;
comment on function audit_interno.conteudo_sessao(bigint) is 'JSON object: the session''s row, amounts as text, and its duration in seconds.';
--! EndIncluded correio/conteudo_sessao.sql

--! Included correio/conteudo_lacunas.sql
-- Everything by which a session did less than was asked for. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_lacunas(sessao_id bigint)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object('tipo', l.tipo, 'regra', l.regra, 'texto', l.texto, 'numero', l.numero)
    order by l.ordem, l.regra), '[]')
  from (
    select 1 as ordem, 'sessao' as tipo, null as regra, s.mensagem as texto, null::bigint as numero
    from audit.sessoes_processamento s
    where s.id = conteudo_lacunas.sessao_id and s.status = 'falhou'
      -- where rules failed, the session's message only repeats them
      and not exists (select from audit.execucoes_regra e where e.sessao_id = s.id and e.status = 'falhou')
    union all
    select 2, case e.status when 'falhou' then 'regra_falhou' else 'regra_pulada' end, e.regra, coalesce(e.erro_mensagem, e.motivo), null
    from audit.execucoes_regra e
    where e.sessao_id = conteudo_lacunas.sessao_id and e.status in ('falhou', 'pulada')
    union all
    select 3, 'limite', null, s.limite_atingido, null
    from audit.sessoes_processamento s
    where s.id = conteudo_lacunas.sessao_id and s.limite_atingido is not null
    union all
    select 4, 'nenhuma_linha', null, null, 0
    from audit.sessoes_processamento s
    where s.id = conteudo_lacunas.sessao_id and s.linhas_examinadas = 0 and s.status <> 'falhou'
    union all
    -- where the others read some
    select 4, 'nenhuma_linha', e.regra, null, 0
    from audit.execucoes_regra e join audit.sessoes_processamento s on s.id = e.sessao_id
    where s.id = conteudo_lacunas.sessao_id and s.linhas_examinadas > 0 and e.status = 'concluida' and e.linhas_examinadas = 0
    union all
    select 5, 'recusadas', null, null, s.falhas
    from audit.sessoes_processamento s
    where s.id = conteudo_lacunas.sessao_id and s.falhas > 0
    union all
    select 6, 'desfeitas', null, null, s.desfeitas
    from audit.sessoes_processamento s
    where s.id = conteudo_lacunas.sessao_id and s.desfeitas > 0
    union all
    select 7, 'conferencia', e.regra, e.conferencia, null
    from audit.execucoes_regra e
    where e.sessao_id = conteudo_lacunas.sessao_id and e.conferencia is not null
    union all
    select 8, 'so_detectou', r.nome, r.automatica_perdida, null
    from audit.sessoes_processamento s join audit.regras r on r.nome = any (s.regras)
    where s.id = conteudo_lacunas.sessao_id and s.modo = 'auto' and r.automatica_perdida is not null
  ) as l
$$;
comment on function audit_interno.conteudo_lacunas(bigint) is
  'JSON array of gaps: tipo (sessao, regra_falhou, regra_pulada, limite, nenhuma_linha, recusadas, desfeitas, conferencia, so_detectou), regra, texto, numero.';
--! EndIncluded correio/conteudo_lacunas.sql

--! Included correio/conteudo_espera.sql
-- All that waits for a person now, whichever session found it. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_espera(fuso text)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'total', count(*),
    'valor', audit_interno.centavos(coalesce(sum(d.valor_em_risco), 0)),
    'segunda', count(*) filter (where d.status = 'aguardando_segunda_aprovacao'),
    'mais_antiga_dias', max(d.idade),
    'mediana_dias', percentile_disc(0.5) within group (order by d.idade),
    'dias_vencimento', max(v.dias),
    'vencidas', count(*) filter (where d.idade > v.dias),
    'valor_vencidas', audit_interno.centavos(coalesce(sum(d.valor_em_risco) filter (where d.idade > v.dias), 0)))
  from (select (audit_interno.configuracao('correio.dias_vencimento') #>> '{}')::integer as dias) as v
  left join lateral (
    select d.status, d.valor_em_risco, (now() at time zone conteudo_espera.fuso)::date
      - (d.detectada_em at time zone conteudo_espera.fuso)::date as idade
    from audit.divergencias_processadas d
    where d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha')
  ) as d on true
  where d.status is not null
$$;
comment on function audit_interno.conteudo_espera(text) is
  'JSON object: count, amount, ages in days of what waits for a person, and how much of it is overdue.';
--! EndIncluded correio/conteudo_espera.sql

--! Included correio/conteudo_regras.sql
-- Each rule of a session: what it did, what waits of it, and its new findings on each of the 30 days that end with the
-- session's. A day on which the rule did not run is null, not zero. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_regras(sessao_id bigint, fuso text)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with sessao as (
    select s.id, (coalesce(s.fim_processamento, now()) at time zone conteudo_regras.fuso)::date as dia
    from audit.sessoes_processamento s where s.id = conteudo_regras.sessao_id
  ), diaria as (
    select e.regra, (e.fim at time zone conteudo_regras.fuso)::date as dia, sum(e.novas) as novas
    from sessao s
    join audit.execucoes_regra e on e.fim >= (s.dia - 29)::timestamp at time zone conteudo_regras.fuso
      and e.fim < (s.dia + 1)::timestamp at time zone conteudo_regras.fuso and e.status in ('detectada', 'concluida')
    group by 1, 2
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'nome', e.regra, 'descricao', r.descricao, 'status', e.status, 'motivo', coalesce(e.erro_mensagem, e.motivo),
    'linhas', e.linhas_examinadas, 'encontradas', e.encontradas, 'novas', e.novas, 'recorrentes', e.recorrentes,
    'corrigidas', e.corrigidas, 'refeitas', e.refeitas, 'resolvidas', e.resolvidas,
    'esperando', w.total, 'valor_esperando', audit_interno.centavos(w.valor),
    'valor_em_risco', audit_interno.centavos(e.valor_em_risco), 'tendencia', t.novas) order by r.prioridade, e.regra), '[]')
  from sessao s
  join audit.execucoes_regra e on e.sessao_id = s.id
  join audit.regras r on r.nome = e.regra
  cross join lateral (
    select count(*) as total, coalesce(sum(d.valor_em_risco), 0) as valor
    from audit.divergencias_processadas d
    where d.regra = e.regra and d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha')
  ) as w
  cross join lateral (
    select jsonb_agg(d.novas order by n) as novas
    from generate_series(0, 29) as n
    left join diaria d on d.regra = e.regra and d.dia = s.dia - 29 + n
  ) as t
$$;
comment on function audit_interno.conteudo_regras(bigint, text) is
  'JSON array: counts, amounts and the 30-day trend (new findings a day, null where the rule did not run) of each rule of a session.';
--! EndIncluded correio/conteudo_regras.sql

--! Included correio/conteudo_valores.sql
-- Column to value, numbers as {"n": "61396530.00"}: a JSON number would lose its cents on the way. Part of conteudo_itens.
create or replace function audit_interno.conteudo_valores(valores jsonb)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(v.key, case jsonb_typeof(v.value) when 'number' then jsonb_build_object('n', v.value #>> '{}') else v.value end), '{}')
  from jsonb_each(conteudo_valores.valores) as v
$$;
comment on function audit_interno.conteudo_valores(jsonb) is 'The same object, with each number as an object of its decimal text.';
--! EndIncluded correio/conteudo_valores.sql

--! Included correio/conteudo_itens.sql
-- The largest findings that a session left, each with its evidence and its address. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_itens(sessao_id bigint, so_espera boolean, quantos integer)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', d.id, 'regra', d.regra, 'tabela', d.tabela, 'registro_id', d.registro_id, 'status', d.status,
    'antes', audit_interno.conteudo_valores(d.valores_originais),
    'depois', audit_interno.conteudo_valores(coalesce(d.valores_digitados, d.valores_propostos)), 'confianca', d.confianca,
    'justificativa', d.justificativa, 'valor', audit_interno.centavos(d.valor_em_risco), 'motivo', d.motivo,
    'vezes', d.vezes_detectada, 'desde', d.detectada_em, 'link', audit_interno.pagina('?divergencia=' || d.id))
    order by d.valor_em_risco desc, d.id), '[]')
  from (
    select *
    from audit.divergencias_processadas d
    where d.sessao_ultima_id = conteudo_itens.sessao_id
      and (d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') or not so_espera and d.status = 'corrigida')
    order by d.valor_em_risco desc, d.id
    limit quantos
  ) as d
$$;
comment on function audit_interno.conteudo_itens(bigint, boolean, integer) is
  'JSON array of the findings with most at stake that the session saw: those that wait for a person and, unless so_espera, those corrected.';
--! EndIncluded correio/conteudo_itens.sql

--! Included correio/conteudo_controle.sql
-- Control totals: the sum of the window's amounts when the session began, the same window summed again now, and the part of
-- the difference that the images of audit.alteracoes explain. What is left is rows that something else changed or loaded
-- meanwhile. Of each table the window that medir_janela counted: the largest. Warehouse and images are of one snapshot. Part of
-- conteudo_mensagem.
create or replace function audit_interno.conteudo_controle(sessao_id bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_depois numeric;
  v_corrigido numeric;
  v_outras numeric;
begin
  select * into strict v_sessao from audit.sessoes_processamento s where s.id = conteudo_controle.sessao_id;
  with medida as (
    select distinct on (r.tabela) r as regra, audit_interno.relacao(r.tabela) as relacao, e.total_valor,
      audit_interno.janela_execucao(e.sessao_id, e.regra) as janela
    from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
    where e.sessao_id = v_sessao.id and e.linhas_examinadas is not null
    order by r.tabela, e.linhas_examinadas desc, e.total_valor desc nulls last
  ), somada as (
    select m.regra, m.relacao, m.janela, (m.regra).tabela, (m.regra).coluna_valor
    from medida m
    where m.total_valor is not null and (m.regra).coluna_valor is not null and m.relacao is not null
  ), alterada as (
    select s.tabela, d.registro_id, sum(x.diferenca) filter (where x.da_sessao) as corrigido,
      sum(x.diferenca) filter (where not x.da_sessao) as outras
    from somada s
    join audit.divergencias_processadas d on d.tabela = s.tabela
    join audit.alteracoes a on a.divergencia_id = d.id and a.antes ? s.coluna_valor
    join audit.operacoes o on o.id = a.operacao_id and o.iniciada_em >= v_sessao.inicio_processamento
    cross join lateral (select (a.depois ->> s.coluna_valor)::numeric - (a.antes ->> s.coluna_valor)::numeric as diferenca,
      o.sessao_id is not distinct from v_sessao.id and o.tipo in ('correcao', 'autoverificacao') as da_sessao) as x
    group by s.tabela, d.registro_id
  )
  select sum(l.depois), coalesce(sum(e.corrigido), 0), coalesce(sum(e.outras), 0)
  into v_depois, v_corrigido, v_outras
  from somada s
  cross join lateral audit_interno.ler(
    -- of the altered rows those that still lie in the window
    format('select (select coalesce(sum(t.%1$I), 0)::numeric from %2$s t where %3$s),
        array(select c.chave from unnest($2) as c (chave) where exists (select from %2$s t where t.%4$I = c.chave::%5$s and %3$s))',
      s.coluna_valor, audit_interno.nome_sql(s.relacao), audit_interno.condicao_janela(s.regra, s.janela),
      (s.regra).coluna_chave, audit_interno.tipo_coluna(s.relacao, (s.regra).coluna_chave)),
    s.janela, array(select a.registro_id from alterada a where a.tabela = s.tabela)) as l (depois numeric, dentro text[])
  left join lateral (
    select sum(a.corrigido) as corrigido, sum(a.outras) as outras
    from unnest(l.dentro) as c (chave) join alterada a on a.tabela = s.tabela and a.registro_id = c.chave
  ) as e on true;
  if v_depois is null or v_sessao.total_valor is null then
    return null; -- no rule measured an amount
  end if;
  return jsonb_build_object(
    'antes', audit_interno.centavos(v_sessao.total_valor),
    'depois', audit_interno.centavos(v_depois),
    'diferenca', audit_interno.centavos(v_depois - v_sessao.total_valor),
    'corrigido', audit_interno.centavos(v_corrigido),
    'outras', audit_interno.centavos(v_outras),
    'sem_explicacao', audit_interno.centavos(v_depois - v_sessao.total_valor - v_corrigido - v_outras));
end
$$;
comment on function audit_interno.conteudo_controle(bigint) is
  'JSON object of BRL texts: antes, depois, diferenca = corrigido (by the session) + outras (by people since) + sem_explicacao; null when nothing was measured.';
--! EndIncluded correio/conteudo_controle.sql

--! Included correio/conteudo_correio.sql
-- Messages of the day before, or of earlier, that did not go out as they should; so that a mailbox that works tells of one
-- that does not. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_correio(notificacao_id bigint, fuso text)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'tipo', n.tipo, 'assunto', n.assunto, 'status', n.status,
    'criada_em', n.criada_em, 'erro', n.ultimo_erro, 'recusados', n.recusados) order by n.id), '[]')
  from audit.notificacoes n
  where n.id < conteudo_correio.notificacao_id
    -- one may be given up days after it was caused
    and greatest(n.criada_em, n.ultima_tentativa, n.desistida_em) >= ((now() at time zone conteudo_correio.fuso)::date - 1)::timestamp at time zone conteudo_correio.fuso
    and (n.status = 'falhou' or n.recusados <> '{}' or n.status = 'composta' and n.ultimo_erro is not null)
$$;
comment on function audit_interno.conteudo_correio(bigint, text) is
  'JSON array of messages caused, tried or given up since yesterday that failed, were refused by some recipient, or still wait after a failed attempt.';
--! EndIncluded correio/conteudo_correio.sql

--! Included correio/conteudo_ausencia.sql
-- What is known when no session of a day has ended in time. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_ausencia(dia date, fuso text)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'dia', conteudo_ausencia.dia,
    'prevista', audit_interno.hora_prevista(audit_interno.configuracao('agenda.cron') #>> '{}', conteudo_ausencia.dia),
    'prazo', audit_interno.configuracao('agenda.prazo') #>> '{}',
    'ultima', (
      select jsonb_build_object('id', s.id, 'status', s.status, 'fim', s.fim_processamento, 'mensagem', s.mensagem)
      from audit.sessoes_processamento s
      where s.status not in ('agendada', 'em_andamento') and s.incremental
      order by s.fim_processamento desc limit 1),
    'em_curso', (
      select jsonb_build_object('id', s.id, 'status', s.status, 'etapa', s.etapa, 'solicitada_em', s.solicitada_em,
        'ultima_atividade', s.ultima_atividade)
      from audit.sessoes_processamento s
      where s.status in ('agendada', 'em_andamento')
      order by s.id desc limit 1),
    'erro_agenda', (
      select a.erro_mensagem from audit.agendamentos a
      where a.previsto_para >= conteudo_ausencia.dia::timestamp at time zone conteudo_ausencia.fuso
      order by a.previsto_para desc limit 1))
$$;
comment on function audit_interno.conteudo_ausencia(date, text) is
  'JSON object: day, due time and deadline, the last session that ended, one that is queued or under way, and why the schedule could not queue one.';
--! EndIncluded correio/conteudo_ausencia.sql

--! Included correio/conteudo_mensagem.sql
-- All facts of one message, decided here; templates only show them.
create or replace function audit_interno.conteudo_mensagem(notificacao_id bigint)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aviso audit.notificacoes;
  v_sessao audit.sessoes_processamento;
  v_fuso text := audit.fuso();
  v_itens integer := (audit_interno.configuracao('correio.itens') #>> '{}')::integer;
  v_conteudo jsonb;
begin
  select * into strict v_aviso from audit.notificacoes n where n.id = conteudo_mensagem.notificacao_id;
  v_conteudo := jsonb_build_object(
    'tipo', v_aviso.tipo, 'idioma', audit_interno.configuracao('correio.idioma') #>> '{}', 'fuso', v_fuso,
    'gerado_em', clock_timestamp(), 'criada_em', v_aviso.criada_em,
    'link', audit_interno.pagina(coalesce('?sessao=' || v_aviso.sessao_id, '')),
    'cadeia', (select jsonb_build_object('elo', c.elo, 'selo', encode(c.selo, 'hex')) from audit_interno.cadeia c),
    'correio', audit_interno.conteudo_correio(v_aviso.id, v_fuso));
  if v_aviso.tipo = 'ausencia' then
    return v_conteudo || jsonb_build_object('ausencia', audit_interno.conteudo_ausencia(v_aviso.dia, v_fuso));
  end if;
  if v_aviso.sessao_id is null then -- the schedule could not even queue one
    return v_conteudo || jsonb_build_object('agendamento', (
      select jsonb_build_object('previsto_para', a.previsto_para, 'tentativas', a.tentativas, 'codigo', a.erro_codigo, 'mensagem', a.erro_mensagem)
      from audit.agendamentos a
      where a.agendado_em <= v_aviso.criada_em + interval '1 minute' or a.erro_codigo is not null
      order by a.previsto_para desc limit 1));
  end if;
  select * into strict v_sessao from audit.sessoes_processamento s where s.id = v_aviso.sessao_id;
  v_conteudo := v_conteudo || jsonb_build_object(
    'estado', case v_sessao.status when 'concluida' then 'feito' when 'concluida_com_falhas' then 'lacunas' else 'falhou' end,
    'sessao', audit_interno.conteudo_sessao(v_sessao.id),
    'lacunas', audit_interno.conteudo_lacunas(v_sessao.id),
    'espera', audit_interno.conteudo_espera(v_fuso),
    'desfeitas', audit_interno.conteudo_desfeitas(v_sessao.id),
    'itens', audit_interno.conteudo_itens(v_sessao.id, v_aviso.tipo = 'divergencias', v_itens));
  if v_aviso.tipo = 'resumo' then
    v_conteudo := v_conteudo || jsonb_build_object('regras', audit_interno.conteudo_regras(v_sessao.id, v_fuso));
    begin
      v_conteudo := v_conteudo || jsonb_build_object('controle', audit_interno.conteudo_controle(v_sessao.id));
    exception when others then -- the warehouse may be what is broken, and the digest must go out all the same
      if audit_interno.falha_de_quem(sqlstate) in ('sessao', 'servidor') then
        raise;
      end if;
      v_conteudo := v_conteudo || jsonb_build_object('controle', jsonb_build_object('erro', sqlerrm));
    end;
  elsif v_aviso.tipo = 'divergencias' then
    v_conteudo := v_conteudo || jsonb_build_object('pedem', (
      select jsonb_build_object('total', count(*), 'valor', audit_interno.centavos(coalesce(sum(d.valor_em_risco), 0)),
        'novas', count(*) filter (where d.vezes_detectada = 1))
      from audit.divergencias_processadas d
      where d.sessao_ultima_id = v_sessao.id and d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha')));
  end if;
  return v_conteudo;
end
$$;
comment on function audit_interno.conteudo_mensagem(bigint) is 'JSON object with all that a message says, as of now.';
--! EndIncluded correio/conteudo_mensagem.sql

--! Included correio/preparar_mensagem.sql
-- First half of composing: takes the row, and gives the facts. Who comes second waits, and then gets no row.
create or replace function audit_interno.preparar_mensagem(notificacao_id bigint)
returns table (tipo text, conteudo jsonb)
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from audit.notificacoes n where n.id = preparar_mensagem.notificacao_id and n.status = 'pendente' for update;
  if found then
    return query select n.tipo, audit_interno.conteudo_mensagem(n.id) from audit.notificacoes n where n.id = preparar_mensagem.notificacao_id;
  end if;
end
$$;
comment on function audit_interno.preparar_mensagem(bigint) is 'Kind and facts of a message that is still pendente; no row when it is not.';
grant execute on function audit_interno.preparar_mensagem(bigint) to conferente_servico;
--! EndIncluded correio/preparar_mensagem.sql

--! Included correio/compor_mensagem.sql
-- Second half of composing, in the same transaction: fixes recipients, sender, subject, Message-ID and facts, and queues the
-- sending. From here on every attempt sends the same message.
create or replace function audit_interno.compor_mensagem(notificacao_id bigint, conteudo jsonb, assunto text)
returns audit.notificacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aviso audit.notificacoes;
  v_remetente text := audit_interno.configuracao('correio.remetente') #>> '{}';
begin
  update audit.notificacoes n
  set destinatarios = d.lista, remetente = v_remetente, assunto = compor_mensagem.assunto, composta_em = clock_timestamp(),
    status = case when d.lista = '{}' then 'dispensada' else 'composta' end,
    ultimo_erro = case when d.lista = '{}' then 'nenhum destinatário configurado' end,
    conteudo = compor_mensagem.conteudo,
    identificador = format('<conferente.%s.%s@%s>', n.id, gen_random_uuid(), rtrim(split_part(v_remetente, '@', 2), '>')),
    proxima_tentativa = case when d.lista <> '{}' then clock_timestamp() end
  from audit_interno.destinatarios((select x.tipo from audit.notificacoes x where x.id = compor_mensagem.notificacao_id)) as d (lista)
  where n.id = compor_mensagem.notificacao_id and n.status = 'pendente'
  returning n.* into v_aviso;
  if v_aviso.status = 'composta' then
    perform graphile_worker.add_job('enviar_mensagem', json_build_object('notificacao_id', v_aviso.id),
      job_key => 'enviar_mensagem:' || v_aviso.id, priority => -10); -- before the parts of a long session
  end if;
  return v_aviso;
end
$$;
comment on function audit_interno.compor_mensagem(bigint, jsonb, text) is 'Marks a message as composed and queues its sending; returns its row, nulls when it was not pendente.';
grant execute on function audit_interno.compor_mensagem(bigint, jsonb, text) to conferente_servico;
--! EndIncluded correio/compor_mensagem.sql

--! Included correio/iniciar_envio.sql
-- Before each attempt to send: the message is this connection's until registrar_envio or its end, and the attempt is counted
-- before anything leaves.
create or replace function audit_interno.iniciar_envio(
  notificacao_id bigint, out situacao text, out faltam text[], out destinatarios text[], out remetente text, out assunto text, out identificador text,
  out conteudo jsonb, out sessao_id bigint, out composta_em timestamptz
)
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aviso audit.notificacoes;
begin
  if not audit_interno.tomar_posse('envio ' || notificacao_id) then
    situacao := 'ocupada';
    return;
  end if;
  -- looked at only now: who had it before us may have sent it
  update audit.notificacoes n set tentativas = n.tentativas + 1, ultima_tentativa = clock_timestamp()
  where n.id = iniciar_envio.notificacao_id and n.status = 'composta'
  returning n.* into v_aviso;
  if not found then
    perform audit_interno.largar_posse('envio ' || notificacao_id);
    situacao := 'nada';
    return;
  end if;
  situacao := 'enviar';
  faltam := array(
    select e from unnest(v_aviso.destinatarios) with ordinality as x (e, n)
    where e <> all (v_aviso.entregues) and not v_aviso.recusados ? e
    order by n);
  remetente := v_aviso.remetente;
  assunto := v_aviso.assunto;
  identificador := v_aviso.identificador;
  conteudo := v_aviso.conteudo;
  sessao_id := v_aviso.sessao_id;
  destinatarios := v_aviso.destinatarios;
  composta_em := v_aviso.composta_em;
end
$$;
comment on function audit_interno.iniciar_envio(bigint) is
  'situacao: enviar (to the recipients in faltam; registrar_envio must follow), ocupada (another process is sending it) or nada (not to be sent).';
grant execute on function audit_interno.iniciar_envio(bigint) to conferente_servico;
--! EndIncluded correio/iniciar_envio.sql

--! Included correio/registrar_envio.sql
-- After each attempt: what came of it, and whether there will be another. Lets go of the message.
create or replace function audit_interno.registrar_envio(
  notificacao_id bigint, entregues text[], recusados jsonb, erro text, definitivo boolean
)
returns audit.notificacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aviso audit.notificacoes;
begin
  update audit.notificacoes n
  set entregues = n.entregues || registrar_envio.entregues, recusados = n.recusados || registrar_envio.recusados,
    ultimo_erro = coalesce(registrar_envio.erro, case when n.recusados || registrar_envio.recusados <> '{}' then
      'recusados: ' || (select string_agg(r.key || ' (' || (r.value #>> '{}') || ')', '; ' order by r.key)
        from jsonb_each(n.recusados || registrar_envio.recusados) as r) end)
  where n.id = registrar_envio.notificacao_id and n.status = 'composta'
  returning * into v_aviso;
  if found then
    update audit.notificacoes n
    set (status, enviada_em, desistida_em, proxima_tentativa) = (
      select f.novo, case when n.entregues <> '{}' then coalesce(n.enviada_em, clock_timestamp()) end,
        case f.novo when 'falhou' then clock_timestamp() end,
        -- as graphile-worker spaces its own attempts
        case f.novo when 'composta' then clock_timestamp() + exp(least(10, n.tentativas)) * interval '1 second' end
      from (
        select case when count(*) > 0 and not definitivo then 'composta' when n.entregues = '{}' or count(*) > 0 then 'falhou'
          else 'enviada' end as novo
        from unnest(n.destinatarios) as e where e <> all (n.entregues) and not n.recusados ? e
      ) as f)
    where n.id = v_aviso.id
    returning * into v_aviso;
  end if;
  perform audit_interno.largar_posse('envio ' || notificacao_id);
  return v_aviso;
end
$$;
comment on function audit_interno.registrar_envio(bigint, text[], jsonb, text, boolean) is
  'Records an attempt: addresses served, address to answer of those refused for good, the error, and whether to give up. Returns the row.';
grant execute on function audit_interno.registrar_envio(bigint, text[], jsonb, text, boolean) to conferente_servico;
--! EndIncluded correio/registrar_envio.sql

--! Included correio/mensagens_devidas.sql
-- Messages of some kinds that are to be composed or sent now, for a process that does so without a worker.
create or replace function audit_interno.mensagens_devidas(tipos text[], agora timestamptz default clock_timestamp())
returns table (notificacao_id bigint, status text, tentativas integer)
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select n.id, n.status, n.tentativas
  from audit.notificacoes n
  where n.tipo = any (mensagens_devidas.tipos) and n.status in ('pendente', 'composta')
    and coalesce(n.proxima_tentativa, n.criada_em) <= mensagens_devidas.agora
  order by n.id
$$;
comment on function audit_interno.mensagens_devidas(text[], timestamptz) is 'Ids, states and attempts so far, oldest first.';
grant execute on function audit_interno.mensagens_devidas(text[], timestamptz) to conferente_servico;
--! EndIncluded correio/mensagens_devidas.sql

--! Included correio/encerrar_mensagens.sql
-- Messages that would wait for ever: the last attempt of their job is used up, and nobody was left to record it, because the
-- process was killed in it or because it could never be composed. Called by the worker at every tick.
create or replace function audit_interno.encerrar_mensagens()
returns setof audit.notificacoes
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit.notificacoes n
  set status = 'falhou', proxima_tentativa = null, desistida_em = clock_timestamp(), ultimo_erro = case n.status
    when 'pendente' then coalesce('não foi composta: ' || j.last_error, 'não foi composta: o processo morreu na última tentativa')
    else concat_ws('; ', n.ultimo_erro, 'o processo morreu na última tentativa, e o servidor pode já ter a mensagem') end
  from graphile_worker.jobs j
  where n.status in ('pendente', 'composta') and j.attempts >= j.max_attempts and j.locked_at is null
    and j.key = case n.status when 'pendente' then 'compor_mensagem:' else 'enviar_mensagem:' end || n.id
    -- somebody without a worker may be sending it just now
    and not audit_interno.possuida('envio ' || n.id)
  returning n.*
$$;
comment on function audit_interno.encerrar_mensagens() is 'Gives up the messages whose job will never run again; returns them.';
--! EndIncluded correio/encerrar_mensagens.sql

--! Included correio/conteudo_desfeitas.sql
-- What a session saw undone from outside: by rule and load, and what became of it. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_desfeitas(sessao_id bigint)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'total', s.desfeitas, 'refeitas', s.refeitas, 'paradas', audit_interno.desfeitas_paradas(s.id),
    'vezes', audit_interno.configuracao('sessao.desfeitas_maximo') #> '{}',
    'ausentes', c.ausentes, 'cargas', c.cargas, 'outras', greatest(c.quantas - 10, 0), 'link', audit_interno.pagina('?sessao=' || s.id))
  from audit.sessoes_processamento s
  cross join lateral (
    select coalesce(sum(d.ausentes), 0) as ausentes, count(*) as quantas, coalesce(jsonb_agg(
      jsonb_build_object('regra', d.regra, 'carga', d.carga, 'quantas', d.quantas) order by d.ordem) filter (where d.ordem <= 10), '[]') as cargas
    from (
      select x.*, row_number() over (order by x.quantas desc, x.regra, x.carga) as ordem
      from audit_interno.desfeitas_por_carga(s.id) x
    ) as d
  ) as c
  where s.id = conteudo_desfeitas.sessao_id and s.desfeitas > 0
$$;
comment on function audit_interno.conteudo_desfeitas(bigint) is
  'JSON object: total, refeitas (made again by this session), paradas (undone too often: they wait for a person), vezes (how often is too often), ausentes (the row is gone), cargas (regra, carga: the hour of the load or null, quantas; the ten largest), outras (further loads), link; null when nothing was undone.';
--! EndIncluded correio/conteudo_desfeitas.sql

--! Included consulta/permissoes.sql
-- What the reading roles may read: all of schema audit. Writing goes through functions alone.
grant select on all tables in schema audit to conferente_leitor;
revoke insert, update, delete, truncate on all tables in schema audit from public, conferente_leitor, conferente_revisor,
  conferente_operador, conferente_administrador;
-- Who holds a token concerns those who issue them.
revoke select on audit.tokens, audit.revogacoes from conferente_leitor;
grant select on audit.tokens, audit.revogacoes to conferente_administrador;
-- what rules learn from and go by, beside the warehouse itself
grant select on audit.regras, audit.padroes_trade_marketing, audit.divergencias_processadas, audit.alteracoes, audit.decisoes
  to conferente_regra;
--! EndIncluded consulta/permissoes.sql

--! Included regras/texto_casa.sql
-- Whether a folded text matches any of many marketing patterns: the quick filter first, then the expression that decides; then
-- the expression of those that have no filter. A null expression folds its arm away. Touches nothing; inlined by the planner.
-- Called by the parts of regras.trade_marketing, with what filtro_padroes and expressao_padroes give.
create or replace function regras.texto_casa(dobrado text, filtro text[], filtravel text, sem_filtro text) returns boolean
language sql immutable parallel safe
return coalesce(dobrado like any (filtro) and dobrado ~* filtravel, false) or coalesce(dobrado ~* sem_filtro, false);

comment on function regras.texto_casa(text, text[], text, text) is
  'Whether a folded text matches one of the marketing patterns, given as quick filters, their expression, and the expression of those without a filter; false for nulls.';
revoke execute on function regras.texto_casa(text, text[], text, text) from public;
--! EndIncluded regras/texto_casa.sql

--! Included regras/inicio_fornecedor.sql
-- The first eight positions of a supplier's code without punctuation, lower case: equal for all codes of one company, and few
-- others. Empty where there is no code. replace is a byte search: four of them cost a third of one translate. Touches nothing;
-- inlined by the planner. Called by regras.chave_duplicidade for every entry that is read, and by
-- historico_marketing.
create or replace function regras.inicio_fornecedor(codigo text) returns text
language sql immutable parallel safe
return coalesce(pg_catalog.lower(pg_catalog.left(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
  codigo, '.', ''), '/', ''), '-', ''), ' ', ''), 8)), '');

comment on function regras.inicio_fornecedor(text) is
  'First eight positions of a supplier code without punctuation, lower case; empty where there is none.';
revoke execute on function regras.inicio_fornecedor(text) from public;
--! EndIncluded regras/inicio_fornecedor.sql

--! Included correcao/ainda_apontadas.sql
-- The first look of verification: which rows a rule still points at. Nearly always none, and then nothing else need be
-- done: no finding is taken down, checked or compared. Called by autoverificar_lote.
create or replace function audit_interno.ainda_apontadas(regra audit.regras, janela audit.janela)
returns text[]
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_apontadas text[];
begin
  -- a finding without a key is for levantar_achados to refuse, which sees it only among all of them
  select a.chaves into v_apontadas
  from audit_interno.ler(format('select case when bool_or(a.registro_id is null) then $1.chaves else array_agg(distinct a.registro_id) end from %s($1) as a',
    audit_interno.chamada_sql(regra.funcao)), janela) as a (chaves text[]);
  return v_apontadas;
end
$$;
comment on function audit_interno.ainda_apontadas(audit.regras, audit.janela) is 'Those of the window''s keys that the rule finds something at; null when none.';
--! EndIncluded correcao/ainda_apontadas.sql

--! Included correcao/adiaveis.sql
-- What the warehouse may check at commit only, as a door fires it there and then (audit_interno.escrever): first the names of the
-- constraints of a relation, and of what lies below it, and of all others outside our schemas that wait unless told otherwise, for a
-- trigger may feed any table; then those of them that wait again afterwards, for the next write. Quoted, separated by commas; null
-- when there are none. What conferente_escrita may not name is left out: see fora_do_alcance, and audit_interno.reabrir_porta.
create or replace function audit_interno.adiaveis(relacao regclass)
returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select array[string_agg(distinct format('%I.%I', n.nspname, c.conname), ', '),
    string_agg(distinct format('%I.%I', n.nspname, c.conname), ', ') filter (where c.condeferred)]
  from pg_constraint c join pg_namespace n on n.oid = c.connamespace
  where c.condeferrable
    and (c.conrelid in (select audit_interno.relacoes_abaixo(relacao)) or c.confrelid in (select audit_interno.relacoes_abaixo(relacao))
      or c.condeferred and n.nspname not in ('audit', 'audit_interno', 'graphile_worker')
        and has_schema_privilege('conferente_escrita', n.oid, 'usage'))
$$;
comment on function audit_interno.adiaveis(regclass) is 'Deferrable constraints to be checked after a write to a relation, and those of them to be deferred again.';

-- Which schemas of a relation's constraints conferente_escrita may not even name, in one sentence with the grant that mends it, or null: what
-- they check, or change, at the commit could not be seen before it. Called before a batch is applied.
create or replace function audit_interno.fora_do_alcance(relacao regclass)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'o armazém confere ou muda algo só ao confirmar, onde não se vê: ' || string_agg(distinct format('grant usage on schema %I to conferente_escrita', n.nspname), '; ')
  from pg_constraint c join pg_namespace n on n.oid = c.connamespace
  where c.condeferrable and (c.conrelid in (select audit_interno.relacoes_abaixo(relacao)) or c.confrelid in (select audit_interno.relacoes_abaixo(relacao)))
    and not has_schema_privilege('conferente_escrita', n.oid, 'usage')
$$;
comment on function audit_interno.fora_do_alcance(regclass) is 'Why what a relation defers cannot be looked at before the commit, or null.';
--! EndIncluded correcao/adiaveis.sql

--! Included correcao/colunas_guardadas.sql
-- Columns that must hold after a write what they held before it: of dw.lancamentos those of the contract, of another relation all;
-- without those that are written, generated ones, and those that the rule registers as moving along.
create or replace function audit_interno.colunas_guardadas(regra audit.regras, escritas text[])
returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(a.attname::text order by a.attname), '{}')
  from pg_attribute a
  where a.attrelid = audit_interno.relacao(regra.tabela) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    and a.attname <> all (escritas || regra.colunas_acompanham)
    and (regra.tabela <> 'dw.lancamentos' or a.attname = any (array['id', 'data_lancamento', 'carregado_em', 'filial', 'centro_custo',
      'conta_contabil', 'categoria', 'fornecedor_id', 'fornecedor', 'documento', 'descricao', 'valor', 'valor_documento', 'valor_desconto']))
$$;
comment on function audit_interno.colunas_guardadas(audit.regras, text[]) is 'Columns of the rule''s relation that a write of these columns must leave alone.';
--! EndIncluded correcao/colunas_guardadas.sql

--! Included correcao/descrever_infiel.sql
-- In one sentence: what was asked of a row, what is there after the warehouse wrote it, and how to mend that. Called by
-- aplicar_grupo of rows that are then undone.
create or replace function audit_interno.descrever_infiel(pedido jsonb, agora jsonb, outras jsonb, outras_agora jsonb)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select concat('desfeita: o armazém não gravou o que foi pedido', (
      select '; ' || string_agg(format('em %s foi pedido %s, e ficou %s', p.key, p.value, coalesce(agora -> p.key, 'null')), ', ' order by p.key)
      from jsonb_each(pedido) as p where rtrim(p.value #>> '{}') is distinct from rtrim(agora ->> p.key) and agora is not null
      having count(*) > 0), (
      select '; mudou junto: ' || string_agg(format('%s de %s para %s', o.key, o.value, coalesce(outras_agora -> o.key, 'null')), ', ' order by o.key)
      from jsonb_each(outras) as o where o.value is distinct from outras_agora -> o.key and outras_agora is not null
      having count(*) > 0),
    case when agora is null then '; o registro sumiu da visão' end,
    '. Corrija o gatilho ou a regra da visão (conferente diagnostico experimenta cada coluna)')
$$;
comment on function audit_interno.descrever_infiel(jsonb, jsonb, jsonb, jsonb) is 'Sentence on a write that the warehouse did not make as asked.';
--! EndIncluded correcao/descrever_infiel.sql

--! Included correcao/falta_na_relacao.sql
-- What a rule's relation lacks for a write, in one sentence, or null: it was dropped, or a column of it was dropped or renamed,
-- since the finding. Called before a batch is applied.
create or replace function audit_interno.falta_na_relacao(regra audit.regras, colunas text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when audit_interno.relacao(regra.tabela) is null then format('a tabela %s não existe mais', regra.tabela)
    else (
      select format('a tabela %s não tem mais a(s) coluna(s) %s', regra.tabela, string_agg(distinct c, ', ' order by c))
      from unnest(colunas || regra.colunas_identidade || regra.coluna_chave) as c
      where not exists (
        select from pg_attribute a
        where a.attrelid = audit_interno.relacao(regra.tabela) and a.attname = c and a.attnum > 0 and not a.attisdropped)
      having count(*) > 0)
  end
$$;
comment on function audit_interno.falta_na_relacao(audit.regras, text[]) is 'Why these columns of the rule''s relation cannot be written, or null.';
--! EndIncluded correcao/falta_na_relacao.sql

--! Included correcao/travar_grupo.sql
-- Locks the rows of a group that still are what it is based on, and keeps what must not move along. Where a view's rows cannot be
-- locked (an outer join, a grouping), its tables are kept from other writers until the batch is committed. Called by aplicar_grupo
-- where what was written is read again.
create or replace function audit_interno.travar_grupo(tabela text, chave text, guarda text, outras text, ids bigint[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_leitura text := format('select l.divergencia_id, %s from %s t, pg_temp.conferente_lote l where l.divergencia_id = any ($1) and %s and %s',
    outras, tabela, chave, guarda);
begin
  update pg_temp.conferente_lote l set outras = null where l.divergencia_id = any (travar_grupo.ids) and l.outras is not null;
  begin
    update pg_temp.conferente_lote l set outras = x.outras
    from audit_interno.escrever(v_leitura || ' for update of t', ids) as x (divergencia_id bigint, outras jsonb)
    where l.divergencia_id = x.divergencia_id;
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  exception when feature_not_supported then
    perform from audit_interno.escrever(format('select 1'), null, null, format('lock table %s in share row exclusive mode', tabela)) as x (um integer);
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
    update pg_temp.conferente_lote l set outras = x.outras
    from audit_interno.escrever(v_leitura, ids) as x (divergencia_id bigint, outras jsonb)
    where l.divergencia_id = x.divergencia_id;
    perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  end;
end
$$;
comment on function audit_interno.travar_grupo(text, text, text, text, bigint[]) is
  'Locks rows for a group of pg_temp.conferente_lote and fills outras; rows that moved are left without.';
--! EndIncluded correcao/travar_grupo.sql

--! Included correcao/desconhecidas.sql
-- Which of these findings propose, for a column of text, a value that the ledger does not know: no row holds it but those that we
-- corrected to it ourselves, and nobody ever approved it. Such a value may be a label of ours that the ledger writes otherwise, so it
-- is a person's to write first. Each distinct value is looked for once: among the first ten rows that hold it, and only where all ten
-- are our own corrections among all. Reads the warehouse as conferente_regra; changes nothing. Called where auto chooses.
create or replace function audit_interno.desconhecidas(ids bigint[])
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_coluna record;
  v_limite integer;
  v_procurados text[];
  v_achados text[];
  v_desconhecidos jsonb := jsonb_build_array(); -- [table, column, value]
begin
  for v_coluna in -- a turn for each column
    select c.tabela, c.coluna, c.chave, c.valores
    from (
      select d.tabela, p.key as coluna, min(r.coluna_chave) as chave, array_agg(distinct p.value) as valores
      from audit.divergencias_processadas d
      join audit.regras r on r.nome = d.regra
      cross join lateral jsonb_each_text(d.valores_propostos) as p
      where d.id = any (desconhecidas.ids) and p.value is not null
      group by d.tabela, p.key
      offset 0 -- types are looked up of the columns, not of each finding
    ) as c
    join pg_type t on t.oid = audit_interno.tipo_base(audit_interno.relacao(c.tabela), c.coluna) and t.typcategory = 'S'
  loop
    v_procurados := v_coluna.valores;
    foreach v_limite in array array[10, null] loop
      exit when v_procurados = '{}';
      with lido as (
        select x.valor, x.chaves
        from audit_interno.ler(format(
          'select v.valor, array(select t.%I::text from %s t where t.%I = v.valor::%s %s) from unnest($2) as v (valor)',
          v_coluna.chave, audit_interno.nome_sql(audit_interno.relacao(v_coluna.tabela)), v_coluna.coluna,
          audit_interno.tipo_coluna(audit_interno.relacao(v_coluna.tabela), v_coluna.coluna), 'limit ' || v_limite), null, v_procurados)
          as x (valor text, chaves text[])
      ), alheio as (
        select l.valor, cardinality(l.chaves) as quantas, exists (
          select from unnest(l.chaves) as c where not exists (
            select from audit.divergencias_processadas d
            join audit.alteracoes a on a.divergencia_id = d.id and a.reverte_operacao_id is null
            where d.registro_id = c and d.tabela = v_coluna.tabela and a.depois ->> v_coluna.coluna = l.valor)) as conhecido
        from lido l
      )
      select coalesce(array_agg(h.valor) filter (where not h.conhecido and h.quantas = v_limite), '{}'),
        coalesce(array_agg(h.valor) filter (where not h.conhecido and h.quantas is distinct from v_limite), '{}')
      into v_procurados, v_achados
      from alheio h;
      v_desconhecidos := v_desconhecidos || coalesce((
        select jsonb_agg(jsonb_build_array(v_coluna.tabela, v_coluna.coluna, a)) from unnest(v_achados) as a), '[]');
    end loop;
  end loop;
  if v_desconhecidos = '[]' then
    return;
  end if;

  return query
  with desconhecido as (
    select u.valor ->> 0 as tabela, u.valor ->> 1 as coluna, u.valor ->> 2 as valor from jsonb_array_elements(v_desconhecidos) as u (valor)
  ), aprovado as (
    select distinct u.tabela, u.coluna, u.valor
    from desconhecido u
    join audit.divergencias_processadas d on d.tabela = u.tabela and d.status not in ('rejeitada', 'revertida')
      and coalesce(d.valores_digitados, d.valores_propostos) ->> u.coluna = u.valor
    where exists (
      select from audit.decisoes s where s.divergencia_id = d.id and s.tipo in ('aprovacao', 'segunda_aprovacao'))
  )
  select d.id
  from audit.divergencias_processadas d
  where d.id = any (desconhecidas.ids) and exists (
    select from (select * from desconhecido except select * from aprovado) as u
    where u.tabela = d.tabela and d.valores_propostos ->> u.coluna = u.valor);
end
$$;
comment on function audit_interno.desconhecidas(bigint[]) is 'Those of the findings that propose a text which the ledger does not know.';
--! EndIncluded correcao/desconhecidas.sql

--! Included correcao/fechar_superadas.sql
-- After a batch of corrections: other findings that wait on the rows it changed, and that these corrections have made moot, close
-- at once and say by what. Their rules run again over these rows alone; of a rule that does not decide by what was changed, or
-- that still finds the same there, nothing is closed. A rule that fails here fails in its own next session, not in this correction.
-- Not counted as mended elsewhere. Called by audit_interno.corrigir_lote and audit.aprovar_divergencias once the findings have their
-- new status.
create or replace function audit_interno.fechar_superadas(operacao_id bigint)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_regra audit.regras;
  v_chaves text[];
  v_fechadas bigint;
begin
  drop table if exists pg_temp.conferente_superada;
  create temp table conferente_superada on commit drop as
  select d.id, d.regra, d.registro_id, d.tipo, min(c.regra) as por
  from audit.alteracoes a
  join audit.divergencias_processadas c on c.id = a.divergencia_id and c.status = 'corrigida'
  cross join lateral (
    -- looked up by the row, as the index divergencias_processadas_vivas has it, whatever the statistics say
    select x.id, x.regra, x.tabela, x.registro_id, x.status, x.evidencia ->> 'tipo' as tipo
    from audit.divergencias_processadas x
    where x.registro_id = c.registro_id
      and (x.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha') or x.valores_digitados is not null)
    offset 0
  ) as d
  join audit.regras r on r.nome = d.regra
  where a.operacao_id = fechar_superadas.operacao_id and a.reverte_operacao_id is null
    and d.tabela = c.tabela and d.id <> c.id and d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha')
    and r.colunas && array(select jsonb_object_keys(a.depois))
  group by d.id, d.regra, d.registro_id, d.tipo;
  if not exists (select from pg_temp.conferente_superada) then
    return 0;
  end if;

  for v_regra in -- one turn for each rule that has a word on these rows
    select r.* from audit.regras r where r.nome in (select s.regra from pg_temp.conferente_superada s) order by r.nome
  loop
    select array_agg(distinct s.registro_id) into v_chaves from pg_temp.conferente_superada s where s.regra = v_regra.nome;
    begin
      perform audit_interno.levantar_achados(v_regra, row(null, null, null, null, v_chaves)::audit.janela);
    exception when others then
      delete from pg_temp.conferente_superada s where s.regra = v_regra.nome;
      continue;
    end;
    delete from pg_temp.conferente_superada s
    using pg_temp.conferente_achado b
    where s.regra = v_regra.nome and b.registro_id = s.registro_id and b.evidencia ->> 'tipo' is not distinct from s.tipo;
  end loop;

  with livre as (
    select d.id from audit.divergencias_processadas d
    where d.id in (select s.id from pg_temp.conferente_superada s) and d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha')
    order by d.id
    for update skip locked -- what a reviewer is deciding at this moment is the reviewer's
  )
  update audit.divergencias_processadas d
  set status = 'resolvida', motivo = format('o registro foi corrigido pela regra %s, operação %s', s.por, fechar_superadas.operacao_id),
    decidida_em = clock_timestamp(), decidida_por = 'conferente'
  from livre l join pg_temp.conferente_superada s on s.id = l.id
  where d.id = l.id;
  get diagnostics v_fechadas = row_count;
  return v_fechadas;
end
$$;
comment on function audit_interno.fechar_superadas(bigint) is 'Closes as resolvida what the corrections of this operation made moot; returns how many.';
--! EndIncluded correcao/fechar_superadas.sql

--! Included regras/ajustar_lambdas.sql
-- Fits the weight of the words and the account in each class of regras.classe_apoio: the one of a grid under which the
-- right categories of the back-test were most probable; a class seen in fewer than a hundred entries keeps its default. Of the
-- back-test's entries at most so many are read (amostra). Reads estatistica_pergunta; writes estatistica_peso. Called by
-- regras.calibrar_historia, after the strengths of the levels are known and before the calibration.
create or replace function regras.ajustar_lambdas(amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  delete from regras.estatistica_peso p where p.nome like 'lambda\_%';

  with pergunta as materialized (
    select q.classe, q.bases, q.palavras, array_position(q.categorias, q.certa) as certa,
      -- scores are told apart by their difference; the largest is about here, and exp() of it in range
      q.bases[1] as base, q.palavras[1] as palavra
    from (
      select x.*, dense_rank() over (order by hashtextextended(x.id, 1)) as sorte from regras.estatistica_pergunta x
    ) q
    where q.sorte <= amostra
  ), peso as (
    -- for each weight tried, how probable it makes the right category
    -- (of one that was not among the categories the least: next to nought)
    select p.classe, g.lambda, count(*) as casos, sum(ln(0.001 + 0.999
      * exp(least(greatest(p.bases[p.certa] - p.base + g.lambda * (p.palavras[p.certa] - p.palavra), -300), 300)) / n.soma)) as verossimilhanca
    from pergunta p
    cross join unnest('{0, 0.03, 0.06, 0.1, 0.2, 0.35, 0.6, 1}'::double precision[]) g (lambda)
    cross join lateral (
      select sum(exp(least(greatest(c.base - p.base + g.lambda * (c.palavra - p.palavra), -300), 300))) as soma
      from unnest(p.bases, p.palavras) c (base, palavra)
    ) n
    group by p.classe, g.lambda
  )
  insert into regras.estatistica_peso (nome, peso)
  select distinct on (v.classe) 'lambda_' || v.classe, v.lambda
  from peso v
  where v.casos >= 100
  order by v.classe, v.verossimilhanca desc, v.lambda;
end
$$;

comment on function regras.ajustar_lambdas(int) is 'Fits the weight of words and account in each class of knowledge on the ledger''s own past.';
revoke execute on function regras.ajustar_lambdas(int) from public;
--! EndIncluded regras/ajustar_lambdas.sql

--! Included regras/resolver_sistema.sql
-- Solves a system of linear equations with a symmetric positive definite matrix (no pivoting needed) by Gauss-Jordan elimination.
-- Its loops go over unknowns, of which there are a handful. Touches nothing. Called by regras.ajustar_curvas.
create or replace function regras.resolver_sistema(matriz double precision[], lado double precision[]) returns double precision[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_n constant int := cardinality(lado);
  v_fator double precision;
begin
  for i in 1..v_n loop
    for j in 1..v_n loop
      continue when j = i;
      v_fator := matriz[j][i] / matriz[i][i];
      for k in i..v_n loop
        matriz[j][k] := matriz[j][k] - v_fator * matriz[i][k];
      end loop;
      lado[j] := lado[j] - v_fator * lado[i];
    end loop;
  end loop;
  return array(select lado[i] / matriz[i][i] from generate_series(1, v_n) i order by i);
end
$$;

comment on function regras.resolver_sistema(double precision[], double precision[]) is
  'Unknowns of a system of linear equations: a symmetric positive definite matrix by rows, and its right side.';
revoke execute on function regras.resolver_sistema(double precision[], double precision[]) from public;
--! EndIncluded regras/resolver_sistema.sql

--! Included regras/chave_duplicidade.sql
-- Amount without sign and begin of the supplier's code as one number: equal for the same document booked twice, and few others.
-- A number because one is kept for each entry of the window: half the memory of the two, and no disk. Touches nothing; inlined by
-- the planner. Called by regras.duplicidades for every entry it reads.
create or replace function regras.chave_duplicidade(valor numeric, codigo text) returns bigint
language sql immutable parallel safe
return pg_catalog.hash_numeric_extended(pg_catalog.abs(valor), pg_catalog.hashtextextended(regras.inicio_fornecedor(codigo), 0));

comment on function regras.chave_duplicidade(numeric, text) is
  'Hash of an amount without sign and the begin of a supplier''s code.';
revoke execute on function regras.chave_duplicidade(numeric, text) from public;
--! EndIncluded regras/chave_duplicidade.sql

--! Included regras/chaves_suspeitas.sql
-- Keys (regras.chave_duplicidade) that more than one entry of the days has; with sozinhas also those of a single one: of a few
-- rows it is cheaper to ask who resembles them. Coarse and cheap: equal amounts and begins of the supplier's code; what is dearer
-- sees only what has a companion. A function of its own, and return query, so that it may run in parallel. Reads dw.lancamentos;
-- changes nothing. Called by regras.duplicidades.
create or replace function regras.chaves_suspeitas(janela audit.janela, de date, ate date, sozinhas boolean) returns setof bigint
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_hashagg = off -- nearly as many keys as entries: sorted they take half the time, and no disk
as $$
begin
  return query
  select regras.chave_duplicidade(l.valor, l.fornecedor_id)
  from dw.lancamentos l
  where l.valor <> 0 and l.documento <> ''
    and l.data_lancamento between de and ate
    and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
    and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
    and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
  group by 1
  having count(*) > 1 or sozinhas;
end
$$;

comment on function regras.chaves_suspeitas(audit.janela, date, date, boolean) is
  'Hashed amounts and suppliers of a window that more than one entry has, or with sozinhas any.';
revoke execute on function regras.chaves_suspeitas(audit.janela, date, date, boolean) from public;
--! EndIncluded regras/chaves_suspeitas.sql

--! Included integridade/tabelas.sql
-- What audit.verificar_integridade answers, and what the functions behind it find. No table: a verification leaves nothing behind.
create type audit.verificacao as (
  situacao text,
  elo bigint,
  operacao_id bigint,
  objeto text,
  esperado text,
  encontrado text,
  ocorrencias bigint,
  operacoes bigint,
  fatos bigint,
  selo text,
  pendentes bigint
);
comment on type audit.verificacao is 'What a verification of the audit trail says: one row provada, or one row for each kind of break, the first broken link first.';
comment on column audit.verificacao.situacao is 'provada: nothing is broken. Otherwise the kind of break. Of the chain: operacao_ausente (an operation between two others is gone), elo_repetido, operacao_alterada (the operation, or a fact that carries its id, was changed, deleted or added), selo_anterior_errado, selo_errado, cauda_ausente (the last operations are gone), cabeca_errada (the head is not the last operation''s), testemunha_contradita (the elo does not bear the selo given), operacao_sem_selo (ended, or of a kind that never stays under way, and not sealed, nor for less than an hour in the queue for it). Of facts: fato_sem_operacao, fato_sem_selo (its operation is not sealed), fato_sem_divergencia (its finding is gone), divergencia_sem_deteccao (nobody found it), divergencia_alterada (not what the last detection recorded), excecao_alterada and acesso_alterado (revocations of exceptions, tokens, revocations of access: not what the sealed operations say). Of the guard: protecao_ausente, protecao_alterada, protecao_desligada (of the triggers that refuse change).';
comment on column audit.verificacao.elo is 'Position in the chain of the first break of this kind, or of the operation that its object names; null where no operation is concerned. Of provada: the head.';
comment on column audit.verificacao.operacao_id is 'The operation there, if any.';
comment on column audit.verificacao.objeto is 'Table and key of what is broken, and the part of it.';
comment on column audit.verificacao.esperado is 'What the trail says it should be; digests in hexadecimal.';
comment on column audit.verificacao.encontrado is 'What is there.';
comment on column audit.verificacao.ocorrencias is 'How many breaks of this kind there are; null in provada.';
comment on column audit.verificacao.operacoes is 'Sealed operations that were proven; null in a break.';
comment on column audit.verificacao.fatos is 'Detections, alterations, corrections seen undone, decisions and exceptions that were proven; null in a break.';
comment on column audit.verificacao.selo is 'Seal of the head, hexadecimal: with elo, what a message bears witness to. Null in a break.';
comment on column audit.verificacao.pendentes is 'Operations that ended and wait for their seal, all of them as they were when they ended; null in a break.';

create type audit_interno.quebra as (
  situacao text,
  elo bigint,
  operacao_id bigint,
  objeto text,
  esperado text,
  encontrado text
);
comment on type audit_interno.quebra is 'One break of the audit trail; see audit.verificacao.';
--! EndIncluded integridade/tabelas.sql

--! Included deteccao/resumo_achado.sql
-- Digest of a finding as a detection leaves it, kept with the detection. No settings of its own, so that the planner inlines
-- it: a session takes it of every finding. Nothing in its text depends on the session's settings; the time goes as a number.
-- A row as text, because building a JSON array of the same costs three times as much.
create or replace function audit_interno.resumo_achado(achado audit.divergencias_processadas)
returns bytea
language sql
stable
as $$
  select pg_catalog.sha256(achado.identidade || pg_catalog.convert_to(row(achado.confianca, achado.evidencia, achado.justificativa,
    achado.valor_em_risco, achado.valor_decisao, achado.hash_regra, achado.valores_originais, extract(epoch from achado.detectada_em))::text, 'UTF8'))
$$;
comment on function audit_interno.resumo_achado(audit.divergencias_processadas) is
  'SHA-256 over identity, confidence, evidence, sentence, both amounts, the rule''s hash, original values and the time when it was first found.';
--! EndIncluded deteccao/resumo_achado.sql

--! Included deteccao/preparar_regra.sql
-- Lets a rule prepare its statistics, as conferente_regra and leaving nothing else behind. Called before the rule runs, by
-- detectar_regra, repartir_regra and experimentar_regra.
create or replace function audit_interno.preparar_regra(regra audit.regras, janela audit.janela)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rastro text := audit_interno.rastro('conferente_regra');
begin
  perform audit_interno.abrir_porta();
  perform audit_interno.preparar(audit_interno.chamada_sql(regra.preparacao), janela);
  perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  perform audit_interno.fechar_porta();
  perform audit_interno.conferir_rastro('conferente_regra', v_rastro, format('a preparação da regra %s', regra.nome));
end
$$;
comment on function audit_interno.preparar_regra(audit.regras, audit.janela) is 'Runs a rule''s preparation. NC012 when it leaves anything behind but its statistics.';
--! EndIncluded deteccao/preparar_regra.sql

--! Included deteccao/rodar_regra.sql
-- Runs a rule whose window is long: the planner takes it to find many rows, where a function is taken to return a thousand.
-- Touches nothing of ours; called in the statement that audit_interno.levantar_achados reads through its door.
create or replace function audit_interno.rodar_regra(funcao text, janela audit.janela)
returns setof audit.achado
language plpgsql
stable rows 200000
set search_path = pg_catalog, pg_temp
as $$
begin
  return query execute format('select * from %s($1)', rodar_regra.funcao) using rodar_regra.janela;
end
$$;
comment on function audit_interno.rodar_regra(text, audit.janela) is 'What a rule, given as audit_interno.chamada_sql names it, finds in a window.';
grant execute on function audit_interno.rodar_regra(text, audit.janela) to conferente_regra;
--! EndIncluded deteccao/rodar_regra.sql

--! Included deteccao/conferir_corrigidas.sql
-- Holds the earlier corrections of a rule against the warehouse: the newest that the settings ask for, and every one whose row
-- this session found wrong again. What nobody took back and the row no longer holds was undone from outside, mostly by a load
-- that brought the error back. It is put down in audit.correcoes_desfeitas; the finding is opened again when the row holds the
-- old values, obsolete when it holds something else or is gone. Called by reabrir_desfeitas.
create or replace function audit_interno.conferir_corrigidas(sessao_id bigint, regra audit.regras, operacao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_desde timestamptz := clock_timestamp() - make_interval(days => (audit_interno.configuracao('sessao.conferir_corrigidas_dias') #>> '{}')::integer);
  v_maximo bigint := (audit_interno.configuracao('sessao.conferir_corrigidas_linhas') #>> '{}')::bigint;
  v_vezes bigint := (audit_interno.configuracao('sessao.desfeitas_maximo') #>> '{}')::bigint;
  v_fuso text := audit.fuso();
  v_ids bigint[];
  v_total bigint;
  v_conferidas bigint;
  v_desfeitas bigint;
  v_obsoletas bigint;
  v_perdidas text;
begin
  select array_agg(c.id), max(c.total) into v_ids, v_total
  from (
    select d.id, count(*) over () as total
    from audit.operacoes o
    join audit.alteracoes a on a.operacao_id = o.id
    join audit.divergencias_processadas d on d.id = a.divergencia_id
    where o.iniciada_em >= v_desde and (o.regra is null or o.regra = conferir_corrigidas.regra.nome)
      and d.regra = conferir_corrigidas.regra.nome and d.tabela = conferir_corrigidas.regra.tabela and d.status = 'corrigida'
    group by d.id
    order by max(o.id) desc, d.id
    limit v_maximo
  ) as c;
  drop table if exists pg_temp.conferente_corrigida;
  create temp table conferente_corrigida on commit drop as
  select d.id as divergencia_id, d.registro_id, d.entrada, d.impressao, u.operacao_id, u.antes, u.depois as esperado, p.finalizada_em as corrigida_em
  from (
    select i as id from unnest(v_ids) as i
    union
    select x.divergencia_id
    from audit.operacoes o join audit.deteccoes x on x.operacao_id = o.id
    where o.sessao_id = conferir_corrigidas.sessao_id and o.regra = conferir_corrigidas.regra.nome and o.tipo = 'deteccao'
  ) as c
  join audit.divergencias_processadas d on d.id = c.id and d.status = 'corrigida' and d.tabela = conferir_corrigidas.regra.tabela
  cross join lateral (
    select a.operacao_id, a.antes, a.depois from audit.alteracoes a where a.divergencia_id = d.id order by a.operacao_id desc limit 1
  ) as u
  join audit.operacoes p on p.id = u.operacao_id;
  get diagnostics v_conferidas = row_count;
  select string_agg(k.nome, ', ') into v_perdidas
  -- offset 0: asked of each column, not of each correction
  from (select distinct c.nome from pg_temp.conferente_corrigida x cross join lateral jsonb_object_keys(x.esperado) as c (nome) offset 0) as k
  where audit_interno.tipo_coluna(audit_interno.relacao(regra.tabela), k.nome) is null;
  update audit.execucoes_regra e
  set conferidas = v_conferidas, conferencia = nullif(concat_ws('; ',
    case when v_total > v_maximo then format('%s de %s correções anteriores conferidas, as mais novas (sessao.conferir_corrigidas_linhas)', v_maximo, v_total) end,
    case when v_perdidas is not null then format('correções em colunas que não existem mais não foram conferidas: %s', v_perdidas) end), '')
  where e.sessao_id = conferir_corrigidas.sessao_id and e.regra = conferir_corrigidas.regra.nome;
  if v_conferidas > 0 then
    perform audit_interno.confrontar_corrigidas(regra);
  end if;
  if v_conferidas = 0 or not exists (select from pg_temp.conferente_desfeita) then
    return;
  end if;

  -- Looked at once more, held: what a person rolls back at this moment was not undone from outside, and what we wrote over it
  -- since, for another finding on the row, is what is to be there.
  perform from audit.divergencias_processadas d
  where d.id in (select x.divergencia_id from pg_temp.conferente_desfeita x) and d.status = 'corrigida'
  order by d.id for no key update;
  drop table pg_temp.conferente_corrigida;
  create temp table conferente_corrigida on commit drop as
  select d.id as divergencia_id, d.registro_id, d.entrada, d.impressao, u.operacao_id, u.antes, u.depois || coalesce(v.depois, '{}') as esperado,
    greatest(p.finalizada_em, v.finalizada_em) as corrigida_em
  from pg_temp.conferente_desfeita x
  join audit.divergencias_processadas d on d.id = x.divergencia_id and d.status = 'corrigida'
  cross join lateral (
    select a.operacao_id, a.antes, a.depois from audit.alteracoes a where a.divergencia_id = d.id order by a.operacao_id desc limit 1
  ) as u
  join audit.operacoes p on p.id = u.operacao_id
  cross join lateral (
    select jsonb_object_agg(k.key, k.value order by a.operacao_id) as depois, max(q.finalizada_em) as finalizada_em
    from audit.divergencias_processadas n
    join audit.alteracoes a on a.divergencia_id = n.id and a.operacao_id > u.operacao_id
    join audit.operacoes q on q.id = a.operacao_id
    cross join lateral jsonb_each(a.depois) as k
    where n.registro_id = d.registro_id and n.tabela = d.tabela and n.id <> d.id and u.depois ? k.key
  ) as v;
  perform audit_interno.confrontar_corrigidas(regra);

  insert into audit.correcoes_desfeitas (operacao_id, divergencia_id, correcao_operacao_id, situacao, esperado, agora, carregado_em)
  select conferir_corrigidas.operacao_id, x.divergencia_id, x.operacao_id,
    case when not x.existe then 'ausente' when x.voltou then 'valor_anterior' else 'outro_valor' end,
    x.esperado, case when x.existe then x.agora end, case when x.carga > x.corrigida_em then x.carga end
  from pg_temp.conferente_desfeita x
  where not x.existe or x.mesma_entrada;
  get diagnostics v_desfeitas = row_count;
  with julgada as (
    update audit.divergencias_processadas d
    set status = case when x.reaberta then 'aberta' else 'obsoleta' end, vezes_desfeita = d.vezes_desfeita + x.conta,
      decidida_em = clock_timestamp(), decidida_por = 'conferente', proposta_por = null,
      valores_digitados = case when x.reaberta then d.valores_digitados end, -- what was typed goes with the state it was typed for
      motivo = case
        when not x.existe then 'a correção se foi com o registro, que não existe mais'
        when not x.mesma_entrada then 'a chave é agora de outro lançamento'
        else concat(
          case when x.reaberta then 'a correção foi desfeita fora do sistema' else 'outro valor foi posto fora do sistema sobre a correção' end,
          case when x.carga > x.corrigida_em then format(' pela carga de %s', to_char(x.carga at time zone v_fuso, 'DD/MM/YYYY HH24:MI'))
            when conferir_corrigidas.regra.coluna_carga is null then '; carga não identificada'
            else format('; carga não identificada: %s não é posterior à correção', conferir_corrigidas.regra.coluna_carga) end,
          case when x.reaberta and d.vezes_desfeita + x.conta >= v_vezes
            then format('; desfeita %s vezes, auto já não a refaz', d.vezes_desfeita + x.conta) end) end
    from (
      select y.*, y.existe and y.mesma_entrada and y.voltou and y.impressao = y.impressao_antes as reaberta,
        (not y.existe or y.mesma_entrada)::integer as conta
      from pg_temp.conferente_desfeita y
    ) as x
    where d.id = x.divergencia_id
    returning d.status
  )
  select count(*) filter (where j.status = 'obsoleta') into v_obsoletas from julgada j;
  update audit.execucoes_regra e set desfeitas = v_desfeitas, obsoletas = e.obsoletas + v_obsoletas
  where e.sessao_id = conferir_corrigidas.sessao_id and e.regra = conferir_corrigidas.regra.nome;
end
$$;
comment on function audit_interno.conferir_corrigidas(bigint, audit.regras, bigint) is
  'Puts down which corrections of the rule were undone from outside, and opens or closes their findings.';
--! EndIncluded deteccao/conferir_corrigidas.sql

--! Included deteccao/confrontar_corrigidas.sql
-- Holds the corrections of pg_temp.conferente_corrigida against the rows as they are, and leaves in pg_temp.conferente_desfeita
-- those that the rows no longer hold, with what is there. Writes nothing else. Called by conferir_corrigidas.
create or replace function audit_interno.confrontar_corrigidas(regra audit.regras)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_chave text := audit_interno.tipo_coluna(v_tabela, regra.coluna_chave);
  v_carga text := case when regra.coluna_carga is null then 'null::timestamptz' else format('t.%I::timestamptz', regra.coluna_carga) end;
  -- SQL over t and l: the key still belongs to the entry that was corrected, but for what was corrected of it
  v_mesma_entrada text := format('l.entrada - array(select jsonb_object_keys(l.esperado)) = %s - array(select jsonb_object_keys(l.esperado))',
    audit_interno.expressao_imagens(v_tabela, regra.colunas_identidade));
  v_guarda text;
  v_voltou text;
  v_imagem text;
begin
  select string_agg(format('(not l.esperado ? %L or %s)', c.nome, audit_interno.expressao_igual(v_tabela, c.nome, 'l.esperado')), ' and '),
    string_agg(format('(not l.antes ? %L or %s)', c.nome, audit_interno.expressao_igual(v_tabela, c.nome, 'l.antes')), ' and '),
    string_agg(format('case when l.esperado ? %1$L then jsonb_build_object(%1$L, %2$s) else ''{}'' end', c.nome,
      audit_interno.expressao_imagem(v_tabela, c.nome, format('t.%I', c.nome))), ' || ')
  into v_guarda, v_voltou, v_imagem
  from (select distinct k.nome from pg_temp.conferente_corrigida x cross join lateral jsonb_object_keys(x.esperado) as k (nome) offset 0) as c
  where audit_interno.tipo_coluna(v_tabela, c.nome) is not null;
  drop table if exists pg_temp.conferente_desfeita;
  analyze pg_temp.conferente_corrigida;
  grant select on pg_temp.conferente_corrigida to conferente_regra;
  create temp table conferente_desfeita on commit drop as
  select x.*, c.registro_id, c.operacao_id, c.antes, c.esperado, c.impressao as impressao_antes, c.corrigida_em
  from audit_interno.ler(
    format(
      'select l.divergencia_id, t.%1$I is not null, %2$s, %3$s, %4$s, %5$s, %6$s
       from pg_temp.conferente_corrigida l left join %7$s t on t.%1$I = l.registro_id::%8$s and t.%1$I = any ($2::%8$s[])
       where t.%1$I is null or not (%9$s)',
      regra.coluna_chave, v_mesma_entrada, coalesce(v_voltou, 'true'), audit_interno.expressao_impressao(v_tabela, regra.colunas),
      coalesce(v_imagem, '''{}''::jsonb'), v_carga, audit_interno.nome_sql(v_tabela), v_chave, coalesce(v_guarda, 'true')),
    textos => (select array_agg(distinct l.registro_id) from pg_temp.conferente_corrigida l)
  ) as x (divergencia_id bigint, existe boolean, mesma_entrada boolean, voltou boolean, impressao bytea, agora jsonb, carga timestamptz)
  join pg_temp.conferente_corrigida c on c.divergencia_id = x.divergencia_id;
end
$$;
comment on function audit_interno.confrontar_corrigidas(audit.regras) is 'Finds those of pg_temp.conferente_corrigida that the warehouse no longer holds.';
--! EndIncluded deteccao/confrontar_corrigidas.sql

--! Included deteccao/codigo_definicao.sql
-- What makes a function, view, type or operator what it is, as text, by catalog columns rather than as the server would print
-- it, where there are any. Called by hash_regra.
create or replace function audit_interno.codigo_definicao(objetos jsonb)
returns table (chave text, texto text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with pedido as (
    select k.chave, left(k.chave, 1) as tipo, substr(k.chave, 3)::oid as oid from jsonb_object_keys(codigo_definicao.objetos) as k (chave)
  )
  select q.chave, concat_ws(E'\n', p.oid::regprocedure, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.prokind, l.lanname,
    p.provolatile, p.prosecdef, p.proisstrict, p.proleakproof, case when p.prosecdef then p.proowner::regrole end, array_to_string(p.proconfig, E'\n'),
    p.probin, p.prosrc, pg_get_function_sqlbody(p.oid),
    a.aggtransfn || ' ' || a.aggfinalfn || ' ' || a.aggcombinefn || ' ' || coalesce(a.agginitval, ''))
  from pedido q
  join pg_proc p on p.oid = q.oid
  join pg_language l on l.oid = p.prolang
  left join pg_aggregate a on a.aggfnoid = p.oid
  where q.tipo = 'f'
  union all
  select q.chave, concat_ws(E'\n', c.oid::regclass, c.relowner::regrole, array_to_string(c.reloptions, ' '), pg_get_viewdef(c.oid))
  from pedido q
  join pg_class c on c.oid = q.oid
  where q.tipo = 'v'
  union all
  -- composite types of one's own, enums, domains, ranges; those of tables and arrays follow from others
  select q.chave, concat_ws(E'\n', t.oid::regtype, t.typtype, (
      select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
      from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), (
      select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
    format_type(nullif(t.typbasetype, 0), t.typtypmod), t.typnotnull, t.typdefault, (
      select string_agg(pg_get_constraintdef(k.oid), ' ' order by k.conname) from pg_constraint k where k.contypid = t.oid))
  from pedido q
  join pg_type t on t.oid = q.oid
  left join pg_class c on c.oid = t.typrelid
  where q.tipo = 't' and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c')
  union all
  select q.chave, concat_ws(E'\n', o.oid::regoperator, o.oprcode)
  from pedido q
  join pg_operator o on o.oid = q.oid
  where q.tipo = 'o'
$$;
comment on function audit_interno.codigo_definicao(jsonb) is 'Definition of each function (f), view (v), type (t) or operator (o) given as keys "f 16401"; none of what is gone or is no code.';
--! EndIncluded deteccao/codigo_definicao.sql

--! Included deteccao/codigo_nomeado.sql
-- The functions, views and types that a text names as schema.name, and those of the schemas given that it names at all. Nothing
-- of the server's own. Letters count alike, large or small: rather too much than too little. Texts are split at each schema's
-- name: to look for all names by one expression takes thirty times as long. Called by hash_regra.
create or replace function audit_interno.codigo_nomeado(texto text, caminhos oid[])
returns table (chave text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with texto as materialized (
    select lower(codigo_nomeado.texto) as texto
  ), nome as materialized (
    select distinct n.oid as esquema, btrim(substring(left(p.parte, 130) from '^(?:"[^"]+"|[[:alnum:]_$]+)'), '"') as nome
    from pg_namespace n
    cross join lateral (values (lower(n.nspname)), ('"' || lower(n.nspname) || '"')) as e (escrito)
    cross join texto t
    cross join lateral string_to_table(t.texto, e.escrito || '.') with ordinality as p (parte, posicao)
    where p.posicao > 1 and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  ), objeto as (
    select 'f ' || p.oid as chave, p.pronamespace as esquema, lower(p.proname) as nome from pg_proc p where p.oid >= 16384
    union all
    select 'v ' || c.oid, c.relnamespace, lower(c.relname) from pg_class c where c.relkind in ('v', 'm') and c.oid >= 16384
    union all
    select 't ' || y.oid, y.typnamespace, lower(y.typname)
    from pg_type y left join pg_class c on c.oid = y.typrelid
    where y.oid >= 16384 and (y.typtype in ('e', 'd', 'r') or c.relkind = 'c')
  )
  select o.chave from objeto o join nome n on n.esquema = o.esquema and n.nome = o.nome
  union
  select o.chave from objeto o cross join texto t where o.esquema = any (codigo_nomeado.caminhos) and strpos(t.texto, o.nome) > 0
$$;
comment on function audit_interno.codigo_nomeado(text, oid[]) is 'Code that a text names, as keys of audit_interno.codigo_definicao.';
--! EndIncluded deteccao/codigo_nomeado.sql

--! Included integridade/resumos_operacoes.sql
-- Digests at once of all operations that are sealed or wait for their seal, by the formula and the settings of audit_interno.resumo_operacao, which asks for
-- one: here each table of facts is read once. Changes nothing. Called by quebras_cadeia.
create or replace function audit_interno.resumos_operacoes()
returns table (operacao_id bigint, deteccoes bigint, alteracoes bigint, decisoes bigint, excecoes bigint, resumo bytea)
language sql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
  with deteccao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.divergencia_id)) as resumo
    from (
      select d.operacao_id, d.divergencia_id, sha256(convert_to(row(d.divergencia_id, d.confianca, d.resumo)::text, 'UTF8')) as resumo
      from audit.deteccoes d
    ) as x
    group by x.operacao_id
  ), alteracao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.divergencia_id)) as resumo
    from (
      select a.operacao_id, a.divergencia_id,
        sha256(convert_to(row(a.divergencia_id, a.reverte_operacao_id, a.antes, a.depois)::text, 'UTF8')) as resumo
      from audit.alteracoes a
    ) as x
    group by x.operacao_id
  ), decisao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.id)) as resumo
    from (
      select c.operacao_id, c.id, sha256(convert_to(row(c.id, c.divergencia_id, c.tipo, c.ator, c.motivo, c.valores, c.confianca,
        c.decidida_em)::text, 'UTF8')) as resumo
      from audit.decisoes c
    ) as x
    group by x.operacao_id
  ), excecao as (
    select x.operacao_id, count(*) as fatos, sha256(string_agg(x.resumo, '' order by x.id)) as resumo
    from (
      select e.operacao_id, e.id, sha256(convert_to(row(e.id, e.regra, e.tabela, e.registro_id, e.entrada, e.motivo, e.autor, e.criada_em,
        e.expira_em)::text, 'UTF8')) as resumo
      from audit.excecoes e
    ) as x
    group by x.operacao_id
  ), desfeita as (
    select x.operacao_id, sha256(string_agg(x.resumo, '' order by x.divergencia_id)) as resumo
    from (
      select u.operacao_id, u.divergencia_id, sha256(convert_to(row(u.divergencia_id, u.correcao_operacao_id, u.situacao, u.esperado,
        u.agora, u.carregado_em)::text, 'UTF8')) as resumo
      from audit.correcoes_desfeitas u
    ) as x
    group by x.operacao_id
  )
  select o.id, coalesce(d.fatos, 0), coalesce(a.fatos, 0), coalesce(c.fatos, 0), coalesce(e.fatos, 0), sha256(
    sha256(convert_to(row(o.id, o.tipo, o.status, o.sessao_id, o.regra, o.ator, o.motivo, o.iniciada_em, o.finalizada_em,
      o.linhas, o.detalhes)::text, 'UTF8'))
    || coalesce(d.resumo, sha256('')) || coalesce(a.resumo, sha256('')) || coalesce(c.resumo, sha256(''))
    || coalesce(e.resumo, sha256('')) || coalesce(u.resumo, ''))
  from audit.operacoes o
  left join deteccao d on d.operacao_id = o.id
  left join alteracao a on a.operacao_id = o.id
  left join decisao c on c.operacao_id = o.id
  left join excecao e on e.operacao_id = o.id
  left join desfeita u on u.operacao_id = o.id
  where o.elo is not null or exists (select from audit_interno.fila_selos f where f.operacao_id = o.id)
$$;
comment on function audit_interno.resumos_operacoes() is
  'Of each operation that is sealed, or waits for its seal, how many facts carry its id, and what audit_interno.resumo_operacao gives for it.';
--! EndIncluded integridade/resumos_operacoes.sql

--! Included integridade/quebras_cadeia.sql
-- Walks the chain from its beginning: positions without gaps, each seal built on the one before it and on a digest that the
-- operation and its facts still have; what waits for its seal is held against its digest alone. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_cadeia()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with resumos as materialized (
    select r.* from audit_interno.resumos_operacoes() r
  ), elos as (
    select o.id, o.elo, o.linhas, o.resumo, o.selo_anterior, o.selo, r.deteccoes, r.alteracoes, r.decisoes, r.excecoes,
      r.resumo as refeito, sha256(o.selo_anterior || int8send(o.elo) || o.resumo) as selo_refeito,
      lag(o.elo, 1, 0::bigint) over w as elo_antes, lag(o.selo, 1, sha256('conferente')) over w as selo_antes
    from audit.operacoes o
    join resumos r on r.operacao_id = o.id
    where o.elo is not null
    window w as (order by o.elo, o.id)
  )
  select q.situacao, case q.situacao when 'operacao_ausente' then e.elo_antes + 1 else e.elo end,
    case when q.situacao <> 'operacao_ausente' then e.id end,
    case when q.situacao <> 'operacao_ausente' then format('audit.operacoes %s', e.id) else 'audit.operacoes' end,
    case q.situacao
      when 'operacao_ausente' then format('elo %s', e.elo_antes + 1)
      when 'elo_repetido' then format('elo %s', e.elo_antes + 1)
      when 'operacao_alterada' then format('resumo %s', encode(e.resumo, 'hex'))
      when 'selo_anterior_errado' then format('selo_anterior %s', encode(e.selo_antes, 'hex'))
      else format('selo %s', encode(e.selo_refeito, 'hex')) end,
    case q.situacao
      when 'operacao_ausente' then format('elo %s, operação %s', e.elo, e.id)
      when 'elo_repetido' then format('elo %s', e.elo)
      when 'operacao_alterada' then format('resumo %s; linhas %s; deteccoes %s, alteracoes %s, decisoes %s, excecoes %s',
        encode(e.refeito, 'hex'), e.linhas, e.deteccoes, e.alteracoes, e.decisoes, e.excecoes)
      when 'selo_anterior_errado' then format('selo_anterior %s', encode(e.selo_anterior, 'hex'))
      else format('selo %s', encode(e.selo, 'hex')) end
  from elos e
  cross join lateral (values
    ('operacao_ausente', e.elo > e.elo_antes + 1),
    ('elo_repetido', e.elo <= e.elo_antes),
    ('operacao_alterada', e.resumo is distinct from e.refeito),
    -- behind a gap there is nothing to compare with
    ('selo_anterior_errado', e.elo <= e.elo_antes + 1 and e.selo_anterior is distinct from e.selo_antes),
    ('selo_errado', e.selo is distinct from e.selo_refeito)
  ) as q (situacao, quebrou)
  where q.quebrou
  union all
  -- no link yet, but its digest is taken
  select 'operacao_alterada', null, o.id, format('audit.operacoes %s', o.id), format('resumo %s', encode(f.resumo, 'hex')),
    format('resumo %s; linhas %s; deteccoes %s, alteracoes %s, decisoes %s, excecoes %s',
      encode(r.resumo, 'hex'), o.linhas, r.deteccoes, r.alteracoes, r.decisoes, r.excecoes)
  from audit_interno.fila_selos f
  join audit.operacoes o on o.id = f.operacao_id
  join resumos r on r.operacao_id = f.operacao_id
  where r.resumo is distinct from f.resumo
$$;
comment on function audit_interno.quebras_cadeia() is
  'operacao_ausente, elo_repetido, operacao_alterada, selo_anterior_errado, selo_errado.';
--! EndIncluded integridade/quebras_cadeia.sql

--! Included integridade/quebras_cabeca.sql
-- Holds the last operation against the head of the chain, and the chain against a witness: a position and its seal, as a
-- message carried them. Whoever rewrites the whole chain is contradicted by the witness alone. Changes nothing. Called by
-- verificar_integridade.
create or replace function audit_interno.quebras_cabeca(elo bigint, selo bytea)
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case when c.elo > u.elo then 'cauda_ausente' else 'cabeca_errada' end,
    case when c.elo > u.elo then u.elo + 1 else u.elo end, case when c.elo > u.elo then null else u.id end, 'audit_interno.cadeia',
    case when c.elo > u.elo then format('elo %s, selo %s', c.elo, encode(c.selo, 'hex'))
      else format('elo %s, selo %s', u.elo, encode(u.selo, 'hex')) end,
    case when c.elo > u.elo then format('a última operação tem o elo %s', u.elo)
      when c.elo is null then 'nada'
      else format('elo %s, selo %s', c.elo, encode(c.selo, 'hex')) end
  from (
    select o.id, o.elo, o.selo from audit.operacoes o where o.elo is not null
    union all
    select null, 0, sha256('conferente') -- before the first operation
    order by 2 desc limit 1
  ) as u
  left join audit_interno.cadeia c on true
  where (c.elo, c.selo) is distinct from (u.elo, u.selo)
  union all
  select 'testemunha_contradita', t.elo, t.id, case when t.id is not null then format('audit.operacoes %s', t.id) else 'audit.operacoes' end,
    format('selo %s', encode(quebras_cabeca.selo, 'hex')), coalesce('selo ' || encode(t.selo, 'hex'), 'nenhuma operação com este elo')
  from (
    select quebras_cabeca.elo, o.id, case when quebras_cabeca.elo = 0 then sha256('conferente') else o.selo end as selo
    from (values (1)) as uma (linha)
    left join audit.operacoes o on o.elo = quebras_cabeca.elo
    where quebras_cabeca.elo is not null
  ) as t
  where t.selo is distinct from quebras_cabeca.selo
$$;
comment on function audit_interno.quebras_cabeca(bigint, bytea) is
  'cauda_ausente, cabeca_errada; testemunha_contradita where elo and selo are given.';
--! EndIncluded integridade/quebras_cabeca.sql

--! Included integridade/quebras_fatos.sql
-- Facts that hang in the air, and operations that were never sealed. What the caller's own transaction has written is sealed
-- only when it commits: its rows are known by their age, which is below 1 for nothing else that is ended and in no queue. What
-- waits in the queue of seals is none, for an hour: then no login of the engine's has been there to seal it.
-- Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_fatos()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with seladas as (
    select o.id from audit.operacoes o where o.elo is not null
    union all
    select f.operacao_id from audit_interno.fila_selos f
  )
  select 'operacao_sem_selo', null::bigint, o.id, format('audit.operacoes %s', o.id), 'selo',
    format('tipo %s, status %s, sem selo%s', o.tipo, o.status, ', na fila desde ' || f.carimbada_em)
  from audit.operacoes o
  left join audit_interno.fila_selos f on f.operacao_id = o.id
  where o.elo is null and age(o.xmin) > 0 and (o.finalizada_em is not null or o.tipo not in ('externa', 'exportacao'))
    and (f.operacao_id is null or f.carimbada_em < clock_timestamp() - interval '1 hour')
  union all
  select case when o.id is null then 'fato_sem_operacao' else 'fato_sem_selo' end, null, x.operacao_id,
    format('audit.%s %s', x.tabela, x.chave), format('audit.operacoes %s', x.operacao_id),
    case when o.id is null then 'nenhuma operação com este id' else format('tipo %s, status %s, sem selo', o.tipo, o.status) end
  from (
    select 'deteccoes' as tabela, d.operacao_id, format('divergencia_id %s, operacao_id %s', d.divergencia_id, d.operacao_id) as chave
    from audit.deteccoes d
    where not exists (select from seladas o where o.id = d.operacao_id)
    union all
    select 'alteracoes', a.operacao_id, format('divergencia_id %s, operacao_id %s', a.divergencia_id, a.operacao_id)
    from audit.alteracoes a
    where not exists (select from seladas o where o.id = a.operacao_id)
    union all
    select 'correcoes_desfeitas', u.operacao_id, format('divergencia_id %s, operacao_id %s', u.divergencia_id, u.operacao_id)
    from audit.correcoes_desfeitas u
    where not exists (select from seladas o where o.id = u.operacao_id)
    union all
    select 'decisoes', c.operacao_id, c.id::text
    from audit.decisoes c
    where not exists (select from seladas o where o.id = c.operacao_id)
    union all
    select 'excecoes', e.operacao_id, e.id::text
    from audit.excecoes e
    where not exists (select from seladas o where o.id = e.operacao_id)
  ) as x
  left join audit.operacoes o on o.id = x.operacao_id
  where o.id is null or age(o.xmin) > 0
  union all
  select 'fato_sem_divergencia', o.elo, x.operacao_id, format('audit.%s %s', x.tabela, x.chave),
    format('audit.divergencias_processadas %s', x.divergencia_id), 'nenhuma divergência com este id'
  from (
    select 'deteccoes' as tabela, d.operacao_id, d.divergencia_id,
      format('divergencia_id %s, operacao_id %s', d.divergencia_id, d.operacao_id) as chave
    from audit.deteccoes d
    where not exists (select from audit.divergencias_processadas p where p.id = d.divergencia_id)
    union all
    select 'alteracoes', a.operacao_id, a.divergencia_id, format('divergencia_id %s, operacao_id %s', a.divergencia_id, a.operacao_id)
    from audit.alteracoes a
    where not exists (select from audit.divergencias_processadas p where p.id = a.divergencia_id)
    union all
    select 'correcoes_desfeitas', u.operacao_id, u.divergencia_id, format('divergencia_id %s, operacao_id %s', u.divergencia_id, u.operacao_id)
    from audit.correcoes_desfeitas u
    where not exists (select from audit.divergencias_processadas p where p.id = u.divergencia_id)
    union all
    select 'decisoes', c.operacao_id, c.divergencia_id, c.id::text
    from audit.decisoes c
    where not exists (select from audit.divergencias_processadas p where p.id = c.divergencia_id)
  ) as x
  left join audit.operacoes o on o.id = x.operacao_id
$$;
comment on function audit_interno.quebras_fatos() is 'operacao_sem_selo, fato_sem_operacao, fato_sem_selo, fato_sem_divergencia.';
--! EndIncluded integridade/quebras_fatos.sql

--! Included comum/identidade.sql
-- Values of a jsonb object without the trailing zeros of its numbers. Called by valores_canonicos where there are numbers.
create or replace function audit_interno.sem_zeros(valores jsonb)
returns jsonb
language sql
immutable parallel safe
as $$
  select coalesce(pg_catalog.jsonb_object_agg(v.key, case when pg_catalog.jsonb_typeof(v.value) = 'number'
    then pg_catalog.to_jsonb(pg_catalog.trim_scale((v.value #>> '{}')::numeric)) else v.value end), '{}')
  from pg_catalog.jsonb_each(valores) as v
$$;
comment on function audit_interno.sem_zeros(jsonb) is 'The object with trailing zeros of its numbers dropped.';

-- Values of a jsonb object as identities take them: 1000.00 and 1000 are one number. Inlined, as most objects hold no number.
create or replace function audit_interno.valores_canonicos(valores jsonb)
returns jsonb
language sql
immutable parallel safe
as $$
  select case when pg_catalog.jsonb_path_exists(valores, '$.* ? (@.type() == "number")') then audit_interno.sem_zeros(valores) else valores end
$$;
comment on function audit_interno.valores_canonicos(jsonb) is 'The object with trailing zeros of its numbers dropped.';

-- The identity of a finding: rule, table, key, what it proposes, which entry it is about, and the fingerprint of the values it was
-- based on. Two kinds of flag on one row are two findings, so the kind of a flag is part of it. Stable, as what it calls is, so that
-- the planner inlines it. Called by detection and by verification of the trail.
create or replace function audit_interno.identidade(
  regra text, tabela text, registro_id text, valores_propostos jsonb, evidencia jsonb, entrada jsonb, impressao bytea
)
returns bytea
language sql
stable parallel safe
as $$
  select pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(regra, tabela, registro_id,
    audit_interno.valores_canonicos(valores_propostos), case when valores_propostos = '{}' then evidencia ->> 'tipo' end,
    audit_interno.valores_canonicos(entrada))::text, 'UTF8') || impressao)
$$;
comment on function audit_interno.identidade(text, text, text, jsonb, jsonb, jsonb, bytea) is
  'SHA-256 over rule, table, key, proposed values (or the kind of a flag), entry and fingerprint.';
--! EndIncluded comum/identidade.sql

--! Included integridade/quebras_divergencias.sql
-- Holds every finding against its detections: its identity can be computed again from its columns, the last detection says
-- what it looked like, the number of detections and their sessions how often and where it was found. The last detection is
-- the one highest in the chain, or in the queue for it: whoever counts a finding again holds its row until the commit.
-- What is decided about it later (status and who decided, typed values) is the present state, not a fact: decisions and
-- alterations are. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_divergencias()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- narrow rows are sorted, findings are not: they are wide
  with vista as (
    select x.divergencia_id, x.resumo, o.id as operacao_id, o.elo, o.sessao_id, first_value(o.sessao_id) over w as sessao_primeira,
      row_number() over w as vezes, lead(true) over w is null as ultima
    from audit.deteccoes x
    join audit.operacoes o on o.id = x.operacao_id
    left join audit_interno.fila_selos f on f.operacao_id = o.id
    window w as (partition by x.divergencia_id order by o.elo nulls last, f.ordem nulls last, x.operacao_id)
  )
  select case q.parte when 'deteccoes' then 'divergencia_sem_deteccao' else 'divergencia_alterada' end, v.elo, v.operacao_id,
    format('audit.divergencias_processadas %s: %s', d.id, q.parte),
    case q.parte
      when 'deteccoes' then 'audit.deteccoes'
      when 'identidade' then encode(d.identidade, 'hex')
      when 'ultima deteccao' then encode(v.resumo, 'hex')
      when 'vezes_detectada' then v.vezes::text
      when 'sessao_id' then v.sessao_primeira::text
      else v.sessao_id::text end,
    case q.parte
      when 'deteccoes' then 'nenhuma detecção'
      when 'identidade' then encode(i.identidade, 'hex')
      when 'ultima deteccao' then encode(audit_interno.resumo_achado(d), 'hex')
      when 'vezes_detectada' then d.vezes_detectada::text
      when 'sessao_id' then d.sessao_id::text
      else d.sessao_ultima_id::text end
  from audit.divergencias_processadas d
  left join vista v on v.divergencia_id = d.id and v.ultima
  cross join lateral (
    select audit_interno.identidade(d.regra, d.tabela, d.registro_id, d.valores_propostos, d.evidencia, d.entrada, d.impressao) as identidade
  ) as i
  cross join lateral (select case
    when v.vezes is null then 'deteccoes'
    when d.identidade <> i.identidade then 'identidade'
    when v.resumo <> audit_interno.resumo_achado(d) then 'ultima deteccao'
    when d.vezes_detectada <> v.vezes then 'vezes_detectada'
    when d.sessao_id is distinct from v.sessao_primeira then 'sessao_id'
    when d.sessao_ultima_id is distinct from v.sessao_id then 'sessao_ultima_id'
  end as parte) as q
  where q.parte is not null
$$;
comment on function audit_interno.quebras_divergencias() is 'divergencia_sem_deteccao, divergencia_alterada.';
--! EndIncluded integridade/quebras_divergencias.sql

--! Included integridade/quebras_acesso.sql
-- What the chain does not hold itself but its operations tell: which exceptions were taken back and by whom, which tokens
-- were issued, and who was shut out. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_acesso()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'excecao_alterada', o.elo, o.id, format('audit.excecoes %s: revogada_por', coalesce(e.id::text, o.excecao)),
    coalesce(o.ator, 'em vigor'), coalesce(e.revogada_por, 'em vigor')
  from (
    select p.id, p.elo, p.ator, p.detalhes ->> 'revogada' as excecao
    from audit.operacoes p where p.tipo = 'excecao' and p.detalhes ? 'revogada'
  ) as o
  full join (select r.* from audit.excecoes r where r.revogada_em is not null) as e on e.id::text = o.excecao
  where e.revogada_por is distinct from o.ator
  union all
  select 'acesso_alterado', o.elo, coalesce(o.id, t.operacao_id), format('audit.tokens %s', coalesce(t.id, o.detalhes ->> 'token')),
    case when o.id is null then 'nenhum token'
      else format('%s, %s, até %s, emitido por %s', o.detalhes ->> 'nome', o.detalhes ->> 'papel', o.detalhes ->> 'expira_em', o.ator) end,
    case when t.id is null then 'nenhum token'
      else format('%s, %s, até %s, emitido por %s', t.nome, t.papel, to_jsonb(t.expira_em) #>> '{}', t.emitido_por) end
  from (
    select p.id, p.elo, p.ator, p.detalhes,
      -- a text that is no time is not what was sealed, and quebras_cadeia says so
      case when p.detalhes ->> 'expira_em' ~ '^\d{4}-(0\d|1[0-2])-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?[+-]\d\d(:\d\d)?$'
        then (p.detalhes ->> 'expira_em')::timestamptz end as expira_em
    from audit.operacoes p where p.tipo = 'acesso' and p.detalhes ->> 'ato' = 'token emitido'
  ) as o
  full join audit.tokens t on t.operacao_id = o.id and t.id = o.detalhes ->> 'token'
  where o.id is null or t.id is null or t.nome <> o.detalhes ->> 'nome' or t.papel <> o.detalhes ->> 'papel'
    or t.emitido_por <> o.ator or t.expira_em <> o.expira_em
  union all
  select 'acesso_alterado', o.elo, coalesce(o.id, r.operacao_id), format('audit.revogacoes %s', coalesce(r.id::text, 'da operação ' || o.id)),
    case when o.id is null then 'nenhuma revogação'
      else format('token %s, nome %s, por %s: %s', o.token, o.nome, o.ator, o.motivo) end,
    case when r.id is null then 'nenhuma revogação'
      else format('token %s, nome %s, por %s: %s', r.token_id, r.nome, r.revogado_por, r.motivo) end
  from (
    select p.id, p.elo, p.ator, p.motivo, p.detalhes ->> 'token' as token, p.detalhes ->> 'nome' as nome
    from audit.operacoes p where p.tipo = 'acesso' and p.detalhes ->> 'ato' = 'acesso revogado'
  ) as o
  full join audit.revogacoes r on r.operacao_id = o.id
  where (o.id, o.token, o.nome, o.ator, o.motivo) is distinct from (r.operacao_id, r.token_id, r.nome, r.revogado_por, r.motivo)
$$;
comment on function audit_interno.quebras_acesso() is 'excecao_alterada, acesso_alterado.';
--! EndIncluded integridade/quebras_acesso.sql

--! Included integridade/quebras_protecao.sql
-- Are the triggers that refuse change, and the one that seals, there as recusar_mudanca.sql, selar_operacao.sql and
-- transicao_permitida.sql made them, and do they fire? Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_protecao()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select s.situacao, null::bigint, null::bigint, format('gatilho %s de audit.%s', e.gatilho, e.tabela), format('%s, ligado', e.funcao),
    case s.situacao
      when 'protecao_ausente' then 'nenhum gatilho'
      when 'protecao_alterada' then pg_get_triggerdef(g.oid)
      else format('tgenabled %s, session_replication_role %s', g.tgenabled, current_setting('session_replication_role')) end
  from (
    -- tgtype: 1 for each row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate
    select t.tabela, 'proteger' as gatilho, 'audit_interno.recusar_mudanca()' as funcao, 1 + 2 + 8 + 16 as tipo, 0 as colunas, false as quando
    from unnest(array['operacoes', 'deteccoes', 'alteracoes', 'correcoes_desfeitas', 'decisoes', 'excecoes', 'tokens',
      'revogacoes']) as t (tabela)
    union all
    select t.tabela, 'proteger_truncate', 'audit_interno.recusar_mudanca()', 2 + 32, 0, false
    from unnest(array['operacoes', 'deteccoes', 'alteracoes', 'correcoes_desfeitas', 'decisoes', 'excecoes', 'tokens',
      'revogacoes',
      'divergencias_processadas']) as t (tabela)
    union all
    values ('divergencias_processadas', 'proteger', 'audit_interno.recusar_mudanca()', 1 + 2 + 8, 0, false),
      ('divergencias_processadas', 'proteger_identidade', 'audit_interno.recusar_mudanca()', 1 + 2 + 16, 10, false),
      ('divergencias_processadas', 'proteger_transicao', 'audit_interno.recusar_transicao()', 1 + 2 + 16, 1, true),
      ('operacoes', 'selar', 'audit_interno.selar_operacao()', 1 + 4 + 16, 0, false)
  ) as e
  left join pg_trigger g on g.tgrelid = to_regclass('audit.' || e.tabela) and g.tgname = e.gatilho and not g.tgisinternal
  cross join lateral (select case
    when g.oid is null then 'protecao_ausente'
    when g.tgfoid is distinct from to_regprocedure(e.funcao) or g.tgtype <> e.tipo or cardinality(g.tgattr::int2[]) <> e.colunas
      or (g.tgqual is not null) <> e.quando then 'protecao_alterada'
    when g.tgenabled in ('D', 'R') or g.tgenabled = 'O' and current_setting('session_replication_role') = 'replica'
      then 'protecao_desligada'
  end as situacao) as s
  where s.situacao is not null
$$;
comment on function audit_interno.quebras_protecao() is 'protecao_ausente, protecao_alterada, protecao_desligada.';
--! EndIncluded integridade/quebras_protecao.sql

--! Included integridade/verificar_integridade.sql
-- Proves the audit trail, or names what is broken. Reads every audit fact once, in one snapshot (stable, all of it), and
-- changes nothing; locks nothing out. Definer, because the head of the chain is nobody's to read.
create or replace function audit.verificar_integridade(elo bigint default null, selo text default null)
returns setof audit.verificacao
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_selo bytea;
begin
  if num_nonnulls(verificar_integridade.elo, verificar_integridade.selo) = 1 then
    raise exception using errcode = 'NC001', message = 'uma testemunha é um elo com seu selo',
      hint = 'Copie ambos da mesma mensagem, ou não dê nenhum.';
  end if;
  if verificar_integridade.elo < 0 or btrim(verificar_integridade.selo) !~* '^[0-9a-f]{64}$' then
    raise exception using errcode = 'NC001', message = 'a testemunha está mal escrita',
      hint = 'O elo é um número desde 0, o selo tem 64 dígitos hexadecimais.';
  end if;
  v_selo := decode(btrim(verificar_integridade.selo), 'hex');

  return query
    with quebra as (
      select 1 as ordem, q.* from audit_interno.quebras_cadeia() q
      union all
      select 2, q.* from audit_interno.quebras_cabeca(verificar_integridade.elo, v_selo) q
      union all
      select 3, q.* from audit_interno.quebras_fatos() q
      union all
      select 4, q.* from audit_interno.quebras_divergencias() q
      union all
      select 5, q.* from audit_interno.quebras_acesso() q
      union all
      select 6, q.* from audit_interno.quebras_protecao() q
    ), primeira as (
      select distinct on (q.situacao) q.*, count(*) over (partition by q.situacao) as ocorrencias
      from quebra q
      order by q.situacao, q.elo, q.operacao_id, length(q.objeto), q.objeto collate "C"
    )
    select p.situacao, p.elo, p.operacao_id, p.objeto, p.esperado, p.encontrado, p.ocorrencias, null::bigint, null::bigint, null::text, null::bigint
    from primeira p
    order by p.elo, p.ordem, p.situacao collate "C";
  if found then
    return;
  end if;
  return query
    select 'provada', c.elo, o.id, null::text, null::text, null::text, null::bigint,
      (select count(*) from audit.operacoes x where x.elo is not null),
      (select count(*) from audit.deteccoes) + (select count(*) from audit.alteracoes) + (select count(*) from audit.correcoes_desfeitas)
        + (select count(*) from audit.decisoes)
        + (select count(*) from audit.excecoes),
      encode(c.selo, 'hex'), (select count(*) from audit_interno.fila_selos)
    from audit_interno.cadeia c
    left join audit.operacoes o on o.elo = c.elo;
end
$$;
comment on function audit.verificar_integridade(bigint, text) is
  'Proves the audit trail: every operation, detection, alteration, decision, exception and finding against the chain of seals, and the triggers that keep them. One row provada with the head of the chain, or one row for each kind of break, the first broken link first. elo and selo: a witness, as a message carried them; without one, a trail that was rewritten as a whole, or cut off at its end together with the head, cannot be told from an honest one. Reads every audit fact: bounded by statement_timeout. Errors: NC001 half a witness, or one badly written.';
grant execute on function audit.verificar_integridade(bigint, text) to conferente_leitor;
--! EndIncluded integridade/verificar_integridade.sql

--! Included integridade/selar.sql
-- Puts what waits in the queue at the head of the chain, in its order. Takes the head for the rest of the transaction, so only
-- the engine may: its worker at every tick, and transactions of its own logins as they commit. Where another one has the head
-- for longer than the limit, or this one's snapshot is older than the head (40001), everything stays in the queue for the next.
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
      from audit_interno.fila_selos f order by f.ordem limit 1000 -- each link looks through all of them
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
  'Seals the operations that wait for it and returns how many; 0 also where another transaction of the engine has the head. Only for conferente_dono and the engine''s own logins.';
--! EndIncluded integridade/selar.sql

--! Included regras/codigos_marketing.sql
-- The codes of the given suppliers, as written, among the entries between two days. Codes are few beside entries: whose each is, is
-- asked once. Return query, because it may run in parallel. Reads dw.lancamentos; changes nothing. Called by
-- regras.historico_marketing.
create or replace function regras.codigos_marketing(inicio date, fim date, chaves text[]) returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select g.fornecedor_id
  from (
    select distinct l.fornecedor_id::text as fornecedor_id
    from dw.lancamentos l
    where l.data_lancamento between codigos_marketing.inicio and codigos_marketing.fim and l.fornecedor_id is not null
    offset 0
  ) g
  where regras.raiz_fornecedor(g.fornecedor_id) in (select k from unnest(codigos_marketing.chaves) k);
end
$$;

comment on function regras.codigos_marketing(date, date, text[]) is 'Codes as written of the given suppliers.';
revoke execute on function regras.codigos_marketing(date, date, text[]) from public;
--! EndIncluded regras/codigos_marketing.sql

--! Included consulta/indice_da_visao.sql
-- The index by which the planner looks a view's rows up by a column, '' where partitions spare it most of the table, null where it
-- must read everything. A view may rename, compute or join, so nobody but the planner can tell: it is asked about a value that is
-- there, where there is any. operador: = or >=. visao is quoted. Volatile, because a stable function may not explain; writes nothing.
-- Called by audit_interno.diagnosticar_indices through the door that reads, and so as conferente_regra.
create or replace function audit_interno.indice_da_visao(visao text, coluna text, operador text) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
-- a small table too
set enable_seqscan = off
as $$
declare
  v_valor text;
  v_tudo json;
  v_plano json;
begin
  execute format('select l.%1$I::text from %2$s l where l.%1$I is not null limit 1', coluna, visao) into v_valor;
  v_valor := coalesce(v_valor, (
    select case t.typcategory when 'D' then '2000-01-01' when 'U' then '00000000-0000-0000-0000-000000000000' else '0' end
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = visao::regclass and a.attname = coluna));
  execute format('explain (verbose, format json) select from %s', visao) into v_tudo;
  execute format('explain (verbose, format json) select from %s l where l.%I %s %L', visao, coluna, operador, v_valor) into v_plano;

  return (
    with no as (
      select n ->> 'Index Cond' as condicao, n ->> 'Index Name' as indice, n ? 'Relation Name' as leitura,
        -- the index of a bitmap is a node of its own
        n ? 'Index Cond' or n ->> 'Node Type' = 'Bitmap Heap Scan' as por_indice,
        (select 1 + pg_relation_size(c.oid) from pg_class c
          where c.relname = n ->> 'Relation Name' and c.relnamespace = (select e.oid from pg_namespace e where e.nspname = n ->> 'Schema')) as bytes
      from jsonb_path_query(v_plano::jsonb, 'strict $.** ? (exists(@."Relation Name") || exists(@."Index Cond"))') n
    ), usado as (
      select min(n.indice) as indice
      from no n
      -- as the planner writes a number, or anything else
      where position(operador || ' ' || v_valor || ')' in n.condicao) > 0
        or position(operador || ' ''' || replace(v_valor, '''', '''''') || '''' in n.condicao) > 0
    )
    select case
      -- an index of a dimension helps nobody who then reads all facts
      when coalesce(sum(n.bytes) filter (where not n.por_indice), 0) < sum(n.bytes) filter (where n.por_indice) and u.indice is not null
        -- of a partition's index, the whole one
        then coalesce((
          select min(p.relname) from pg_class c join pg_class p on p.oid = pg_partition_root(c.oid) where c.relname = u.indice), u.indice)
      when count(*) filter (where n.leitura) < (
        select count(*) from jsonb_path_query(v_tudo::jsonb, 'strict $.** ? (exists(@."Relation Name"))'))
        then '' end
    from usado u
    left join no n on true
    group by u.indice);
end
$$;
comment on function audit_interno.indice_da_visao(text, text, text) is
  'Index by which the planner looks a view''s rows up by a column; empty where partitions spare it most of the table, null where it reads everything.';
revoke execute on function audit_interno.indice_da_visao(text, text, text) from public;
grant execute on function audit_interno.indice_da_visao(text, text, text) to conferente_regra;
--! EndIncluded consulta/indice_da_visao.sql

--! Included regras/metade_fornecedor.sql
-- Which half of the ledger a supplier belongs to, 0 or 1, so that two processes may share a work without asking each other. Touches
-- nothing; inlined by the planner. Called by entradas_pendencia and explicar_pendencias.
create or replace function regras.metade_fornecedor(codigo text, nome text) returns int
language sql immutable parallel safe
return (pg_catalog.hashtextextended(coalesce(nullif(codigo, ''), nome, ''), 0) & 1)::int;

comment on function regras.metade_fornecedor(text, text) is 'Half of the ledger that a supplier belongs to: 0 or 1.';
revoke execute on function regras.metade_fornecedor(text, text) from public;
--! EndIncluded regras/metade_fornecedor.sql

--! Included regras/perguntar_retroteste.sql
-- The back-test's questions with what both opinions gave each category, by two processes where regras.em_metades allows it:
-- each takes half of the suppliers. Return query, because insert never runs in parallel. Reads what pontuar_pendencias reads; changes
-- nothing. Called by regras.calibrar_historia.
create or replace function regras.perguntar_retroteste(retroteste int4range, amostra int)
returns setof regras.estatistica_pergunta
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_metades boolean := regras.em_metades();
begin
  return query
  select u.id, p.com_conta, p.classe, p.lacuna, u.certa, p.categorias, p.bases, p.palavras, p.repetidas, p.recentes
  from (
    select x.* from regras.pontuar_pendencias(null, retroteste, amostra, false) x where not v_metades
    union all
    select x.* from regras.pontuar_pendencias(null, retroteste, amostra, false, 0) x where v_metades
    union all
    select x.* from regras.pontuar_pendencias(null, retroteste, amostra, false, 1) x where v_metades
  ) p
  cross join lateral unnest(p.ids, p.certas) u (id, certa);
end
$$;

comment on function regras.perguntar_retroteste(int4range, int) is
  'Questions of the back-test, as estatistica_pergunta keeps them: a sample of some months'' entries.';
revoke execute on function regras.perguntar_retroteste(int4range, int) from public;
--! EndIncluded regras/perguntar_retroteste.sql

--! Included regras/explicar_pendencias.sql
-- The pending entries of a window as findings: what is proposed for each, how surely, and what spoke for it, in figures and in a
-- sentence. metade: of all suppliers (null) or of one half (0, 1). Reads dw.lancamentos, the settings and the statistics that
-- regras.preparar_pendente_verificacao keeps; changes nothing. Called by regras.pendente_verificacao.
create or replace function regras.explicar_pendencias(janela audit.janela, metade int) returns setof audit.achado
-- costly enough to be worth a process of its own
language plpgsql stable parallel safe cost 1e9
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_minima constant numeric := 0.05;
begin
  return query
  with sugestao as materialized (
    select s.ids, s.bruta, s.bruta_segunda, s.confianca, s.casos, s.acertos, c.categoria as proposta, d.categoria as alternativa,
      e.por_nivel, e.palavras, e.lista, e.todas, e.certas, e.por, s.contra
    from regras.sugerir_pendencias(janela, null, null, metade) s
    join regras.estatistica_categoria c on c.id = s.categoria
    left join regras.estatistica_categoria d on d.id = s.segunda
    cross join lateral regras.descrever_provas(s.niveis, s.termos, s.lancamentos, s.iguais) e
  )
  select
    null::text,
    l.id::text,
    case when q.propor then jsonb_build_object('categoria', s.proposta) else '{}'::jsonb end,
    case when s.id is null then 0.01 else round(s.confianca::numeric, 4) end,
    jsonb_strip_nulls(jsonb_build_object(
      'rotulo', l.categoria,
      'contradiz_codigo', s.contra,
      'sugestao', s.proposta,
      'alternativa', s.alternativa,
      'nota', round(s.bruta::numeric, 4),
      'nota_alternativa', round(s.bruta_segunda::numeric, 4),
      'niveis', s.por_nivel,
      'palavras', s.palavras,
      'calibracao', case when s.casos > 0 then jsonb_build_object('casos', s.casos, 'acertos', s.acertos) end)),
    case s.contra
      when 'nome' then 'O nome não se parece com nenhum que o código ' || l.fornecedor_id || ' já teve: confira de quem é; o código não foi levado em conta. '
      when 'texto' then 'O texto não tem nada do que os lançamentos do código ' || l.fornecedor_id || ' já disseram: confira de quem é; o código não foi levado em conta. '
      else ''
    end || case
      when s.id is null then case when btrim(l.categoria) <> '' then 'Pendente' else 'Sem categoria' end || ', e o histórico não tem nada parecido de onde inferir a categoria.'
      else coalesce(case when s.certas > 0 then
          s.certas || ' de ' || s.todas || ' lançamentos de meses anteriores com '
            || case when s.por in ('empresa do fornecedor', 'conta contábil') then 'a mesma ' else 'o mesmo ' end || s.por || ' estão em "' || s.proposta || '". ' end,
          'Nenhum lançamento igual em meses anteriores; "' || s.proposta || '" vem de grupos mais amplos. ')
        || coalesce('Palavras: ' || s.lista || '. ', '')
        || coalesce('A segunda opção é "' || s.alternativa || '". ', '')
        || case when s.casos > 0 then 'De ' || s.casos || ' sugestões passadas com confiança parecida, '
            || s.acertos || ' estavam certas.'
          else 'Ainda não há meses anteriores suficientes para conferir a nota.' end
        || case when q.propor then '' else ' Confiança baixa demais para propor.' end
    end,
    nullif(abs(l.valor), 'NaN')
  from dw.lancamentos l
  left join (select i.id, x.* from sugestao x cross join lateral unnest(x.ids) i (id)) s on s.id = l.id::text
  cross join lateral (select coalesce(s.confianca >= v_minima, false) as propor) q
  where coalesce(audit_interno.dobrar_categoria(l.categoria), '') = any (v_pendentes)
    and (metade is null or regras.metade_fornecedor(l.fornecedor_id, l.fornecedor) = metade)
    and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
    and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
    and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
    and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
    and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)));
end
$$;

comment on function regras.explicar_pendencias(audit.janela, int) is
  'Findings of pendente_verificacao: of a window''s pending entries, of all suppliers or of one half of them.';
revoke execute on function regras.explicar_pendencias(audit.janela, int) from public;
--! EndIncluded regras/explicar_pendencias.sql

--! Included regras/contar_em_metades.sql
-- As contar_historia of some months, or of all when null, by two processes where regras.em_metades allows it: one counts the even
-- months, one the odd ones. Return query, because insert never runs in parallel. Reads what contar_historia reads; changes nothing.
-- Called by regras.contar_meses.
create or replace function regras.contar_em_metades(meses int[])
returns table (nivel smallint, chave bigint, mes int, categoria int, linhas int)
language plpgsql stable rows 1000000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if cardinality(meses) = 1 or not regras.em_metades() then
    return query select h.* from regras.contar_historia(meses, null) h;
    return;
  end if;
  return query
  select h.* from regras.contar_historia(meses, null, 0) h
  union all
  select h.* from regras.contar_historia(meses, null, 1) h;
end
$$;

comment on function regras.contar_em_metades(int[]) is 'Counts of the learnable history, as regras.contar_historia, by two processes where it pays.';
revoke execute on function regras.contar_em_metades(int[]) from public;
--! EndIncluded regras/contar_em_metades.sql

--! Included regras/em_metades.sql
-- Whether two processes may share a work: where PostgreSQL may run queries in parallel, and not in what workers run side by side
-- already (conferente.lado_a_lado, set by audit_interno.repartir_regra and detectar_parte). Touches nothing. Called by
-- regras.pendente_verificacao and its preparation.
create or replace function regras.em_metades() returns boolean
language sql stable
return pg_catalog.current_setting('max_parallel_workers_per_gather')::int > 0
  and coalesce(pg_catalog.current_setting('conferente.lado_a_lado', true), '') = '';

comment on function regras.em_metades() is 'Whether two processes may share a work: parallel query is allowed, and nobody else is at it already.';
revoke execute on function regras.em_metades() from public;
--! EndIncluded regras/em_metades.sql

--! Included regras/medir_niveis.sql
-- What the history knew of each entry of a back-test at each level: how many earlier entries (total), and how many of them of the right
-- category (certas), counted as regras.pontuar_pendencias counts them. metade: of all suppliers (null) or of one half (0, 1). Reads
-- the statistics and dw.lancamentos; changes nothing. Called by regras.medir_em_metades.
create or replace function regras.medir_niveis(retroteste int4range, amostra int, metade int default null)
returns table (id text, nivel smallint, total double precision, certas double precision)
-- the cost says: worth a process of its own
language plpgsql stable parallel safe cost 1e9 rows 30000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
begin
  return query
  with k as materialized (
    select e.id, e.corte, e.certa, c.nivel, c.chave
    from regras.entradas_pendencia(null, retroteste, amostra, metade) e
    cross join lateral regras.chaves_entrada(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor, e.texto) c
    where c.nivel < 20
  ), corte as materialized (
    select d.corte, coalesce(regras.ultimo_mes_conhecido(d.corte), d.corte - 1) as ultimo from (select distinct k.corte from k) d
  ), contexto as materialized (
    select d.nivel, d.chave, d.corte, o.ultimo
    from (select distinct k.nivel, k.chave, k.corte from k) d
    join corte o on o.corte = d.corte
  ), contagem as materialized (
    select x.nivel, x.chave, x.corte, e.categoria, e.w, sum(e.w) over (partition by x.nivel, x.chave, x.corte) as total
    from contexto x
    cross join lateral (
      select c.categoria, sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 9)) as w
      from regras.estatistica_contagem c
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      group by c.categoria
      offset 0
    ) e
  ), total as (
    select distinct c.nivel, c.chave, c.corte, c.total from contagem c
  )
  select k.id, k.nivel, t.total, coalesce(c.w, 0)
  from k
  join total t using (nivel, chave, corte)
  left join contagem c on c.nivel = k.nivel and c.chave = k.chave and c.corte = k.corte and c.categoria = k.certa;
end
$$;

comment on function regras.medir_niveis(int4range, int, int) is
  'Earlier entries and those of the right category for each entry of a back-test at each level.';
revoke execute on function regras.medir_niveis(int4range, int, int) from public;
--! EndIncluded regras/medir_niveis.sql

--! Included regras/medir_em_metades.sql
-- As medir_niveis, by two processes where regras.em_metades allows it: each takes half of the suppliers. Return query, because insert
-- never runs in parallel. Reads what medir_niveis reads; changes nothing. Called by regras.ajustar_alfas.
create or replace function regras.medir_em_metades(retroteste int4range, amostra int)
returns table (id text, nivel smallint, total double precision, certas double precision)
language plpgsql stable rows 30000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if not regras.em_metades() then
    return query select m.* from regras.medir_niveis(retroteste, amostra) m;
    return;
  end if;
  return query
  select m.* from regras.medir_niveis(retroteste, amostra, 0) m
  union all
  select m.* from regras.medir_niveis(retroteste, amostra, 1) m;
end
$$;

comment on function regras.medir_em_metades(int4range, int) is 'As regras.medir_niveis, by two processes where it pays.';
revoke execute on function regras.medir_em_metades(int4range, int) from public;
--! EndIncluded regras/medir_em_metades.sql

--! Included comum/expressao_fiel.sql
-- SQL that is true when a column of the row t holds exactly the value of a jsonb object: the same bytes of a text, whatever the
-- column's collation takes for equal, and an equal value of any other type. Called where a row is read again after it was written.
create or replace function audit_interno.expressao_fiel(relacao regclass, coluna text, objeto text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('%s is not distinct from %s',
    audit_interno.expressao_canonica(relacao, coluna, format('t.%I', coluna)) || s.colacao,
    audit_interno.expressao_canonica(relacao, coluna, audit_interno.expressao_valor(relacao, coluna, objeto)) || s.colacao)
  from (select ' collate "C"' as colacao) as s
$$;
comment on function audit_interno.expressao_fiel(regclass, text, text) is 'SQL text for: column of t is exactly objeto -> coluna.';
--! EndIncluded comum/expressao_fiel.sql

--! Included comum/expressao_imagens.sql
-- SQL for the columns of the row t as one jsonb object, the same in every session. Columns that the relation does not have are
-- left out. Called for images, for what identifies an entry, and for what must not move along with a write.
create or replace function audit_interno.expressao_imagens(relacao regclass, colunas text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- forty columns a piece: a function takes no more than a hundred arguments
  select coalesce(string_agg(p.pedaco, ' || ' order by p.n), '''{}''::jsonb')
  from (
    select c.n / 40 as n, format('jsonb_build_object(%s)', string_agg(
      format('%L, %s', c.coluna, audit_interno.expressao_imagem(relacao, c.coluna, format('t.%I', c.coluna))), ', ' order by c.n)) as pedaco
    from (
      select a.attname as coluna, row_number() over (order by a.attname collate "C") - 1 as n
      from pg_attribute a
      where a.attrelid = expressao_imagens.relacao and a.attname = any (expressao_imagens.colunas)
        and a.attnum > 0 and not a.attisdropped
    ) as c
    group by c.n / 40
  ) as p
$$;
comment on function audit_interno.expressao_imagens(regclass, text[]) is 'SQL text: jsonb object of these columns of the row t.';
--! EndIncluded comum/expressao_imagens.sql

--! Included comum/tem_papel.sql
-- Whether who called may act as this role: the role that the session took (the API's callers), else the login. A definer function
-- sees its own owner as current_user, so that is not asked.
create or replace function audit_interno.tem_papel(papel text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select pg_has_role(case when current_setting('role') = 'none' then session_user::text else current_setting('role') end, tem_papel.papel, 'USAGE')
$$;
comment on function audit_interno.tem_papel(text) is 'Whether the caller has the role.';
--! EndIncluded comum/tem_papel.sql

--! Included comum/pela_api.sql
-- Whether the session is the API's, which speaks for people who are not there: its login is conferente_servico or a member of it.
create or replace function audit_interno.pela_api()
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select session_user = 'conferente_servico' or exists (
    select from pg_auth_members m
    where m.roleid = 'conferente_servico'::regrole and m.member = session_user::regrole)
$$;
comment on function audit_interno.pela_api() is 'True in a session of the login that serves the API.';
--! EndIncluded comum/pela_api.sql

--! Included configuracao/conferir_caminho.sql
-- Why a function's search_path leaves it to its caller what it reads, in one sentence, or null. Called by
-- audit_interno.conferir_regra.
create or replace function audit_interno.conferir_caminho(funcao text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when f.caminho is null then
      format('a função %s não fixa o search_path: sem isso, quem a chama decide que tabelas ela lê; acrescente set search_path = pg_catalog, pg_temp', funcao)
    -- HAZARD: where pg_temp is not named it comes first, and a view that the caller puts there runs its functions as
    -- conferente_dono. An empty path makes the rule say every name in full.
    when f.caminho not in ('', '""') and f.caminho !~ '^((?!\mpg_temp\M).)*(^|[, ])(pg_temp|"pg_temp") *$' then
      format('o search_path da função %s deve nomear pg_temp uma vez, por último: sem isso, tabelas temporárias de quem a chama passam à frente das que ela lê', funcao)
  end
  from (select (
    select substr(c, length('search_path=') + 1)
    from pg_proc p cross join lateral unnest(p.proconfig) as c
    where p.oid = audit_interno.funcao_da_janela(conferir_caminho.funcao) and c like 'search\_path=%') as caminho) as f
$$;
comment on function audit_interno.conferir_caminho(text) is 'Why a function of one audit.janela is not safe from its caller''s search path, or null.';
--! EndIncluded configuracao/conferir_caminho.sql

--! Included configuracao/conferir_tipos.sql
-- Which of a rule's date, load time and amount is of a type that the engine cannot go by, in one sentence, or null. Called by
-- audit.registrar_regra alone: a rule that was registered with a date that has a time of day keeps running.
create or replace function audit_interno.conferir_tipos(regra audit.regras)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('%s %s é do tipo %s, e deve ser %s', c.nome, c.coluna, t.tipo, c.deve)
  from (values
    (1, 'coluna_data', regra.coluna_data, '^date$',
      'date: uma janela vai de um dia a outro, e de uma coluna com hora perderia o último'),
    (2, 'coluna_carga', regra.coluna_carga, '^(date|timestamp.*)$', 'timestamptz, timestamp ou date'),
    (3, 'coluna_valor', regra.coluna_valor, '^(smallint|integer|bigint|numeric.*|real|double precision)$',
      'um número, que se soma: numeric, integer, bigint, smallint, double precision ou real')
  ) as c (ordem, nome, coluna, tipos, deve)
  cross join lateral (select audit_interno.tipo_coluna(audit_interno.relacao(regra.tabela), c.coluna) as tipo) as t
  where t.tipo !~ c.tipos
  order by c.ordem
  limit 1
$$;
comment on function audit_interno.conferir_tipos(audit.regras) is 'Which column of a rule is of a type that windows and control totals cannot go by, or null.';
--! EndIncluded configuracao/conferir_tipos.sql

--! Included configuracao/dependencia_conhecida.sql
-- Whether a name that a rule declares as part of its code is a schema, or a function or view given with its schema.
create or replace function audit_interno.dependencia_conhecida(nome text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.esquema(nome) is not null or exists (select from audit_interno.codigo_nomeado(nome, '{}'))
$$;
comment on function audit_interno.dependencia_conhecida(text) is 'True when there is such a schema, function, view or type.';
--! EndIncluded configuracao/dependencia_conhecida.sql

--! Included configuracao/conferir_requisitos.sql
-- What a rule lacks before it can look for anything, in a sentence that says what to do, or null: a label that is not set or that
-- the ledger does not have. Asked of the rule's own function, through the door, for it reads the warehouse. Changes nothing. Called
-- when a session decides which rules it runs, and by diagnostico.
create or replace function audit_interno.conferir_requisitos(regra audit.regras)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_falta text;
begin
  if regra.requisitos is null then
    return null;
  end if;
  if not audit_interno.nome_qualificado(regra.requisitos) or to_regprocedure(regra.requisitos || '()') is null then
    return format('não existe a função de requisitos %s()', regra.requisitos);
  end if;
  select x.falta into v_falta from audit_interno.ler(format('select %s()::text', regra.requisitos)) as x (falta text);
  return v_falta;
exception when others then
  return format('a função de requisitos %s() falhou: %s', regra.requisitos, sqlerrm);
end
$$;
comment on function audit_interno.conferir_requisitos(audit.regras) is 'What a rule lacks (settings, labels of the ledger) before it can run, or null.';
--! EndIncluded configuracao/conferir_requisitos.sql

--! Included configuracao/demora_expressao.sql
-- Tries a regular expression on texts that grow, made of its own letters and words, and gives up as soon as one of them takes too
-- long: each is little longer than the one before, so that even what doubles with every letter is caught within moments. What is
-- left takes milliseconds on the longest text. Touches nothing. Called by audit_interno.preparar_padrao.
create or replace function audit_interno.demora_expressao(expressao text)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_letras text[];
  v_letra text;
  v_fim text;
  v_tamanho integer;
  v_inicio timestamptz := clock_timestamp();
  v_antes timestamptz;
  v_demora interval;
begin
  perform '' ~* demora_expressao.expressao;
  if clock_timestamp() - v_inicio > interval '2 s' then
    return 'só para ser lida';
  end if;
  select array_agg(distinct l.letra) into v_letras
  from (
    (select m[1] || ' ' as letra from regexp_matches(demora_expressao.expressao, '[[:alnum:]]{2,}', 'g') as m order by length(m[1]) desc limit 3)
    union all
    (select lower(m[1]) from regexp_matches(demora_expressao.expressao, '(?<!\\)([[:alnum:]])', 'g') as m group by 1 order by count(*) desc limit 4)
    union all
    select unnest(array['a', '0', ' '])
  ) as l;
  foreach v_letra in array v_letras loop
    -- what the expression ends in: without it most texts are refused at a glance
    foreach v_fim in array array['', '!', coalesce(substring(demora_expressao.expressao from '([[:alnum:]])[^[:alnum:]]*$'), '.')] loop
      v_tamanho := 8;
      while v_tamanho < 2000 loop
        v_demora := null;
        for v_vez in 1..3 loop -- the quickest of three: a busy server is not the expression's fault
          v_antes := clock_timestamp();
          perform left(repeat(v_letra, v_tamanho), v_tamanho) || v_fim ~* demora_expressao.expressao;
          v_demora := least(v_demora, clock_timestamp() - v_antes);
          exit when v_demora < interval '100 ms';
        end loop;
        if v_demora >= interval '100 ms' then
          return format('%s ms num texto de %s letras', round(extract(epoch from v_demora) * 1000), v_tamanho);
        end if;
        v_tamanho := case when v_tamanho < 40 then v_tamanho + 3 else v_tamanho * 5 / 4 end;
      end loop;
    end loop;
  end loop;
  return null;
end
$$;
comment on function audit_interno.demora_expressao(text) is 'On which text a regular expression takes too long, in words; null where none does.';
--! EndIncluded configuracao/demora_expressao.sql

--! Included configuracao/desativar_retencao.sql
-- Switches a withholding tax off, as if it had never been; its history stays. One that ends by law gets a vale_ate instead.
create or replace function audit.desativar_retencao(id bigint, motivo text)
returns audit.retencoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_retencao audit.retencoes;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(desativar_retencao.motivo);
  update audit.retencoes r set ativo = false, motivo = btrim(desativar_retencao.motivo)
  where r.id = desativar_retencao.id
  returning * into v_retencao;
  if not found then
    raise exception using errcode = 'NC004', message = format('retenção desconhecida: %s', coalesce(desativar_retencao.id::text, 'nulo'));
  end if;
  v_operacao := audit_interno.abrir_operacao('retencao', motivo => v_retencao.motivo, detalhes => to_jsonb(v_retencao));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_retencao;
end
$$;
comment on function audit.desativar_retencao(bigint, text) is
  'Switches a withholding tax off for every day. Errors: NC004 unknown, NC006 reason missing.';
grant execute on function audit.desativar_retencao(bigint, text) to conferente_administrador;
--! EndIncluded configuracao/desativar_retencao.sql

--! Included configuracao/salvar_retencao.sql
-- Adds a withholding tax, or gives an existing one another end or law, and switches it on again.
create or replace function audit.salvar_retencao(tributo text, aliquota numeric, vale_de date, lei text, motivo text, vale_ate date default null)
returns audit.retencoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_retencao audit.retencoes;
  v_operacao bigint;
begin
  perform audit_interno.exigir_motivo(salvar_retencao.motivo);
  insert into audit.retencoes as r (tributo, aliquota, vale_de, vale_ate, lei, motivo, criado_por)
  values (btrim(salvar_retencao.tributo), trim_scale(salvar_retencao.aliquota), salvar_retencao.vale_de, salvar_retencao.vale_ate,
    btrim(salvar_retencao.lei), btrim(salvar_retencao.motivo), audit_interno.ator())
  on conflict on constraint retencoes_tributo_aliquota_vale_de_key
    do update set vale_ate = excluded.vale_ate, lei = excluded.lei, ativo = true, motivo = excluded.motivo
  returning * into v_retencao;
  if exists (
    select from audit.retencoes r
    where r.ativo and r.id <> v_retencao.id and r.tributo = v_retencao.tributo and r.aliquota = v_retencao.aliquota
      and daterange(r.vale_de, r.vale_ate, '[]') && daterange(v_retencao.vale_de, v_retencao.vale_ate, '[]')
  ) then
    raise exception using errcode = 'NC009', message = format('retenção recusada: %s de %s%% já vale em parte desses dias',
        v_retencao.tributo, v_retencao.aliquota),
      hint = 'Dê antes um fim à que já existe, salvando-a com o mesmo vale_de e um vale_ate.';
  end if;
  v_operacao := audit_interno.abrir_operacao('retencao', motivo => v_retencao.motivo, detalhes => to_jsonb(v_retencao));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_retencao;
exception when check_violation or not_null_violation then
  raise exception using errcode = 'NC009', message = format('retenção recusada: %s', sqlerrm),
    hint = 'tributo e lei são textos; aliquota é o percentual, entre 0 e 100; vale_ate não vem antes de vale_de, e null é sem fim conhecido.';
end
$$;
comment on function audit.salvar_retencao(text, numeric, date, text, text, date) is
  'Adds a tax withheld at source, or changes the end and the law of the one with the same tributo, aliquota (per cent) and vale_de. Of one tributo at most one rate is withheld from a document. Errors: NC006 reason missing, NC009 unusable, or valid already on some of these days.';
grant execute on function audit.salvar_retencao(text, numeric, date, text, text, date) to conferente_administrador;
--! EndIncluded configuracao/salvar_retencao.sql

--! Included avaliacao/exigir_dono.sql
-- Refuses a function whose owner could not have registered it. A back-test runs it as conferente_regra, which writes nothing
-- but reads all that any rule reads, more than a reviewer may; and an error message carries out what was read. The owner is asked
-- and not the body, which its owner may replace at any time. Called by audit.avaliar_regra.
create or replace function audit_interno.exigir_dono(funcao text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dono oid;
begin
  select p.proowner into v_dono from pg_proc p where p.oid = audit_interno.funcao_da_janela(exigir_dono.funcao);
  -- a superuser is a member of every role
  if (pg_has_role(v_dono, 'conferente_dono', 'member') or pg_has_role(v_dono, 'conferente_administrador', 'member')) is not true then
    raise exception using errcode = 'insufficient_privilege',
      message = format('a função %s é de %s, que não poderia registrá-la como regra', exigir_dono.funcao, pg_get_userbyid(v_dono)),
      detail = 'Uma avaliação roda a função com os direitos de conferente_regra, que lê o que as regras leem.',
      hint = format('Ela pode ser de um superusuário ou de um membro de conferente_dono ou conferente_administrador: alter function %s(audit.janela) owner to conferente_dono.',
        audit_interno.chamada_sql(exigir_dono.funcao));
  end if;
end
$$;
comment on function audit_interno.exigir_dono(text) is 'Refuses (42501) a function whose owner is neither a superuser nor a member of conferente_dono or conferente_administrador.';
--! EndIncluded avaliacao/exigir_dono.sql

--! Included avaliacao/avaliar_versao.sql
-- Back-tests one version of a rule over a window. Each test runs in a subtransaction that is rolled back, whatever happens;
-- only the lines it returns remain. outra is the function it is compared with, or null: then an error says which of the two
-- failed, with its code and message unchanged. Called by audit.avaliar_regra alone.
create or replace function audit_interno.avaliar_versao(versao audit.regras, data_inicio date, data_fim date, outra text)
returns setof audit.avaliacao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_linhas audit.avaliacao[] := array[]::audit.avaliacao[];
  v_codigo text;
  v_erro text;
  v_detalhe text;
  v_dica text;
begin
  if versao.funcao = 'regras.pendente_verificacao' then
    begin
      v_linhas := v_linhas || array(
        select a from audit_interno.avaliar_retroteste(versao, avaliar_versao.data_inicio, avaliar_versao.data_fim) a);
      raise exception using errcode = 'NC999', message = 'simulação';
    exception when sqlstate 'NC999' then
      null; -- v_linhas stays, all else is undone
    end;
  end if;
  begin
    v_linhas := v_linhas || array(
      select a from audit_interno.avaliar_decisoes(versao, avaliar_versao.data_inicio, avaliar_versao.data_fim) a);
    raise exception using errcode = 'NC999', message = 'simulação';
  exception when sqlstate 'NC999' then
    null;
  end;
  return query select * from unnest(v_linhas);
exception when query_canceled or others then -- others does not take in who gives up, and which one took too long is to be told as well
  if outra is null then
    raise;
  end if;
  get stacked diagnostics v_codigo = returned_sqlstate, v_erro = message_text, v_detalhe = pg_exception_detail,
    v_dica = pg_exception_hint;
  raise exception using errcode = v_codigo, message = v_erro,
    detail = concat_ws('; ', nullif(v_detalhe, ''), format('função %s', versao.funcao)),
    hint = concat_ws(' ', nullif(v_dica, ''), format('Foi %s que falhou, e não %s.', versao.funcao, outra));
end
$$;
comment on function audit_interno.avaliar_versao(audit.regras, date, date, text) is
  'Back-test of one version of a rule, rolled back. Raises what the rule raises; compared with another, the error names the function.';
--! EndIncluded avaliacao/avaliar_versao.sql

--! Included regras/fim_documento.sql
-- The last character of regras.documento_comparavel, told without the price of it where the number ends in an ASCII letter or
-- digit: equal numbers end alike, so what has no companion by it need not be compared. Anything else at the end (an accent, a bracket,
-- a blank of another kind), what may be a spreadsheet's ".0", and what is longer than is compared, is folded in full, or a spelling
-- would hide a duplicate.
-- Touches nothing; inlined by the planner. Called by regras.duplicidades for every suspect.
create or replace function regras.fim_documento(documento text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.octet_length(documento) <= 200
    and pg_catalog.strpos('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
      pg_catalog.right(pg_catalog.rtrim(documento, ' -./'), 1)) > 0
    and pg_catalog.strpos(documento, '.0') = 0
    then pg_catalog.lower(pg_catalog.right(pg_catalog.rtrim(documento, ' -./'), 1))
  else pg_catalog.right(regras.documento_comparavel(documento), 1)
end;

comment on function regras.fim_documento(text) is
  'Last character of a document number made comparable: equal for equal numbers.';
revoke execute on function regras.fim_documento(text) from public;
--! EndIncluded regras/fim_documento.sql

--! Included regras/parcela_dita.sql
-- Which instalment a description says it is, without leading zeros: "parcela 2/3", "parc. 02", "prestação 2", "2ª parcela", "segunda
-- parcela", "parcela II", or a fraction at the end of the text, "NF 345 2/3". Empty where it says none. The ordinal is asked first: what
-- follows "2ª parcela" may be a date. A bare number before the word is none, for "em 3 parcelas" says how many. Most texts name no
-- instalment, and are spared the expressions. Touches nothing; inlined by the planner. Called by regras.duplicidades.
create or replace function regras.parcela_dita(descricao text) returns text
language sql immutable parallel safe
return (
  select case when t.texto like '%parc%' or t.texto like '%prest%' or t.texto ~ '[0-9] ?/ ?[0-9]{1,2}\s*$' then coalesce(
      pg_catalog.substring(t.texto, '\m0*([0-9]{1,3})[.]?[ao°][. ]{0,3}(?:parc(?:ela)?|prest(?:acao)?)\M'),
      pg_catalog.substring(t.texto, '(?:parc[a-z]*|prest(?:acao)?)[^0-9a-z]{0,6}(?:n(?:[or]|um|umero)?[^0-9a-z]{0,3})?0*([0-9]{1,3})'),
      pg_catalog.array_position('{primeira,segunda,terceira,quarta,quinta,sexta,setima,oitava,nona,decima}',
        pg_catalog.substring(t.texto, '\m([a-z]+)a (?:parc(?:ela)?|prest(?:acao)?)\M') || 'a')::text,
      pg_catalog.array_position('{i,ii,iii,iv,v,vi,vii,viii,ix,x,xi,xii}',
        pg_catalog.substring(t.texto, '(?:parc(?:ela)?|prest(?:acao)?)[^0-9a-z]{1,4}([ivx]{1,4})\M'))::text,
      pg_catalog.array_position('{um,dois,tres,quatro,cinco,seis,sete,oito,nove,dez,onze,doze}',
        pg_catalog.substring(t.texto, '(?:parc(?:ela)?|prest(?:acao)?)[^0-9a-z]{1,4}([a-z]{2,6})\M'))::text,
      pg_catalog.substring(t.texto, '(?<![0-9/.-])0*([0-9]{1,2}) ?/ ?[0-9]{1,2}\s*$'),
      '')
    else '' end
  from (select audit_interno.dobrar(pg_catalog.left(descricao, 500)) as texto) t);

comment on function regras.parcela_dita(text) is
  'Number of the instalment that a description says it is; empty where it says none.';
revoke execute on function regras.parcela_dita(text) from public;
--! EndIncluded regras/parcela_dita.sql

--! Included regras/entradas_casadas.sql
-- The entries that one marketing pattern matches, newest first, as audit.previsao_padrao shows them. Reads dw.lancamentos and
-- the settings; changes nothing. Called by audit.previsao_padrao, through audit_interno.ler.
create or replace function regras.entradas_casadas(campo text, tipo text, padrao text, limite int)
returns table (
  registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
  valor numeric, ja_em_marketing boolean
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_categoria text := audit_interno.dobrar_categoria(audit_interno.configuracao('trade_marketing.categoria') #>> '{}');
begin
  return query
  select l.id::text, l.data_lancamento::date, l.categoria::text, l.fornecedor::text, l.descricao::text,
    l.conta_contabil::text, l.valor::numeric,
    coalesce(audit_interno.dobrar_categoria(l.categoria) = v_categoria, false)
  from dw.lancamentos l
  where regras.padrao_casa(entradas_casadas.tipo, entradas_casadas.padrao, audit_interno.dobrar(
    case entradas_casadas.campo when 'fornecedor' then l.fornecedor when 'descricao' then l.descricao else l.conta_contabil end))
  order by l.data_lancamento desc, l.id
  limit greatest(0, least(entradas_casadas.limite, 10000));
end
$$;

comment on function regras.entradas_casadas(text, text, text, int) is
  'Entries that a pattern (contem, palavra, regex) matches in a field, newest first, at most 10,000.';
revoke execute on function regras.entradas_casadas(text, text, text, int) from public;
--! EndIncluded regras/entradas_casadas.sql

--! Included regras/julgar_retroteste.sql
-- Asks the inference of pendente_verificacao for the entries of a window that have a real category, as if all of them were
-- pending, and says of each whether the answer is that category. Entries are asked without their account, which parked ones
-- seldom have. The statistics must be those of regras.preparar_retroteste. Reads them, dw.lancamentos, the settings and the
-- audit tables; changes nothing. Called by audit_interno.avaliar_retroteste, through audit_interno.ler.
create or replace function regras.julgar_retroteste(janela audit.janela)
returns table (registro_id text, confianca numeric, propoe boolean, certa boolean)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_minima constant numeric := 0.05; -- as in regras.pendente_verificacao: under it nothing is proposed
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_meses int4range := int4range(regras.mes_indice(janela.data_inicio), regras.mes_indice(janela.data_fim) + 1);
begin
  return query
  with sugestao as materialized (
    select u.id, s.com_conta, s.confianca, s.categoria = u.certa as acertou
    from regras.sugerir_pendencias(null, v_meses, null) s
    cross join lateral unnest(s.ids, s.certas) u (id, certa)
  )
  select l.id::text, round(coalesce(s.confianca, 0.01)::numeric, 4), coalesce(s.confianca >= v_minima, false),
    coalesce(s.acertou and s.confianca >= v_minima, false)
  from dw.lancamentos l
  left join sugestao s on s.id = l.id::text and s.com_conta = (coalesce(btrim(l.conta_contabil), '') = '')
  where l.data_lancamento between janela.data_inicio and janela.data_fim
    and audit_interno.dobrar_categoria(l.categoria) <> all (v_pendentes || ''::text)
    and not exists (select from unnest(audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)) n (id) where n.id = l.id);
end
$$;

comment on function regras.julgar_retroteste(audit.janela) is
  'For each entry of the window with a real category: confidence of the suggestion, whether it would be proposed, and whether it is right.';
revoke execute on function regras.julgar_retroteste(audit.janela) from public;
--! EndIncluded regras/julgar_retroteste.sql

--! Included regras/padroes_propostos.sql
-- The marketing patterns that audit.propor_padroes proposes: suppliers, words and pairs of words of entries whose correction
-- to the marketing category a person decided, with their support and precision. Reads dw.lancamentos, the decisions, the
-- patterns and the settings; changes nothing. Called by audit.propor_padroes, through audit_interno.ler.
create or replace function regras.padroes_propostos(suporte_minimo int, precisao_minima numeric)
returns table (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_categoria text := audit_interno.dobrar_categoria(audit_interno.configuracao('trade_marketing.categoria') #>> '{}');
  v_pendentes text[] := regras.rotulos_pendentes();
begin
  return query
  with confirmado as materialized (
    select distinct d.registro_id
    from audit.divergencias_processadas d
    where d.tabela = 'dw.lancamentos' and d.status = 'corrigida'
      and audit_interno.dobrar_categoria(d.valores_propostos ->> 'categoria') = v_categoria
      and exists (select from audit.decisoes p
            where p.divergencia_id = d.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual'))
  ), entrada as materialized (
    select l.id::text as id, audit_interno.dobrar(btrim(l.fornecedor)) as fornecedor,
      string_to_array(nullif(regras.palavras_texto(l.descricao), ''), ' ') as palavras,
      c.registro_id is not null as confirmada,
      c.registro_id is not null or audit_interno.dobrar_categoria(l.categoria) = v_categoria as marketing
    from dw.lancamentos l
    left join confirmado c on c.registro_id = l.id::text
    where audit_interno.dobrar_categoria(l.categoria) <> all (v_pendentes || ''::text)
  ), candidato as materialized (
    select e.id, e.confirmada, e.marketing, x.campo, x.texto
    from entrada e
    cross join lateral (
      select 'fornecedor' as campo, e.fornecedor as texto where e.fornecedor <> ''
      union
      select 'descricao', p from unnest(e.palavras) p where length(p) >= 4
      union
      select 'descricao', e.palavras[i] || ' ' || e.palavras[i + 1]
      from generate_series(1, cardinality(e.palavras) - 1) i
    ) x
    where (x.campo, x.texto) in (
      select f.campo, f.texto
      from entrada n
      cross join lateral (
        select 'fornecedor' as campo, n.fornecedor as texto where n.fornecedor <> ''
        union
        select 'descricao', p from unnest(n.palavras) p where length(p) >= 4
        union
        select 'descricao', n.palavras[i] || ' ' || n.palavras[i + 1]
        from generate_series(1, cardinality(n.palavras) - 1) i
      ) f
      where n.confirmada
      group by f.campo, f.texto
      having count(*) >= suporte_minimo
    )
  ), contado as (
    select c.campo, c.texto, count(*) filter (where c.confirmada) as suporte, count(*) as lancamentos,
      count(*) filter (where c.marketing) as marketing
    from candidato c
    group by c.campo, c.texto
  )
  select c.campo, 'palavra'::text, c.texto, c.suporte, c.lancamentos, round(c.marketing::numeric / c.lancamentos, 4)
  from contado c
  where c.marketing::numeric / c.lancamentos >= precisao_minima
    -- what an active pattern catches already needs no other
    and not exists (
      select from audit.padroes_trade_marketing p
      where p.ativo and p.acao = 'incluir' and p.campo = c.campo
        and regras.padrao_casa(p.tipo, p.padrao, c.texto))
    -- a pair says nothing that one of its words does not say as precisely of as many
    and not exists (
      select from contado m
      where m.campo = c.campo and m.texto <> c.texto and ' ' || c.texto || ' ' like '% ' || replace(replace(m.texto, '\', ''), '%', '') || ' %'
        and c.campo = 'descricao' and m.suporte >= c.suporte and m.marketing::numeric / m.lancamentos >= precisao_minima)
  order by c.suporte desc, 6 desc, c.campo, c.texto;
end
$$;

comment on function regras.padroes_propostos(int, numeric) is
  'Suppliers, words and pairs of words with at least suporte_minimo confirmed entries and the given precision over the ledger, that no active pattern has.';
revoke execute on function regras.padroes_propostos(int, numeric) from public;
--! EndIncluded regras/padroes_propostos.sql

--! Included regras/preparar_retroteste.sql
-- Puts the statistics of regras.pendente_verificacao back to what was known before a window's first month: counts of that
-- month and later are left out, and weights and calibration are fitted on the months before it. HAZARD: changes the
-- statistics that sessions go by, so it must run inside a subtransaction that is rolled back. Reads what
-- regras.preparar_pendente_verificacao reads. Called by audit_interno.avaliar_retroteste, through audit_interno.preparar_regra.
create or replace function regras.preparar_retroteste(janela audit.janela) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_primeiro int := regras.mes_indice(janela.data_inicio);
begin
  perform regras.preparar_pendente_verificacao(null);
  delete from regras.estatistica_contagem c where c.mes >= v_primeiro;
  delete from regras.estatistica_mes m where m.mes >= v_primeiro;
  analyze regras.estatistica_contagem;
  perform regras.calibrar_historia(regras.meses_retroteste());
end
$$;

comment on function regras.preparar_retroteste(audit.janela) is
  'Statistics as of before the window''s first month. Only inside a subtransaction that is rolled back.';
revoke execute on function regras.preparar_retroteste(audit.janela) from public;
--! EndIncluded regras/preparar_retroteste.sql

--! Included regras/rotulos_proximos.sql
-- The categories of the ledger that are written most like a given label, each in its commonest spelling with the entries that have
-- it, nearest first: three tenths or more of their runs of three characters in common (Jaccard; the threshold of pg_trgm), or the
-- one within the other. A label that the ledger has comes first; nothing like it, no row. Reads dw.lancamentos, so it runs as
-- conferente_regra; changes nothing. Called by what a rule requires, by diagnostico and by whoever sets a label.
create or replace function regras.rotulos_proximos(procurado text, limite int default 3)
returns table (rotulo text, lancamentos bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_dobrado text := audit_interno.dobrar_categoria(rotulos_proximos.procurado);
  v_trigramas text[] := regras.trigramas(rotulos_proximos.procurado);
begin
  return query
  select c.escrito, c.lancamentos
  from (
    select (array_agg(g.categoria order by g.lancamentos desc, g.categoria))[1] as escrito, sum(g.lancamentos)::bigint as lancamentos,
      audit_interno.dobrar_categoria(g.categoria) as dobrado
    from (select l.categoria::text as categoria, count(*) as lancamentos from dw.lancamentos l group by l.categoria) g
    group by audit_interno.dobrar_categoria(g.categoria)
    offset 0
  ) c
  cross join lateral (select regras.trigramas(c.dobrado) as trigramas) t
  cross join lateral (
    select count(*) filter (where u = any (v_trigramas))::numeric
      / nullif(cardinality(v_trigramas) + count(*) filter (where u <> all (v_trigramas)), 0) as parecido
    from unnest(t.trigramas) u
  ) s
  where v_dobrado <> '' and c.dobrado <> ''
    and (c.dobrado = v_dobrado or s.parecido >= 0.3
      or length(v_dobrado) >= 4 and strpos(c.dobrado, v_dobrado) > 0 or length(c.dobrado) >= 4 and strpos(v_dobrado, c.dobrado) > 0)
  order by c.dobrado = v_dobrado desc, s.parecido desc, c.lancamentos desc, c.escrito
  limit greatest(rotulos_proximos.limite, 0);
end
$$;

comment on function regras.rotulos_proximos(text, int) is
  'Categories of the ledger most like a label, nearest first, with the entries that have each; none where nothing resembles it.';
revoke execute on function regras.rotulos_proximos(text, int) from public;
--! EndIncluded regras/rotulos_proximos.sql

--! Included regras/trigramas.sql
-- The runs of three characters of each word of a text, folded, words set apart by two blanks before and one behind: what two texts
-- that are written a little differently, or in another order, have in common. Each once. The measure of pg_trgm, which need not
-- be installed. Touches nothing. Called by regras.rotulos_proximos.
create or replace function regras.trigramas(texto text) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(distinct substr('  ' || p.palavra || ' ', n, 3)), '{}')
  from string_to_table(btrim(regexp_replace(audit_interno.dobrar(left(texto, 200)), '[^[:alnum:]]+', ' ', 'g')), ' ') p (palavra)
  cross join lateral generate_series(1, length(p.palavra) + 1) n
  where p.palavra <> ''
$$;

comment on function regras.trigramas(text) is 'Runs of three characters of the words of a text, folded, each once.';
revoke execute on function regras.trigramas(text) from public;
--! EndIncluded regras/trigramas.sql

--! Included regras/confianca_padrao.sql
-- The probability that an entry which a marketing pattern matches is marketing though it is booked elsewhere. By Bayes' rule, of
-- entries that match a share s (parcela) is marketing, of which a share m (erro) was booked elsewhere; of the others a share 1 - m is
-- where it belongs: m s / (m s + (1 - m)(1 - s)). With m = .03 a share of .9 gives .22, and .95 takes a share of .9984. A pending entry
-- was not booked anywhere: m = .5, and the share itself is left. Touches nothing. Called by regras.trade_marketing.
create or replace function regras.confianca_padrao(parcela numeric, erro numeric) returns numeric
language sql immutable parallel safe
return erro * parcela / (erro * parcela + (1 - erro) * (1 - parcela));

comment on function regras.confianca_padrao(numeric, numeric) is
  'Probability that an entry is marketing which a pattern matches with this share of marketing, given how often marketing is booked elsewhere.';
revoke execute on function regras.confianca_padrao(numeric, numeric) from public;
--! EndIncluded regras/confianca_padrao.sql

--! Included regras/contar_fornecedores.sql
-- Under which names and with which words each company was booked in each month: of some months, of some entries, or of all when both
-- are null. Of the entries that contar_historia counts, those with a code. Reads dw.lancamentos, the audit tables,
-- estatistica_categoria and estatistica_nome; changes nothing. Called by regras.contar_meses and contar_chegadas.
create or replace function regras.contar_fornecedores(meses int[], chaves text[]) returns setof regras.estatistica_fornecedor
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_inicio date;
  v_fim date;
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  return query
  with g as materialized (
    select regras.mes_indice(l.data_lancamento) as mes, left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.descricao, count(*) as linhas
    from dw.lancamentos l
    where l.categoria in (
        select k.categoria from regras.estatistica_categoria k
        where audit_interno.dobrar_categoria(k.categoria) <> all (v_pendentes || ''::text))
      and l.fornecedor_id <> ''
      and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and regras.mes_indice(l.data_lancamento) = any (meses))
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 1, 2, 3, 4
  ), f as materialized (
    select regras.raiz_fornecedor(g.fornecedor_id) as raiz, coalesce(n.nome, '') as nome, g.mes, g.linhas,
      nullif(regras.palavras_texto(g.descricao), '') as texto
    from g
    left join regras.estatistica_nome n on n.escrito = g.escrito
    offset 0
  ), p as (
    select f.raiz, f.nome, f.mes, array_agg(distinct w) as palavras
    from (select distinct f.raiz, f.nome, f.mes, f.texto from f where f.texto is not null) f
    cross join lateral string_to_table(f.texto, ' ') w
    where length(w) >= 4
    group by 1, 2, 3
  )
  select t.raiz, t.nome, t.mes, t.textos, coalesce(p.palavras, '{}')
  from (
    select f.raiz, f.nome, f.mes, coalesce(sum(f.linhas) filter (where f.texto is not null), 0)::int as textos
    from f
    where f.raiz is not null and f.mes is not null
    group by 1, 2, 3
  ) t
  left join p on p.raiz = t.raiz and p.nome = t.nome and p.mes = t.mes;
end
$$;

comment on function regras.contar_fornecedores(int[], text[]) is
  'Names and words under which each company was booked in each month: of some months, of some entries, or of all.';
revoke execute on function regras.contar_fornecedores(int[], text[]) from public;
--! EndIncluded regras/contar_fornecedores.sql

--! Included regras/contradizem_codigo.sql
-- Which of some entries contradict the supplier's code that they bear: as the ledger was before the given month, the company had
-- other names, none written at all like this one (nome), or ten texts and more, and no word of this one but such as one entry in
-- twenty has, while others use most of its words (texto). The code says who an entry is of only where nothing else says otherwise: codes are given to others, copied and
-- mistyped. Names are alike that share three tenths of their runs of three characters, or of which one is in the other: abbreviations
-- and legal forms do not make another company. The arrays go together; nothing is said of an entry without a contradiction.
-- Reads regras.estatistica_*; changes nothing. Called by regras.entradas_pendencia.
create or replace function regras.contradizem_codigo(raizes text[], nomes text[], textos text[], cortes int[])
returns table (n bigint, contra text)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_linhas bigint := (select sum(m.linhas) from regras.estatistica_mes m);
begin
  return query
  with entrada as materialized (
    select u.n, u.raiz, u.nome, u.texto, u.corte
    from unnest(raizes, nomes, textos, cortes) with ordinality u (raiz, nome, texto, corte, n)
    where u.raiz is not null
  ), historia as materialized (
    select f.raiz, f.nome, min(f.mes) as mes
    from regras.estatistica_fornecedor f
    where f.raiz in (select e.raiz from entrada e)
    group by f.raiz, f.nome
  ), nova as materialized (
    -- the pairs that were never booked together, where others were
    select e.raiz, e.nome, e.corte
    from (select distinct e.raiz, e.nome, e.corte from entrada e where e.nome is not null) e
    join historia h on h.raiz = e.raiz and h.mes < e.corte and h.nome <> ''
    group by e.raiz, e.nome, e.corte
    having bool_and(h.nome <> e.nome)
  ), grafia as materialized (
    select g.nome, regras.trigramas(g.nome) as trigramas
    from (select n.nome from nova n union select h.nome from nova n join historia h on h.raiz = n.raiz where h.nome <> '') g
    offset 0
  ), estranha as (
    select n.raiz, n.nome, n.corte
    from nova n
    join historia h on h.raiz = n.raiz and h.mes < n.corte and h.nome <> ''
    join grafia a on a.nome = n.nome
    join grafia b on b.nome = h.nome
    group by n.raiz, n.nome, n.corte
    having bool_and(
      cardinality(a.trigramas) + cardinality(b.trigramas) > 0
      and (select count(*) from unnest(a.trigramas) t where t = any (b.trigramas))
        < 0.3 * (cardinality(a.trigramas) + (select count(*) from unnest(b.trigramas) t where t <> all (a.trigramas)))
      and strpos(' ' || n.nome || ' ', ' ' || h.nome || ' ') = 0 and strpos(' ' || h.nome || ' ', ' ' || n.nome || ' ') = 0)
  ), falante as materialized (
    -- companies whose texts say something
    select f.raiz, c.corte
    from (select distinct e.raiz, e.corte from entrada e where e.texto <> '') c
    join regras.estatistica_fornecedor f on f.raiz = c.raiz and f.mes < c.corte
    group by f.raiz, c.corte
    having sum(f.textos) >= 10
  ), dita as materialized (
    select e.raiz, e.corte, e.texto, w.palavra
    from (select distinct e.raiz, e.corte, e.texto from entrada e where e.texto <> '') e
    join falante f on f.raiz = e.raiz and f.corte = e.corte
    cross join lateral string_to_table(e.texto, ' ') w (palavra)
    where length(w.palavra) >= 4
  ), geral as materialized (
    -- what the ledger as a whole makes of each word: in so many entries, or in none
    select p.palavra, coalesce(c.linhas, 0) > 0.05 * v_linhas as comum, c.linhas is not null as vista
    from (select distinct d.palavra, hashtextextended(d.palavra, 0) as chave from dita d) p
    cross join lateral (
      select sum(c.linhas) as linhas from regras.estatistica_contagem c where c.nivel = 20 and c.chave = p.chave offset 0) c
  ), sabida as (
    select f.raiz, w.palavra, min(f.mes) as mes
    from regras.estatistica_fornecedor f
    cross join lateral unnest(f.palavras) w (palavra)
    where f.raiz in (select x.raiz from falante x)
    group by f.raiz, w.palavra
  ), muda as (
    select d.raiz, d.corte, d.texto
    from dita d
    join geral g on g.palavra = d.palavra
    left join sabida s on s.raiz = d.raiz and s.palavra = d.palavra and s.mes < d.corte
    group by d.raiz, d.corte, d.texto
    -- a word that nobody ever wrote says nothing
    having count(s.palavra) filter (where not g.comum) = 0
      and count(*) filter (where s.palavra is null and g.vista) > count(s.palavra)
  )
  select e.n, case when x.raiz is not null then 'nome' else 'texto' end
  from entrada e
  left join estranha x on x.raiz = e.raiz and x.nome = e.nome and x.corte = e.corte
  left join muda m on m.raiz = e.raiz and m.texto = e.texto and m.corte = e.corte
  where x.raiz is not null or m.raiz is not null;
end
$$;

comment on function regras.contradizem_codigo(text[], text[], text[], int[]) is
  'Entries whose name (nome) or text (texto) is new under their supplier''s code and unlike all that was booked under it, by their place in the arrays.';
revoke execute on function regras.contradizem_codigo(text[], text[], text[], int[]) from public;
--! EndIncluded regras/contradizem_codigo.sql

--! Included regras/frase_rotulos.sql
-- The categories of the ledger nearest to some labels, three at most, with their counts, as a sentence; null when nothing is like
-- them. Reads dw.lancamentos; changes nothing. Called by what the rules require.
create or replace function regras.frase_rotulos(rotulos text[]) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'O mais parecido no livro: ' || string_agg(format('"%s" (%s)', x.rotulo, x.lancamentos), ', ' order by x.ordem) || '.'
  from (
    select p.rotulo, min(p.lancamentos) as lancamentos, min(p.ordem) as ordem
    from unnest(frase_rotulos.rotulos) with ordinality r (procurado, n)
    cross join lateral (select y.*, row_number() over () * 100 + r.n as ordem from regras.rotulos_proximos(r.procurado, 3) y) p
    group by p.rotulo
    order by min(p.ordem)
    limit 3
  ) x
$$;

comment on function regras.frase_rotulos(text[]) is 'Sentence that names the categories of the ledger nearest to some labels, with the entries of each.';
revoke execute on function regras.frase_rotulos(text[]) from public;
--! EndIncluded regras/frase_rotulos.sql

--! Included regras/parcela_contestada.sql
-- A share after the supplier had its say: of a + b entries of the supplier, a are marketing and b in the booked category; the share
-- of the pattern stands for four more, so that a thin history says little (m-estimate; Cestnik, Estimating probabilities, 1990). Kept
-- off nought and one. Touches nothing. Called by regras.trade_marketing.
create or replace function regras.parcela_contestada(parcela numeric, a_favor numeric, contra numeric) returns numeric
language sql immutable parallel safe
return least(0.99999, greatest(0.00001, (a_favor + 4 * parcela) / (a_favor + contra + 4)));

comment on function regras.parcela_contestada(numeric, numeric, numeric) is
  'Share of marketing among a supplier''s entries, those in marketing and those in the booked category, shrunk towards the pattern''s share.';
revoke execute on function regras.parcela_contestada(numeric, numeric, numeric) from public;
--! EndIncluded regras/parcela_contestada.sql

--! Included regras/parcelas_padroes.sql
-- How much of what each marketing pattern matches is booked in the marketing category: entries it matches and those of them in the
-- category, in a sample of some 40,000 entries between two days, drawn by their keys so that the same ledger gives the same sample
-- (fracao: how much of the ledger that is). Pending ones are left out, those that a pattern excludes, and those that we booked and
-- nobody confirmed. Only what passes the quick filter meets the expressions, and only what any pattern matches is held against each.
-- Reads dw.lancamentos, the audit tables, the patterns and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function regras.parcelas_padroes(inicio date, fim date, categoria text)
returns table (padrao_id bigint, lancamentos bigint, em_marketing bigint, fracao numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_categoria text := audit_interno.dobrar_categoria(parcelas_padroes.categoria);
  v_pendentes text[] := regras.rotulos_pendentes() || ''::text;
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_descricao_filtro text[] := regras.filtro_padroes('incluir', 'descricao');
  v_descricao text := regras.expressao_padroes('incluir', 'descricao', true);
  v_descricao_livre text := regras.expressao_padroes('incluir', 'descricao', false);
  v_fornecedor_filtro text[] := regras.filtro_padroes('incluir', 'fornecedor');
  v_fornecedor text := regras.expressao_padroes('incluir', 'fornecedor', true);
  v_fornecedor_livre text := regras.expressao_padroes('incluir', 'fornecedor', false);
  v_conta_filtro text[] := regras.filtro_padroes('incluir', 'conta_contabil');
  v_conta text := regras.expressao_padroes('incluir', 'conta_contabil', true);
  v_conta_livre text := regras.expressao_padroes('incluir', 'conta_contabil', false);
  v_passo bigint;
begin
  v_passo := (
    select greatest(1, count(*) / 40000)
    from dw.lancamentos l
    where l.data_lancamento between parcelas_padroes.inicio and parcelas_padroes.fim);

  return query
  with amostra as (
    select audit_interno.dobrar(l.descricao) as descricao, audit_interno.dobrar(l.fornecedor) as fornecedor,
      audit_interno.dobrar(l.conta_contabil) as conta, coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada
    from dw.lancamentos l
    where l.data_lancamento between parcelas_padroes.inicio and parcelas_padroes.fim
      and (v_passo = 1 or hashtextextended(l.id::text, 3) % v_passo = 0)
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    offset 0
  ), casado as materialized (
    select row_number() over () as n, a.descricao, a.fornecedor, a.conta, a.categoria_dobrada = v_categoria as certo
    from amostra a
    where a.categoria_dobrada <> all (v_pendentes)
      and (regras.texto_casa(a.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
        or regras.texto_casa(a.fornecedor, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
        or regras.texto_casa(a.conta, v_conta_filtro, v_conta, v_conta_livre))
  ), texto as materialized (
    select c.n, c.certo, t.campo, t.texto
    from casado c
    cross join lateral (values ('descricao', c.descricao), ('fornecedor', c.fornecedor), ('conta_contabil', c.conta)) t (campo, texto)
    where t.texto <> ''
  ), nomeado as materialized (
    select t.campo, t.texto, p.id, p.acao
    from (select distinct x.campo, x.texto from texto x) t
    join (
      select p.*, regras.filtro_padrao(p.tipo, p.padrao_dobrado) as filtro
      from audit.padroes_trade_marketing p where p.ativo
      offset 0
    ) p on p.campo = t.campo
    where (p.filtro is null or t.texto like p.filtro) and regras.padrao_casa(p.tipo, p.padrao, t.texto)
  ), excluido as (
    select distinct t.n from texto t join nomeado m on m.campo = t.campo and m.texto = t.texto where m.acao = 'excluir'
  )
  select m.id, count(*), count(*) filter (where t.certo), round(1.0 / v_passo, 6)
  from texto t
  join nomeado m on m.campo = t.campo and m.texto = t.texto and m.acao = 'incluir'
  where t.n not in (select e.n from excluido e)
  group by m.id;
end
$$;

comment on function regras.parcelas_padroes(date, date, text) is
  'For each active marketing pattern: sampled entries that it matches between two booking dates, both included, and those of them booked in the given category.';
revoke execute on function regras.parcelas_padroes(date, date, text) from public;
--! EndIncluded regras/parcelas_padroes.sql

--! Included regras/requisitos_pendente_verificacao.sql
-- What pendente_verificacao lacks before it can look for anything, in a sentence that says what to set, or null: the labels are not
-- set, or no entry of the ledger has any of them nor had when last counted, and no blank is there to be looked at. Reads the
-- settings, regras.estatistica_categoria and dw.lancamentos; changes nothing. Called by the engine when a session begins.
create or replace function regras.requisitos_pendente_verificacao() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rotulos jsonb := audit_interno.configuracao('pendente.rotulos');
  v_pendentes text[] := regras.rotulos_pendentes();
  v_escritos text[];
begin
  if jsonb_typeof(v_rotulos) <> 'array' then
    return concat_ws(' ', 'Falta dizer quais categorias deste livro significam pendente.',
      regras.frase_rotulos(array['pendente', 'a classificar', 'não classificado', 'verificar', 'suspense']),
      'Diga com: conferente configurar pendente.rotulos ''["A CLASSIFICAR"]'' --motivo "nossos rótulos"'
        || ' ([] se só os lançamentos sem categoria estão pendentes).');
  end if;
  if v_pendentes = '{}' then
    return 'Nada está dito pendente: pendente.rotulos está vazia e pendente.vazias é false. '
      || 'Mude uma das duas com conferente configurar, ou desative a regra.';
  end if;
  -- nothing but blanks is asked for: that there are none is good news
  v_escritos := array(select e from jsonb_array_elements_text(v_rotulos) e);
  if v_escritos = '{}' then
    return null;
  end if;
  -- a label that once was seen and has no entry today is a ledger where nothing is pending
  if exists (
      select from regras.estatistica_categoria k where audit_interno.dobrar_categoria(k.categoria) = any (array_remove(v_pendentes, '')))
    or regras.rotulo_existe(v_pendentes)
  then
    return null;
  end if;
  return concat_ws(' ', format('Nenhum lançamento tem um dos rótulos de pendente.rotulos (%s).', (
      select string_agg('"' || e || '"', ', ') from unnest(v_escritos) e)),
    coalesce(regras.frase_rotulos(v_escritos), 'Nenhuma categoria do livro se parece com eles.'),
    'Mude com: conferente configurar pendente.rotulos ''["A CLASSIFICAR"]'' --motivo "nossos rótulos".');
end
$$;

comment on function regras.requisitos_pendente_verificacao() is 'What pendente_verificacao lacks before it can run, with what to set, or null.';
revoke execute on function regras.requisitos_pendente_verificacao() from public;
--! EndIncluded regras/requisitos_pendente_verificacao.sql

--! Included regras/requisitos_trade_marketing.sql
-- What trade_marketing lacks before it can look for anything, in a sentence that says what to set, or null: the marketing category
-- is not set, the ledger has no such category, or there is no pattern. A category that nobody ever booked is most likely another's
-- label. Reads the settings, the patterns and dw.lancamentos; changes nothing. Called by the engine when a session begins.
create or replace function regras.requisitos_trade_marketing() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_categoria text := nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '');
  v_proximos text;
begin
  if v_categoria is null then
    v_proximos := regras.frase_rotulos(array['trade marketing', 'marketing']);
    return concat_ws(' ', 'Falta dizer qual é a categoria de trade marketing deste livro.', v_proximos,
      'Diga com: conferente configurar trade_marketing.categoria "Nome da categoria" --motivo "nosso plano de contas".');
  end if;
  if not exists (
    select from audit.padroes_trade_marketing p
    where p.ativo and p.acao = 'incluir' and btrim(p.padrao, E' \t\r\n') <> '')
  then
    return 'Não há nenhum padrão de trade marketing ativo. Acrescente com: '
      || 'select audit.salvar_padrao(''descricao'', ''contem'', ''verba cooperada'', ''incluir'', ''frase das notas das agências'').';
  end if;
  if not regras.rotulo_existe(array[v_categoria]) then
    return concat_ws(' ', format('Nenhum lançamento está na categoria "%s" (trade_marketing.categoria).', v_categoria),
      coalesce(regras.frase_rotulos(array[v_categoria]), 'Nenhuma categoria do livro se parece com ela.'),
      'Mude com: conferente configurar trade_marketing.categoria "Nome da categoria" --motivo "nosso plano de contas".');
  end if;
  return null;
end
$$;

comment on function regras.requisitos_trade_marketing() is 'What trade_marketing lacks before it can run, with what to set, or null.';
revoke execute on function regras.requisitos_trade_marketing() from public;
--! EndIncluded regras/requisitos_trade_marketing.sql

--! Included regras/respostas_padroes.sql
-- What people answered on the findings that each marketing pattern, as it is written now, gave: by pattern and entry, whether the
-- proposal was right. The last word on a finding counts; what was taken back counts for nothing, nor what nobody looked at. Reads the
-- audit tables and the patterns; changes nothing. Called by regras.trade_marketing.
create or replace function regras.respostas_padroes() returns table (padrao_id bigint, registro_id text, certo boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p.id, d.registro_id, u.tipo in ('aprovacao', 'segunda_aprovacao')
  from (
    select distinct on (p.divergencia_id) p.divergencia_id, p.tipo
    from audit.decisoes p
    order by p.divergencia_id, p.id desc
  ) u
  join audit.divergencias_processadas d on d.id = u.divergencia_id and d.regra = 'trade_marketing'
  cross join lateral jsonb_array_elements(
    case jsonb_typeof(d.evidencia -> 'padroes') when 'array' then d.evidencia -> 'padroes' else '[]' end) x
  join audit.padroes_trade_marketing p
    on p.id = (x ->> 'id')::bigint and p.campo = x ->> 'campo' and p.tipo = x ->> 'tipo' and p.padrao = x ->> 'padrao'
  where u.tipo in ('rejeicao', 'excecao', 'correcao_manual')
    or u.tipo in ('aprovacao', 'segunda_aprovacao') and d.status = 'corrigida'
$$;

comment on function regras.respostas_padroes() is 'People''s answers on findings of each marketing pattern: pattern, entry, whether the proposal was right.';
revoke execute on function regras.respostas_padroes() from public;
--! EndIncluded regras/respostas_padroes.sql

--! Included regras/rotulo_existe.sql
-- Whether the ledger has an entry in one of the given categories, without case and accents; the empty text stands for no category.
-- Categories are few beside entries: each is folded once. Reads dw.lancamentos; changes nothing. Called by what the rules require.
create or replace function regras.rotulo_existe(rotulos text[]) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_dobrados text[] := array(select coalesce(audit_interno.dobrar_categoria(r), '') from unnest(rotulos) r);
begin
  return exists (
    select
    from (select distinct l.categoria::text as categoria from dw.lancamentos l offset 0) c
    where coalesce(audit_interno.dobrar_categoria(c.categoria), '') = any (v_dobrados));
end
$$;

comment on function regras.rotulo_existe(text[]) is 'Whether the ledger has an entry in one of these categories.';
revoke execute on function regras.rotulo_existe(text[]) from public;
--! EndIncluded regras/rotulo_existe.sql

--! Included consulta/ver_registro.sql
-- The whole row behind a finding, as the warehouse holds it now: who decides has to see what is decided. Only rows with a finding, and
-- only for those who decide or administer; of its columns those that conferente_regra may read. Reads the table of the finding; called
-- by the review page and in psql.
create or replace function audit.ver_registro(divergencia_id bigint)
returns table (coluna text, tipo text, valor text)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_divergencia audit.divergencias_processadas;
  v_chave text;
  v_tipo text;
  v_relacao regclass;
begin
  select * into v_divergencia from audit.divergencias_processadas d where d.id = ver_registro.divergencia_id;
  if not found then
    raise exception using errcode = 'NC004',
      message = format('divergência desconhecida: %s', coalesce(ver_registro.divergencia_id::text, 'nula'));
  end if;
  select r.coluna_chave into strict v_chave from audit.regras r where r.nome = v_divergencia.regra;
  v_relacao := audit_interno.relacao(v_divergencia.tabela);
  v_tipo := audit_interno.tipo_coluna(v_relacao, v_chave);
  if v_tipo is null then
    return;
  end if;
  return query
  with visivel as (
    select a.attname::text as nome, a.attnum as ordem
    from pg_attribute a
    where a.attrelid = v_relacao and a.attnum > 0 and not a.attisdropped and has_column_privilege('conferente_regra', v_relacao, a.attnum, 'select')
  )
  select v.nome, audit_interno.tipo_coluna(v_relacao, v.nome), r.linha ->> v.nome
  from audit_interno.ler(
    format('select to_jsonb(x.*) from (select %s from %s t where t.%I = $2[1]::%s) x',
      (select string_agg(format('t.%I', v.nome), ', ' order by v.ordem) from visivel v), audit_interno.nome_sql(v_relacao), v_chave, v_tipo),
    null, array[v_divergencia.registro_id]) as r (linha jsonb)
  cross join visivel v
  order by v.ordem;
end
$$;
comment on function audit.ver_registro(bigint) is
  'The row behind a finding as the warehouse holds it now, a line for each column in their order, with its type and its value as text; none when the row, its table or its key column is gone. Columns that conferente_regra may not read are left out. Errors: NC004 unknown id.';
grant execute on function audit.ver_registro(bigint) to conferente_revisor, conferente_administrador;
--! EndIncluded consulta/ver_registro.sql

--! Included consulta/contrato.sql
-- The columns of the warehouse contract, in order: what type each is to be, and whether it may be null throughout. Called by the
-- diagnosis.
create or replace function audit_interno.contrato()
returns table (ordem integer, coluna text, esperado text, tipos text[], nula boolean)
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  values
    (1, 'id', 'de qualquer tipo escalar', null::text[], false), (2, 'data_lancamento', 'date', '{date}', false),
    (3, 'carregado_em', 'timestamptz', '{timestamptz}', false), (4, 'filial', 'text', '{text,varchar,bpchar}', false),
    (5, 'centro_custo', 'text', '{text,varchar,bpchar}', false), (6, 'conta_contabil', 'text', '{text,varchar,bpchar}', false),
    (7, 'categoria', 'text', '{text,varchar,bpchar}', false), (8, 'fornecedor_id', 'text', '{text,varchar,bpchar}', true),
    (9, 'fornecedor', 'text', '{text,varchar,bpchar}', false), (10, 'documento', 'text', '{text,varchar,bpchar}', true),
    (11, 'descricao', 'text', '{text,varchar,bpchar}', false), (12, 'valor', 'numeric(18,2)', '{numeric}', false),
    (13, 'valor_documento', 'numeric(18,2)', '{numeric}', true), (14, 'valor_desconto', 'numeric(18,2)', '{numeric}', true)
$$;
comment on function audit_interno.contrato() is 'Columns of dw.lancamentos as the contract wants them.';
--! EndIncluded consulta/contrato.sql

--! Included consulta/colunas_usadas.sql
-- The columns of a relation that we read, and those of them that a correction may write: what the rules registered for it name, and of
-- dw.lancamentos, or of a relation that is to take its place, the whole contract. Where rows are read again after a write, all
-- that must not move along. Called by the diagnosis.
create or replace function audit_interno.colunas_usadas(relacao regclass)
returns table (coluna text, corrigivel boolean)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with regra as (
    select r.*, audit_interno.relacao(r.tabela) = colunas_usadas.relacao as dela from audit.regras r
  ), dela as (
    -- rules of one's own on another table, or the bundled ones on what is to become dw.lancamentos
    select r.* from regra r where r.dela or r.tabela = 'dw.lancamentos' and not exists (select from regra x where x.dela)
  ), usada (coluna, corrigivel) as (
    select c, true from dela r cross join unnest(r.colunas) as c
    union all
    select c, false from dela r cross join unnest(r.colunas_identidade || array[r.coluna_chave, r.coluna_data, r.coluna_carga, r.coluna_valor]) as c
    union all
    select c.coluna, false from audit_interno.contrato() c where exists (select from dela r where r.tabela = 'dw.lancamentos')
    union all
    select a.attname, false from pg_attribute a
    where a.attrelid = colunas_usadas.relacao and a.attnum > 0 and audit_interno.exige_releitura(relacao)
      and not exists (select from dela r where r.tabela = 'dw.lancamentos')
  )
  select u.coluna, bool_or(u.corrigivel)
  from usada u
  join pg_attribute a on a.attrelid = colunas_usadas.relacao and a.attname = u.coluna and a.attnum > 0 and not a.attisdropped
  group by u.coluna
$$;
comment on function audit_interno.colunas_usadas(regclass) is 'Columns of a relation that the rules and the engine read, and whether a correction may write them.';
--! EndIncluded consulta/colunas_usadas.sql

--! Included consulta/diagnosticar_acesso.sql
-- Of the diagnosis: whether conferente_regra may read a relation, and conferente_escrita read and write it, column by column, and the
-- exact grants that mend it. What grants alone do not say (a view that reads with the rights of its reader) is tried: no row is read.
-- Called by audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_acesso(relacao regclass)
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_sql(relacao);
  v_leitura text;
  v_ler text;
  v_escrever text;
  v_recusa text;
  v_lida boolean := false;
begin
  select format('select %s from %s t limit 0', coalesce(string_agg(format('t.%I', u.coluna), ', '), ''), v_nome) into v_leitura
  from audit_interno.colunas_usadas(relacao) u;
  with esquema as (
    select c.relnamespace as id, quote_ident(n.nspname) as nome from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = diagnosticar_acesso.relacao
  ), pedido (ordem, papel, direito) as (
    values (1, 'conferente_regra', 'select'), (2, 'conferente_escrita', 'select'), (3, 'conferente_escrita', 'update')
  ), falta as (
    select p.ordem, p.papel, p.direito,
      case when count(*) = t.colunas then '' else format(' (%s)', string_agg(quote_ident(u.coluna), ', ' order by u.coluna)) end as quais
    from pedido p
    cross join lateral (
      select count(*) as colunas from audit_interno.colunas_usadas(relacao) x where x.corrigivel or p.direito = 'select') as t
    join audit_interno.colunas_usadas(relacao) u on u.corrigivel or p.direito = 'select'
    where not has_column_privilege(p.papel, relacao, u.coluna, p.direito)
    group by p.ordem, p.papel, p.direito, t.colunas
  ), concessao as (
    select 0 as ordem, 'select' as direito, format('grant usage on schema %s to %s;', e.nome, string_agg(p.papel, ', ' order by p.papel desc)) as comando
    from esquema e cross join (values ('conferente_regra'), ('conferente_escrita')) as p (papel)
    where not has_schema_privilege(p.papel, e.id, 'usage')
    group by e.nome
    union all
    select min(f.ordem), f.direito, format('grant %s%s on %s to %s;', f.direito, f.quais, v_nome, string_agg(f.papel, ', ' order by f.ordem))
    from falta f
    group by f.direito, f.quais
  )
  select string_agg(c.comando, ' ' order by c.ordem) filter (where c.direito = 'select'),
    string_agg(c.comando, ' ' order by c.ordem) filter (where c.direito = 'update')
  into v_ler, v_escrever
  from concessao c;

  if v_ler is null then
    begin
      perform from audit_interno.ler(format('select 1 from (%s) as x', v_leitura)) as x (um integer);
      perform from audit_interno.escrever(format('select 1 from (%s) as x', v_leitura)) as x (um integer);
      v_lida := true;
      raise exception using errcode = 'NC999', message = 'experiência'; -- nothing of what a view's functions did stays
    exception when others then
      if not v_lida then
        v_recusa := sqlerrm;
      end if;
    end;
  end if;
  return query select format('ler %s', v_nome), case when v_ler is null and v_recusa is null then 'ok' else 'erro' end,
    coalesce(v_recusa, 'conferente_regra, conferente_escrita'),
    coalesce(v_ler, case when v_recusa is not null then
      'A visão lê com os direitos de quem a lê (security_invoker), ou chama uma função: dê o mesmo aos dois papéis no que está por baixo.' end);

  -- 4: update, in the bits of pg_relation_is_updatable; INSTEAD OF triggers count
  return query select format('escrever %s', v_nome),
    case when not u.atualizavel or v_escrever is not null then 'erro' else 'ok' end,
    case when not u.atualizavel then 'a visão não é atualizável' when u.gatilho then 'por gatilho INSTEAD OF' else 'direto' end,
    case when not u.atualizavel then 'Dê à visão um gatilho INSTEAD OF UPDATE, ou faça-a sobre uma só tabela.' else v_escrever end
  from (
    select pg_relation_is_updatable(relacao, true) & 4 = 4 as atualizavel,
      exists (select from pg_trigger g where g.tgrelid = diagnosticar_acesso.relacao and g.tgtype & 80 = 80) as gatilho
  ) as u;
  return query
    select format('escrever %s.%s', v_nome, a.attname), 'erro', 'a coluna não é atualizável pela visão',
      'Faça a coluna vir direto da tabela, ou use um gatilho INSTEAD OF UPDATE.'
    from pg_attribute a
    where a.attrelid = diagnosticar_acesso.relacao and a.attname in ('categoria', 'valor') and not a.attisdropped
      and pg_relation_is_updatable(relacao, true) & 4 = 4 and not pg_column_is_updatable(relacao, a.attnum, true)
      -- a trigger takes every column, but pg_column_is_updatable believes it only if there is one for delete too
      and not exists (select from pg_trigger g where g.tgrelid = diagnosticar_acesso.relacao and g.tgtype & 80 = 80);
end
$$;
comment on function audit_interno.diagnosticar_acesso(regclass) is 'Lines of the diagnosis on what our two roles may do with a relation.';
--! EndIncluded consulta/diagnosticar_acesso.sql

--! Included consulta/diagnosticar_indices.sql
-- Of the diagnosis: by which index the rows of a relation are found, column by column; of a view only where it can be read. Called by
-- audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_indices(relacao regclass, legivel boolean)
returns table (item text, situacao text, detalhe text, sugestao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('índice em %s', k.coluna), case when i.indice is not null then 'ok' else 'aviso' end,
    case when i.indice = '' then 'particionada por esta coluna' else coalesce(i.indice, 'nenhum') end,
    case when i.indice is null then k.porque end
  from (values
    (1, 'id', '=', 'Sem ele cada correção lê a tabela toda.'),
    (2, 'data_lancamento', '>=', 'Sem ele uma janela por datas lê a tabela toda.'),
    (3, 'carregado_em', '>=', 'Sem ele a janela de cada manhã lê a tabela toda.'),
    (4, 'fornecedor_id', '=', 'Ajuda a achar documentos lançados duas vezes.')) as k (ordem, coluna, operador, porque)
  left join pg_attribute a on a.attrelid = diagnosticar_indices.relacao and a.attname = k.coluna and a.attnum > 0 and not a.attisdropped
  cross join lateral (
    select case
      when a.attname is null then null
      when (select c.relkind from pg_class c where c.oid = diagnosticar_indices.relacao) = 'v' then case when legivel then (
        select x.indice from audit_interno.ler(format('select audit_interno.indice_da_visao(%L, %L, %L)',
          audit_interno.nome_sql(relacao), k.coluna, k.operador)) as x (indice text)) end
      else coalesce(
        (select min(c.relname)::text from pg_index x join pg_class c on c.oid = x.indexrelid
          where x.indrelid = diagnosticar_indices.relacao and x.indisvalid and x.indkey[0] = a.attnum),
        (select '' from pg_partitioned_table y where y.partrelid = diagnosticar_indices.relacao and y.partattrs[0] = a.attnum))
    end as indice
  ) as i
  order by k.ordem
$$;
comment on function audit_interno.diagnosticar_indices(regclass, boolean) is 'Lines of the diagnosis on indexes.';
--! EndIncluded consulta/diagnosticar_indices.sql

--! Included consulta/diagnosticar_linhas.sql
-- Of the diagnosis: what the rows of a relation hold, counted in one reading of it, and room on the pages of what is large. Called by
-- audit.diagnosticar_contrato where the relation can be read and has the columns; changes nothing.
create or replace function audit_interno.diagnosticar_linhas(relacao regclass)
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_vazias boolean := (select (c.valor #>> '{}')::boolean from audit.configuracoes_sistema c where c.chave = 'pendente.vazias');
  v_linhas bigint;
  v_distintas bigint;
  v_sem_carga bigint;
  v_sem_data bigint;
  v_em_branco bigint;
begin
  select x.* into v_linhas, v_distintas, v_sem_carga, v_sem_data, v_em_branco
  from audit_interno.ler(format(
    'select count(*), count(distinct id), count(*) filter (where carregado_em is null), count(*) filter (where data_lancamento is null),
       count(*) filter (where coalesce(audit_interno.dobrar_categoria(categoria::text), '''') = '''')
     from %s', audit_interno.nome_sql(relacao))) as x (a bigint, b bigint, c bigint, d bigint, e bigint);
  return query
    select l.item, case when l.bom then 'ok' else l.senao end, l.detalhe, case when not l.bom then l.sugestao end
    from (values
      ('linhas', v_linhas > 0, 'aviso', v_linhas::text, 'Nada a conferir ainda.'),
      ('id único', v_linhas = v_distintas, 'erro',
        case when v_linhas = v_distintas then 'sim' else format('%s linhas nulas ou repetidas', v_linhas - v_distintas) end,
        'Cada lançamento precisa de um id próprio, não nulo.'),
      ('carregado_em preenchido', v_sem_carga = 0, 'aviso', format('%s nulos', v_sem_carga),
        'Sem hora de carga uma linha só é achada pela contagem de sua data, e dita como carga atrasada.'),
      ('data_lancamento preenchida', v_sem_data = 0, 'aviso', format('%s nulas', v_sem_data),
        'Janelas por datas não veem linhas sem data.'),
      ('categoria em branco', v_em_branco = 0 or v_vazias is true, 'aviso',
        format('%s nulas ou em branco%s', v_em_branco, case
          when v_em_branco = 0 then '' when v_vazias then '; contam como pendentes (pendente.vazias)' else '; nenhuma regra as olha' end),
        'Para que contem como pendentes: conferente configurar pendente.vazias true --motivo "…".')
    ) as l (item, bom, senao, detalhe, sugestao);
  return query
    select 'fillfactor', 'aviso', format('%s: %s', audit_interno.nome_sql(c.oid), coalesce(array_to_string(c.reloptions, ', '), 'padrão')),
      format('alter table %s set (fillfactor = 85); deixa as correções na mesma página e custa cerca de metade.', audit_interno.nome_sql(c.oid))
    from pg_class c
    where c.oid in (select audit_interno.relacoes_abaixo(relacao)) and c.relkind = 'r' and not c.relispartition
      and not coalesce(array_to_string(c.reloptions, ',') ~ 'fillfactor=[1-9][0-9]?(,|$)', false)
      -- the facts, not the dimensions that a view joins
      and v_linhas > 100000 and pg_relation_size(c.oid) > 10 * v_linhas;
end
$$;
comment on function audit_interno.diagnosticar_linhas(regclass) is 'Lines of the diagnosis on what the rows hold.';
--! EndIncluded consulta/diagnosticar_linhas.sql

--! Included consulta/rotulos_estranhos.sql
-- The labels of the settings that name categories and that no entry of dw.lancamentos has, each with the categories written most like
-- it and their entries; nothing while the ledger cannot be read or is empty. Called by audit.alterar_configuracao, which warns, and
-- by the diagnosis.
create or replace function audit_interno.rotulos_estranhos(chave text default null)
returns table (configuracao text, rotulo text, proximos text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relacao regclass := audit_interno.relacao('dw.lancamentos');
  v_tem boolean;
begin
  if v_relacao is null then
    return;
  end if;
  begin
    select x.tem into v_tem from audit_interno.ler('select exists (select categoria from dw.lancamentos)') as x (tem boolean);
  exception when insufficient_privilege or undefined_column then
    return; -- the diagnosis says so
  end;
  if not v_tem then
    return;
  end if;
  return query
  with pedido as (
    select c.chave, r.rotulo
    from audit.configuracoes_sistema c
    cross join lateral jsonb_array_elements_text(case jsonb_typeof(c.valor) when 'array' then c.valor else jsonb_build_array(c.valor) end) as r (rotulo)
    where c.chave in ('trade_marketing.categoria', 'pendente.rotulos') and c.chave = coalesce(rotulos_estranhos.chave, c.chave)
      and r.rotulo is not null
  )
  select p.chave, p.rotulo, x.proximos
  from pedido p
  join audit_interno.ler(
    'select r.rotulo, (
       select string_agg(format(''%s (%s)'', m.rotulo, m.lancamentos), '', '' order by m.n)
       from regras.rotulos_proximos(r.rotulo, 3) with ordinality as m (rotulo, lancamentos, n)),
       exists (select from regras.rotulos_proximos(r.rotulo, 1) m where audit_interno.dobrar_categoria(m.rotulo) = audit_interno.dobrar_categoria(r.rotulo))
     from (select distinct u as rotulo from unnest($2) as u) as r',
    null, array(select q.rotulo from pedido q)) as x (rotulo text, proximos text, existe boolean) on x.rotulo = p.rotulo
  where not x.existe;
end
$$;
comment on function audit_interno.rotulos_estranhos(text) is 'Labels of the settings that no entry has, with those nearest to them in the ledger.';
--! EndIncluded consulta/rotulos_estranhos.sql

--! Included consulta/diagnosticar_regras.sql
-- Of the diagnosis: what each rule lacks, and the settings and patterns that the bundled ones go by. Called by
-- audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_regras()
returns table (item text, situacao text, detalhe text, sugestao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('regra %s', r.nome),
    case when r.defeito is not null or g.comando is not null then 'erro' when r.colunas_identidade = '{}' then 'aviso' else 'ok' end,
    coalesce(r.defeito, case when g.comando is not null then 'conferente_regra não pode executar o que ela chama' end,
      concat(case when r.ativa then 'ativa' else 'inativa' end, case when r.automatica then ', automática' end,
        case when r.colunas_identidade = '{}' then ', sem colunas que digam de que lançamento é a linha' end)),
    coalesce(g.comando, case when r.defeito is null and r.colunas_identidade = '{}' then
      'Sem elas uma correção vale para qualquer lançamento que receba a mesma chave: registre colunas_identidade (fornecedor, documento, data).' end)
  from (select x.*, audit_interno.conferir_regra(x) as defeito from audit.regras x) as r
  cross join lateral (
    select string_agg(f.comando, ' ' order by f.ordem) as comando
    from (
      select distinct 1 as ordem, format('grant usage on schema %I to conferente_regra;', n.nspname) as comando
      from unnest(array[r.funcao, r.preparacao]) as nome
      join pg_proc p on p.oid = audit_interno.funcao_da_janela(nome)
      join pg_namespace n on n.oid = p.pronamespace
      where not has_schema_privilege('conferente_regra', n.oid, 'usage')
      union all
      select 2, format('grant execute on function %s(audit.janela) to conferente_regra;', audit_interno.chamada_sql(nome))
      from unnest(array[r.funcao, r.preparacao]) as nome
      where not has_function_privilege('conferente_regra', audit_interno.funcao_da_janela(nome)::oid, 'execute')
    ) as f
  ) as g
  union all
  (select 'padrões de trade marketing', 'aviso', 'nenhum ativo', 'Cadastre com audit.salvar_padrao: sem padrões a regra não acha nada.'
    where not exists (select from audit.padroes_trade_marketing p where p.ativo and p.acao = 'incluir'))
  union all
  select c.chave, 'aviso', 'não definida: a regra que depende dela é pulada', format('conferente configurar %s … --motivo "…".', c.chave)
  from audit.configuracoes_sistema c
  where c.chave in ('trade_marketing.categoria', 'pendente.rotulos') and c.valor = 'null'
  union all
  select e.configuracao, 'aviso', format('nenhum lançamento tem a categoria %s', e.rotulo),
    case when e.proximos is null then 'Nenhuma se parece com ela.' else format('Parecidas: %s.', e.proximos) end
  from audit_interno.rotulos_estranhos() e
$$;
comment on function audit_interno.diagnosticar_regras() is 'Lines of the diagnosis on rules, their settings and patterns.';
--! EndIncluded consulta/diagnosticar_regras.sql

--! Included consulta/experimentar_coluna.sql
-- Writes one value into one column of one row, reads the row again, and takes everything back, whatever it was. Returns what it saw:
-- antes and depois (the column), outras and outras_depois (what must not move along), fiel (it holds exactly what was asked), quantas
-- rows the write says it changed; or codigo and erro of what refused it. All of it as conferente_escrita, so that code of the
-- warehouse runs with no rights of ours. Called by audit.experimentar_escrita alone.
create or replace function audit_interno.experimentar_coluna(
  regra audit.regras, chave text, coluna text, valor jsonb,
  out quantas bigint, out existe boolean, out fiel boolean, out antes jsonb, out depois jsonb, out outras jsonb, out outras_depois jsonb,
  out codigo text, out erro text
)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relacao regclass := audit_interno.relacao(regra.tabela);
  v_pedido text := format('%L::jsonb', jsonb_build_object(coluna, valor));
  v_linha text := format('from %s t where t.%I = %L::%s', audit_interno.nome_sql(v_relacao), regra.coluna_chave, chave,
    audit_interno.tipo_coluna(v_relacao, regra.coluna_chave));
  v_imagens text := format('%s, %s', audit_interno.expressao_imagem(v_relacao, coluna, format('t.%I', coluna)),
    audit_interno.expressao_imagens(v_relacao, audit_interno.colunas_guardadas(regra, array[coluna])));
  v_lida boolean := false;
begin
  begin
    perform audit_interno.abrir_porta();
    select x.a, x.o into antes, outras from audit_interno.escrever(format('select %s %s', v_imagens, v_linha)) as x (a jsonb, o jsonb);
    select count(*) into quantas
    from audit_interno.escrever(format('update %s t set %I = %s where t.%I = %L::%s returning 1', audit_interno.nome_sql(v_relacao), coluna,
      audit_interno.expressao_valor(v_relacao, coluna, v_pedido), regra.coluna_chave, chave,
      audit_interno.tipo_coluna(v_relacao, regra.coluna_chave)), null, audit_interno.adiaveis(v_relacao)) as x (um integer);
    select x.f, x.a, x.o into fiel, depois, outras_depois
    from audit_interno.escrever(format('select %s, %s %s', audit_interno.expressao_fiel(v_relacao, coluna, v_pedido), v_imagens, v_linha))
      as x (f boolean, a jsonb, o jsonb);
    existe := found;
    v_lida := true;
    raise exception using errcode = 'NC999', message = 'experiência';
  exception when others then
    if not v_lida then
      get stacked diagnostics codigo = returned_sqlstate, erro = message_text;
      if left(codigo, 2) in ('53', '57', '58', 'XX') then
        raise;
      end if;
    end if;
  end;
end
$$;
comment on function audit_interno.experimentar_coluna(audit.regras, text, text, jsonb) is 'What the warehouse makes of one write, which is taken back.';
--! EndIncluded consulta/experimentar_coluna.sql

--! Included consulta/experimentar_escrita.sql
-- Tries what the warehouse makes of a correction: each column that the rules may correct is written in one row, with a value that
-- stands elsewhere in that column, read again, and taken back. Nothing stays: no change, no operation. A row that another transaction
-- holds is waited for two seconds at most, for each column. Called by `conferente diagnostico`.
create or replace function audit.experimentar_escrita(tabela text default 'dw.lancamentos')
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
  v_relacao regclass := audit_interno.relacao(experimentar_escrita.tabela);
  v_nome text := audit_interno.nome_sql(v_relacao);
  v_item text := format('experimentar %s', v_nome);
  v_regra audit.regras;
  v_falta text;
  v_coluna record;
  v_visto record;
  v_mudou text;
  v_algum boolean := false;
begin
  perform audit_interno.recusar_de_dentro();
  select r.* into v_regra from audit.regras r
  where audit_interno.relacao(r.tabela) = v_relacao or r.tabela = 'dw.lancamentos'
  order by r.tabela = 'dw.lancamentos', r.prioridade limit 1;
  select string_agg(d.item, ', ') into v_falta from audit_interno.diagnosticar_acesso(v_relacao) d where d.situacao = 'erro';
  if v_relacao is null or v_regra.nome is null or v_falta is not null
    or audit_interno.tipo_coluna(v_relacao, v_regra.coluna_chave) is null
  then
    return; -- the lines of diagnosticar_contrato say what is missing
  end if;
  if not audit_interno.exige_releitura(v_relacao) then
    return query select v_item, 'ok', 'nenhum gatilho, regra ou visão entre a escrita e a tabela', null::text;
    return;
  end if;
  if pg_is_in_recovery() or current_setting('transaction_read_only')::boolean then
    return query select v_item, 'aviso', 'não experimentada: aqui só se lê', 'Rode conferente diagnostico no servidor principal.';
    return;
  end if;
  v_regra.tabela := v_nome;
  v_regra.colunas_acompanham := array(
    select distinct c from audit.regras r cross join unnest(r.colunas_acompanham) as c where audit_interno.relacao(r.tabela) = v_relacao);

  for v_coluna in -- a turn for each column; the row of the sample that has most in it, and another's value
    select x.*
    from audit_interno.ler(format(
      'with amostra as materialized (select t.%1$I::text as chave, %2$s as linha from %3$s t where t.%1$I is not null limit 1000),
       alvo as (
         select a.* from amostra a
         order by (select count(*) from jsonb_each(a.linha) e where e.value <> ''null'') desc, a.chave limit 1)
       select a.chave, c.coluna, o.valor, exists (select from amostra x where x.linha -> c.coluna <> ''null'')
       from alvo a cross join unnest($2) as c (coluna)
       left join lateral (
         select x.linha -> c.coluna as valor from amostra x
         where x.linha -> c.coluna <> ''null'' and x.linha -> c.coluna <> a.linha -> c.coluna limit 1) as o on true
       order by c.coluna',
      v_regra.coluna_chave,
      audit_interno.expressao_imagens(v_relacao, array(select u.coluna from audit_interno.colunas_usadas(v_relacao) u where u.corrigivel)),
      v_nome), null, array(select u.coluna from audit_interno.colunas_usadas(v_relacao) u where u.corrigivel))
      as x (chave text, coluna text, valor jsonb, tem boolean)
  loop
    v_algum := true;
    item := format('experimentar %s.%s', v_nome, v_coluna.coluna);
    sugestao := null;
    if v_coluna.valor is null then
      situacao := case when v_coluna.tem then 'aviso' else 'ok' end;
      detalhe := format('não experimentada: %s nas primeiras mil linhas', case when v_coluna.tem then 'um só valor' else 'nenhum valor' end);
      return next;
      continue;
    end if;
    v_visto := audit_interno.experimentar_coluna(v_regra, v_coluna.chave, v_coluna.coluna, v_coluna.valor);
    select string_agg(format('%s de %s para %s', o.key, o.value, coalesce(v_visto.outras_depois -> o.key, 'null')), ', ' order by o.key) into v_mudou
    from jsonb_each(v_visto.outras) as o
    where v_visto.existe and o.value is distinct from v_visto.outras_depois -> o.key;
    -- what the bundled rules propose must be writable; of the others a refusal, or a column left as it was, only makes a correction fail
    situacao := case when v_coluna.coluna in ('categoria', 'valor') then 'erro' else 'aviso' end;
    case
      when v_visto.codigo in ('55P03', '40P01') then
        situacao := 'aviso';
        detalhe := 'não experimentada: outra transação segura o registro';
        sugestao := 'Tente de novo.';
      when v_visto.codigo is not null then
        detalhe := format('pedido %s, recusado (%s): %s', v_coluna.valor, v_visto.codigo, v_visto.erro);
        sugestao := 'Um valor que o armazém já tem deve ser aceito; assim toda correção desta coluna falha.';
      when not v_visto.existe then
        situacao := 'erro';
        detalhe := format('pedido %s, e o registro sumiu', v_coluna.valor);
        sugestao := 'O gatilho deve gravar o que recebe, e mais nada.';
      when v_visto.fiel and v_mudou is null and v_visto.quantas = 1 then
        situacao := 'ok';
        detalhe := 'gravada como pedido';
      when v_visto.depois is not distinct from v_visto.antes and v_mudou is null then
        detalhe := format('pedido %s, ficou %s: não é gravada', v_coluna.valor, v_visto.depois);
        sugestao := 'O gatilho deve gravar a coluna, ou recusar a mudança com raise exception.';
      else
        situacao := 'erro';
        detalhe := concat_ws('; ', format('pedido %s, ficou %s', v_coluna.valor, coalesce(v_visto.depois, 'null')),
          'mudou junto: ' || v_mudou, case when v_visto.quantas <> 1 then format('o gatilho diz que mudou %s registros', v_visto.quantas) end);
        sugestao := concat_ws(' ', 'O gatilho deve gravar o que recebe, e mais nada; toda correção assim é desfeita.',
          case when v_mudou is not null then 'O que o armazém muda sozinho registra-se em colunas_acompanham da regra.' end);
    end case;
    return next;
  end loop;
  if not v_algum then
    return query select v_item, 'aviso', 'não experimentada: nenhuma linha', 'Carregue o armazém e rode de novo.';
  end if;
end
$$;
comment on function audit.experimentar_escrita(text) is
  'Tries, line by line, what the warehouse makes of a correction: writes each correctable column of one row with a value seen elsewhere in it, reads it again and takes it back. Nothing stays, no operation either. situacao: ok, aviso (corrections of the column fail) or erro (something else is stored; every such correction is undone). One line where nothing stands between the write and the table, on a server that only reads, or without rows; none where diagnosticar_contrato has errors on access.';
grant execute on function audit.experimentar_escrita(text) to conferente_operador, conferente_administrador;
--! EndIncluded consulta/experimentar_escrita.sql

--! Included consulta/vw_correcoes_desfeitas.sql
-- The list for whoever owns the source: what to mend there, because a load brings the error back.
create or replace view audit.vw_correcoes_desfeitas with (security_invoker = true) as
select d.id as divergencia_id, d.regra, d.tabela, d.registro_id, c.coluna, u.esperado ->> c.coluna as valor_corrigido,
  u.agora ->> c.coluna as valor_encontrado, u.situacao, d.justificativa, d.valor_em_risco, p.finalizada_em as corrigida_em,
  o.iniciada_em as vista_em, u.carregado_em, d.vezes_desfeita, d.status, o.sessao_id
from (
  select distinct on (x.divergencia_id) x.* from audit.correcoes_desfeitas x order by x.divergencia_id, x.operacao_id desc
) as u
join audit.divergencias_processadas d on d.id = u.divergencia_id
join audit.operacoes o on o.id = u.operacao_id
join audit.operacoes p on p.id = u.correcao_operacao_id
cross join lateral jsonb_object_keys(u.esperado) as c (coluna)
where u.agora is null or u.agora -> c.coluna is distinct from u.esperado -> c.coluna;
comment on view audit.vw_correcoes_desfeitas is 'Corrections that something outside undid, one row for each finding and column, as last seen: the list to give to whoever owns the source.';
comment on column audit.vw_correcoes_desfeitas.divergencia_id is 'The finding.';
comment on column audit.vw_correcoes_desfeitas.regra is 'Rule that found it.';
comment on column audit.vw_correcoes_desfeitas.tabela is 'Table of the row, schema-qualified.';
comment on column audit.vw_correcoes_desfeitas.registro_id is 'Key of the row as text.';
comment on column audit.vw_correcoes_desfeitas.coluna is 'Column that was corrected.';
comment on column audit.vw_correcoes_desfeitas.valor_corrigido is 'The value wanted: what the correction wrote, as text.';
comment on column audit.vw_correcoes_desfeitas.valor_encontrado is 'The value that came back, as text; null also when the row is gone.';
comment on column audit.vw_correcoes_desfeitas.situacao is 'valor_anterior (what the row held before the correction), outro_valor or ausente (the row is gone).';
comment on column audit.vw_correcoes_desfeitas.justificativa is 'The finding in one sentence.';
comment on column audit.vw_correcoes_desfeitas.valor_em_risco is 'Amount at stake in BRL.';
comment on column audit.vw_correcoes_desfeitas.corrigida_em is 'When the correction was made.';
comment on column audit.vw_correcoes_desfeitas.vista_em is 'When a session last saw it undone.';
comment on column audit.vw_correcoes_desfeitas.carregado_em is 'Load time of the row then, where it is later than the correction; otherwise null.';
comment on column audit.vw_correcoes_desfeitas.vezes_desfeita is 'How many sessions saw it undone.';
comment on column audit.vw_correcoes_desfeitas.status is 'Status of the finding now: corrigida when it has been made again since.';
comment on column audit.vw_correcoes_desfeitas.sessao_id is 'Session that last saw it undone.';
grant select on audit.vw_correcoes_desfeitas to conferente_leitor;
--! EndIncluded consulta/vw_correcoes_desfeitas.sql

--! Included consulta/diagnosticar_servidor.sql
-- How the server or the database is set where the rules would fail or read something else: strings with backslashes, and columns
-- that compare without case or accents. Lines are given only for what is wrong. Reads the catalogue alone. Called by
-- audit.diagnosticar_contrato.
create or replace function audit_interno.diagnosticar_servidor(relacao regclass)
returns table (item text, situacao text, detalhe text, sugestao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- for the database, a role, or a role in it; where nobody says, the server's own
  select 'standard_conforming_strings', 'erro',
    format('off para %s: as expressões das regras perdem as barras', coalesce(s.papel, 'o servidor')), s.sugestao
  from (
    select case when d.setrole = 0 then 'o banco' else format('o papel %s', pg_get_userbyid(d.setrole)) end as papel,
      case when d.setrole = 0 then format('alter database %I set standard_conforming_strings = on;', current_database())
        else format('alter role %I%s set standard_conforming_strings = on;', pg_get_userbyid(d.setrole),
          case when d.setdatabase <> 0 then format(' in database %I', current_database()) else '' end) end as sugestao
    from pg_db_role_setting d
    where d.setdatabase in (0, (select b.oid from pg_database b where b.datname = current_database()))
      and exists (select from unnest(d.setconfig) as c where c ~* '^standard_conforming_strings=(off|false|no|0)$')
    union all
    select null, format('alter database %I set standard_conforming_strings = on;', current_database())
    where current_setting('standard_conforming_strings') = 'off' and not exists (
      select from pg_settings g where g.name = 'standard_conforming_strings' and g.source in ('database', 'user', 'database user'))
  ) as s
  union all
  select format('%s.%s', audit_interno.nome_sql(relacao), a.attname), 'erro',
    format('a ordenação %s iguala textos diferentes: like e expressões regulares não a aceitam', l.collname),
    format('Dê a coluna por uma visão, com %I collate "default".', a.attname)
  from pg_attribute a
  join pg_collation l on l.oid = a.attcollation
  where a.attrelid = diagnosticar_servidor.relacao and a.attnum > 0 and not a.attisdropped and not l.collisdeterministic
    and a.attname in (select k.coluna from audit_interno.contrato() k)
$$;
comment on function audit_interno.diagnosticar_servidor(regclass) is 'What of the server''s settings and the columns'' collations keeps rules from working: rows as of audit.diagnosticar_contrato, none where all is well.';
--! EndIncluded consulta/diagnosticar_servidor.sql

--! Included portas/ajustes.sql
-- Settings that code of others could leave to a connection, hidden: what a plain SET set under a SET LOCAL shows only after the
-- commit. The doors that keep what ran behind them (escrever, preparar, disparar_adiados) therefore hold each of these as an own
-- setting (alter function … set), give code the caller's value for a moment, and end on another. PostgreSQL gives the caller its
-- value back where nobody wrote set, and lets the other one stand where somebody did, hidden or not: so rastro sees it.
-- um and outro are two harmless values; at least one is not the caller's. The path is the doors' own matter;
-- conferente.ator is believed of nobody but the API (audit_interno.ator), which sets it in each transaction.
create or replace function audit_interno.ajustes_guardados(out nome text, out um text, out outro text)
returns setof record
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  values
    ('TimeZone', 'UTC', '<+01>-01'), ('DateStyle', 'ISO, YMD', 'ISO, DMY'), ('IntervalStyle', 'iso_8601', 'postgres'),
    ('client_encoding', 'UTF8', 'SQL_ASCII'), ('client_min_messages', 'notice', 'warning'),
    ('statement_timeout', '3600001ms', '3600002ms'), ('lock_timeout', '3600001ms', '3600002ms'),
    ('idle_in_transaction_session_timeout', '3600001ms', '3600002ms'), ('idle_session_timeout', '3600001ms', '3600002ms'),
    ('client_connection_check_interval', '3600001ms', '3600002ms'),
    ('default_transaction_isolation', 'read committed', 'repeatable read'), ('default_transaction_read_only', 'off', 'on'),
    ('default_transaction_deferrable', 'off', 'on'), ('synchronous_commit', 'on', 'local'), ('row_security', 'on', 'off'),
    ('check_function_bodies', 'on', 'off'), ('standard_conforming_strings', 'on', 'off'), ('escape_string_warning', 'on', 'off'),
    ('backslash_quote', 'safe_encoding', 'off'), ('quote_all_identifiers', 'off', 'on'), ('array_nulls', 'on', 'off'),
    ('transform_null_equals', 'off', 'on'), ('bytea_output', 'hex', 'escape'), ('extra_float_digits', '1', '2'),
    ('xmlbinary', 'base64', 'hex'), ('xmloption', 'content', 'document'), ('password_encryption', 'scram-sha-256', 'md5')
$$;
comment on function audit_interno.ajustes_guardados() is 'Settings that nobody changes behind a door, with two values each.';
grant execute on function audit_interno.ajustes_guardados() to conferente_regra, conferente_escrita;

-- Their values here and now, by name. The default of a door's argument: read before the door's own settings are in force.
create or replace function audit_interno.ajustes()
returns jsonb
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg(g.nome, current_setting(g.nome)) from audit_interno.ajustes_guardados() g
$$;
comment on function audit_interno.ajustes() is 'Values of audit_interno.ajustes_guardados in this session.';

-- Behind the door, before code of others: it works under its caller's settings.
create or replace function audit_interno.dar_ajustes(ajustes jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config(a.key, a.value, true) from jsonb_each_text(dar_ajustes.ajustes) a;
end
$$;
comment on function audit_interno.dar_ajustes(jsonb) is 'Sets what audit_interno.ajustes read, for the door that calls it.';
grant execute on function audit_interno.dar_ajustes(jsonb) to conferente_regra, conferente_escrita;

-- And after it: what stands here when the door has closed was set in it.
create or replace function audit_interno.trocar_ajustes(ajustes jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config(g.nome, case when trocar_ajustes.ajustes ->> g.nome = g.um then g.outro else g.um end, true)
  from audit_interno.ajustes_guardados() g;
end
$$;
comment on function audit_interno.trocar_ajustes(jsonb) is 'Sets each to a value that is not the caller''s, for the door that calls it.';
grant execute on function audit_interno.trocar_ajustes(jsonb) to conferente_regra, conferente_escrita;
--! EndIncluded portas/ajustes.sql

--! Included portas/escrever.sql
-- The door through which the engine writes to the warehouse: runs a statement of the engine's own making as conferente_escrita,
-- with the triggers and functions of the warehouse that it fires, and returns its rows. ids is $1 of the statement. What the
-- statement needs of ours is in temporary tables that it may read. antes is another command, done first (a lock). adiaveis are
-- constraints that are checked at once (audit_interno.adiaveis): what waited for the commit would run as whoever commits. ajustes is
-- never given. The caller looks at the path at once (exigir_caminho), and at its trace (audit_interno.rastro) before and after.
-- Only conferente_dono may call it.
grant create on schema audit_interno to conferente_escrita;
set local role conferente_escrita;

create or replace function audit_interno.escrever(
  comando text, ids bigint[] default null, adiaveis text[] default null, antes text default null, ajustes jsonb default audit_interno.ajustes()
)
returns setof record
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.dar_ajustes(escrever.ajustes);
  if antes is not null then
    execute escrever.antes;
  end if;
  return query execute escrever.comando using escrever.ids;
  if adiaveis[1] is not null then
    execute format('set constraints %s immediate', adiaveis[1]);
  end if;
  if adiaveis[2] is not null then
    execute format('set constraints %s deferred', adiaveis[2]);
  end if;
  perform audit_interno.trocar_ajustes(escrever.ajustes);
  perform set_config('search_path', 'pg_catalog, pg_temp, audit', true);
end
$$;
do $$
begin
  execute (select string_agg(format('alter function audit_interno.escrever(text, bigint[], text[], text, jsonb) set %s = %L', g.nome, g.um), ';')
    from audit_interno.ajustes_guardados() g);
end
$$;
comment on function audit_interno.escrever(text, bigint[], text[], text, jsonb) is
  'Rows of a statement that runs as conferente_escrita: select … from audit_interno.escrever(statement, ids, constraints, before) as x (column type, …).';
revoke execute on function audit_interno.escrever(text, bigint[], text[], text, jsonb) from public;
grant execute on function audit_interno.escrever(text, bigint[], text[], text, jsonb) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_escrita;
--! EndIncluded portas/escrever.sql

--! Included portas/preparar.sql
-- The door through which a rule prepares its statistics: runs the function as conferente_regra, which can write nothing else.
-- ajustes is never given. The caller looks at the path at once, and at its trace (audit_interno.rastro) before and
-- after. Only conferente_dono may call it.
grant create on schema audit_interno to conferente_regra;
set local role conferente_regra;

create or replace function audit_interno.preparar(
  funcao text, janela audit.janela, ajustes jsonb default audit_interno.ajustes()
)
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.dar_ajustes(preparar.ajustes);
  execute format('select %s($1)', preparar.funcao) using preparar.janela;
  perform audit_interno.trocar_ajustes(preparar.ajustes);
  perform set_config('search_path', 'pg_catalog, pg_temp, audit', true);
end
$$;
do $$
begin
  execute (select string_agg(format('alter function audit_interno.preparar(text, audit.janela, jsonb) set %s = %L', g.nome, g.um), ';')
    from audit_interno.ajustes_guardados() g);
end
$$;
comment on function audit_interno.preparar(text, audit.janela, jsonb) is 'Runs a rule''s preparation, given as audit_interno.chamada_sql names it, as conferente_regra.';
revoke execute on function audit_interno.preparar(text, audit.janela, jsonb) from public;
grant execute on function audit_interno.preparar(text, audit.janela, jsonb) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_regra;
--! EndIncluded portas/preparar.sql

--! Included portas/rastro.sql
-- What no rollback takes out of a session: its locks by number, and statements prepared by name. Called by the doors and by rastro.
create or replace function audit_interno.ficam()
returns text
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select concat_ws(' ',
    (select string_agg(format('%s:%s:%s:%s', l.classid, l.objid, l.objsubid, l.mode), ',' order by l.classid, l.objid, l.objsubid, l.mode)
      from pg_locks l where l.locktype = 'advisory' and l.pid = pg_backend_pid()),
    (select string_agg(p.name, ',' order by p.name collate "C") from pg_prepared_statements p where p.from_sql))
$$;
comment on function audit_interno.ficam() is 'Locks by number and statements prepared by name of this session, as text.';
grant execute on function audit_interno.ficam() to conferente_regra, conferente_escrita;

-- Refuses a search path that code of others moved: set inside a door and not only for a moment, also where a moment's hides it, it
-- would outlive the door (see ajustes.sql) and decide what a name in the engine's own functions means. First thing after every door that keeps what it did, with every name in
-- full: perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path')).
create or replace function audit_interno.exigir_caminho(caminho text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if replace(caminho, '"', '') is distinct from 'pg_catalog, pg_temp' then -- quote_all_identifiers keeps it quoted
    raise exception using errcode = 'NC012', message = format('código do armazém ou de uma regra mudou search_path para %s', caminho),
      hint = 'Nada do que fez vale. set search_path pertence à definição da função.';
  end if;
end
$$;
comment on function audit_interno.exigir_caminho(text) is 'NC012 unless the path is the one that the engine''s functions pin.';

-- What code of others that ran as one of our two roles may have left behind: objects that the role owns in this database
-- (temporary and large ones too), functions of the role that were touched, and settings of this session. Taken before and after
-- such code; conferir_rastro refuses a difference. Reads catalogs, changes nothing.
create or replace function audit_interno.rastro(papel regrole)
returns text
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'objetos', (
      select encode(sha256(convert_to(coalesce(string_agg(format('%s %s', s.classid, s.objid), ',' order by s.classid, s.objid), ''), 'UTF8')), 'hex')
      from pg_shdepend s
      where s.refclassid = 'pg_authid'::regclass and s.refobjid = rastro.papel and s.deptype = 'o'
        and s.dbid = (select d.oid from pg_database d where d.datname = current_database())),
    'funcoes', (select string_agg(format('%s %s', p.oid, p.xmin), ',' order by p.oid) from pg_proc p where p.proowner = rastro.papel),
    'ajustes', (
      select encode(sha256(convert_to(string_agg(format('%s=%s', g.name, g.setting), ',' order by g.name collate "C"), 'UTF8')), 'hex')
      from pg_settings g where g.context in ('user', 'superuser')),
    'direitos', (
      select jsonb_build_array(
        (select string_agg(format('%s %s %s %s %s %s %s', c.oid, c.relacl, c.relnatts, c.relchecks, c.relhasrules, c.relrowsecurity,
            (select count(*) from pg_trigger g where g.tgrelid = c.oid)), ',' order by c.oid)
          from pg_class c where c.relowner = rastro.papel and c.relkind in ('r', 'S')),
        (select string_agg(d::text, ',' order by d.oid) from pg_default_acl d where d.defaclrole = rastro.papel),
        (select string_agg(s.setconfig::text, ',' order by s.setdatabase) from pg_db_role_setting s where s.setrole = rastro.papel))::text),
    'cursores', (select string_agg(c.name, ',' order by c.name collate "C") from pg_cursors c where c.is_holdable),
    'sessao', audit_interno.ficam(),
    'ator', current_setting('conferente.ator', true))::text
$$;
comment on function audit_interno.rastro(regrole) is 'Digest of what a role owns and of the session''s settings, to be compared by audit_interno.conferir_rastro.';

-- Refuses what code of others left behind. Called after it by the engine, which knows whose it was.
create or replace function audit_interno.conferir_rastro(papel regrole, antes text, quem text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_depois text := audit_interno.rastro(papel);
begin
  if v_depois = antes then
    return;
  end if;
  raise exception using errcode = 'NC012',
    message = format('%s deixou algo para trás: %s', quem, (
      select string_agg(case d.key when 'objetos' then 'criou ou apagou objetos' when 'funcoes' then 'mexeu nas funções do papel'
        when 'ajustes' then 'mudou ajustes da sessão' when 'direitos' then 'deu direitos ou mexeu em tabelas do papel'
        when 'cursores' then 'deixou um cursor aberto' when 'sessao' then 'deixou uma trava ou um comando preparado' else 'mudou quem age' end, ', ' order by d.key)
      from jsonb_each_text(v_depois::jsonb) d where d.value is distinct from antes::jsonb ->> d.key)),
    hint = 'Nada do que fez vale. Código do armazém e de regras lê e escreve o que é seu, e mais nada.';
end
$$;
comment on function audit_interno.conferir_rastro(regrole, text, text) is 'NC012 when the trace of a role differs from the one taken before.';
--! EndIncluded portas/rastro.sql

--! Included portas/disparar_adiados.sql
-- Lets what waits for the commit happen now, as conferente_escrita: a deferred trigger of the warehouse would otherwise run as whoever
-- commits, and of a worker that is conferente_dono. Called at the end of a step by executar_etapa, in such a connection alone, which
-- looks at the path and the trace as after escrever. ajustes is never given.
grant create on schema audit_interno to conferente_escrita;
set local role conferente_escrita;

create or replace function audit_interno.disparar_adiados(ajustes jsonb default audit_interno.ajustes())
returns void
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform audit_interno.dar_ajustes(disparar_adiados.ajustes);
  set constraints all immediate;
  perform audit_interno.trocar_ajustes(disparar_adiados.ajustes);
  perform set_config('search_path', 'pg_catalog, pg_temp, audit', true);
end
$$;
do $$
begin
  execute (select string_agg(format('alter function audit_interno.disparar_adiados(jsonb) set %s = %L', g.nome, g.um), ';')
    from audit_interno.ajustes_guardados() g);
end
$$;
comment on function audit_interno.disparar_adiados(jsonb) is 'Fires all deferred triggers of the transaction as conferente_escrita.';
revoke execute on function audit_interno.disparar_adiados(jsonb) from public;
grant execute on function audit_interno.disparar_adiados(jsonb) to conferente_dono;

set local role conferente_dono;
revoke create on schema audit_interno from conferente_escrita;
--! EndIncluded portas/disparar_adiados.sql

--! Included posse/criar_trava.sql
-- Gives each rule the row by which it is locked, as it is registered: made later, in a detection, it would be invisible to the
-- others until that one's end.
create or replace function audit_interno.criar_trava()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into audit_interno.travas_regra (regra) values (new.nome) on conflict do nothing;
  return null;
end
$$;
comment on function audit_interno.criar_trava() is 'Makes the lock of a new rule.';

create or replace trigger criar_trava after insert on audit.regras
  for each row execute function audit_interno.criar_trava();
--! EndIncluded posse/criar_trava.sql

--! Included posse/largar_posse.sql
-- Gives back what this connection has.
create or replace function audit_interno.largar_posse(nome text)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from audit_interno.posses p where p.nome = largar_posse.nome and p.pid = pg_backend_pid()
$$;
comment on function audit_interno.largar_posse(text) is 'Gives back what this connection has.';
--! EndIncluded posse/largar_posse.sql

--! Included posse/travar_regra.sql
-- Takes the lock of a rule until the transaction ends: alone, or beside others that share it (the parts of one detection).
-- A row that only the owner's functions reach, so that only whoever may run sessions can hold it. They may leave it held in psql: it
-- is waited for no longer than a step of the rule may take, and a little less, so that whoever waits is told who holds it.
create or replace function audit_interno.travar_regra(regra text, compartilhada boolean default false)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_antes text := current_setting('lock_timeout');
begin
  perform set_config('lock_timeout', greatest(1, extract(epoch from r.tempo_limite) * 900)::bigint::text, true)
  from audit.regras r where r.nome = travar_regra.regra;
  if compartilhada then
    perform from audit_interno.travas_regra t where t.regra = travar_regra.regra for share;
  else
    perform from audit_interno.travas_regra t where t.regra = travar_regra.regra for update;
  end if;
  perform set_config('lock_timeout', v_antes, true);
exception when lock_not_available then
  raise exception using errcode = 'lock_not_available',
    message = format('a regra %s está em uso por %s', travar_regra.regra, coalesce((
      -- whoever has taken a row of this table: few, and seldom another rule's
      select string_agg(format('%s (%s, processo %s)', a.usename, coalesce(nullif(a.application_name, ''), 'sem nome'), a.pid), ', ' order by a.pid)
      from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.relation = 'audit_interno.travas_regra'::regclass and l.mode = 'RowShareLock' and l.granted and l.pid <> pg_backend_pid()
        and l.database = (select d.oid from pg_database d where d.datname = current_database())), 'outra sessão, que acaba de terminar')),
    hint = 'Espere que termine, ou que quem a deixou aberta confirme ou desfaça a transação.';
end
$$;
comment on function audit_interno.travar_regra(text, boolean) is 'Waits for the lock of a rule and holds it until the transaction ends. 55P03 with who holds it after nine tenths of tempo_limite.';
--! EndIncluded posse/travar_regra.sql

--! Included instalacao/autorizar_publicadas.sql
-- The rules of this release have auto for the code that this release ships: whoever installs it has trusted it. Those that lost
-- auto stay without it, and rules of the business's own are their administrator's to look at. The last thing of each
-- migration that touches what a rule runs.
create or replace function audit_interno.autorizar_publicadas()
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit.regras r set hash_autorizado = audit_interno.hash_regra(r)
  where r.automatica and r.funcao like 'regras.%' and r.hash_autorizado is distinct from audit_interno.hash_regra(r)
$$;
comment on function audit_interno.autorizar_publicadas() is 'Gives bundled rules that have auto the hash of the code as installed.';
select audit_interno.autorizar_publicadas();
--! EndIncluded instalacao/autorizar_publicadas.sql

reset role;
