create table audit.codigos_regra (
  hash text primary key check (hash = encode(sha256(convert_to(codigo, 'UTF8')), 'hex')), -- so it proves itself
  regra text not null references audit.regras,
  codigo text not null,
  visto_em timestamptz not null default clock_timestamp()
);
comment on table audit.codigos_regra is 'Every version of each rule''s code, kept at the first detection with it and named by its hash; append-only.';
comment on column audit.codigos_regra.hash is 'SHA-256 of codigo, hexadecimal; findings, executions and operations name it.';
comment on column audit.codigos_regra.regra is 'Rule.';
comment on column audit.codigos_regra.codigo is 'Definitions of all functions, views, types and operators that the rule ran, one after the other.';
comment on column audit.codigos_regra.visto_em is 'When it was seen for the first time.';
