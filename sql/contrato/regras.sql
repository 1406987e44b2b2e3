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
  limite_valor numeric check (limite_valor >= 0 and limite_valor < 'Infinity'), -- NaN sorts above all numbers
  tempo_limite interval not null default '10 minutes' check (tempo_limite > interval '0'),
  aprovadas bigint not null default 0,
  rejeitadas bigint not null default 0,
  certas_no_limiar bigint not null default 0,
  erradas_no_limiar bigint not null default 0,
  automaticas_revertidas bigint not null default 0,
  precisao numeric(5, 4) generated always as (aprovadas::numeric / nullif(aprovadas + rejeitadas, 0)) stored,
  prova text not null default 'sem_prova' check (prova in ('sem_prova', 'provada', 'refutada')),
  respostas bigint not null default 0,
  erro_observado numeric(5, 4),
  evidencia_favor numeric not null default 1,
  evidencia_contra numeric not null default 1,
  concessao_correcoes bigint check (concessao_correcoes > 0),
  concessao_valor numeric check (concessao_valor > 0 and concessao_valor < 'Infinity'),
  concedida_em timestamptz,
  concedida_por text,
  automatica_perdida text,
  hash_autorizado text,
  hash_atual text,
  dependencias text[] not null default '{}',
  registrada_em timestamptz not null default now(),
  registrada_por text not null default session_user,
  check (automatica_perdida is null or not automatica),
  check (num_nulls(concessao_correcoes, concessao_valor, concedida_em, concedida_por) in (0, 4))
);
comment on table audit.regras is 'Detection rules: a SQL function and its settings. Register with audit.registrar_regra, change with audit.alterar_regra.';
comment on column audit.regras.nome is 'Name of the rule.';
comment on column audit.regras.descricao is 'What the rule looks for.';
comment on column audit.regras.funcao is 'Schema-qualified name of a STABLE function f(audit.janela) that returns setof audit.achado.';
comment on column audit.regras.preparacao is 'Schema-qualified name of a function g(audit.janela) returning void that runs before the rule in each session (statistics), or null.';
comment on column audit.regras.requisitos is 'Schema-qualified name of a STABLE function h() that returns what the rule lacks (a setting, a label that the ledger has) as text, or null if it lacks nothing. Null if the rule needs nothing. Sessions skip a rule that lacks something, and say why.';
comment on column audit.regras.tabela is 'Schema-qualified table or updatable view that the rule reads and may correct.';
comment on column audit.regras.coluna_chave is 'Its single-column unique key.';
comment on column audit.regras.coluna_data is 'Its booking date, used for windows with dates. Null: such windows take every row.';
comment on column audit.regras.coluna_carga is 'Its load time, used for incremental windows. Null: such windows take every row.';
comment on column audit.regras.coluna_valor is 'Its amount, for control totals, or null.';
comment on column audit.regras.coluna_filial is 'Its branch, for months that are closed for one branch. Null: a month closed for any branch counts as closed.';
comment on column audit.regras.colunas is 'Columns that the rule decides by. It may propose values only for these, and a finding is valid only as long as they do not change.';
comment on column audit.regras.colunas_identidade is 'Columns that identify the entry (supplier, document, date), kept with each finding. If a key goes to another entry, nothing is written to its row and no exception applies to it.';
comment on column audit.regras.colunas_acompanham is 'Columns that the warehouse may change by itself when a row is corrected (such as a time of change). All other columns must stay the same, or the correction is undone.';
comment on column audit.regras.colunas_resumo is 'Columns by which a person recognises the entry (supplier, document, date, branch, cost centre, text, amount), in the order in which they are shown: taken at detection, kept with each finding.';
comment on column audit.regras.confianca_base is 'Confidence the rule starts from, 0 to 1.';
comment on column audit.regras.limiar is 'Confidence from which auto may correct by itself, 0 to 1.';
comment on column audit.regras.piso is 'Confidence up to which a proposal is probably not an error, 0 to 1: counted, but kept apart from the morning''s groups.';
comment on column audit.regras.automatica is 'Whether auto may correct for this rule at all.';
comment on column audit.regras.ativa is 'Whether sessions run the rule.';
comment on column audit.regras.prioridade is 'Order within a session, lowest first.';
comment on column audit.regras.limite_linhas is 'Most automatic corrections per session; null: only the session''s limit applies.';
comment on column audit.regras.limite_fracao is 'Largest share of the window''s rows corrected per session, or null.';
comment on column audit.regras.limite_valor is 'Largest sum of amounts at stake corrected per session in BRL, or null.';
comment on column audit.regras.tempo_limite is 'Longest time one step of the rule may take.';
comment on column audit.regras.aprovadas is 'People''s decisions so far that found the proposal right.';
comment on column audit.regras.rejeitadas is 'People''s decisions so far that found the proposal wrong.';
comment on column audit.regras.certas_no_limiar is 'Findings of the present code at or above limiar that people found right.';
comment on column audit.regras.erradas_no_limiar is 'Findings of the present code at or above limiar that people found wrong.';
comment on column audit.regras.automaticas_revertidas is 'Automatic corrections of the present code, at or above limiar, that a person rolled back as wrong.';
comment on column audit.regras.precisao is 'aprovadas / (aprovadas + rejeitadas), 0 to 1; null when nobody has decided. Includes findings below limiar, which are meant to be doubtful.';
comment on column audit.regras.prova is 'What people''s answers say of the present code at the present limiar: provada (it errs less often than regras.erro_tolerado), refutada (more often) or sem_prova. A rule that is provada corrects by itself; one that is sem_prova as far as it was granted; one that is refutada not at all.';
comment on column audit.regras.respostas is 'Answers that prova is based on: those on findings of the present code at or above limiar. Answers on one supplier within a session count as one.';
comment on column audit.regras.erro_observado is 'Share of respostas that found the proposal wrong, 0 to 1; null when there are none.';
comment on column audit.regras.evidencia_favor is 'What a stake of 1 has become, since the rule was last refuted, by betting that it errs at most as often as tolerated: at 20 it is provada.';
comment on column audit.regras.evidencia_contra is 'What a stake of 1 has become, since the best moment to begin, by betting that the rule errs more often than tolerated: at 200 it is refutada.';
comment on column audit.regras.concessao_correcoes is 'Automatic corrections granted without proof, in all; null when none were granted.';
comment on column audit.regras.concessao_valor is 'Amount at stake in BRL granted without proof, in all; null when none was granted.';
comment on column audit.regras.concedida_em is 'When that was granted; corrections since then have used it up.';
comment on column audit.regras.concedida_por is 'The administrator who granted it.';
comment on column audit.regras.automatica_perdida is 'Why auto was taken from the rule (refuted, grant used up, or code that changed), or null. An administrator gives it back with audit.alterar_regra.';
comment on column audit.regras.hash_autorizado is 'Hash of the rule''s code for which auto was last given. While the code is different, auto corrects nothing.';
comment on column audit.regras.hash_atual is 'Hash of the rule''s code when a session last ran it, or auto was last given: the code that prova is about.';
comment on column audit.regras.dependencias is 'Schemas, functions or views that the rule uses without naming them. They count as its code and in its hash.';
comment on column audit.regras.registrada_em is 'When the rule was registered.';
comment on column audit.regras.registrada_por is 'Who registered it.';

