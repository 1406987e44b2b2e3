-- Which entry belongs to which note: maintained by regra_notas_fiscais.preparar alone. All of it can be thrown away and found again, so it
-- is unlogged. It belongs to conferente_regra, the role in which rules and their preparation run.
grant create on schema regra_notas_fiscais to conferente_regra;
set local role conferente_regra;

create unlogged table regra_notas_fiscais.vinculos (
  registro_id text primary key,
  chave text not null,
  como text not null check (como in ('chave', 'numero'))
);
create index on regra_notas_fiscais.vinculos (chave);
comment on table regra_notas_fiscais.vinculos is 'The note that an entry belongs to: the entry cites the note''s key, or has the issuer''s code and the note''s number at about its time.';

create unlogged table regra_notas_fiscais.controle (
  unica boolean primary key default true check (unica),
  notas_ate timestamptz not null,
  janela audit.janela
);
comment on table regra_notas_fiscais.controle is 'Up to which time of reading notes have been matched with the ledger, and for which window last.';

grant select on regra_notas_fiscais.vinculos, regra_notas_fiscais.controle to conferente_dono;
set local role conferente_dono;
revoke create on schema regra_notas_fiscais from conferente_regra;
