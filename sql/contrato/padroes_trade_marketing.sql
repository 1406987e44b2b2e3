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
comment on table audit.padroes_trade_marketing is 'Patterns, maintained by the business, that mark an entry as trade marketing or as not. Maintain with audit.salvar_padrao.';
comment on column audit.padroes_trade_marketing.id is 'Key.';
comment on column audit.padroes_trade_marketing.campo is 'Field that is compared: fornecedor, descricao or conta_contabil.';
comment on column audit.padroes_trade_marketing.tipo is 'contem (anywhere), palavra (whole words) or regex (PostgreSQL regular expression); case and accents never matter.';
comment on column audit.padroes_trade_marketing.acao is 'incluir marks as trade marketing, excluir vetoes.';
comment on column audit.padroes_trade_marketing.padrao is 'Pattern as written.';
comment on column audit.padroes_trade_marketing.padrao_dobrado is 'Pattern folded: lower case, no accents. Kept by a trigger.';
comment on column audit.padroes_trade_marketing.ativo is 'Whether the rule uses it.';
comment on column audit.padroes_trade_marketing.motivo is 'Why it was added or switched off.';
comment on column audit.padroes_trade_marketing.criado_em is 'When.';
comment on column audit.padroes_trade_marketing.criado_por is 'By whom.';
