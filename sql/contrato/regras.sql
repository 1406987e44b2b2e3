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
  coluna_filial text,
  colunas text[] not null check (cardinality(colunas) > 0),
  colunas_identidade text[] not null default '{}',
  colunas_acompanham text[] not null default '{}',
  colunas_resumo text[] not null default '{}',
  confianca_base numeric(5, 4) not null check (confianca_base between 0 and 1),
  limiar numeric(5, 4) not null check (limiar between 0 and 1),
  piso numeric(5, 4) not null default 0.1 check (piso between 0 and 1),
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
comment on column audit.regras.coluna_filial is 'Its branch, for months that are closed for one branch, or null: then a month that is closed for any branch counts.';
comment on column audit.regras.colunas is 'Columns the rule decides by. It may propose values for these only, and a finding stands only while they hold what they held.';
comment on column audit.regras.colunas_identidade is 'Columns that say which entry a row is (supplier, document, date): kept with each finding; nothing is written to, and no exception holds for, a row whose key has gone to another entry.';
comment on column audit.regras.colunas_acompanham is 'Columns that the warehouse may change by itself when a row is corrected (a time of change). Every other column must hold what it held, or the correction is undone.';
comment on column audit.regras.colunas_resumo is 'Columns by which a person recognises the entry (supplier, document, date, branch, cost centre, text, amount), in the order in which they are shown: taken at detection, kept with each finding.';
comment on column audit.regras.confianca_base is 'Confidence the rule starts from, 0 to 1.';
comment on column audit.regras.limiar is 'Confidence from which auto may correct by itself, 0 to 1.';
comment on column audit.regras.piso is 'Confidence up to which what the rule proposes is probably no error, 0 to 1: counted, and apart from the morning''s groups.';
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
  nome, descricao, funcao, preparacao, requisitos, tabela, coluna_chave, coluna_data, coluna_carga, coluna_valor, coluna_filial, colunas,
  colunas_identidade, colunas_acompanham, colunas_resumo, confianca_base, limiar, automatica, prioridade
) values
  ('trade_marketing', 'Lançamentos de trade marketing que estão em outra categoria.',
    'regra_trade_marketing.detectar', null, 'regra_trade_marketing.requisitos', 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor', 'filial',
    array['categoria', 'conta_contabil', 'descricao', 'fornecedor', 'fornecedor_id'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'],
    array['fornecedor', 'documento', 'data_lancamento', 'filial', 'centro_custo', 'descricao', 'valor'], 0.95, 0.95, true, 10),
  ('pendente_verificacao', 'Lançamentos deixados como pendentes, com a categoria inferida do histórico.',
    'regra_pendente_verificacao.detectar', 'regra_pendente_verificacao.preparar', 'regra_pendente_verificacao.requisitos', 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor', 'filial',
    array['categoria', 'centro_custo', 'conta_contabil', 'descricao', 'fornecedor', 'fornecedor_id'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'],
    array['fornecedor', 'documento', 'data_lancamento', 'filial', 'centro_custo', 'descricao', 'valor'], 0.50, 0.95, true, 20),
  ('validacao_valores', 'Valores que não são o que o documento diz, e documentos lançados duas vezes.',
    'regra_validacao_valores.detectar', null, null, 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor', 'filial',
    array['documento', 'fornecedor_id', 'valor', 'valor_desconto', 'valor_documento'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'],
    array['fornecedor', 'documento', 'data_lancamento', 'filial', 'centro_custo', 'descricao', 'valor'], 0.70, 0.95, true, 30);
-- It needs notes (conferente notas), and people give it auto when they have seen it work: shipped with neither.
insert into audit.regras (
  nome, descricao, funcao, preparacao, requisitos, tabela, coluna_chave, coluna_data, coluna_carga, coluna_valor, coluna_filial, colunas,
  colunas_identidade, colunas_acompanham, colunas_resumo, confianca_base, limiar, automatica, ativa, prioridade
) values
  ('notas_fiscais', 'Lançamentos que não são o que a nota eletrônica diz, e notas canceladas que continuam lançadas.',
    'regra_notas_fiscais.detectar', 'regra_notas_fiscais.preparar', 'regra_notas_fiscais.requisitos', 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor', 'filial',
    array['descricao', 'documento', 'fornecedor_id', 'valor', 'valor_desconto', 'valor_documento'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'],
    array['fornecedor', 'documento', 'data_lancamento', 'filial', 'centro_custo', 'descricao', 'valor'], 0.99, 0.95, false, false, 40);

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
