-- What lets a name be forgotten while the chain stays as it was sealed (motor/esquecimento). The digest of an operation covers who acted and
-- why, and its details, by digests of their own, each over a salt and the text. Forgetting puts a pseudonym in the place of the name, keeps
-- the old digest and draws another salt, so that nobody finds the name by trying.
create table audit_interno.sais (
  operacao_id bigint primary key references audit.operacoes,
  autoria bytea not null,
  detalhes bytea not null
);
comment on table audit_interno.sais is 'Of each operation that has ended, the salts of what of it may name people.';
comment on column audit_interno.sais.autoria is 'Salt of who and why, also of the decisions and exceptions that are its facts.';
comment on column audit_interno.sais.detalhes is 'Salt of audit.operacoes.detalhes.';

create table audit_interno.fatos_esquecidos (
  operacao_id bigint not null references audit.operacoes,
  parte text not null check (parte in ('autoria', 'detalhes', 'decisao', 'excecao')),
  fato_id bigint not null,
  esquecimento_id bigint not null references audit.operacoes,
  resumo bytea not null,
  agora bytea not null,
  primary key (operacao_id, parte, fato_id)
);
create index on audit_interno.fatos_esquecidos (esquecimento_id);
comment on table audit_interno.fatos_esquecidos is 'Facts in which somebody was forgotten: what was sealed of their names, and what stands there now. Each change is a fact of the operation that forgot.';
comment on column audit_interno.fatos_esquecidos.parte is 'autoria (who and why, of the operation), detalhes (of the operation), decisao or excecao (who and why).';
comment on column audit_interno.fatos_esquecidos.fato_id is 'Key of the decision or exception; of the operation itself its own.';
comment on column audit_interno.fatos_esquecidos.esquecimento_id is 'Operation that forgot last.';
comment on column audit_interno.fatos_esquecidos.resumo is 'Digest that was sealed.';
comment on column audit_interno.fatos_esquecidos.agora is 'Digest of what stands there since, by the salt that it has since.';

-- Whom audit.esquecer_pessoa forgets.
create type audit_interno.esquecida as (
  pessoa text,
  chaves text[],
  padrao text,
  duvidoso text,
  alheios text,
  resumos text[],
  pseudonimo text
);
comment on type audit_interno.esquecida is 'Somebody to be forgotten: the person (audit_interno.pessoa_de), keys of all names and addresses (audit_interno.chave_pessoa), expressions that find them in text (with care, and without), one that finds longer names of others which contain them, SHA-256 of the addresses, and the pseudonym.';
