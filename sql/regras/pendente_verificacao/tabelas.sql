-- What regra_pendente_verificacao.detectar learned from the ledger: counts by booking month, the weights fitted on its own past, and the
-- calibration. Maintained by regra_pendente_verificacao.preparar alone. All of it can be thrown away and is rebuilt from dw.lancamentos, so
-- it is unlogged: after a crash of the server it is counted again. The tables belong to conferente_regra, the role in which rules and their
-- preparation run; it may create here only while they are made.
grant create on schema regra_pendente_verificacao to conferente_regra;
set local role conferente_regra;

create unlogged table regra_pendente_verificacao.estatistica_controle (
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
comment on table regra_pendente_verificacao.estatistica_controle is 'Up to where the statistics of pendente_verificacao are up to date, and with which settings.';

create unlogged table regra_pendente_verificacao.estatistica_categoria (
  id int generated always as identity primary key,
  categoria text not null unique
);
comment on table regra_pendente_verificacao.estatistica_categoria is 'Short numbers for the categories seen in the history, each in its commonest spelling.';

create unlogged table regra_pendente_verificacao.estatistica_grafia (
  escrita text primary key,
  categoria int not null,
  linhas bigint
);
create index on regra_pendente_verificacao.estatistica_grafia (categoria);
comment on table regra_pendente_verificacao.estatistica_grafia is 'Categories as written (case, accents, blanks at the ends), each with its number, and how many entries have it where there are several spellings.';

create unlogged table regra_pendente_verificacao.estatistica_mes (
  mes int primary key,
  linhas bigint not null
);
comment on table regra_pendente_verificacao.estatistica_mes is 'Rows learned in each booking month (year * 12 + month - 1).';

create unlogged table regra_pendente_verificacao.estatistica_antigas (
  mes int primary key,
  linhas bigint not null
);
comment on table regra_pendente_verificacao.estatistica_antigas is 'Rows of each booking month, learned or not, that were loaded before estatistica_controle.limite. When they become fewer, one was changed or deleted and the month is counted again.';

create unlogged table regra_pendente_verificacao.estatistica_nome (
  escrito text primary key,
  nome text
);
comment on table regra_pendente_verificacao.estatistica_nome is 'Supplier names as written (first 200 characters), each with its one common spelling.';

create unlogged table regra_pendente_verificacao.estatistica_conta (
  chave bigint primary key,
  conta text not null
);
comment on table regra_pendente_verificacao.estatistica_conta is 'Accounts seen in the history, by the key under which estatistica_contagem counts them (levels 21 and 22).';

create unlogged table regra_pendente_verificacao.estatistica_fornecedor (
  raiz text not null,
  nome text not null,
  mes int not null,
  textos int not null,
  palavras text[] not null,
  primary key (raiz, nome, mes)
);
comment on table regra_pendente_verificacao.estatistica_fornecedor is 'Under which names (in one spelling; empty where there is none) each company was booked in each month, how many of its entries had a description, and the words of these: what else comes under its code is another company''s.';

create unlogged table regra_pendente_verificacao.estatistica_borda (
  registro_id text primary key,
  carregado_em timestamptz not null,
  mes int
);
comment on table regra_pendente_verificacao.estatistica_borda is 'Rows loaded since estatistica_controle.limite that are already counted: a load commits later than the times it writes, so that stretch is read again.';

create unlogged table regra_pendente_verificacao.estatistica_contagem (
  nivel smallint not null,
  chave bigint not null,
  mes int not null,
  categoria int not null,
  linhas int not null,
  primary key (nivel, chave, mes, categoria)
);
comment on table regra_pendente_verificacao.estatistica_contagem is 'How often a key of one level (everything, cost centre, company, spelling, word …) went with a category in one booking month. Level 22: entries that were parked under an account; their category is 0. Level 23: those of the category with a negative amount.';

create unlogged table regra_pendente_verificacao.estatistica_peso (
  nome text primary key,
  peso double precision not null
);
comment on table regra_pendente_verificacao.estatistica_peso is 'What the back-test fitted for the levels: strength of the wider group at each (alfa_N), weight of the words (lambda).';

create unlogged table regra_pendente_verificacao.estatistica_nota (
  grupo smallint primary key,
  base double precision not null,
  recente double precision not null
);
comment on table regra_pendente_verificacao.estatistica_nota is 'Weights of the score, of ln p and of the log-odds among the latest entries, fitted by the back-test for each group: 0 unknown supplier, 1 seen up to about three times, 2 known; 3 to 5 the same after a wait; 6 to 11 the same with a known account.';

create unlogged table regra_pendente_verificacao.estatistica_calibracao (
  grupo smallint not null,
  faixa smallint not null,
  bruta double precision not null,
  confianca double precision not null,
  casos int not null,
  acertos int not null,
  casos_proximos int not null,
  acertos_proximos int not null,
  primary key (grupo, faixa)
);
comment on table regra_pendente_verificacao.estatistica_calibracao is 'Back-test of the ledger''s own past, by the groups of estatistica_nota: suggestions whose score meant about this probability (bruta), how many were right, alone and together with the bins beside them.';

create unlogged table regra_pendente_verificacao.estatistica_pergunta (
  id text not null,
  com_conta boolean not null,
  grupo smallint not null,
  certa int not null,
  bases double precision[] not null,
  amplas double precision[] not null,
  palavras double precision[] not null,
  recentes double precision[] not null,
  niveis smallint[],
  totais double precision[],
  iguais double precision[],
  primary key (id, com_conta)
);
comment on table regra_pendente_verificacao.estatistica_pergunta is 'Work table of the back-test: what is known of each sampled entry''s likeliest categories (certa: the place of the right one among them; the last of bases is all others together), and of the right one at each level.';

set local role conferente_dono;
revoke create on schema regra_pendente_verificacao from conferente_regra;
