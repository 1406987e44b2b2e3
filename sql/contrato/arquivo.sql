-- What replaces facts whose month went to the archive (motor/arquivo): their digests. The sealed digest of their operation follows from
-- these as before, so nothing here has to be taken on trust.
create table audit_interno.fatos_arquivados (
  operacao_id bigint primary key references audit.operacoes,
  arquivamento_id bigint not null references audit.operacoes,
  mes date not null,
  fatos bigint not null,
  deteccoes bytea,
  alteracoes bytea,
  correcoes_desfeitas bytea,
  estados bytea,
  check (num_nonnulls(deteccoes, alteracoes, correcoes_desfeitas, estados) > 0)
);
create index on audit_interno.fatos_arquivados (arquivamento_id);
comment on table audit_interno.fatos_arquivados is 'For each operation whose facts are in the archive, their digests by kind, as audit_interno.resumo_operacao takes them; append-only.';
comment on column audit_interno.fatos_arquivados.arquivamento_id is 'Operation that archived them.';
comment on column audit_interno.fatos_arquivados.mes is 'Month in whose partitions they were.';
comment on column audit_interno.fatos_arquivados.fatos is 'How many.';

-- What later sessions and verifications need of a finding's facts that are in the archive. Each change is a fact.
create table audit_interno.divergencias_arquivadas (
  divergencia_id bigint primary key,
  arquivamento_id bigint not null,
  vezes integer not null,
  sessao_primeira_id bigint,
  deteccao_id bigint,
  resumo bytea,
  alteracao_id bigint,
  check ((vezes = 0) = (deteccao_id is null) and (vezes = 0) = (resumo is null))
);
comment on table audit_interno.divergencias_arquivadas is 'Findings with facts in the archive.';
comment on column audit_interno.divergencias_arquivadas.arquivamento_id is 'Operation that archived the last of them.';
comment on column audit_interno.divergencias_arquivadas.vezes is 'Detections in the archive.';
comment on column audit_interno.divergencias_arquivadas.sessao_primeira_id is 'Session of the first.';
comment on column audit_interno.divergencias_arquivadas.deteccao_id is 'Operation of the last.';
comment on column audit_interno.divergencias_arquivadas.resumo is 'Digest of the last.';
comment on column audit_interno.divergencias_arquivadas.alteracao_id is 'Operation of the last alteration in the archive; null when none is.';