-- None has auto: nothing about them is proven on this ledger.
insert into audit.regras (
  nome, descricao, funcao, preparacao, requisitos, tabela, coluna_chave, coluna_data, coluna_carga, coluna_valor, coluna_filial, colunas,
  colunas_identidade, colunas_acompanham, colunas_resumo, confianca_base, limiar, automatica, prioridade
) values
  ('trade_marketing', 'Lançamentos de trade marketing que estão em outra categoria.',
    'regra_trade_marketing.detectar', null, 'regra_trade_marketing.requisitos', 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor', 'filial',
    array['categoria', 'conta_contabil', 'descricao', 'fornecedor', 'fornecedor_id'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'],
    array['fornecedor', 'documento', 'data_lancamento', 'filial', 'centro_custo', 'descricao', 'valor'], 0.95, 0.95, false, 10),
  ('pendente_verificacao', 'Lançamentos deixados como pendentes, com a categoria inferida do histórico.',
    'regra_pendente_verificacao.detectar', 'regra_pendente_verificacao.preparar', 'regra_pendente_verificacao.requisitos', 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor', 'filial',
    array['categoria', 'centro_custo', 'conta_contabil', 'descricao', 'fornecedor', 'fornecedor_id'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'],
    array['fornecedor', 'documento', 'data_lancamento', 'filial', 'centro_custo', 'descricao', 'valor'], 0.50, 0.95, false, 20),
  ('validacao_valores', 'Valores que não são o que o documento diz, e documentos lançados duas vezes.',
    'regra_validacao_valores.detectar', null, null, 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor', 'filial',
    array['documento', 'fornecedor_id', 'valor', 'valor_desconto', 'valor_documento'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'],
    array['fornecedor', 'documento', 'data_lancamento', 'filial', 'centro_custo', 'descricao', 'valor'], 0.70, 0.95, false, 30);
-- They need electronic notes (conferente notas) and ship inactive and without auto, which a person grants after seeing them work.
insert into audit.regras (
  nome, descricao, funcao, preparacao, requisitos, tabela, coluna_chave, coluna_data, coluna_carga, coluna_valor, coluna_filial, colunas,
  colunas_identidade, colunas_acompanham, colunas_resumo, confianca_base, limiar, automatica, ativa, prioridade
) values
  ('notas_fiscais', 'Lançamentos que não são o que a nota eletrônica diz, e notas canceladas que continuam lançadas.',
    'regra_notas_fiscais.detectar', 'regra_notas_fiscais.preparar', 'regra_notas_fiscais.requisitos', 'dw.lancamentos', 'id', 'data_lancamento', 'carregado_em', 'valor', 'filial',
    array['descricao', 'documento', 'fornecedor_id', 'valor', 'valor_desconto', 'valor_documento'],
    array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'], array['carregado_em'],
    array['fornecedor', 'documento', 'data_lancamento', 'filial', 'centro_custo', 'descricao', 'valor'], 0.99, 0.95, false, false, 40),
  ('notas_sem_lancamento', 'Notas eletrônicas recebidas que nenhum lançamento registra.',
    'regra_notas_fiscais.notas_sem_lancamento', 'regra_notas_fiscais.preparar', 'regra_notas_fiscais.requisitos', 'regra_notas_fiscais.notas', 'chave',
    'data_emissao', null, null, null,
    array['cancelada_em', 'lancamento', 'valor'], array['data_emissao', 'documento', 'fornecedor', 'fornecedor_id'], array[]::text[],
    array['fornecedor', 'documento', 'data_emissao', 'valor'], 0.80, 0.95, false, false, 41);

create table audit_interno.vereditos (
  divergencia_id bigint primary key,
  regra text not null,
  hash_regra text not null,
  confianca numeric not null,
  sessao_id bigint not null,
  fornecedor text,
  certo boolean not null,
  ordem bigint -- the decision that says so; null where it proves nothing about what auto would do
);
create index on audit_interno.vereditos (regra, hash_regra);
comment on table audit_interno.vereditos is 'People''s latest answer on each finding, with the code and the confidence it had then.';

create table audit_interno.automaticas_erradas (
  divergencia_id bigint primary key,
  regra text not null,
  hash_regra text not null,
  confianca numeric not null,
  sessao_id bigint not null,
  fornecedor text,
  ordem bigint not null
);
comment on table audit_interno.automaticas_erradas is 'Automatic corrections that a person rolled back as wrong: the session that made them, and the decision that says so.';
