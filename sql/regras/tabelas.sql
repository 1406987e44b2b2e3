-- What regras.pendente_verificacao learned from the ledger: counts by booking month, the weights fitted on its own past,
-- and the calibration. Kept up by regras.preparar_pendente_verificacao and by nothing else; all of it can be thrown away
-- and is rebuilt from dw.lancamentos.

create table audit_interno.estatistica_controle (
  unica boolean primary key default true check (unica),
  assinatura text not null,
  carregado_ate timestamptz,
  operacao_ate bigint not null default 0,
  calibrada_ate int,
  linhas_calibradas bigint not null default 0,
  atualizada_em timestamptz not null default now()
);
comment on table audit_interno.estatistica_controle is 'Up to where the statistics of pendente_verificacao have been kept up, and with which settings.';

create table audit_interno.estatistica_categoria (
  id int generated always as identity primary key,
  categoria text not null unique
);
comment on table audit_interno.estatistica_categoria is 'Short numbers for the categories seen in the history.';

create table audit_interno.estatistica_mes (
  mes int primary key,
  linhas bigint not null
);
comment on table audit_interno.estatistica_mes is 'Rows learned in each booking month (year * 12 + month - 1).';

create table audit_interno.estatistica_contagem (
  nivel smallint not null,
  chave bigint not null,
  mes int not null,
  categoria int not null,
  linhas int not null,
  primary key (nivel, chave, mes, categoria)
);
create index on audit_interno.estatistica_contagem (mes);
comment on table audit_interno.estatistica_contagem is 'How often a key of one level (everything, cost centre, company, spelling, word …) went with a category in one booking month.';

create table audit_interno.estatistica_peso (
  nome text primary key,
  peso double precision not null
);
comment on table audit_interno.estatistica_peso is 'Weights fitted by the back-test: strength of the wider group at each level (alfa_N), weight of the words (lambda_N).';

create table audit_interno.estatistica_calibracao (
  classe smallint not null,
  faixa smallint not null,
  bruta double precision not null,
  casos int not null,
  acertos int not null,
  confianca double precision not null,
  primary key (classe, faixa)
);
comment on table audit_interno.estatistica_calibracao is 'Back-test of the ledger''s own past: of suggestions whose raw score was about this, so many were right.';

create unlogged table audit_interno.estatistica_ajuste (
  id text not null,
  nivel smallint not null,
  total double precision not null,
  certas double precision not null,
  p double precision,
  primary key (id, nivel)
);
comment on table audit_interno.estatistica_ajuste is 'Work table of the back-test: what each level knew of the right category of each sampled entry.';

create unlogged table audit_interno.estatistica_retroteste (
  id text primary key,
  classe smallint not null,
  lacuna smallint not null,
  bruta double precision not null,
  chance double precision not null,
  acertou smallint not null
);
comment on table audit_interno.estatistica_retroteste is 'The last back-test: each sampled entry''s class, months without history before it, raw score (and its log-odds) and whether the suggestion was right.';

create table audit_interno.estatistica_lacuna (
  lacuna smallint primary key,
  casos int not null,
  deslocamento double precision not null
);
comment on table audit_interno.estatistica_lacuna is 'How a confidence moves (in log-odds) with the months between the last history and the entry; counted below a confidence of 0.85.';

create table audit_interno.estatistica_curva (
  classe smallint primary key,
  a double precision not null,
  b double precision not null
);
comment on table audit_interno.estatistica_curva is 'Logistic calibration of each class: confidence = 1 / (1 + exp(-(a + b * log-odds of the raw score))).';
