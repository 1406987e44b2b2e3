-- Seals of the chain, stamped by an authority outside the house (RFC 3161). Whoever rewrites the chain can compute every seal again, but
-- cannot get a stamp of the past. Append-only; each stamp is an operation.
create table audit_interno.carimbos (
  operacao_id bigint primary key references audit.operacoes,
  elo bigint not null check (elo > 0),
  selo bytea not null,
  token bytea not null
);
create index on audit_interno.carimbos (elo desc);
comment on table audit_interno.carimbos is 'Stamps of the head of the chain, append-only: audit.carimbos shows them.';
comment on column audit_interno.carimbos.token is 'TimeStampToken, DER.';

-- Attempts since the last stamp.
create table audit_interno.tentativas_carimbo (
  unica boolean primary key default true check (unica),
  desde timestamptz not null default clock_timestamp(),
  ultima timestamptz not null default clock_timestamp(),
  vezes integer not null default 1,
  erro text not null
);
comment on table audit_interno.tentativas_carimbo is 'Why the head of the chain could not be stamped, since when, and how often it was tried; no row when the last attempt succeeded.';
